package acd

// Idle reports whether the agent may leave memory: signed out, nobody at the
// desk, nothing served and nothing owed. All that is left of him is durable.
func (a *Agent) Idle() bool {
	return a.restored && a.state.Presence.State == Offline && len(a.sessions) == 0 && !a.busy()
}
