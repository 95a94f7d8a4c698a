package acd

import (
	"slices"
	"time"
)

const reasonInactivity = "inactivity"

// DeskUsedWithin is how much older than the truth it may be what an agent knows
// of the last thing that was done at his desk, as a part of DeskPolicy.Idle: he
// is told so often and no oftener.
const DeskUsedWithin = 16

// idleDue is when nothing has been done at the desk for so long that its person
// is taken for gone (A29). Who has no session is waited for by the grace, and
// what he did in an earlier life of this machine is not known.
func (a *Agent) idleDue() time.Time {
	state := a.state.Presence.State
	attended := state == Available || a.desk.IdleTo == Offline && (state == NotReady || state == InRONA)
	if a.desk.Idle <= 0 || a.link != linkOnline || a.usedAt.IsZero() || !attended {
		return time.Time{}
	}
	return a.usedAt.Add(a.desk.Idle + a.desk.Idle/DeskUsedWithin)
}

// unattended keeps new chats from a desk at which nobody is. Those that are
// there stay: their customers' silence and the agent's have clocks of their own.
func (s *agentStep) unattended() {
	if s.state.Next.State != "" {
		s.emit(NextPresenceSet{})
	}
	switch {
	case s.desk.IdleTo != Offline:
		s.become(NotReady, reasonInactivity, bySystem)
	case s.anyLive() || slices.ContainsFunc(s.state.Debts, Debt.due):
		s.become(Draining, reasonInactivity, bySystem)
	default:
		s.become(Offline, reasonInactivity, bySystem)
	}
}

// Idle reports whether the agent may leave memory: signed out, nobody at the
// desk, nothing served and nothing owed. All that is left of him is durable.
func (a *Agent) Idle() bool {
	return a.restored && a.state.Presence.State == Offline && len(a.sessions) == 0 && !a.busy()
}
