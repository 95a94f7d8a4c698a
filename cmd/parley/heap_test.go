package main

import "testing"

func TestTheHeapMayGrowByTheHeadroomOrByWhatIsLive(t *testing.T) {
	const room = 192 << 20
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, 2000}, {1 << 20, 2000}, {room / 10, 1000}, {room / 2, 200}, {room, 100}, {8 << 30, 100},
	} {
		if got := gcPercent(c.live, room); got != c.want {
			t.Errorf("with %d MiB live the heap may grow by %d %%, expected %d", c.live>>20, got, c.want)
		}
	}
}

func TestTheHeadroomFollowsWhatIsAllocated(t *testing.T) {
	var r heapRest
	var allocated uint64
	after := func(n int, perLook uint64) uint64 {
		for range n {
			allocated += perLook
			r.due(0, allocated)
		}
		return r.headroom()
	}
	for _, c := range []struct {
		what    string
		looks   int
		perLook uint64
		want    uint64
	}{
		{"an idle node", 1, 0, gcHeadroomLeast},
		{"a busy second", 1, 20 << 20, 80 << 20},
		{"a second without work", 1, 0, 60 << 20},
		{"a rush", 1, 1 << 30, gcHeadroomMost},
		{"a long rest", 60, 0, gcHeadroomLeast},
	} {
		if got := after(c.looks, c.perLook); got != c.want {
			t.Errorf("after %s the headroom is %d MiB, expected %d", c.what, got>>20, c.want>>20)
		}
	}
}

// looks counts after how many looks memory is given back, 0 if it is not within most.
func looks(r *heapRest, allocated *uint64, live, perLook uint64, most int) int {
	for n := range most {
		*allocated += perLook
		if r.due(live, *allocated) {
			return n + 1
		}
	}
	return 0
}

func TestMemoryIsGivenBackWhenARushIsOverAndNotBefore(t *testing.T) {
	var r heapRest
	var allocated uint64
	if n := looks(&r, &allocated, 0, 2*restPerLook, 1000); n != 0 {
		t.Fatalf("given back at look %d of a rush", n)
	}
	if n := looks(&r, &allocated, 0, 100, 1000); n != restLooks {
		t.Errorf("given back %d looks after the rush, expected %d", n, restLooks)
	}
	if n := looks(&r, &allocated, 0, 100, 1000); n != 0 {
		t.Errorf("given back again after %d looks, with nothing to win", n)
	}
	if n := looks(&r, &allocated, 0, restPerLook, 1000); n < restWorth/restPerLook-1 || n > restWorth/restPerLook {
		t.Errorf("given back after %d looks of little work, expected when there were %d MiB to win", n, restWorth>>20)
	}
}

func TestMuchLiveMemoryIsCollectedForMuchGarbageOnly(t *testing.T) {
	const live = 4 << 30
	var r heapRest
	var allocated uint64
	if n := looks(&r, &allocated, live, restPerLook, live/4/restPerLook+10); n != live/4/restPerLook {
		t.Errorf("collected for %d MiB, expected for a quarter of what is live", n)
	}
}
