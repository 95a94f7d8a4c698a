package transport

import (
	"maps"
	"slices"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// translateCare is for how a chat comes to its end.
func translateCare(cmd wire.Command, cfg *acd.Config) (acd.Address, acd.Command, *wire.Error) {
	switch cmd := cmd.(type) {
	case *wire.ProposeEnd:
		return chat(cmd.Chat, acd.ProposeEnd{})
	case *wire.ConfirmEnd:
		return chat(cmd.Chat, acd.ConfirmEnd{})
	case *wire.DeclineEnd:
		return chat(cmd.Chat, acd.DeclineEnd{})
	case *wire.Rate:
		return chat(cmd.Chat, acd.Rate{Score: cmd.Score, Text: cmd.Text})
	}
	return translateAside(cmd, cfg)
}

// customerCare is what a customer hears of his silence and of the end.
func customerCare(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.IdleWarned:
		return &wire.IdleWarningEvent{At: at, Chat: chat, ClosesAt: wire.At(e.CloseAt)}
	case acd.EndProposed:
		return &wire.EndProposedEvent{At: at, Chat: chat, Name: e.Name}
	}
	return nil
}

// agentCare is what agents hear of it.
func agentCare(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.IdleWarned:
		return &wire.IdleWarningEvent{At: at, Chat: chat, ClosesAt: wire.At(e.CloseAt)}
	case acd.AgentIdled:
		return &wire.AgentIdleEvent{At: at, Chat: chat, Since: wire.At(e.Since)}
	case acd.Parked:
		return &wire.InactiveEvent{At: at, Chat: chat, On: true}
	case acd.Unparked:
		return &wire.InactiveEvent{At: at, Chat: chat}
	case acd.EndProposed:
		return &wire.EndProposedEvent{At: at, Chat: chat, By: string(e.By), Name: e.Name}
	case acd.EndDeclined:
		return &wire.EndDeclinedEvent{At: at, Chat: chat}
	}
	return nil
}

// templates are what an agent may send, by name.
func templates(cfg *acd.Config) []wire.Template {
	if cfg == nil {
		return nil
	}
	var out []wire.Template
	for _, name := range slices.Sorted(maps.Keys(cfg.Templates)) {
		t := cfg.Templates[name]
		w := wire.Template{Name: name, Text: t.Text, Params: t.Params()}
		for _, ch := range t.Channels {
			w.Channels = append(w.Channels, string(ch))
		}
		out = append(out, w)
	}
	return out
}

func ratingFrame(r *acd.Rated) *wire.Rating {
	if r == nil {
		return nil
	}
	return &wire.Rating{Score: r.Score, Text: r.Text}
}

// filePath is where attachments are, on the server that the websocket is on.
const filePath = "/v1/attachments/"

// attachmentFrame is a file as those who see its message see it.
func attachmentFrame(a *acd.Attachment, name string) *wire.Attachment {
	return &wire.Attachment{ID: a.ID, Name: name, MediaType: a.Type, SizeBytes: uint64(max(a.Size, 0)), URL: filePath + a.ID}
}
