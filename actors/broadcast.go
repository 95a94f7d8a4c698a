package actors

import (
	"context"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// broadcastTimeout is how long the chats of a queue are waited for.
const broadcastTimeout = 30 * time.Second

// broadcast says something in every chat of a queue. Each chat keeps for itself
// that it has done so, as the outcome of a command of its own, so that the same
// broadcast sent again after a crash in the middle says it only where it has
// not been said.
func (s *Session) broadcast(id string, digest uint64, b acd.Broadcast) {
	e := s.engine
	ctx, cancel := context.WithTimeout(context.Background(), broadcastTimeout)
	defer cancel()
	chats, err := e.broadcastTo(s.by, b)
	if err != nil {
		s.settle(id, nil, err)
		return
	}
	n, err := e.announce(ctx, s, id, digest, acd.Announce{Queue: b.Queue, Text: b.Text}, chats)
	if err != nil {
		s.settle(id, nil, err)
		return
	}
	result := acd.Result{Chats: n}
	out := acd.Outcome{Result: result}
	row := outcomeRow(e.now(), &ask{who: s.stream.name, id: id, digest: digest}, out)
	e.order.Lock()
	e.journal.Append(Entry{Epoch: e.epoch, Rows: []Row{row}, Done: func(err error) {
		if err == nil {
			s.settle(id, result, nil)
		}
	}})
	e.order.Unlock()
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
	}
	if err := cfg.Announceable(b.Text); err != nil {
		return nil, err
	}
	if err := e.barrier(); err != nil { // the index has everybody who is there
		return nil, err
	}
	chats := map[acd.ChatID]bool{}
	waiting, err := e.waiting(b.Queue)
	if err != nil {
		return nil, err
	}
	for _, w := range waiting {
		chats[w.Chat] = true
	}
	err = e.scan(rowSlot, "", func(_, v []byte) error {
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
func (e *Engine) announce(ctx context.Context, s *Session, id string, digest uint64, cmd acd.Announce, chats []acd.ChatID) (said int, err error) {
	replies := make(chan any, len(chats))
	for _, c := range chats {
		part := id + "\x00" + string(c) // no client's id has this
		known, err := e.known(s.stream.name, part)
		if err != nil {
			return 0, err
		}
		if known != nil {
			replies <- known.Result
			continue
		}
		e.tell(c.Address(), &envelope{by: s.by, cmd: cmd, ask: &ask{who: s.stream.name, id: part, digest: digest,
			answer: func(result any, _ error) { replies <- result }}})
	}
	for range chats {
		select {
		case r := <-replies:
			if r, ok := r.(acd.Result); ok && r.MessageSeq > 0 {
				said++
			}
		case <-ctx.Done():
			return 0, errInternal
		}
	}
	return said, nil
}
