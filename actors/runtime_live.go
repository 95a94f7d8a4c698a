package actors

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// live is the runtime of a node: the actor library's mailboxes and the clock.
type live struct {
	began   time.Time
	system  *actor.ActorSystem
	workers *workers
}

func newLive() *live {
	return &live{
		began: time.Now(),
		system: actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
			return slog.New(slog.DiscardHandler) // failures are logged once, by the cell
		})),
		workers: &workers{most: 1024},
	}
}

func (l *live) Elapsed() time.Duration { return time.Since(l.began) }

func (l *live) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

func (l *live) Go(f func()) { go f() }

func (l *live) Await(ctx context.Context, most time.Duration, begin func(done func())) error {
	c := make(chan struct{}, 1)
	var late <-chan time.Time
	if most > 0 {
		timer := time.NewTimer(most)
		defer timer.Stop()
		late = timer.C
	}
	begin(func() {
		select {
		case c <- struct{}{}:
		default:
		}
	})
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-late:
		return ErrWaited
	}
}

func (l *live) Spawn(name string, r Receiver) Mailbox {
	props := actor.PropsFromProducer(func() actor.Actor { return &liveActor{root: l.system.Root, receiver: r} }, actor.WithDispatcher(l.workers))
	pid, err := l.system.Root.SpawnNamed(props, name)
	if err != nil {
		panic(err) // every life has a name of its own
	}
	return &liveMailbox{l.system.Root, pid}
}

// liveActor hands the library's messages on.
type liveActor struct {
	root     *actor.RootContext
	receiver Receiver
}

// Receive implements actor.Actor.
func (a *liveActor) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *actor.Started:
		a.receiver.Receive(Started{&liveMailbox{a.root, ctx.Self()}})
	case *actor.Stopped:
		a.receiver.Receive(Stopped{})
	case actor.AutoReceiveMessage, actor.SystemMessage:
	default:
		a.receiver.Receive(m)
	}
}

type liveMailbox struct {
	root *actor.RootContext
	pid  *actor.PID
}

func (m *liveMailbox) Send(msg any) { m.root.Send(m.pid, msg) }

func (m *liveMailbox) Stop() { m.root.Stop(m.pid) }

// workers is the dispatcher of all actors. A goroutine a wake-up, as the
// default does it, spends most of a short turn on growing its stack; here a
// worker that has finished waits for the next one. There is no queue: without
// an idle worker a new one starts, so that a turn that blocks holds up nobody.
type workers struct {
	mu   sync.Mutex
	idle []chan func()
	most int
	done bool
}

// turnsAtOnce is how many messages an actor may take before others get a turn.
const turnsAtOnce = 50

// Throughput implements actor.Dispatcher.
func (w *workers) Throughput() int { return turnsAtOnce }

// Schedule implements actor.Dispatcher.
func (w *workers) Schedule(fn func()) {
	w.mu.Lock()
	if n := len(w.idle); n > 0 {
		c := w.idle[n-1]
		w.idle = w.idle[:n-1]
		w.mu.Unlock()
		c <- fn
		return
	}
	w.mu.Unlock()
	go w.work(fn)
}

func (w *workers) work(fn func()) {
	c := make(chan func(), 1)
	for fn != nil {
		fn()
		w.mu.Lock()
		if w.done || len(w.idle) >= w.most {
			w.mu.Unlock()
			return
		}
		w.idle = append(w.idle, c)
		w.mu.Unlock()
		fn = <-c
	}
}

// stop lets the idle workers go.
func (w *workers) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	for _, c := range w.idle {
		c <- nil
	}
	w.idle = nil
}
