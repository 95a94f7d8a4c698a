package actors

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Runtime is the machine under an engine: time, mailboxes, things that run
// beside each other, and waiting. All that the engine needs of these goes
// through here, so that a simulated machine can take the live one's place and
// nothing in a run depends on the scheduler, the clock or chance. What a
// runtime calls it calls from a goroutine, or a turn, of its own, never from
// inside the call that asked for it; Await's begin alone is called at once.
type Runtime interface {
	// Elapsed is the time that has passed on a clock that never jumps.
	Elapsed() time.Duration
	// AfterFunc calls f when d has passed.
	AfterFunc(d time.Duration, f func()) Timer
	// Go runs f beside the caller.
	Go(f func())
	// Await calls begin and waits until done has been called, by anybody, once
	// or more often. It returns ErrWaited when that takes longer than most,
	// unless most is zero, and the cause when ctx is over first.
	Await(ctx context.Context, most time.Duration, begin func(done func())) error
	// Spawn makes a mailbox whose messages r takes one at a time, in the order
	// in which they were sent. The first is Started, the last, after Stop,
	// Stopped; what is sent after that is lost. r does not panic.
	Spawn(name string, r Receiver) Mailbox
}

// ErrWaited says that Await's patience is over.
var ErrWaited = errors.New("no answer in time")

// Timer is one call to come. Both methods work on one that has fired, too.
type Timer interface {
	Stop() bool
	Reset(d time.Duration) bool
}

// Receiver takes the messages of one mailbox.
type Receiver interface{ Receive(msg any) }

// Mailbox is where a Receiver's messages go in. Any goroutine may use it, and
// neither method ever waits. One that has a method Waiting() int as well has its
// line measured.
type Mailbox interface {
	Send(msg any)
	Stop()
}

// The first and the last message of a mailbox.
type (
	Started struct{ Self Mailbox }
	Stopped struct{}
)

// wait is Await for what cannot fail but take its time.
func (e *Engine) wait(begin func(done func())) {
	_ = e.runtime.Await(context.Background(), 0, begin) // without ctx and most there is no error
}

// tasks counts what runs beside the mailboxes, so that Stop can wait for it.
type tasks struct {
	mu      sync.Mutex
	running int
	over    bool
	idle    func()
}

func (t *tasks) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return false
	}
	t.running++
	return true
}

func (t *tasks) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running--; t.running == 0 && t.idle != nil {
		t.idle()
	}
}

// stop lets no new task begin and calls idle when none runs any more.
func (t *tasks) stop(idle func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over, t.idle = true, idle
	if t.running == 0 {
		idle()
	}
}

// beside runs f beside the mailboxes; Stop waits for it. It reports false when
// the engine is stopping.
func (e *Engine) beside(f func()) bool {
	if !e.tasks.begin() {
		return false
	}
	e.runtime.Go(func() {
		defer e.tasks.end()
		f()
	})
	return true
}

// every runs f again and again, with a pause of d before each, until the
// engine stops.
func (e *Engine) every(d time.Duration, f func()) {
	var timer Timer
	var mu sync.Mutex // until the timer is there
	mu.Lock()
	defer mu.Unlock()
	timer = e.runtime.AfterFunc(d, func() {
		e.beside(func() {
			f()
			mu.Lock()
			defer mu.Unlock()
			timer.Reset(d)
		})
	})
}

// turnstile lets one in at a time, who may wait for others while he is in.
type turnstile struct {
	mu    sync.Mutex
	taken bool
	queue []func()
}

func (t *turnstile) enter(e *Engine) {
	e.wait(func(done func()) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.taken {
			t.queue = append(t.queue, done)
			return
		}
		t.taken = true
		done()
	})
}

func (t *turnstile) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.taken = false
		return
	}
	t.queue[0]()
	t.queue = t.queue[1:]
}
