package bench

import (
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/bench/socket"
	"github.com/parley-engine/parley/bench/tally"
)

// agent is one agent's desk. Its load is a guess that others read, to ask
// somebody with room; all else is the reader's.
type agent struct {
	peer  *peer
	crowd *crowd
	n     int
	load  atomic.Int64
	here  atomic.Bool // available, as far as was told

	offers map[string]*offer
}

// offer is one that rings. The reader has made it; the chat's lock guards it.
type offer struct {
	id       string
	chat     *chat
	received time.Duration
	patience time.Duration // until it ends unanswered
}

func (a *agent) snapshot(w *worker, line []byte, first bool) {
	if first {
		a.available(w)
		return
	}
	for offers := socket.Each(socket.In(line, "offers")); offers.Next(); {
		var f frame
		scan(offers.Value, &f)
		a.offered(w, &f)
	}
	for chats := socket.Each(socket.In(line, "chats")); chats.Next(); {
		a.assigned(w, &frame{chat: chats.Value})
	}
	for owed := socket.Each(socket.In(line, "wrapups")); owed.Next(); {
		var f frame
		scan(owed.Value, &f)
		a.owes(w, &f)
	}
}

func (a *agent) available(w *worker) {
	n := a.peer.begin(w, "set_presence")
	w.add("state", "available")
	w.end()
	a.peer.submit(w, command{number: n, kind: kindAvailable})
}

func (a *agent) event(w *worker, f *frame) {
	switch string(f.kind) {
	case "message":
		if index, n, ok := a.crowd.tag(f.text); ok {
			if k := a.crowd.byIndex(index); k != nil {
				k.mu.Lock()
				k.heard(w, n, a.n, f)
				k.mu.Unlock()
			}
		}
	case "offer":
		a.offered(w, f)
	case "offer_ended":
		a.offerEnded(f)
	case "assigned":
		a.assigned(w, f)
	case "wrapup_started":
		a.owes(w, f)
	case "presence":
		a.presence(w, f)
	case "transfer_done", "transfer_failed", "transfer_cancelled", "left", "taken_over", "chat_ended", "released":
		if k := a.crowd.byID(f.chat); k != nil {
			k.mu.Lock()
			a.passed(w, k, f)
			k.mu.Unlock()
		}
	}
}

// passed is an event that takes a chat away from this agent, or tells about it.
func (a *agent) passed(w *worker, k *chat, f *frame) {
	now := a.crowd.now()
	switch string(f.kind) {
	case "transfer_done":
		a.crowd.measure(tally.TransferToAccepted, k.movedDue+k.pause, now)
		a.crowd.counts.transfers.Add(1)
		k.ledger.Released(a.n)
	case "transfer_failed", "transfer_cancelled":
		a.crowd.counts.fail("transfer_failed")
		k.transferAgain(w)
	case "left":
		if string(f.who) == a.peer.subject {
			k.ledger.Left(a.n, now)
		}
	case "taken_over":
		k.ledger.Left(a.n, now)
	case "chat_ended":
		k.ledger.Released(a.n)
	case "released":
		a.load.Add(-1)
		k.ledger.Released(a.n)
		k.released++
		k.settled()
	}
}

// presence is told of this agent's own state. Whom the server has set aside
// comes back after a while.
func (a *agent) presence(w *worker, f *frame) {
	here := string(f.state) == "available"
	a.seen(here)
	if here || string(f.state) == "draining" {
		return
	}
	pause := a.crowd.drawBack()
	a.crowd.schedule.at(a.crowd.now()+pause, func(w *worker, _ time.Duration) {
		if !a.here.Load() {
			a.available(w)
		}
	})
}

// seen notes whether this agent is available.
func (a *agent) seen(here bool) {
	if a.here.Swap(here) == here {
		return
	}
	if here {
		a.crowd.present.Add(1)
	} else {
		a.crowd.present.Add(-1)
	}
}

// offered is a ring: this agent answers, after a while, or does not.
func (a *agent) offered(w *worker, f *frame) {
	customer := socket.Text(socket.In(socket.In(f.line, "customer"), "name"))
	k := a.crowd.byName(customer)
	if k == nil {
		return // somebody else's
	}
	id := string(f.offer)
	if a.offers[id] != nil {
		return // in a snapshot
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := a.crowd.now()
	if k.id == "" {
		a.crowd.bind(k, string(f.chat))
	}
	if k.asked == a {
		k.unbook()
	}
	a.load.Add(1)
	o := &offer{id: id, chat: k, received: now, patience: patience(f.line)}
	a.offers[id] = o
	k.ringing = o
	a.count(k, now)
	p := &a.crowd.profile.Agents
	share := k.dice.Float64()
	if share < p.Miss {
		return
	}
	if k.asked == a && !p.Answer.Zero() {
		k.pause = p.Answer.Time(k.dice)
		a.crowd.schedule.at(now+k.pause, func(w *worker, due time.Duration) {
			k.mu.Lock()
			defer k.mu.Unlock()
			a.reply(w, o, "accept", kindAccept, due)
		})
		return
	}
	k.after(w, now, p.Answer, func(_ *chat, w *worker, due time.Duration) {
		if share < p.Miss+p.Reject {
			a.reply(w, o, "reject", kindReject, due)
		} else {
			a.reply(w, o, "accept", kindAccept, due)
		}
	})
}

// count measures how soon the chat rang.
func (a *agent) count(k *chat, now time.Duration) {
	k.offers++
	switch {
	case k.offers == 1:
		a.crowd.rang(k, now)
	case k.missed > 0:
		a.crowd.measure(tally.Reoffer, k.missed, now)
		k.missed = 0
	}
}

// reply answers an offer. The chat's lock is held.
func (a *agent) reply(w *worker, o *offer, word string, kind kind, due time.Duration) {
	if kind == kindAccept {
		o.chat.answered = due
	}
	n := a.peer.begin(w, word)
	w.add("offer", o.id)
	w.end()
	a.peer.submit(w, command{number: n, kind: kind, chat: o.chat, due: due})
}

func (a *agent) offerEnded(f *frame) {
	o := a.offers[string(f.offer)]
	if o == nil {
		return
	}
	delete(a.offers, o.id)
	if string(f.reason) == "accepted" {
		return
	}
	a.load.Add(-1)
	now := a.crowd.now()
	k := o.chat
	k.mu.Lock()
	defer k.mu.Unlock()
	switch string(f.reason) {
	case "rona":
		a.crowd.counts.ronas.Add(1)
		a.crowd.measure(tally.RONALateness, o.received+o.patience, now)
		if k.ringing == o {
			k.missed = now
		} else { // the next one has been heard of before, on another connection
			a.crowd.measure(tally.Reoffer, now, now)
		}
	case "rejected":
		a.crowd.counts.rejects.Add(1)
	}
}

// patience is how long an offer rings, by the server's own clock.
func patience(line []byte) time.Duration {
	var from, to time.Time
	for f := socket.Over(line); f.Next(); {
		switch string(f.Key) {
		case "offered_at":
			from, _ = time.Parse(time.RFC3339, string(socket.Text(f.Value)))
		case "expires_at":
			to, _ = time.Parse(time.RFC3339, string(socket.Text(f.Value)))
		}
	}
	return to.Sub(from)
}

// assigned is the chat on this agent's desk.
func (a *agent) assigned(w *worker, f *frame) {
	var id, owner, messages []byte
	for w := socket.Over(f.chat); w.Next(); {
		switch string(w.Key) {
		case "chat":
			id = socket.Text(w.Value)
		case "owner":
			owner = socket.Text(w.Value)
		case "messages":
			messages = w.Value
		}
	}
	k := a.crowd.byID(id)
	if k == nil || string(owner) != a.peer.subject {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for m := socket.Each(messages); m.Next(); {
		if _, n, ok := a.crowd.tag(socket.Text(socket.In(m.Value, "text"))); ok {
			k.ledger.Read(n, a.n)
		}
	}
	now := a.crowd.now()
	followed := k.asked == a
	if !k.ledger.Assigned(a.n, followed, now) {
		return
	}
	k.served++
	k.owner = a
	if followed {
		k.asked = nil
		k.moved++
	}
	if due := k.answered; due > 0 {
		a.crowd.measure(tally.AcceptToAssigned, due, now)
		k.answered = 0
	}
	k.advance(w, now)
}

// owes is a wrap-up to file, with the first code that is allowed.
func (a *agent) owes(w *worker, f *frame) {
	k := a.crowd.byID(f.chat)
	if k == nil {
		return
	}
	codes := socket.Each(socket.In(f.line, "codes"))
	code := ""
	if codes.Next() {
		code = string(socket.Text(socket.In(codes.Value, "code")))
	}
	file := func(w *worker, due time.Duration) {
		n := a.peer.begin(w, "wrapup")
		w.add("chat", k.id)
		if code != "" {
			w.add("code", code)
		}
		w.end()
		a.peer.submit(w, command{number: n, kind: kindWrapup, chat: k, due: due})
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := a.crowd.now()
	thought := a.crowd.profile.Agents.Wrapup
	if thought.Zero() {
		file(w, now)
		return
	}
	a.crowd.schedule.at(now+thought.Time(k.dice), file)
}

func (a *agent) answer(w *worker, c *command, f *frame) {
	refused := len(f.code) > 0
	switch c.kind {
	case kindSend:
		if !refused {
			c.chat.mu.Lock()
			c.chat.ledger.Acked(c.n)
			c.chat.mu.Unlock()
		}
	case kindTransfer:
		if refused {
			c.chat.mu.Lock()
			defer c.chat.mu.Unlock()
			c.chat.unbook()
			if !c.chat.ended {
				c.chat.transferAgain(w)
			}
		}
	case kindAvailable:
		if refused {
			a.peer.again(c, time.Second)
		} else {
			a.seen(true) // no event follows where he was so before
		}
	}
}
