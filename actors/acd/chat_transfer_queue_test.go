package acd

import (
	"testing"
	"time"
)

func TestC17AChatThatIsTransferredToAQueueIsServedWhileItWaits(t *testing.T) { // B10, B11
	p := served(t, func(c *Config) {
		c.Queues["sales"].TransferText = "Sales will be with you soon."
		c.Queues["sales"].TransferBoost = 10 * time.Second
	})
	p.at(time.Minute)
	to := TransferChat{ToQueue: "sales"}
	p.expect(alice, to, `forward queue/sales Admit`)
	p.expect(alice, Admitted{Queue: "sales", Then: to}, `
		event TransferStarted stay sales
		event Queued sales transfer
		event MessageSent 1 queue all
		event Labelled transfer_requested
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		news agent/alice agent Labelled
		send queue/sales Enqueue
		ok`)
	if l := p.chat.Leg; !l.EnteredAt.Equal(morning.Add(time.Minute)) || !l.Key.Equal(morning.Add(50*time.Second)) {
		t.Errorf("it waits as %+v", l)
	}
	if at := p.chat.Deadline(); !at.Equal(morning.Add(time.Minute + maxWait)) {
		t.Errorf("the deadline is %v", at)
	}
	p.must(alice, SendText{Text: "please wait a moment"})
	p.must(kim, SendText{Text: "all right"})
	p.refused(alice, TransferChat{ToQueue: "support"}, badState("a transfer of this chat is already open"))
}

func TestC17TheQueueMayLetTheSenderGoAtOnce(t *testing.T) { // M14
	p := served(t, func(c *Config) { c.Queues["support"].Flows.QueueTransfer = Blind })
	to := TransferChat{ToQueue: "sales"}
	p.must(alice, to)
	p.must(alice, Admitted{Queue: "sales", Then: to})
	if x := p.chat.Transfer; x == nil || x.Mode != Blind || p.chat.Owner != "" {
		t.Errorf("the transfer is %+v, owned by %q", x, p.chat.Owner)
	}
	p.refused(alice, SendText{Text: "one more thing"}, ErrNotParticipant)
}

func TestC18AndC19TheNextAgentOwnsTheChatAndItsSenderStaysUntilHeLeaves(t *testing.T) { // B6
	p := staying(t)
	p.must(nobody, p.grant(bob))
	if o := p.chat.Offers[0]; o.Kind != OfferRoute || o.From != "alice" || o.FromName == "" {
		t.Errorf("the offer is %+v", o)
	}
	p.shows(PhaseActive, "alice", LabelTransferRequested)
	p.expect(bob, Accept{Offer: "c1.2", Agent: "bob"}, `
		event Accepted c1.2 bob
		event TransferDone from alice to bob
		event OwnerSet bob
		event Labelled conference
		news customer/kim customer Accepted
		news agent/bob offered Accepted
		news agent/bob agent Accepted
		news agent/alice others Accepted
		news agent/alice sender TransferDone
		news agent/alice agent OwnerSet
		news agent/bob agent OwnerSet
		news agent/alice agent Labelled
		news agent/bob agent Labelled
		send agent/bob Assigned
		send queue/sales Withdraw taken
		ok c1`)
	p.shows(PhaseActive, "bob", LabelConference)
	if p.chat.LastLeg.Queue != "sales" || p.chat.NextPolicy != nil {
		t.Errorf("it comes from %+v", p.chat.LastLeg)
	}
	p.must(alice, LeaveChat{})
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestC17TheSenderLeavesBeforeTheNextAgentAccepts(t *testing.T) { // B12
	for _, rings := range []bool{false, true} {
		p := staying(t)
		leg := *p.chat.Leg
		if rings {
			p.must(nobody, p.grant(bob))
		}
		p.expect(alice, LeaveChat{}, `
			event Left alice left owner= mandatory
			news customer/kim customer Left
			news agent/alice agent Left
			send agent/alice Released mandatory left
			ok`)
		if !rings {
			p.must(nobody, p.grant(bob))
		}
		if p.chat.Leg.ID != leg.ID || !p.chat.Leg.Key.Equal(leg.Key) {
			t.Errorf("the stay was %+v and is %+v", leg, p.chat.Leg)
		}
		p.must(bob, Accept{Offer: "c1.2", Agent: "bob"})
		p.shows(PhaseActive, "bob", LabelActive)
		if p.chat.Transfer != nil {
			t.Errorf("the transfer is open: %+v", p.chat.Transfer)
		}
	}
}

func TestARejectedOfferOfAStayingTransferLooksForTheNextAgent(t *testing.T) {
	p := staying(t)
	p.must(nobody, p.grant(bob))
	p.expect(bob, Reject{Offer: "c1.2", Agent: "bob"}, `
		event OfferEnded c1.2 bob rejected
		news agent/bob offered OfferEnded
		send agent/bob OfferOver c1.2 rejected
		send queue/sales Enqueue without=bob
		ok c1`)
	p.shows(PhaseActive, "alice", LabelTransferRequested)
}

func TestC11AStayingTransferThatWaitedTooLongIsDropped(t *testing.T) {
	p := staying(t).at(maxWait)
	p.expect(nobody, Tick{}, `
		event LegDropped sales max_wait
		event TransferFailed from alice max_wait
		event Labelled active
		news agent/alice sender TransferFailed
		news agent/alice agent Labelled
		send queue/sales Withdraw moved`)
	p.shows(PhaseActive, "alice", LabelActive)
	if p.chat.LastLeg.Queue != "support" || !p.chat.Deadline().IsZero() {
		t.Errorf("it comes from %+v, its deadline is %v", p.chat.LastLeg, p.chat.Deadline())
	}
}

func TestC11AStayThatItsSenderHasLeftHasThePolicyOfItsQueue(t *testing.T) {
	p := staying(t, func(c *Config) { c.Queues["sales"].OnMaxWait = OnMaxWait{Queue: "support", Text: "one moment"} })
	p.must(alice, LeaveChat{})
	p.at(maxWait).expect(nobody, Tick{}, `
		event WaitedLong support
		event MessageSent 1 queue all
		event Queued support overflow
		news customer/kim customer MessageSent
		news customer/kim customer Queued
		send queue/sales Withdraw moved
		send queue/support Enqueue`)
}

func TestC23ABlindTransferToAQueueLetsItsSenderGoAtOnce(t *testing.T) {
	p := served(t)
	to := TransferChat{ToQueue: "sales", Mode: Blind}
	p.ask(alice, to)
	p.expect(alice, Admitted{Queue: "sales", Then: to}, `
		event TransferStarted blind sales
		event Left alice transferred owner= mandatory
		event Queued sales transfer
		event Labelled transfer_requested
		news customer/kim customer Left
		news agent/alice agent Left
		news customer/kim customer Queued
		send agent/alice Released mandatory transferred
		send queue/sales Enqueue
		ok`)
	p.must(nobody, p.grant(bob))
	p.accepts(bob)
	p.shows(PhaseActive, "bob", LabelActive)
}
