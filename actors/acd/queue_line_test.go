package acd

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestTheOldestChatIsServedFirstWhateverCameBetween(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.entry("c2"))
	h.pass(time.Second)
	h.step(h.entry("c3"))
	h.step(h.entry("c1", func(e *Enqueue) { e.Leg.Key = h.now.Add(-time.Minute) })) // priority
	var got []string
	for _, a := range []AgentID{"alice", "bob", "carol"} {
		got = append(got, asked(h.step(h.advert(a)))...)
	}
	if want := []string{"alice:c1", "bob:c2", "carol:c3"}; !slices.Equal(got, want) {
		t.Fatalf("asked %v, want %v", got, want)
	}
}

func TestOfTwoWithOneKeyTheOneWhoCameFirstIsServedFirst(t *testing.T) {
	h := newHall(t, nil)
	key := h.now
	h.step(h.entry("c2", func(e *Enqueue) { e.Leg.Key = key }))
	h.pass(time.Second)
	h.step(h.entry("c1", func(e *Enqueue) { e.Leg.Key = key })) // its priority makes up for a second
	h.wantAsked(h.step(h.advert("alice")), "alice:c2")
	h.wantAsked(h.step(h.advert("bob")), "bob:c1")
}

func TestAChatThatComesBackKeepsItsPlace(t *testing.T) {
	h := newHall(t, nil)
	first := h.entry("c1")
	h.grant(h.stepAll(first, h.advert("alice")))
	h.pass(20 * time.Second)
	h.step(h.entry("c2"))
	h.pass(time.Second)
	h.barring("alice", time.Minute)(&first)
	if out := h.step(first); len(out.News) > 0 {
		t.Fatalf("its place has not changed, and yet %v", out.News)
	}
	h.wantAsked(h.step(h.advert("bob")), "bob:c1")
	h.wantAsked(h.step(h.advert("alice")), "alice:c2")
}

func TestTheSameEnqueueAgainChangesNothing(t *testing.T) {
	h := newHall(t, nil)
	e := h.entry("c1")
	h.stepAll(e, h.advert("alice"))
	for range 2 {
		if out := h.step(e); len(out.Sends)+len(out.News) > 0 {
			t.Fatalf("got %+v", out)
		}
	}
	if len(h.q.open) != 1 || h.q.line.len() != 1 {
		t.Fatalf("%d reservations for %d chats", len(h.q.open), h.q.line.len())
	}
}

func TestAnotherStayReplacesTheFirst(t *testing.T) {
	h := newHall(t, nil)
	out := h.stepAll(h.entry("c1"), h.advert("alice"))
	old, _ := the[Reserve](t, out)
	h.pass(time.Second)
	next := h.entry("c1")
	next.Leg.ID = "second"
	wantSends(t, h.step(next), "agent/alice acd.SlotRelease", "chat/c1 acd.AskStay", "agent/alice acd.Reserve")
	wantSends(t, h.step(Reserved{Offer: old.Offer, Agent: "alice"}), "agent/alice acd.SlotRelease")
	h.step(Withdraw{Chat: "c1", ID: "stay-c1", Reason: Abandoned})
	if w := h.q.line.chats.get("c1"); w == nil || w.stay() != "second" {
		t.Fatalf("the first stay's withdrawal took %+v", w)
	}
}

func TestWhoGoesGivesBackTheSlotThatWasAskedForAndNoOther(t *testing.T) {
	for _, c := range []struct {
		name    string
		granted bool
		want    []string
	}{
		{"asked", false, []string{"agent/alice acd.SlotRelease", "agent/alice acd.Reserve"}},
		{"granted", true, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, nil)
			out := h.stepAll(h.entry("c1"), h.entry("c2"), h.advert("alice"))
			if c.granted {
				h.grant(out)
			}
			wantSends(t, h.step(Withdraw{Chat: "c1", ID: "stay-c1", Reason: Abandoned}), c.want...)
			if out := h.step(Withdraw{Chat: "c1", ID: "stay-c1", Reason: Abandoned}); len(out.Sends) > 0 {
				t.Fatalf("gone twice: %v", out.Sends)
			}
			if got := h.q.Stats(); got.Abandoned != 1 || got.Taken != 0 {
				t.Fatalf("counted %+v", got)
			}
		})
	}
}

func TestAVoidOfferDropsTheStayThatItWasFor(t *testing.T) {
	h := newHall(t, nil)
	g := h.grant(h.stepAll(h.entry("c1"), h.advert("alice")))
	h.step(OfferVoid{Chat: "c1", Offer: g.Offer, ID: "another"})
	if h.q.line.len() != 1 {
		t.Fatal("the present stay was dropped for another's offer")
	}
	h.step(OfferVoid{Chat: "c1", Offer: g.Offer, ID: g.ID})
	if h.q.line.len() != 0 {
		t.Fatal("the chat is gone, and still waits")
	}
	if got := h.q.Deadline(); !got.IsZero() {
		t.Fatalf("nobody waits, and still there is a deadline %v", got)
	}
}

func TestAfterARestartTheQueueIsWhatItsChatsSay(t *testing.T) {
	h := newHall(t, nil)
	waiting := []Enqueue{h.entry("c1")}
	h.pass(time.Second)
	waiting = append(waiting, h.entry("c0"))
	slices.Reverse(waiting)
	if out := h.step(Restore{Waiting: waiting}); len(out.Sends) > 0 {
		t.Fatalf("nobody is known, and yet %v", out.Sends)
	}
	h.wantAsked(h.step(h.advert("alice")), "alice:c1")
	h.wantAsked(h.step(h.advert("bob")), "bob:c0")
}

func TestAViewTellsWhoWaitsAndWhoServes(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.entry("c2", needing("latin"), func(e *Enqueue) { e.Leg.Key = h.now.Add(-time.Hour) }))
	h.step(h.entry("c1", needing("latin"), func(e *Enqueue) { e.Leg.EnteredAt = h.now.Add(-time.Second) }))
	h.stepAll(h.advert("alice"), h.advert("bob", busy), h.advert("carol", away))
	out := h.step(ViewQueue{})
	want := QueueView{
		Queue: "support", Name: "Support", Mode: QueueOpen, Waiting: 2, Oldest: h.now.Add(-time.Second),
		SignedIn: 3, Available: 2, Free: 1, Takes: true, Level: ServiceLevel{Threshold: 20 * time.Second},
	}
	if !reflect.DeepEqual(out.Result, want) {
		t.Fatalf("got %+v, want %+v", out.Result, want)
	}
	customer := Turn{Now: h.now, Config: h.config, By: Principal{Role: RoleCustomer, ID: "ann"}}
	if out := h.q.Step(customer, ViewQueue{}); !errors.Is(out.Err, ErrForbidden) {
		t.Fatalf("a customer sees %+v, %v", out.Result, out.Err)
	}
}

func TestACommandForAnotherMachineIsRefused(t *testing.T) {
	if out := newHall(t, nil).step(SendText{Text: "hello"}); !errors.Is(out.Err, ErrBadState) {
		t.Fatalf("got %v", out.Err)
	}
}
