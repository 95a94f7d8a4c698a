package acd

import "slices"

// grant is C4, or C5 when nobody waits under that leg any more. Sent twice, it
// is one offer.
func (s *chatStep) grant(m OfferGrant) error {
	if o := s.offer(m.Offer); o != nil {
		s.tell(s.sendAgent(o.Agent, OfferStart{Slot: s.alertingRow(o)}))
		return nil
	}
	if p := s.past(m.Offer); p != nil {
		s.tell(s.sendOver(p.ID, p.Agent, p.Reason))
		return nil
	}
	if !s.takes(m) {
		s.tell(s.sendRelease(m.Offer, m.Agent))
		s.tell(Send{To: m.Decision.Queue.Address(), Cmd: OfferVoid{Chat: s.ID, Offer: m.Offer, ID: m.ID}})
		s.requeue()
		return nil
	}
	if m.Agent == s.Leg.Returning {
		s.giveBack(m)
		return nil
	}
	o := Offer{ID: m.Offer, Agent: m.Agent, Kind: OfferRoute, Started: s.t.Now, Deadline: s.t.Now.Add(s.waitPolicy().Offer),
		Attempt: s.Attempts + 1, Name: m.Name}
	if s.Transfer != nil {
		o.From, o.FromName = s.Transfer.From, s.nameOf(s.Transfer.From)
	}
	s.emit(Offered{Offer: o, Popover: s.popover(), Decision: *m.Decision})
	if s.waitPolicy().AutoAccept {
		s.take(o)
		return nil
	}
	s.tell(s.sendAgent(o.Agent, OfferStart{Slot: s.alertingRow(&o)}))
	return nil
}

// takes reports whether a grant is for the present stay, while no more ring
// than may, unless it goes back to who lost it, and to an agent who is neither avoided nor there already, nor owes the
// wrap-up of an earlier time.
func (s *chatStep) takes(m OfferGrant) bool {
	return s.Leg != nil && s.Leg.ID == m.ID && (s.ringing() < s.rings() || m.Agent == s.Leg.Returning) &&
		!s.excluded(m.Agent, s.t.Now) && s.serving(m.Agent) == nil && s.offerTo(m.Agent) == nil && !s.owes(m.Agent)
}

// giveBack makes the chat his again who lost it and has come back: an offer and
// its accept in one. Nobody has accepted it until now, or it would not wait.
func (s *chatStep) giveBack(m OfferGrant) {
	for o := s.openOffer(OfferRoute); o != nil; o = s.openOffer(OfferRoute) {
		s.endOffer(*o, OfferCancelled)
	}
	s.take(Offer{ID: m.Offer, Agent: m.Agent, Kind: OfferRoute, Name: m.Name})
}

func (s *chatStep) sendRelease(id OfferID, a AgentID) Send {
	return Send{To: a.Address(), Cmd: SlotRelease{id}}
}

func (s *chatStep) popover() Popover {
	queue, name := s.LastLeg.Queue, s.Policy.QueueName
	if s.Leg != nil {
		queue, name = s.Leg.Queue, s.waitPolicy().QueueName
	}
	return Popover{Channel: s.Channel, Queue: queue, QueueName: name, Customer: s.Customer.Name,
		Attributes: s.Customer.Attributes, Source: s.Source, SourceName: s.SourceName, ReceivedAt: s.StartedAt, Thread: s.Messages, Previous: s.Previous,
		Auth: s.Customer.Auth}
}

// answered finds the open offer that an agent's answer is for, or says what
// became of it. At the deadline itself the offer is over: a tie is decided by
// the time, not by which message came first.
func (s *chatStep) answered(id OfferID, by AgentID) (*Offer, *OfferOutcome, error) {
	if o := s.offer(id); o != nil {
		if o.Agent != by {
			return nil, nil, ErrNotFound
		}
		if s.t.due(o.Deadline, o.Started) {
			return nil, nil, offerGone(OfferRONA)
		}
		return o, nil, nil
	}
	p := s.past(id)
	switch {
	case p == nil && slices.Contains(s.Forgotten, by):
		return nil, nil, offerGone(OfferMoved)
	case p == nil || p.Agent != by:
		return nil, nil, ErrNotFound
	}
	return nil, p, nil
}

// accept is C6. A second accept by the same agent is the same accept.
func (s *chatStep) accept(m Accept) (any, error) {
	o, p, err := s.answered(m.Offer, m.Agent)
	switch {
	case err != nil:
		return nil, err
	case p != nil && p.Reason == OfferAccepted:
		return Result{Chat: s.ID, Already: "already_accepted"}, nil
	case p != nil:
		return nil, offerGone(p.Reason)
	}
	s.take(*o)
	return Result{Chat: s.ID}, nil
}

// take makes the offer's agent a participant: the owner, or a second agent
// beside him.
func (s *chatStep) take(won Offer) {
	leg := s.Leg
	accepted := Accepted{Offer: won.ID, Agent: won.Agent, Name: won.Name, Kind: won.Kind, Mode: Talk, Supervisor: s.supervises(won.Agent), Kept: true,
		Replaces: won.Kind != OfferInvite && slices.ContainsFunc(s.Participants, func(p Participant) bool { return p.Mode == Talk && p.Agent != won.Agent })}
	if won.Kind == OfferConsult {
		accepted.Mode = Consulting
	}
	if won.Kind == OfferRoute {
		s.lose(won.ID)
	}
	if s.owes(won.Agent) { // who sent it on has it back: his part goes on
		s.emit(WrapupRecorded{Agent: won.Agent, By: byReturned})
	}
	s.emit(accepted)
	s.tell(s.sendAgent(won.Agent, Assigned{Slot: s.connectedRow(s.joined(won.Agent))}))
	switch won.Kind {
	case OfferInvite:
		s.announceJoined(won.Name)
	case OfferConsult:
	case OfferRoute:
		if leg != nil {
			s.tell(s.sendQueue(leg.Queue, Withdraw{Chat: s.ID, ID: leg.ID, Reason: Taken, Agent: won.Agent}))
		}
		s.transferAccepted(won)
	default:
		s.transferAccepted(won)
	}
}

// lose ends the other offers of the same stay: the first accept wins.
func (s *chatStep) lose(winner OfferID) {
	for i := 0; i < len(s.Offers); {
		if o := s.Offers[i]; o.ID != winner && o.Kind == OfferRoute {
			s.endOffer(o, AcceptedElsewhere)
			continue
		}
		i++
	}
}

// reject is C7.
func (s *chatStep) reject(m Reject) (any, error) {
	o, p, err := s.answered(m.Offer, m.Agent)
	switch {
	case err != nil:
		return nil, err
	case p != nil && p.Reason == OfferRejected:
		return Result{Chat: s.ID, Already: "already_rejected"}, nil
	case p != nil:
		return nil, offerGone(p.Reason)
	}
	gone := *o
	s.said = m.Reason
	s.endOffer(gone, OfferRejected)
	s.offerFailed(gone, OfferRejected)
	return Result{Chat: s.ID}, nil
}

// saidTo is what the agent said with whom an offer ends for a reason.
func (s *chatStep) saidTo(why string) string {
	if why != string(OfferRejected) {
		return ""
	}
	return s.said
}

// rona is C8: redirection on no answer.
func (s *chatStep) rona(o Offer) {
	s.endOffer(o, OfferRONA)
	s.offerFailed(o, OfferRONA)
}

// aborted is C9: the agent cannot answer any more. No strike, no exclusion.
func (s *chatStep) aborted(m OfferAborted) error {
	o := s.offer(m.Offer)
	if o == nil || o.Agent != m.Agent {
		if p := s.past(m.Offer); p != nil && p.Agent == m.Agent {
			s.tell(s.sendOver(p.ID, p.Agent, p.Reason))
		}
		return nil
	}
	gone := *o
	s.endOffer(gone, m.Why)
	s.offerFailed(gone, m.Why)
	return nil
}

// endOffer ends an open offer that nobody took and tells its agent. Whom a
// queue asked, or a transfer, and who rejected or missed it, no queue asks
// again for a while.
func (s *chatStep) endOffer(o Offer, why OfferReason) {
	e := OfferEnded{Offer: o.ID, Agent: o.Agent, Reason: why, Note: s.saidTo(string(why))}
	if asked := o.Kind == OfferRoute || o.Kind == OfferTransfer; asked && (why == OfferRejected || why == OfferRONA) {
		e.Exclude = s.t.Now.Add(s.waitPolicy().RejectHold).UnixMilli()
	}
	if !o.Started.Before(s.t.Began) {
		e.Rang = s.t.Now.Sub(o.Started)
	}
	s.emit(e)
	s.tell(s.sendOver(o.ID, o.Agent, why))
	if owed := s.owed(o.Agent); owed != nil { // which was not said while it rang
		s.tell(s.sendReleased(s.releasedRow(owed), owed.Reason))
	}
}

// ringing counts the agents whom the queue has it ring at.
func (c *Chat) ringing() int {
	n := 0
	for i := range c.Offers {
		if c.Offers[i].Kind == OfferRoute {
			n++
		}
	}
	return n
}

// requeue tells the queue that the chat waits for the next agent, at the same
// place, and whom not to ask. A queue that has it ring at several hears of each
// who is out.
func (s *chatStep) requeue() {
	if s.Leg != nil && (s.ringing() == 0 || s.rings() > 1) {
		s.tell(s.sendQueue(s.Leg.Queue, *s.Waiting()))
	}
}
