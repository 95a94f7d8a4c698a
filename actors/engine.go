// Package actors runs the rules of package acd as live processes: one actor a
// chat, an agent and a queue, over one journal.
//
// # The ordering and delivery contract
//
// One mailbox owns each fact: ownership of a chat is decided by the chat,
// capacity by the agent, order by the queue; the first message processed wins
// and every later one gets a defined answer.
//
// All records are in one total order. A message between actors need not wait
// for the disk, because what follows from a lost record is lost with it; what
// leaves the node (events to sessions, answers to commands) waits until its
// record, and so all that led to it, is durable. When the disk fails the
// engine is Failed and the process must stop: it never goes on with state that
// is not on disk.
//
// A message between actors that matters carries a key and is repeated until it
// is acknowledged; receivers answer what they have moved past with the present
// truth. A command of a person is answered once, the same command again gets
// the same answer, also after a crash.
package actors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/parley-engine/parley/actors/acd"
)

// Engine is the live system on one node.
type Engine struct {
	opts       Options
	log        *slog.Logger
	journal    Journal
	system     *actor.ActorSystem
	workers    *workers
	directory  *directory
	streams    streams
	sleepers   *sleepers
	supervisor *supervisor
	counters   *counters
	board      *board
	overseers  *overseers
	alerts     *alerts
	config     atomic.Pointer[acd.Config]

	configuring sync.Mutex  // one Reconfigure at a time
	removing    atomic.Bool // a source, a short while ago

	// order is the one order of records: numbers of streams are given and the
	// journal is fed under it.
	order sync.Mutex

	epoch     uint64 // of the journal's writer
	epochs    atomic.Uint64
	lives     atomic.Uint64
	sessions  atomic.Uint64
	base      time.Time // wall and monotonic time of the start
	began     time.Time
	holdUntil time.Time
	draining  atomic.Bool
	ready     atomic.Bool
	stopped   chan struct{}
	wg        sync.WaitGroup
}

// New returns an engine that has not started.
func New(opts Options) (*Engine, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts.defaults()
	opts.Config.Normalize()
	e := &Engine{
		opts: opts, log: opts.Logger, journal: opts.Journal,
		workers: &workers{most: 1024},
		streams: streams{all: map[acd.Stream]*stream{}},
		stopped: make(chan struct{}),
	}
	e.config.Store(opts.Config)
	e.counters = newCounters(e)
	e.system = newSystem()
	e.supervisor = &supervisor{e}
	e.directory = newDirectory(e.system, e.props)
	e.sleepers = newSleepers(e)
	e.board = newBoard(e)
	e.overseers = newOverseers(e)
	e.alerts = newAlerts(e)
	return e, nil
}

// now is the node's time in whole milliseconds, as records hold it.
func (e *Engine) now() time.Time {
	return e.base.Add(time.Since(e.base)).Round(0).UTC().Truncate(time.Millisecond)
}

// Start takes over the journal and brings back what it knows: streams to
// resume, chats that wait, agents with something to their name, and a call for
// every chat that is not over. It returns when the engine can serve.
func (e *Engine) Start(context.Context) error {
	e.base = e.opts.Now()
	epoch, err := e.journal.Acquire()
	if err != nil {
		return fmt.Errorf("journal acquire: %w", err)
	}
	e.epoch = epoch
	e.began = e.now()
	e.holdUntil = e.began.Add(max(e.opts.RecoveryHold, 0))
	if err := e.boot(); err != nil {
		return err
	}
	e.wg.Add(2)
	go e.housekeeping()
	go e.alerts.watch()
	e.ready.Store(true)
	return nil
}

// Drain refuses new chats from now on; what is in flight goes on.
func (e *Engine) Drain() { e.draining.Store(true) }

// Stop ends all actors. What was acknowledged is in the journal; the rest was
// never promised. It waits until the journal has answered for all of it.
func (e *Engine) Stop() {
	e.Drain()
	e.configuring.Lock() // what is being taken is taken whole
	running := e.ready.Swap(false)
	e.configuring.Unlock()
	if !running {
		return
	}
	close(e.stopped)
	e.wg.Wait()
	e.sleepers.stop()
	e.directory.stop()
	e.barrier()
	e.workers.stop()
	e.counters.unregister()
}

// barrier waits until everything handed to the journal is durable or failed.
func (e *Engine) barrier() error {
	done := make(chan error, 1)
	e.order.Lock()
	e.journal.Append(Entry{Epoch: e.epoch, Done: func(err error) { done <- err }})
	e.order.Unlock()
	return <-done
}

// Ready says why the engine cannot serve, nil when it can.
func (e *Engine) Ready() error {
	select {
	case <-e.journal.Failed():
		return fmt.Errorf("journal failed: %w", e.journal.Err())
	default:
	}
	switch {
	case !e.ready.Load():
		return errors.New("starting")
	case e.draining.Load():
		return errors.New("draining")
	}
	return nil
}

// Failed is closed when the journal has failed: the process has to stop, and
// FailedBy says why.
func (e *Engine) Failed() <-chan struct{} { return e.journal.Failed() }

// FailedBy is what the journal failed of, nil if it has not.
func (e *Engine) FailedBy() error { return e.journal.Err() }

// Quarantined names the actors that failed again and again.
func (e *Engine) Quarantined() []acd.Address { return e.directory.quarantinedAll() }

// Config returns the configuration that decisions are made under now.
func (e *Engine) Config() *acd.Config { return e.config.Load() }

// nextEpoch names a new stream's numbering; no other life of the journal has
// the same.
func (e *Engine) nextEpoch() string {
	return strconv.FormatUint(e.epoch, 36) + "-" + strconv.FormatUint(e.epochs.Add(1), 36)
}

// tell hands a message to a machine. In quarantine nobody listens: a question
// is refused, anything else is dropped, as the index has what counts.
func (e *Engine) tell(to acd.Address, env *envelope) {
	if !e.directory.tell(to, env, e.now()) {
		e.refuse(to, env)
	}
}

func (e *Engine) acknowledge(to acd.Address, m acknowledge) { e.directory.poke(to, m) }

// question asks a machine something that changes nothing, and waits. What the
// machine answers may not be durable yet.
func (e *Engine) question(ctx context.Context, to acd.Address, by acd.Principal, cmd acd.Command) (any, error) {
	type reply struct {
		result any
		err    error
	}
	c := make(chan reply, 1)
	e.tell(to, &envelope{by: by, cmd: cmd, ask: &ask{now: true, answer: func(r any, err error) { c <- reply{r, err} }}})
	select {
	case r := <-c:
		return r.result, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("ask %s: %w", to, context.Cause(ctx))
	}
}

// housekeeping lets go of what nobody uses any more.
func (e *Engine) housekeeping() {
	defer e.wg.Done()
	tick := time.NewTicker(max(e.opts.PassivateAfter/2, time.Second))
	defer tick.Stop()
	hourly := e.now().Add(time.Hour)
	for {
		select {
		case <-e.stopped:
			return
		case <-tick.C:
		}
		now := e.now()
		e.directory.idle(acd.KindChat, now.Add(-e.opts.PassivateAfter))
		e.directory.idle(acd.KindAgent, now.Add(-e.opts.PassivateAfter))
		e.sweepSources()
		e.streams.sweep(now.Add(-e.opts.ResumeDesk), now.Add(-e.opts.ResumeCustomer))
		if now.After(hourly) {
			hourly = now.Add(time.Hour)
			e.forget(now)
		}
	}
}
