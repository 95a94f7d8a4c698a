package acd

import (
	"testing"
	"time"
)

// The races of the model whose mailbox is the agent's, in both orders.

func TestRace3And4AnswersFromTwoDevicesBothGoToTheChat(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann}")
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann}")
	d.expect(ann, RejectOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann Reason:}")
}

func TestRace14AcceptThenLogout(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.expect(ann, SetPresence{State: Offline}, "refused live_chats")
	d.expect(ann, SetPresence{State: Offline, Drain: true}, "presence draining by agent")
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds []")
	d.expect(nobodyHere, Released{Chat: "c1"}, "freed c1 | presence offline by system")
}

func TestRace14LogoutThenAccept(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.expect(ann, SetPresence{State: Offline}, "presence offline by agent | → chat/c1 aborted offline")
	d.expect(ann, AcceptOffer{Offer: offer}, "refused offer_gone offline")
}

func TestRace14AnAcceptThatCameTooLateLetsTheLogoutPass(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.do(nobodyHere, OfferOver{Offer: offer, Chat: "c1", Reason: CustomerGone})
	d.expect(ann, SetPresence{State: Offline}, "presence offline by agent")
}

func TestRace15AcceptThenNotReady(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent")
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds []")
}

func TestRace15NotReadyThenAccept(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent | → chat/c1 aborted agent_state")
	// The abort is on its way; the chat answers with what became of the offer.
	d.expect(ann, AcceptOffer{Offer: offer}, "⇒ chat/c1 {Offer:c1.1 Agent:ann}")
}

func TestRace16AcceptThenSocketDies(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds []")
	d.do(ann, SessionOpened{Session: "s2"})
	if v := d.view(); v.Focus != "c1" {
		t.Fatalf("%+v", v)
	}
}

func TestRace16AnAssignmentToWhoIsLostIsGivenBack(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.do(ann, AcceptOffer{Offer: offer})
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.wait(time.Minute)
	d.expect(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now)}, "focus c1 holds [] | → chat/c1 lost")
}

func TestRace18TwoQueuesAskForTheLastUnit(t *testing.T) {
	for _, order := range [][2]QueueID{{"support", "sales"}, {"sales", "support"}} {
		d := newDesk(t)
		d.serve()
		d.serve()
		d.expect(nobodyHere, Reserve{Offer: "x.1", Chat: "x", From: order[0], Channel: "livechat", Weight: 1},
			"→ queue/"+string(order[0])+" Reserved x.1")
		d.expect(nobodyHere, Reserve{Offer: "y.1", Chat: "y", From: order[1], Channel: "livechat", Weight: 1},
			"→ queue/"+string(order[1])+" denied capacity")
	}
}

func TestRace19ReserveThenNotReady(t *testing.T) {
	d := newDesk(t)
	offer := d.reserve()
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent")
	d.expect(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)}, "→ chat/c1 aborted agent_state")
}

func TestRace46AMissCancelsAQueuedAvailable(t *testing.T) {
	d := newDesk(t)
	d.serve()
	offer := d.ring()
	d.do(ann, SetPresence{State: Available, After: true})
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: offer, Chat: "c2", Reason: OfferRONA}, "struck c2.1 rona | next | presence rona by system")
}

func TestRace46AMissLeavesAQueuedNotReady(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	offer := d.ring()
	d.do(ann, SetPresence{State: NotReady, Reason: "lunch", After: true})
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: offer, Chat: "c2", Reason: OfferRONA}, "struck c2.1 rona | presence rona by system")
	d.expect(nobodyHere, Released{Chat: chat}, "freed c1 | next | presence not_ready lunch by system")
}

func TestRace46AMissNeverOverridesNotReady(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.KeepOffers = true })
	offer := d.ring()
	d.do(ann, SetPresence{State: NotReady})
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: offer, Chat: "c1", Reason: OfferRONA}, "struck c1.1 rona")
}

func TestRace47TheReturnOfTheClockAfterThePersonsOwnIsNothing(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.RONAReturn = time.Minute })
	d.miss()
	d.do(ann, SetPresence{State: NotReady})
	d.now = d.now.Add(time.Minute)
	d.expect(nobodyHere, Tick{}, "")
	d.do(ann, SetPresence{State: Available})
	d.miss()
	d.now = d.now.Add(time.Minute - time.Millisecond)
	d.expect(nobodyHere, Tick{}, "")
	d.now = d.now.Add(time.Millisecond)
	d.expect(nobodyHere, Tick{}, "presence available by system")
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent")
}

func TestRace48SubmitThenTimeout(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(timed)
	d.now = d.now.Add(time.Minute)
	d.expect(ann, Wrapup{Chat: chat, Code: "spam"}, "done c1 spam by agent | freed c1 | → chat/c1 filed spam by agent")
	d.expect(nobodyHere, Tick{}, "")
}

func TestRace48TimeoutThenSubmitAmendsWithinTheWindow(t *testing.T) {
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

func TestRace48TimeoutThenSubmitAfterTheWindowChangesNothing(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(timed)
	d.wait(6*time.Minute + time.Millisecond)
	d.expect(ann, Wrapup{Chat: chat, Code: "spam"}, "already_done")
	if p := d.a.Pending(); len(p) != 0 {
		t.Fatalf("%+v", p)
	}
}

func TestRace49TheSecondSubmitGetsAlreadyDone(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(mandatory)
	d.do(ann, Wrapup{Chat: chat, Code: "spam"})
	d.expect(ann, Wrapup{Chat: chat, Code: "spam"}, "already_done")
}

func TestRace50ReserveAndABlockingWrapup(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.reserve()
	if w := deskWords(d.out); w != "→ queue/support Reserved c2.1" {
		t.Fatalf("before: %s", w)
	}
	d.do(nobodyHere, Released{Chat: chat, Spec: blocking})
	d.reserve()
	if w := deskWords(d.out); w != "→ queue/support denied wrapup" {
		t.Fatalf("after: %s", w)
	}
}

func TestRace51BackAndLostAtTheEndOfTheGrace(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.now = d.now.Add(time.Minute)
	d.expect(ann, SessionOpened{Session: "s2"}, "")
	d.expect(nobodyHere, Tick{}, "")

	d.do(nobodyHere, SessionClosed{Session: "s2"})
	d.now = d.now.Add(time.Minute)
	d.expect(nobodyHere, Tick{}, "presence offline lost by system | → chat/c1 lost")
	d.expect(ann, SessionOpened{Session: "s3"}, "")
	d.expect(nobodyHere, Released{Chat: "c1"}, "freed c1")
}

func TestRace53OneSessionTakesThePlaceOfAnother(t *testing.T) {
	for _, order := range [][]Command{
		{SessionOpened{Session: "b"}, SessionClosed{Session: "s1"}},
		{SessionClosed{Session: "s1"}, SessionOpened{Session: "b"}, SessionClosed{Session: "s1"}},
	} {
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

func TestRace55AForcedStateTakesBackWhatRings(t *testing.T) {
	d := newDesk(t)
	d.ring()
	d.expect(chief, SetPresence{State: NotReady, Reason: "training"},
		"presence not_ready training by supervisor | → chat/c1 aborted agent_state")
}

func TestRace56ALowerCapacityAndAReserve(t *testing.T) {
	lower := deskConfig(func(c *Config) { c.Agents["ann"].Capacity = 1 })
	d := newDesk(t)
	d.reserve()
	d.reserve()
	if w := deskWords(d.out); w != "→ queue/support Reserved c2.1" {
		t.Fatalf("before: %s", w)
	}
	d.config = lower
	d.do(nobodyHere, ConfigChanged{})
	d.reserve()
	if w := deskWords(d.out); w != "→ queue/support denied capacity" {
		t.Fatalf("after: %s", w)
	}
}
