package actors

import (
	"slices"
	"strconv"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// cell is what a mailbox delivers to: the present life of one machine. A life
// that panics is followed by another, from the journal. A machine that fails
// more often than restarts within the window is poisoned: it goes into
// quarantine, where every message gets a refusal, a forced end works, and no
// other chat notices.
type cell struct {
	engine   *Engine
	addr     acd.Address
	self     Mailbox
	fresh    bool // a chat that begins: nothing of it can be in the journal
	life     Receiver
	failures []time.Time
}

const (
	restarts      = 3
	restartWindow = time.Minute
)

// spawn makes the mailbox of a machine, to be told first next; nth tells its
// lives apart.
func (e *Engine) spawn(a acd.Address, nth uint64, first any) Mailbox {
	return e.runtime.Spawn(a.String()+"#"+strconv.FormatUint(nth, 10), &cell{engine: e, addr: a, fresh: begins(a, first)})
}

// begins reports whether a message is the very first of a chat. Its id was made
// with the customer's command, and one that has been answered never gets here.
func begins(a acd.Address, first any) bool {
	m, ok := first.(*envelope)
	if !ok || a.Kind != acd.KindChat {
		return false
	}
	_, ok = m.cmd.(acd.Start)
	return ok
}

// Receive implements Receiver.
func (c *cell) Receive(msg any) {
	if m, ok := msg.(Started); ok {
		c.self = m.Self
		c.begin()
		return
	}
	if _, ok := msg.(Stopped); ok {
		c.survives(msg)
		c.engine.directory.ended()
		return
	}
	if c.survives(msg) {
		return
	}
	c.survives(Stopped{})
	c.begin()
}

// begin starts lives until one of them stands. The last one only refuses, and
// cannot fail: nobody in the mailbox waits for ever.
func (c *cell) begin() {
	for {
		if c.engine.directory.quarantinedNow(c.addr) {
			c.life = &tombstone{engine: c.engine, addr: c.addr}
			return
		}
		s := &shell{engine: c.engine, addr: c.addr, stream: c.addr.String(), self: c.self, life: c.engine.lives.Add(1), again: len(c.failures) > 0}
		s.fresh = c.fresh && !s.again
		s.steps = c.engine.counters.place(c.addr.Kind)
		s.machine, s.kind, s.keys = c.engine.newMachine(c.addr)
		c.life = s
		if c.survives(Started{c.self}) {
			return
		}
		s.halt()
	}
}

// survives reports whether the life has taken msg without a panic.
func (c *cell) survives(msg any) (ok bool) {
	defer func() {
		if !ok {
			if reason := recover(); reason != nil {
				c.failed(reason)
			}
		}
	}()
	c.life.Receive(msg)
	return true
}

func (c *cell) failed(reason any) {
	e, now := c.engine, c.engine.now()
	e.counters.restarts.Inc()
	c.failures = slices.DeleteFunc(append(c.failures, now), func(at time.Time) bool { return now.Sub(at) > restartWindow })
	if len(c.failures) <= restarts {
		e.log.Error("actor failed, starting again", "actor", c.addr.String(), "err", reason)
		return
	}
	e.log.Error("actor quarantined", "actor", c.addr.String(), "err", reason)
	e.counters.quarantined.Inc()
	e.alerts.quarantined(c.addr)
	for _, msg := range e.directory.quarantine(c.addr, "it failed again and again") {
		e.refuse(c.addr, msg)
	}
}

// tombstone answers for an actor in quarantine.
type tombstone struct {
	engine *Engine
	addr   acd.Address
}

// Receive implements Receiver.
func (t *tombstone) Receive(msg any) { t.engine.refuse(t.addr, msg) }

// refuse answers for an actor that cannot: it is in quarantine, or the engine
// is stopping. A person's command that a stop has overtaken gets no answer: he
// sends it again, under the same id, where he comes back.
func (e *Engine) refuse(to acd.Address, msg any) {
	env, ok := msg.(*envelope)
	if !ok {
		return
	}
	force, forces := env.cmd.(acd.ForceEnd)
	if forces && to.Kind == acd.KindChat && e.directory.quarantinedNow(to) && e.overseesQuarantined(env.by, acd.ChatID(to.ID)) {
		e.bury(acd.ChatID(to.ID), env, force)
		return
	}
	if env.ask != nil && env.ask.session != nil && e.directory.over.Load() {
		return
	}
	if env.ask != nil {
		e.told(env.ask.act, acd.ErrQuarantined)
		env.ask.reply(nil, acd.ErrQuarantined)
	}
}

// bury ends a chat whose state cannot be read: its index rows go, whoever had
// it is told, and its journal stays for export.
func (e *Engine) bury(chat acd.ChatID, env *envelope, force acd.ForceEnd) {
	customer, rows, sends, err := e.remains(chat)
	if err != nil {
		e.log.Error("cannot end a quarantined chat", "chat", string(chat), "err", err)
		env.answer(nil, acd.ErrQuarantined)
		return
	}
	for _, s := range sends {
		e.tell(s.To, &envelope{cmd: s.Cmd})
	}
	rows = append(rows, Row{endedKey(e.now(), chat), mustEncode(Segment{Chat: chat, Customer: customer, EndedAt: e.now(), Reason: acd.EndForced})})
	entry := Entry{Epoch: e.epoch, Stream: chat.Address().String(), Rows: rows, Done: func(err error) {
		if err == nil {
			e.streams.get(customer.Stream()).drop(chat)
			e.alerts.over(acd.AlertQuarantined, chat.Address())
			e.alerts.over(acd.AlertAgentIdle, chat.Address())
			env.answer(acd.Result{}, nil)
		}
	}}
	e.log.Warn("quarantined chat ended by force", "chat", string(chat), "by", env.by.ID, "reason", force.Reason)
	var lines []Row
	if env.ask != nil {
		lines = e.trail.line(env.ask.act, nil)
	}
	e.trail.append(lines, entry)
}

// answer answers who asked, if anybody did.
func (env *envelope) answer(result any, err error) {
	if env.ask != nil {
		env.ask.reply(result, err)
	}
}

// remains finds what the index says of a chat, and whom to tell that it is over.
func (e *Engine) remains(chat acd.ChatID) (customer acd.CustomerID, rows []Row, sends []acd.Send, err error) {
	live, err := e.journal.Get(liveKey(chat))
	if err != nil || live == nil {
		return "", nil, nil, err
	}
	row, err := decodeRow[liveRow](live)
	if err != nil {
		return "", nil, nil, err
	}
	rows = []Row{{liveKey(chat), nil}, {customerKey(row.Customer, chat), nil}}
	err = e.scan(rowSlot, "", func(k, v []byte) error {
		slot, err := decodeRow[acd.SlotRow](v)
		if err != nil || slot.Chat != chat {
			return err
		}
		rows = append(rows, Row{slotKey(slot.Agent, chat), nil})
		if slot.State == acd.SlotAlerting { // at somebody who may owe a wrap-up of before
			sends = append(sends, acd.Send{To: slot.Agent.Address(), Cmd: acd.OfferOver{Offer: slot.Offer, Chat: chat, Reason: acd.OfferEndedChat}})
		}
		sends = append(sends, acd.Send{To: slot.Agent.Address(), Cmd: acd.Released{Chat: chat, Reason: string(acd.EndForced), Lost: true}})
		return nil
	})
	if err != nil {
		return "", nil, nil, err
	}
	err = e.scan(rowWaiting, "", func(_, v []byte) error {
		w, err := decodeRow[acd.Enqueue](v)
		if err != nil || w.Chat != chat {
			return err
		}
		rows = append(rows, Row{waitingKey(w.Leg.Queue, chat), nil})
		sends = append(sends, acd.Send{To: w.Leg.Queue.Address(), Cmd: acd.Withdraw{Chat: chat, ID: w.Leg.ID, Reason: acd.GaveUp}})
		return nil
	})
	return row.Customer, rows, sends, err
}
