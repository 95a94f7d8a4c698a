package sim

import (
	"context"
	"iter"
	"runtime"
	"time"

	"github.com/parley-engine/parley/actors"
)

// machine is the one thread of a world: virtual time, what is to happen when,
// and whose turn it is. Nothing in it depends on anything but its seed. Code
// that waits runs as a coroutine: one baton, handed over where it waits.
type machine struct {
	dice  *dice
	now   time.Duration
	nth   uint64
	queue agenda
	ready []runnable
	idle  []*worker
	turn  *worker // who has the baton
	taken int     // messages that mailboxes have taken
	still int     // of these, since time has passed
	busy  string  // the mailbox that took the last one

	// stall says how long a mailbox lies still before it goes on, mostly zero;
	// twice, whether what is sent may and shall come twice; later, how long after
	// it shall come once more, mostly never.
	stall func() time.Duration
	twice func() bool
	later func() time.Duration
}

// runnable is a mailbox with messages, or a coroutine that may go on.
type runnable struct {
	box    *box
	worker *worker
}

func newMachine(d *dice) *machine {
	return &machine{dice: d, stall: func() time.Duration { return 0 }, twice: func() bool { return false },
		later: func() time.Duration { return 0 }}
}

// at calls f at a time from now.
func (m *machine) at(d time.Duration, f func()) *timer {
	t := &timer{machine: m, call: f}
	t.Reset(d)
	return t
}

// step does the next thing, and reports false when there is none before until.
func (m *machine) step(until time.Duration) bool {
	if n := len(m.ready); n > 0 {
		i := 0
		if n > 1 {
			i = m.dice.below(n)
		}
		r := m.ready[i]
		m.ready[i] = m.ready[n-1]
		m.ready = m.ready[:n-1]
		if r.box != nil {
			r.box.one()
		} else if r.worker.life == nil || !r.worker.life.dead {
			m.resume(r.worker)
		}
		return true
	}
	for len(m.queue) > 0 {
		if m.queue[0].at > until {
			return false
		}
		next := m.queue.pop()
		t := next.timer
		if t.generation != next.generation || t.life != nil && t.life.dead {
			continue
		}
		t.generation++
		if next.at > m.now {
			m.now, m.still = next.at, 0
		}
		t.call()
		return true
	}
	return false
}

// timer is one call to come. Entries of an earlier setting stay in the agenda
// and are passed over.
type timer struct {
	machine    *machine
	life       *life
	call       func()
	generation uint64
	set        uint64
}

// Stop implements actors.Timer.
func (t *timer) Stop() bool {
	was := t.set == t.generation && t.generation > 0
	t.generation++
	return was
}

// Reset implements actors.Timer.
func (t *timer) Reset(d time.Duration) bool {
	was := t.Stop()
	m := t.machine
	m.nth++
	t.set = t.generation
	m.queue.push(due{at: m.now + max(d, 0), nth: m.nth, timer: t, generation: t.generation})
	return was
}

// due is one entry of the agenda; what was set first goes first.
type due struct {
	at         time.Duration
	nth        uint64
	timer      *timer
	generation uint64
}

func (d *due) before(o *due) bool { return d.at < o.at || d.at == o.at && d.nth < o.nth }

// agenda is a heap by time.
type agenda []due

func (a *agenda) push(d due) {
	*a = append(*a, d)
	q := *a
	for i := len(q) - 1; i > 0; {
		up := (i - 1) / 2
		if !q[i].before(&q[up]) {
			return
		}
		q[i], q[up] = q[up], q[i]
		i = up
	}
}

func (a *agenda) pop() due {
	q := *a
	first, last := q[0], len(q)-1
	q[0], q[last] = q[last], due{}
	q = q[:last]
	*a = q
	for i := 0; ; {
		least, left := i, 2*i+1
		for c := left; c <= left+1 && c < last; c++ {
			if q[c].before(&q[least]) {
				least = c
			}
		}
		if least == i {
			return first
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
}

// worker is a coroutine that does one thing after the other.
type worker struct {
	machine *machine
	life    *life
	next    func() (struct{}, bool)
	stop    func()
	yield   func(struct{}) bool
	do      func()
	box     *box // instead of do: the mailbox whose message is to be taken
	msg     any
	working bool
}

func (m *machine) worker() *worker {
	if n := len(m.idle); n > 0 {
		w := m.idle[n-1]
		m.idle = m.idle[:n-1]
		return w
	}
	w := &worker{machine: m}
	w.next, w.stop = iter.Pull(func(yield func(struct{}) bool) {
		w.yield = yield
		for {
			if w.box != nil {
				w.box.receiver.Receive(w.msg)
			} else {
				w.do()
			}
			w.working = false
			if !yield(struct{}{}) {
				return
			}
		}
	})
	return w
}

// run does f in a coroutine, as far as it goes without waiting.
func (m *machine) run(l *life, f func()) {
	w := m.worker()
	w.life, w.do, w.box, w.msg, w.working = l, f, nil, nil, true
	m.resume(w)
}

func (m *machine) resume(w *worker) {
	before := m.turn
	m.turn = w
	w.next()
	m.turn = before
	if w.working {
		return // it waits
	}
	if b := w.box; b != nil {
		b.busy = false
		b.schedule()
	}
	w.box, w.msg, w.do = nil, nil, nil
	m.idle = append(m.idle, w)
}

// wait hands the baton back until the worker is resumed. Whose life has ended
// meanwhile does not come back.
func (w *worker) wait() {
	if !w.yield(struct{}{}) {
		runtime.Goexit()
	}
}

// end stops coroutines that wait, wherever they are. Goexit runs through
// whoever stops them, so that is somebody else.
func end(workers []*worker) {
	for _, w := range workers {
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.stop()
		}()
		<-done
	}
}

// rest lets the idle coroutines go.
func (m *machine) rest() {
	end(m.idle)
	m.idle = nil
}

// life is one life of a node: the runtime of its engine, until it is dead.
type life struct {
	machine *machine
	dead    bool
	waiting []*worker
}

// Elapsed implements actors.Runtime.
func (l *life) Elapsed() time.Duration { return l.machine.now }

// AfterFunc implements actors.Runtime.
func (l *life) AfterFunc(d time.Duration, f func()) actors.Timer {
	t := &timer{machine: l.machine, life: l, call: f}
	t.Reset(d)
	return t
}

// Go implements actors.Runtime.
func (l *life) Go(f func()) {
	l.AfterFunc(0, func() { l.machine.run(l, f) })
}

// Await implements actors.Runtime.
func (l *life) Await(_ context.Context, most time.Duration, begin func(done func())) error {
	m, w := l.machine, l.machine.turn
	called, parked, late := false, false, false
	begin(func() {
		if called || late {
			return
		}
		called = true
		if parked && !l.dead {
			m.ready = append(m.ready, runnable{worker: w})
		}
	})
	if called {
		return nil
	}
	if most > 0 {
		l.AfterFunc(most, func() {
			if !called {
				late = true
				m.ready = append(m.ready, runnable{worker: w})
			}
		})
	}
	parked = true
	l.waiting = append(l.waiting, w)
	w.wait()
	for i, other := range l.waiting {
		if other == w {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			break
		}
	}
	if late {
		return actors.ErrWaited
	}
	return nil
}

// kill ends the life where it stands.
func (l *life) kill() {
	l.dead = true
	end(l.waiting)
	l.waiting = nil
}

// Spawn implements actors.Runtime.
func (l *life) Spawn(name string, r actors.Receiver) actors.Mailbox {
	b := &box{life: l, name: name, receiver: r}
	b.Send(actors.Started{Self: b})
	return b
}

// box is a mailbox. It takes one message at a time and may lie still between
// two of them.
type box struct {
	life     *life
	name     string
	receiver actors.Receiver
	queue    []any
	busy     bool // taking one, or in line, or lying still
	stopped  bool
}

// repeatable is a message that its sender may repeat.
type repeatable interface{ Repeatable() bool }

// Send implements actors.Mailbox.
func (b *box) Send(msg any) {
	if b.stopped || b.life.dead {
		return
	}
	b.queue = append(b.queue, msg)
	if r, ok := msg.(repeatable); ok && r.Repeatable() {
		if b.life.machine.twice() {
			b.queue = append(b.queue, msg)
		}
		if after := b.life.machine.later(); after > 0 {
			b.life.AfterFunc(after, func() { b.again(msg) })
		}
	}
	b.schedule()
}

// again brings a message once more that has come long ago.
func (b *box) again(msg any) {
	if !b.stopped {
		b.queue = append(b.queue, msg)
		b.schedule()
	}
}

// Stop implements actors.Mailbox.
func (b *box) Stop() {
	if b.stopped || b.life.dead {
		return
	}
	b.stopped = true
	if len(b.queue) > 0 {
		if _, first := b.queue[0].(actors.Started); first { // comes whatever comes after it
			b.queue = b.queue[:1]
		} else {
			b.queue = b.queue[:0]
		}
	}
	b.queue = append(b.queue, actors.Stopped{})
	b.schedule()
}

// schedule puts the mailbox in line.
func (b *box) schedule() {
	if b.busy || len(b.queue) == 0 || b.life.dead {
		return
	}
	b.busy = true
	m := b.life.machine
	if d := m.stall(); d > 0 {
		b.life.AfterFunc(d, func() { m.ready = append(m.ready, runnable{box: b}) })
		return
	}
	m.ready = append(m.ready, runnable{box: b})
}

// one takes the first message.
func (b *box) one() {
	if b.life.dead || len(b.queue) == 0 {
		b.busy = false
		return
	}
	m := b.life.machine
	msg := b.queue[0]
	b.queue[0] = nil
	if b.queue = b.queue[1:]; len(b.queue) == 0 {
		b.queue = nil
	}
	m.taken++
	m.still++
	m.busy = b.name
	w := m.worker()
	w.life, w.box, w.msg, w.working = b.life, b, msg, true
	m.resume(w)
}
