package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-engine/parley/bench/tally"
)

// endLimit is how long chats may take to end that were ended at the end.
const endLimit = 10 * time.Second

// load lets chats arrive, and what is to break break, and waits for the end.
func (r *run) load(ctx context.Context) error {
	c, p := r.crowd, r.profile
	began := c.now()
	if p.Queues.Backlog > 0 {
		c.from.Store(int64(began))
		if err := r.backlog(ctx, began); err != nil {
			return err
		}
	}
	gone, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if p.Agents.LoginAt > 0 || p.Queues.Backlog > 0 {
		c.readers.Go(func() {
			if sleep(gone, began+p.Agents.LoginAt-c.now()) == nil {
				if err := r.signIn(gone); err != nil {
					stop(err)
				}
			}
		})
	}
	arrivals, err := p.Arrivals.Stream(p.Seed)
	if err != nil {
		return err
	}
	from := began + p.Warmup
	until := from + p.Duration
	c.readers.Go(func() { r.arrivals(gone, arrivals.Next, began, until) })
	if err := r.measured(gone, from, until); err != nil {
		return context.Cause(gone)
	}
	return r.drain(ctx)
}

// backlogAtOnce is how many chats of a backlog begin together.
const backlogAtOnce = 16

// backlog lets chats wait before anybody answers. The next begin when the ones
// before have been taken: all at once would be more than a server can answer in
// time, which may refuse most of them, and what is to be loaded is its line.
func (r *run) backlog(ctx context.Context, due time.Duration) error {
	c, all := r.crowd, r.profile.Queues.Backlog
	begun := func() int {
		return int(c.counts.accepted.Load()+c.counts.refused.Load()+c.counts.notStarted.Load()) + int(c.counts.failures()["not_connected"])
	}
	w := &worker{}
	for n := 1; n <= all; n++ {
		c.arrive(w, backlogFrom+n, due)
		if n%backlogAtOnce != 0 && n != all {
			continue
		}
		w.flush()
		if err := r.until(ctx, time.Minute, func() bool { return begun() >= n }); err != nil {
			return fmt.Errorf("%d chats of a backlog of %d have begun, %d are not answered: %w", begun(), all, n-begun(), err)
		}
	}
	return nil
}

// backlogFrom is the first number of the chats of a backlog.
const backlogFrom = 1_000_000_000

// arrivals starts chats when they are due. It does not wait for anything else.
func (r *run) arrivals(ctx context.Context, next func() (time.Duration, bool), began, until time.Duration) {
	c := r.crowd
	w := &worker{}
	for index := 0; ; index++ {
		at, more := next()
		due := began + at
		if !more || due >= until {
			w.flush()
			return
		}
		if due > c.now() {
			w.flush()
			if sleep(ctx, due-c.now()) != nil {
				return
			}
		}
		c.arrive(w, index, due)
	}
}

// measured passes the time in which is measured.
func (r *run) measured(ctx context.Context, from, until time.Duration) error {
	c := r.crowd
	if err := sleep(ctx, from-c.now()); err != nil {
		return err
	}
	c.from.CompareAndSwap(0, int64(from))
	if err := r.meter.start(c); err != nil {
		return err
	}
	r.faults(ctx, from)
	if r.options.CPUProfile != "" {
		c.readers.Go(func() { r.profileServer(ctx, profiled(r.profile.Duration)) })
	}
	if err := sleep(ctx, until-c.now()); err != nil {
		return err
	}
	c.until.Store(int64(until))
	return r.meter.end(c)
}

// faults sets what is to break.
func (r *run) faults(ctx context.Context, from time.Duration) {
	c, f := r.crowd, r.profile.Faults
	if f.CutAt > 0 {
		c.schedule.at(from+f.CutAt, func(_ *worker, due time.Duration) { c.cutAll(due, f.BackOver) })
	}
	if f.KillAt > 0 {
		c.readers.Go(func() {
			if sleep(ctx, from+f.KillAt-c.now()) == nil {
				r.kill(ctx)
			}
		})
	}
}

// cutAll breaks every connection.
func (c *crowd) cutAll(due, over time.Duration) {
	c.breach.mu.Lock()
	c.breach.cut, c.breach.back, c.breach.over = true, due, over
	c.breach.mu.Unlock()
	c.peers.each((*peer).drop)
}

// kill ends the server without a warning and starts it again.
func (r *run) kill(ctx context.Context) {
	c := r.crowd
	c.breach.mu.Lock()
	c.breach.killed, c.breach.live = c.now(), c.live.Load()
	c.breach.recovered = 0
	c.breach.mu.Unlock()
	r.server.Kill()
	if err := r.server.Restart(ctx); err != nil {
		c.counts.fail("not_restarted")
		r.log.Error("restart", "err", err)
	}
}

// drain waits for the chats to end, ends who does not, and closes the books.
func (r *run) drain(ctx context.Context) error {
	c := r.crowd
	empty := func() bool { return c.live.Load() == 0 }
	_ = r.until(ctx, r.profile.Drain, empty) // whoever is left is counted below
	w := &worker{}
	for _, k := range c.open() {
		k.mu.Lock()
		if !k.ended && !k.closed {
			c.counts.unfinished.Add(1)
			if k.id != "" {
				k.customerEnds(w, c.now())
			}
		}
		k.mu.Unlock()
	}
	w.flush()
	_ = r.until(ctx, endLimit, empty)
	for _, k := range c.open() {
		k.mu.Lock()
		if !k.closed {
			k.close()
		}
		k.mu.Unlock()
	}
	return ctx.Err()
}

// open lists the chats that are not over.
func (c *crowd) open() []*chat {
	c.chats.mu.RLock()
	defer c.chats.mu.RUnlock()
	all := make([]*chat, 0, len(c.chats.rows))
	for _, k := range c.chats.rows {
		all = append(all, k)
	}
	return all
}

// watch calls for progress each second and keeps the series.
func (r *run) watch(ctx context.Context) {
	c := r.crowd
	began := c.now()
	var last Tick
	for n := 1; sleep(ctx, began+time.Duration(n)*time.Second-c.now()) == nil; n++ {
		t := Tick{
			At: (c.now() - began).Seconds(), Arrived: c.counts.arrived.Load(), Completed: c.counts.completed.Load(),
			Messages: c.counts.messages.Load(), Errors: c.counts.failedSoFar(), Live: c.live.Load(),
			Measuring:   c.from.Load() != 0 && c.until.Load() == 0,
			StartOffer:  c.latencies.Lap(tally.StartToOffer),
			SendDeliver: c.latencies.Lap(tally.SendToDelivered),
		}
		t.CPU, t.RSS = r.meter.now()
		t.since(&last)
		r.result.Series = append(r.result.Series, t)
		if r.options.Progress != nil {
			r.options.Progress(t)
		}
	}
}
