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

	"github.com/parley-engine/parley/actors/acd"
)

// Engine is the live system on one node.
type Engine struct {
	opts      Options
	log       *slog.Logger
	journal   Journal
	runtime   Runtime
	letGo     func() // of what its own runtime holds
	tasks     tasks
	restoring tasks // queues that read who waits, while the node starts
	directory *directory
	streams   streams
	wakes     wakes
	tails     tails
	warm      warm
	growth    growth
	sleepers  *sleepers
	over      over
	counters  *counters
	board     *board
	overseers *overseers
	alerts    *alerts
	trail     *trail
	figures   *figures
	census    census
	revoked   *revoked
	admission admission
	recovery  recovery
	config    atomic.Pointer[acd.Config]

	configuring turnstile   // one Reconfigure at a time
	removing    atomic.Bool // a source, a short while ago

	// order is the one order of records: numbers of streams are given and the
	// journal is fed under it.
	order sync.Mutex

	epoch     uint64 // of the journal's writer
	epochs    atomic.Uint64
	lives     atomic.Uint64
	sessions  atomic.Uint64
	base      time.Time     // wall time of the start
	elapsed   time.Duration // what the runtime's clock said then
	began     time.Time
	holdUntil time.Time
	draining  atomic.Bool
	full      atomic.Bool // the disk: no new chats
	ready     atomic.Bool
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
		runtime: opts.Runtime, letGo: func() {},
		streams: streams{all: map[acd.Stream]*stream{}},
	}
	if e.runtime == nil {
		own := newLive()
		e.runtime, e.letGo = own, own.workers.stop
	}
	e.config.Store(opts.Config)
	e.counters = newCounters(e)
	e.directory = newDirectory(e.spawn)
	e.sleepers = newSleepers(e)
	e.over.engine = e
	e.board = newBoard(e)
	e.overseers = newOverseers(e)
	e.alerts = newAlerts(e)
	e.trail = newTrail(e)
	e.figures = newFigures(e)
	e.revoked = newRevoked(e)
	e.admission.target = opts.AnswerTarget
	e.admission.share.Store(wholeShare)
	return e, nil
}

// now is the node's time in whole milliseconds, as records hold it.
func (e *Engine) now() time.Time {
	return e.base.Add(e.runtime.Elapsed() - e.elapsed).Truncate(time.Millisecond)
}

// Start takes over the journal and brings back what it knows: streams to
// resume, chats that wait, agents with something to their name, and a call for
// every chat that is not over. It returns when the engine can serve.
func (e *Engine) Start(context.Context) error {
	e.base, e.elapsed = e.opts.Now().Round(0).UTC(), e.runtime.Elapsed()
	e.bundle()
	if err := e.keepOrder(); err != nil {
		return err
	}
	epoch, err := e.journal.Acquire()
	if err != nil {
		return fmt.Errorf("journal acquire: %w", err)
	}
	e.epoch = epoch
	if e.opts.Acquired != nil {
		if err := e.opts.Acquired(epoch); err != nil {
			return err
		}
	}
	e.began = e.now()
	e.holdUntil = e.began.Add(max(e.opts.RecoveryHold, 0))
	if err := e.boot(); err != nil {
		return err
	}
	e.housekeeping()
	e.alerts.watch()
	e.tellShedding()
	e.every(trailFlush, e.trail.flush)
	e.every(figuresFlush, e.figures.flush)
	e.ready.Store(true)
	return nil
}

// Drain refuses new chats from now on; what is in flight goes on.
func (e *Engine) Drain() { e.draining.Store(true) }

// RefuseStarts refuses new chats until it is called again, since there is no room
// for them on the disk. What is in flight goes on, and so do those who come back.
func (e *Engine) RefuseStarts(full bool) { e.full.Store(full) }

// Stop ends all actors, each after the turn that it is in. What was acknowledged
// is in the journal; the rest was never promised. It waits until the journal has
// answered for all of it: nothing is written any more when it returns.
func (e *Engine) Stop() {
	e.Drain()
	e.configuring.enter(e) // what is being taken is taken whole
	running := e.ready.Swap(false)
	e.configuring.leave()
	if !running {
		return
	}
	e.wait(e.tasks.stop)
	e.sleepers.stop()
	e.wait(e.directory.stop)
	e.trail.flush()
	e.figures.flush()
	e.barrier()
	e.letGo()
	e.counters.unregister()
}

// barrier waits until everything handed to the journal is durable or failed.
func (e *Engine) barrier() error { return e.put(Entry{}) }

// put hands an entry to the journal and waits for it.
func (e *Engine) put(entry Entry) (err error) {
	e.wait(func(done func()) {
		entry.Done = func(failed error) {
			err = failed
			done()
		}
		e.append(entry)
	})
	return err
}

// append hands an entry to the journal, in its order.
func (e *Engine) append(entry Entry) {
	entry.Epoch = e.epoch
	e.order.Lock()
	e.journal.Append(entry)
	e.order.Unlock()
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
func (e *Engine) tell(to acd.Address, env *envelope) { e.tellAt(e.now(), to, env) }

// tellAt is tell for who knows what time it is.
func (e *Engine) tellAt(now time.Time, to acd.Address, env *envelope) {
	if !e.directory.tell(to, env, now) {
		e.refuse(to, env)
	}
}

// questionTimeout is how long a machine may take to answer a question.
const questionTimeout = 10 * time.Second

// question asks a machine something that changes nothing, and waits. What the
// machine answers may not be durable yet.
func (e *Engine) question(ctx context.Context, to acd.Address, by acd.Principal, cmd acd.Command) (any, error) {
	var result any
	var refused error
	err := e.runtime.Await(ctx, questionTimeout, func(done func()) {
		var once sync.Once
		e.tell(to, &envelope{by: by, cmd: cmd, ask: &ask{now: true, answer: func(r any, err error) {
			once.Do(func() {
				result, refused = r, err
				done()
			})
		}}})
	})
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", to, err)
	}
	return result, refused
}

// restBetween is how long a sweep rests between a few and the next.
const restBetween = 5 * time.Millisecond

// rest waits for a moment, and reports whether the engine still runs after it.
func (e *Engine) rest() bool {
	_ = e.runtime.Await(context.Background(), restBetween, func(func()) {}) // nobody calls: it ends when the time is over
	return e.ready.Load()
}

// housekeeping lets go of what nobody uses any more.
func (e *Engine) housekeeping() {
	e.every(max(e.opts.PassivateAfter/2, time.Second), func() {
		now := e.now()
		e.directory.idle(acd.KindChat, now.Add(-e.opts.PassivateAfter), e.rest)
		e.directory.idle(acd.KindAgent, now.Add(-e.opts.PassivateAfter), e.rest)
		e.sweepSources()
		e.streams.sweep(now.Add(-e.opts.ResumeDesk), now.Add(-e.opts.ResumeCustomer))
	})
	e.every(e.opts.ForgetEvery, func() { e.forget(e.now()) })
}
