package acd

import (
	"testing"
	"time"
)

// The races of the model whose mailbox is the agent's, in both orders.

func race04AnswersFromTwoDevicesBothGoToTheChat(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann}")
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann}")
	d.expect(ann, RejectOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann Reason:}")
}

func race14AcceptThenLogout(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.expect(ann, SetPresence{State: Offline}, "refused live_chats")
	d.expect(ann, SetPresence{State: Offline, Drain: true}, "presence draining by agent")
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds []")
	d.expect(nobodyHere, Released{Chat: "c1"}, "freed c1 | presence offline by system")
}

func race14LogoutThenAccept(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.expect(ann, SetPresence{State: Offline}, "presence offline by agent | → chat/c1 aborted offline")
	d.expect(ann, AcceptOffer{Offer: offer}, "refused offer_gone offline")
}

func race14AnAcceptThatCameTooLateLetsTheLogoutPass(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.do(nobodyHere, OfferOver{Offer: offer, Chat: "c1", Reason: CustomerGone})
	d.expect(ann, SetPresence{State: Offline}, "presence offline by agent")
}

func race15AcceptThenNotReady(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent")
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds []")
}

func race15NotReadyThenAccept(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent | → chat/c1 aborted agent_state")
	// The abort is on its way; the chat answers with what became of the offer.
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann}")
}

func race16AcceptThenSocketDies(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds []")
	d.do(ann, SessionOpened{Session: "s2", Alerting: true})
	if v := d.view(); v.Focus != "c1" {
		t.Fatalf("%+v", v)
	}
}

func race16TheSocketDiesThenAccept(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.wait(10 * time.Second)
	d.do(ann, SessionOpened{Session: "s2", Alerting: true})
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann}")
}

func race16AnAssignmentToWhoIsLostIsGivenBack(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.wait(time.Minute)
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds [] | → chat/c1 lost")
}

// race18 is two queues that ask for the last unit.
func race18(order ...QueueID) func(*testing.T) {
	return func(t *testing.T) {
		d := newDesk(t)
		d.serve()
		d.serve()
		d.expect(nobodyHere, Reserve{Offer: "x.1", Chat: "x", From: order[0], Channel: "livechat", Weight: 1},
			"→ queue/"+string(order[0])+" Reserved x.1")
		d.expect(nobodyHere, Reserve{Offer: "y.1", Chat: "y", From: order[1], Channel: "livechat", Weight: 1},
			"→ queue/"+string(order[1])+" denied capacity")
	}
}

func race19ReserveThenNotReady(t *testing.T) {
	d := newDesk(t)
	offer := d.reserve()
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent")
	d.expect(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)}, "→ chat/c1 aborted agent_state")
}

func race19ReserveThenWrapupAndGrace(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	offer := d.reserve()
	d.expect(nobodyHere, Released{Chat: chat, Spec: blocking}, "owes c1 mandatory")
	d.expect(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)}, "→ chat/c2 aborted agent_state")

	d = newDesk(t)
	offer = d.reserve()
	d.expect(nobodyHere, SessionClosed{Session: "s1"}, "")
	d.expect(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)}, "") // he may be back in time
	d.wait(time.Minute)
	if w := deskLine(d.out); w != "presence offline lost by system | → chat/c1 aborted agent_lost" {
		t.Errorf("at the end of the grace: %s", w)
	}

	d = newDesk(t)
	offer = d.reserve()
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.do(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)})
	d.do(nobodyHere, SessionOpened{Session: "s2", Alerting: true}) // a page loaded anew
	if d.do(ann, AcceptOffer{Offer: offer}); d.out.Err != nil || d.out.Forward == nil {
		t.Errorf("who is back in time takes it: %s", deskLine(d.out))
	}

	d = newDesk(t)
	offer = d.reserve()
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.do(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)})
	d.wait(30 * time.Second)                                                                                // longer than it rings
	d.expect(nobodyHere, OfferOver{Offer: offer, Chat: "c1", Reason: OfferRONA, MinAlert: time.Second}, "") // and is not held against him
	if p := d.presence(); p != "available" {
		t.Errorf("he is %s", p)
	}
}

func race19NotReadyWrapupAndGraceThenReserve(t *testing.T) {
	for want, before := range map[string]func(*desk){
		"presence": func(d *desk) { d.do(ann, SetPresence{State: NotReady}) },
		"wrapup":   func(d *desk) { d.owe(blocking) },
		"offline":  func(d *desk) { d.do(nobodyHere, SessionClosed{Session: "s1"}) },
	} {
		d := newDesk(t)
		before(d)
		if d.reserve(); deskLine(d.out) != "→ queue/support denied "+want {
			t.Errorf("got %s, want denied %s", deskLine(d.out), want)
		}
	}
}

func race46AMissThenANextState(t *testing.T) {
	for next, want := range map[PresenceState]string{
		NotReady:  "freed c1 | next | presence not_ready by system",
		Available: "freed c1 | next | presence available by system",
	} {
		d := newDesk(t)
		chat := d.serve()
		d.miss()
		d.expect(ann, SetPresence{State: next, After: true}, "next "+string(next))
		d.expect(nobodyHere, Released{Chat: chat}, want)
	}
}

func race46AMissCancelsAQueuedAvailable(t *testing.T) {
	d := newDesk(t)
	d.serve()
	offer := d.ring()
	d.do(ann, SetPresence{State: Available, After: true})
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: offer, Chat: "c2", Reason: OfferRONA}, "struck c2.1 rona | next | presence rona by system")
}

func race46AMissLeavesAQueuedNotReady(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	offer := d.ring()
	d.do(ann, SetPresence{State: NotReady, Reason: "lunch", After: true})
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: offer, Chat: "c2", Reason: OfferRONA}, "struck c2.1 rona | presence rona by system")
	d.expect(nobodyHere, Released{Chat: chat}, "freed c1 | next | presence not_ready lunch by system")
}

func race46AMissNeverOverridesNotReady(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.KeepOffers = true })
	offer := d.ring()
	d.do(ann, SetPresence{State: NotReady})
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: offer, Chat: "c1", Reason: OfferRONA}, "struck c1.1 rona")
}

func race47TheReturnOfTheClockAfterThePersonsOwnIsNothing(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.RONAReturn = time.Minute })
	d.miss()
	d.do(ann, SetPresence{State: NotReady})
	d.now = d.now.Add(time.Minute)
	d.expect(nobodyHere, Tick{}, "")
}

func race47TheReturnOfTheClockThenThePersonsOwn(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.RONAReturn = time.Minute })
	d.miss()
	d.now = d.now.Add(time.Minute - time.Millisecond)
	d.expect(nobodyHere, Tick{}, "")
	d.now = d.now.Add(time.Millisecond)
	d.expect(nobodyHere, Tick{}, "presence available by system")
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent")
}

func race48SubmitThenTimeout(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(timed)
	d.now = d.now.Add(time.Minute)
	d.expect(ann, Wrapup{Chat: chat, Code: "spam"}, "done c1 spam by agent | freed c1 | → chat/c1 filed spam by agent")
	d.expect(nobodyHere, Tick{}, "")
}

func race48TimeoutThenSubmitAmendsWithinTheWindow(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(timed)
	d.wait(time.Minute)
	d.expect(ann, Wrapup{Chat: chat, Code: "bored"}, "refused bad_code")
	d.wait(5 * time.Minute)
	d.expect(ann, Wrapup{Chat: chat, Code: "spam", Notes: "late"}, "amended c1 spam | → chat/c1 filed spam by agent")
	d.expect(ann, Wrapup{Chat: chat, Code: "solved"}, "already_done")
	if p := d.a.Pending(); len(p) != 1 || p[0].Key != "wrapup/c1" || p[0].Cmd.(WrapupFiled).Notes != "late" {
		t.Fatalf("%+v", p)
	}
}

func race48TimeoutThenSubmitAfterTheWindowChangesNothing(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(timed)
	d.wait(6*time.Minute + time.Millisecond)
	d.expect(ann, Wrapup{Chat: chat, Code: "spam"}, "already_done")
	if p := d.a.Pending(); len(p) != 0 {
		t.Fatalf("%+v", p)
	}
}

// race49 is a wrap-up that two devices file: the first counts.
func race49(first, second string) func(*testing.T) {
	return func(t *testing.T) {
		d := newDesk(t)
		chat := d.owe(mandatory)
		d.expect(ann, Wrapup{Chat: chat, Code: first}, "done c1 "+first+" by agent | freed c1 | → chat/c1 filed "+first+" by agent")
		d.expect(ann, Wrapup{Chat: chat, Code: second}, "already_done")
	}
}

func race50ReserveThenABlockingWrapup(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support Reserved c2.1" {
		t.Fatalf("before: %s", w)
	}
	d.expect(nobodyHere, Released{Chat: chat, Spec: blocking}, "owes c1 mandatory")
}

func race50ABlockingWrapupThenReserve(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.do(nobodyHere, Released{Chat: chat, Spec: blocking})
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied wrapup" {
		t.Fatalf("after: %s", w)
	}
}

func race51BackThenTheEndOfTheGrace(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.now = d.now.Add(time.Minute)
	d.expect(ann, SessionOpened{Session: "s2", Alerting: true}, "")
	d.expect(nobodyHere, Tick{}, "")
}

func race51TheEndOfTheGraceThenBack(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.now = d.now.Add(time.Minute)
	d.expect(nobodyHere, Tick{}, "presence offline lost by system | → chat/c1 lost")
	d.expect(ann, SessionOpened{Session: "s3", Alerting: true}, "")
	d.expect(nobodyHere, Released{Chat: "c1"}, "freed c1")
}

// race53 is one session that takes the place of another.
func race53(order ...Command) func(*testing.T) {
	return func(t *testing.T) {
		d := newDesk(t)
		for _, cmd := range order {
			d.do(ann, cmd)
		}
		d.wait(time.Hour)
		if d.presence() != "available" {
			t.Fatalf("%T first: %s", order[0], d.presence())
		}
	}
}

func race55AForcedStateTakesBackWhatRings(t *testing.T) {
	d := newDesk(t)
	d.ring()
	d.expect(chief, SetPresence{State: NotReady, Reason: "training"},
		"presence not_ready training by supervisor | → chat/c1 aborted agent_state")
}

func race55AcceptThenAForcedState(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.expect(chief, SetPresence{State: NotReady, Reason: "training"}, "presence not_ready training by supervisor")
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds []")
}

func race56ReserveThenALowerCapacity(t *testing.T) {
	d := newDesk(t)
	d.reserve()
	offer := d.reserve()
	if w := deskLine(d.out); w != "→ queue/support Reserved c2.1" {
		t.Fatalf("before: %s", w)
	}
	d.config = deskConfig(func(c *Config) { c.Agents["ann"].Capacity = 1 })
	d.expect(nobodyHere, ConfigChanged{}, "")
	d.do(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)})
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c2 {Offer:c2.1 Agent:ann}") // what was granted stands
}

func race56ALowerCapacityThenReserve(t *testing.T) {
	lower := deskConfig(func(c *Config) { c.Agents["ann"].Capacity = 1 })
	d := newDesk(t)
	d.reserve()
	d.config = lower
	d.do(nobodyHere, ConfigChanged{})
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied capacity" {
		t.Fatalf("after: %s", w)
	}
}
