package acd

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// hall is a queue under test with its clock and the generations of its agents.
type hall struct {
	t      testing.TB
	q      *Queue
	config *Config
	now    time.Time
	turns  uint64
	gens   map[AgentID]uint64
	quick  bool // leave the check out
}

var opening = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

func newHall(t testing.TB, change func(*QueuePolicy)) *hall {
	h := &hall{t: t, q: NewQueue("support"), now: opening, gens: map[AgentID]uint64{}}
	h.configure(change)
	return h
}

// configure makes a new version of the configuration, nil for one without the
// queue. It is heard of with the next command.
func (h *hall) configure(change func(*QueuePolicy)) {
	policy := &QueuePolicy{ID: "support", Name: "Support"}
	if change != nil {
		change(policy)
	}
	h.config = &Config{Version: 1, Queues: map[QueueID]*QueuePolicy{"support": policy}}
	h.config.Normalize()
}

func (h *hall) step(cmd Command) Outcome {
	if !h.quick { // it takes a tenth of a match
		h.t.Helper()
	}
	h.turns++
	out := h.q.Step(Turn{Now: h.now, Config: h.config, Entropy: h.turns}, cmd)
	if len(out.Events) > 0 {
		h.t.Fatalf("%T: a queue made events: %v", cmd, out.Events)
	}
	if !h.quick {
		if err := h.q.Check(); err != nil {
			h.t.Fatalf("after %T: %v", cmd, err)
		}
	}
	return out
}

func (h *hall) pass(d time.Duration) { h.now = h.now.Add(d) }

// tick ticks at the deadline, which must be within d of now.
func (h *hall) tick(d time.Duration) Outcome {
	h.t.Helper()
	at := h.q.Deadline()
	if at.IsZero() || at.Sub(h.now) > d {
		h.t.Fatalf("deadline is %v, want it within %v of %v", at, d, h.now)
	}
	if at.After(h.now) {
		h.now = at
	}
	return h.step(Tick{})
}

// entry is a chat that enters now.
func (h *hall) entry(chat ChatID, change ...func(*Enqueue)) Enqueue {
	e := Enqueue{
		Chat: chat, Customer: CustomerID("of-" + chat), Channel: "livechat", Weight: 1,
		Leg: Leg{ID: EnqueueID("stay-" + chat), Queue: "support", Key: h.now, EnteredAt: h.now},
	}
	for _, c := range change {
		c(&e)
	}
	return e
}

func needing(skills ...string) func(*Enqueue) { return func(e *Enqueue) { e.Leg.Skills = skills } }
func weighing(n int) func(*Enqueue)           { return func(e *Enqueue) { e.Weight = n } }
func on(ch Channel) func(*Enqueue)            { return func(e *Enqueue) { e.Channel = ch } }

func (h *hall) barring(a AgentID, d time.Duration) func(*Enqueue) {
	return func(e *Enqueue) { e.Exclude = map[AgentID]int64{a: h.now.Add(d).UnixMilli()} }
}

// advert is a free agent's: one unit, idle for a minute.
func (h *hall) advert(a AgentID, change ...func(*AgentAdvert)) Advert {
	h.gens[a]++
	ad := AgentAdvert{
		Agent: a, Gen: h.gens[a], SignedIn: true, Available: true,
		Free: 1, Capacity: 1, IdleSince: h.now.Add(-time.Minute),
	}
	for _, c := range change {
		c(&ad)
	}
	return Advert{ad}
}

func idle(since time.Time) func(*AgentAdvert)     { return func(a *AgentAdvert) { a.IdleSince = since } }
func knowing(skills ...string) func(*AgentAdvert) { return func(a *AgentAdvert) { a.Skills = skills } }
func busy(a *AgentAdvert)                         { a.Free, a.Used = 0, 1 }
func away(a *AgentAdvert)                         { a.Available, a.Free = false, 0 }
func units(free, of int) func(*AgentAdvert) {
	return func(a *AgentAdvert) { a.Free, a.Capacity, a.Used = free, of, of-free }
}

// asked lists the reservations that an outcome asks for: "alice:c1".
func asked(out Outcome) []string {
	list := []string{}
	for _, s := range out.Sends {
		if r, ok := s.Cmd.(Reserve); ok {
			list = append(list, s.To.ID+":"+string(r.Chat))
		}
	}
	return list
}

func (h *hall) wantAsked(out Outcome, want ...string) {
	h.t.Helper()
	if got := asked(out); !slices.Equal(got, want) {
		h.t.Fatalf("asked for %v, want %v", got, want)
	}
}

// the returns the only sent command of its type.
func the[C Command](t testing.TB, out Outcome) (C, Send) {
	t.Helper()
	var found []Send
	for _, s := range out.Sends {
		if _, ok := s.Cmd.(C); ok {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("want one %T, got %v", *new(C), out.Sends)
	}
	return found[0].Cmd.(C), found[0]
}

// grant answers the only reservation of out, and returns what the chat is told.
func (h *hall) grant(out Outcome) OfferGrant {
	h.t.Helper()
	r, send := the[Reserve](h.t, out)
	g, _ := the[OfferGrant](h.t, h.step(Reserved{Offer: r.Offer, Agent: AgentID(send.To.ID), Name: "Alice"}))
	return g
}

func wantSends(t testing.TB, out Outcome, want ...string) {
	t.Helper()
	got := []string{}
	for _, s := range out.Sends {
		got = append(got, fmt.Sprintf("%s %T", s.To, s.Cmd))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("sent %q, want %q", got, want)
	}
}

func places(out Outcome) []string {
	list := []string{}
	for _, n := range out.News {
		p := n.Event.(PositionTold)
		list = append(list, fmt.Sprintf("%s:%d", p.Chat, p.Position))
	}
	return list
}
