package acd

import (
	"fmt"
	"reflect"
)

// asking is what the chat has asked an agent or a queue in somebody's name.
type asking struct {
	by   Principal
	send Send
}

// note keeps what is asked in out.
func (r *trial) note(by Principal, out Outcome) {
	for _, s := range out.Sends {
		if _, asks := s.Cmd.(Reserve); asks {
			r.asks = append(r.asks, asking{nobody, s})
		}
	}
	if f := out.Forward; f != nil {
		r.asks = append(r.asks, asking{by, *f})
	}
	if len(r.asks) > 6 {
		r.asks = r.asks[1:] // never answered
	}
}

// answer is what an agent or a queue says to one of the questions. An agent
// who has a slot or owes a wrap-up says no; the others mostly say yes.
func (r *trial) answer() (Principal, Command) {
	i := r.dice(len(r.asks))
	q := r.asks[i]
	r.asks = append(r.asks[:i:i], r.asks[i+1:]...)
	switch m := q.send.Cmd.(type) {
	case Admit:
		return q.by, Admitted{Queue: QueueID(q.send.To.ID), Then: m.Then}
	case Reserve:
		a := AgentID(q.send.To.ID)
		if r.books.slots[a] != "" || r.dice(5) == 0 {
			return q.by, SlotDenied{Offer: m.Offer, Agent: a, Reason: "capacity", Then: m.Then}
		}
		r.asked = append(r.asked, a)
		return q.by, SlotGranted{Offer: offerNumber(len(r.asked) - 1), Agent: a, Name: named[a], Then: m.Then}
	}
	panic(fmt.Sprintf("nobody answers a %T", q.send.Cmd))
}

// ends reports whether cmd would be the end of the chat.
func (r *trial) ends(cmd Command) bool {
	switch cmd.(type) {
	case EndChat, ForceEnd, SourceRemoved, EnqueueRefused, CustomerSeen, AgentLost:
		return true
	}
	return false
}

// flow is what an agent or a supervisor may ask of who serves the chat.
func (r *trial) flow() Command {
	a := []AgentID{"alice", "bob", "sue", "zoe"}[r.dice(8)%4]
	switch r.dice(16) {
	case 0, 1:
		return TransferChat{ToAgent: a, Mode: []TransferMode{"", Warm, Blind, Stay}[r.dice(4)]}
	case 2:
		return TransferChat{ToAgent: a, Mode: Blind, OnFail: []OnTransferFail{ReturnToSender, ReturnToQueue, EndOnFail}[r.dice(3)]}
	case 3, 4:
		return TransferChat{ToQueue: []QueueID{"sales", "support", "beer"}[r.dice(3)], Mode: []TransferMode{"", Stay, Blind}[r.dice(3)]}
	case 5:
		x := "another"
		if r.chat.Transfer != nil && r.dice(3) > 0 {
			x = r.chat.Transfer.ID
		}
		return CancelTransfer{x}
	case 6, 7:
		return Invite{Agent: a}
	case 8:
		return Consult{a}
	case 9:
		return []Command{CancelInvite{r.offerID()}, EndConsult{}}[r.dice(2)]
	case 10:
		return EndConference{}
	case 11:
		return []Command{DropAgent{a}, HandOver{a}}[r.dice(2)]
	case 12:
		return []Command{Monitor{Monitoring}, Monitor{Whisper}, Monitor{Talk}, Monitor{"x"}, Unmonitor{}}[r.dice(5)]
	case 13:
		return []Command{TakeOver{}, AssignTo{Agent: a, Force: r.dice(2) == 0}, Pick{}}[r.dice(3)]
	case 14:
		return []Command{Requeue{Queue: "sales", Priority: r.dice(3)}, Requeue{Queue: "beer"}, SetPriority{r.dice(4)}}[r.dice(3)]
	}
	return Pick{}
}

// flow is that each transfer ends once, and none outlives its chat.
func (b *chatBooks) flow(e Event) error {
	ends := ""
	switch e := e.(type) {
	case TransferStarted:
		if b.transfer != "" {
			return fmt.Errorf("transfer %s begins while %s is open", e.Transfer.ID, b.transfer)
		}
		b.transfer = e.Transfer.ID
	case TransferDone:
		ends = e.ID
	case TransferFailed:
		ends = e.ID
	case TransferCancelled:
		ends = e.ID
	case ChatEnded:
		if b.transfer != "" {
			return fmt.Errorf("the chat ends while transfer %s is open", b.transfer)
		}
	}
	if ends != "" {
		if ends != b.transfer {
			return fmt.Errorf("transfer %s ends, open is %q", ends, b.transfer)
		}
		b.transfer = ""
	}
	return nil
}

// hears is I13 for people: a customer knows of none who never talked to him.
func (b *chatBooks) hears(e Event) error {
	switch e := e.(type) {
	case Accepted:
		if e.Mode == Consulting {
			return fmt.Errorf("I13: the customer hears of the consultation of %s", e.Agent)
		}
		b.known[e.Agent] = true
	case Joined:
		if e.Mode != Talk {
			return fmt.Errorf("I13: the customer hears that %s came to %s", e.Agent, e.Mode)
		}
		b.known[e.Agent] = true
	case Left:
		if e.Mode != Talk || !b.known[e.Agent] {
			return fmt.Errorf("I13: the customer hears that %s (%s) left, of whom he never heard", e.Agent, e.Mode)
		}
		delete(b.known, e.Agent)
	case Offered, OfferEnded, TransferStarted, TransferDone, TransferFailed, TransferCancelled, InviteFailed, OwnerSet, Labelled, Prioritized:
		return fmt.Errorf("I13: the customer hears of %T", e)
	}
	return nil
}

// heard is I11 and I13: who hears what.
func heard(c *Chat, n News, out Outcome) error {
	if !n.Ephemeral && !reflect.DeepEqual(n.Event, out.Events[n.Index]) {
		return fmt.Errorf("the news %+v is not event %d of the step", n, n.Index)
	}
	isCustomer := n.To == c.Customer.ID.Stream()
	if isCustomer != (n.View == ToCustomer) {
		return fmt.Errorf("I13: %s hears as %d", n.To, n.View)
	}
	m, ok := n.Event.(MessageSent)
	if !ok || isCustomer && m.Message.To == ForAll {
		return nil
	}
	for i := range c.Participants {
		if p := &c.Participants[i]; p.Agent.Stream() == n.To && (p.Joined || !c.Live()) {
			return nil
		}
	}
	return fmt.Errorf("I11, I13: %s hears message %d to %s", n.To, m.Message.Seq, m.Message.To)
}
