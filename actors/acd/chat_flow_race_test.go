package acd

import (
	"testing"
	"time"
)

// Both orders of the races of the model's section 7 that a chat decides when a
// second agent or a supervisor is in it. Numbers are the model's.

func bobAccepts() Accept { return Accept{Offer: "c1.2", Agent: "bob"} }

func TestRace07AcceptThenASupervisorTakesOver(t *testing.T) {
	p := served(t)
	p.must(sue, TakeOver{})
	p.shows(PhaseActive, "sue", LabelActive)
	if !p.chat.owes("alice") {
		t.Error("alice owes no wrap-up")
	}
}

func TestRace07ASupervisorTakesOverThenAccept(t *testing.T) {
	p := ringing(t)
	p.must(sue, TakeOver{})
	p.refused(alice, acceptBy(alice), offerGone(TakenOver))
}

func TestRace08AcceptThenTheSenderCancelsTheTransfer(t *testing.T) {
	p := warm(t)
	x := p.chat.Transfer.ID
	p.must(bob, bobAccepts())
	p.refused(alice, CancelTransfer{x}, ErrTooLate)
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestRace08TheSenderCancelsTheTransferThenAccept(t *testing.T) {
	p := warm(t)
	p.must(alice, CancelTransfer{p.chat.Transfer.ID})
	p.refused(bob, bobAccepts(), offerGone(OfferCancelled))
	p.shows(PhaseActive, "alice", LabelActive)
}

func TestRace09AcceptThenTheSenderEndsTheChat(t *testing.T) {
	p := warm(t)
	p.must(bob, bobAccepts())
	p.refused(alice, EndChat{}, ErrNotParticipant)
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestRace09TheSenderEndsTheChatThenAccept(t *testing.T) {
	p := warm(t)
	p.expect(alice, EndChat{}, `
		event OfferEnded c1.2 bob ended
		event TransferFailed from alice ended
		event ChatEnded by agent agent debt=alice
		news agent/bob offered OfferEnded
		news agent/alice sender TransferFailed
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/bob OfferOver c1.2 ended
		send agent/alice Released mandatory agent
		ok`)
	p.refused(bob, bobAccepts(), offerGone(OfferEndedChat))
}

func TestRace10AcceptThenTheSenderIsLost(t *testing.T) {
	p := warm(t)
	p.must(bob, bobAccepts())
	p.expect(nobody, AgentLost{"c1", "alice"}, "") // he is in wrap-up already
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestRace10TheSenderIsLostThenAccept(t *testing.T) {
	p := warm(t)
	p.expect(nobody, AgentLost{"c1", "alice"}, `
		event Left alice lost owner= none
		news customer/kim customer Left
		news agent/alice agent Left
		send agent/alice Released none lost`)
	p.shows(PhaseQueued, "", LabelTransferRequested)
	p.must(bob, bobAccepts())
	p.shows(PhaseActive, "bob", LabelActive)

	p = warm(t)
	p.must(nobody, AgentLost{"c1", "alice"})
	p.must(bob, Reject{Offer: "c1.2", Agent: "bob"})
	if p.chat.Leg == nil || p.chat.Leg.Queue != "support" || !p.chat.Leg.EnteredAt.Equal(morning) {
		t.Errorf("nobody took it and it waits as %+v", p.chat.Leg)
	}
}

func TestRace11TheTargetsTimeIsUpThenTheSenderLeaves(t *testing.T) {
	p := warm(t).at(transferAccept)
	p.must(nobody, Tick{})
	p.refused(alice, LeaveChat{}, ErrSoleAgent)
}

func TestRace11TheSenderLeavesThenTheTargetsTimeIsUp(t *testing.T) {
	p := warm(t)
	p.refused(alice, LeaveChat{}, ErrTransferring)
	p.at(transferAccept).must(nobody, Tick{})
	p.shows(PhaseActive, "alice", LabelActive)
}

func deleted(p *play) EnqueueRefused { return EnqueueRefused{ID: p.chat.Leg.ID, Reason: "deleted"} }

func TestRace12AcceptThenTheQueueOfTheTransferIsDeleted(t *testing.T) {
	p := staying(t)
	gone := deleted(p)
	p.must(nobody, p.grant(bob))
	p.must(bob, bobAccepts())
	p.expect(nobody, gone, "")
	p.shows(PhaseActive, "bob", LabelConference)
}

func TestRace12TheQueueOfTheTransferIsDeletedThenAccept(t *testing.T) {
	p := staying(t)
	p.expect(nobody, deleted(p), `
		event LegDropped sales queue_deleted
		event TransferFailed from alice queue_deleted
		event Labelled active
		news agent/alice sender TransferFailed
		news agent/alice agent Labelled
		send queue/sales Withdraw moved`)
	p.expect(nobody, OfferGrant{Offer: "c1.2", Agent: "bob", ID: "stale", Decision: Decision{Queue: "sales"}}, `
		send agent/bob SlotRelease c1.2
		send queue/sales OfferVoid c1.2`)
	p.shows(PhaseActive, "alice", LabelActive)

	p = staying(t) // while it rings, the offer runs to its end
	p.must(nobody, p.grant(bob))
	p.expect(nobody, deleted(p), "")
	p.must(bob, Reject{Offer: "c1.2", Agent: "bob"})
	p.must(nobody, deleted(p))
	p.shows(PhaseActive, "alice", LabelActive)
}

func TestRace13TheSenderLeavesThenTheNextAgentAccepts(t *testing.T) {
	p := staying(t)
	p.must(nobody, p.grant(bob))
	p.must(alice, LeaveChat{})
	p.shows(PhaseQueued, "", LabelTransferRequested)
	p.must(bob, bobAccepts())
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestRace13TheNextAgentAcceptsThenTheSenderLeaves(t *testing.T) {
	p := staying(t)
	p.must(nobody, p.grant(bob))
	p.must(bob, bobAccepts())
	p.must(alice, LeaveChat{})
	p.shows(PhaseActive, "bob", LabelActive)
	if !p.chat.owes("alice") { // as she would if she had left before
		t.Error("alice owes no wrap-up")
	}
	p = staying(t)
	p.must(nobody, p.grant(bob))
	p.must(bob, bobAccepts())
	p.expect(bob, EndChat{}, `
		event ChatEnded by agent agent apart=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		news agent/bob agent ChatEnded
		send agent/alice Released mandatory agent
		send agent/bob Released none agent
		ok`)
	if o := p.chat.Owing; len(o) != 1 || o[0].Spec.Mode != WrapupMandatory {
		t.Errorf("owing is %+v", o)
	}
}

func TestRace22APickThenAnAutomaticGrant(t *testing.T) {
	p := newPlay(t).start()
	g := p.grant(bob)
	p.must(alice, p.yes(p.ask(alice, Pick{})))
	p.expect(nobody, g, `
		send agent/bob SlotRelease c1.1
		send queue/support OfferVoid c1.1`)
	p.shows(PhaseActive, "alice", LabelActive)
}

func TestRace22AnAutomaticOfferThenAPick(t *testing.T) {
	p := newPlay(t).start()
	yes := p.yes(p.ask(alice, Pick{}))
	p.must(nobody, p.grant(bob))
	p.expect(alice, yes, "send agent/alice SlotRelease c1.1\nrefused taken: the chat is being offered to somebody")
	p.must(bob, bobAccepts())
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestRace23TheFirstOfTwoPicksHasIt(t *testing.T) {
	for _, first := range []Principal{alice, bob} {
		p := newPlay(t).start()
		yes := map[Principal]SlotGranted{alice: p.yes(p.ask(alice, Pick{})), bob: p.yes(p.ask(bob, Pick{}))}
		second := map[Principal]Principal{alice: bob, bob: alice}[first]
		p.must(first, yes[first])
		out := p.do(second, yes[second])
		if r, ok := out.Err.(*Refusal); !ok || r.Code != ErrTaken.Code || r.Reason != first.ID || len(out.Sends) != 1 {
			t.Errorf("the second pick is answered with %v and %v", out.Err, out.Sends)
		}
		p.shows(PhaseActive, AgentID(first.ID), LabelActive)
		out = p.do(second, Pick{})
		if r, ok := out.Err.(*Refusal); !ok || r.Reason != first.ID {
			t.Errorf("a later pick is answered with %v", out.Err)
		}
	}
}

func TestRace24APickThenTheCustomerLeaves(t *testing.T) {
	p := newPlay(t).start()
	p.must(alice, p.yes(p.ask(alice, Pick{})))
	p.over(p.must(kim, EndChat{}), EndedByCustomer)
}

func TestRace24TheCustomerLeavesThenAPick(t *testing.T) {
	p := newPlay(t).start()
	yes := p.yes(p.ask(alice, Pick{}))
	p.must(kim, EndChat{})
	p.expect(alice, yes, "send agent/alice SlotRelease c1.1\nrefused "+ErrEnded.Error())
	p.refused(alice, Pick{}, ErrEnded)
}

func TestRace26TheCustomerEndsDuringAWarmTransfer(t *testing.T) {
	p := warm(t)
	p.expect(kim, EndChat{}, `
		event OfferEnded c1.2 bob customer_gone
		event TransferFailed from alice customer_gone
		event ChatEnded by customer customer debt=alice
		news agent/bob offered OfferEnded
		news agent/alice sender TransferFailed
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/bob OfferOver c1.2 customer_gone
		send agent/alice Released mandatory customer
		ok`)
	p.refused(bob, bobAccepts(), offerGone(CustomerGone))
	p = warm(t)
	p.must(bob, bobAccepts())
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved"})
	p.over(p.must(kim, EndChat{}), EndedByCustomer)
}

func TestRace27TheCustomerEndsDuringAConference(t *testing.T) {
	p := conference(t)
	p.expect(kim, EndChat{}, `
		event ChatEnded by customer customer debt=alice debt=bob
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		news agent/bob agent ChatEnded
		send agent/alice Released mandatory customer
		send agent/bob Released mandatory customer
		ok`)
	p.expect(alice, EndConference{}, "ok already_ended")
	p = conference(t)
	p.must(alice, EndConference{})
	p.over(p.must(kim, EndChat{}), EndedByCustomer)
}

func TestRace28TheCustomerEndsDuringAConsultation(t *testing.T) {
	p := consulting(t)
	p.expect(kim, EndChat{}, `
		event ChatEnded by customer customer debt=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		news agent/bob agent ChatEnded
		send agent/alice Released mandatory customer
		send agent/bob Released none customer
		ok`)
	p.refused(alice, EndConsult{}, ErrEnded)
	p = consulting(t)
	p.must(alice, EndConsult{})
	p.over(p.must(kim, EndChat{}), EndedByCustomer)
}

func TestRace34AMessageToAChatThatMoves(t *testing.T) {
	hears := func(out Outcome, who AgentID) (n int) {
		for _, news := range out.News {
			if news.To == who.Stream() && news.View == ToAgent {
				n++
			}
		}
		return n
	}
	p := warm(t)
	if out := p.must(kim, SendText{Text: "hello"}); hears(out, "alice") != 1 || hears(out, "bob") != 0 {
		t.Errorf("before: %s", told(out))
	}
	view := p.must(bob, bobAccepts()).Events[0].(Accepted).View
	if out := p.must(kim, SendText{Text: "are you there?"}); hears(out, "alice") != 0 || hears(out, "bob") != 1 {
		t.Errorf("after: %s", told(out))
	}
	if view.Messages != 1 || p.chat.Messages != 2 {
		t.Errorf("bob finds %d messages, then there are %d", view.Messages, p.chat.Messages)
	}
	p = staying(t) // both hear it until the sender leaves
	p.must(nobody, p.grant(bob))
	p.must(bob, bobAccepts())
	if out := p.must(kim, SendText{Text: "hello"}); hears(out, "alice") != 1 || hears(out, "bob") != 1 {
		t.Errorf("both: %s", told(out))
	}
	p.must(alice, LeaveChat{})
	if out := p.must(kim, SendText{Text: "bye"}); hears(out, "alice") != 0 || hears(out, "bob") != 1 {
		t.Errorf("one: %s", told(out))
	}
}

func TestRace35TheOwnerEndsThenTheInvitedAccepts(t *testing.T) {
	p := served(t)
	p.rings(alice, Invite{Agent: "bob"})
	p.refused(alice, EndConference{}, badState("this is no conference: nobody else serves the chat"))
	p.must(alice, CancelInvite{"c1.2"})
	p.refused(bob, bobAccepts(), offerGone(OfferCancelled))
	p = served(t)
	p.rings(alice, Invite{Agent: "bob"})
	p.must(alice, EndChat{})
	p.refused(bob, bobAccepts(), offerGone(OfferEndedChat))
}

func TestRace35TheInvitedAcceptsThenTheOwnerEnds(t *testing.T) {
	p := served(t)
	p.rings(alice, Invite{Agent: "bob"})
	p.must(bob, bobAccepts())
	p.must(alice, EndConference{})
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestRace36BothAgentsEndTheConferenceAtOnce(t *testing.T) {
	no := badState("this is no conference: nobody else serves the chat")
	p := conference(t)
	p.must(alice, EndConference{})
	p.refused(bob, EndConference{}, no)
	p.shows(PhaseActive, "bob", LabelActive)
	p = conference(t)
	p.must(bob, EndConference{})
	p.refused(alice, EndConference{}, no)
	p.shows(PhaseActive, "alice", LabelActive)
}

func TestRace37TwoInvitationsToTheLastPlace(t *testing.T) {
	for _, first := range []AgentID{"bob", "carol"} {
		p := served(t, func(c *Config) { c.Queues["support"].Flows.MaxAgents = 2 })
		yes := map[AgentID]SlotGranted{"bob": p.yes(p.ask(alice, Invite{Agent: "bob"})), "carol": p.yes(p.ask(alice, Invite{Agent: "carol"}))}
		second := map[AgentID]AgentID{"bob": "carol", "carol": "bob"}[first]
		p.must(alice, yes[first])
		p.expect(alice, yes[second], "send agent/"+string(second)+" SlotRelease "+string(yes[second].Offer)+"\nrefused "+ErrConferenceFull.Error())
		p.must(Principal{Role: RoleAgent, ID: string(first)}, Reject{Offer: yes[first].Offer, Agent: first})
		p.rings(alice, Invite{Agent: second}) // the place is free again
	}
}

func TestRace39ATransferToOneselfAndToWhoIsInTheChat(t *testing.T) {
	p := conference(t)
	p.refused(alice, TransferChat{ToAgent: "alice"}, refusal("bad_target", "the chat is his already"))
	p.must(alice, TransferChat{ToAgent: "bob"})
	p.shows(PhaseActive, "bob", LabelActive)
	p.refused(alice, TransferChat{ToAgent: "bob"}, ErrNotParticipant)
}

func TestRace40AcceptThenTheSourceIsRemoved(t *testing.T) {
	p := served(t)
	p.must(nobody, SourceRemoved{"web"})
	p.shows(PhaseActive, "alice", LabelInterrupted)
}

func TestRace40TheSourceIsRemovedThenAccept(t *testing.T) {
	p := ringing(t)
	p.must(nobody, SourceRemoved{"web"})
	p.refused(alice, acceptBy(alice), offerGone(OfferInterrupted))
}

func TestRace41AMessageThenTheSourceIsRemoved(t *testing.T) {
	p := served(t)
	p.must(kim, SendText{Text: "hello"})
	p.must(nobody, SourceRemoved{"web"})
	if p.chat.Messages != 1 {
		t.Errorf("%d messages are kept", p.chat.Messages)
	}
}

func TestRace41TheSourceIsRemovedThenAMessage(t *testing.T) {
	p := served(t)
	p.must(nobody, SourceRemoved{"web"})
	p.refused(kim, SendText{Text: "hello"}, ErrSourceRemoved)
	p.refused(alice, SendText{Text: "hello"}, ErrSourceRemoved)
}

func TestRace42TheSourceIsRemovedDuringATransfer(t *testing.T) {
	p := warm(t)
	p.expect(nobody, SourceRemoved{"web"}, `
		event OfferEnded c1.2 bob interrupted
		event TransferFailed from alice interrupted
		event Interrupted source_removed
		event Labelled interrupted
		news agent/bob offered OfferEnded
		news agent/alice sender TransferFailed
		news customer/kim customer Interrupted
		news agent/alice agent Interrupted
		news agent/alice agent Labelled
		send agent/bob OfferOver c1.2 interrupted`)
	p.shows(PhaseActive, "alice", LabelInterrupted)
	p.refused(bob, bobAccepts(), offerGone(OfferInterrupted))
	p = staying(t)
	p.must(nobody, SourceRemoved{"web"})
	p.shows(PhaseActive, "alice", LabelInterrupted)
	p = warm(t)
	p.must(bob, bobAccepts())
	p.must(nobody, SourceRemoved{"web"})
	p.shows(PhaseActive, "bob", LabelInterrupted)
}

func TestRace52AnAgentReturnsWhileHisChatIsOfferedToAnother(t *testing.T) {
	p := served(t)
	p.must(nobody, AgentLost{"c1", "alice"})
	p.must(nobody, p.grant(bob))
	p.refused(alice, SendText{Text: "I am back"}, ErrNotParticipant)
	p.refused(alice, Pick{}, refusal("taken", "the chat is being offered to somebody"))
	p.must(bob, bobAccepts())
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestRace52AnAgentReturnsBeforeHisChatIsOfferedToAnother(t *testing.T) {
	p := served(t)
	p.must(nobody, AgentLost{"c1", "alice"})
	g := p.grant(bob)
	p.at(time.Second).must(alice, p.yes(p.ask(alice, Pick{})))
	p.expect(nobody, g, `
		send agent/bob SlotRelease c1.2
		send queue/support OfferVoid c1.2`)
	p.shows(PhaseActive, "alice", LabelActive)
}

func TestRace54ForceEndAgainstATransfersAccept(t *testing.T) {
	p := warm(t)
	p.must(sue, ForceEnd{"spam"})
	p.refused(bob, bobAccepts(), offerGone(OfferEndedChat))
	p = warm(t)
	p.must(bob, bobAccepts())
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved"})
	p.over(p.must(sue, ForceEnd{"spam"}), EndForced)
}

// Neither chat waits with a lock for the other's agent: while both ask, both go on.
func TestRace38TwoAgentsAskForEachOtherAtOnce(t *testing.T) {
	one, other := served(t), newPlay(t).start()
	other.must(nobody, other.grant(bob))
	other.accepts(bob)
	asksBob, asksAlice := one.ask(alice, Invite{Agent: "bob"}), other.ask(bob, TransferChat{ToAgent: "alice"})
	one.must(kim, SendText{Text: "hello"})
	other.must(kim, SendText{Text: "hello"})
	other.must(bob, other.yes(asksAlice))
	one.must(alice, one.yes(asksBob))
	one.accepts(bob)
	other.accepts(alice)
	one.shows(PhaseActive, "alice", LabelConference)
	other.shows(PhaseActive, "alice", LabelActive)
}
