package acd

import "time"

// monitor is C32: a supervisor listens, whispers to the agents, or talks. It
// needs no slot and takes none.
func (s *chatStep) monitor(m Monitor) (any, error) {
	if err := s.attends(); err != nil {
		return nil, err
	}
	if m.Mode != Monitoring && m.Mode != Whisper && m.Mode != Talk {
		return nil, refusal(ErrBadTarget.Code, "who oversees a chat monitors, whispers or talks")
	}
	me := AgentID(s.t.By.ID)
	p := s.joined(me)
	switch {
	case p != nil && p.Slot:
		return nil, badState("you serve this chat")
	case p != nil && p.Mode == m.Mode:
		return Result{Chat: s.ID, Already: "already_joined"}, nil
	case p != nil && quieter(m.Mode, p.Mode):
		s.part(me, "left", s.Owner, "") // for those who knew of him
		s.emit(Joined{Agent: me, Name: s.byName(), Mode: m.Mode, Supervisor: true})
	case p != nil:
		s.rejoin(p, m.Mode, false)
	default:
		s.emit(Joined{Agent: me, Name: s.byName(), Mode: m.Mode, Supervisor: true})
	}
	return Result{Chat: s.ID}, nil
}

// quieter reports whether fewer know of who takes part as a than of b.
func quieter(a, b Mode) bool {
	heard := map[Mode]int{Monitoring: 0, Whisper: 1, Talk: 2}
	return heard[a] < heard[b]
}

func (s *chatStep) oversees() error {
	switch {
	case !s.overseer():
		return ErrForbidden
	case !s.Live():
		return ErrEnded
	}
	return nil
}

// attends is who oversees and has a desk to do it at.
func (s *chatStep) attends() error {
	if !s.t.By.Works() {
		return ErrForbidden
	}
	return s.oversees()
}

func (s *chatStep) byName() string {
	if s.t.By.Name != "" {
		return s.t.By.Name
	}
	return s.nameOf(AgentID(s.t.By.ID))
}

func (s *chatStep) unmonitor() (any, error) {
	p := s.joined(AgentID(s.t.By.ID))
	switch {
	case !s.t.By.Oversees():
		return nil, ErrForbidden
	case p == nil:
		return Result{Already: "already_left"}, nil
	case p.Agent == s.Owner:
		return nil, badState("you serve this chat: end, leave or transfer it")
	}
	s.part(p.Agent, "left", s.Owner, "")
	return Result{}, nil
}

// takeOver is C33: the supervisor serves the chat himself from now on.
func (s *chatStep) takeOver() (any, error) {
	if err := s.attends(); err != nil {
		return nil, err
	}
	if s.Interrupted {
		return nil, ErrSourceRemoved
	}
	me := AgentID(s.t.By.ID)
	if s.Owner == me {
		return Result{Chat: s.ID, Already: "already_owner"}, nil
	}
	if s.owes(me) {
		return nil, ErrWrapupPending // of the last time
	}
	s.clear(TakenOver)
	s.serve(me, s.byName(), "taken_over", s.nextOffer())
	return Result{Chat: s.ID}, nil
}

// clear ends everything that is open beside the conversation itself: offers,
// the transfer, the place in a queue.
func (s *chatStep) clear(why OfferReason) {
	for len(s.Offers) > 0 {
		s.endOffer(s.Offers[0], why)
	}
	s.dropLeg(string(why))
	if x := s.Transfer; x != nil {
		s.emit(TransferFailed{ID: x.ID, From: x.From, Reason: string(why)})
	}
}

// serve makes a the owner without an offer that rings; the owner until now goes.
func (s *chatStep) serve(a AgentID, name, why string, by OfferID) {
	old := s.Owner
	s.emit(Joined{Agent: a, Name: name, Mode: Talk, Owner: true, Was: s.modeOf(a), Supervisor: s.supervises(a), Offer: by})
	s.tell(s.sendAgent(a, Assigned{Slot: s.connectedRow(s.joined(a))}))
	if old != "" && old != a {
		s.part(old, why, a, AgentID(s.t.By.ID))
	}
}

// supervises reports whether who comes in is a supervisor: by his own token, or
// as the chat knows him from before.
func (s *chatStep) supervises(a AgentID) bool {
	if s.t.By.ID == string(a) {
		return s.t.By.Role == RoleSupervisor
	}
	p := s.participant(a)
	return p != nil && p.Supervisor
}

func (s *chatStep) modeOf(a AgentID) Mode {
	if p := s.joined(a); p != nil {
		return p.Mode
	}
	return ""
}

// assign gives the chat to an agent by hand; he is asked for a slot first. For
// whom the chat rings, it is answered.
func (s *chatStep) assign(m AssignTo) (any, error) {
	if err := s.oversees(); err != nil {
		return nil, err
	}
	if err := s.reach(m.Agent, ""); err != nil {
		return nil, err
	}
	switch {
	case s.Interrupted:
		return nil, ErrSourceRemoved
	case s.t.Config.Agents[m.Agent] == nil:
		return nil, refusal(ErrBadTarget.Code, "no agent named "+string(m.Agent))
	case s.Owner == m.Agent:
		return Result{Chat: s.ID, Already: "already_owner"}, nil
	}
	if o := s.offerTo(m.Agent); o != nil {
		s.take(*o)
	}
	if s.serving(m.Agent) != nil {
		if s.Owner != m.Agent {
			s.clear(OfferMoved)
			s.serve(m.Agent, s.nameOf(m.Agent), "reassigned", s.joined(m.Agent).Offer)
		}
		return Result{Chat: s.ID}, nil
	}
	return s.askAgent(m.Agent, OfferTransfer, m.Force, m)
}

func (s *chatStep) assigned(g SlotGranted) (any, error) {
	if err := s.oversees(); err != nil {
		return nil, err
	}
	if s.Interrupted {
		return nil, ErrSourceRemoved
	}
	s.clear(OfferMoved)
	s.serve(g.Agent, g.Name, "reassigned", g.Offer)
	return Result{Chat: s.ID}, nil
}

// requeueBy takes the chat from whoever has it and puts it into a queue, at
// the place that its age gives it.
func (s *chatStep) requeueBy(m Requeue) (any, error) {
	if err := s.oversees(); err != nil {
		return nil, err
	}
	if s.Interrupted {
		return nil, ErrSourceRemoved
	}
	if err := s.reach("", m.Queue); err != nil {
		return nil, err
	}
	old := s.LastLeg
	priority := old.Priority
	if m.Priority != 0 {
		priority = m.Priority
	}
	leg, policy, ok := s.leg(m.Queue, old.EnteredAt, priority, old.Skills, 0)
	if !ok {
		return nil, refusal(ErrBadTarget.Code, "no queue named "+string(m.Queue))
	}
	s.clear(OfferMoved)
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined && (p.Mode == Talk || p.Mode == Consulting) {
			s.part(p.Agent, "requeued", "", AgentID(s.t.By.ID))
		}
	}
	s.enqueue(leg, policy, "requeued")
	return Result{}, nil
}

// setPriority moves a chat that waits to the place of another priority.
func (s *chatStep) setPriority(m SetPriority) (any, error) {
	if err := s.oversees(); err != nil {
		return nil, err
	}
	if s.Leg == nil {
		return nil, badState("the chat does not wait")
	}
	boost := time.Minute
	if q := s.t.Config.Queues[s.Leg.Queue]; q != nil {
		boost = q.PriorityBoost
	}
	key := s.Leg.EnteredAt.Add(-time.Duration(m.Priority) * boost)
	s.emit(Prioritized{Priority: m.Priority, Key: key, By: AgentID(s.t.By.ID)})
	s.tell(s.sendQueue(s.Leg.Queue, *s.Waiting()))
	return Result{}, nil
}

// pick takes a waiting chat by hand: who serves its queue, or who oversees.
func (s *chatStep) pick(m Pick) (any, error) {
	if err := s.mayPick(); err != nil {
		return nil, err
	}
	return s.askAgent(AgentID(s.t.By.ID), OfferRoute, false, m)
}

func (s *chatStep) mayPick() error {
	by := s.t.By
	switch {
	case !by.Works():
		return ErrForbidden
	case s.Phase == PhaseEnded || s.Phase == PhaseClosed:
		return ErrEnded
	case s.Leg == nil:
		return &Refusal{Code: ErrTaken.Code, Text: ErrTaken.Text, Reason: string(s.Owner)}
	case !s.overseer() && !s.serves(AgentID(by.ID), s.Leg.Queue):
		return ErrForbidden
	case s.openOffer(OfferRoute) != nil:
		return refusal(ErrTaken.Code, "the chat is being offered to somebody")
	}
	return nil
}

func (s *chatStep) serves(a AgentID, q QueueID) bool {
	return s.t.Config.Agents[a].serves(q)
}

// picked is an offer and its accept in one.
func (s *chatStep) picked(g SlotGranted) (any, error) {
	if err := s.mayPick(); err != nil {
		return nil, err
	}
	s.take(Offer{ID: g.Offer, Agent: g.Agent, Kind: OfferRoute, Name: g.Name})
	return Result{Chat: s.ID}, nil
}

// sourceRemoved is C34: the source is gone. Who waits is told so; who is
// served can only be brought to an end.
func (s *chatStep) sourceRemoved(m SourceRemoved) error {
	if !s.Live() || s.Interrupted || s.Source != m.Source {
		return nil
	}
	if s.Phase == PhaseQueued {
		s.finish(ChatEnded{By: "system", Reason: EndSourceGone}, OfferInterrupted)
		return nil
	}
	for len(s.Offers) > 0 {
		o := s.Offers[0]
		s.endOffer(o, OfferInterrupted)
		if o.Kind == OfferInvite || o.Kind == OfferConsult {
			s.inviteFailed(o, OfferInterrupted)
		}
	}
	s.dropLeg(string(OfferInterrupted))
	if x := s.Transfer; x != nil {
		s.emit(TransferFailed{ID: x.ID, From: x.From, Reason: string(OfferInterrupted)})
	}
	s.emit(Interrupted{Reason: "source_removed", CloseAt: s.t.Now.Add(s.flows().Interrupted)})
	return nil
}
