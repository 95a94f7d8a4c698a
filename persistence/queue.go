package persistence

import (
	"runtime"
	"sync"
)

// item is one place in the line: an entry, or a control that the committer
// runs in its turn (taking an epoch, dropping a stream). W is what a control
// writes to.
type item[W any] struct {
	Entry
	control func(W) error
}

// queue is the bounded line before the committer. Slices instead of a channel:
// the committer takes everything in one exchange, and what is taken can be
// handed on under the same lock, so that after a failure exactly one goroutine
// owns each item.
type queue[W any] struct {
	limit int

	mu       sync.Mutex
	notEmpty sync.Cond
	notFull  sync.Cond
	idle     int // goroutines that wait in take or rest; two for a moment after a failure
	waiting  int // callers that wait in put
	items    []item[W]
	spare    [][]item[W]
	closed   bool
	failed   bool
	late     []item[W] // came after close; answered by one goroutine at a time
}

func newQueue[W any](limit int) *queue[W] {
	q := &queue[W]{limit: limit}
	q.notEmpty.L, q.notFull.L = &q.mu, &q.mu
	return q
}

// put appends one item and waits while the queue is full. False says that the
// queue is closed and the item was not taken.
func (q *queue[W]) put(it item[W]) bool {
	q.mu.Lock()
	for len(q.items) >= q.limit && !q.closed {
		q.waiting++
		q.notFull.Wait()
		q.waiting--
	}
	if q.closed {
		q.mu.Unlock()
		return false
	}
	q.items = append(q.items, it)
	if q.idle > 0 {
		q.notEmpty.Signal()
	}
	q.mu.Unlock()
	return true
}

// take waits for items and returns up to most of them, after hand has been
// called with them under the lock; nil when the queue is closed and empty, or
// has failed.
func (q *queue[W]) take(most int, hand func([]item[W])) []item[W] {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed && !q.failed {
		q.idle++
		q.notEmpty.Wait()
		q.idle--
		q.gather()
	}
	if q.failed || len(q.items) == 0 {
		return nil
	}
	got := q.cut(most)
	hand(got)
	return got
}

// gather lets everybody else who can run do so once, since who has woken the
// caller is seldom the last with something to append. On an idle machine it takes
// no time. The caller holds the lock.
func (q *queue[W]) gather() {
	q.mu.Unlock()
	runtime.Gosched()
	q.mu.Lock()
}

// cut removes up to most items from the front; the caller holds the lock.
func (q *queue[W]) cut(most int) []item[W] {
	var fresh []item[W]
	if n := len(q.spare); n > 0 {
		fresh, q.spare = q.spare[n-1], q.spare[:n-1]
	}
	got := q.items
	if len(got) > most {
		fresh = append(fresh, got[most:]...)
		clear(got[most:])
		got = got[:most]
	}
	q.items = fresh
	if q.waiting > 0 {
		q.notFull.Broadcast()
	}
	return got
}

// recycle gives the slice of a finished group back.
func (q *queue[W]) recycle(items []item[W]) {
	clear(items)
	q.mu.Lock()
	if len(q.spare) < 8 {
		q.spare = append(q.spare, items[:0])
	}
	q.mu.Unlock()
}

// fail stops take; what is queued now and later comes out of rest.
func (q *queue[W]) fail() {
	q.mu.Lock()
	q.failed = true
	q.notEmpty.Broadcast()
	q.mu.Unlock()
}

// rest waits for items after a failure; nil when the queue is closed and empty.
func (q *queue[W]) rest() []item[W] {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.idle++
		q.notEmpty.Wait()
		q.idle--
	}
	if len(q.items) == 0 {
		return nil
	}
	return q.cut(q.limit)
}

// close lets nothing in any more; false if it was closed before.
func (q *queue[W]) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	first := !q.closed
	q.closed = true
	q.notEmpty.Broadcast()
	q.notFull.Broadcast()
	return first
}

// len is the number of items that wait.
func (q *queue[W]) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

// refuse answers an item that came after close, once drained says that all
// before it have been answered, and in order among its like.
func (q *queue[W]) refuse(it item[W], drained <-chan struct{}, err func() error) {
	q.mu.Lock()
	q.late = append(q.late, it)
	alone := len(q.late) == 1
	q.mu.Unlock()
	if !alone {
		return
	}
	go func() {
		<-drained
		for {
			q.mu.Lock()
			if len(q.late) == 0 {
				q.mu.Unlock()
				return
			}
			next := q.late[0]
			q.mu.Unlock()
			finish(&next.Entry, err())
			q.mu.Lock()
			q.late = q.late[1:]
			q.mu.Unlock()
		}
	}()
}
