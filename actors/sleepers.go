package actors

import (
	"container/heap"
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// sleepers wakes machines that are not in memory when their deadline comes.
// Waking one too early is harmless: it looks at its own deadline and sleeps on.
type sleepers struct {
	engine *Engine
	mu     sync.Mutex
	queue  sleepQueue
	timer  Timer
	done   bool
}

type sleeper struct {
	addr acd.Address
	at   time.Time
	// seen, if set, asks whether this customer is here, once after a start.
	seen acd.CustomerID
}

func newSleepers(e *Engine) *sleepers { return &sleepers{engine: e} }

func (s *sleepers) add(a acd.Address, at time.Time) { s.push(sleeper{addr: a, at: at}) }

func (s *sleepers) push(more ...sleeper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(more) > len(s.queue) { // putting all in order again is less work
		s.queue = append(s.queue, more...)
		heap.Init(&s.queue)
		s.arm()
		return
	}
	for _, z := range more {
		heap.Push(&s.queue, z)
		if s.queue[0] == z {
			s.arm()
		}
	}
}

func (s *sleepers) arm() {
	if s.done || len(s.queue) == 0 {
		return
	}
	wait := max(s.queue[0].at.Sub(s.engine.now()), 0)
	if s.timer == nil {
		s.timer = s.engine.runtime.AfterFunc(wait, s.wake)
		return
	}
	s.timer.Reset(wait)
}

// wakeAtOnce bounds how many are woken in one go, so that a node that has just
// started does not fill its mailboxes with ten thousands at one instant.
const wakeAtOnce = 512

func (s *sleepers) wake() {
	s.mu.Lock()
	now := s.engine.now()
	var due []sleeper
	for len(s.queue) > 0 && !s.queue[0].at.After(now) && len(due) < wakeAtOnce {
		due = append(due, heap.Pop(&s.queue).(sleeper))
	}
	s.arm()
	s.mu.Unlock()
	for _, z := range due {
		cmd := acd.Command(acd.Tick{})
		if z.seen != "" {
			cmd = acd.CustomerSeen{Online: s.engine.present(z.seen.Stream())}
		}
		s.engine.tell(z.addr, &envelope{cmd: cmd})
	}
}

func (s *sleepers) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = true
	if s.timer != nil {
		s.timer.Stop()
	}
}

// sleepQueue is a heap by time.
type sleepQueue []sleeper

func (q sleepQueue) Len() int           { return len(q) }
func (q sleepQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q sleepQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *sleepQueue) Push(x any) { *q = append(*q, x.(sleeper)) }

// Pop implements heap.Interface.
func (q *sleepQueue) Pop() any {
	last := len(*q) - 1
	z := (*q)[last]
	*q = (*q)[:last]
	return z
}
