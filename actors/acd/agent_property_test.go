package acd

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestWhateverHappensAtADeskItsRulesHold throws commands of every kind at a
// desk, in any order, late, twice and out of nowhere, with restarts in between.
func TestWhateverHappensAtADeskItsRulesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newDeskWorld(t)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "seconds")) * time.Second)
			w.step(w.command(t))
		}
		w.drain()
	})
}

// deskWorld is a desk and what an onlooker knows of it from its outcomes alone.
type deskWorld struct {
	*desk
	owing   map[ChatID]bool
	offers  map[OfferID]bool // granted
	adverts map[QueueID]AgentAdvert
}

func newDeskWorld(t *rapid.T) *deskWorld {
	sticky := rapid.Bool().Draw(t, "sticky")
	d := newDesk(t, func(c *Config) {
		c.Desk.StickyRONA = &sticky
		c.Desk.MaxNoAnswer = rapid.IntRange(1, 2).Draw(t, "misses")
		c.Desk.OfflineStrikes = rapid.IntRange(0, 3).Draw(t, "strikes")
		c.Desk.MaxRejects = rapid.IntRange(0, 2).Draw(t, "rejects")
		c.Desk.KeepOffers = rapid.Bool().Draw(t, "keep")
		c.Desk.LostTo = rapid.SampledFrom([]PresenceState{Offline, NotReady}).Draw(t, "lost")
		c.Desk.WrapupMax = time.Duration(rapid.IntRange(0, 2).Draw(t, "max")) * time.Minute
		c.Desk.RONAReturn = time.Duration(rapid.IntRange(0, 1).Draw(t, "return")) * time.Minute
	})
	w := &deskWorld{desk: d, owing: map[ChatID]bool{}, offers: map[OfferID]bool{}, adverts: map[QueueID]AgentAdvert{}}
	for _, q := range d.config.Agents["ann"].Queues {
		w.adverts[q] = d.a.sent
	}
	return w
}

// step does one command and holds its outcome against all that must be true.
func (w *deskWorld) step(by Principal, cmd Command) {
	if r, ok := cmd.(Restore); ok {
		w.restart(r.Slots...)
		clear(w.offers)
	} else {
		twin := w.twin()
		want := twin.Step(Turn{Now: w.now, By: by, Config: w.config, Entropy: 1}, cmd)
		if got := w.do(by, cmd); !reflect.DeepEqual(got, want) {
			w.Fatalf("the same step twice: %T\n%+v\n%+v", cmd, got, want)
		}
	}
	w.watchDebts()
	w.watchGrants()
	w.watchAdverts()
	if _, ok := cmd.(Tick); !ok {
		return
	}
	if due := w.a.Deadline(); !due.IsZero() && !due.After(w.now) {
		w.Fatalf("after a tick at %s the deadline is %s", w.now, due)
	}
	if out := w.do(nobodyHere, Tick{}); len(out.Events)+len(out.Sends) > 0 {
		w.Fatalf("a second tick did something: %s", deskLine(out))
	}
}

// twin returns a copy of the agent that shares nothing with it.
func (w *deskWorld) twin() *Agent {
	b := *w.a
	b.state = w.a.state.clone()
	b.slots = slices.Clone(w.a.slots)
	b.sessions = slices.Clone(w.a.sessions)
	b.over, b.freed = w.a.over.clone(), slices.Clone(w.a.freed)
	return &b
}

// watchDebts: a debt is opened once and closed once (I12).
func (w *deskWorld) watchDebts() {
	for _, e := range w.out.Events {
		switch e := e.(type) {
		case WrapupStarted:
			if w.owing[e.Debt.Chat] {
				w.Fatalf("the debt of %s was opened twice", e.Debt.Chat)
			}
			w.owing[e.Debt.Chat] = true
		case WrapupDone:
			if !w.owing[e.Chat] {
				w.Fatalf("the debt of %s was closed and not open", e.Chat)
			}
			delete(w.owing, e.Chat)
		}
	}
	for _, d := range w.a.state.Debts {
		if !w.owing[d.Chat] {
			w.Fatalf("a debt of %s from nowhere", d.Chat)
		}
	}
}

// watchGrants: a new grant fits into the capacity and into the rules (I2).
func (w *deskWorld) watchGrants() {
	for _, s := range w.out.Sends {
		r, ok := s.Cmd.(Reserved)
		if !ok || w.offers[r.Offer] {
			continue
		}
		slot := w.a.slotFor(r.Offer)
		if slot.State != SlotReserved {
			continue // the chat brought the slot before
		}
		w.offers[r.Offer] = true
		p, a := w.config.Agents["ann"], w.a
		if a.used() > p.Capacity || slot.Channel == "facebook" && a.onChannel("facebook") > 1 || a.state.Presence.State != Available ||
			len(a.sessions) == 0 || w.now.Before(a.state.ReadyAt) || slices.ContainsFunc(a.state.Debts, Debt.blocksAgent) {
			w.Fatalf("granted %s: used %d of %d, %+v", r.Offer, a.used(), p.Capacity, a.state)
		}
	}
}

// watchAdverts: each queue's last advert says what is true now, and none is
// older than the one before.
func (w *deskWorld) watchAdverts() {
	for _, s := range w.out.Sends {
		ad, ok := s.Cmd.(Advert)
		if !ok {
			continue
		}
		q := QueueID(s.To.ID)
		if old := w.adverts[q]; ad.Advert.Gen <= old.Gen {
			w.Fatalf("advert %d to %s after %d", ad.Advert.Gen, q, old.Gen)
		}
		w.adverts[q] = ad.Advert
	}
	p := w.config.Agents["ann"]
	s := &agentStep{Agent: w.a, t: Turn{Now: w.now, Config: w.config}, profile: p}
	for _, q := range p.Queues {
		if now := s.advert(); w.out.Err == nil && !sameAdvert(now, w.adverts[q]) {
			w.Fatalf("%s believes\n%+v, and it is\n%+v", q, w.adverts[q], now)
		}
	}
}

// drain lets everything end: chats go, the clock runs, the person writes.
func (w *deskWorld) drain() {
	for _, s := range slices.Clone(w.a.slots) {
		w.step(nobodyHere, Released{Chat: s.Chat})
		w.step(nobodyHere, OfferOver{Offer: s.Offer, Chat: s.Chat, Reason: OfferEndedChat})
	}
	for _, d := range slices.Clone(w.a.state.Debts) {
		w.step(ann, Wrapup{Chat: d.Chat, Code: "solved"})
	}
	w.wait(time.Hour)
	if len(w.a.slots)+len(w.a.state.Debts) > 0 || w.a.used() != 0 {
		w.Fatalf("left over: %+v %+v", w.a.slots, w.a.state.Debts)
	}
}

var deskSpecs = []WrapupPolicy{{}, optional, mandatory, blocking, timed}

// command draws any command, for a chat out of a few.
func (w *deskWorld) command(t *rapid.T) (Principal, Command) {
	chat := rapid.SampledFrom([]ChatID{"c1", "c2", "c3", "c4", "c5", "c6"}).Draw(t, "chat")
	offer := OfferID(string(chat) + rapid.SampledFrom([]string{".1", ".2"}).Draw(t, "offer"))
	row := SlotRow{Chat: chat, Agent: "ann", Offer: offer, Channel: rapid.SampledFrom([]Channel{"livechat", "facebook"}).Draw(t, "channel"),
		Weight: rapid.IntRange(0, 2).Draw(t, "weight"), Since: w.now, Spec: rapid.SampledFrom(deskSpecs).Draw(t, "spec")}
	queue := rapid.SampledFrom([]QueueID{"support", "sales", "vip"}).Draw(t, "queue")
	switch rapid.IntRange(0, 22).Draw(t, "command") {
	case 0, 1, 2:
		return nobodyHere, Reserve{Offer: offer, Chat: chat, From: queue, Channel: row.Channel, Weight: row.Weight, Kind: OfferRoute}
	case 3, 4:
		row.State = SlotAlerting
		return nobodyHere, OfferStart{Slot: row}
	case 5, 6:
		row.State = SlotConnected
		return nobodyHere, Assigned{Slot: row}
	case 7, 8:
		return nobodyHere, Released{Chat: chat, Spec: row.Spec}
	case 9, 10:
		why := rapid.SampledFrom([]OfferReason{OfferRONA, OfferRONA, OfferRejected, CustomerGone, AgentState}).Draw(t, "why")
		return nobodyHere, OfferOver{Offer: offer, Chat: chat, Reason: why, MinAlert: 2 * time.Second}
	case 11:
		return nobodyHere, SlotRelease{Offer: offer}
	case 12:
		return ann, AcceptOffer{Offer: offer}
	case 13:
		return ann, SessionOpened{Session: rapid.SampledFrom([]string{"s1", "s2"}).Draw(t, "session")}
	case 14:
		return nobodyHere, SessionClosed{Session: rapid.SampledFrom([]string{"s1", "s2"}).Draw(t, "session")}
	case 15:
		return ann, Wrapup{Chat: chat, Code: rapid.SampledFrom([]string{"", "solved", "bored"}).Draw(t, "code")}
	case 16:
		return w.restarting(t, row)
	case 17:
		return ann, SetOpened{Chat: chat, On: rapid.Bool().Draw(t, "on")}
	case 18:
		return w.small(t, chat, row.Channel)
	case 19, 20:
		return rapid.SampledFrom([]Principal{ann, chief}).Draw(t, "by"), SetPresence{
			State: rapid.SampledFrom([]PresenceState{Available, Available, NotReady, Offline, InRONA}).Draw(t, "state"),
			After: rapid.Bool().Draw(t, "after"), Drain: rapid.Bool().Draw(t, "drain")}
	}
	return nobodyHere, Tick{}
}

// small draws one of the commands that change little.
func (w *deskWorld) small(t *rapid.T, chat ChatID, ch Channel) (Principal, Command) {
	switch rapid.IntRange(0, 4).Draw(t, "small") {
	case 0:
		return ann, Focus{Chat: rapid.SampledFrom([]ChatID{chat, ""}).Draw(t, "focus")}
	case 1:
		return ann, SaveWrapup{Chat: chat, Code: "spam"}
	case 2:
		return ann, ExtendWrapup{Chat: chat}
	case 3:
		capacity := rapid.IntRange(1, 4).Draw(t, "capacity")
		w.config = deskConfig(func(c *Config) { c.Desk = w.config.Desk; c.Agents["ann"].Capacity = capacity })
		return nobodyHere, ConfigChanged{}
	}
	return ann, SetChannel{Channel: ch, Open: rapid.Bool().Draw(t, "open")}
}

// restarting draws a restart: the index has most of what the desk had, and
// something of its own.
func (w *deskWorld) restarting(t *rapid.T, other SlotRow) (Principal, Command) {
	var rows []SlotRow
	for _, s := range w.a.slots {
		if s.State != SlotReserved && rapid.IntRange(0, 3).Draw(t, "kept") > 0 {
			rows = append(rows, s.SlotRow)
		}
	}
	other.State = rapid.SampledFrom([]SlotState{SlotAlerting, SlotConnected, SlotReleased}).Draw(t, "row")
	w.now = w.now.Add(time.Second)
	return nobodyHere, Restore{Slots: append(rows, other), Failed: rapid.Bool().Draw(t, "failed")}
}
