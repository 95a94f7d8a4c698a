package acd

// ask asks the chat about a slot: one that he has, or one that he has heard of
// in a state and knows nothing of. What a chat says may come late and more than
// once, and what an agent remembers of the past ends with his life, so that he
// cannot always tell the newest word from an old one.
func (s *agentStep) ask(row SlotRow, state SlotState, has bool) {
	row.Agent, row.State = s.id, state
	s.send(row.Chat.Address(), "slot/"+string(row.Offer), AskSlot{Slot: row, Has: has})
}

// slotAsked answers an agent who asks about a slot with what is so now. The
// answer is not repeated: whoever fails over it starts again from the index.
func (s *chatStep) slotAsked(m AskSlot) {
	row, to := m.Slot, m.Slot.Agent.Address()
	o, p := s.offer(row.Offer), s.joined(row.Agent)
	rings, serves := o != nil && o.Agent == row.Agent, p != nil && p.Slot
	if m.Has && !rings && !(serves && sameTime(p.Offer, row.Offer)) {
		s.tell(Send{To: to, Cmd: s.takenBack(row)})
	}
	switch owed := s.owed(row.Agent); {
	case rings:
		s.tell(Send{To: to, Cmd: OfferStart{Slot: s.alertingRow(o), Sure: true}})
	case serves:
		s.tell(Send{To: to, Cmd: Assigned{Slot: s.connectedRow(p), Sure: true}})
	case owed != nil:
		s.tell(Send{To: to, Cmd: Released{Chat: s.ID, Spec: owed.Spec, Reason: owed.Reason, Offer: owed.Offer, Channel: s.Channel, Weight: s.weight(), Sure: true}})
	}
}

// takenBack ends a slot that somebody has in vain.
func (s *chatStep) takenBack(row SlotRow) Command {
	if row.State == SlotConnected {
		spec := WrapupPolicy{Mode: WrapupNone}
		if owed := s.owed(row.Agent); owed != nil && sameTime(owed.Offer, row.Offer) {
			spec = owed.Spec
		}
		return Released{Chat: s.ID, Spec: spec, Offer: row.Offer, Channel: s.Channel, Weight: s.weight(), Sure: true}
	}
	over := s.sendOver(row.Offer, row.Agent, OfferMoved).Cmd.(OfferOver)
	if p := s.past(row.Offer); p != nil {
		over.Reason = p.Reason
	}
	return over
}
