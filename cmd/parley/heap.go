package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// gcHeadroom is how much a node may allocate between two garbage collections
// at least. The runtime's own rule, as much as is live, has a node with few
// chats collect dozens of times a second: a fifth of its processor time. With
// much live memory that rule gives more than this, and is left alone.
const gcHeadroom = 192 << 20

// gcLook is how often the rule is brought up to what is live.
const gcLook = time.Second

// giveHeapRoom keeps the headroom until ctx is done. An operator who sets GOGC
// decides for himself.
func giveHeapRoom(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	tick := time.NewTicker(gcLook)
	defer tick.Stop()
	for set := 0; ; {
		if percent := gcPercent(liveHeap()); percent > set+set/8 || percent < set-set/8 {
			debug.SetGCPercent(percent) // stops the world for a moment, so not for every small change
			set = percent
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// gcPercent is the growth, in percent of what is live, that leaves the headroom.
func gcPercent(live uint64) int {
	return int(max(100, 100*gcHeadroom/max(live, gcHeadroom/20)))
}

// liveHeap is what the last collection found alive.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
