package acd

import (
	"maps"
	"slices"
	"time"
)

// Apply implements Machine. It is the only place where a chat changes.
func (c *Chat) Apply(at time.Time, e Event) {
	switch e := e.(type) {
	case ChatStarted:
		c.StartedAt, c.Customer, c.Channel = at, e.Customer, e.Channel
		c.Source, c.SourceName, c.Subject = e.Source, e.SourceName, e.Subject
		c.Weight, c.Grace, c.Previous = e.Weight, e.Grace, e.Previous
	case Queued:
		c.applyQueued(at, e)
		if c.Phase == PhaseQueued && !c.AwayUntil.IsZero() {
			c.AwayUntil = sooner(c.AwayUntil, at.Add(c.Grace.Waiting))
		}
	case Offered:
		c.Offers = append(c.Offers, e.Offer)
		c.Attempts = e.Offer.Attempt
	case OfferEnded:
		end := OfferOutcome{ID: e.Offer, Agent: e.Agent, Reason: e.Reason, Rang: e.Rang}
		if e.Rang > 0 {
			end.At = at
		}
		c.closeOffer(end)
		if e.Exclude != 0 {
			c.exclude(at, Exclusion{e.Agent, e.Exclude})
		}
	case Accepted:
		c.applyAccepted(at, e)
		if c.Owner == e.Agent && !c.AwayUntil.IsZero() {
			c.AwayUntil = at.Add(c.Grace.Served)
		}
	case MessageSent:
		c.applyMessage(e)
	case ReadMarked:
		c.applyRead(e)
	case CustomerAway:
		c.AwayUntil = e.Until
	case CustomerBack:
		c.AwayUntil = time.Time{}
	case Left:
		c.applyLeft(at, e)
		c.owe(at, []AgentID{e.Agent}, e.Wrapup, e.Reason)
	case WaitedLong:
		if e.Moved != "" {
			c.Leg = nil
		}
		if e.Kept {
			c.waitsOn()
		}
	case AttributesSet:
		c.Customer.Attributes = mergeAttributes(c.Customer.Attributes, e.Set)
	case ChatEnded:
		c.Phase, c.Leg, c.Owner = PhaseEnded, nil, ""
		c.EndReason, c.EndedAt, c.AwayUntil = e.Reason, at, time.Time{}
		c.RateUntil, c.Watched = e.RateUntil, e.Watched
		c.NextPolicy, c.Transfer, c.CloseAt, c.Assist, c.Waits = nil, nil, time.Time{}, nil, nil
		c.owe(at, e.Debts, e.Wrapup, string(e.Reason))
		for _, o := range e.Apart {
			c.owe(at, []AgentID{o.Agent}, o.Spec, string(e.Reason))
		}
		for i := range c.Participants {
			p := &c.Participants[i]
			p.Joined, p.Slot, p.Pending, p.Unread = false, false, nil, 0
		}
	case WrapupRecorded:
		c.Filed = append(c.Filed, e)
		c.Owing = slices.DeleteFunc(c.Owing, func(o Owed) bool { return o.Agent == e.Agent })
	case WaitSaid, WaitNoticed:
		c.applyWait(e)
	case ChatClosed:
		c.Phase = PhaseClosed
	default:
		c.applyFlow(at, e)
	}
}

// applyFlow is Apply for the flows of a second agent and of supervisors.
func (c *Chat) applyFlow(at time.Time, e Event) {
	switch e := e.(type) {
	case TransferStarted:
		x := e.Transfer
		c.Transfer = &x
	case TransferReturning:
		if c.Transfer != nil {
			x := *c.Transfer
			x.Until = e.Until
			c.Transfer = &x
		}
	case TransferDone, TransferFailed, TransferCancelled:
		c.Transfer = nil
	case Joined:
		c.join(Participant{Agent: e.Agent, Name: e.Name, Mode: e.Mode, Joined: true, Since: at, Read: c.Messages, Slot: e.Owner,
			Supervisor: e.Supervisor, Offer: e.Offer})
		c.Assist = nil // somebody has come
		if e.Owner {
			if c.Phase == PhaseQueued && !c.AwayUntil.IsZero() {
				c.AwayUntil = at.Add(c.Grace.Served)
			}
			c.Phase, c.Owner, c.Waits = PhaseActive, e.Agent, nil
			c.idleServed(at)
		}
	case AssistAsked:
		c.Assist = &e
	case OwnerSet:
		if c.Owner = e.Owner; e.Anew {
			c.idleServed(at)
		}
	case LegDropped:
		c.Leg, c.NextPolicy = nil, nil
	case Prioritized:
		if c.Leg != nil {
			leg := *c.Leg
			leg.Priority, leg.Key = e.Priority, e.Key
			c.Leg = &leg
			if c.NextPolicy == nil {
				c.LastLeg = c.Leg
			}
		}
	case Labelled:
		if c.Label = e.Label; c.Label == LabelActive {
			c.Label = ""
		}
	case Interrupted:
		c.Interrupted, c.CloseAt = true, e.CloseAt
	default:
		c.applyCare(at, e)
	}
}

// applyQueued begins a stay: instead of being served, or beside it.
func (c *Chat) applyQueued(at time.Time, e Queued) {
	leg := e.Leg
	c.Leg = &leg
	if c.Owner != "" {
		policy := e.Policy
		c.NextPolicy = &policy
		return
	}
	c.Phase, c.LastLeg, c.Policy, c.NextPolicy = PhaseQueued, c.Leg, e.Policy, nil
	c.idleWaits()
	c.waits(at)
}

// settleLeg makes the queue that the chat waited in beside being served the
// one that it comes from. Who served it until now owes what he owed.
func (c *Chat) settleLeg() {
	if c.Leg != nil && c.NextPolicy != nil {
		for i := range c.Participants {
			if p := &c.Participants[i]; p.Joined && p.Slot && p.Wrapup == nil {
				old := c.Policy.Wrapup
				p.Wrapup = &old
			}
		}
		c.LastLeg, c.Policy, c.NextPolicy = c.Leg, *c.NextPolicy, nil
	}
}

func (c *Chat) applyAccepted(at time.Time, e Accepted) {
	c.closeOffer(OfferOutcome{ID: e.Offer, Agent: e.Agent, Reason: OfferAccepted})
	mode := e.Mode
	if mode == "" {
		mode = Talk
	}
	beside := e.Kind == OfferInvite || e.Kind == OfferConsult
	if !beside && e.Kind != OfferTransfer {
		c.settleLeg()
		c.Leg = nil
	}
	part := Participant{Agent: e.Agent, Name: e.Name, Mode: mode, Joined: true, Since: at, Read: c.Messages, Slot: true, Supervisor: e.Supervisor}
	if e.Kept {
		part.Offer = e.Offer
	}
	c.join(part)
	if !beside {
		c.Phase, c.Owner, c.Waits = PhaseActive, e.Agent, nil
		c.idleServed(at)
	}
}

// applyLeft takes an agent out. Without an owner the chat waits: in the queue
// that it waited in beside him (B12), or for whom it rings at.
func (c *Chat) applyLeft(at time.Time, e Left) {
	if p := c.participant(e.Agent); p != nil {
		p.Joined, p.Slot, p.Pending, p.Unread = false, false, nil, 0
	}
	if c.Owner == e.Owner {
		return
	}
	if c.Owner = e.Owner; c.Owner != "" {
		return
	}
	c.Phase = PhaseQueued
	c.settleLeg()
	c.idleWaits()
	if c.waits(at); c.Leg == nil {
		c.Waits = nil
	}
	if c.Transfer != nil && c.Transfer.Mode == Warm {
		x := *c.Transfer
		x.Mode, x.OnFail = Blind, ReturnToQueue
		c.Transfer = &x
	}
}

func (c *Chat) closeOffer(end OfferOutcome) {
	c.Offers = slices.DeleteFunc(c.Offers, func(o Offer) bool { return o.ID == end.ID })
	if len(c.Past) >= pastOffers {
		c.forgetOffer(c.Past[0].Agent)
		c.Past = slices.Delete(c.Past, 0, 1)
	}
	c.Past = append(c.Past, end)
}

// forgetOffer notes that an offer to a is no longer known by its name.
func (c *Chat) forgetOffer(a AgentID) {
	if !slices.Contains(c.Forgotten, a) {
		c.Forgotten = append(c.Forgotten, a)
	}
}

// exclude notes x and forgets who is no longer excluded.
func (c *Chat) exclude(at time.Time, x Exclusion) {
	c.Excluded = slices.DeleteFunc(c.Excluded, func(o Exclusion) bool { return o.Until <= at.UnixMilli() })
	i := slices.IndexFunc(c.Excluded, func(o Exclusion) bool { return o.Agent == x.Agent })
	if i < 0 {
		c.Excluded = append(c.Excluded, x)
		return
	}
	c.Excluded[i] = x
}

// join adds a participant, or brings one back with his markers.
func (c *Chat) join(p Participant) {
	if old := c.participant(p.Agent); old != nil {
		if !old.Joined {
			old.Since, old.Slot, old.Wrapup, old.Offer = p.Since, false, nil, ""
		}
		if p.Slot && !old.Slot {
			old.Since, old.Offer = p.Since, p.Offer // he serves it from now on
		}
		old.Joined, old.Mode, old.Name, old.Supervisor = true, p.Mode, p.Name, p.Supervisor
		old.Slot = old.Slot || p.Slot
		return
	}
	c.Participants = append(c.Participants, p)
}

func (c *Chat) owe(at time.Time, agents []AgentID, spec WrapupPolicy, reason string) {
	if spec.Mode == WrapupNone || spec.Mode == "" {
		return
	}
	for _, a := range agents {
		o := Owed{Agent: a, Spec: spec, Reason: reason, Since: at}
		if p := c.participant(a); p != nil {
			o.Offer = p.Offer
		}
		c.Owing = append(c.Owing, o)
	}
}

// applyMessage numbers the message and keeps who has not read it. Whoever
// writes has read what was there.
func (c *Chat) applyMessage(e MessageSent) {
	m := e.Message
	c.Messages = m.Seq
	c.idleMessage(m)
	if m.Author.Kind == "customer" {
		c.CustomerRead = m.Seq
	}
	for i := range c.Participants {
		p := &c.Participants[i]
		switch {
		case !p.Joined:
		case string(p.Agent) == m.Author.ID && m.Author.Kind != "customer":
			p.Read, p.Pending, p.Unread, p.Wrote = m.Seq, nil, 0, true
		case p.Slot && counts(m):
			if len(p.Pending) == maxPending {
				p.Pending = p.Pending[1:] // moving the others up would cost every message all of them
			}
			p.Pending = append(p.Pending, m.Seq)
			p.Unread = len(p.Pending)
		}
	}
}

// counts reports whether a message is one that somebody has to read.
func counts(m Message) bool { return m.Author.Kind != "system" && m.Author.Kind != "queue" }

func (c *Chat) applyRead(e ReadMarked) {
	if e.By == customerPart {
		c.CustomerRead = e.Upto
		return
	}
	p := c.participant(AgentID(e.By))
	if p == nil {
		return
	}
	p.Read = e.Upto
	p.Pending = slices.DeleteFunc(p.Pending, func(seq uint64) bool { return seq <= e.Upto })
	p.Unread = len(p.Pending)
}

// mergeAttributes returns a new map, nil when nothing is left: old is shared
// with events.
func mergeAttributes(old, set map[string]string) map[string]string {
	merged := maps.Clone(old)
	if merged == nil {
		merged = make(map[string]string, len(set))
	}
	for k, v := range set {
		if v == "" {
			delete(merged, k)
		} else {
			merged[k] = v
		}
	}
	if len(merged) == 0 {
		return nil
	}
	return merged
}
