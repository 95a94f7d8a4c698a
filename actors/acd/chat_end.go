package acd

// end is C13, C14 and C10: by an agent, by the customer, or by a customer who
// would not wait any longer. It never goes back to the queue.
// errOwnerEnds is what a participant is told whom the policy lets leave alone.
var errOwnerEnds = refusal(ErrForbidden.Code, "only the owner ends the chat: use leave")

func (s *chatStep) end() (any, error) {
	author, err := s.author()
	if err != nil {
		return nil, err
	}
	if !s.Live() {
		return Result{Already: "already_ended"}, nil
	}
	if author.Kind == "customer" {
		s.customerEnds()
		return Result{}, nil
	}
	if p := s.partOf(author); s.Owner != p.Agent && !(s.flows().AnyoneEnds && p.Mode == Talk && p.Slot) {
		return nil, errOwnerEnds
	}
	reason := EndedByAgent
	if s.Interrupted {
		reason = EndSourceGone
	}
	s.finish(ChatEnded{By: author.Kind, Reason: reason, Agent: AgentID(author.ID)}, OfferEndedChat)
	return Result{}, nil
}

func (s *chatStep) customerEnds() {
	reason := EndedByCustomer
	if s.Phase == PhaseQueued {
		reason = EndAbandoned
	}
	s.finish(ChatEnded{By: "customer", Reason: reason}, CustomerGone)
}

// leave is C15 and C16. A customer who leaves ends the chat for himself and so
// for all.
func (s *chatStep) leave() (any, error) {
	author, err := s.author()
	if err != nil {
		return nil, err
	}
	if !s.Live() {
		return Result{Already: "already_ended"}, nil
	}
	if author.Kind == "customer" {
		s.customerEnds()
		return Result{}, nil
	}
	a := AgentID(author.ID)
	if a != s.Owner {
		s.part(a, "left", s.Owner, "")
		return Result{}, nil
	}
	next := s.nextOwner(a)
	switch {
	case next == "" && s.Leg == nil && s.openOffer(OfferTransfer) != nil:
		return nil, ErrTransferring
	case next == "" && s.Leg == nil:
		return nil, ErrSoleAgent
	}
	s.part(a, "left", next, "")
	return Result{}, nil
}

// part takes an agent out of a chat that goes on; if he was the owner, next is
// it now. by says who did it, when it was not himself. A chat that is left
// without an owner keeps nobody beside it.
func (s *chatStep) part(a AgentID, reason string, next, by AgentID) {
	p := *s.joined(a)
	spec := s.wrapupFor(&p)
	if reason == "lost" {
		spec = WrapupPolicy{Mode: WrapupNone}
	}
	owner := s.Owner
	if owner == a {
		owner = next
	}
	s.emit(Left{Agent: a, Name: p.Name, Reason: reason, Owner: owner, Wrapup: spec, Mode: p.Mode, By: by})
	if p.Slot {
		s.tell(s.sendReleased(s.releasedAs(&p, spec), reason))
	}
	if owner == "" && s.Phase == PhaseQueued {
		s.alone()
	}
}

// alone ends what only makes sense beside an owner: invitations, consultations.
func (s *chatStep) alone() {
	for i := 0; i < len(s.Offers); {
		if o := s.Offers[i]; o.Kind == OfferInvite || o.Kind == OfferConsult {
			s.endOffer(o, OfferMoved)
			continue
		}
		i++
	}
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined && p.Mode == Consulting {
			s.part(p.Agent, "consult_ended", "", "")
		}
	}
}

// wrapupFor is what the queue's policy asks of this agent. Who only consulted,
// listened or whispered owes nothing.
func (s *chatStep) wrapupFor(p *Participant) WrapupPolicy {
	spec := s.Policy.Wrapup
	if p.Wrapup != nil {
		spec = *p.Wrapup
	}
	if !p.Slot || p.Mode != Talk || spec.SkipUntouched && !p.Wrote {
		return WrapupPolicy{Mode: WrapupNone}
	}
	return spec
}

// forceEnd is C40: always valid, always the same answer.
func (s *chatStep) forceEnd(m ForceEnd) (any, error) {
	if !s.overseer() {
		return nil, ErrForbidden
	}
	if !s.Live() {
		return Result{Already: "already_ended"}, nil
	}
	s.finish(ChatEnded{By: "supervisor", Reason: EndForced, Note: m.Reason}, OfferEndedChat)
	return Result{}, nil
}

// finish ends the chat: open offers close without a strike, unless their time
// was over before and only their timer is still to come, the queue forgets it,
// and each agent in it is released with what wrap-up he owes.
func (s *chatStep) finish(e ChatEnded, offers OfferReason) {
	for len(s.Offers) > 0 {
		o, why := s.Offers[0], offers
		if s.t.due(o.Deadline, o.Started) { // its agent may have been told so
			why = OfferRONA
		}
		s.endOffer(o, why)
	}
	if x := s.Transfer; x != nil {
		s.emit(TransferFailed{ID: x.ID, From: x.From, Reason: string(offers)})
	}
	leg := s.Leg
	e.Wrapup, e.RateUntil = WrapupPolicy{Mode: WrapupNone}, s.rateUntil()
	var told []AgentID
	var released []Send
	for i := range s.Participants {
		p := &s.Participants[i]
		if !p.Joined {
			continue
		}
		spec := s.wrapupFor(p)
		switch {
		case spec.Mode == WrapupNone || spec.Mode == "":
		case p.Wrapup != nil:
			e.Apart = append(e.Apart, Owed{Agent: p.Agent, Spec: spec})
		default:
			e.Wrapup, e.Debts = spec, append(e.Debts, p.Agent)
		}
		told = append(told, p.Agent)
		switch {
		case !p.Slot && !e.RateUntil.IsZero():
			e.Watched = append(e.Watched, p.Agent)
		case p.Slot:
			released = append(released, s.sendReleased(s.releasedAs(p, spec), string(e.Reason)))
		}
	}
	var ended Event = e
	s.emit(ended)
	for _, a := range told {
		s.news(s.agentStream(a), ToAgent, ended)
	}
	s.out.Sends = append(s.out.Sends, released...)
	if leg != nil {
		s.tell(s.sendQueue(leg.Queue, Withdraw{Chat: s.ID, ID: leg.ID, Reason: withdrawal(e.Reason)}))
	}
	s.closeIfSettled()
}

func withdrawal(r EndReason) WithdrawReason {
	if r == EndAbandoned || r == EndDisconnected {
		return Abandoned
	}
	return GaveUp
}

func (s *chatStep) closeIfSettled() {
	if s.Phase == PhaseEnded && len(s.Owing) == 0 && !s.rateable(s.t.Now) {
		s.emit(ChatClosed{})
	}
}

// agentLost is C37: the chat is never left without an owner. It goes back to
// its queue with its age, a little ahead.
func (s *chatStep) agentLost(m AgentLost) error {
	if p := s.joined(m.Agent); p == nil || !p.Slot || !s.Live() {
		return nil
	}
	next := s.nextOwner(m.Agent)
	if m.Agent != s.Owner {
		next = s.Owner
	}
	s.part(m.Agent, "lost", next, "")
	if next == "" && s.Interrupted {
		s.finish(ChatEnded{By: "system", Reason: EndSourceGone}, OfferInterrupted)
		return nil
	}
	if next != "" || s.Leg != nil || s.openOffer(OfferTransfer) != nil {
		return nil
	}
	old := s.LastLeg
	leg, policy, ok := s.leg(old.Queue, old.EnteredAt, old.Priority, old.Skills, s.Policy.Regain)
	if !ok {
		s.finish(ChatEnded{By: "system", Reason: EndRefused, Note: "deleted"}, OfferMoved)
		return nil
	}
	if q := s.t.Config.Queues[leg.Queue]; q != nil && q.PreferReturning {
		leg.Returning = m.Agent
	}
	s.enqueue(leg, policy, "agent_lost")
	return nil
}

// sameTime reports whether two wrap-ups of one agent in one chat may be the same:
// those of an older version do not say of which time they are.
func sameTime(a, b OfferID) bool { return a == b || a == "" || b == "" }

// wrapupFiled is C41. What the chat does not wait for, or what is of another
// time that he served it, it has heard before.
func (s *chatStep) wrapupFiled(m WrapupFiled) error {
	for _, o := range s.Owing {
		if o.Agent == m.Agent && sameTime(o.Offer, m.Offer) {
			s.emit(WrapupRecorded{Agent: m.Agent, Code: m.Code, Notes: m.Notes, By: m.By})
			s.closeIfSettled()
			return nil
		}
	}
	return nil
}
