package acd

import (
	"slices"
	"time"
)

// restore is the first command of each life: it brings the slots as the index
// knows them, and closes what a crash may have left open between the agent's
// record and the chats'. What he had promised and no chat has used yet is in no
// index. After a start of the node nobody comes back to that; when he alone has
// failed, a chat may, so that he promises nothing more while it may still come.
func (s *agentStep) restore(c Restore) {
	s.slots, s.restored, s.tellAll, s.began = nil, true, true, s.t.Now
	if c.Failed {
		s.kept = s.t.Now.Add(s.desk.ReserveTTL)
	}
	// Adverts of an earlier life must not win over this one's.
	s.gen = max(s.gen, uint64(max(s.t.Now.UnixMilli(), 0))<<10)
	for _, d := range s.state.Settled {
		if d.Done.At.After(s.idleFrom) {
			s.idleFrom = d.Done.At
		}
	}
	for _, row := range c.Slots {
		s.restoreSlot(row)
	}
	s.forget()
	for _, session := range c.Sessions {
		s.sessionOpened(session)
	}
	s.relink()
	if s.lostAlready() && len(s.sessions) == 0 {
		s.lost()
	} else if s.state.Presence.State != Available {
		if why := s.unanswerable(); why != "" {
			s.abortOffers(why)
		}
	}
}

func (s *agentStep) restoreSlot(row SlotRow) {
	debt := s.state.debt(row.Chat)
	switch {
	case s.slotOf(row.Chat) != nil:
		return
	case debt == nil || row.State == SlotAlerting: // which comes back to him
	case row.State == SlotConnected && servedAnew(row, debt):
		s.returned(*debt)
	default:
		return
	}
	switch row.State {
	case SlotReserved, SlotAlerting:
		s.take(row, SlotAlerting)
	case SlotConnected:
		s.take(row, SlotConnected)
	case SlotReleased:
		if done := s.state.settled(row.Chat); done != nil && filed(row, done) {
			s.file(*done)
			return
		}
		s.take(row, SlotConnected)
		s.released(Released{Chat: row.Chat, Spec: row.Spec, Offer: row.Offer})
	}
}

// filed reports whether a wrap-up is the one that a chat still waits for; one
// of an older version does not say, so that the time has to.
func filed(row SlotRow, d *Settled) bool {
	if row.Offer == "" || d.Done.Offer == "" {
		return !row.Since.After(d.Done.At)
	}
	return row.Offer == d.Done.Offer
}

// forget lets go of windows and focus of chats that left while nobody looked,
// and looks at the only chat if the crash came before that was written.
func (s *agentStep) forget() {
	for _, chat := range slices.Clone(s.state.Opened) {
		if s.slotOf(chat) == nil && s.state.debt(chat) == nil {
			s.emit(WindowSet{Chat: chat})
		}
	}
	switch chats := s.connected(); {
	case s.state.Focus != "" && !slices.Contains(chats, s.state.Focus):
		s.emit(Focused{Held: chats})
	case s.state.Focus == "" && len(chats) == 1:
		s.emit(Focused{Chat: chats[0]})
	}
}

// tick does what is due. Nothing due changes nothing.
func (s *agentStep) tick() {
	now := s.t.Now
	s.slots = slices.DeleteFunc(s.slots, func(x agentSlot) bool {
		return x.State == SlotReserved && !now.Before(x.expires)
	})
	if s.link == linkGrace && !now.Before(s.grace) {
		s.lost()
	}
	s.closeDue()
	if due := s.ronaDue(); !due.IsZero() && !now.Before(due) {
		s.become(Available, "", bySystem)
	}
	if due := s.idleDue(); !due.IsZero() && !now.Before(due) {
		s.unattended()
	}
}

// ronaDue is when the clock ends rona, if the person is there (A14).
func (a *Agent) ronaDue() time.Time {
	if a.desk.RONAReturn <= 0 || a.state.Presence.State != InRONA || a.link != linkOnline ||
		slices.ContainsFunc(a.state.Debts, Debt.blocksAgent) {
		return time.Time{}
	}
	return a.state.Presence.Since.Add(a.desk.RONAReturn)
}

// Deadline is the earliest of reservations, delays, debts, grace and the
// return from rona.
func (a *Agent) Deadline() time.Time { return a.DeadlineAfter(time.Time{}) }

// DeadlineAfter is the earliest of them that is later than a time.
func (a *Agent) DeadlineAfter(floor time.Time) time.Time {
	var first time.Time
	sooner := func(t time.Time) {
		if t.After(floor) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for i := range a.slots {
		if a.slots[i].State == SlotReserved {
			sooner(a.slots[i].expires)
		}
	}
	for _, d := range a.state.Debts {
		sooner(d.Deadline)
		sooner(a.lostDebtDue(d))
	}
	if len(a.bids) > 0 {
		sooner(a.choosing)
	}
	sooner(a.readyDue)
	sooner(a.kept)
	sooner(a.grace)
	sooner(a.ronaDue())
	sooner(a.idleDue())
	return first
}
