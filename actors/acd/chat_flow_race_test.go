package acd

import (
	"slices"
	"testing"
	"time"
)

// Both orders of the races of the model's section 7 that a chat decides when a
// second agent or a supervisor is in it. Numbers are the model's.

func bobAccepts() Accept { return Accept{Offer: "c1.2", Agent: "bob"} }

func race07AcceptThenASupervisorTakesOver(t *testing.T) {
	p := served(t)
	p.must(sue, TakeOver{})
	p.shows(PhaseActive, "sue", LabelActive)
	if !p.chat.owes("alice") {
		t.Error("alice owes no wrap-up")
	}
}

func race07ASupervisorTakesOverThenAccept(t *testing.T) {
	p := ringing(t)
	p.must(sue, TakeOver{})
	p.refused(alice, acceptBy(alice), offerGone(TakenOver))
}

func race08AcceptThenTheSenderCancelsTheTransfer(t *testing.T) {
	p := warm(t)
	x := p.chat.Transfer.ID
	p.must(bob, bobAccepts())
	p.refused(alice, CancelTransfer{x}, ErrTooLate)
	p.shows(PhaseActive, "bob", LabelActive)
}

func race08TheSenderCancelsTheTransferThenAccept(t *testing.T) {
	p := warm(t)
	p.must(alice, CancelTransfer{p.chat.Transfer.ID})
	p.refused(bob, bobAccepts(), offerGone(OfferCancelled))
	p.shows(PhaseActive, "alice", LabelActive)
}

func race09AcceptThenTheSenderEndsTheChat(t *testing.T) {
	p := warm(t)
	p.must(bob, bobAccepts())
	p.refused(alice, EndChat{}, ErrNotParticipant)
	p.shows(PhaseActive, "bob", LabelActive)
}

func race09TheSenderEndsTheChatThenAccept(t *testing.T) {
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

func race10AcceptThenTheSenderIsLost(t *testing.T) {
	p := warm(t)
	p.must(bob, bobAccepts())
	p.expect(nobody, AgentLost{"c1", "alice"}, "") // he is in wrap-up already
	p.shows(PhaseActive, "bob", LabelActive)
}

func race10TheSenderIsLostThenAccept(t *testing.T) {
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

func race11TheTargetsTimeIsUpThenTheSenderLeaves(t *testing.T) {
	p := warm(t).at(transferAccept)
	p.must(nobody, Tick{})
	p.refused(alice, LeaveChat{}, ErrSoleAgent)
}

func race11TheSenderLeavesThenTheTargetsTimeIsUp(t *testing.T) {
	p := warm(t)
	p.refused(alice, LeaveChat{}, ErrTransferring)
	p.at(transferAccept).must(nobody, Tick{})
	p.shows(PhaseActive, "alice", LabelActive)
}

func deleted(p *play) EnqueueRefused { return EnqueueRefused{ID: p.chat.Leg.ID, Reason: "deleted"} }

func race12AcceptThenTheQueueOfTheTransferIsDeleted(t *testing.T) {
	p := staying(t)
	gone := deleted(p)
	p.must(nobody, p.grant(bob))
	p.must(bob, bobAccepts())
	p.expect(nobody, gone, "")
	p.shows(PhaseActive, "bob", LabelConference)
}

func race12TheQueueOfTheTransferIsDeletedThenAccept(t *testing.T) {
	p := staying(t)
	p.expect(nobody, deleted(p), `
		event LegDropped sales queue_deleted
		event TransferFailed from alice queue_deleted
		event Labelled active
		news agent/alice sender TransferFailed
		news agent/alice agent Labelled
		send queue/sales Withdraw moved`)
	p.expect(nobody, OfferGrant{Offer: "c1.2", Agent: "bob", ID: "stale", Decision: &Decision{Queue: "sales"}}, `
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

func race13TheSenderLeavesThenTheNextAgentAccepts(t *testing.T) {
	p := staying(t)
	p.must(nobody, p.grant(bob))
	p.must(alice, LeaveChat{})
	p.shows(PhaseQueued, "", LabelTransferRequested)
	p.must(bob, bobAccepts())
	p.shows(PhaseActive, "bob", LabelActive)
}

func race13TheNextAgentAcceptsThenTheSenderLeaves(t *testing.T) {
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

func race22APickThenAnAutomaticGrant(t *testing.T) {
	p := newPlay(t).start()
	g := p.grant(bob)
	p.must(alice, p.yes(p.ask(alice, Pick{})))
	p.expect(nobody, g, `
		send agent/bob SlotRelease c1.1
		send queue/support OfferVoid c1.1`)
	p.shows(PhaseActive, "alice", LabelActive)
}

func race22AnAutomaticOfferThenAPick(t *testing.T) {
	p := newPlay(t).start()
	yes := p.yes(p.ask(alice, Pick{}))
	p.must(nobody, p.grant(bob))
	p.expect(alice, yes, "send agent/alice SlotRelease c1.1\nrefused taken: the chat is being offered to somebody")
	p.must(bob, bobAccepts())
	p.shows(PhaseActive, "bob", LabelActive)
}

// race23 is won by the first of two picks.
func race23(first Principal) func(*testing.T) {
	return func(t *testing.T) {
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

func race24APickThenTheCustomerLeaves(t *testing.T) {
	p := newPlay(t).start()
	p.must(alice, p.yes(p.ask(alice, Pick{})))
	p.over(p.must(kim, EndChat{}), EndedByCustomer)
}

func race24TheCustomerLeavesThenAPick(t *testing.T) {
	p := newPlay(t).start()
	yes := p.yes(p.ask(alice, Pick{}))
	p.must(kim, EndChat{})
	p.expect(alice, yes, "send agent/alice SlotRelease c1.1\nrefused "+ErrEnded.Error())
	p.refused(alice, Pick{}, ErrEnded)
}

func race26TheCustomerEndsDuringAWarmTransfer(t *testing.T) {
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
}

func race26TheTargetAcceptsThenTheCustomerEnds(t *testing.T) {
	p := warm(t)
	p.must(bob, bobAccepts())
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved"})
	p.over(p.must(kim, EndChat{}), EndedByCustomer)
}

func race27TheCustomerEndsDuringAConference(t *testing.T) {
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
}

func race27TheConferenceEndsThenTheCustomer(t *testing.T) {
	p := conference(t)
	p.must(alice, EndConference{})
	p.over(p.must(kim, EndChat{}), EndedByCustomer)
}

func race28TheCustomerEndsDuringAConsultation(t *testing.T) {
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
}

func race28TheConsultationEndsThenTheCustomer(t *testing.T) {
	p := consulting(t)
	p.must(alice, EndConsult{})
	p.over(p.must(kim, EndChat{}), EndedByCustomer)
}

// agentHears counts what an agent is told of a chat that he serves.
func agentHears(out Outcome, who AgentID) (n int) {
	for _, news := range out.News {
		if news.To == who.Stream() && news.View == ToAgent {
			n++
		}
	}
	return n
}

func race34AMessageThenTheChatMoves(t *testing.T) {
	p := warm(t)
	if out := p.must(kim, SendText{Text: "hello"}); agentHears(out, "alice") != 1 || agentHears(out, "bob") != 0 {
		t.Errorf("before: %s", told(out))
	}
	if view := p.must(bob, bobAccepts()).Events[0].(Accepted).View; view.Messages != 1 {
		t.Errorf("bob finds %d messages", view.Messages)
	}
}

func race34TheChatMovesThenAMessage(t *testing.T) {
	p := warm(t)
	p.must(bob, bobAccepts())
	if out := p.must(kim, SendText{Text: "are you there?"}); agentHears(out, "alice") != 0 || agentHears(out, "bob") != 1 {
		t.Errorf("after: %s", told(out))
	}
	p = staying(t) // both hear it until the sender leaves
	p.must(nobody, p.grant(bob))
	p.must(bob, bobAccepts())
	if out := p.must(kim, SendText{Text: "hello"}); agentHears(out, "alice") != 1 || agentHears(out, "bob") != 1 {
		t.Errorf("both: %s", told(out))
	}
	p.must(alice, LeaveChat{})
	if out := p.must(kim, SendText{Text: "bye"}); agentHears(out, "alice") != 0 || agentHears(out, "bob") != 1 {
		t.Errorf("one: %s", told(out))
	}
}

func race35TheOwnerEndsThenTheInvitedAccepts(t *testing.T) {
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

func race35TheInvitedAcceptsThenTheOwnerEnds(t *testing.T) {
	p := served(t)
	p.rings(alice, Invite{Agent: "bob"})
	p.must(bob, bobAccepts())
	p.must(alice, EndConference{})
	p.shows(PhaseActive, "bob", LabelActive)
}

var noConference = badState("this is no conference: nobody else serves the chat")

func race36TheOwnerEndsThenTheInvited(t *testing.T) {
	p := conference(t)
	p.must(alice, EndConference{})
	p.refused(bob, EndConference{}, noConference)
	p.shows(PhaseActive, "bob", LabelActive)
}

func race36TheInvitedEndsThenTheOwner(t *testing.T) {
	p := conference(t)
	p.must(bob, EndConference{})
	p.refused(alice, EndConference{}, noConference)
	p.shows(PhaseActive, "alice", LabelActive)
}

// race37 is two invitations to the last place.
func race37(first AgentID) func(*testing.T) {
	return func(t *testing.T) {
		p := served(t, func(c *Config) { c.Queues["support"].Flows.MaxAgents = 2 })
		yes := map[AgentID]SlotGranted{"bob": p.yes(p.ask(alice, Invite{Agent: "bob"})), "carol": p.yes(p.ask(alice, Invite{Agent: "carol"}))}
		second := map[AgentID]AgentID{"bob": "carol", "carol": "bob"}[first]
		p.must(alice, yes[first])
		p.expect(alice, yes[second], "send agent/"+string(second)+" SlotRelease "+string(yes[second].Offer)+"\nrefused "+ErrConferenceFull.Error())
		p.must(Principal{Role: RoleAgent, ID: string(first)}, Reject{Offer: yes[first].Offer, Agent: first})
		p.rings(alice, Invite{Agent: second}) // the place is free again
	}
}

func race39ATransferToOneselfAndToWhoIsInTheChat(t *testing.T) {
	served(t).refused(alice, TransferChat{ToAgent: "alice"}, refusal("bad_target", "the chat is his already"))
	p := conference(t)
	p.refused(alice, TransferChat{ToAgent: "alice"}, refusal("bad_target", "the chat is his already"))
	p.must(alice, TransferChat{ToAgent: "bob"})
	p.shows(PhaseActive, "bob", LabelActive)
	p.refused(alice, TransferChat{ToAgent: "bob"}, ErrNotParticipant)
}

func race39ATransferThenTheTargetIsInvited(t *testing.T) {
	p := served(t)
	asked := p.ask(alice, TransferChat{ToAgent: "bob"})
	p.rings(alice, Invite{Agent: "bob"}) // it was faster
	p.expect(alice, p.yes(asked), `
		send agent/bob SlotRelease c1.3
		refused `+refusal("bad_target", "he is in the chat or asked already").Error())
	p.must(bob, bobAccepts())
	p.must(alice, TransferChat{ToAgent: "bob"})
	p.shows(PhaseActive, "bob", LabelActive)

	p = warm(t)
	p.refused(alice, Invite{Agent: "bob"}, refusal("bad_target", "he is asked already"))
	p.must(bob, bobAccepts())
	p.shows(PhaseActive, "bob", LabelActive)
}

func race40AcceptThenTheSourceIsRemoved(t *testing.T) {
	p := served(t)
	p.must(nobody, SourceRemoved{"web"})
	p.shows(PhaseActive, "alice", LabelInterrupted)
}

func race40TheSourceIsRemovedThenAccept(t *testing.T) {
	p := ringing(t)
	p.must(nobody, SourceRemoved{"web"})
	p.refused(alice, acceptBy(alice), offerGone(OfferInterrupted))
}

func race41AMessageThenTheSourceIsRemoved(t *testing.T) {
	p := served(t)
	p.must(kim, SendText{Text: "hello"})
	p.must(nobody, SourceRemoved{"web"})
	if p.chat.Messages != 1 {
		t.Errorf("%d messages are kept", p.chat.Messages)
	}
}

func race41TheSourceIsRemovedThenAMessage(t *testing.T) {
	p := served(t)
	p.must(nobody, SourceRemoved{"web"})
	p.refused(kim, SendText{Text: "hello"}, ErrSourceRemoved)
	p.refused(alice, SendText{Text: "hello"}, ErrSourceRemoved)
}

func race42TheSourceIsRemovedDuringATransfer(t *testing.T) {
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
}

func race42TheTransferIsAcceptedThenTheSourceIsRemoved(t *testing.T) {
	p := warm(t)
	p.must(bob, bobAccepts())
	p.must(nobody, SourceRemoved{"web"})
	p.shows(PhaseActive, "bob", LabelInterrupted)
}

func race52AnAgentReturnsWhileHisChatIsOfferedToAnother(t *testing.T) {
	p := served(t)
	p.must(nobody, AgentLost{"c1", "alice"})
	p.must(nobody, p.grant(bob))
	p.refused(alice, SendText{Text: "I am back"}, ErrNotParticipant)
	p.refused(alice, Pick{}, refusal("taken", "the chat is being offered to somebody"))
	p.must(bob, bobAccepts())
	p.shows(PhaseActive, "bob", LabelActive)
}

func race52AnAgentReturnsBeforeHisChatIsOfferedToAnother(t *testing.T) {
	p := served(t)
	p.must(nobody, AgentLost{"c1", "alice"})
	g := p.grant(bob)
	p.at(time.Second).must(alice, p.yes(p.ask(alice, Pick{})))
	p.expect(nobody, g, `
		send agent/bob SlotRelease c1.2
		send queue/support OfferVoid c1.2`)
	p.shows(PhaseActive, "alice", LabelActive)
}

func race54ForceEndThenATransfersAccept(t *testing.T) {
	p := warm(t)
	p.must(sue, ForceEnd{"spam"})
	p.refused(bob, bobAccepts(), offerGone(OfferEndedChat))
}

func race54ATransfersAcceptThenForceEnd(t *testing.T) {
	p := warm(t)
	p.must(bob, bobAccepts())
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved"})
	p.over(p.must(sue, ForceEnd{"spam"}), EndForced)
}

// race38 is two agents who ask for each other. Neither chat waits with a lock
// for the other's agent: while both ask, both go on.
func race38(t *testing.T, bobFirst bool) {
	one, other := served(t), newPlay(t).start()
	other.must(nobody, other.grant(bob))
	other.accepts(bob)
	asksBob, asksAlice := one.ask(alice, Invite{Agent: "bob"}), other.ask(bob, TransferChat{ToAgent: "alice"})
	one.must(kim, SendText{Text: "hello"})
	other.must(kim, SendText{Text: "hello"})
	grants := []func(){
		func() { one.must(alice, one.yes(asksBob)); one.accepts(bob) },
		func() { other.must(bob, other.yes(asksAlice)); other.accepts(alice) },
	}
	if bobFirst {
		slices.Reverse(grants)
	}
	for _, grant := range grants {
		grant()
	}
	one.shows(PhaseActive, "alice", LabelConference)
	other.shows(PhaseActive, "alice", LabelActive)
}
