package bench

import "testing"

func TestARateIsGivenUpWhenItBreaksTwice(t *testing.T) {
	const limit = 1000.
	for name, c := range map[string]struct {
		stall   float64 // the rate whose first trial breaks
		promise bool    // because one was broken
		least   float64 // of what is found
		most    float64
	}{
		"nothing breaks below the limit":    {least: limit / closeEnough, most: limit},
		"one stall far below it":            {stall: 400, least: limit / closeEnough, most: limit},
		"a promise broken far below it":     {stall: 400, promise: true, least: 400 / closeEnough, most: 400},
		"a stall at the rate to begin with": {stall: 200, least: limit / closeEnough, most: limit},
	} {
		t.Run(name, func(t *testing.T) {
			tried := map[float64]int{}
			l := &Limit{}
			err := l.search(200, func(rate float64) (Trial, *Result, error) {
				tried[rate]++
				r := Trial{Rate: rate, Held: rate <= limit}
				if rate == c.stall && tried[rate] == 1 {
					r.Held = false
					if c.promise {
						r.Correctness.Lost = 1
					}
				}
				return r, &Result{}, nil
			}, nil)
			if err != nil || l.Rate < c.least || l.Rate > c.most {
				t.Errorf("found %g, expected %g to %g: %v", l.Rate, c.least, c.most, err)
			}
			for rate, n := range tried {
				if n > 2 {
					t.Errorf("%g is tried %d times", rate, n)
				}
			}
		})
	}
}
