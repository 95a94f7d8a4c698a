package actors

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// outbox holds what other machines were told and have not acknowledged. Within
// one process a message is lost only when its receiver dies with it; then it
// is repeated, ever more rarely. It belongs to its shell's goroutine.
type outbox struct {
	open  map[outKey]*told
	order []ordered // oldest first; some may have been acknowledged since
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

type ordered struct {
	outKey
	nth uint64
}

type told struct {
	cmd acd.Command
	nth uint64
	at  time.Time
}

// The patience for an acknowledgement.
const (
	repeatFirst = time.Second
	repeatMost  = 30 * time.Second
)

// add notes a message that is being sent, and returns its number.
func (o *outbox) add(s *shell, send acd.Send) uint64 {
	if o.open == nil {
		o.open = map[outKey]*told{}
	}
	k := outKey{send.To, send.Key}
	o.count++
	t := o.open[k]
	if t == nil {
		t = &told{}
		o.open[k] = t
	}
	t.cmd, t.nth, t.at = send.Cmd, o.count, s.engine.now()
	if len(o.order) > 2*len(o.open)+64 {
		o.compact()
	}
	o.order = append(o.order, ordered{k, t.nth})
	if !o.armed {
		o.wait = repeatFirst
		o.arm(s)
	}
	return t.nth
}

func (o *outbox) arm(s *shell) {
	o.armed = true
	if o.timer == nil {
		o.timer = s.engine.runtime.AfterFunc(o.wait, s.selfSend(repeat{s.life}))
		return
	}
	o.timer.Reset(o.wait)
}

// acknowledged drops what has been taken. An answer to an earlier telling
// leaves the later one open.
func (o *outbox) acknowledged(m acknowledge) {
	k := outKey{m.from, m.key}
	if t := o.open[k]; t == nil || t.nth != m.nth {
		return
	}
	delete(o.open, k)
	if len(o.open) == 0 {
		o.order = o.order[:0]
	}
}

// repeat sends again what has been open for the whole wait, in the order in
// which it was told.
func (o *outbox) repeat(s *shell) {
	o.armed = false
	if len(o.open) == 0 {
		return
	}
	before := s.engine.now().Add(-o.wait)
	o.compact()
	for _, k := range o.order {
		if t := o.open[k.outKey]; !t.at.After(before) {
			s.engine.counters.repeated.Inc()
			s.engine.tell(k.to, &envelope{cmd: t.cmd, from: s.addr, key: k.key, nth: t.nth})
		}
	}
	o.wait = min(2*o.wait, repeatMost)
	o.arm(s)
}

// compact forgets the order of what has been taken or replaced.
func (o *outbox) compact() {
	left := o.order[:0]
	for _, k := range o.order {
		if t := o.open[k.outKey]; t != nil && t.nth == k.nth {
			left = append(left, k)
		}
	}
	o.order = left
}

func (o *outbox) stop() {
	if o.timer != nil {
		o.timer.Stop()
	}
}
