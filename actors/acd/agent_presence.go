package acd

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Reasons that the system gives for a presence.
const (
	reasonLost    = "lost"
	reasonStrikes = "strikes"
)

// maxReason bounds a reason's text, in code points.
const maxReason = 64

// maxRejectNote bounds what an agent says when he rejects, in code points.
const maxRejectNote = 128

// setPresence is the person's choice, or a supervisor's for him (A2–A4,
// A25–A27).
func (s *agentStep) setPresence(c SetPresence) error {
	if err := s.choosable(c); err != nil {
		return err
	}
	if c.After && s.busy() {
		if next := (NextPresenceSet{State: c.State, Reason: c.Reason}); next != s.state.Next {
			s.emit(next)
		}
		return nil
	}
	if c.State == Offline && !c.Drain && s.by() == bySupervisor {
		s.signOut(c.Reason)
		return nil
	}
	state := c.State
	if state == Offline && c.Drain && (s.anyLive() || slices.ContainsFunc(s.state.Debts, Debt.due)) {
		state = Draining
	}
	if state != s.state.Presence.State {
		if err := s.reachable(state); err != nil {
			return err
		}
	}
	if s.state.Next.State != "" {
		s.emit(NextPresenceSet{})
	}
	s.become(state, c.Reason, s.by())
	return nil
}

// choosable checks what was asked for, whatever the state.
func (s *agentStep) choosable(c SetPresence) error {
	switch c.State {
	case Available, NotReady:
		if s.profile == nil {
			return ErrNotFound
		}
	case Offline:
	case InRONA, Draining:
		return badState(string(c.State) + " is set by the system: choose available, not_ready or offline")
	default:
		return badState("unknown state: choose available, not_ready or offline")
	}
	if n := utf8.RuneCountInString(c.Reason); n > maxReason {
		return &Refusal{Code: ErrTooLong.Code, Text: ErrTooLong.Text, Max: maxReason, Got: n}
	}
	reasons := s.t.Config.Reasons
	known := func(r PresenceReason) bool { return r.Code == c.Reason }
	if c.State == NotReady && c.Reason != "" && len(reasons) > 0 && !slices.ContainsFunc(reasons, known) {
		return badState("not one of the configured reasons")
	}
	return nil
}

// reachable checks whether the state can be taken from the present one.
func (s *agentStep) reachable(state PresenceState) error {
	switch state {
	case Available:
		if slices.ContainsFunc(s.state.Debts, Debt.blocksAgent) {
			return ErrWrapupPending
		}
	case Offline:
		if s.anyLive() {
			return ErrLiveChats
		}
		if slices.ContainsFunc(s.state.Debts, func(d Debt) bool { return d.Spec.Mode == WrapupMandatory }) {
			return ErrWrapupPending
		}
	case NotReady, Draining, InRONA: // from anywhere
	}
	return nil
}

// become changes the presence and does what follows from it. The same state
// for the same reason is nothing new.
func (s *agentStep) become(state PresenceState, reason, by string) {
	if s.state.Presence.State != state || s.state.Presence.Reason != reason {
		s.emit(PresenceSet{State: state, Reason: reason, Since: s.t.Now, By: by})
	}
	switch state {
	case Offline:
		s.abortOffers(AgentOffline)
	case NotReady, Draining:
		if !s.desk.KeepOffers {
			s.abortOffers(AgentState)
		}
	case Available, InRONA: // what rings goes on ringing
	}
	s.relink()
}

// relink brings the link in step with presence: only who is expected back has
// a grace.
func (s *agentStep) relink() {
	if len(s.sessions) > 0 {
		s.link, s.grace = linkOnline, time.Time{}
		return
	}
	switch {
	case s.state.Presence.State == Offline && !s.anyLive():
		s.link, s.grace = linkLost, time.Time{}
	case s.link != linkGrace:
		s.link, s.grace = linkGrace, s.t.Now.Add(s.desk.Grace)
	}
}

// lostAlready reports whether the grace has run out and he has not chosen since.
func (s *agentStep) lostAlready() bool {
	return s.state.Presence.Reason == reasonLost && s.state.Presence.By == bySystem
}

// sessionOpened brings the person back (A1, A23).
func (s *agentStep) sessionOpened(c SessionOpened) {
	s.sessions = slices.DeleteFunc(s.sessions, func(x agentSession) bool { return x.id == c.Session })
	s.sessions = append(s.sessions, agentSession{id: c.Session, alerting: c.Alerting})
	s.usedAt = s.t.Now
	s.relink()
	if !s.audible() {
		return
	}
	for i := range s.slots {
		if slot := &s.slots[i]; slot.rings() && slot.heardFrom.IsZero() {
			slot.heard, slot.heardFrom = true, s.t.Now
		}
	}
}

// audible reports whether an offer rings anywhere: a session that cannot ring
// shows it and is no proof that the person has heard of it (A8, I8).
func (a *Agent) audible() bool {
	return slices.ContainsFunc(a.sessions, func(x agentSession) bool { return x.alerting })
}

// sessionClosed starts the grace when it was the last one (A22).
func (s *agentStep) sessionClosed(c SessionClosed) {
	before, rang := len(s.sessions), s.audible()
	s.sessions = slices.DeleteFunc(s.sessions, func(x agentSession) bool { return x.id == c.Session })
	if rang && !s.audible() {
		s.hush()
	}
	if before > 0 && len(s.sessions) == 0 {
		s.relink()
	}
}

// hush notes that what rings is heard no more.
func (s *agentStep) hush() {
	var rang []OfferID
	for i := range s.slots {
		if slot := &s.slots[i]; slot.rings() && !slot.heardFrom.IsZero() {
			slot.heardFor += s.t.Now.Sub(slot.heardFrom)
			slot.heardFrom = time.Time{}
			rang = append(rang, slot.Offer)
		}
	}
	s.unheard(rang...)
}

// lost takes the person out of his chats when the grace is over (A24). His
// debts stay.
func (s *agentStep) lost() {
	state := s.desk.LostTo
	if state != NotReady || s.state.Presence.State == Draining || s.state.Presence.State == Offline {
		state = Offline
	}
	if s.state.Next.State != "" {
		s.emit(NextPresenceSet{})
	}
	if s.state.Presence.State != Offline && !s.lostAlready() {
		s.emit(PresenceSet{State: state, Reason: reasonLost, Since: s.t.Now, By: bySystem})
	}
	s.link, s.grace = linkLost, time.Time{}
	s.abortOffers(AgentGone)
	for _, chat := range s.connected() {
		s.sendLost(chat)
	}
}

func (s *agentStep) sendLost(chat ChatID) {
	s.send(chat.Address(), "lost/"+string(chat), AgentLost{Chat: chat, Agent: s.id})
}

// settle does what waited for the last chat: the next presence, or the end of
// a drain (A4, A26).
func (s *agentStep) settle() {
	if !s.restored || s.busy() {
		return
	}
	if next := s.state.Next; next.State != "" {
		s.emit(NextPresenceSet{})
		s.become(next.State, next.Reason, bySystem)
	} else if s.state.Presence.State == Draining {
		s.become(Offline, s.state.Presence.Reason, bySystem)
	}
}
