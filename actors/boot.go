package actors

import (
	"bytes"
	"encoding/json"
	"errors"
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
		{"configuration", e.bootConfig}, {"streams", e.bootStreams}, {"queues", e.bootQueues},
		{"overseers", e.overseers.boot}, {"agents", e.bootAgents}, {"chats", e.bootChats},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("start: %s: %w", step.name, err)
		}
	}
	return nil
}

// configStream keeps every version of the configuration, so that an old
// decision can be explained by the version that it names.
const configStream = "config/config"

// bootConfig gives the configuration its version: that of the last one on
// disk if it is the same, else the next.
func (e *Engine) bootConfig() error {
	cfg := *e.opts.Config
	cfg.Version = 0
	body, err := json.Marshal(&cfg)
	if err != nil {
		return err
	}
	var last uint64
	var same bool
	err = e.journal.Replay(configStream, 0, func(seq uint64, b []byte) error {
		last, same = seq, bytes.Equal(b, body)
		return nil
	})
	if err != nil {
		return err
	}
	cfg.Version = last
	if !same {
		cfg.Version++
		done := make(chan error, 1)
		e.journal.Append(Entry{Epoch: e.epoch, Stream: configStream, Seq: cfg.Version, Record: body, Done: func(err error) { done <- err }})
		if err := <-done; err != nil {
			return err
		}
	}
	e.config.Store(&cfg)
	return nil
}

// bootStreams reads the numbers of recent news back, so that whoever was
// connected when the node stopped gets exactly what he has not seen.
func (e *Engine) bootStreams() error {
	desk, customer := e.now().Add(-e.opts.ResumeDesk), e.now().Add(-e.opts.ResumeCustomer)
	err := e.journal.Last(e.opts.RecoverRecords, func(stream string, seq uint64, b []byte) error {
		from, ok := parseAddress(stream)
		if !ok {
			return nil
		}
		r, err := decodeRecord(b, false)
		if err != nil {
			return fmt.Errorf("%s record %d: %w", stream, seq, err)
		}
		for _, n := range r.news {
			isCustomer := n.view == acd.ToCustomer
			if r.at.Before(desk) && !isCustomer || r.at.Before(customer) {
				continue
			}
			e.rebuild(n, isCustomer, cached{from: from, seq: seq, index: n.index, view: n.view})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range e.streams.all {
		s.assigned, s.idle = s.head, e.now()
		if s.chats == nil {
			continue
		}
		if err := e.customerChats(s); err != nil {
			return err
		}
	}
	return nil
}

// rebuild puts one piece of news back where it was.
func (e *Engine) rebuild(n newsRef, customer bool, c cached) {
	s := e.streams.all[n.to]
	if s == nil || s.epoch != n.epoch {
		s = newStream(n.to, n.epoch, customer)
		e.streams.all[n.to] = s
	}
	s.keep(n.seq, c)
}

// customerChats fills a customer's stream with his open chats.
func (e *Engine) customerChats(s *stream) error {
	_, id, _ := bytes.Cut([]byte(s.name), []byte("/"))
	return e.scan(rowCustomer, string(id), func(k, _ []byte) error {
		_, chat := rowNames(k)
		s.chats[acd.ChatID(chat)] = struct{}{}
		return nil
	})
}

// bootQueues starts every configured queue, and every other one that somebody
// still waits in.
func (e *Engine) bootQueues() error {
	seen := map[string]bool{}
	for id := range e.config.Load().Queues {
		seen[string(id)] = true
	}
	err := e.scan(rowWaiting, "", func(k, _ []byte) error {
		id, _ := rowNames(k)
		seen[id] = true
		return nil
	})
	for id := range seen {
		e.tell(acd.QueueID(id).Address(), &envelope{cmd: acd.ConfigChanged{}})
	}
	return err
}

// bootAgents starts every agent with a state or a slot to his name.
func (e *Engine) bootAgents() error {
	seen := map[string]bool{}
	note := func(k, _ []byte) error {
		id, _ := rowNames(k)
		seen[id] = true
		return nil
	}
	err := errors.Join(e.scan(rowPresent, "", note), e.scan(rowSlot, "", note))
	for id := range seen {
		e.tell(acd.AgentID(id).Address(), &envelope{cmd: acd.ConfigChanged{}})
	}
	return err
}

// bootChats calls every chat that is not over, when people have had time to
// come back: it finds its customer gone or there, and tells again what others
// may not have heard.
func (e *Engine) bootChats() error {
	count := 0
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
		spread := time.Duration(count%1000) * time.Millisecond
		e.sleepers.push(sleeper{addr: acd.ChatID(id).Address(), at: at.Add(spread), seen: row.Customer})
		count++
		return nil
	})
	e.log.Info("recovered", "chats", count, "epoch", e.epoch, "config", e.config.Load().Version)
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
