package acd

import "unicode/utf8"

// assist calls supervisors. The call stays open until one of them has come, so
// that who opens a board later sees it too.
func (s *chatStep) assist(m Assist) (any, error) {
	p := s.joined(AgentID(s.t.By.ID))
	switch {
	case !s.t.By.Works() || s.participant(AgentID(s.t.By.ID)) == nil:
		return nil, ErrNotParticipant
	case !s.Live():
		return nil, ErrEnded
	case p == nil:
		return nil, ErrNotParticipant
	}
	if n := utf8.RuneCountInString(m.Text); n > maxAside {
		return nil, tooLong("the text is too long", maxAside, n)
	}
	e := AssistAsked{Agent: p.Agent, Name: p.Name, Text: m.Text, Since: s.t.Now,
		Queue: s.LastLeg.Queue, QueueName: s.Policy.QueueName, Customer: s.Customer.Name}
	s.emit(e)
	for _, to := range m.To {
		if to.Agent != p.Agent && (to.Scope == "" || s.within(to.Scope)) {
			s.news(to.Agent.Stream(), ToOverseer, e)
		}
	}
	return Result{Chat: s.ID}, nil
}

// announced adds a line of the system, if the chat is one of the queue. A chat
// that has moved on meanwhile is not addressed, which is no error.
func (s *chatStep) announced(m Announce) (any, error) {
	if !s.overseer() {
		return nil, ErrForbidden
	}
	waits := s.Leg != nil && s.Leg.Queue == m.Queue
	served := s.Phase == PhaseActive && s.LastLeg.Queue == m.Queue
	if !s.Live() || s.Interrupted || !waits && !served {
		return Result{}, nil
	}
	name := string(m.Queue)
	if q := s.t.Config.Queues[m.Queue]; q != nil {
		name = q.Name
	}
	return Result{MessageSeq: s.message(Author{Kind: "queue", Name: name}, ForAll, m.Text)}, nil
}

// Announceable holds a text against the limits of all channels, as it is not
// known in which chats it will stand.
func (c *Config) Announceable(text string) error {
	most, reserved := 4000, ""
	for _, ch := range c.Channels {
		most = min(most, ch.MaxChars)
		reserved += ch.ReservedChars
	}
	s := chatStep{Chat: &Chat{}, t: Turn{Config: &Config{Channels: map[Channel]*ChannelPolicy{"": {MaxChars: most, ReservedChars: reserved}}}}}
	return s.allowed(text, Author{Kind: "supervisor"})
}
