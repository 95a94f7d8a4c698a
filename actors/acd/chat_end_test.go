package acd

import (
	"errors"
	"testing"
	"time"
)

func TestC13AnOwnersEndIsTheEndAndNeverGoesBackToTheQueue(t *testing.T) { // G8, B16
	served(t).expect(alice, EndChat{}, `
		event ChatEnded by agent agent debt=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/alice Released mandatory agent
		ok`)
}

func TestC13OnlyTheOwnerEndsAChat(t *testing.T) {
	p := shared(t)
	p.refused(bob, EndChat{}, errOwnerEnds)
	p.refused(sue, EndChat{}, ErrNotParticipant)
	p.refused(lee, EndChat{}, ErrNotFound)
	p.refused(nobody, EndChat{}, ErrNotParticipant)
	ringing(t).refused(alice, EndChat{}, ErrNotParticipant)
}

func TestC14ACustomersEndReleasesEveryAgent(t *testing.T) {
	shared(t).expect(kim, EndChat{}, `
		event ChatEnded by customer customer debt=alice debt=bob
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		news agent/bob agent ChatEnded
		send agent/alice Released mandatory customer
		send agent/bob Released mandatory customer
		ok`)
}

func TestC15AnOwnerWhoLeavesHandsOverToWhoHasBeenThereLongest(t *testing.T) { // B7, B8
	p := shared(t)
	p.expect(alice, LeaveChat{}, `
		event Left alice left owner=bob mandatory
		event OwnerSet bob
		event Labelled active
		news customer/kim customer Left
		news agent/alice agent Left
		news agent/bob others Left
		news agent/bob agent OwnerSet
		news agent/bob agent Labelled
		send agent/alice Released mandatory left
		ok`)
	p.refused(alice, SendText{Text: "one more thing"}, ErrNotParticipant)
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved"})
	p.must(bob, EndChat{})
	p.expect(nobody, WrapupFiled{Chat: "c1", Agent: "bob", Code: "solved"}, `
		event WrapupRecorded bob solved
		event ChatClosed`)
}

func TestC15AGuestWhoLeavesChangesNoOwner(t *testing.T) {
	p := shared(t)
	p.must(bob, LeaveChat{})
	if p.chat.Owner != "alice" || p.chat.joined("bob") != nil {
		t.Errorf("the chat is %+v", p.chat.ChatState)
	}
}

func TestC15AChatThatItsOwnerLeavesToItsQueueWaitsThere(t *testing.T) { // B12
	p := legged(t)
	leg := *p.chat.Leg
	p.expect(alice, LeaveChat{}, `
		event Left alice left owner= mandatory
		news customer/kim customer Left
		news agent/alice agent Left
		send agent/alice Released mandatory left
		ok`)
	if c := p.chat; c.Phase != PhaseQueued || c.Leg == nil || c.Leg.ID != leg.ID || !c.Leg.Key.Equal(leg.Key) {
		t.Errorf("the chat is %+v", c.ChatState)
	}
	p.must(nobody, p.grant(bob))
	p.must(bob, Accept{Offer: "c1.2", Agent: "bob"})
	if p.chat.Owner != "bob" {
		t.Errorf("%q owns it", p.chat.Owner)
	}
}

func TestC16TheSoleAgentCannotLeave(t *testing.T) {
	served(t).refused(alice, LeaveChat{}, ErrSoleAgent)
}

func TestC37AChatThatLosesItsAgentGoesBackToItsQueueWithItsAge(t *testing.T) {
	p := served(t).at(time.Minute)
	p.expect(nobody, AgentLost{"c1", "bob"}, "")
	p.expect(nobody, AgentLost{"c1", "alice"}, `
		event Left alice lost owner= none
		event Queued support agent_lost
		news customer/kim customer Left
		news agent/alice agent Left
		news customer/kim customer Queued
		send agent/alice Released none lost
		send queue/support Enqueue`)
	if l := p.chat.Leg; !l.EnteredAt.Equal(morning) || !l.Key.Equal(morning.Add(-regainBoost)) {
		t.Errorf("it waits as %+v", l)
	}
	p.expect(nobody, AgentLost{"c1", "alice"}, "")
}

func TestC37AChatThatLosesOneOfTwoAgentsStaysWithTheOther(t *testing.T) {
	shared(t).expect(nobody, AgentLost{"c1", "alice"}, `
		event Left alice lost owner=bob none
		event OwnerSet bob
		event Labelled active
		news customer/kim customer Left
		news agent/alice agent Left
		news agent/bob others Left
		news agent/bob agent OwnerSet
		news agent/bob agent Labelled
		send agent/alice Released none lost`)
}

func TestC37AChatThatLosesItsAgentAndItsQueueEnds(t *testing.T) {
	p := served(t)
	delete(p.config.Queues, "support")
	p.expect(nobody, AgentLost{"c1", "alice"}, `
		event Left alice lost owner= none
		event ChatEnded by system queue_refused
		event ChatClosed
		news customer/kim customer Left
		news agent/alice agent Left
		news customer/kim customer ChatEnded
		send agent/alice Released none lost`)
}

func TestC40ASupervisorEndsAChatInWhateverStateItIs(t *testing.T) {
	newPlay(t).start().expect(sue, ForceEnd{"spam"}, `
		event ChatEnded by supervisor forced
		event ChatClosed
		news customer/kim customer ChatEnded
		send queue/support Withdraw ended
		ok`)
	ringing(t).expect(root, ForceEnd{"spam"}, `
		event OfferEnded c1.1 alice ended
		event ChatEnded by supervisor forced
		event ChatClosed
		news agent/alice offered OfferEnded
		news customer/kim customer ChatEnded
		send agent/alice OfferOver c1.1 ended
		send queue/support Withdraw ended
		ok`)
	p := served(t)
	p.expect(sue, ForceEnd{"spam"}, `
		event ChatEnded by supervisor forced debt=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/alice Released mandatory forced
		ok`)
	p.expect(sue, ForceEnd{"spam"}, "ok already_ended")
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice"})
	p.expect(sue, ForceEnd{"spam"}, "ok already_ended")
}

func TestC40ForceIsForThoseWhoOversee(t *testing.T) {
	for _, by := range []Principal{alice, bob, kim, nobody} {
		served(t).refused(by, ForceEnd{"spam"}, ErrForbidden)
	}
}

func TestC41AChatClosesWithItsLastWrapup(t *testing.T) {
	p := shared(t)
	p.must(alice, EndChat{})
	p.expect(nobody, WrapupFiled{Chat: "c1", Agent: "sue"}, "")
	p.expect(nobody, WrapupFiled{Chat: "c1", Agent: "bob", Code: "solved", Notes: "a refund", By: "agent"}, `event WrapupRecorded bob solved`)
	p.expect(nobody, WrapupFiled{Chat: "c1", Agent: "bob", Code: "other"}, "")
	p.expect(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved", By: "timeout"}, `
		event WrapupRecorded alice solved
		event ChatClosed`)
	if f := p.chat.Filed; len(f) != 2 || f[0].Notes != "a refund" || f[1].By != "timeout" {
		t.Errorf("filed is %+v", f)
	}
}

func TestAnUntouchedChatOwesNothingWhereTheQueueSaysSo(t *testing.T) {
	skip := func(c *Config) { c.Queues["support"].Wrapup.SkipUntouched = true }
	p := served(t, skip)
	p.must(kim, SendText{Text: "hello?"})
	p.expect(kim, EndChat{}, `
		event ChatEnded by customer customer
		event ChatClosed
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/alice Released none customer
		ok`)
	p = served(t, skip)
	p.must(alice, SendText{Text: "hello!"})
	p.must(kim, EndChat{})
	if len(p.chat.Owing) != 1 {
		t.Errorf("a chat that alice wrote in owes %+v", p.chat.Owing)
	}
}

func TestAChatTakesNoCommandOfAnotherMachine(t *testing.T) {
	for _, cmd := range []Command{Advert{}, Reserve{}, Focus{}, Enqueue{}} {
		if out := served(t).do(alice, cmd); !errors.Is(out.Err, ErrBadState) {
			t.Errorf("%T gave %v", cmd, out.Err)
		}
	}
}
