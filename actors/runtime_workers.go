package actors

import (
	"runtime"
	"sync"
	"time"
)

// workers is the dispatcher of all actors: a few goroutines that do what is in
// the mailboxes, and a line of the mailboxes that wait for one of them. Waking
// somebody for each turn instead costs a change of goroutines a turn, often of
// processors, too, and lets a rush have as many turns under way as it has
// actors; a goroutine a wake-up, as the library's own does it, spends most of a
// short turn on growing a stack besides.
//
// A turn that has to wait, for the disk that is read or a journal that is full,
// keeps its worker. When nobody came for the line for workersHeld, one more
// worker is allowed, and so on until the line is empty: so turns that wait delay
// others, and never hold them up.
type workers struct {
	least int // how many may work at the same time in the ordinary course

	mu      sync.Mutex
	line    mailboxes
	most    int // how many may work now
	working int
	idle    []chan *mailbox // the one that was busy last is taken first
	came    uint64          // for how many of the line somebody has come
	seen    uint64          // came, when it was looked at last
	looking bool            // while somebody waits in line, and once more
	done    bool
}

const (
	// workersEach is how many may work for each processor. With one or sixteen a
	// server on two processors costs the same; with a few of them a turn that waits
	// for the disk is not felt.
	workersEach = 4
	// workersHeld is how long the line may stand still before there is one more.
	workersHeld = 10 * time.Millisecond
)

func newWorkers() *workers {
	n := workersEach * runtime.GOMAXPROCS(0)
	return &workers{least: n, most: n}
}

// Throughput implements actor.Dispatcher, for mailboxes that are not ours.
func (w *workers) Throughput() int { return 50 }

// Schedule implements actor.Dispatcher, for mailboxes that are not ours.
func (w *workers) Schedule(fn func()) { go fn() }

// take has a worker do what is in a mailbox, which no other one does. It does
// not wait.
func (w *workers) take(m *mailbox) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.working < w.most {
		w.start(m)
		return
	}
	w.line.push(m)
	if !w.looking {
		w.looking, w.seen = true, w.came
		time.AfterFunc(workersHeld, w.look)
	}
}

// start gives a mailbox to somebody who does not work yet. The caller holds mu.
func (w *workers) start(m *mailbox) {
	w.working++
	n := len(w.idle)
	if n == 0 {
		go w.work(m)
		return
	}
	c := w.idle[n-1]
	w.idle = w.idle[:n-1]
	c <- m // has room for it
}

func (w *workers) work(m *mailbox) {
	c := make(chan *mailbox, 1)
	for m != nil {
		m.work()
		m = w.next(c)
	}
}

// next is the mailbox to go on with, from the line or when one comes. It is nil
// for somebody who is not needed any more.
func (w *workers) next(c chan *mailbox) *mailbox {
	w.mu.Lock()
	if m := w.line.pop(); m != nil {
		w.came++
		w.mu.Unlock()
		return m
	}
	w.working--
	if w.done || len(w.idle) >= w.least {
		w.mu.Unlock()
		return nil
	}
	w.idle = append(w.idle, c)
	w.mu.Unlock()
	return <-c
}

// look sees whether the line moves.
func (w *workers) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.line.first == nil {
		w.looking, w.most = false, w.least
		return
	}
	if w.came == w.seen {
		w.most++
		w.start(w.line.pop())
	}
	w.seen = w.came
	time.AfterFunc(workersHeld, w.look)
}

// stop lets the idle workers go, and the others once they have nothing to do.
func (w *workers) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	for _, c := range w.idle {
		c <- nil
	}
	w.idle = nil
}

// mailboxes is a line, first come, first served. A mailbox stands in it once at
// most, so the line is made of the mailboxes themselves.
type mailboxes struct{ first, last *mailbox }

func (l *mailboxes) push(m *mailbox) {
	if l.first == nil {
		l.first = m
	} else {
		l.last.behind = m
	}
	l.last = m
}

// pop returns nil if nobody stands in line.
func (l *mailboxes) pop() *mailbox {
	m := l.first
	if m != nil {
		l.first, m.behind = m.behind, nil
	}
	return m
}
