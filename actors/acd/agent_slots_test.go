package acd

import (
	"fmt"
	"testing"
	"time"
)

func TestA5AReservationIsGrantedOnlyToWhoCanTakeIt(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(*desk)
		ask    func(*desk)
		want   string
	}{
		{"available and free", nil, nil, "→ queue/support Reserved c1.1"},
		{"not ready", func(d *desk) { d.do(ann, SetPresence{State: NotReady}) }, nil, "→ queue/support denied presence"},
		{"offline", func(d *desk) { d.do(ann, SetPresence{State: Offline}) }, nil, "→ queue/support denied offline"},
		{"draining", func(d *desk) { d.serve(); d.do(ann, SetPresence{State: Offline, Drain: true}) }, nil, "→ queue/support denied presence"},
		{"in grace", func(d *desk) { d.do(nobodyHere, SessionClosed{Session: "s1"}) }, nil, "→ queue/support denied offline"},
		{"the last unit", func(d *desk) { d.serve(); d.ring() }, nil, "→ queue/support Reserved c3.1"},
		{"no unit left", func(d *desk) { d.serve(); d.ring(); d.reserve() }, nil, "→ queue/support denied capacity"},
		{"too heavy", func(d *desk) { d.serve() }, func(d *desk) { d.reserveOn("livechat", 3) }, "→ queue/support denied capacity"},
		{"just light enough", func(d *desk) { d.serve() }, func(d *desk) { d.reserveOn("livechat", 2) }, "→ queue/support Reserved c2.1"},
		{"a closed channel", func(d *desk) { d.do(ann, SetChannel{Channel: "livechat"}) }, nil, "→ queue/support denied channel"},
		{"another channel is closed", func(d *desk) { d.do(ann, SetChannel{Channel: "facebook"}) }, nil, "→ queue/support Reserved c1.1"},
		{"a full channel", func(d *desk) { d.reserveOn("facebook", 1) }, func(d *desk) { d.reserveOn("facebook", 1) }, "→ queue/support denied channel"},
		{"a wrap-up that keeps the slot", func(d *desk) { d.owe(mandatory); d.owe(mandatory) }, nil, "→ queue/support Reserved c3.1"},
		{"three of them", func(d *desk) { d.owe(mandatory); d.owe(mandatory); d.owe(timed) }, nil, "→ queue/support denied capacity"},
		{"a wrap-up that keeps the agent", func(d *desk) { d.owe(blocking) }, nil, "→ queue/support denied wrapup"},
		{"optional ones keep nothing", func(d *desk) { d.owe(optional); d.owe(optional); d.owe(optional) }, nil, "→ queue/support Reserved c4.1"},
		{"a chat that is here", func(d *desk) { d.serve() }, func(d *desk) {
			d.do(nobodyHere, Reserve{Offer: "c1.2", Chat: "c1", From: "sales", Channel: "livechat", Weight: 1})
		}, "→ queue/sales denied duplicate"},
		{"a chat that is owed for", func(d *desk) { d.owe(optional) }, func(d *desk) {
			d.do(nobodyHere, Reserve{Offer: "c1.2", Chat: "c1", From: "sales", Channel: "livechat", Weight: 1})
		}, "→ queue/sales denied wrapup"},
		{"an offer that is over", func(d *desk) { d.do(nobodyHere, SlotRelease{Offer: d.reserve()}); d.chats = 0 }, nil, "→ queue/support denied duplicate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			if c.before != nil {
				c.before(d)
			}
			if c.ask == nil {
				c.ask = func(d *desk) { d.reserve() }
			}
			if c.ask(d); deskLine(d.out) != c.want {
				t.Fatalf("got %s, want %s", deskLine(d.out), c.want)
			}
		})
	}
}

func TestA5WhoHasNotBeenRestoredGrantsNothing(t *testing.T) {
	d := coldDesk(t)
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied starting" {
		t.Fatal(w)
	}
}

func TestA6TheSameReservationGetsTheSameAnswer(t *testing.T) {
	d := newDesk(t)
	d.reserve()
	for range 2 {
		d.chats = 0
		d.reserve()
		if w := deskLine(d.out); w != "→ queue/support Reserved c1.1" {
			t.Fatal(w)
		}
	}
	if d.a.used() != 1 {
		t.Fatalf("used %d", d.a.used())
	}
}

func TestA7EveryAnswerIsFollowedByAFreshAdvert(t *testing.T) {
	d := newDesk(t)
	var last uint64
	for i := range 4 { // three grants and a denial
		d.reserve()
		ad := d.ad("support")
		if d.out.Sends[len(d.out.Sends)-1].Cmd == d.out.Sends[0].Cmd || ad.Gen <= last {
			t.Fatalf("%d: %+v", i, d.out.Sends)
		}
		if want := max(0, 2-i); ad.Free != want || ad.Used != min(3, i+1) || len(ad.Chats) != min(3, i+1) {
			t.Fatalf("%d: %+v", i, ad)
		}
		last = ad.Gen
	}
	for _, s := range d.out.Sends {
		if s.To == QueueID("sales").Address() {
			t.Fatal("a denial is no news to another queue")
		}
	}
}

func TestA7AQueueThatHeDoesNotServeIsToldSo(t *testing.T) {
	d := newDesk(t)
	d.do(nobodyHere, Reserve{Offer: "x.1", Chat: "x", From: "vip", Channel: "livechat", Weight: 9})
	if ad := d.ad("vip"); ad.SignedIn || ad.Available || ad.Free != 0 || ad.Gen == 0 {
		t.Fatalf("%+v", ad)
	}
}

func TestA8AnOfferRingsOnceAndNotAfterItIsOver(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	row := deskRow(offer, SlotAlerting, d.now)
	d.expect(nobodyHere, OfferStart{Slot: row}, "")
	d.do(nobodyHere, OfferOver{Offer: offer, Chat: "c1", Reason: CustomerGone})
	d.expect(nobodyHere, OfferStart{Slot: row}, "→ chat/c1 asks of c1.1")
	if v := d.view(); len(v.Slots) != 0 {
		t.Fatalf("%+v", v.Slots)
	}
}

func TestA8TheChatIsRightAboutASlotThatWasForgotten(t *testing.T) {
	d := newDesk(t)
	d.expect(nobodyHere, OfferStart{Slot: deskRow("c7.1", SlotAlerting, d.now)}, "→ chat/c7 asks of c7.1")
	if v := d.view(); len(v.Slots) != 0 {
		t.Fatalf("before the chat is sure: %+v", v)
	}
	d.expect(nobodyHere, OfferStart{Slot: deskRow("c7.1", SlotAlerting, d.now), Sure: true}, "")
	if v := d.view(); len(v.Slots) != 1 || v.Status != "alerting" || v.Used != 1 {
		t.Fatalf("%+v", v)
	}
	offer := d.reserve()
	d.wait(5 * time.Second)
	d.expect(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)}, "→ chat/c1 asks of c1.1")
	d.expect(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now), Sure: true}, "")
	if v := d.view(); len(v.Slots) != 2 {
		t.Fatalf("%+v", v)
	}
}

func TestA8WhatBeginsToRingAtOneWhoIsGoneIsTakenBack(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(*desk)
		want string
	}{
		{"not ready", func(d *desk) { d.do(ann, SetPresence{State: NotReady}) }, "→ chat/c1 aborted agent_state"},
		{"offline", func(d *desk) { d.do(ann, SetPresence{State: Offline}) }, "→ chat/c1 aborted offline"},
		{"lost", func(d *desk) { d.do(nobodyHere, SessionClosed{Session: "s1"}); d.wait(time.Minute) }, "→ chat/c1 aborted offline"},
		{"in grace", func(d *desk) { d.do(nobodyHere, SessionClosed{Session: "s1"}) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, func(c *Config) { c.Desk.ReserveTTL = time.Hour })
			offer := d.reserve()
			c.then(d)
			d.expect(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)}, c.want)
		})
	}
}

func TestA9AnAnswerGoesOnToTheChat(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann}")
	d.expect(ann, RejectOffer{Offer: offer, Reason: "busy"}, "⇒ chat/c1 {Offer:c1.1 Agent:ann Reason:busy}")
	d.expect(ann, AcceptOffer{Offer: "c9.4"}, "⇒ chat/c9 {Offer:c9.4 Agent:ann}")
	d.expect(ann, AcceptOffer{Offer: "c9"}, "refused not_found")
	d.expect(bea, AcceptOffer{Offer: offer}, "refused forbidden")
	d.expect(chief, AcceptOffer{Offer: offer}, "refused forbidden")
	d.expect(nobodyHere, AcceptOffer{Offer: offer}, "refused forbidden")
}

func TestA11TheFirstChatGetsTheFocus(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds []")
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "")
	offer = d.ring()
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "")
	if v := d.view(); v.Focus != "c1" || len(v.Slots) != 2 || v.Status != "interacting" {
		t.Fatalf("%+v", v)
	}
}

func TestA11AnAssignmentNeedsNoReservation(t *testing.T) {
	d := newDesk(t)
	d.expect(nobodyHere, Assigned{Slot: deskRow("c7.1", SlotConnected, d.now)}, "→ chat/c7 asks of c7.1")
	if d.a.used() != 0 {
		t.Fatal("it took a slot before the chat was sure")
	}
	d.expect(nobodyHere, Assigned{Slot: deskRow("c7.1", SlotConnected, d.now), Sure: true}, "focus c7 holds []")
	d.do(nobodyHere, Released{Chat: "c7"})
	d.expect(nobodyHere, Assigned{Slot: deskRow("c7.1", SlotConnected, d.now)}, "→ chat/c7 asks of c7.1")
	if d.a.used() != 0 {
		t.Fatal("a late assignment took a slot")
	}
}

func TestA12OnlyAMissThatCouldBeHeardIsAStrike(t *testing.T) {
	over := OfferOver{Offer: "c1.1", Chat: "c1", Reason: OfferRONA, MinAlert: 2 * time.Second}
	for _, c := range []struct {
		name string
		then func(*desk)
		want string
	}{
		{"as long as the shortest alert", func(d *desk) { d.wait(2 * time.Second) }, "struck c1.1 rona | presence rona by system"},
		{"shorter than that", func(d *desk) { d.wait(2*time.Second - time.Millisecond) }, ""},
		{"nobody there from the first second", func(d *desk) {
			d.wait(time.Second)
			d.do(nobodyHere, SessionClosed{Session: "s1"})
			d.wait(19 * time.Second)
		}, ""},
		{"there twice for long enough", func(d *desk) {
			d.wait(time.Second)
			d.do(nobodyHere, SessionClosed{Session: "s1"})
			d.wait(10 * time.Second)
			d.do(ann, SessionOpened{Session: "s2", Alerting: true})
			d.wait(time.Second)
		}, "struck c1.1 rona | presence rona by system"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.ring()
			c.then(d)
			d.expect(nobodyHere, over, c.want)
			d.expect(nobodyHere, over, "")
			if d.a.used() != 0 {
				t.Fatal("the slot stays")
			}
		})
	}
}

func TestA12WithoutAShortestAlertSomebodyMustStillHaveBeenThere(t *testing.T) {
	d := newDesk(t)
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.do(nobodyHere, OfferStart{Slot: deskRow("c1.1", SlotAlerting, d.now)})
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: "c1.1", Chat: "c1", Reason: OfferRONA}, "")
}

func TestA12AStrikeIsCountedOnceAnOffer(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.MaxNoAnswer = 9 })
	d.miss()
	// A restart brings the same offer again, and it rings out once more.
	d.do(nobodyHere, Restore{Slots: []SlotRow{deskRow("c1.1", SlotAlerting, d.now)}})
	d.do(ann, SessionOpened{Session: "s2", Alerting: true})
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: "c1.1", Chat: "c1", Reason: OfferRONA}, "")
	if d.a.state.Missed != 1 {
		t.Fatalf("%d misses", d.a.state.Missed)
	}
}

func TestA12EveryOtherEndOnlyFreesTheSlot(t *testing.T) {
	for _, why := range []OfferReason{AcceptedElsewhere, CustomerGone, OfferCancelled, AgentState, AgentGone,
		AgentOffline, TakenOver, OfferInterrupted, OfferEndedChat, OfferMoved} {
		d := newDesk(t)
		d.ring()
		d.wait(10 * time.Second)
		d.expect(nobodyHere, OfferOver{Offer: "c1.1", Chat: "c1", Reason: why}, "")
		if ad := d.ad("support"); ad.Free != 3 || ad.Used != 0 {
			t.Fatalf("%s: %+v", why, ad)
		}
	}
}

func TestA12ARejectDelaysTheNextOffer(t *testing.T) {
	d := newDesk(t)
	d.ring()
	d.expect(nobodyHere, OfferOver{Offer: "c1.1", Chat: "c1", Reason: OfferRejected}, "struck c1.1 rejected")
	if due := d.a.Deadline(); !due.Equal(d.now.Add(5 * time.Second)) {
		t.Fatalf("due %s", due)
	}
	d.wait(5*time.Second - time.Millisecond)
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied delay" {
		t.Fatal(w)
	}
	d.wait(time.Millisecond)
	if ad := d.ad("sales"); ad.Free != 3 {
		t.Fatalf("%+v", ad)
	}
}

func TestA12AShortDelayDoesNotEndALongOne(t *testing.T) {
	sticky := false
	d := newDesk(t, func(c *Config) { c.Desk.StickyRONA = &sticky })
	offer := d.ring()
	d.miss()
	chat, _ := offer.Chat()
	d.do(nobodyHere, OfferOver{Offer: offer, Chat: chat, Reason: OfferRejected})
	if due := d.a.Deadline(); !due.Equal(d.now.Add(30 * time.Second)) {
		t.Fatalf("due in %s", due.Sub(d.now))
	}
}

func TestA15AReservationThatNobodyUsesExpires(t *testing.T) {
	d := newDesk(t)
	d.reserve()
	d.now = d.now.Add(4 * time.Second)
	d.expect(nobodyHere, Tick{}, "")
	if d.a.used() != 1 {
		t.Fatal("freed too soon")
	}
	d.wait(time.Second)
	if ad := d.ad("support"); ad.Free != 3 || ad.Used != 0 {
		t.Fatalf("%+v", ad)
	}
	d.reserve()
	d.do(nobodyHere, SlotRelease{Offer: "c2.1"})
	if ad := d.ad("support"); ad.Free != 3 {
		t.Fatalf("released: %+v", ad)
	}
}

func TestA15AStaleReleaseLeavesWhatRings(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(nobodyHere, SlotRelease{Offer: offer})
	if v := d.view(); len(v.Slots) != 1 {
		t.Fatal("a ringing slot was released")
	}
}

func TestA28AdvertsFollowTheConfiguration(t *testing.T) {
	d := newDesk(t)
	chats := []ChatID{d.serve(), d.serve()}
	d.config = deskConfig(func(c *Config) {
		p := c.Agents["ann"]
		p.Queues, p.Capacity = []QueueID{"sales", "vip"}, 1
	})
	d.do(nobodyHere, ConfigChanged{})
	if ad := d.ad("support"); ad.SignedIn || ad.Available || ad.Free != 0 {
		t.Fatalf("the queue he left: %+v", ad)
	}
	for _, q := range []QueueID{"sales", "vip"} {
		if ad := d.ad(q); !ad.SignedIn || ad.Free != 0 || ad.Used != 2 || ad.Capacity != 1 {
			t.Fatalf("%s: %+v", q, ad)
		}
	}
	if v := d.view(); len(v.Slots) != len(chats) {
		t.Fatal("a chat above the new capacity was dropped")
	}
}

func TestAdvertsGoOutOnlyWhenTheySaySomethingNew(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.wait(time.Second)
	for _, c := range []struct {
		by  Principal
		cmd Command
	}{{ann, ViewAgent{}}, {ann, Focus{}}, {nobodyHere, Tick{}}, {ann, SessionOpened{Session: "s9", Alerting: true}}, {ann, SetOpened{Chat: "c1", On: true}}} {
		if out := d.do(c.by, c.cmd); len(out.Sends) != 0 {
			t.Fatalf("%T: %+v", c.cmd, out.Sends)
		}
	}
}

func TestAdvertsTellTheRoomOfLimitedAndClosedChannels(t *testing.T) {
	d := newDesk(t)
	d.do(ann, SetChannel{Channel: "livechat"})
	if room := d.ad("support").Room; fmt.Sprint(room) != "map[facebook:1 livechat:0]" {
		t.Fatal(room)
	}
	d.reserveOn("facebook", 1)
	if room := d.ad("sales").Room; fmt.Sprint(room) != "map[facebook:0 livechat:0]" {
		t.Fatal(room)
	}
}

func TestAnAgentIsIdleSinceHeWasFreeOrAvailable(t *testing.T) {
	d := newDesk(t)
	idle := func() time.Duration { return d.a.sent.IdleSince.Sub(deskDay) }
	chat := d.owe(mandatory)
	if idle() != 0 {
		t.Fatal(idle())
	}
	d.wait(time.Minute)
	d.do(ann, Wrapup{Chat: chat, Code: "spam"})
	if idle() != time.Minute {
		t.Fatalf("free of chats: %s", idle())
	}
	d.wait(time.Minute)
	d.do(ann, SetPresence{State: NotReady})
	d.wait(time.Minute)
	d.do(ann, SetPresence{State: Available})
	if idle() != 3*time.Minute {
		t.Fatalf("available: %s", idle())
	}
	d.wait(time.Minute)
	d.serve()
	if idle() != 4*time.Minute {
		t.Fatalf("given a chat: %s", idle())
	}
}

func TestA11AChatThatHasGrownHeavierIsHisThoughItDoesNotFit(t *testing.T) {
	d := newDesk(t) // every step is held against what was granted
	d.serve()
	d.serve()
	row := deskRow(d.ring(), SlotConnected, d.now)
	row.Weight = 2
	d.do(nobodyHere, Assigned{Slot: row})
	if used := d.a.used(); used != 4 {
		t.Errorf("%d units are used of 3, want the 4 that there are", used)
	}
	if d.reserve(); deskLine(d.out) != "→ queue/support denied capacity" {
		t.Error(deskLine(d.out))
	}
}
