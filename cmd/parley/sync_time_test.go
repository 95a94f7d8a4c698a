package main

import (
	"testing"
	"time"
)

func TestASlowDiskIsNotTakenForAFullNode(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		syncs []time.Duration
		want  time.Duration
	}{
		{nil, 40 * ms}, // nobody knows
		{[]time.Duration{ms}, 6 * ms},
		{[]time.Duration{3 * ms, ms, 90 * ms}, 9 * ms}, // one stall is no slow disk
		{[]time.Duration{8 * ms, 9 * ms, 7 * ms}, 24 * ms},
		{[]time.Duration{30 * ms, 30 * ms, 30 * ms, 30 * ms}, 40 * ms},
	} {
		if got := answerWithin(c.syncs); got != c.want {
			t.Errorf("syncs of %v: answers within %v, expected %v", c.syncs, got, c.want)
		}
	}
}

func TestSyncsAreTimedWhereTheDataLie(t *testing.T) {
	took, err := syncTimes(t.TempDir())
	if err != nil || len(took) != 8 {
		t.Fatalf("%v: %v", err, took)
	}
	for _, one := range took {
		if one <= 0 {
			t.Errorf("one took %v", one)
		}
	}
	if _, err := syncTimes(t.TempDir() + "/nowhere"); err == nil {
		t.Error("a folder that is not there was timed")
	}
}
