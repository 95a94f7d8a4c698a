package transport

import (
	"encoding/base32"

	"github.com/google/uuid"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// maxAttributesBytes bounds what one frame says of a customer.
const maxAttributesBytes = 32 << 10

// translate turns a command of the wire into one of the rules and names the
// machine that decides it. Whose command it is comes from the session; whether
// the role may send it at all has been looked at before.
func translate(who acd.Principal, cmd wire.Command, cfg *acd.Config) (acd.Address, acd.Command, *wire.Error) {
	switch cmd := cmd.(type) {
	case *wire.Start:
		return start(who, cmd, cfg)
	case *wire.Send:
		return send(who, cmd)
	case *wire.Read:
		return chat(cmd.Chat, acd.MarkRead{Upto: cmd.Upto})
	case *wire.End:
		return chat(cmd.Chat, acd.EndChat{})
	case *wire.Leave:
		return chat(cmd.Chat, acd.LeaveChat{})
	case *wire.SetAttributes:
		if e := checkAttributes(cmd.Set); e != nil {
			return acd.Address{}, nil, e
		}
		return chat(cmd.Chat, acd.SetAttributes{Set: cmd.Set})
	case *wire.ForceEnd:
		return chat(cmd.Chat, acd.ForceEnd{Reason: cmd.Reason})
	case *wire.ForcePresence:
		return forceAgent(cmd.Agent, cfg, acd.SetPresence{State: acd.PresenceState(cmd.State), Reason: cmd.Reason})
	}
	return translateDesk(who, cmd, cfg)
}

// translateDesk is for what an agent does at his own desk.
func translateDesk(who acd.Principal, cmd wire.Command, cfg *acd.Config) (acd.Address, acd.Command, *wire.Error) {
	self := acd.AgentID(who.ID).Address()
	switch cmd := cmd.(type) {
	case *wire.Accept:
		return self, acd.AcceptOffer{Offer: acd.OfferID(cmd.Offer)}, nil
	case *wire.Reject:
		return self, acd.RejectOffer{Offer: acd.OfferID(cmd.Offer), Reason: cmd.Reason}, nil
	case *wire.SetPresence:
		return self, acd.SetPresence{State: acd.PresenceState(cmd.State), Reason: cmd.Reason,
			After: cmd.When == wire.WhenAfter, Drain: cmd.Drain}, nil
	case *wire.SetChannel:
		return self, acd.SetChannel{Channel: acd.Channel(cmd.Channel), Open: cmd.Open}, nil
	case *wire.Focus:
		if cmd.Chat == nil {
			return self, acd.Focus{}, nil
		}
		return self, acd.Focus{Chat: acd.ChatID(*cmd.Chat)}, nil
	case *wire.Opened:
		return self, acd.SetOpened{Chat: acd.ChatID(cmd.Chat), On: cmd.On}, nil
	case *wire.WrapUp:
		return self, acd.Wrapup{Chat: acd.ChatID(cmd.Chat), Code: cmd.Code, Notes: cmd.Notes}, nil
	case *wire.SaveWrapUp:
		return self, acd.SaveWrapup{Chat: acd.ChatID(cmd.Chat), Code: cmd.Code, Notes: cmd.Notes}, nil
	case *wire.ExtendWrapUp:
		return self, acd.ExtendWrapup{Chat: acd.ChatID(cmd.Chat)}, nil
	}
	return translateFlow(cmd, cfg)
}

func chat(id string, cmd acd.Command) (acd.Address, acd.Command, *wire.Error) {
	return acd.ChatID(id).Address(), cmd, nil
}

// start goes to the queue, which admits. The id of the chat is made here, 128
// random bits; a start sent again under the same command id is answered with
// the first one's chat.
func start(who acd.Principal, cmd *wire.Start, cfg *acd.Config) (acd.Address, acd.Command, *wire.Error) {
	queue := acd.QueueID(cmd.Queue)
	if cfg != nil {
		source := cfg.Sources[acd.SourceID(cmd.Source)]
		if source == nil {
			return acd.Address{}, nil, refusal(wire.CodeNotFound, "no such source")
		}
		if queue == "" {
			queue = source.Queue
		}
		if cfg.Queues[queue] == nil {
			return acd.Address{}, nil, refusal(wire.CodeNotFound, "no such queue")
		}
	}
	if queue == "" {
		return acd.Address{}, nil, refusal(wire.CodeNotFound, "the source has no queue")
	}
	agent := acd.AgentID(cmd.Agent)
	if cfg != nil && agent != "" && cfg.Agents[agent] == nil {
		return acd.Address{}, nil, refusal(wire.CodeNotFound, "no such agent")
	}
	if e := checkAttributes(cmd.Attributes); e != nil {
		return acd.Address{}, nil, e
	}
	name := who.Name // what the token says of a person is not his to change
	auth := "signed"
	if name == "" {
		name, auth = cmd.Name, "anon"
	}
	return queue.Address(), acd.Start{Chat: newChatID(), Source: acd.SourceID(cmd.Source), Queue: queue, Name: name,
		Agent: agent, Attributes: cmd.Attributes, Subject: cmd.Subject, Auth: auth}, nil
}

// newChatID orders chats roughly by time, which helps the journal, and is a
// UUID: nobody guesses another's. It stands in every frame and every key of a
// chat, so it is written with 26 characters and not with 36.
func newChatID() acd.ChatID {
	id := uuid.Must(uuid.NewV7())
	return acd.ChatID(chatIDs.EncodeToString(id[:]))
}

// chatIDs keeps the order: its digits stand as ASCII has them.
var chatIDs = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

func send(who acd.Principal, cmd *wire.Send) (acd.Address, acd.Command, *wire.Error) {
	if who.Role == acd.RoleCustomer && cmd.To == wire.ToAgents {
		return acd.Address{}, nil, refusal(wire.CodeForbidden, "a customer speaks to all")
	}
	to := acd.ForAll
	if cmd.To == wire.ToAgents {
		to = acd.ForAgents
	}
	said := acd.SendText{Text: cmd.Text, To: to}
	if t := cmd.Template; t != nil {
		said.Template = &acd.TemplateUse{Name: t.Name, Params: t.Params}
	}
	return chat(cmd.Chat, said)
}

func checkAttributes(set map[string]string) *wire.Error {
	n := 0
	for k, v := range set {
		n += len(k) + len(v)
	}
	if n <= maxAttributesBytes {
		return nil
	}
	e := refusal(wire.CodeTooLong, "the attributes are too long")
	e.Detail = &wire.ErrorDetail{Max: maxAttributesBytes, Got: n}
	return e
}

func refusal(code wire.ErrorCode, message string) *wire.Error {
	return &wire.Error{Code: code, Message: message}
}
