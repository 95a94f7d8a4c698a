package acd

import (
	"cmp"
	"slices"
)

// gather opens the time in which what the queues ask is gathered: it begins
// when several of them hear that there is more to give than they knew. Whoever
// asks an agent who has been free for longer is answered at once.
func (s *agentStep) gather(free, queues int) {
	if s.desk.ChooseWithin > 0 && queues > 1 && free > s.sent.Free {
		s.choosing = s.t.Now.Add(s.desk.ChooseWithin)
	}
}

// asked answers a Reserve, or keeps it until all that come in time are known.
func (s *agentStep) asked(c Reserve) {
	known := s.slotFor(c.Offer)
	if !s.restored || c.From == "" || c.Force || !s.t.Now.Before(s.choosing) || known != nil && known.Chat == c.Chat {
		s.reserve(c)
		return
	}
	s.bids = slices.DeleteFunc(s.bids, func(b Reserve) bool { return b.Offer == c.Offer })
	s.bids = append(s.bids, c)
}

// choose answers what was gathered when its time is over, the best first: of
// the queue with the most weight for him, then whose place is the first. The
// order in which they came plays no part.
func (s *agentStep) choose() {
	if len(s.bids) == 0 || s.t.Now.Before(s.choosing) {
		return
	}
	bids := s.bids
	s.bids, s.tellAll = nil, true // who is denied must hear what is left
	slices.SortFunc(bids, func(a, b Reserve) int {
		return cmp.Or(cmp.Compare(s.weightOf(b.From), s.weightOf(a.From)), a.Key.Compare(b.Key), cmp.Compare(a.Offer, b.Offer))
	})
	for _, b := range bids {
		s.reserve(b)
	}
}

// weightOf is what a queue counts for him.
func (s *agentStep) weightOf(q QueueID) int {
	if s.profile == nil {
		return 1
	}
	return max(s.profile.Weights[q], 1)
}
