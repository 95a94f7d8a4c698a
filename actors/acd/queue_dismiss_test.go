package acd

import (
	"errors"
	"testing"
	"time"
)

func TestWhoWaitsInAQueueThatClosesHasADefinedEnd(t *testing.T) {
	move := Dismissal{Queue: "sales", Text: "We close."}
	for _, c := range []struct {
		name   string
		change func(*QueuePolicy)
		want   []string // sent to who waits
		to     QueueID
		err    error // of the next
	}{
		{"closed", func(p *QueuePolicy) { p.Mode = QueueClosed }, []string{}, "", ErrQueueClosed},
		{"closed, and he is sent home", func(p *QueuePolicy) { p.Mode, p.OnClosed.Do = QueueClosed, EndWaiting },
			[]string{"chat/c1 acd.EnqueueRefused"}, "", ErrQueueClosed},
		{"closed, and he is moved", func(p *QueuePolicy) { p.Mode, p.OnClosed = QueueClosed, move },
			[]string{"chat/c1 acd.EnqueueRefused"}, "sales", ErrQueueClosed},
		{"draining", func(p *QueuePolicy) { p.Mode, p.OnClosed = QueueDraining, move }, []string{}, "", ErrQueueClosed},
		{"deleted", func(p *QueuePolicy) { p.Mode = QueueDeleted }, []string{"chat/c1 acd.EnqueueRefused"}, "", ErrNotFound},
		{"deleted, and he is moved", func(p *QueuePolicy) { p.Mode, p.OnDeleted = QueueDeleted, move },
			[]string{"chat/c1 acd.EnqueueRefused"}, "sales", ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, nil)
			h.step(h.entry("c1"))
			h.configure(c.change)
			out := h.step(ConfigChanged{})
			wantSends(t, out, c.want...)
			if len(c.want) > 0 {
				if r, _ := the[EnqueueRefused](t, out); r.ID != "stay-c1" || r.To != c.to || (c.to != "") != (r.Text == "We close.") {
					t.Fatalf("sent away with %+v", r)
				}
				wantSends(t, h.step(h.entry("c1")), c.want...) // back from an offer
			} else {
				h.wantAsked(h.step(h.advert("alice")), "alice:c1")
			}
			if out := h.step(Start{Chat: "c2"}); !errors.Is(out.Err, c.err) {
				t.Fatalf("the next is told %v", out.Err)
			}
		})
	}
}

func TestWhoRingsWhenTheQueueClosesIsNotSentAway(t *testing.T) {
	h := newHall(t, nil)
	h.grant(h.stepAll(h.advert("alice"), h.entry("c1")))
	h.configure(func(p *QueuePolicy) { p.Mode, p.OnClosed.Do = QueueClosed, EndWaiting })
	wantSends(t, h.step(ConfigChanged{}))
}

func TestWhoWaitsWhileNobodyIsAvailableIsSentAwayInTime(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) {
		p.NoAgentWait, p.OnNoAgents = time.Minute, Dismissal{Queue: "sales"}
	})
	h.stepAll(h.advert("alice", busy), h.entry("c1"))
	h.pass(50 * time.Second)
	h.step(h.advert("alice", away))
	h.pass(59 * time.Second)
	h.step(h.advert("bob", away))
	wantSends(t, h.step(Tick{}))
	out := h.tick(time.Second)
	if r, _ := the[EnqueueRefused](t, out); r.Reason != "no_agents" || r.To != "sales" {
		t.Fatalf("sent away with %+v", r)
	}
	h.step(h.entry("c2"))
	h.pass(59 * time.Second)
	h.step(h.advert("alice", busy))
	h.pass(time.Minute)
	wantSends(t, h.step(Tick{})) // somebody is there again
}

func TestAChatThatIsSentAwayKeepsItsAgeInTheOtherQueue(t *testing.T) {
	for _, to := range []QueueID{"sales", "none", ""} {
		chat, do := ringsAt(t, 1)
		config := &Config{Queues: map[QueueID]*QueuePolicy{"sales": {ID: "sales", Name: "Sales"}}}
		config.Normalize()
		id, entered := chat.Leg.ID, chat.Leg.EnteredAt
		out := chat.Step(Turn{Now: opening.Add(time.Hour), Config: config, Entropy: 99}, EnqueueRefused{ID: id, Reason: "closed", To: to})
		if to != "sales" {
			if chat.Phase == PhaseQueued || chat.EndReason != EndRefused {
				t.Fatalf("to %q: it is %s, %s", to, chat.Phase, chat.EndReason)
			}
			continue
		}
		e, send := the[Enqueue](t, out)
		if send.To != to.Address() || !e.Leg.EnteredAt.Equal(entered) || e.Leg.ID == id || chat.Phase != PhaseQueued {
			t.Fatalf("waits as %+v", e)
		}
		if out := do(Principal{}, EnqueueRefused{ID: id, Reason: "closed", To: to}); len(out.Events) > 0 {
			t.Fatalf("sent away twice: %v", out.Events)
		}
	}
}

func TestAChatThatClosedQueuesSendInACircleEnds(t *testing.T) {
	for _, circle := range [][]QueueID{{"support"}, {"sales", "support"}, {"sales", "billing", "support"}} {
		chat, _ := ringsAt(t, 1)
		config := &Config{Queues: map[QueueID]*QueuePolicy{}}
		for _, id := range []QueueID{"support", "sales", "billing"} {
			config.Queues[id] = &QueuePolicy{ID: id}
		}
		config.Normalize()
		for i, to := range circle {
			chat.Step(Turn{Now: opening.Add(time.Hour), Config: config, Entropy: uint64(100 + i)}, EnqueueRefused{ID: chat.Leg.ID, Reason: "closed", To: to})
			if last := i == len(circle)-1; last != (chat.EndReason == EndRefused) {
				t.Errorf("sent to %v, the chat is %s after %s, %s", circle, chat.Phase, to, chat.EndReason)
			}
		}
	}
}
