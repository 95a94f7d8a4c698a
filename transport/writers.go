package transport

import (
	"runtime"
	"sync"
	"time"
)

// writers are the goroutines that write. There are a few for all connections:
// what becomes ready while they are busy waits in a line, and whatever else
// becomes ready for a connection in the line goes into the same system call.
// One that has to wait for its peer gives its place to another meanwhile, so
// that a slow peer holds up nobody.
type writers struct {
	most int

	mu      sync.Mutex
	line    []*outbox // those from first on wait
	first   int
	working int
	next    chan struct{} // wakes one who rests
}

// writerRest is how long a writer waits for more work before it ends; a fresh
// goroutine would first have to grow its stack.
const writerRest = 100 * time.Millisecond

func newWriters() *writers {
	return &writers{most: 2 * runtime.GOMAXPROCS(0), next: make(chan struct{})}
}

// run lets somebody write o. It does not block.
func (w *writers) run(o *outbox) {
	w.mu.Lock()
	w.line = append(w.line, o)
	more := w.working < w.most
	if more {
		w.working++
	}
	w.mu.Unlock()
	if more {
		w.call()
	}
}

// call finds somebody for a place that has been counted already.
func (w *writers) call() {
	select {
	case w.next <- struct{}{}:
	default:
		go w.work()
	}
}

func (w *writers) work() {
	rest := time.NewTimer(writerRest)
	defer rest.Stop()
	for {
		for o := w.take(); o != nil; o = w.take() {
			o.run()
		}
		rest.Reset(writerRest)
		select {
		case <-w.next:
		case <-rest.C:
			return
		}
	}
}

// take returns the next outbox. Without one, or with too many at work, the
// caller has lost his place.
func (w *writers) take() *outbox {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == len(w.line) || w.working > w.most {
		w.working--
		return nil
	}
	o := w.line[w.first]
	w.line[w.first] = nil
	if w.first++; w.first == len(w.line) {
		w.line, w.first = w.line[:0], 0
	} else if w.first >= 1024 && 2*w.first >= len(w.line) {
		n := copy(w.line, w.line[w.first:])
		clear(w.line[n:])
		w.line, w.first = w.line[:n], 0
	}
	return o
}

// block gives the caller's place away while he waits for a peer.
func (w *writers) block() {
	w.mu.Lock()
	w.working--
	more := w.first < len(w.line) && w.working < w.most
	if more {
		w.working++
	}
	w.mu.Unlock()
	if more {
		w.call()
	}
}

// unblock counts him in again, even if that makes one too many for a moment.
func (w *writers) unblock() {
	w.mu.Lock()
	w.working++
	w.mu.Unlock()
}
