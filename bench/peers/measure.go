package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// warm is how long a server runs before it is measured.
const warm = time.Second

// sample is one measurement of one peer in one round.
type sample struct {
	perSecond float64
	cpu       float64 // microseconds of the server for each
	p50, p99  time.Duration
	rss       int64
	done      int64
}

// measure plays all rounds.
func measure(ctx context.Context, o options, peers []peer, dir string) (*result, error) {
	r := newResult(o)
	alone, err := fsynced(dir)
	if err != nil {
		return nil, err
	}
	r.FsyncMS = milliseconds(alone)
	for round := range o.rounds {
		for i := range peers {
			p := peers[(i+round)%len(peers)]
			if r.skipped(p.name) {
				continue
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, o.rounds, p.name)
			if err := r.play(ctx, o, p, filepath.Join(dir, fmt.Sprintf("%s-%d", p.name, round))); err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	r.finish(peers)
	return r, nil
}

// play plays what a peer can, or notes why it is left out.
func (r *result) play(ctx context.Context, o options, p peer, dir string) error {
	if t, ok := p.system.(talker); ok {
		for _, load := range []string{loadSteady, loadFlat} {
			talk, d := Talk{Pairs: o.pairs, Length: o.length, Seed: o.seed}, o.flat
			if load == loadSteady {
				talk.Think, d = o.think, o.steady
			}
			begin := func(dir string) (run, error) { return t.Talk(ctx, dir, talk) }
			if err := r.one(ctx, p, load, d, filepath.Join(dir, load), begin); err != nil {
				return err
			}
		}
	}
	if t, ok := p.system.(offerer); ok {
		begin := func(dir string) (run, error) { return t.Offers(ctx, dir, Lifecycle{o.atOnce}) }
		return r.one(ctx, p, loadOffers, o.offers, filepath.Join(dir, loadOffers), begin)
	}
	return nil
}

// one is one load on a server of its own.
func (r *result) one(ctx context.Context, p peer, load string, d time.Duration, dir string, begin func(dir string) (run, error)) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	run, err := begin(dir)
	if errors.Is(err, errMissing) {
		r.Skipped[p.name] = err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	defer run.Close()
	s, err := watch(ctx, run, d)
	if err != nil {
		return fmt.Errorf("%s: %w", load, err)
	}
	r.samples[key{p.name, load}] = append(r.samples[key{p.name, load}], s)
	return nil
}

// watch measures a run for so long, after it is warm.
func watch(ctx context.Context, run run, d time.Duration) (sample, error) {
	if err := pause(ctx, warm); err != nil {
		return sample{}, err
	}
	before, err := run.Figures()
	if err != nil {
		return sample{}, err
	}
	began := time.Now()
	if err := pause(ctx, d); err != nil {
		return sample{}, err
	}
	after, err := run.Figures()
	if err != nil {
		return sample{}, err
	}
	done := float64(after.Done - before.Done)
	if done == 0 {
		return sample{}, fmt.Errorf("nothing was done within %v", d)
	}
	slices.Sort(after.Latencies)
	at := func(share float64) time.Duration {
		return after.Latencies[int(share*float64(len(after.Latencies)-1))]
	}
	return sample{perSecond: done / time.Since(began).Seconds(), cpu: (after.CPU - before.CPU) / done * 1e6,
		p50: at(0.5), p99: at(0.99), rss: after.RSS, done: after.Done - before.Done}, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
