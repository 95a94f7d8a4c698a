package main

import (
	"os"
	"slices"
	"time"
)

// Of limits.answer_within, where the configuration does not say it. The less it
// is, the shorter an offer takes on a node that is full: two or three commands'
// time. A disk of the slower kind needs more, or it would look like such a node.
// A fast one serves 6 % less with 4 ms, a tenth less with 2, no more with 8.
const (
	leastAnswerWithin = 6 * time.Millisecond
	mostAnswerWithin  = 40 * time.Millisecond
	// syncsAnAnswer are the one that is under way when a command comes, its
	// own, and one to spare.
	syncsAnAnswer = 3
)

// answerWithin is how long commands may take on average on a full node on a disk
// whose syncs take so long. Without any it is the most.
func answerWithin(syncs []time.Duration) time.Duration {
	if len(syncs) == 0 {
		return mostAnswerWithin
	}
	usual := slices.Sorted(slices.Values(syncs))[len(syncs)/2]
	return min(max(syncsAnAnswer*usual, leastAnswerWithin), mostAnswerWithin)
}

// syncTimes is how long some small writes to a folder take to be durable, each.
func syncTimes(dir string) (took []time.Duration, err error) {
	f, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	for range 8 {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return nil, err
		}
		if err := f.Sync(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}
