package acd

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func wantPlaces(t *testing.T, out Outcome, want ...string) {
	t.Helper()
	if got := places(out); !slices.Equal(got, want) {
		t.Fatalf("told %v, want %v", got, want)
	}
}

func TestACustomerHearsHisPlaceWhenHeComes(t *testing.T) {
	h := newHall(t, nil)
	out := h.step(h.entry("c1"))
	wantPlaces(t, out, "c1:1")
	n := out.News[0]
	if n.To != "customer/of-c1" || n.View != ToCustomer || !n.Ephemeral || n.Event.(PositionTold).Wait != nil {
		t.Fatalf("told %+v", n)
	}
	h.pass(time.Second)
	wantPlaces(t, h.step(h.entry("c2")), "c2:2")
	wantPlaces(t, h.step(h.entry("c3", func(e *Enqueue) { e.Leg.Key = h.now.Add(-time.Minute) })), "c3:1")
	wantPlaces(t, h.step(h.entry("c4", func(e *Enqueue) { e.Leg.Key = h.now.Add(-time.Millisecond) })), "c4:3")
}

func TestPlacesAreToldWhenTheyHaveChangedAndNotTooOften(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.entry("c1"))
	h.pass(5 * time.Second)
	h.stepAll(h.entry("c2"), h.entry("c3"), Withdraw{Chat: "c1", ID: "stay-c1", Reason: Abandoned})
	wantPlaces(t, h.tick(time.Second)) // too early for both
	wantPlaces(t, h.tick(14*time.Second), "c2:1", "c3:2")
	if at := h.q.Deadline(); !at.IsZero() {
		t.Fatalf("nothing has changed, and still there is a deadline %v", at)
	}
	h.step(Withdraw{Chat: "c2", ID: "stay-c2", Reason: Abandoned})
	wantPlaces(t, h.tick(time.Second))
	wantPlaces(t, h.tick(14*time.Second), "c3:1")
	h.step(Withdraw{Chat: "c3", ID: "stay-c3", Reason: Abandoned})
	if at := h.q.Deadline(); !at.IsZero() {
		t.Fatalf("nobody waits, and still there is a deadline %v", at)
	}
}

func TestWhoHasNotHeardForAWhileHearsOfAChangeAtOnce(t *testing.T) {
	h := newHall(t, nil)
	h.stepAll(h.entry("c1"), h.entry("c2"), h.entry("c3"))
	h.pass(time.Minute)
	h.step(Withdraw{Chat: "c1", ID: "stay-c1", Reason: Taken})
	wantPlaces(t, h.tick(time.Second), "c2:1", "c3:2")
	h.pass(20 * time.Second)
	h.step(h.entry("c4", func(e *Enqueue) { e.Leg.Key = h.now.Add(-time.Hour) })) // he is put first
	wantPlaces(t, h.tick(time.Second), "c2:2", "c3:3")
	h.pass(20 * time.Second)
	h.step(h.entry("c5")) // behind all, which is nobody's business
	if at := h.q.Deadline(); !at.IsZero() {
		t.Fatalf("nobody's place has changed, and still there is a deadline %v", at)
	}
}

func TestAWaitIsMeasuredOrNotToldAtAll(t *testing.T) {
	for _, c := range []struct {
		name  string
		taken int
		every time.Duration
		rest  time.Duration
		want  *WaitBand
	}{
		{"two are too few", 2, time.Minute, 0, nil},
		{"four in four minutes", 4, time.Minute, 0, &WaitBand{40 * time.Second, 120 * time.Second}},
		{"a hundred in five minutes", 100, 3 * time.Second, 0, &WaitBand{3 * time.Second, 3 * time.Second}},
		{"those of an hour ago do not count", 20, time.Second, time.Hour, nil},
		{"those of nine minutes ago do", 9, time.Second, 531 * time.Second, &WaitBand{45 * time.Second, 90 * time.Second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, nil)
			h.step(Tick{})
			for i := range c.taken {
				chat := ChatID(fmt.Sprint("c", i))
				h.step(h.entry(chat))
				h.pass(c.every)
				h.step(Withdraw{Chat: chat, ID: EnqueueID("stay-" + chat), Reason: Taken})
			}
			h.pass(c.rest)
			got := h.step(h.entry("last")).News[0].Event.(PositionTold).Wait
			if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
				t.Fatalf("told %v, want %v", got, c.want)
			}
			if s := h.q.Stats(); s.Taken != c.taken || s.Waited != time.Duration(c.taken)*c.every {
				t.Fatalf("counted %+v", s)
			}
		})
	}
}

func TestALongLineHearsItsPlacesInParts(t *testing.T) {
	const many = tellAtOnce + 500
	h := newHall(t, nil)
	h.quick = true
	for i := range many + 1 {
		h.pass(time.Millisecond)
		h.step(h.entry(ChatID(fmt.Sprint("c", i))))
	}
	h.pass(time.Minute)
	h.step(Withdraw{Chat: "c0", ID: "stay-c0", Reason: Taken})
	h.pass(time.Second)
	first := places(h.step(Tick{}))
	if len(first) != tellAtOnce || first[0] != "c1:1" {
		t.Fatalf("%d are told at once, the first %s; want %d from the front", len(first), first[0], tellAtOnce)
	}
	if at, want := h.q.Deadline(), h.now.Add(tellPause); !at.Equal(want) {
		t.Fatalf("the next part is due at %v, want %v", at, want)
	}
	h.pass(tellPause)
	rest := places(h.step(Tick{}))
	if last := fmt.Sprintf("c%d:%d", many, many); len(rest) != many-tellAtOnce || rest[len(rest)-1] != last {
		t.Fatalf("%d are told then, want the other %d", len(rest), many-tellAtOnce)
	}
	if at := h.q.Deadline(); !at.IsZero() {
		t.Fatalf("all have heard, and still there is a deadline %v", at)
	}
}
