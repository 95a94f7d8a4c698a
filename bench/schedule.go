package bench

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// schedule plays what is to happen later, in the order of time, on one
// goroutine.
type schedule struct {
	now func() time.Duration

	mu    sync.Mutex
	tasks tasks
	wake  chan struct{}
}

type task struct {
	due time.Duration
	do  func(w *worker, due time.Duration)
}

func newSchedule(now func() time.Duration) *schedule {
	return &schedule{now: now, wake: make(chan struct{}, 1)}
}

// at lets something happen then. It is told when it was meant to happen.
func (s *schedule) at(due time.Duration, do func(w *worker, due time.Duration)) {
	s.mu.Lock()
	heap.Push(&s.tasks, task{due, do})
	first := s.tasks[0].due == due
	s.mu.Unlock()
	if first {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// play runs tasks until ctx ends.
func (s *schedule) play(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	w := &worker{}
	for {
		wait := time.Hour
		for {
			t, until, ok := s.next()
			if !ok {
				wait = until
				break
			}
			t.do(w, t.due)
		}
		w.flush()
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-timer.C:
		}
	}
}

// next takes a task that is due, or says how long there is none.
func (s *schedule) next() (t task, wait time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tasks) == 0 {
		return t, time.Hour, false
	}
	if wait = s.tasks[0].due - s.now(); wait > 0 {
		return t, wait, false
	}
	return heap.Pop(&s.tasks).(task), 0, true
}

// tasks is a heap by time.
type tasks []task

func (t tasks) Len() int           { return len(t) }
func (t tasks) Less(i, j int) bool { return t[i].due < t[j].due }
func (t tasks) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *tasks) Push(x any)        { *t = append(*t, x.(task)) }
func (t *tasks) Pop() any {
	old := *t
	last := old[len(old)-1]
	old[len(old)-1] = task{}
	*t = old[:len(old)-1]
	return last
}
