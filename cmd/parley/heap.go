package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much a node may allocate between two garbage collections at least. The
// runtime's own rule, as much as is live, has a node with few chats collect
// dozens of times a second: a fifth of its processor time. What it allocates in
// gcEvery is room enough: who allocates little would only spread what he keeps
// over more of it, never to be given back. With much live memory the runtime's
// rule gives more than this, and is left alone.
const (
	gcHeadroomMost  = 192 << 20
	gcHeadroomLeast = 32 << 20
	gcEvery         = 4 * gcLook
)

// gcLook is how often the rule is brought up to what is live.
const gcLook = time.Second

// giveHeapRoom keeps the headroom until ctx is done, and gives it back while
// the node has little to do. An operator who sets GOGC decides for himself.
func giveHeapRoom(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	tick := time.NewTicker(gcLook)
	defer tick.Stop()
	var rest heapRest
	for set := 0; ; {
		live, allocated := heapUse()
		free := rest.due(live, allocated)
		if percent := gcPercent(live, rest.headroom()); percent > set+set/8 || percent < set-set/8 {
			debug.SetGCPercent(percent) // stops the world for a moment, so not for every small change
			set = percent
		}
		if free {
			debug.FreeOSMemory()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// gcPercent is the growth, in percent of what is live, that leaves the headroom.
func gcPercent(live, headroom uint64) int {
	return int(max(100, 100*headroom/max(live, headroom/20)))
}

// heapUse is what the last collection found alive, and all that was ever
// allocated.
func heapUse() (live, allocated uint64) {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64(), sample[1].Value.Uint64()
}

// The measures of rest: what allocates less than this a look, this often one
// after the other, has little to do, and what is smaller is not worth a
// collection.
const (
	restPerLook = 1 << 20
	restLooks   = 10
	restWorth   = 16 << 20
)

// heapRest follows how much a node allocates. It tells how much room that wants,
// and when a node that has come to rest is to collect and give back what it does
// not need: left alone, it would keep for minutes what a rush has taken.
type heapRest struct {
	last  uint64 // allocated by the last look
	rate  uint64 // a look, the most lately
	calm  int    // looks
	given uint64 // allocated when memory was last given back
}

// due is called at every look. A collection costs as much as is live, so with
// much of it there has to be more to win.
func (r *heapRest) due(live, allocated uint64) bool {
	fresh := allocated - r.last
	r.last = allocated
	r.rate = max(fresh, r.rate-r.rate/4)
	if r.calm++; fresh > restPerLook {
		r.calm = 0
	}
	if r.calm < restLooks || allocated-r.given < max(restWorth, live/4) {
		return false
	}
	r.given = allocated
	return true
}

// headroom is what the node allocates in gcEvery, within bounds.
func (r *heapRest) headroom() uint64 {
	return min(gcHeadroomMost, max(gcHeadroomLeast, r.rate*uint64(gcEvery/gcLook)))
}
