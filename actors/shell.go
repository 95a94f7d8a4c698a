package actors

import (
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// shell is the live process around one machine: the same for chats, agents
// and queues. It takes one message at a time, lets the machine decide, hands
// what happened to the journal, tells other machines at once and the world
// when the record is durable, and sets the one timer that the state asks for.
//
// The state may run ahead of the disk; the world may not. If a step panics,
// nothing of it was written or sent: the supervisor starts the next life from
// the journal. Whatever a shell sends itself carries its life, so that news of
// an earlier one is dropped.
type shell struct {
	engine  *Engine
	addr    acd.Address
	stream  string // of the journal: the address
	life    uint64
	again   bool // an earlier life of this mailbox has failed
	fresh   bool // a chat that begins: nothing of it can be in the journal
	kind    *kind
	keys    *keyring // of its words
	index   indexed  // of a chat
	present bool     // of an agent: has his row
	machine acd.Machine

	seq      uint64       // of the last record
	snapshot uint64       // the record that the last snapshot stands for
	undone   atomic.Int64 // turns that are not durable yet
	self     Mailbox

	timer   Timer
	timerAt time.Time
	loaded  []time.Time // the deadlines that this life found, during the hold; see next
	ticked  time.Time   // the last alarm
	outbox  outbox
	tail    tail // of a chat
	asking  *ask // whose command is being taken, for when the step panics
	sound   bool // has been inspected, and nothing was wrong
	steps   uint32
}

// envelope is a message to a machine.
type envelope struct {
	by   acd.Principal
	cmd  acd.Command
	ask  *ask    // who wants an answer
	from *outbox // that repeats it until it is acknowledged
	nth  uint64  // which telling of that outbox it is
}

// Repeatable reports whether a receiver may get this message more than once.
func (m *envelope) Repeatable() bool { return m.from != nil }

// ask carries the answer to a command back to who asked. It is answered once:
// at once when now is set, else when all that led to the answer is durable.
type ask struct {
	who     acd.Stream
	id      string // the command's, empty for a question
	digest  uint64
	now     bool
	act     *act     // of an overseer, for the audit trail
	session *Session // that has sent the command, or
	answer  func(result any, err error)
}

func (a *ask) reply(result any, err error) {
	if a.session != nil {
		a.session.settle(a.id, result, err)
		return
	}
	a.answer(result, err)
}

// Messages of a shell to itself.
type (
	alarm  struct{ life uint64 }
	repeat struct{ life uint64 }
)

// Receive implements Receiver.
func (s *shell) Receive(msg any) {
	switch m := msg.(type) {
	case Started:
		s.start()
	case *envelope:
		s.take(m)
	case alarm:
		if s.mine(m.life) {
			s.tick(s.engine.now())
		}
	case repeat:
		if s.mine(m.life) {
			s.outbox.repeat(s)
		}
	case leave:
		s.leave()
	case inspect:
		s.inspected()
	case Stopped:
		s.halt()
	}
}

// mine reports whether a message to oneself is of this life. News of an earlier
// one is dropped, and counted.
func (s *shell) mine(life uint64) bool {
	if life == s.life {
		return true
	}
	s.engine.counters.stale[s.addr.Kind].Inc()
	return false
}

// start brings the machine to where the journal has it.
func (s *shell) start() {
	if err := s.engine.load(s); err != nil {
		panic(err) // the supervisor decides how often to try again
	}
	now := s.engine.now()
	s.kind.restore(s, func(cmd acd.Command) { s.step(now, acd.Principal{}, cmd, nil) })
	s.deliver(now, s.machine.Pending())
	s.remember()
	s.arm(now)
}

// tick lets the machine do what is due.
func (s *shell) tick(now time.Time) {
	s.timerAt, s.ticked = time.Time{}, now
	s.step(now, acd.Principal{}, acd.Tick{}, nil)
}

// take takes a message, after what is due: the time decides what comes first,
// not how late a timer rings.
func (s *shell) take(m *envelope) {
	s.asking = m.ask
	defer s.failing()
	now := s.engine.now() // of all that the message brings about
	if !s.timerAt.IsZero() && !now.Before(s.timerAt) {
		s.tick(now)
	}
	s.step(now, m.by, m.cmd, m.ask)
	if m.from != nil {
		m.from.acknowledged(m.nth)
	}
	s.asking = nil
}

// failing answers who asked when a step panics, and lets the panic go on to
// the supervisor.
func (s *shell) failing() {
	if r := recover(); r != nil {
		if s.asking != nil {
			s.asking.reply(nil, acd.ErrQuarantined)
		}
		panic(r)
	}
}

// step takes one command: decide, journal, tell, arm.
func (s *shell) step(now time.Time, by acd.Principal, cmd acd.Command, a *ask) {
	e := s.engine
	if _, ok := cmd.(acd.Forget); ok {
		s.tail.drop(&e.tails)
	}
	t := acd.Turn{Now: now, By: by, Config: e.config.Load(), Entropy: e.opts.Entropy(), Began: e.began, Held: e.holdUntil}
	seen := e.figures.see(s.machine)
	timed := e.counters.begin(s)
	out := s.machine.Step(t, cmd)
	e.counters.stepped(s, cmd, timed)
	if out.Forward == nil {
		s.commit(t, out, a, seen)
	} else { // who asked is answered elsewhere, after what has happened here
		s.commit(t, out, nil, seen)
		e.tellAt(now, out.Forward.To, &envelope{by: by, cmd: out.Forward.Cmd, ask: a})
	}
	e.figures.seen(seen)
	s.deliver(now, out.Sends)
	s.arm(now)
	if len(out.Events) > 0 || len(out.Sends) > 0 {
		e.board.touch(s.addr)
	}
	if c, ok := s.machine.(*acd.Chat); ok && len(out.Events) > 0 && c.Over() {
		e.over.add(c.ID, now)
	}
}

// commit hands the outcome to the journal, and to the world once it is durable.
func (s *shell) commit(t acd.Turn, out acd.Outcome, a *ask, seen *counting) {
	if a != nil && a.now {
		a.reply(out.Result, out.Err)
		a = nil
	}
	if len(out.Events) == 0 && len(out.News) == 0 && a == nil {
		return
	}
	w := newTurn()
	w.shell, w.at, w.out, w.ask = s, t.Now, out, a
	if len(out.Events) > 0 {
		s.seq++
		w.seq = s.seq
	}
	s.undone.Add(1)
	s.engine.commit(w, t, seen)
}

// deliver tells other machines. What has a key is repeated until it is
// acknowledged.
func (s *shell) deliver(now time.Time, sends []acd.Send) {
	for _, send := range sends {
		env := &envelope{cmd: send.Cmd}
		if send.Key != "" {
			env.from, env.nth = &s.outbox, s.outbox.add(s, now, send)
		}
		s.engine.tellAt(now, send.To, env)
	}
}

// arm sets the timer that the state wants.
func (s *shell) arm(now time.Time) {
	at := s.next(now)
	if at.IsZero() {
		if s.timer != nil {
			s.timer.Stop()
		}
		s.timerAt = at
		return
	}
	if at.Equal(s.timerAt) {
		return
	}
	s.timerAt = at
	wait := max(at.Sub(now), 0)
	if s.timer == nil {
		s.timer = s.engine.runtime.AfterFunc(wait, s.selfSend(alarm{s.life}))
		return
	}
	s.timer.Reset(wait)
}

// leave ends an idle life, unless something is still on its way.
func (s *shell) leave() {
	if !s.settled() || !s.kind.mayLeave(s) {
		s.engine.directory.stay(s.addr, s.engine.now())
		return
	}
	if s.worthASnapshot() {
		s.engine.snapshotOnly(s)
	}
	if at := s.machine.Deadline(); !at.IsZero() {
		s.engine.sleepers.add(s.addr, at)
	}
	s.engine.counters.passivations.Inc()
	s.self.Stop()
	s.halt()
	s.engine.directory.gone(s.addr, s.engine.now())
}

// settled reports whether all that this life wrote is durable and all that it
// told with a key has been taken.
func (s *shell) settled() bool {
	return s.outbox.settled() && s.undone.Load() == 0
}

// selfSend returns a function that sends this very life a message.
func (s *shell) selfSend(msg any) func() {
	self := s.self
	return func() { self.Send(msg) }
}

func (s *shell) halt() {
	if s.timer != nil {
		s.timer.Stop()
	}
	s.outbox.stop()
	s.keys.cool()
	s.tail.drop(&s.engine.tails)
}
