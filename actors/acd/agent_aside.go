package acd

import "unicode/utf8"

// direct takes what another agent says to this one. Both hear it, as the same
// event of the same record.
func (s *agentStep) direct(c Direct) error {
	from := AgentID(s.t.By.ID)
	switch {
	case from == s.id:
		return ErrBadTarget
	case s.link == linkLost && s.profile == nil:
		return ErrNotFound
	case s.link == linkLost:
		return refusal(ErrUnavailable.Code, "the agent is not signed in")
	}
	if n := utf8.RuneCountInString(c.Text); n > maxAside {
		return tooLong("the text is too long", maxAside, n)
	}
	e := DirectSaid{From: from, Name: s.t.By.Name, Text: c.Text}
	s.emit(e)
	s.out.News = append(s.out.News, News{To: from.Stream(), View: ToOwnDesk, Event: e, Index: len(s.out.Events) - 1})
	return nil
}

// signOut takes the person out of everything at a supervisor's word (A27):
// who he served waits again, and what he owes stays.
func (s *agentStep) signOut(reason string) {
	if s.state.Next.State != "" {
		s.emit(NextPresenceSet{})
	}
	s.become(Offline, reason, bySupervisor)
	for _, chat := range s.connected() {
		s.sendLost(chat)
	}
}

// ByStrikes reports whether it was missed offers that made the presence.
func (p PresenceSet) ByStrikes() bool {
	return p.By == bySystem && (p.State == InRONA || p.State == Offline && p.Reason == reasonStrikes)
}

// Dismissed reports whether a supervisor has signed the person out.
func (p PresenceSet) Dismissed() bool { return p.By == bySupervisor && p.State == Offline }
