package acd

import (
	"math"
	"slices"
)

// settle matches what the step has made loose, chats and agents: always the
// first chat in the order that somebody takes, with the first agent by the
// strategy who takes it. A step begins with nothing left to match, so only what
// it changed can be.
func (q *Queue) settle(s *queueTurn) {
	if q.policy == nil {
		return
	}
	slices.SortFunc(s.loose, compareWaiters)
	for {
		w, c := q.next(s)
		if w == nil {
			return
		}
		q.reserve(s, w, c)
	}
}

// next finds the next match of a step. What cannot be matched now cannot be
// later in the same step: each match leaves less to give.
func (q *Queue) next(s *queueTurn) (w *waiter, c *candidate) {
	idle := s.idle[:0]
	for _, a := range s.idle {
		first := q.firstFor(a, s.now)
		if first == nil {
			continue
		}
		if w == nil || waiterBefore(first, w) {
			w, c = first, a
		}
		idle = append(idle, a)
	}
	s.idle = idle
	if len(s.idle) == 1 && len(s.loose) == 0 {
		return w, c // nobody else takes it, or it would not wait
	}
	for len(s.loose) > 0 && (w == nil || waiterBefore(s.loose[0], w)) {
		first := s.loose[0]
		if best := q.takerOf(s, first); best != nil {
			return first, best // and again, if it wants another
		}
		s.loose = s.loose[1:]
	}
	if w != nil {
		c, _ = q.bestFor(s, w)
	}
	return w, c
}

// takerOf finds the agent for a chat that the step has made loose. A class that
// nobody takes is remembered, so that a change of policy looks at it once.
func (q *Queue) takerOf(s *queueTurn, w *waiter) *candidate {
	if !w.loose() || q.line.chats.get(w.Chat) != w || s.hopeless[w.class] {
		return nil
	}
	best, fits := q.bestFor(s, w)
	if !fits && len(s.loose) > 1 {
		if s.hopeless == nil {
			s.hopeless = map[*class]bool{}
		}
		s.hopeless[w.class] = true
	}
	return best
}

// firstFor finds the chat that a free agent serves next.
func (q *Queue) firstFor(c *candidate, now int64) *waiter {
	if c.standing != standsFree {
		return nil
	}
	best := q.firstIn(q.line.files[""], c, now, nil)
	if len(q.line.fond) > 0 {
		best = q.firstIn(q.line.files[c.own], c, now, best)
	}
	for i, skill := range c.Skills {
		if !slices.Contains(c.Skills[:i], skill) {
			best = q.firstIn(q.line.files[skill], c, now, best)
		}
	}
	return best
}

// firstIn looks at the classes of one file for an earlier chat than best. In
// each it looks past a bounded number of chats that this agent does not get.
func (q *Queue) firstIn(file *ranks[*class], c *candidate, now int64, best *waiter) *waiter {
	if file == nil {
		return best
	}
	file.scan(func(k *class) bool {
		if best != nil && !waiterBefore(k.head, best) {
			return false
		}
		if c.misfit(k) != "" {
			return true
		}
		past := 0
		k.loose.scan(func(w *waiter) bool {
			if best != nil && !waiterBefore(w, best) {
				return false
			}
			if !c.barred(w, now) {
				best = w
				return false
			}
			past++
			return past <= q.policy.MatchScan
		})
		return true
	})
	return best
}

// bestFor finds the agent who is offered a chat, and reports whether any free
// agent takes chats of its class, this one or not. For proficiency all of the
// free who have the rarest skill are compared, or those up to a perfect one; by
// chance all of them draw.
func (q *Queue) bestFor(s *queueTurn, w *waiter) (best *candidate, fits bool) {
	if a := w.class.prefer; a != "" {
		c := q.roster.byID[a]
		if fits = c.misfit(w.class) == ""; fits && !c.barred(w, s.now) {
			best = c
		}
		return best, fits
	}
	t := q.roster.rarest(w.class.needs)
	if t == nil {
		return nil, false
	}
	score, enough := -1, 0
	switch q.policy.Strategy {
	case Proficiency:
		enough = MaxSkillLevel * (len(w.class.needs) + len(q.roster.needs))
	case Random:
		enough = math.MaxInt
	}
	t.scan(func(c *candidate) bool {
		if best != nil && best.rank.tier < c.rank.tier {
			return false
		}
		if c.misfit(w.class) != "" {
			return true
		}
		fits = true
		if c.barred(w, s.now) {
			return true
		}
		if enough == 0 {
			best = c
			return false
		}
		n := 0
		if q.policy.Strategy == Random {
			n = lot(s.Entropy, w.Chat, c.Agent)
		} else {
			n = q.roster.score(c, w.class)
		}
		if n > score {
			best, score = c, n
		}
		return score < enough
	})
	return best, fits
}

// lot is what an agent draws for a chat, from the chance that came with the
// turn: the same turn again draws the same lots.
func lot(entropy uint64, chat ChatID, a AgentID) int {
	const prime = 0x100000001b3 // of FNV-1a
	h := entropy ^ 0xcbf29ce484222325
	for _, part := range [2]string{string(chat), string(a)} {
		for i := range len(part) {
			h = (h ^ uint64(part[i])) * prime
		}
		h = (h ^ 0xff) * prime // ends a name, as no byte of one does
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return int((h ^ h>>31) >> 1)
}
