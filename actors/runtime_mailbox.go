package actors

import (
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// mailbox is the line of one actor. The library's own keeps a ring of ten places
// and a second queue for each actor, a third of a kilobyte for a chat that
// waits, and makes a closure at every wake-up; most of the time a chat's line
// is empty, or one message long.
type mailbox struct {
	workers *workers
	invoker actor.MessageInvoker
	behind  *mailbox // in the line of those that wait for a worker, whose lock holds it

	mu        sync.Mutex
	first     any   // the next message, nil if there is none
	rest      []any // those behind it
	system    []any // go before all others
	running   bool  // a worker has it, or will
	suspended bool
}

var _ actor.Mailbox = (*mailbox)(nil)

// PostUserMessage implements actor.Mailbox.
func (m *mailbox) PostUserMessage(msg any) {
	m.mu.Lock()
	if m.first == nil && len(m.rest) == 0 {
		m.first = msg
	} else {
		m.rest = append(m.rest, msg)
	}
	m.wake()
}

// PostSystemMessage implements actor.Mailbox.
func (m *mailbox) PostSystemMessage(msg any) {
	m.mu.Lock()
	m.system = append(m.system, msg)
	m.wake()
}

// wake gives the mailbox to a worker unless one has it, and unlocks it.
func (m *mailbox) wake() {
	asleep := !m.running
	m.running = true
	m.mu.Unlock()
	if asleep {
		m.workers.take(m)
	}
}

// RegisterHandlers implements actor.Mailbox. There is one dispatcher.
func (m *mailbox) RegisterHandlers(invoker actor.MessageInvoker, _ actor.Dispatcher) {
	m.invoker = invoker
}

// Start implements actor.Mailbox.
func (m *mailbox) Start() {}

// UserMessageCount implements actor.Mailbox.
func (m *mailbox) UserMessageCount() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.rest)
	if m.first != nil {
		n++
	}
	return n
}

// work takes what is in the line until nothing is. It does not step back for
// others: those that wait for a worker get another one soon, and the scheduler
// interrupts whoever has run for 10 ms. A queue that steps back after so many
// messages is served so many a round, however short they are, and on a busy
// node a round takes a tenth of a second.
func (m *mailbox) work() {
	for {
		msg, system := m.next()
		if msg == nil {
			return
		}
		m.give(msg, system)
	}
}

// next takes the next message out; without one the mailbox sleeps.
func (m *mailbox) next() (msg any, system bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case len(m.system) > 0:
		msg = m.system[0]
		if m.system = m.system[1:]; len(m.system) == 0 {
			m.system = nil
		}
		return msg, true
	case m.suspended:
	case m.first != nil:
		msg, m.first = m.first, nil
		return msg, false
	case len(m.rest) > 0:
		msg, m.rest[0] = m.rest[0], nil
		if m.rest = m.rest[1:]; len(m.rest) == 0 {
			m.rest = nil
		}
		return msg, false
	}
	m.running = false
	return nil, false
}

// give hands a message to the library, which is told of a panic, too.
func (m *mailbox) give(msg any, system bool) {
	defer func() {
		if reason := recover(); reason != nil {
			m.invoker.EscalateFailure(reason, msg)
		}
	}()
	switch {
	case !system:
		m.invoker.InvokeUserMessage(msg)
	case suspends(msg):
		m.suspend(true)
	case resumes(msg):
		m.suspend(false)
	default:
		m.invoker.InvokeSystemMessage(msg)
	}
}

func (m *mailbox) suspend(on bool) {
	m.mu.Lock()
	m.suspended = on
	m.mu.Unlock()
}

func suspends(msg any) bool { _, ok := msg.(*actor.SuspendMailbox); return ok }

func resumes(msg any) bool { _, ok := msg.(*actor.ResumeMailbox); return ok }
