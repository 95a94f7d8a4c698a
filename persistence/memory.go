package persistence

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// ErrCrashed answers what a Memory had not made durable when Crash was called.
var ErrCrashed = errors.New("the memory journal was crashed by its test")

// Memory is a journal without a disk: the contract of Store, for tests and as a
// baseline. An entry is "durable", and visible, once the journal's goroutine
// has applied it. A test may hold that back, crash it, or make it fail.
type Memory struct {
	queue   *queue[*memState]
	drained chan struct{}

	failOnce sync.Once
	failed   chan struct{}
	err      atomic.Pointer[error]

	mu      sync.RWMutex
	change  sync.Cond // held, closed or failed has changed
	state   *memState
	taken   []item[*memState] // off the queue, not applied; set under the queue's lock, cleared under mu
	held    bool
	closed  bool
	armed   bool // fail after budget more writes
	budget  int
	failure error
}

// NewMemory returns an empty journal. Close ends its goroutine.
func NewMemory() *Memory { return startMemory(newMemState()) }

func startMemory(state *memState) *Memory {
	m := &Memory{
		queue:   newQueue[*memState](16384),
		drained: make(chan struct{}),
		failed:  make(chan struct{}),
		state:   state,
	}
	m.change.L = &m.mu
	go m.commit()
	return m
}

// Append queues an entry; it waits while the queue is full.
func (m *Memory) Append(e Entry) { m.put(item[*memState]{Entry: e}) }

func (m *Memory) put(it item[*memState]) {
	if !m.queue.put(it) {
		m.queue.refuse(it, m.drained, m.refusal)
	}
}

func (m *Memory) refusal() error {
	if err := m.Err(); err != nil {
		return err
	}
	return ErrClosed
}

// run has the journal's goroutine do something in its turn.
func (m *Memory) run(control func(*memState) error) error {
	done := make(chan error, 1)
	m.put(item[*memState]{control: control, Entry: Entry{Done: func(err error) { done <- err }}})
	return <-done
}

// Acquire fences every earlier writer and returns the new epoch.
func (m *Memory) Acquire() (uint64, error) {
	var epoch uint64
	err := m.run(func(s *memState) error {
		s.epoch++
		epoch = s.epoch
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("journal acquire: %w", err)
	}
	return epoch, nil
}

// Drop removes records, snapshot and the given rows of an ended stream.
func (m *Memory) Drop(stream string, rows [][]byte) error {
	err := checkStream(stream)
	if err == nil {
		err = m.run(func(s *memState) error { s.drop(stream, rows); return nil })
	}
	return wrap("drop "+stream, err)
}

// Hold keeps everything that is not durable yet from becoming so, until
// Release, Crash or Close.
func (m *Memory) Hold() { m.setHeld(true) }

// Release ends Hold.
func (m *Memory) Release() { m.setHeld(false) }

func (m *Memory) setHeld(held bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = held
	m.change.Broadcast()
}

// FailNext makes the next write fail, and the journal with it.
func (m *Memory) FailNext(err error) { m.FailAfter(0, err) }

// FailAfter lets n more entries become durable (barriers and refused entries
// do not count) and then fails.
func (m *Memory) FailAfter(n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.armed, m.budget, m.failure = true, n, err
}

// Crash returns a journal with what was durable. This one is over: whatever it
// had not answered is answered with ErrCrashed, and it needs no Close.
func (m *Memory) Crash() *Memory { return m.CrashKeeping(0) }

// CrashKeeping is a crash after the first n entries that Hold keeps back have
// reached the disk but before anybody was told.
func (m *Memory) CrashKeeping(n int) *Memory {
	m.mu.Lock()
	next := m.state.clone()
	m.queue.mu.Lock()
	for _, items := range [][]item[*memState]{m.taken, m.queue.items} {
		for i := range items {
			if n == 0 {
				break
			}
			n--
			_ = next.write(&items[i])
		}
	}
	m.queue.mu.Unlock()
	m.fail(ErrCrashed)
	m.closed = true
	m.change.Broadcast()
	m.mu.Unlock()
	m.queue.close()
	<-m.drained
	return startMemory(next)
}

// Failed is closed when FailNext, FailAfter or Crash has struck.
func (m *Memory) Failed() <-chan struct{} { return m.failed }

// Err says why the journal has failed, nil if it has not.
func (m *Memory) Err() error {
	if err := m.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (m *Memory) fail(cause error) {
	m.failOnce.Do(func() {
		err := fmt.Errorf("%w: %w", ErrFailed, cause)
		m.err.Store(&err)
		close(m.failed)
	})
}

// Close waits until everything appended is answered; a Hold ends. Reads go on
// working, as no file is closed.
func (m *Memory) Close() error {
	m.queue.close()
	m.mu.Lock()
	m.closed = true
	m.change.Broadcast()
	m.mu.Unlock()
	<-m.drained
	return m.Err()
}

// commit is the journal's goroutine: it applies what is queued, group by group,
// and runs every Done in order.
func (m *Memory) commit() {
	defer close(m.drained)
	results := make([]error, 0, maxPerBatch)
	for {
		items := m.queue.take(maxPerBatch, func(items []item[*memState]) { m.taken = items })
		if items == nil {
			return
		}
		results = m.apply(items, results[:0])
		for i := range items {
			finish(&items[i].Entry, results[i])
		}
		m.queue.recycle(items)
	}
}

// apply writes a group in one go, once nothing holds it back.
func (m *Memory) apply(items []item[*memState], results []error) []error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.held && !m.closed && m.Err() == nil {
		m.change.Wait()
	}
	m.taken = nil
	for i := range items {
		results = append(results, m.one(&items[i]))
	}
	return results
}

// one writes one item, unless the journal has failed or has to fail now.
func (m *Memory) one(it *item[*memState]) error {
	if err := m.Err(); err != nil {
		return err
	}
	writes := it.control != nil || !barrier(&it.Entry) && admit(&it.Entry, m.state.epoch) == nil
	if m.armed && writes {
		if m.budget == 0 {
			m.fail(m.failure)
			return m.Err()
		}
		m.budget--
	}
	return m.state.write(it)
}
