package acd

import "slices"

// invite is C26 and consult C31: another agent is asked in.
func (s *chatStep) invite(a AgentID, kind OfferKind, then Command) (any, error) {
	if err := s.mayInvite(a, kind); err != nil {
		return nil, err
	}
	if p := s.serving(a); p != nil { // who consults needs no second accept
		s.rejoin(p, Talk, false)
		s.announceJoined(p.Name)
		return Result{}, nil
	}
	return s.askAgent(a, kind, false, then)
}

func (s *chatStep) mayInvite(a AgentID, kind OfferKind) error {
	if err := s.commands(); err != nil {
		return err
	}
	if err := s.reach(a, ""); err != nil {
		return err
	}
	p := s.joined(a)
	switch {
	case s.t.Config.Agents[a] == nil:
		return refusal(ErrBadTarget.Code, "no agent named "+string(a))
	case p != nil && (p.Mode == Talk || p.Mode == Consulting && kind == OfferConsult):
		return refusal(ErrBadTarget.Code, "he is in the chat already")
	case s.offerTo(a) != nil:
		return refusal(ErrBadTarget.Code, "he is asked already")
	case kind == OfferInvite && s.full(), len(s.Offers) >= maxOffers:
		return ErrConferenceFull
	}
	return nil
}

// maxOffers bounds how many agents one chat asks at once.
const maxOffers = 5

func (c *Chat) full() bool { return c.talking()+c.invited() >= c.flows().MaxAgents }

// talking counts the agents whom the customer hears, invited those asked to be.
func (c *Chat) talking() (n int) {
	for i := range c.Participants {
		if p := &c.Participants[i]; p.Joined && p.Mode == Talk {
			n++
		}
	}
	return n
}

func (c *Chat) invited() (n int) {
	for i := range c.Offers {
		if c.Offers[i].Kind == OfferInvite {
			n++
		}
	}
	return n
}

func (s *chatStep) inviteGranted(g SlotGranted, kind OfferKind, note string) (any, error) {
	if err := s.mayInvite(g.Agent, kind); err != nil {
		return nil, err
	}
	s.ring(g, kind, s.Owner, note)
	return Result{Offer: g.Offer}, nil
}

// cancelInvite takes an invitation or a consultation back (C28).
func (s *chatStep) cancelInvite(m CancelInvite) (any, error) {
	if err := s.commands(); err != nil {
		return nil, err
	}
	o := s.offer(m.Offer)
	if o == nil || o.Kind != OfferInvite && o.Kind != OfferConsult {
		return nil, ErrTooLate
	}
	gone := *o
	s.endOffer(gone, OfferCancelled)
	s.inviteFailed(gone, OfferCancelled)
	return Result{}, nil
}

// inviteFailed tells who asked that nobody comes, or who has the chat now.
func (s *chatStep) inviteFailed(o Offer, why OfferReason) {
	by := o.From
	if s.joined(by) == nil {
		by = s.Owner
	}
	s.emit(InviteFailed{Offer: o.ID, Kind: o.Kind, By: by, Reason: string(why), Note: s.saidTo(string(why))})
}

// endConsult ends the side talk with all who are consulted or asked to be. One
// who is consulted ends it for himself.
func (s *chatStep) endConsult() (any, error) {
	if me := s.joined(AgentID(s.t.By.ID)); me != nil && me.Mode == Consulting && s.Live() {
		s.part(me.Agent, "consult_ended", s.Owner, "")
		return Result{}, nil
	}
	if err := s.commands(); err != nil {
		return nil, err
	}
	ended := false
	for _, o := range slices.Clone(s.Offers) {
		if o.Kind == OfferConsult {
			s.endOffer(o, OfferCancelled)
			s.inviteFailed(o, OfferCancelled)
			ended = true
		}
	}
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined && p.Mode == Consulting {
			s.part(p.Agent, "consult_ended", s.Owner, "")
			ended = true
		}
	}
	if !ended {
		return nil, badState("nobody is consulted")
	}
	return Result{}, nil
}

// endConference is C29 for who was invited, and for the owner what the policy
// says (C30).
func (s *chatStep) endConference() (any, error) {
	me := s.participant(AgentID(s.t.By.ID))
	switch {
	case me == nil || !me.Joined && s.Live():
		return nil, ErrNotParticipant
	case !s.Live():
		return Result{Already: "already_ended"}, nil
	case me.Mode != Talk || me.Agent == s.Owner && s.nextOwner(me.Agent) == "":
		return nil, badState("this is no conference: nobody else serves the chat")
	case me.Agent != s.Owner:
		s.part(me.Agent, "left", s.Owner, "")
		return Result{}, nil
	}
	switch s.flows().EndConference {
	case "drop_invitee":
		s.dropOthers()
	case "end_chat":
		s.finish(ChatEnded{By: "agent", Reason: EndedByAgent, Agent: me.Agent}, OfferEndedChat)
	default:
		s.part(me.Agent, "left", s.nextOwner(me.Agent), "")
	}
	return Result{}, nil
}

func (s *chatStep) dropOthers() {
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined && p.Slot && p.Mode == Talk && p.Agent != s.Owner {
			s.part(p.Agent, "dropped", s.Owner, s.Owner)
		}
	}
}

// drop takes one participant out. Who oversees the chat is not the owner's to
// drop, nor to know of.
func (s *chatStep) drop(m DropAgent) (any, error) {
	if err := s.commands(); err != nil {
		return nil, err
	}
	p := s.joined(m.Agent)
	if p == nil || p.Agent == s.Owner || !p.Slot && !s.overseer() {
		return nil, refusal(ErrBadTarget.Code, "not somebody else who is in the chat")
	}
	s.part(p.Agent, "dropped", s.Owner, AgentID(s.t.By.ID))
	return Result{}, nil
}

// handOver makes a participant the owner, without an offer.
func (s *chatStep) handOver(m HandOver) (any, error) {
	if err := s.commands(); err != nil {
		return nil, err
	}
	p := s.serving(m.Agent)
	switch {
	case p == nil || p.Agent == s.Owner:
		return nil, refusal(ErrBadTarget.Code, "not an agent who serves the chat beside its owner")
	case p.Mode == Consulting && s.full():
		return nil, ErrConferenceFull
	case p.Mode == Consulting:
		s.rejoin(p, Talk, true)
	default:
		s.ownerSet(p)
	}
	return Result{}, nil
}

// ownerSet makes a participant the owner, for whom silence is measured anew.
func (s *chatStep) ownerSet(p *Participant) {
	s.emit(OwnerSet{Owner: p.Agent, Name: p.Name, Anew: s.Policy.Idle != (IdlePolicy{})})
}

// rejoin changes how somebody who is in the chat takes part.
func (s *chatStep) rejoin(p *Participant, mode Mode, owner bool) {
	s.emit(Joined{Agent: p.Agent, Name: p.Name, Mode: mode, Owner: owner, Was: p.Mode, Supervisor: p.Supervisor, Offer: p.Offer})
}

// announceJoined is the system telling all who has come.
func (s *chatStep) announceJoined(name string) {
	s.line(Message{Author: Author{Kind: "system"}, To: ForAll, Text: name + " joined the chat", Joined: name})
}
