package actors

import (
	"slices"
	"sync"
	"time"
)

// workers is the dispatcher of all actors. A goroutine a wake-up, as the
// default does it, spends most of a short turn on growing its stack; here a
// worker that has finished waits for the next one. There is no queue: without
// an idle worker a new one starts, so that a turn that blocks holds up nobody.
type workers struct {
	mu      sync.Mutex
	idle    []chan *mailbox // the one that was busy last is taken first
	most    int
	least   int  // how many were idle all the time since the last look
	looking bool // while more are idle than are kept
	done    bool
}

// Of the workers that a rush has left, those that nothing wanted for workersRest
// end: each holds a grown stack. A few are kept whatever comes.
const (
	workersKept = 64
	workersRest = 10 * time.Second
)

// Throughput implements actor.Dispatcher, for mailboxes that are not ours.
func (w *workers) Throughput() int { return 50 }

// Schedule implements actor.Dispatcher, for mailboxes that are not ours.
func (w *workers) Schedule(fn func()) { go fn() }

// take has a worker do what is in a mailbox.
func (w *workers) take(m *mailbox) {
	w.mu.Lock()
	if n := len(w.idle); n > 0 {
		c := w.idle[n-1]
		w.idle = w.idle[:n-1]
		w.least = min(w.least, n-1)
		w.mu.Unlock()
		c <- m
		return
	}
	w.mu.Unlock()
	go w.work(m)
}

func (w *workers) work(m *mailbox) {
	c := make(chan *mailbox, 1)
	for m != nil {
		m.work()
		w.mu.Lock()
		if w.done || len(w.idle) >= w.most {
			w.mu.Unlock()
			return
		}
		w.idle = append(w.idle, c)
		if !w.looking && len(w.idle) > workersKept {
			w.look()
		}
		w.mu.Unlock()
		m = <-c
	}
}

// look watches who is idle until the next trim. The caller holds mu.
func (w *workers) look() {
	w.looking, w.least = true, len(w.idle)
	time.AfterFunc(workersRest, w.trim)
}

// trim lets those go that were idle all the time since the last look.
func (w *workers) trim() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if gone := w.least - workersKept; gone > 0 {
		for _, c := range w.idle[:gone] {
			c <- nil
		}
		w.idle = slices.Delete(w.idle, 0, gone)
	}
	if w.looking = false; !w.done && len(w.idle) > workersKept {
		w.look()
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
	w.idle, w.least = nil, 0
}
