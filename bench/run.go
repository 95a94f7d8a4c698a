package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/parley-engine/parley/bench/child"
	"github.com/parley-engine/parley/bench/profiles"
	"github.com/parley-engine/parley/transport/wire"
)

// run is one run, from the first sign-in to the result.
type run struct {
	options Options
	profile *profiles.Profile
	crowd   *crowd
	server  *child.Server // nil for an address
	log     *slog.Logger
	result  *Result
	meter   meter
}

// Run loads a server as the profile says and tells what it did. An error is a
// run that could not be made; what the server did wrong stands in the result.
func Run(ctx context.Context, o Options) (result *Result, err error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	r := &run{options: o, profile: o.Profile, log: o.Logger}
	everybody, goHome := context.WithCancel(ctx)
	defer goHome()
	r.crowd = newCrowd(everybody, o.Profile)
	if err := r.find(ctx); err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	r.result = newResult(&o)
	err = r.play(ctx)
	goHome()
	r.crowd.readers.Wait()
	if r.server != nil {
		err = errors.Join(err, r.stop())
	}
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	r.finish()
	return r.result, nil
}

// find starts a server, or takes the one that was named.
func (r *run) find(ctx context.Context) error {
	c, o := r.crowd, &r.options
	if o.Address != "" {
		var err error
		c.url, err = websocketURL(o.Address)
		c.key, c.names, c.sources = o.Key, o.Agents, o.Sources
		return err
	}
	dir, err := os.MkdirTemp(o.folder(), "parley-bench-")
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	config := serverConfig(r.profile)
	r.server, err = child.Start(ctx, child.Options{Binary: o.Binary, Dir: dir, Config: config.text, Env: o.Env, Logger: o.Logger})
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	c.url, c.key, c.names, c.sources = r.server.URL(), config.key, config.agents, config.sources
	r.meter.server = r.server
	r.meter.dir = dir
	return nil
}

func (r *run) stop() error {
	return errors.Join(r.server.Stop(), os.RemoveAll(r.meter.dir))
}

// play is the run itself.
func (r *run) play(ctx context.Context) error {
	c := r.crowd
	c.readers.Go(func() { c.schedule.play(c.ctx) })
	r.meter.before()
	if err := r.prepare(ctx); err != nil {
		return err
	}
	r.meter.connected(int64(len(c.agents)+r.profile.Supervisors.Count) + c.guests.Load())
	ticks, stop := context.WithCancel(ctx)
	defer stop()
	watched := make(chan struct{})
	go func() { r.watch(ticks); close(watched) }()
	err := r.load(ctx)
	stop()
	<-watched
	return err
}

// prepare lets everybody in who is there before the first chat.
func (r *run) prepare(ctx context.Context) error {
	c, p := r.crowd, r.profile
	c.hire()
	if p.Agents.LoginAt == 0 && p.Queues.Backlog == 0 {
		if err := r.signIn(ctx); err != nil {
			return err
		}
	}
	if !p.Customers.PerChat {
		if err := r.invite(ctx); err != nil {
			return err
		}
	}
	return each(ctx, p.Supervisors.Count, func(n int) error {
		s := &supervisor{crowd: c}
		s.peer = c.newPeer(wire.RoleSupervisor, fmt.Sprintf("s%d", n), fmt.Sprintf("Supervisor %d", n))
		s.peer.person = s
		return s.peer.enter(c.ctx)
	})
}

// invite lets the customers in who are there ahead of their chats. Only a server
// that was started for the run is known to have room for a reserve.
func (r *run) invite(ctx context.Context) error {
	c, p := r.crowd, &r.profile.Customers
	all := p.Pool
	if r.server != nil {
		all += p.Reserve
	}
	return each(ctx, all, func(n int) error {
		c.guests.Add(1)
		v, err := c.visit((*peer).enter)
		if err == nil {
			v.spare = n >= p.Pool
			c.done(v)
		}
		return err
	})
}

// signIn lets all agents in, spread, and waits until they are available.
func (r *run) signIn(ctx context.Context) error {
	c := r.crowd
	began := c.now()
	gap := r.profile.Agents.LoginOver / time.Duration(max(1, len(c.agents)))
	err := each(ctx, len(c.agents), func(n int) error {
		if err := sleep(ctx, began+time.Duration(n)*gap-c.now()); err != nil {
			return err
		}
		return c.signIn(c.agents[n])
	})
	if err != nil {
		return err
	}
	if err := r.until(ctx, time.Minute, func() bool { return c.present.Load() >= int64(len(c.agents)) }); err != nil {
		return fmt.Errorf("%d of %d agents are available: %w", c.present.Load(), len(c.agents), err)
	}
	r.result.Monday.AllAvailableS = (c.now() - began).Seconds()
	return nil
}

// until waits for something to become true.
func (r *run) until(ctx context.Context, limit time.Duration, true func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for !true() {
		if err := sleep(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// each does something n times, some at once, and returns the first error.
func each(ctx context.Context, n int, do func(n int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	next := make(chan int)
	for range min(n, 64) {
		all.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	all.Wait()
	return context.Cause(ctx)
}
