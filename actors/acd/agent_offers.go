package acd

import "slices"

// offerStart lets the slot ring (A8). The chat is right even about a slot that
// nobody here remembers, once it has been asked: it may have said so long ago.
// Nor is a slot that was given back over for good, since a grant that comes
// once more may have it ring.
func (s *agentStep) offerStart(c OfferStart) {
	row, slot := c.Slot, s.slotOf(c.Slot.Chat)
	switch {
	case slot != nil && (slot.State == SlotConnected || slot.State == SlotAlerting && slot.Offer == row.Offer):
		return // came twice
	case s.state.debt(row.Chat) != nil && (slot == nil || slot.Offer != row.Offer):
		// A chat that he still owes wrap-up for is not offered to him, unless it
		// was asked for as one that comes back; taken back at once, it goes to
		// somebody else.
		s.abort(row, AgentState)
		return
	case slot == nil && s.profile != nil && s.used()+row.Weight > s.profile.Capacity:
		// He did not hear of it in the time his slot was kept, and has given
		// the unit to another chat since.
		s.abort(row, AgentState)
		return
	case !c.Sure && (slot == nil || slot.Offer != row.Offer):
		s.ask(row, SlotAlerting, false)
		return
	}
	s.over.forget(row.Offer)
	s.take(row, SlotAlerting)
	slot = s.slotOf(row.Chat)
	if s.audible() {
		slot.heard, slot.heardFrom = true, s.t.Now
	} else {
		s.unheard(slot.Offer)
	}
	why := s.unanswerable()
	if why == "" && row.Kind == OfferRoute && slices.ContainsFunc(s.state.Debts, Debt.blocksAgent) {
		why = AgentState // the wrap-up began since the slot was reserved
	}
	if why != "" {
		slot.aborted = true
		s.abort(slot.SlotRow, why)
	}
}

// unanswerable returns why nobody answers an offer that begins to ring now. Who
// is gone for a moment may come back to it.
func (s *agentStep) unanswerable() OfferReason {
	switch {
	case s.state.Presence.State == Offline:
		return AgentOffline
	case s.link == linkLost:
		return AgentGone
	case s.state.Presence.State == Available, s.desk.KeepOffers:
		return ""
	}
	return AgentState
}

func (s *agentStep) abort(row SlotRow, why OfferReason) {
	s.send(row.Chat.Address(), "abort/"+string(row.Offer), OfferAborted{Offer: row.Offer, Agent: s.id, Why: why})
}

// abortOffers takes back all that rings and has not been answered (A3, A24).
func (s *agentStep) abortOffers(why OfferReason) {
	for i := range s.slots {
		slot := &s.slots[i]
		if slot.rings() && !slot.answered && !slot.aborted {
			slot.aborted = true
			s.abort(slot.SlotRow, why)
		}
	}
}

// answer hands the person's answer on to the chat, which alone knows whether
// the offer is still open (A9, A10).
func (s *agentStep) answer(offer OfferID, cmd Command) error {
	chat, ok := offer.Chat()
	switch {
	case !ok:
		return ErrNotFound
	case s.profile == nil || s.state.Presence.State == Offline:
		return offerGone(AgentOffline)
	}
	if _, accepts := cmd.(Accept); accepts {
		if slot := s.slotFor(offer); slot != nil && slot.rings() {
			slot.answered = true
		}
	}
	s.out.Result = nil
	s.out.Forward = &Send{To: chat.Address(), Cmd: cmd}
	return nil
}

// assigned makes the chat his (A11).
func (s *agentStep) assigned(c Assigned) {
	row, slot := c.Slot, s.slotOf(c.Slot.Chat)
	known := slot != nil && sameTime(slot.Offer, row.Offer)
	switch {
	case known && slot.State == SlotConnected:
		s.reweigh(slot, row) // else it came twice
		return
	case s.state.debt(row.Chat) != nil && !servedAnew(row, s.state.debt(row.Chat)):
		return // came after it was over
	case !known && !c.Sure:
		s.ask(row, SlotConnected, false)
		return
	}
	if debt := s.state.debt(row.Chat); debt != nil {
		s.returned(*debt)
	}
	first := len(s.connected()) == 0
	if slot != nil && !known {
		s.over.add(slot.Offer)
	}
	s.take(row, SlotConnected)
	s.idleFrom = s.t.Now
	s.freed = slices.DeleteFunc(s.freed, func(o stay) bool { return o.chat == row.Chat })
	if s.state.Missed+s.state.Rejected > 0 {
		s.emit(Struck{Offer: s.slotOf(row.Chat).Offer, Reason: OfferAccepted})
	}
	if first {
		s.emit(Focused{Chat: row.Chat})
	}
	if s.link == linkLost {
		s.sendLost(row.Chat)
	}
}

// offerOver frees the slot of an offer that nobody took (A12).
func (s *agentStep) offerOver(c OfferOver) {
	known := s.over.has(c.Offer)
	s.over.add(c.Offer)
	slot := s.slotFor(c.Offer)
	if slot == nil && !known {
		s.overBefore(c)
	}
	if slot == nil || slot.State == SlotConnected {
		return
	}
	heard := slot.heardFor
	if !slot.heardFrom.IsZero() {
		heard += s.t.Now.Sub(slot.heardFrom)
	}
	missed := slot.heard && heard >= c.MinAlert
	rang := slot.rings()
	s.free(slot.Chat)
	if !rang || slices.Contains(s.state.Struck, c.Offer) {
		return
	}
	switch {
	case c.Reason == OfferRONA && missed:
		s.missed(c.Offer)
	case c.Reason == OfferRONA:
		s.unheard(c.Offer)
	case c.Reason == OfferRejected:
		s.rejected(c.Offer)
	}
}

// overBefore counts an offer whose end is in the chat's journal and not in his
// own: a crash came between. There is no slot left to measure by, so it is the
// chat's word that it rang long enough, unless he has noted that nobody was
// there. Once he is known to be back, or could have counted it and forgotten,
// it counts no more.
func (s *agentStep) overBefore(c OfferOver) {
	switch back := s.state.Presence; {
	case c.At.IsZero() || c.At.After(s.began) || !c.At.After(s.state.StruckTo):
	case slices.Contains(s.state.Struck, c.Offer) || slices.Contains(s.state.Unheard, c.Offer):
	case back.Since.After(c.At) && back.By != bySystem:
	case c.Reason == OfferRONA && c.Rang > 0 && c.Rang >= c.MinAlert:
		s.missed(c.Offer)
	case c.Reason == OfferRejected:
		s.rejected(c.Offer)
	}
}

// unheard notes offers that rang where nobody was.
func (s *agentStep) unheard(offers ...OfferID) {
	offers = slices.DeleteFunc(offers, func(o OfferID) bool { return slices.Contains(s.state.Unheard, o) })
	if len(offers) > 0 {
		s.emit(RingUnheard{offers})
	}
}

// missed counts an offer that he did not answer (A12, A13).
func (s *agentStep) missed(offer OfferID) {
	s.emit(Struck{Offer: offer, Reason: OfferRONA, ReadyAt: s.t.Now.Add(s.desk.NoAnswerDelay)})
	if s.state.Next.State == Available {
		s.emit(NextPresenceSet{})
	}
	signOut := s.desk.OfflineStrikes > 0 && s.state.Missed >= s.desk.OfflineStrikes
	sticky := s.desk.StickyRONA == nil || *s.desk.StickyRONA
	switch {
	case s.state.Presence.State != Available:
		// He has said himself that he is not there, or the system has.
	case signOut && (s.anyLive() || slices.ContainsFunc(s.state.Debts, Debt.due)):
		s.become(Draining, reasonStrikes, bySystem)
	case signOut:
		s.become(Offline, reasonStrikes, bySystem)
	case sticky && s.state.Missed >= s.desk.MaxNoAnswer:
		s.become(InRONA, "", bySystem)
	}
}

func (s *agentStep) rejected(offer OfferID) {
	s.emit(Struck{Offer: offer, Reason: OfferRejected, ReadyAt: s.t.Now.Add(s.desk.RejectDelay)})
	if s.desk.MaxRejects > 0 && s.state.Rejected >= s.desk.MaxRejects && s.state.Presence.State == Available {
		s.become(InRONA, "", bySystem)
	}
}
