package acd

import (
	"slices"
	"strings"
)

// Scope is the queues that a supervisor's token speaks for. The zero Scope is
// all of them. It is a value that can be compared, so that a Principal can be.
type Scope string

// scopeSeparator stands in no id: tokens and configurations refuse it.
const scopeSeparator = "\n"

// ScopeOf returns the scope of these queues, in whatever order they come; of
// none it is all.
func ScopeOf(queues ...QueueID) Scope {
	names := make([]string, 0, len(queues))
	for _, q := range queues {
		names = append(names, string(q))
	}
	slices.Sort(names)
	return Scope(strings.Join(slices.Compact(names), scopeSeparator))
}

// Queues names them in order; nil is all.
func (s Scope) Queues() (queues []QueueID) {
	if s == "" {
		return nil
	}
	for name := range strings.SplitSeq(string(s), scopeSeparator) {
		queues = append(queues, QueueID(name))
	}
	return queues
}

// Covers reports whether any of the queues is within the scope.
func (s Scope) Covers(queues ...QueueID) bool {
	if s == "" {
		return true
	}
	for name := range strings.SplitSeq(string(s), scopeSeparator) {
		if slices.Contains(queues, QueueID(name)) {
			return true
		}
	}
	return false
}

// OverseesAny reports whether p may act on what belongs to any of the queues.
func (p Principal) OverseesAny(queues ...QueueID) bool {
	return p.Oversees() && p.Scope.Covers(queues...)
}

// limited reports whether p oversees some queues and not all.
func (p Principal) limited() bool { return p.Oversees() && p.Scope != "" }

// Outside is the answer to who oversees other queues than this one: that it
// does not exist, unless he serves it as an agent and so knows of it.
func (c *Config) Outside(by Principal, q QueueID) error {
	switch {
	case by.OverseesAny(q):
		return nil
	case c.Agents[AgentID(by.ID)].serves(q):
		return ErrForbidden
	}
	return ErrNotFound
}

// serves reports whether the profile lists the queue; nobody's lists none.
func (p *AgentProfile) serves(q QueueID) bool { return p != nil && slices.Contains(p.Queues, q) }

// overseer reports whether the asker oversees this chat. A supervisor of other
// queues is in it no more than the agent that he may be here.
func (s *chatStep) overseer() bool {
	by := s.t.By
	return by.Oversees() && (by.Scope == "" || s.within(by.Scope))
}

// within reports whether the chat is a queue's of the scope: of the one that it
// is or was last served from, or of the one that it waits in.
func (c *Chat) within(s Scope) bool {
	return s.Covers(c.LastLeg.Queue) || c.Leg != nil && s.Covers(c.Leg.Queue)
}

// hidden reports whether the asker may not know of the chat: a supervisor of
// other queues, who has no part in it and could not pick it either.
func (s *chatStep) hidden() bool {
	by := s.t.By
	if !by.limited() || s.overseer() {
		return false
	}
	me := AgentID(by.ID)
	return s.participant(me) == nil && s.offerTo(me) == nil && (s.Leg == nil || !s.serves(me, s.Leg.Queue))
}

// reach refuses a supervisor whose target is none of his queues and nobody who
// serves one of them. An empty name is no target.
func (s *chatStep) reach(a AgentID, q QueueID) error {
	by := s.t.By
	switch {
	case !by.limited():
	case q != "" && !by.Scope.Covers(q):
		return ErrNotFound
	case a != "" && a != AgentID(by.ID) && !s.t.Config.Agents[a].within(by.Scope):
		return ErrNotFound
	}
	return nil
}

// within reports whether the person serves a queue of the scope.
func (p *AgentProfile) within(s Scope) bool { return s == "" || p != nil && s.Covers(p.Queues...) }

// overseer reports whether the asker oversees this agent: one of the queues
// that he serves.
func (s *agentStep) overseer() bool {
	return s.t.By.Oversees() && s.profile.within(s.t.By.Scope)
}
