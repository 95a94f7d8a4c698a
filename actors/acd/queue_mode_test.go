package acd

import (
	"errors"
	"slices"
	"testing"
	"time"
)

var overseer = Principal{Role: RoleSupervisor, ID: "sue", Name: "Sue"}

// sets lets a supervisor set the queue's mode.
func (h *hall) sets(mode QueueMode) Outcome {
	h.t.Helper()
	h.turns++
	out := h.q.Step(Turn{Now: h.now, By: overseer, Config: h.config, Entropy: h.turns}, SetQueueMode{mode})
	if err := h.q.Check(); err != nil {
		h.t.Fatal(err)
	}
	return out
}

func TestASupervisorsWordStandsBeforeTheConfigurationsMode(t *testing.T) {
	h := newHall(t, nil)
	if out := h.sets(QueueClosed); out.Err != nil || len(out.Events) != 1 {
		t.Fatalf("got %v, %v", out.Events, out.Err)
	}
	if out := h.step(Start{Chat: "c1"}); !errors.Is(out.Err, ErrQueueClosed) {
		t.Errorf("a closed queue answered %v", out.Err)
	}
	h.configure(func(p *QueuePolicy) { p.MaxSize = 5 })
	if out := h.step(Start{Chat: "c1"}); !errors.Is(out.Err, ErrQueueClosed) {
		t.Errorf("after a reload it answered %v", out.Err)
	}
	if out := h.sets(QueueAuto); len(out.Events) != 1 {
		t.Errorf("giving it back made %v", out.Events)
	}
	if out := h.step(Start{Chat: "c1"}); out.Err != nil {
		t.Errorf("given back, it answered %v", out.Err)
	}
}

func TestAQueueThatIsClosedInConfigurationCanBeOpenedByHand(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.Mode = QueueClosed })
	h.sets(QueueOpen)
	if out := h.step(Start{Chat: "c1"}); out.Err != nil {
		t.Errorf("it answered %v", out.Err)
	}
	if v := h.step(ViewQueue{}).Result.(QueueView); v.Mode != QueueOpen || v.Set.By != "sue" || !v.Takes {
		t.Errorf("it shows %+v", v)
	}
}

func TestAQueueThatIsClosedByHandSendsAwayWhomItsPolicySendsAway(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.OnClosed = Dismissal{Queue: "sales"} })
	h.step(h.entry("c1"))
	if out := h.sets(QueueDraining); len(out.Sends) != 0 {
		t.Errorf("draining sent %v", out.Sends)
	}
	refused, _ := the[EnqueueRefused](t, h.sets(QueueClosed))
	if refused.To != "sales" || refused.Reason != "closed" {
		t.Errorf("it sent away with %+v", refused)
	}
}

func TestAModeThatIsSetAlreadyIsNoNews(t *testing.T) {
	h := newHall(t, nil)
	for _, want := range []struct {
		mode   QueueMode
		events int
	}{{QueueAuto, 0}, {QueueDraining, 1}, {QueueDraining, 0}, {QueueAuto, 1}, {QueueAuto, 0}} {
		if out := h.sets(want.mode); len(out.Events) != want.events || out.Err != nil {
			t.Errorf("%s made %v (%v), want %d", want.mode, out.Events, out.Err, want.events)
		}
	}
}

func TestOnlyWhoOverseesSetsAModeAndOnlyOneThatExists(t *testing.T) {
	h := newHall(t, nil)
	alice := Principal{Role: RoleAgent, ID: "alice"}
	if out := h.q.Step(Turn{Now: h.now, By: alice, Config: h.config}, SetQueueMode{QueueClosed}); !errors.Is(out.Err, ErrForbidden) {
		t.Errorf("an agent got %v", out.Err)
	}
	if out := h.sets(QueueDeleted); !errors.Is(out.Err, ErrBadState) || len(out.Events) > 0 {
		t.Errorf("deleting by hand: %v", out.Err)
	}
	h.configure(func(p *QueuePolicy) { p.Mode = QueueDeleted })
	if out := h.sets(QueueOpen); !errors.Is(out.Err, ErrNotFound) {
		t.Errorf("opening what is deleted: %v", out.Err)
	}
}

func TestTheModeSetIsFoldedFromTheJournalAndFromASnapshotAlike(t *testing.T) {
	q, twin := NewQueue("support"), NewQueue("support")
	for _, mode := range []QueueMode{QueueClosed, QueueAuto, QueueDraining} {
		q.Apply(opening, QueueModeSet{Mode: mode, By: "sue", At: opening.Add(time.Minute)})
	}
	twin.Import(q.Export())
	if got := []QueueState{twin.Export()}; !slices.Equal(got, []QueueState{{Set: QueueModeSet{Mode: QueueDraining, By: "sue", At: opening.Add(time.Minute)}}}) {
		t.Errorf("got %+v", got)
	}
}
