package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// end is one person's side of a pair.
type end interface {
	// Say returns when the server has acknowledged the text.
	Say(ctx context.Context, text string) error
	// Heard tells when each of the other side's texts came.
	Heard() <-chan time.Time
}

// ear is the part of an end that hears.
type ear chan time.Time

func newEar() ear { return make(ear, 16) }

func (e ear) Heard() <-chan time.Time { return e }

// hears notes a text. It is called by what reads the connection and never waits
// long: a pair has one text under way at a time.
func (e ear) hears() { e <- time.Now() }

// pairs is a run of ends that talk in turn.
type pairs struct {
	usage func() (Usage, error)
	close func()
	stop  context.CancelFunc
	work  sync.WaitGroup

	mu        sync.Mutex
	done      int64
	latencies []time.Duration
	failed    error
}

// talk lets the pairs talk until the run is closed. usage is the server's, and
// shut ends connections and server.
func talk(load Talk, ends [][2]end, usage func() (Usage, error), shut func()) run {
	ctx, stop := context.WithCancel(context.Background())
	p := &pairs{usage: usage, close: shut, stop: stop}
	for n, both := range ends {
		p.work.Go(func() {
			if err := p.converse(ctx, load, both, rand.New(rand.NewPCG(load.Seed, uint64(n)))); err != nil && ctx.Err() == nil {
				p.fail(fmt.Errorf("pair %d: %w", n, err))
			}
		})
	}
	return p
}

// patience is how long a text may take before the peer counts as broken.
const patience = 30 * time.Second

func (p *pairs) converse(ctx context.Context, load Talk, both [2]end, dice *rand.Rand) error {
	text := strings.Repeat("the parcel is on its way ", load.Length/25+1)[:load.Length]
	due := time.Now()
	if load.Think > 0 { // not all at once
		due = due.Add(time.Duration(dice.Float64() * float64(load.Think)))
	}
	for turn := 0; ; turn++ {
		if wait := time.Until(due); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return nil
			}
		}
		speaker, listener := both[turn%2], both[1-turn%2]
		if err := speaker.Say(ctx, text); err != nil {
			return err
		}
		select {
		case at := <-listener.Heard():
			p.heard(at.Sub(due))
		case <-time.After(patience):
			return fmt.Errorf("text %d was acknowledged and not heard within %v", turn, patience)
		case <-ctx.Done():
			return nil
		}
		due = time.Now().Add(time.Duration(dice.ExpFloat64() * float64(load.Think)))
	}
}

func (p *pairs) heard(latency time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.latencies = append(p.latencies, latency)
}

func (p *pairs) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.failed = err
	}
}

// Figures implements run.
func (p *pairs) Figures() (Figures, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil {
		return Figures{}, p.failed
	}
	u, err := p.usage()
	f := Figures{Usage: u, Done: p.done, Latencies: p.latencies}
	p.latencies = nil
	return f, err
}

// Close implements run.
func (p *pairs) Close() {
	p.stop()
	p.work.Wait()
	p.close()
}

// chats is a run of lifecycles, so many at a time.
type chats struct{ pairs }

// repeat runs one life after the other, atOnce at a time, until closed.
func repeat(load Lifecycle, life func(ctx context.Context, worker int) error, usage func() (Usage, error), shut func()) run {
	ctx, stop := context.WithCancel(context.Background())
	c := &chats{pairs{usage: usage, close: shut, stop: stop}}
	for n := range load.AtOnce {
		c.work.Go(func() {
			for ctx.Err() == nil {
				began := time.Now()
				if err := life(ctx, n); err != nil {
					if ctx.Err() == nil {
						c.fail(fmt.Errorf("chat of worker %d: %w", n, err))
					}
					return
				}
				c.heard(time.Since(began))
			}
		})
	}
	return c
}
