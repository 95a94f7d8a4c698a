package acd

// Commands of an end by agreement (C42). It is a courtesy and never a guard:
// whoever may end the chat may do so meanwhile.
type (
	// ProposeEnd asks the customer whether the chat may end.
	ProposeEnd struct{}
	// ConfirmEnd and DeclineEnd are his answers.
	ConfirmEnd struct{}
	DeclineEnd struct{}
)

// Events of it.
type (
	// EndProposed stands until it is answered, or its agent has gone.
	EndProposed struct {
		By   AgentID `cbor:"1,keyasint"`
		Name string  `cbor:"2,keyasint,omitempty"`
	}
	// EndDeclined says that the customer wants to go on.
	EndDeclined struct{}
)

func (s *chatStep) proposeEnd() (any, error) {
	p := s.joined(AgentID(s.t.By.ID))
	switch {
	case !s.t.By.Works() || s.participant(AgentID(s.t.By.ID)) == nil:
		return nil, ErrNotParticipant
	case !s.Live():
		return Result{Already: "already_ended"}, nil
	case p == nil:
		return nil, ErrNotParticipant
	case p.Mode != Talk:
		return nil, refusal(ErrForbidden.Code, "the customer does not hear you")
	case s.Phase != PhaseActive || s.Interrupted:
		return nil, badState("nobody is there to be asked: end the chat")
	case s.proposed() != nil:
		return Result{Already: "already_proposed"}, nil
	}
	s.emit(EndProposed{By: p.Agent, Name: p.Name})
	return Result{}, nil
}

// proposed is who asks the customer for the end, nil when nobody does any more.
func (c *Chat) proposed() *Participant {
	if c.Phase != PhaseActive || c.Ending == "" {
		return nil
	}
	return c.joined(c.Ending)
}

// answerEnd takes the customer's answer. His yes ends the chat as if he had
// ended it himself; asked again it is the same yes.
func (s *chatStep) answerEnd(yes bool) (any, error) {
	author, err := s.author()
	switch {
	case err != nil:
		return nil, err
	case author.Kind != "customer":
		return nil, ErrForbidden
	case !s.Live() && yes:
		return Result{Already: "already_ended"}, nil
	case !s.Live():
		return nil, ErrEnded
	case s.proposed() == nil:
		return nil, badState("nobody has asked for the end")
	case yes:
		s.customerEnds()
	default:
		s.emit(EndDeclined{})
		s.revive(author) // he is there
	}
	return Result{}, nil
}

func (ProposeEnd) command() {}
func (ConfirmEnd) command() {}
func (DeclineEnd) command() {}
func (EndProposed) event()  {}
func (EndDeclined) event()  {}
