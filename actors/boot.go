package actors

import (
	"bytes"
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// boot brings back, from the index alone, what has to be there before anybody
// asks: no chat is loaded until it is needed.
func (e *Engine) boot() error {
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"figures", e.figures.boot}, {"configuration", e.bootConfig}, {"revocations", e.revoked.boot}, {"streams", e.bootStreams}, {"queues", e.bootQueues},
		{"overseers", e.overseers.boot}, {"agents", e.tellAgents}, {"chats", e.bootChats},
	} {
		e.recovery.step.Store(&step.name)
		if err := step.do(); err != nil {
			return fmt.Errorf("start: %s: %w", step.name, err)
		}
	}
	return nil
}

// bootConfig gives the configuration its version.
func (e *Engine) bootConfig() error {
	cfg, err := e.writeConfig(ConfigChange{Config: e.opts.Config, ConfigNote: e.opts.ConfigNote})
	if err == nil {
		e.config.Store(cfg)
	}
	return err
}

// bootStreams reads the numbers of recent news back, so that whoever was
// connected when the node stopped gets exactly what he has not seen.
//
// Whether a stream may still be resumed is decided by its last record alone: a
// clock that was set back between two lives makes later records look older,
// and numbers behind one that is left out would be given a second time.
func (e *Engine) bootStreams() error {
	restored, err := restoredAt(e.journal)
	if err != nil {
		return err
	}
	err = e.read().Last(e.opts.RecoverRecords, func(stream string, seq uint64, b []byte) error {
		from, ok := parseAddress(stream)
		if !ok {
			return nil
		}
		r, err := decodeRecord(b, nil)
		if err != nil {
			return fmt.Errorf("%s record %d: %w", stream, seq, err)
		}
		for _, n := range r.news {
			if restored > 0 && lifeOf(n.epoch) <= restored {
				continue
			}
			e.rebuild(n, r.at, newCached(from, seq, n.index, n.view))
		}
		return nil
	})
	if err != nil {
		return err
	}
	desk, customer := e.now().Add(-e.opts.ResumeDesk), e.now().Add(-e.opts.ResumeCustomer)
	for name, s := range e.streams.all {
		if s.idle.Before(customer) || s.idle.Before(desk) && !s.customer {
			delete(e.streams.all, name)
			continue
		}
		s.assigned, s.idle = s.head, e.now()
		if !s.customer {
			continue
		}
		if err := e.customerChats(s); err != nil {
			return err
		}
	}
	return nil
}

// rebuild puts one piece of news back where it was.
func (e *Engine) rebuild(n newsRef, at time.Time, c cached) {
	s := e.streams.all[n.to]
	if s == nil || s.epoch != n.epoch {
		s = newStream(n.to, n.epoch, n.view == acd.ToCustomer)
		e.streams.all[n.to] = s
	}
	s.idle = at
	s.keep(n.seq, c)
}

// customerChats fills a customer's stream with his open chats.
func (e *Engine) customerChats(s *stream) error {
	_, id, _ := bytes.Cut([]byte(s.name), []byte("/"))
	return e.scan(rowCustomer, string(id), func(k, _ []byte) error {
		_, chat := rowNames(k)
		s.chats.add(acd.ChatID(chat))
		return nil
	})
}

// bootQueues starts every configured queue, and every other one that somebody
// still waits in. They read who waits while the start goes on.
func (e *Engine) bootQueues() error {
	queues, err := e.queuesOf(e.config.Load())
	for _, q := range queues {
		e.restoring.begin()
		done := func(any, error) { e.restoring.end() }
		e.tell(q.Address(), &envelope{cmd: acd.ConfigChanged{}, ask: &ask{now: true, answer: done}})
	}
	return err
}

// wakeSpread lies between the calls of two chats after a start. What comes in
// meanwhile calls its own chat at once, so a large store costs no more at a time
// than the work of its people.
const wakeSpread = 100 * time.Microsecond

// bootChats calls every chat that is not over, when people have had time to
// come back: it finds its customer gone or there, and tells again what others
// may not have heard. None is called before the queues have their lines back:
// so many calls would make the lines, and with them everybody, wait. Those whose
// source has been removed meanwhile are told.
func (e *Engine) bootChats() error {
	var calls []sleeper
	gone := removedSources{cfg: e.config.Load()}
	err := e.scan(rowLive, "", func(k, v []byte) error {
		row, err := decodeRow[liveRow](v)
		if err != nil {
			return err
		}
		id, _ := rowNames(k)
		at := e.holdUntil
		if row.Wake.After(e.now()) && row.Wake.Before(at) {
			at = row.Wake
		}
		spread := time.Duration(len(calls)) * wakeSpread
		calls = append(calls, sleeper{addr: acd.ChatID(id).Address(), at: at.Add(spread), seen: row.Customer})
		gone.look(acd.ChatID(id), row.Source)
		e.recovery.chats.Add(1)
		return nil
	})
	e.wait(e.restoring.stop)
	e.sleepers.push(calls...)
	gone.tell(e)
	e.log.Info("recovered", "chats", len(calls), "epoch", e.epoch, "config", e.config.Load().Version)
	return err
}

// parseAddress reads a journal stream's name.
func parseAddress(stream string) (acd.Address, bool) {
	kind, id, _ := bytes.Cut([]byte(stream), []byte("/"))
	switch string(kind) {
	case "chat":
		return acd.ChatID(id).Address(), true
	case "agent":
		return acd.AgentID(id).Address(), true
	case "queue":
		return acd.QueueID(id).Address(), true
	}
	return acd.Address{}, false
}

// present reports whether a person has a session.
func (e *Engine) present(name acd.Stream) bool {
	s := e.streams.get(name)
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions) > 0
}
