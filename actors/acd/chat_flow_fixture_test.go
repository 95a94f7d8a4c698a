package acd

import "testing"

// ask takes a step that asks an agent for a slot or a queue for a place, and
// returns what is asked.
func (p *play) ask(by Principal, cmd Command) Send {
	p.Helper()
	out := p.must(by, cmd)
	if out.Forward == nil || len(out.Events) > 0 {
		p.Fatalf("%T asks nobody: %s", cmd, told(out))
	}
	return *out.Forward
}

// yes is an agent's answer to a chat that asks for a slot; the next offer's id
// is in it, "c1.2" and so on.
func (p *play) yes(ask Send) SlotGranted {
	p.Helper()
	r := ask.Cmd.(Reserve)
	p.grants++
	name := r.Offer // of the turn that asked; tests count offers instead
	if r.Chat != "c1" || name == "" {
		p.Fatalf("the chat asks for %+v", r)
	}
	id := AgentID(ask.To.ID)
	return SlotGranted{Offer: offerNumber(p.grants), Agent: id, Name: named[id], Then: r.Then}
}

var named = map[AgentID]string{"alice": "Alice", "bob": "Bob", "carol": "Carol", "sue": "Sue"}

// rings lets an agent who is asked for grant his slot.
func (p *play) rings(by Principal, cmd Command) Outcome {
	p.Helper()
	return p.must(by, p.yes(p.ask(by, cmd)))
}

// admits lets the queue take the chat.
func (p *play) admits(by Principal, cmd TransferChat) Outcome {
	p.Helper()
	p.ask(by, cmd)
	return p.must(by, Admitted{Queue: cmd.ToQueue, Then: cmd})
}

func (p *play) accepts(by Principal) Outcome {
	p.Helper()
	for _, o := range p.chat.Offers {
		if o.Agent == AgentID(by.ID) {
			return p.must(by, Accept{Offer: o.ID, Agent: o.Agent})
		}
	}
	p.Fatalf("nothing rings at %s: %+v", by.ID, p.chat.Offers)
	return Outcome{}
}

// shows holds the chat against what its desks and its books should say.
func (p *play) shows(phase Phase, owner AgentID, label Label) *play {
	p.Helper()
	c := p.chat
	if c.Phase != phase || c.Owner != owner || c.labelNow() != label {
		p.Errorf("the chat is %s, %q owns it and it is labelled %s; want %s, %q, %s", c.Phase, c.Owner, c.labelNow(), phase, owner, label)
	}
	return p
}

// conference is a chat that alice owns and bob has been invited to.
func conference(t testing.TB, change ...func(*Config)) *play {
	p := served(t, change...)
	p.rings(alice, Invite{Agent: "bob"})
	p.accepts(bob)
	return p.shows(PhaseActive, "alice", LabelConference)
}

// consulting is a chat that alice owns and bob is consulted about.
func consulting(t testing.TB, change ...func(*Config)) *play {
	p := served(t, change...)
	p.rings(alice, Consult{Agent: "bob"})
	p.accepts(bob)
	return p.shows(PhaseActive, "alice", LabelConsulting)
}

// warm and blind are chats that alice has transferred to bob, at whom they ring.
func warm(t testing.TB, change ...func(*Config)) *play {
	p := served(t, change...)
	p.rings(alice, TransferChat{ToAgent: "bob", Note: "knows french"})
	return p.shows(PhaseActive, "alice", LabelTransferRequested)
}

func blind(t testing.TB, fail OnTransferFail, change ...func(*Config)) *play {
	p := served(t, change...)
	p.rings(alice, TransferChat{ToAgent: "bob", Mode: Blind, OnFail: fail})
	return p.shows(PhaseQueued, "", LabelTransferRequested)
}

// staying is a chat that alice still serves and that waits for sales.
func staying(t testing.TB, change ...func(*Config)) *play {
	p := served(t, change...)
	p.admits(alice, TransferChat{ToQueue: "sales"})
	return p.shows(PhaseActive, "alice", LabelTransferRequested)
}

// flowWords are the words for the events of a second agent and of supervisors.
func flowWords(e Event) []any {
	switch e := e.(type) {
	case TransferStarted:
		return []any{e.Transfer.Mode, string(e.Transfer.ToAgent) + string(e.Transfer.ToQueue)}
	case TransferDone:
		return []any{"from", e.From, "to", e.To}
	case TransferFailed:
		return []any{"from", e.From, e.Reason}
	case InviteFailed:
		return []any{e.Offer, e.Kind, "by", e.By, e.Reason}
	case Joined:
		words := []any{e.Agent, e.Mode}
		if e.Was != "" {
			words = append(words, "was", e.Was)
		}
		if e.Owner {
			words = append(words, "owner")
		}
		return words
	case OwnerSet:
		return []any{e.Owner}
	case LegDropped:
		return []any{e.Queue, e.Reason}
	case Prioritized:
		return []any{e.Priority}
	case Interrupted:
		return []any{e.Reason}
	}
	return nil
}
