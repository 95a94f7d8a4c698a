package acd

import (
	"cmp"
	"slices"
	"time"
)

// Looked is a queue's word that it has looked for chats for an agent whose
// advert asked for it; what it wishes of him it has said before.
type Looked struct {
	Queue QueueID
	Gen   uint64 // of the advert
}

func (Looked) command() {}

// gather begins to gather what queues ask for, when several of them hear that
// there is more to give than they knew. Each answers when it has looked, so that
// it lasts as long as the slowest of them takes to read its mail, and never
// longer than the desk allows. It reports whether they are to answer. Who serves
// one queue, and who has been free for longer, gives to whoever asks at once.
func (s *agentStep) gather(free int, queues []QueueID, gen uint64) bool {
	if s.desk.ChooseWithin <= 0 || len(queues) < 2 || free <= s.sent.Free {
		return false
	}
	if !s.t.Now.Before(s.choosing) {
		s.choosing = s.t.Now.Add(s.desk.ChooseWithin)
	}
	s.awaited, s.asking = slices.Clone(queues), gen
	return true
}

// looked ends the gathering with the last queue's word.
func (s *agentStep) looked(c Looked) {
	if c.Gen < s.asking || len(s.awaited) == 0 {
		return
	}
	s.awaited = slices.DeleteFunc(s.awaited, func(q QueueID) bool { return q == c.Queue })
	if len(s.awaited) == 0 {
		s.choosing = time.Time{}
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
	s.awaited = nil
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
