package acd

// end is C13, C14 and C10: by an agent, by the customer, or by a customer who
// would not wait any longer. It never goes back to the queue.
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
	if s.Owner != AgentID(author.ID) {
		return nil, badState("only the owner ends the chat: use leave")
	}
	s.finish(ChatEnded{By: author.Kind, Reason: EndedByAgent, Agent: AgentID(author.ID)}, OfferEndedChat)
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
	next := s.nextOwner(a)
	if next == "" && s.Leg == nil {
		return nil, ErrSoleAgent
	}
	s.part(a, "left", next)
	return Result{}, nil
}

// part takes an agent out of a chat that goes on.
func (s *chatStep) part(a AgentID, reason string, next AgentID) {
	p := s.joined(a)
	spec := s.wrapupFor(p)
	if reason == "lost" {
		spec = WrapupPolicy{Mode: WrapupNone}
	}
	owner := s.Owner
	if owner == a {
		owner = next
	}
	s.emit(Left{Agent: a, Name: p.Name, Reason: reason, Owner: owner, Wrapup: spec})
	s.tell(s.sendAgent(a, Released{Chat: s.ID, Spec: spec, Reason: reason}))
}

// wrapupFor is what the queue's policy asks of this agent.
func (s *chatStep) wrapupFor(p *Participant) WrapupPolicy {
	spec := s.Policy.Wrapup
	if spec.SkipUntouched && !p.Wrote {
		return WrapupPolicy{Mode: WrapupNone}
	}
	return spec
}

// forceEnd is C40: always valid, always the same answer.
func (s *chatStep) forceEnd(m ForceEnd) (any, error) {
	if !s.t.By.Oversees() {
		return nil, ErrForbidden
	}
	if !s.Live() {
		return Result{Already: "already_ended"}, nil
	}
	s.finish(ChatEnded{By: "supervisor", Reason: EndForced, Note: m.Reason}, OfferEndedChat)
	return Result{}, nil
}

// finish ends the chat: open offers close without a strike, the queue forgets
// it, and each agent in it is released with what wrap-up he owes.
func (s *chatStep) finish(e ChatEnded, offers OfferReason) {
	for len(s.Offers) > 0 {
		s.endOffer(s.Offers[0], offers)
	}
	leg := s.Leg
	e.Wrapup = WrapupPolicy{Mode: WrapupNone}
	var released []Send
	for i := range s.Participants {
		p := &s.Participants[i]
		if !p.Joined {
			continue
		}
		spec := s.wrapupFor(p)
		if spec.Mode != WrapupNone && spec.Mode != "" {
			e.Wrapup, e.Debts = spec, append(e.Debts, p.Agent)
		}
		released = append(released, s.sendAgent(p.Agent, Released{Chat: s.ID, Spec: spec, Reason: string(e.Reason)}))
	}
	var ended Event = e
	s.emit(ended)
	for _, send := range released {
		s.news(AgentID(send.To.ID).Stream(), ToAgent, ended)
		s.tell(send)
	}
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
	if s.Phase == PhaseEnded && len(s.Owing) == 0 {
		s.emit(ChatClosed{})
	}
}

// agentLost is C37: the chat is never left without an owner. It goes back to
// its queue with its age, a little ahead.
func (s *chatStep) agentLost(m AgentLost) error {
	if s.Phase != PhaseActive || s.joined(m.Agent) == nil {
		return nil
	}
	next := s.nextOwner(m.Agent)
	s.part(m.Agent, "lost", next)
	if next != "" || s.Leg != nil {
		return nil
	}
	old := s.LastLeg
	leg, policy, ok := s.leg(old.Queue, old.EnteredAt, old.Priority, old.Skills, s.Policy.Regain)
	if !ok {
		s.finish(ChatEnded{By: "system", Reason: EndRefused, Note: "deleted"}, OfferMoved)
		return nil
	}
	s.enqueue(leg, policy, "agent_lost")
	return nil
}

// wrapupFiled is C41. What the chat does not wait for it has heard before.
func (s *chatStep) wrapupFiled(m WrapupFiled) error {
	for _, o := range s.Owing {
		if o.Agent == m.Agent {
			s.emit(WrapupRecorded{Agent: m.Agent, Code: m.Code, Notes: m.Notes, By: m.By})
			s.closeIfSettled()
			return nil
		}
	}
	return nil
}
