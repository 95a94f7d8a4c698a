package actors

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-engine/parley/actors/acd"
)

// covers reports whether a chat on the board is within a scope.
func covers(s acd.Scope, v *acd.ChatView) bool {
	return s.Covers(v.Queue) || v.Waits != "" && s.Covers(v.Waits)
}

// alertQueues are the queues whose supervisors an alert concerns. An alert
// about a chat says itself which queue that is.
func (e *Engine) alertQueues(al acd.Alert) []acd.QueueID {
	if al.Queue == "" && al.Agent != "" {
		if p := e.Config().Agents[al.Agent]; p != nil {
			return p.Queues
		}
		return nil
	}
	return []acd.QueueID{al.Queue}
}

// mayExplain says why somebody may not ask for the decisions about a chat, or
// nil. Who takes part in a chat of another queue knows of it and no more.
func (e *Engine) mayExplain(by acd.Principal, chat acd.ChatID) error {
	if by.Scope == "" {
		return nil
	}
	v, err := e.question(context.Background(), chat.Address(), by, acd.ViewChat{})
	if err != nil {
		return err
	}
	if view, ok := v.(acd.ChatView); ok && covers(by.Scope, &view) {
		return nil
	}
	return acd.ErrForbidden
}

// overseesQuarantined is for a chat that cannot say itself whose it is.
func (e *Engine) overseesQuarantined(by acd.Principal, chat acd.ChatID) bool {
	if !by.Oversees() || by.Scope == "" {
		return by.Oversees()
	}
	q, err := NewPast(e.journal).Queue(chat)
	if err != nil {
		e.log.Error("cannot tell the queue of a chat", "chat", string(chat), "err", err)
	}
	return err == nil && by.Scope.Covers(q)
}

// Queue returns the queue that a chat was put into last, from its records
// alone: it is also there for a chat whose state cannot be made any more.
func (p *Past) Queue(chat acd.ChatID) (acd.QueueID, error) { return p.QueueAt(chat, ^uint64(0)) }

// QueueAt is Queue as it was after one of the chat's records.
func (p *Past) QueueAt(chat acd.ChatID, at uint64) (q acd.QueueID, err error) {
	keys, seen := &keyring{journal: p.journal, owner: chat.Address()}, false
	var before acd.QueueID
	err = p.journal.Replay(chat.Address().String(), 0, func(seq uint64, b []byte) error {
		if seq > at {
			return errEnough
		}
		r, err := decodeRecord(b, keys)
		if err != nil {
			return err
		}
		seen = true
		for _, ev := range r.events {
			switch ev := ev.(type) {
			case acd.Queued:
				before, q = q, ev.Leg.Queue
			case acd.LegDropped: // a transfer that came to nothing
				q = before
			}
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errEnough):
		return "", fmt.Errorf("queue of %s: %w", chat, err)
	case !seen:
		return "", fmt.Errorf("queue of %s: %w", chat, acd.ErrNotFound)
	}
	return q, nil
}
