package acd

import (
	"testing"
	"time"
)

// Both orders of every race of the model's section 7 that a chat decides and
// that needs nothing but offers, messages and ends. Numbers are the model's.

func acceptBy(p Principal) Accept { return Accept{Offer: "c1.1", Agent: AgentID(p.ID)} }
func rejectBy(p Principal) Reject { return Reject{Offer: "c1.1", Agent: AgentID(p.ID)} }

func race01AcceptThenTheOffersTimeIsUp(t *testing.T) {
	p := ringing(t).at(offerTimeout - 1)
	p.must(alice, acceptBy(alice))
	p.at(offerTimeout).expect(nobody, Tick{}, "")
}

func race01TheOffersTimeIsUpThenAccept(t *testing.T) {
	p := ringing(t).at(offerTimeout)
	p.must(nobody, Tick{})
	p.refused(alice, acceptBy(alice), offerGone(OfferRONA))
}

func race01AtTheDeadlineItselfTheOfferIsOverWhicheverComesFirst(t *testing.T) {
	p := ringing(t).at(offerTimeout)
	p.refused(alice, acceptBy(alice), offerGone(OfferRONA))
	p.refused(alice, rejectBy(alice), offerGone(OfferRONA))
	p.expect(nobody, Tick{}, `
		event OfferEnded c1.1 alice rona
		news agent/alice offered OfferEnded
		send agent/alice OfferOver c1.1 rona
		send queue/support Enqueue without=alice`)
	p.refused(alice, acceptBy(alice), offerGone(OfferRONA))
}

func race02AcceptThenTheCustomerLeaves(t *testing.T) {
	p := ringing(t)
	p.must(alice, acceptBy(alice))
	p.expect(kim, LeaveChat{}, `
		event ChatEnded by customer customer debt=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/alice Released mandatory customer
		ok`)
}

func race02TheCustomerLeavesThenAccept(t *testing.T) {
	p := ringing(t)
	p.must(kim, LeaveChat{})
	p.refused(alice, acceptBy(alice), offerGone(CustomerGone))
}

func race03AcceptThenReject(t *testing.T) {
	p := served(t)
	p.refused(alice, rejectBy(alice), offerGone(OfferAccepted))
}

func race03RejectThenAccept(t *testing.T) {
	p := ringing(t)
	p.must(alice, rejectBy(alice))
	p.refused(alice, acceptBy(alice), offerGone(OfferRejected))
	p.expect(alice, rejectBy(alice), "ok already_rejected")
}

func race04AcceptTwiceIsOneAccept(t *testing.T) {
	p := served(t)
	p.expect(alice, acceptBy(alice), "ok already_accepted")
	p.at(time.Hour).expect(alice, acceptBy(alice), "ok already_accepted")
}

// twoRing is a chat that rings at alice and bob, as a queue that asks several
// at once would have it; the rules so far never do, so it is made by hand.
func twoRing(t *testing.T) *play {
	p := ringing(t)
	for _, c := range []*Chat{p.chat, p.folded} {
		c.Offers = append(c.Offers, Offer{ID: "c1.2", Agent: "bob", Kind: OfferRoute, Started: morning, Deadline: morning.Add(offerTimeout), Attempt: 1})
	}
	return p
}

// race05 is won by the first of two accepts, and the loser hears so.
func race05(first Principal) func(*testing.T) {
	return func(t *testing.T) {
		p := twoRing(t)
		winner, loser, lost := "alice", bob, "c1.2"
		if first == bob {
			winner, loser, lost = "bob", alice, "c1.1"
		}
		won := map[string]string{"c1.1": "c1.2", "c1.2": "c1.1"}[lost]
		p.expect(first, Accept{OfferID(won), AgentID(winner)}, `
			event OfferEnded `+lost+` `+loser.ID+` accepted_elsewhere
			event Accepted `+won+` `+winner+`
			news agent/`+loser.ID+` offered OfferEnded
			news customer/kim customer Accepted
			news agent/`+winner+` offered Accepted
			news agent/`+winner+` agent Accepted
			send agent/`+loser.ID+` OfferOver `+lost+` accepted_elsewhere
			send agent/`+winner+` Assigned
			send queue/support Withdraw taken
			ok c1`)
		p.refused(loser, Accept{OfferID(lost), AgentID(loser.ID)}, offerGone(AcceptedElsewhere))
		p.refused(loser, ViewChat{}, ErrNotParticipant)
		p.refused(loser, SendText{Text: "hi"}, ErrNotParticipant)
	}
}

func TestOneOfTwoOffersThatEndsDoesNotSendTheChatBackYet(t *testing.T) {
	twoRing(t).expect(alice, rejectBy(alice), `
		event OfferEnded c1.1 alice rejected
		news agent/alice offered OfferEnded
		send agent/alice OfferOver c1.1 rejected
		ok c1`)
}

func race06RejectThenTheOffersTimeIsUp(t *testing.T) {
	p := ringing(t).at(offerTimeout - 1)
	p.must(alice, rejectBy(alice))
	p.at(offerTimeout).expect(nobody, Tick{}, "")
}

func race06TheOffersTimeIsUpThenReject(t *testing.T) {
	p := ringing(t).at(offerTimeout)
	p.must(nobody, Tick{})
	p.refused(alice, rejectBy(alice), offerGone(OfferRONA))
}

func race54AcceptThenForceEnd(t *testing.T) {
	p := served(t)
	p.must(sue, ForceEnd{"spam"})
	p.expect(alice, acceptBy(alice), "ok already_accepted")
	p.expect(alice, EndChat{}, "ok already_ended")
}

func race54ForceEndThenAccept(t *testing.T) {
	p := ringing(t)
	p.must(sue, ForceEnd{"spam"})
	p.refused(alice, acceptBy(alice), offerGone(OfferEndedChat))
}

func race14AcceptThenAbort(t *testing.T) {
	served(t).expect(nobody, OfferAborted{Offer: "c1.1", Agent: "alice", Why: AgentOffline}, `send agent/alice OfferOver c1.1 accepted`)
}

func race14AbortThenAccept(t *testing.T) {
	p := ringing(t)
	p.must(nobody, OfferAborted{Offer: "c1.1", Agent: "alice", Why: AgentState})
	p.refused(alice, acceptBy(alice), offerGone(AgentState))
}

func race20AGrantThenTheCustomerLeaves(t *testing.T) {
	p := ringing(t)
	p.expect(kim, EndChat{}, `
		event OfferEnded c1.1 alice customer_gone
		event ChatEnded by customer abandoned
		event ChatClosed
		news agent/alice offered OfferEnded
		news customer/kim customer ChatEnded
		send agent/alice OfferOver c1.1 customer_gone
		send queue/support Withdraw abandoned
		ok`)
}

func race20TheChatHasLeftOrIsTakenThenAGrant(t *testing.T) {
	void := `
		send agent/alice SlotRelease c1.1
		send queue/support OfferVoid c1.1`
	p := newPlay(t).start()
	g := p.grant(alice)
	p.must(kim, EndChat{})
	p.expect(nobody, g, void)

	p = newPlay(t).start()
	g = p.grant(alice)
	p.must(sue, TakeOver{})
	p.expect(nobody, g, void)

	p = newPlay(t).start() // moved
	g = p.grant(alice)
	p.must(sue, Requeue{Queue: "sales"})
	p.expect(nobody, g, void+"\nsend queue/sales Enqueue") // and where it waits now
}

func race21AGrantAgainWhileItRings(t *testing.T) {
	p := newPlay(t).start()
	g := p.grant(alice)
	p.must(nobody, g)
	p.at(time.Second).expect(nobody, g, `send agent/alice OfferStart c1.1`)
	if n := len(p.chat.Offers); n != 1 {
		t.Errorf("%d offers are open", n)
	}
}

func race21AGrantAgainAfterItsEnd(t *testing.T) {
	p := newPlay(t).start()
	g := p.grant(alice)
	p.must(nobody, g)
	p.must(alice, rejectBy(alice))
	p.expect(nobody, g, `send agent/alice OfferOver c1.1 rejected`)
}

func race25TheCustomerEndsThenTheAgent(t *testing.T) {
	p := served(t)
	p.must(kim, EndChat{})
	p.expect(alice, EndChat{}, "ok already_ended")
	p.expect(alice, LeaveChat{}, "ok already_ended")
	if p.chat.EndReason != EndedByCustomer {
		t.Errorf("it ended by %s", p.chat.EndReason)
	}
}

func race25TheAgentEndsThenTheCustomer(t *testing.T) {
	p := served(t)
	p.must(alice, EndChat{})
	p.expect(kim, EndChat{}, "ok already_ended")
	p.expect(kim, LeaveChat{}, "ok already_ended")
	if p.chat.EndReason != EndedByAgent {
		t.Errorf("it ended by %s", p.chat.EndReason)
	}
}

func race29TheCustomerReturnsThenTheGraceIsOver(t *testing.T) {
	p := newPlay(t).start()
	p.must(nobody, CustomerSeen{Online: false})
	p.at(graceWaiting-1).expect(nobody, CustomerSeen{Online: true}, "event CustomerBack\nsend queue/support AskPlace")
	p.at(graceWaiting).expect(nobody, Tick{}, "")
}

func race29TheGraceIsOverThenTheCustomerReturns(t *testing.T) {
	p := newPlay(t).start()
	p.must(nobody, CustomerSeen{Online: false})
	p.at(graceWaiting).must(nobody, Tick{})
	p.expect(nobody, CustomerSeen{Online: true}, "")
	if p.chat.EndReason != EndDisconnected {
		t.Errorf("it ended by %s", p.chat.EndReason)
	}
}

func race32MessageThenEnd(t *testing.T) {
	p := served(t)
	p.must(kim, SendText{Text: "bye"})
	p.must(alice, EndChat{})
	if p.chat.Messages != 1 {
		t.Errorf("%d messages are kept", p.chat.Messages)
	}
}

func race32EndThenMessage(t *testing.T) {
	p := served(t)
	p.must(alice, EndChat{})
	p.refused(kim, SendText{Text: "bye"}, ErrEnded)
	p.refused(alice, SendText{Text: "bye"}, ErrEnded)
	p.refused(bob, SendText{Text: "bye"}, ErrNotParticipant)
}

func race33TheCustomerWritesThenTheAgent(t *testing.T) {
	p := served(t)
	p.expect(kim, SendText{Text: "a"}, `
		event MessageSent 1 customer all alice=1
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		news agent/alice unread MessageSent
		ok message 1`)
	p.expect(alice, SendText{Text: "b"}, `
		event MessageSent 2 agent all alice=0
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		news agent/alice unread MessageSent
		ok message 2`)
}

func race33TheAgentWritesThenTheCustomer(t *testing.T) {
	p := served(t)
	p.expect(alice, SendText{Text: "b"}, `
		event MessageSent 1 agent all
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		ok message 1`)
	p.expect(kim, SendText{Text: "a"}, `
		event MessageSent 2 customer all alice=1
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		news agent/alice unread MessageSent
		ok message 2`)
}

func race44AcceptThenTheQueueIsDeleted(t *testing.T) {
	p := ringing(t)
	gone := EnqueueRefused{ID: p.chat.Leg.ID, Reason: "deleted"}
	p.must(alice, acceptBy(alice))
	p.expect(nobody, gone, "")
	p.shows(PhaseActive, "alice", LabelActive)
}

// An open offer runs to its end.
func race44TheQueueIsDeletedThenTheOfferEnds(t *testing.T) {
	gone := EnqueueRefused{Reason: "deleted"}
	p := ringing(t)
	gone.ID = p.chat.Leg.ID
	p.expect(nobody, gone, "")
	p.must(alice, acceptBy(alice))

	p = ringing(t)
	p.expect(nobody, gone, "")
	p.at(offerTimeout).expect(nobody, Tick{}, `
		event OfferEnded c1.1 alice rona
		news agent/alice offered OfferEnded
		send agent/alice OfferOver c1.1 rona
		send queue/support Enqueue without=alice`)
	p.expect(nobody, gone, `
		event ChatEnded by system queue_refused
		event ChatClosed
		news customer/kim customer ChatEnded
		send queue/support Withdraw ended`)
}

func race45TheOfferEndsThenTheLongestWait(t *testing.T) {
	late := func(c *Config) { c.Queues["support"].MaxWait = 10 * time.Second }
	p := ringing(t, late).at(9 * time.Second)
	p.must(alice, acceptBy(alice))
	p.at(10*time.Second).expect(nobody, Tick{}, "")
	p.shows(PhaseActive, "alice", LabelActive)

	p = ringing(t, late).at(9 * time.Second)
	p.must(alice, rejectBy(alice))
	p.at(10*time.Second).must(nobody, Tick{})
	if p.chat.EndReason != EndMaxWait {
		t.Errorf("the chat is %s by %s", p.chat.Phase, p.chat.EndReason)
	}
}

func race45TheLongestWaitDoesNotInterruptAnOffer(t *testing.T) {
	late := func(c *Config) { c.Queues["support"].MaxWait = 10 * time.Second }
	p := ringing(t, late)
	p.at(10*time.Second).expect(nobody, Tick{}, "")
	p.at(11*time.Second).must(alice, acceptBy(alice))
	if p.chat.Phase != PhaseActive {
		t.Errorf("the chat is %s", p.chat.Phase)
	}
	p = ringing(t, late)
	p.at(offerTimeout).expect(nobody, Tick{}, `
		event OfferEnded c1.1 alice rona
		event WaitedLong
		event ChatEnded by system max_wait
		event ChatClosed
		news agent/alice offered OfferEnded
		news customer/kim customer ChatEnded
		send agent/alice OfferOver c1.1 rona
		send queue/support Enqueue without=alice
		send queue/support Withdraw ended`)
}

func race45ARejectAfterTheLongestWaitIsFollowedByTheEnd(t *testing.T) {
	p := ringing(t, func(c *Config) { c.Queues["support"].MaxWait = 10 * time.Second }).at(12 * time.Second)
	p.must(alice, rejectBy(alice))
	if !due(p.chat.Deadline(), p.now) {
		t.Fatalf("the deadline is %v at %v", p.chat.Deadline(), p.now)
	}
	p.must(nobody, Tick{})
	if p.chat.EndReason != EndMaxWait {
		t.Errorf("the chat is %s by %s", p.chat.Phase, p.chat.EndReason)
	}
}

func race51LostThenTheAgentComesBackToAChatThatIsNoLongerHis(t *testing.T) {
	p := served(t)
	p.must(nobody, AgentLost{"c1", "alice"})
	p.refused(alice, SendText{Text: "I am back"}, ErrNotParticipant)
	p.refused(alice, EndChat{}, ErrNotParticipant)
	p.must(nobody, p.grant(alice)) // and to nobody's surprise it may be offered to him again
	p.must(alice, Accept{Offer: "c1.2", Agent: "alice"})
	if p.chat.Owner != "alice" || len(p.chat.Participants) != 1 {
		t.Errorf("the chat is %+v", p.chat.ChatState)
	}
}

func TestAgentLostAgainstEndAndLeave(t *testing.T) {
	p := served(t)
	p.must(alice, EndChat{})
	p.expect(nobody, AgentLost{"c1", "alice"}, "")

	p = served(t)
	p.must(nobody, AgentLost{"c1", "alice"})
	p.must(kim, EndChat{})
	if p.chat.EndReason != EndAbandoned || p.chat.Phase != PhaseClosed {
		t.Errorf("the chat is %s by %s", p.chat.Phase, p.chat.EndReason)
	}

	p = ringing(t)
	p.expect(nobody, AgentLost{"c1", "alice"}, "") // he is not in it: the offer is aborted by itself
	p.must(alice, acceptBy(alice))
}

func race49AWrapupFiledTwiceCountsOnce(t *testing.T) {
	p := served(t)
	p.must(alice, EndChat{})
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved"})
	p.expect(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "other"}, "")
}

func TestAnOfferWhoseTimeIsOverIsMissedThoughTheChatEndsFirst(t *testing.T) {
	p := ringing(t).at(offerTimeout)
	p.refused(alice, acceptBy(alice), offerGone(OfferRONA))
	p.must(kim, EndChat{})
	if past := p.chat.past("c1.1"); past == nil || past.Reason != OfferRONA {
		t.Errorf("alice was told that she missed it, and it ended as %+v", past)
	}
	p = ringing(t).at(offerTimeout - 1)
	p.must(kim, EndChat{})
	if past := p.chat.past("c1.1"); past == nil || past.Reason != CustomerGone {
		t.Errorf("before its time was over it ended as %+v", past)
	}
}
