package acd

import "slices"

// settle matches what the step has made loose: agents first, each with the
// first chat in the order that he fits; then chats, each with the first agent
// by the strategy. A step begins with nothing left to match, so only what it
// changed can be.
func (q *Queue) settle(s *queueTurn) {
	if q.policy == nil {
		return
	}
	slices.SortFunc(s.idle, compareCandidates)
	for _, c := range s.idle {
		for c.standing == standsFree {
			w := q.firstFor(c, s.now)
			if w == nil {
				break
			}
			q.reserve(s, w, c)
		}
	}
	slices.SortFunc(s.loose, compareWaiters)
	var hopeless map[*class]bool // nobody free takes any chat of it
	for _, w := range s.loose {
		if !w.loose() || q.line.chats[w.Chat] != w || hopeless[w.class] {
			continue
		}
		c, fits := q.bestFor(w, s.now)
		if c != nil {
			q.reserve(s, w, c)
		} else if !fits && len(s.loose) > 1 {
			if hopeless == nil {
				hopeless = map[*class]bool{}
			}
			hopeless[w.class] = true
		}
	}
}

// firstFor finds the chat that a free agent serves next.
func (q *Queue) firstFor(c *candidate, now int64) *waiter {
	best := q.firstIn(q.line.files[""], c, now, nil)
	for i, skill := range c.Skills {
		if !slices.Contains(c.Skills[:i], skill) {
			best = q.firstIn(q.line.files[skill], c, now, best)
		}
	}
	return best
}

// firstIn looks at the classes of one file for an earlier chat than best. In
// each it looks past a bounded number of chats that this agent does not get.
func (q *Queue) firstIn(file []*class, c *candidate, now int64, best *waiter) *waiter {
	for _, k := range file {
		head, ok := k.loose.Min()
		if !ok || best != nil && waiterBefore(best, head) || c.misfit(k) != "" {
			continue
		}
		past := 0
		k.loose.Scan(func(w *waiter) bool {
			if best != nil && waiterBefore(best, w) {
				return false
			}
			if !c.barred(w, now) {
				best = w
				return false
			}
			past++
			return past <= q.policy.MatchScan
		})
	}
	return best
}

// bestFor finds the agent who is offered a chat, and reports whether any free
// agent takes chats of its class, this one or not.
func (q *Queue) bestFor(w *waiter, now int64) (best *candidate, fits bool) {
	t := q.roster.rarest(w.class.needs)
	if t == nil {
		return nil, false
	}
	t.Scan(func(c *candidate) bool {
		if c.misfit(w.class) != "" {
			return true
		}
		fits = true
		if !c.barred(w, now) {
			best = c
		}
		return best == nil
	})
	return best, fits
}
