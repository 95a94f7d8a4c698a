package main

import "testing"

func TestTheHeapMayGrowByTheHeadroomOrByWhatIsLive(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, 2000}, {1 << 20, 2000}, {gcHeadroom / 10, 1000}, {gcHeadroom / 2, 200}, {gcHeadroom, 100}, {8 << 30, 100},
	} {
		if got := gcPercent(c.live); got != c.want {
			t.Errorf("with %d MiB live the heap may grow by %d %%, expected %d", c.live>>20, got, c.want)
		}
	}
}
