package actors

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// outbox holds what other machines were told and have not acknowledged. Within
// one process a message is lost only when its receiver dies with it; then it
// is repeated, ever more rarely.
//
// A message carries the outbox that it stands in, and who has taken it says so
// there at once: an acknowledgement that goes through the mailbox is one turn
// in five. So its shell is not alone with it.
type outbox struct {
	mu    sync.Mutex
	open  []told            // in the order of telling; see left
	left  int               // how many of open have not been taken; the others have no cmd
	index map[outKey]uint64 // nth by key, when there are many
	count uint64
	timer Timer
	armed bool
	wait  time.Duration
}

// outKey is where a message goes and what it stands for: a later one with the
// same key takes the place of an earlier one.
type outKey struct {
	to  acd.Address
	key string
}

type told struct {
	outKey
	nth uint64
	cmd acd.Command
	at  time.Time
}

// The patience for an acknowledgement.
const (
	repeatFirst = time.Second
	repeatMost  = 30 * time.Second
)

// outMany is from how many open messages on a table finds them. A chat has one
// or two, a queue may have thousands.
const outMany = 32

// outSpares is room for the few messages of most outboxes, which come and go.
var outSpares = sync.Pool{New: func() any { return new([2]told) }}

func outRoom() []told { return outSpares.Get().(*[2]told)[:0] }

// outSpare takes back the room of an outbox that is empty.
func outSpare(open []told) {
	if cap(open) == 2 {
		room := (*[2]told)(open[:2])
		clear(room[:])
		outSpares.Put(room)
	}
}

// add notes a message that is being sent, and returns its number.
func (o *outbox) add(s *shell, now time.Time, send acd.Send) uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	k := outKey{send.To, send.Key}
	if i := o.find(k); i >= 0 {
		o.drop(i)
	}
	if o.left == 0 && o.open == nil {
		o.open = outRoom()
	} else if len(o.open) > 2*o.left+outMany {
		o.compact()
	}
	o.count++
	o.open = append(o.open, told{k, o.count, send.Cmd, now})
	o.left++
	if o.index == nil && o.left > outMany {
		o.index = map[outKey]uint64{}
		for i := range o.open {
			if t := &o.open[i]; t.cmd != nil {
				o.index[t.outKey] = t.nth
			}
		}
	}
	if o.index != nil {
		o.index[k] = o.count
	}
	if !o.armed {
		o.wait = repeatFirst
		o.arm(s)
	}
	return o.count
}

// find returns the place of what is open under a key, -1 if nothing is.
func (o *outbox) find(k outKey) int {
	if o.index != nil {
		if nth, ok := o.index[k]; ok {
			return o.place(nth)
		}
		return -1
	}
	for i := range o.open {
		if t := &o.open[i]; t.cmd != nil && t.outKey == k {
			return i
		}
	}
	return -1
}

// place returns where the nth message stands, -1 if it is not open.
func (o *outbox) place(nth uint64) int {
	i, ok := slices.BinarySearchFunc(o.open, nth, func(t told, nth uint64) int { return cmp.Compare(t.nth, nth) })
	if !ok || o.open[i].cmd == nil {
		return -1
	}
	return i
}

// drop forgets what has been taken or replaced. Numbers stay in order.
func (o *outbox) drop(i int) {
	if o.index != nil {
		delete(o.index, o.open[i].outKey)
	}
	o.open[i] = told{nth: o.open[i].nth}
	if o.left--; o.left == 0 {
		outSpare(o.open)
		o.open, o.index = nil, nil // most chats wait for nothing most of the time
	}
}

func (o *outbox) arm(s *shell) {
	o.armed = true
	if o.timer == nil {
		o.timer = s.engine.runtime.AfterFunc(o.wait, func() { o.due(s) })
		return
	}
	o.timer.Reset(o.wait)
}

// due has the shell repeat what is open, if anything still is.
func (o *outbox) due(s *shell) {
	if o.empty() {
		return
	}
	s.self.Send(repeat{s.life})
}

// empty reports whether all has been taken; the next telling sets the timer
// anew.
func (o *outbox) empty() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left > 0 {
		return false
	}
	o.armed, o.timer = false, nil
	return true
}

// settled reports whether all has been taken.
func (o *outbox) settled() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left == 0
}

// acknowledged drops what has been taken. An answer to an earlier telling
// leaves the later one open.
func (o *outbox) acknowledged(nth uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if i := o.place(nth); i >= 0 {
		o.drop(i)
	}
}

// repeat sends again what has been open for the whole wait, in the order in
// which it was told.
func (o *outbox) repeat(s *shell) {
	for _, t := range o.overdue(s) {
		s.engine.counters.repeated.Inc()
		s.engine.tell(t.to, &envelope{cmd: t.cmd, from: o, nth: t.nth})
	}
}

// overdue returns what is to be sent again and sets the timer for the next time.
func (o *outbox) overdue(s *shell) (late []told) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = false
	if o.left == 0 {
		o.timer = nil
		return nil
	}
	o.compact()
	late = o.upto(s.engine.now().Add(-o.wait))
	o.wait = min(2*o.wait, repeatMost)
	o.arm(s)
	return late
}

// before returns what was told before a time and has not been taken.
func (o *outbox) before(at time.Time) []told {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.upto(at.Add(-1))
}

// upto returns what was told up to a time and has not been taken.
func (o *outbox) upto(at time.Time) (open []told) {
	for i := range o.open {
		if t := &o.open[i]; t.cmd != nil && !t.at.After(at) {
			open = append(open, *t)
		}
	}
	return open
}

// compact takes out the places of what has been dropped.
func (o *outbox) compact() {
	o.open = slices.DeleteFunc(o.open, func(t told) bool { return t.cmd == nil })
}

func (o *outbox) stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer != nil {
		o.timer.Stop()
	}
}
