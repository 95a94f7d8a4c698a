package check

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// desk is what the journal says of one agent.
type desk struct {
	struck map[acd.OfferID]bool
	owes   map[acd.ChatID]acd.Debt
}

func (f *fold) desk(id acd.AgentID) *desk {
	d := f.desks[id]
	if d == nil {
		d = &desk{struck: map[acd.OfferID]bool{}, owes: map[acd.ChatID]acd.Debt{}}
		f.desks[id] = d
	}
	return d
}

// apply is I8 and I12 for one agent: a strike once, for an offer that has ended
// so, and a wrap-up opened once and closed once.
func (d *desk) apply(f *fold, from acd.Address, e acd.Event) {
	c := f.checker
	switch e := e.(type) {
	case acd.Struck:
		if d.struck[e.Offer] {
			c.fail("I8", from, "struck twice for offer %s", e.Offer)
		}
		d.struck[e.Offer] = true
		f.deserved(from, e)
	case acd.WrapupStarted:
		if _, open := d.owes[e.Debt.Chat]; open {
			c.fail("I12", from, "the wrap-up of %s was opened twice", e.Debt.Chat)
		}
		d.owes[e.Debt.Chat] = e.Debt
	case acd.WrapupDone:
		if _, open := d.owes[e.Chat]; !open {
			c.fail("I12", from, "the wrap-up of %s was closed and was not open", e.Chat)
		}
		delete(d.owes, e.Chat)
	}
}

// deserved is I8: who is struck for an offer let it ring until its end, for the
// least time that counts, or rejected it.
func (f *fold) deserved(from acd.Address, e acd.Struck) {
	id, _ := e.Offer.Chat()
	c := f.chats[id]
	if c == nil || e.Reason == acd.OfferAccepted {
		return // it gives strikes back
	}
	over := c.over[e.Offer]
	switch {
	case over.reason != e.Reason:
		f.checker.fail("I8", from, "struck for offer %s as %s, and the chat says %q", e.Offer, e.Reason, over.reason)
	case over.agent != acd.AgentID(from.ID):
		f.checker.fail("I8", from, "struck for offer %s, which rang at %s", e.Offer, over.agent)
	case e.Reason == acd.OfferRONA && over.rang > 0 && over.rang < f.checker.minAlert:
		f.checker.fail("I8", from, "struck for offer %s, which rang for %s", e.Offer, over.rang)
	}
}

// ended is how an offer ended.
type ended struct {
	reason acd.OfferReason
	agent  acd.AgentID
	rang   time.Duration // 0: a node that died has heard the beginning
}

// owed counts the units that unfinished wrap-ups take of an agent, but for those
// of chats that were parked and took none.
func (f *fold) owed(a acd.AgentID) (units int) {
	d := f.desks[a]
	if d == nil {
		return 0
	}
	for id, debt := range d.owes {
		if c := f.chats[id]; c != nil && c.ended && !c.parked[a] && !f.checker.forced[slot{id, a}] && debt.Spec.Mode != acd.WrapupOptional && !debt.Spec.BlocksAgent() {
			units += debt.Weight
		}
	}
	return units
}
