package acd

import (
	"testing"
	"time"
)

func ringingAt(n int) func(*QueuePolicy) { return func(p *QueuePolicy) { p.RingCount = n } }

func TestAChatRingsAtSeveralAtOnce(t *testing.T) {
	h := newHall(t, ringingAt(2))
	h.stepAll(h.advert("alice", units(2, 2)), h.advert("bob"), h.advert("carol"))
	h.wantAsked(h.step(h.entry("c1")), "alice:c1", "bob:c1")
	h.wantAsked(h.step(h.entry("c2")), "carol:c2", "alice:c2")
}

func TestWhoBecomesFreeRingsTooUntilEnoughDo(t *testing.T) {
	h := newHall(t, ringingAt(2))
	out := h.stepAll(h.advert("alice"), h.entry("c1"))
	h.grant(out)
	h.wantAsked(h.step(h.advert("bob")), "bob:c1")
	h.wantAsked(h.step(h.advert("carol")))
}

func TestOneWhoDeclinesIsReplacedWhileTheOthersRing(t *testing.T) {
	h := newHall(t, ringingAt(2))
	e := h.entry("c1")
	out := h.stepAll(h.advert("alice"), h.advert("bob"), e)
	var rings []OfferID
	for _, s := range out.Sends {
		if r, ok := s.Cmd.(Reserve); ok {
			rings = append(rings, r.Offer)
			h.step(Reserved{Offer: r.Offer, Agent: AgentID(s.To.ID)})
		}
	}
	h.barring("alice", time.Minute)(&e)
	e.Offer = rings[1]
	h.step(h.advert("alice"))
	h.wantAsked(h.step(e))
	h.wantAsked(h.step(h.advert("carol")), "carol:c1")
	if out := h.step(Reserved{Offer: rings[1], Agent: "bob"}); len(out.Sends) > 0 {
		t.Fatalf("it rings already, and yet %v", out.Sends)
	}
}

func TestWhatIsAskedTooMuchIsTakenBack(t *testing.T) {
	h := newHall(t, ringingAt(3))
	e := h.entry("c1")
	h.stepAll(h.advert("alice"), h.advert("bob"), h.advert("carol"), e)
	e.Offer, e.More = "c1.x", []OfferID{"c1.y"}
	wantSends(t, h.step(e), "agent/carol acd.SlotRelease", "agent/bob acd.SlotRelease", "chat/c1 acd.AskStay")
	h.configure(ringingAt(1))
	wantSends(t, h.step(ConfigChanged{}), "agent/alice acd.SlotRelease")
}

// hands are a chat that waits, its policy's ring count and two who could have it.
func ringsAt(t *testing.T, n int) (*Chat, func(Principal, Command) Outcome) {
	config := &Config{
		Queues:  map[QueueID]*QueuePolicy{"support": {ID: "support", RingCount: n}},
		Sources: map[SourceID]*Source{"web": {ID: "web", Channel: "livechat", Queue: "support"}},
	}
	config.Normalize()
	chat, turns := NewChat("c1"), uint64(0)
	do := func(by Principal, cmd Command) Outcome {
		turns++
		out := chat.Step(Turn{Now: opening, By: by, Config: config, Entropy: turns}, cmd)
		if err := chat.Check(); err != nil {
			t.Fatalf("after %T: %v", cmd, err)
		}
		return out
	}
	do(Principal{Role: RoleCustomer, ID: "ann"}, Start{Chat: "c1", Source: "web", Queue: "support", Admitted: true})
	return chat, do
}

func grantTo(c *Chat, id OfferID, a AgentID) OfferGrant {
	return OfferGrant{Offer: id, Agent: a, Name: string(a), ID: c.Leg.ID, Decision: &Decision{Queue: "support"}}
}

func TestTheFirstToAcceptHasTheChatAndTheOthersHear(t *testing.T) {
	chat, do := ringsAt(t, 2)
	do(Principal{}, grantTo(chat, "c1.1", "alice"))
	do(Principal{}, grantTo(chat, "c1.2", "bob"))
	wantSends(t, do(Principal{}, grantTo(chat, "c1.3", "carol")),
		"agent/carol acd.SlotRelease", "queue/support acd.OfferVoid", "queue/support acd.Enqueue")
	if len(chat.Offers) != 2 {
		t.Fatalf("rings at %v", chat.Offers)
	}
	out := do(Principal{}, Accept{Offer: "c1.2", Agent: "bob"})
	if over, to := the[OfferOver](t, out); chat.Owner != "bob" || to.To != AgentID("alice").Address() || over.Reason != AcceptedElsewhere {
		t.Fatalf("%s has it, and %v hears %+v", chat.Owner, to.To, over)
	}
	if out := do(Principal{}, Accept{Offer: "c1.1", Agent: "alice"}); out.Err == nil {
		t.Fatal("a second one has accepted too")
	}
}

func TestOneWhoDoesNotAnswerLeavesTheOthersRinging(t *testing.T) {
	chat, do := ringsAt(t, 2)
	do(Principal{}, grantTo(chat, "c1.1", "alice"))
	do(Principal{}, grantTo(chat, "c1.2", "bob"))
	e, _ := the[Enqueue](t, do(Principal{}, Reject{Offer: "c1.1", Agent: "alice"}))
	if e.Offer != "c1.2" || len(e.More) != 0 || e.Exclude["alice"] == 0 {
		t.Fatalf("waits as %+v", e)
	}
	e, _ = the[Enqueue](t, do(Principal{}, OfferAborted{Offer: "c1.2", Agent: "bob", Why: AgentState}))
	if e.Offer != "" || e.Exclude["bob"] != 0 || chat.Phase != PhaseQueued {
		t.Fatalf("waits as %+v", e)
	}
}

func TestNoMoreRingThanTheChatLets(t *testing.T) {
	h := newHall(t, ringingAt(1))
	e := h.entry("c1")
	e.Rings = 1
	h.configure(ringingAt(3))
	h.wantAsked(h.stepAll(h.advert("alice"), h.advert("bob"), e), "alice:c1")
	chat, do := ringsAt(t, 2)
	do(Principal{}, grantTo(chat, "c1.1", "alice"))
	do(Principal{}, grantTo(chat, "c1.2", "bob"))
	if e, _ := the[Enqueue](t, do(Principal{}, grantTo(chat, "c1.3", "carol"))); e.Rings != 2 {
		t.Fatalf("a queue that wants more is told %+v", e)
	}
}
