package actors

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// live is the runtime of a node: the actor library's mailboxes and the clock.
type live struct {
	began   time.Time
	system  *actor.ActorSystem
	workers *workers

	// props are those of all actors: one of its own for each would weigh more
	// than the actor. Whose turn it is to be made stands in next.
	props *actor.Props
	mu    sync.Mutex
	next  *liveActor
}

func newLive() *live {
	l := &live{
		began: time.Now(),
		system: actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
			return slog.New(slog.DiscardHandler) // failures are logged once, by the cell
		})),
		workers: newWorkers(),
	}
	narrow(l.system.ProcessRegistry)
	l.props = actor.PropsFromProducer(func() actor.Actor { return l.next },
		actor.WithMailbox(func() actor.Mailbox { return l.next.mailbox }), actor.WithDispatcher(l.workers))
	return l
}

// narrow has the library keep names in fewer maps: it comes with 1,024 tables of
// 32 maps each, 3 MB, and we keep nobody in them; see Spawn.
func narrow(r *actor.ProcessRegistryValue) {
	old := r.LocalPIDs.LocalPIDs
	r.LocalPIDs.LocalPIDs = slices.Clone(old[:1])
	for _, part := range old[1:] {
		part.IterCb(func(id string, p any) { r.Add(p.(actor.Process), id) }) // what the library has put in by itself
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
	a := &liveActor{receiver: r, mailbox: &mailbox{workers: l.workers}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = a
	// It calls the producers before it returns.
	if _, err := l.system.Root.SpawnNamed(l.props, name); err != nil {
		panic(err) // every life has a name of its own
	}
	// Nobody asks the library for an actor by its name: the directory has them
	// all. A map of names would keep room for as many as there ever were at once.
	l.system.ProcessRegistry.LocalPIDs.GetBucket(name).Remove(name)
	return a
}

// liveActor hands the library's messages on, and is the mailbox that others see.
type liveActor struct {
	receiver Receiver
	mailbox  *mailbox
}

// Receive implements actor.Actor.
func (a *liveActor) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *actor.Started:
		a.receiver.Receive(Started{a})
	case *actor.Stopped:
		a.receiver.Receive(Stopped{})
	case actor.AutoReceiveMessage, actor.SystemMessage:
	default:
		a.receiver.Receive(m)
	}
}

// Send implements Mailbox.
func (a *liveActor) Send(msg any) { a.mailbox.PostUserMessage(msg) }

// Waiting says how many messages are in line.
func (a *liveActor) Waiting() int { return a.mailbox.UserMessageCount() }

// Stop implements Mailbox.
func (a *liveActor) Stop() { a.mailbox.PostSystemMessage(stop) }

var stop actor.SystemMessage = &actor.Stop{}
