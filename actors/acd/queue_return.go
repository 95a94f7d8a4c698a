package acd

import "slices"

// regain asks an agent who has come back for the chats that he has lost and
// that still wait, also those that ring elsewhere. Whoever accepts first has it.
func (q *Queue) regain(s *queueTurn, c *candidate) {
	for _, w := range slices.Clone(q.line.lost[c.Agent]) {
		if c.standing == standsFree && c.spare() >= w.class.weight && !c.full(w.channel) &&
			!c.excludedOrAsked(w, s.now) {
			q.reserve(s, w, c)
		}
	}
}

func (c *candidate) excludedOrAsked(w *waiter, now int64) bool { return c.barred(w, now) || c.rings(w) }

// asksOthers counts the agents who are asked for w as any is; who gets it back is
// asked beside them.
func (w *waiter) asksOthers() int {
	n := len(w.asked())
	for _, r := range w.asked() {
		if r.agent.Agent == w.returning {
			n--
		}
	}
	return n
}
