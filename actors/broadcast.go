package actors

import (
	"context"
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// broadcastTimeout is how long the chats of a queue are waited for.
const broadcastTimeout = 30 * time.Second

// broadcast says something in every chat of a queue. Each chat keeps for itself
// that it has done so, as the outcome of a command of its own, so that the same
// broadcast sent again after a crash in the middle says it only where it has
// not been said.
func (s *Session) broadcast(id string, digest uint64, b acd.Broadcast, told *act) {
	e := s.engine
	refuse := func(err error) {
		e.told(told, err)
		s.settle(id, nil, err)
	}
	chats, err := e.broadcastTo(s.by, b)
	if err != nil {
		refuse(err)
		return
	}
	n, err := e.announce(s, id, digest, acd.Announce{Queue: b.Queue, Text: b.Text}, chats)
	if err != nil {
		refuse(err)
		return
	}
	result := acd.Result{Chats: n}
	out := acd.Outcome{Result: result}
	row := outcomeRow(nil, e.now(), &ask{who: s.stream.name, id: id, digest: digest}, out)
	e.trail.append(e.trail.line(told, nil), Entry{Rows: []Row{row}, Done: func(err error) {
		if err == nil {
			s.settle(id, result, nil)
		}
	}})
}

// broadcastTo checks what can be checked, and names the chats that wait in the
// queue or are served at all. From which queue a chat is served it says itself.
func (e *Engine) broadcastTo(by acd.Principal, b acd.Broadcast) ([]acd.ChatID, error) {
	cfg := e.Config()
	switch {
	case !by.Oversees():
		return nil, acd.ErrForbidden
	case cfg.Queues[b.Queue] == nil:
		return nil, acd.ErrNotFound
	case !by.OverseesAny(b.Queue):
		return nil, cfg.Outside(by, b.Queue)
	}
	if err := cfg.Announceable(b.Text); err != nil {
		return nil, err
	}
	if err := e.barrier(); err != nil { // the index has everybody who is there
		return nil, err
	}
	chats := map[acd.ChatID]bool{}
	if err := e.waiting(b.Queue, func(w acd.Enqueue) { chats[w.Chat] = true }); err != nil {
		return nil, err
	}
	err := e.scan(rowSlot, "", func(_, v []byte) error {
		row, err := decodeRow[acd.SlotRow](v)
		if row.State == acd.SlotConnected {
			chats[row.Chat] = true
		}
		return err
	})
	return sortedKeys(chats), err
}

// announce tells each chat and counts where it stands. A chat that fails is in
// quarantine and tells nobody anything.
func (e *Engine) announce(s *Session, id string, digest uint64, cmd acd.Announce, chats []acd.ChatID) (int, error) {
	said, left := tally{}, len(chats)
	parts := make([]string, len(chats))
	for i, c := range chats {
		parts[i] = id + "\x00" + string(c) // no client's id has this
		known, err := e.answered(s.stream, parts[i])
		if err != nil {
			return 0, err
		}
		if known != nil {
			said.note(known.Result)
			parts[i], left = "", left-1
		}
	}
	if left == 0 {
		return said.number(), nil
	}
	err := e.runtime.Await(context.Background(), broadcastTimeout, func(done func()) {
		said.left(left, done)
		for i, c := range chats {
			if parts[i] == "" {
				continue
			}
			e.tell(c.Address(), &envelope{by: s.by, cmd: cmd, ask: &ask{who: s.stream.name, id: parts[i], digest: digest,
				answer: func(result any, _ error) { said.note(result) }}})
		}
	})
	if err != nil {
		return 0, errInternal
	}
	return said.number(), nil
}

// tally counts the chats in which something has been said.
type tally struct {
	mu      sync.Mutex
	said    int
	waiting int
	done    func()
}

func (t *tally) left(n int, done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting, t.done = n, done
}

func (t *tally) note(result any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r, ok := result.(acd.Result); ok && r.MessageSeq > 0 {
		t.said++
	}
	if t.waiting--; t.waiting == 0 {
		t.done()
	}
}

func (t *tally) number() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.said
}
