package acd

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// What is remembered is what a plain list of the last ones would hold.
func TestTheLastFewAreRemembered(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var l lately[int]
	var list []int
	for range 20_000 {
		v := r.IntN(3 * ringSize)
		if r.IntN(5) == 0 {
			l.forget(v)
			list = slices.DeleteFunc(list, func(o int) bool { return o == v })
		} else {
			l.add(v)
			if !slices.Contains(list, v) {
				list = append(list, v)
			}
			list = list[max(0, len(list)-ringSize):]
		}
		if !slices.Equal(l.order, list) || len(l.there) != len(list) {
			t.Fatalf("kept %v and %d names, want %v", l.order, len(l.there), list)
		}
		if w := r.IntN(3 * ringSize); l.has(w) != slices.Contains(list, w) {
			t.Fatalf("%d: has %t", w, l.has(w))
		}
	}
	twin := l.clone()
	l.add(-1)
	if twin.has(-1) || slices.Contains(twin.order, -1) {
		t.Error("a clone shares what is kept")
	}
}

func TestTheLastFewSettledAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var s DeskState
	for range 5_000 {
		chat := ChatID(rune('a' + r.IntN(3*ringSize)))
		switch r.IntN(8) {
		case 0:
			s = s.clone()
		default:
			if s.debt(chat) == nil {
				s.apply(time.Time{}, WrapupStarted{Debt: Debt{Chat: chat}})
			} else {
				s.apply(time.Time{}, WrapupDone{Chat: chat})
			}
		}
		i := slices.IndexFunc(s.Settled, func(d Settled) bool { return d.Done.Chat == chat })
		if got := s.settled(chat); (got == nil) != (i < 0) || got != nil && got != &s.Settled[i] {
			t.Fatalf("chat %q is at %d of those settled and found at %p", chat, i, got)
		}
		if len(s.Settled) > ringSize || len(s.filed) > len(s.Settled) {
			t.Fatalf("%d are kept under %d names", len(s.Settled), len(s.filed))
		}
	}
}
