package actors

import "sync"

// wakes are the sessions that a group of durable turns has something for. A
// journal that answers for many entries at a time says so, and each session is
// woken once for all of it: a command's answer, the event that it made and what
// another chat had for the same person go out in one write.
type wakes struct {
	mu   sync.Mutex
	held bool
	due  []*Session
	last []*Session // of the flush before, to use again
}

// answering is a journal that has before and after called around the Dones of
// each group.
type answering interface {
	Answering(before, after func())
}

// bundle holds wakes back as far as the journal knows groups.
func (e *Engine) bundle() {
	if j, ok := e.journal.(answering); ok {
		j.Answering(e.wakes.hold, e.wakes.flush)
	}
}

func (k *wakes) hold() {
	k.mu.Lock()
	k.held = true
	k.mu.Unlock()
}

// wake wakes the session, now or with its group.
func (k *wakes) wake(s *Session) {
	k.mu.Lock()
	held := k.held
	if held && !s.due {
		s.due = true
		k.due = append(k.due, s)
	}
	k.mu.Unlock()
	if !held {
		s.notify()
	}
}

// flush wakes all that are due. One group ends before the next one begins.
func (k *wakes) flush() {
	k.mu.Lock()
	k.held = false
	due := k.due
	k.due, k.last = k.last[:0], due
	for _, s := range due {
		s.due = false
	}
	k.mu.Unlock()
	for _, s := range due {
		s.notify()
	}
	clear(due)
}
