package bench

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/bench/socket"
	"github.com/parley-engine/parley/bench/tally"
)

// customer is a page: one chat at a time.
type customer struct {
	peer  *peer
	crowd *crowd
	leave context.CancelFunc // of one who came for a single chat
	spare bool               // is of the reserve
	chat  atomic.Pointer[chat]
}

// start opens the chat. The lock is held.
func (c *customer) start(w *worker, k *chat) {
	n := c.peer.begin(w, "start")
	w.add("source", c.crowd.source(k.index))
	w.add("name", k.name())
	w.end()
	c.peer.submit(w, command{number: n, kind: kindStart, chat: k, due: k.due})
	if p := c.crowd.profile.Customers.Patience; !p.Zero() {
		c.crowd.schedule.at(k.due+p.Time(k.dice), func(w *worker, due time.Duration) { c.giveUp(w, k, due) })
	}
}

// giveUp ends a chat that nobody has taken.
func (c *customer) giveUp(w *worker, k *chat, due time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.served > 0 || k.ended || k.gaveUp || k.id == "" {
		return
	}
	k.gaveUp = true
	k.customerEnds(w, due)
}

func (c *customer) answer(w *worker, cmd *command, f *frame) {
	k := cmd.chat
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	refused := len(f.code) > 0
	switch {
	case cmd.kind == kindStart && refused:
		c.crowd.counts.refused.Add(1)
		k.close()
		c.crowd.done(c)
	case cmd.kind == kindStart:
		k.accepted = true
		if k.id == "" {
			c.crowd.bind(k, string(f.chat))
		}
		c.crowd.counts.accepted.Add(1)
	case cmd.kind == kindSend && !refused:
		k.ledger.Acked(cmd.n)
	}
}

func (c *customer) event(w *worker, f *frame) {
	switch string(f.kind) {
	case "message":
		if index, n, ok := c.crowd.tag(f.text); ok {
			if k := c.crowd.byIndex(index); k != nil {
				k.mu.Lock()
				k.heard(w, n, tally.Customer, f)
				k.mu.Unlock()
			}
		}
	case "ended":
		if k := c.crowd.byID(f.chat); k != nil {
			k.mu.Lock()
			c.ended(k)
			k.mu.Unlock()
		}
	}
}

func (c *customer) ended(k *chat) {
	if k.ended {
		return
	}
	k.ended = true
	if k.served == 0 {
		c.crowd.counts.abandoned.Add(1)
	}
	k.settled()
	c.crowd.done(c)
}

// snapshot after a return brings what has been said, and whether the chat goes
// on: one that has ended is not in it.
func (c *customer) snapshot(w *worker, line []byte, first bool) {
	if first {
		return
	}
	open := map[*chat]bool{}
	for chats := socket.Each(socket.In(line, "chats")); chats.Next(); {
		k := c.crowd.byID(socket.Text(socket.In(chats.Value, "chat")))
		if k == nil {
			continue
		}
		k.mu.Lock()
		for m := socket.Each(socket.In(chats.Value, "messages")); m.Next(); {
			if _, n, ok := c.crowd.tag(socket.Text(socket.In(m.Value, "text"))); ok {
				k.ledger.Read(n, tally.Customer)
			}
		}
		phase := socket.Text(socket.In(chats.Value, "phase"))
		open[k] = string(phase) != "ended" && string(phase) != "closed"
		k.mu.Unlock()
	}
	if k := c.chat.Load(); k != nil && !open[k] {
		k.mu.Lock()
		if k.accepted {
			c.ended(k)
		}
		k.mu.Unlock()
	}
}
