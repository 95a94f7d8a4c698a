package actors_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// tardy is a runtime whose timers ring late, as those of a busy machine do.
type tardy struct {
	began time.Time
	late  time.Duration
}

func (r tardy) Elapsed() time.Duration { return time.Since(r.began) }

func (r tardy) AfterFunc(d time.Duration, f func()) actors.Timer {
	return tardyTimer{time.AfterFunc(d+r.late, f), r.late}
}

func (tardy) Go(f func()) { go f() }

func (tardy) Await(ctx context.Context, most time.Duration, begin func(done func())) error {
	if most > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeoutCause(ctx, most, actors.ErrWaited)
		defer cancel()
	}
	done, once := make(chan struct{}), sync.Once{}
	begin(func() { once.Do(func() { close(done) }) })
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (tardy) Spawn(_ string, r actors.Receiver) actors.Mailbox {
	m := &tardyBox{}
	m.some = sync.NewCond(&m.mu)
	m.Send(actors.Started{Self: m})
	go m.run(r)
	return m
}

type tardyTimer struct {
	*time.Timer
	late time.Duration
}

func (t tardyTimer) Reset(d time.Duration) bool { return t.Timer.Reset(d + t.late) }

// tardyBox is a mailbox with a goroutine of its own.
type tardyBox struct {
	mu   sync.Mutex
	some *sync.Cond
	todo []any
	over bool
}

func (m *tardyBox) Send(msg any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.over {
		_, m.over = msg.(actors.Stopped)
		m.todo = append(m.todo, msg)
	}
	m.some.Signal()
}

func (m *tardyBox) Stop() { m.Send(actors.Stopped{}) }

func (m *tardyBox) run(r actors.Receiver) {
	for {
		m.mu.Lock()
		for len(m.todo) == 0 {
			m.some.Wait()
		}
		msg := m.todo[0]
		m.todo = m.todo[1:]
		m.mu.Unlock()
		r.Receive(msg)
		if _, last := msg.(actors.Stopped); last {
			return
		}
	}
}

// What is due comes first, however late its timer rings: else the agent hears
// that he has missed an offer which the customer then takes back.
func TestWhatIsDueHappensBeforeTheNextCommand(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opts.Runtime = tardy{began: time.Now(), late: time.Second}
		w.crash()
		alice, ann, chat, accept := w.rings()
		w.pass(20*time.Second + 100*time.Millisecond)
		if r := alice.refused("offer_gone", alice.desk(), accept); r.Reason != string(acd.OfferRONA) {
			t.Fatalf("the late accept was refused for %q", r.Reason)
		}
		ann.must(chat.Address(), acd.EndChat{})
		if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.OfferRONA {
			t.Errorf("the offer ended for %q, and its agent was told rona", e.Reason)
		}
	})
}
