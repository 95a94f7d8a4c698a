package transport

import (
	"strings"
	"unicode"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	out := firstLetter(words[0])
	if len(words) > 1 {
		out += firstLetter(words[len(words)-1])
	}
	return out
}

func firstLetter(word string) string {
	for _, r := range word {
		return string(unicode.ToUpper(r))
	}
	return ""
}

// authorFor is who wrote, as the role may know him: to a customer everybody
// but himself has a name and nothing else.
func authorFor(a acd.Author, role acd.Role) wire.Author {
	out := wire.Author{Kind: wire.AuthorKind(a.Kind), ID: a.ID, Name: a.Name, Initials: initials(a.Name)}
	switch {
	case out.Kind == wire.AuthorCustomer:
		out.ID = wire.ParticipantCustomer
	case role == acd.RoleCustomer:
		out.ID = ""
	}
	return out
}

func messageFrame(m *acd.Message, role acd.Role) wire.Message {
	out := wire.Message{MessageSeq: m.Seq, Author: authorFor(m.Author, role), Text: m.Text, Joined: m.Joined,
		To: wire.Audience(m.To), SentAt: wire.At(m.SentAt)}
	if role != acd.RoleCustomer {
		out.Template = m.Template
	}
	if a := m.Attachment; a != nil {
		out.Text, out.Attachment = "", attachmentFrame(a, m.Text)
	}
	return out
}

// messageFrames are those that the role may see.
func messageFrames(list []acd.Message, role acd.Role) []wire.Message {
	out := frameRoom(len(list))
	for i := range list {
		if role == acd.RoleCustomer && list[i].To != acd.ForAll {
			continue
		}
		out = append(out, messageFrame(&list[i], role))
	}
	return out
}

// party is who somebody is within a chat: an agent sees ids, a customer sees
// himself and the agents' side.
func party(kind, id string, role acd.Role) string {
	switch {
	case kind == wire.ParticipantCustomer:
		return wire.ParticipantCustomer
	case role == acd.RoleCustomer:
		return wire.ParticipantAgent
	case id == "":
		return kind
	}
	return id
}

func sourceRef(id acd.SourceID, name string) *wire.Ref {
	if id == "" {
		return nil
	}
	return &wire.Ref{ID: string(id), Name: name}
}

func customerFrame(name, auth string, attributes map[string]string) wire.Customer {
	if attributes == nil {
		attributes = map[string]string{}
	}
	return wire.Customer{Name: name, Initials: initials(name), Auth: wire.CustomerAuth(auth), Attributes: attributes}
}

func choices(codes []acd.WrapupCode) []wire.Choice {
	out := make([]wire.Choice, 0, len(codes))
	for _, c := range codes {
		out = append(out, wire.Choice{Code: c.Code, Name: c.Name})
	}
	return out
}

// setBy is who set something of an agent's: he himself by his id.
func setBy(by string, agent string) string {
	switch by {
	case "agent":
		return agent
	case "supervisor", "returned":
		return by
	}
	return wire.BySystem
}

func presenceFrame(p acd.PresenceSet, agent string) wire.Presence {
	return wire.Presence{State: wire.PresenceState(p.State), Reason: p.Reason, Since: wire.At(p.Since), By: setBy(p.By, agent)}
}

func nextFrame(n acd.NextPresenceSet) *wire.NextPresence {
	if n.State == "" {
		return nil
	}
	return &wire.NextPresence{State: wire.PresenceState(n.State), Reason: n.Reason}
}
