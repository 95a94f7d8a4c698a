package actors

import (
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// over are the chats that are closed or can only be rated: nothing else is to
// come of them, so they leave memory soon and not only when they have been idle
// for as long as others. A node that serves hundreds a second would else hold
// tens of thousands that are over. Whoever asks for one afterwards, a customer
// who rates it or the end of his time for that, has it start from the journal.
type over struct {
	engine *Engine
	mu     sync.Mutex
	line   []overChat // in the order in which that was
	armed  bool
}

type overChat struct {
	chat acd.ChatID
	at   time.Time // of the last thing
}

// overAfter is how long such a chat stays: what is told of its end is asked
// about at once, if at all. overEvery is how often they are looked at, so that
// they go a few at a time.
const (
	overAfter = time.Second
	overEvery = 100 * time.Millisecond
)

// add notes a chat to which the last thing has just happened.
func (o *over) add(c acd.ChatID, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.line = append(o.line, overChat{c, now})
	if !o.armed {
		o.arm(o.stay())
	}
}

// stay is how long they stay.
func (o *over) stay() time.Duration { return min(overAfter, o.engine.opts.PassivateAfter) }

// arm has them looked at once more. The caller holds mu.
func (o *over) arm(d time.Duration) {
	o.armed = true
	o.engine.runtime.AfterFunc(d, func() { o.engine.beside(o.dismiss) })
}

// dismiss asks those to leave whose time has come. One that is not through,
// since something that it told is not taken, stays until it is idle.
func (o *over) dismiss() {
	for _, c := range o.due(o.engine.now().Add(-o.stay())) {
		o.engine.directory.dismiss(c.chat.Address(), func(*entry) bool { return true })
	}
}

// due takes those out of the line that ended by then.
func (o *over) due(by time.Time) []overChat {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for n < len(o.line) && !o.line[n].at.After(by) {
		n++
	}
	due := o.line[:n:n]
	if o.line = o.line[n:]; len(o.line) == 0 {
		o.line, o.armed = nil, false
	} else {
		o.arm(overEvery)
	}
	return due
}
