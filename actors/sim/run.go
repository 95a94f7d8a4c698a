// Package sim runs the engine in worlds that are out to break it: one thread,
// virtual time, one seed. The engine is the real one with the real rules; its
// machine, its disk, its network and its people are made here. What clients
// saw and what the disk holds is handed to package check, which knows nothing
// of the engine.
package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/actors/sim/check"
)

// Options says which worlds are played.
type Options struct {
	Seed    uint64 // of the first world
	Seeds   int    // how many worlds; 1
	Events  int    // of each; 10,000
	Workers int    // worlds at once; 1
	Faults  Faults // AllFaults, unless Calm
	Calm    bool   // nothing goes wrong
	// Progress is called after every world, by one goroutine at a time.
	Progress func(Report)
	// KeepGoing plays all worlds, whatever fails.
	KeepGoing bool
	// Remember keeps the history of a world for its failure's report; worlds
	// are slower with it.
	Remember bool

	spoil func(*world) // what a test does to each world before it begins
}

// Report is what has been played so far.
type Report struct {
	Seeds     int
	Events    int
	Chats     int
	Records   int
	Lives     int
	Faults    map[string]int
	Simulated time.Duration
	Took      time.Duration
	Trace     uint64     // of all worlds: equal for equal runs
	Failure   *Failure   // the first
	Failures  []*Failure // all of them: one, unless it keeps going
}

// Failure is a world in which a promise was broken.
type Failure struct {
	Seed    uint64
	Events  int
	Rule    string
	What    string
	At      time.Duration // of the world's time
	History []string      // of the chat or person that it is about
}

func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d breaks %s after %s: %s", f.Seed, f.Rule, f.At.Round(time.Millisecond), f.What)
}

// Run plays worlds until all are played, one has failed (unless it keeps going),
// or ctx is over. The
// error is that of ctx; a failure is in the report.
func Run(ctx context.Context, o Options) (Report, error) {
	o.Seeds, o.Events, o.Workers = max(o.Seeds, 1), max(o.Events, 0), max(o.Workers, 1)
	if o.Events == 0 {
		o.Events = 10_000
	}
	if o.Faults == (Faults{}) && !o.Calm {
		o.Faults = AllFaults()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sum := Report{Faults: map[string]int{}}
	began := time.Now()
	var mu sync.Mutex
	var next atomic.Int64
	var wg sync.WaitGroup
	for range o.Workers {
		wg.Go(func() {
			for {
				n := next.Add(1) - 1
				if n >= int64(o.Seeds) || ctx.Err() != nil {
					return
				}
				r, err := Play(ctx, o.Seed+uint64(n), o)
				if err != nil {
					return
				}
				mu.Lock()
				sum.add(r)
				sum.Took = time.Since(began)
				if r.Failure != nil && !o.KeepGoing {
					cancel()
				}
				if o.Progress != nil {
					o.Progress(sum)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if sum.Failure == nil && ctx.Err() != nil {
		return sum, ctx.Err()
	}
	return sum, nil
}

func (r *Report) add(o Report) {
	r.Seeds += o.Seeds
	r.Events += o.Events
	r.Chats += o.Chats
	r.Records += o.Records
	r.Lives += o.Lives
	r.Simulated += o.Simulated
	r.Trace ^= o.Trace // in whichever order the worlds end
	r.Faults = maps.Clone(r.Faults)
	for k, n := range o.Faults {
		r.Faults[k] += n
	}
	if o.Failure == nil {
		return
	}
	r.Failures = append(r.Failures, o.Failure)
	if r.Failure == nil {
		r.Failure = o.Failure
	}
}

// Play plays the world of one seed.
func Play(ctx context.Context, seed uint64, o Options) (Report, error) {
	w := newWorld(seed, o)
	if o.Remember {
		w.check.Remember()
	}
	if o.spoil != nil {
		o.spoil(w)
	}
	err := w.run(ctx)
	r := Report{Seeds: 1, Events: w.total(), Chats: w.chatsBegun(), Records: len(w.disk.order), Lives: w.lives, Faults: w.counts,
		Simulated: w.machine.now, Trace: w.trace}
	var v *check.Violation
	if errors.As(err, &v) {
		r.Failure = &Failure{Seed: seed, Events: o.Events, Rule: v.Rule, What: v.What, At: time.Duration(v.At), History: w.check.History(v.About.ID, 1<<20)}
		return r, nil
	}
	return r, err
}

// chatsBegun counts the chats that the disk knows of.
func (w *world) chatsBegun() (n int) {
	for _, p := range w.disk.order {
		if p.seq == 1 && strings.HasPrefix(p.stream, "chat/") {
			n++
		}
	}
	return n
}
