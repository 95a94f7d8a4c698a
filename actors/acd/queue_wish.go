package acd

import (
	"math"
	"slices"
)

// wish is what a stay asks for: of agents, and of the queue. Most stays ask for
// the same, so it is shared by those who do, and never changed.
type wish struct {
	queue       QueueID
	channel     Channel
	weight      int
	skills      []string
	priority    int
	prefer      AgentID
	preferUntil int64 // Unix ms
	returning   AgentID
	atOnce      int // agents, as the chat lets in this stay; 0 is what the policy says
	facts       Facts
}

// same reports whether o is no other wish. Facts of two chats are taken for
// different ones as soon as there are attributes, which each chat has of its own.
func (w *wish) same(o *wish) bool {
	return w.queue == o.queue && w.channel == o.channel && w.weight == o.weight && w.priority == o.priority &&
		w.prefer == o.prefer && w.preferUntil == o.preferUntil && w.returning == o.returning && w.atOnce == o.atOnce &&
		w.facts.Source == o.facts.Source && len(w.facts.Attributes)+len(o.facts.Attributes) == 0 && slices.Equal(w.skills, o.skills)
}

// wishes are the last few that came.
type wishes struct {
	last [8]*wish
	next int
}

// of is what e asks for.
func (l *wishes) of(e *Enqueue) *wish {
	w := wish{queue: e.Leg.Queue, channel: e.Channel, weight: e.Weight, skills: e.Leg.Skills, priority: e.Leg.Priority,
		prefer: e.Leg.Prefer, returning: e.Leg.Returning, atOnce: e.Rings, facts: e.Facts}
	if w.prefer != "" {
		w.preferUntil = e.Leg.PreferUntil.UnixMilli()
	}
	for _, old := range l.last {
		if old != nil && old.same(&w) {
			return old
		}
	}
	made := new(wish)
	*made = w
	l.last[l.next] = made
	l.next = (l.next + 1) % len(l.last)
	return made
}

// calls are how agents are sought for one chat, as far as it differs from most who
// wait: nobody is asked yet, one is wanted, none is left out, no step is to come.
type calls struct {
	asked    []*reservation
	granted  []OfferID       // whom it rings at
	one      [1]*reservation // room for the most common asked
	oneOffer [1]OfferID      // and granted
	oddStay  EnqueueID       // if its id is none that a turn makes
	bars     *bars           // nil while nobody is excluded
	turns    int64           // of the alarm for the next step; 0 is none
	step     int32           // how many of the policy's steps have been taken
	more     int32           // agents at once, beyond the first
	denials  int32           // since it came or came back
}

// asked are the reservations for w that wait for an answer.
func (w *waiter) asked() []*reservation {
	if w.calls == nil {
		return nil
	}
	return w.calls.asked
}

// granted are the offers of w that are the chat's by now.
func (w *waiter) granted() []OfferID {
	if w.calls == nil {
		return nil
	}
	return w.calls.granted
}

func (w *waiter) calling() *calls {
	if w.calls == nil {
		c := &calls{}
		c.asked, c.granted = c.one[:0], c.oneOffer[:0]
		w.calls = c
	}
	return w.calls
}

// rings is how many agents it rings at, at once.
func (w *waiter) rings() int {
	if w.calls == nil {
		return 1
	}
	return 1 + int(w.calls.more)
}

func (w *waiter) ringAt(agents int) {
	if agents != w.rings() {
		w.calling().more = int32(agents - 1)
	}
}

// step is how many of the policy's steps it has taken.
func (w *waiter) step() int {
	if w.calls == nil {
		return 0
	}
	return int(w.calls.step)
}

// stepTo notes the steps that it has taken, and when the next is due; 0 is never.
func (w *waiter) stepTo(step int, next int64) {
	if step != w.step() || next != w.turns() {
		c := w.calling()
		c.step, c.turns = int32(step), next
	}
}

// turns is when the next step is due; 0 is never.
func (w *waiter) turns() int64 {
	if w.calls == nil {
		return 0
	}
	return w.calls.turns
}

// toldAt is when it was told its place, in Unix ms; 0 if it was not. More than 24
// days from when it entered it is what it was then.
func (w *waiter) toldAt() int64 {
	if w.told == 0 {
		return 0
	}
	return w.enteredAt() + int64(w.toldAfter)
}

// tell notes that it has been told its place at that time.
func (w *waiter) tell(place int, at int64) {
	w.told, w.toldAfter = int32(place), int32(min(max(at-w.enteredAt(), math.MinInt32), math.MaxInt32))
}

func (w *waiter) ask(r *reservation) {
	c := w.calling()
	c.asked = append(c.asked, r)
}

func (w *waiter) grant(offers ...OfferID) {
	c := w.calling()
	c.granted = append(c.granted, offers...)
}

// unask forgets a reservation.
func (w *waiter) unask(r *reservation) {
	if w.calls != nil {
		w.calls.asked = slices.DeleteFunc(w.calls.asked, func(x *reservation) bool { return x == r })
	}
}

// bars keep agents from one chat for a while.
type bars struct {
	excluded []exclusion // by agent
	declined map[AgentID]int64
	wake     int64 // of the alarm for the first exclusion to run out
}

// excluded are the agents who do not get w now.
func (w *waiter) excluded() []exclusion {
	if w.calls == nil || w.calls.bars == nil {
		return nil
	}
	return w.calls.bars.excluded
}

// declined are those who have rejected or missed it, as the chat has said.
func (w *waiter) declined() map[AgentID]int64 {
	if w.calls == nil || w.calls.bars == nil {
		return nil
	}
	return w.calls.bars.declined
}

// wakesAt is when the first exclusion runs out; 0 is never.
func (w *waiter) wakesAt() int64 {
	if w.calls == nil || w.calls.bars == nil {
		return 0
	}
	return w.calls.bars.wake
}
