package acd

import (
	"testing"
	"time"
)

func TestC32WhoMonitorsIsSeenByNobody(t *testing.T) {
	p := served(t)
	p.expect(sue, Monitor{Monitoring}, `
		event Joined sue monitor
		news agent/sue agent Joined
		ok c1`)
	p.expect(kim, SendText{Text: "hello"}, `
		event MessageSent 1 customer all alice=1
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		news agent/alice unread MessageSent
		news agent/sue agent MessageSent
		ok message 1`)
	no := refusal("forbidden", "who consults or whispers writes to agents, who monitors to nobody")
	p.refused(sue, SendText{Text: "hello"}, no)
	p.refused(sue, SendText{Text: "hello", To: ForAgents}, no)
	p.refused(sue, Typing{On: true}, ErrForbidden)
	p.expect(sue, Monitor{Monitoring}, "ok already_joined")
	p.expect(sue, Unmonitor{}, `
		event Left sue left owner=alice none
		news agent/sue agent Left
		ok`)
	p.expect(sue, Unmonitor{}, "ok already_left")
}

func TestC32WhoWhispersIsHeardByAgentsAlone(t *testing.T) {
	p := served(t)
	p.expect(sue, Monitor{Whisper}, `
		event Joined sue whisper
		news agent/sue agent Joined
		news agent/alice others Joined
		ok c1`)
	p.expect(sue, SendText{Text: "offer a refund", To: ForAgents}, `
		event MessageSent 1 supervisor agents alice=1
		news agent/alice agent MessageSent
		news agent/alice unread MessageSent
		news agent/sue agent MessageSent
		ok message 1`)
	p.refused(sue, SendText{Text: "hello"}, refusal("forbidden", "who consults or whispers writes to agents, who monitors to nobody"))
}

func TestC32WhoBargesInIsHeardByAll(t *testing.T) {
	p := served(t)
	p.expect(sue, Monitor{Talk}, `
		event Joined sue talk
		event Labelled conference
		news customer/kim customer Joined
		news agent/sue agent Joined
		news agent/alice others Joined
		news agent/alice agent Labelled
		news agent/sue agent Labelled
		ok c1`)
	p.must(sue, SendText{Text: "hello, I am Sue"})
	p.refused(sue, EndChat{}, errOwnerEnds)
	p.expect(sue, Monitor{Whisper}, `
		event Left sue left owner=alice none
		event Joined sue whisper
		event Labelled active
		news customer/kim customer Left
		news agent/sue agent Left
		news agent/alice others Left
		news agent/sue agent Joined
		news agent/alice others Joined
		news agent/alice agent Labelled
		news agent/sue agent Labelled
		ok c1`)
	p.expect(sue, Monitor{Monitoring}, `
		event Left sue left owner=alice none
		event Joined sue monitor
		news agent/sue agent Left
		news agent/alice others Left
		news agent/sue agent Joined
		ok c1`)
	p.expect(sue, Monitor{Talk}, `
		event Joined sue talk was monitor
		event Labelled conference
		news customer/kim customer Joined
		news agent/sue agent Joined
		news agent/alice others Joined
		news agent/alice agent Labelled
		news agent/sue agent Labelled
		ok c1`)
}

func TestC32WhoMayOversee(t *testing.T) {
	for _, cmd := range []Command{Monitor{Monitoring}, Unmonitor{}, TakeOver{}, AssignTo{Agent: "bob"}, Requeue{Queue: "sales"}, SetPriority{1}} {
		for _, by := range []Principal{kim, alice, bob, nobody} {
			served(t).refused(by, cmd, ErrForbidden)
		}
	}
	for _, cmd := range []Command{Monitor{Monitoring}, TakeOver{}} { // an administrator has no desk
		served(t).refused(root, cmd, ErrForbidden)
	}
	p := served(t)
	p.refused(sue, Monitor{"listen"}, refusal("bad_target", "who oversees a chat monitors, whispers or talks"))
	p.refused(sue, Monitor{Consulting}, refusal("bad_target", "who oversees a chat monitors, whispers or talks"))
	p.must(kim, EndChat{})
	for _, cmd := range []Command{Monitor{Monitoring}, TakeOver{}, AssignTo{Agent: "bob"}, Requeue{Queue: "sales"}, SetPriority{1}} {
		p.refused(sue, cmd, ErrEnded)
	}
}

func TestC32WhoServesTheChatDoesNotOverseeIt(t *testing.T) {
	p := served(t)
	p.rings(alice, Invite{Agent: "sue"})
	p.accepts(sue)
	p.refused(sue, Monitor{Monitoring}, badState("you serve this chat"))
	p.must(sue, TakeOver{})
	p.refused(sue, Monitor{Monitoring}, badState("you serve this chat"))
	p.refused(sue, Unmonitor{}, badState("you serve this chat: end, leave or transfer it"))
	p.expect(sue, TakeOver{}, "ok already_owner")
}

func TestASupervisorWhoListensMayBeOfferedTheChat(t *testing.T) {
	p := newPlay(t).start()
	p.must(sue, Monitor{Monitoring})
	p.must(nobody, p.grant(sue)) // she serves its queue too
	p.must(sue, Accept{Offer: "c1.1", Agent: "sue"})
	p.shows(PhaseActive, "sue", LabelActive)

	p = served(t)
	p.must(sue, Monitor{Monitoring})
	p.rings(alice, TransferChat{ToAgent: "sue"})
	p.shows(PhaseActive, "alice", LabelTransferRequested)
	p.accepts(sue)
	p.shows(PhaseActive, "sue", LabelActive)
}

func TestC33TakingOverInEveryPhase(t *testing.T) {
	t.Run("waiting", func(t *testing.T) {
		p := newPlay(t).start()
		p.expect(sue, TakeOver{}, `
			event LegDropped support taken_over
			event Joined sue talk owner
			news customer/kim customer Joined
			news agent/sue agent Joined
			send queue/support Withdraw moved
			send agent/sue Assigned
			ok c1`)
		p.shows(PhaseActive, "sue", LabelActive)
	})
	t.Run("ringing", func(t *testing.T) {
		p := ringing(t)
		p.expect(sue, TakeOver{}, `
			event OfferEnded c1.1 alice taken_over
			event LegDropped support taken_over
			event Joined sue talk owner
			news agent/alice offered OfferEnded
			news customer/kim customer Joined
			news agent/sue agent Joined
			send agent/alice OfferOver c1.1 taken_over
			send queue/support Withdraw moved
			send agent/sue Assigned
			ok c1`)
	})
	t.Run("served", func(t *testing.T) {
		p := served(t)
		out := p.must(sue, TakeOver{})
		if got, want := told(out), unindent(`
			event Joined sue talk owner
			event Left alice taken_over owner=sue mandatory
			news customer/kim customer Joined
			news agent/sue agent Joined
			news agent/alice others Joined
			news customer/kim customer Left
			news agent/alice agent Left
			news agent/sue others Left
			send agent/sue Assigned
			send agent/alice Released mandatory taken_over
			ok c1`); got != want {
			t.Errorf("it gave\n%s", got)
		}
		if l := out.Events[0].(Joined).View.Label; l != LabelActive {
			t.Errorf("sue finds it labelled %s", l)
		}
		p.shows(PhaseActive, "sue", LabelActive)
		p.refused(alice, SendText{Text: "wait"}, ErrNotParticipant)
	})
	t.Run("transferred", func(t *testing.T) {
		p := warm(t)
		p.expect(sue, TakeOver{}, `
			event OfferEnded c1.2 bob taken_over
			event TransferFailed from alice taken_over
			event Joined sue talk owner
			event Left alice taken_over owner=sue mandatory
			event Labelled active
			news agent/bob offered OfferEnded
			news agent/alice sender TransferFailed
			news customer/kim customer Joined
			news agent/sue agent Joined
			news agent/alice others Joined
			news customer/kim customer Left
			news agent/alice agent Left
			news agent/sue others Left
			news agent/sue agent Labelled
			send agent/bob OfferOver c1.2 taken_over
			send agent/sue Assigned
			send agent/alice Released mandatory taken_over
			ok c1`)
	})
	for name, p := range map[string]*play{"blind": blind(t, ""), "staying": staying(t), "consulting": consulting(t)} {
		t.Run(name, func(t *testing.T) {
			p.must(sue, TakeOver{})
			p.shows(PhaseActive, "sue", map[bool]Label{true: LabelConsulting, false: LabelActive}[name == "consulting"])
			if p.chat.Leg != nil || p.chat.Transfer != nil || len(p.chat.Offers) > 0 {
				t.Errorf("left open: %+v", p.chat.ChatState)
			}
		})
	}
	p, g := returning(t)
	p.must(sue, TakeOver{})
	p.expect(nobody, g, "send agent/alice SlotRelease c1.3\nrefused "+ErrTooLate.Error())
}

func TestC33WhoListensTakesOver(t *testing.T) {
	p := conference(t)
	p.must(sue, Monitor{Monitoring})
	p.must(sue, TakeOver{})
	p.shows(PhaseActive, "sue", LabelConference) // with bob
	p.must(nobody, AgentLost{"c1", "sue"})       // her slot is like any other
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestC33WhoOwesAWrapupOfTheSameChatDoesNotTakeItOver(t *testing.T) {
	p := served(t)
	p.must(sue, TakeOver{})
	p.rings(sue, TransferChat{ToAgent: "bob"})
	p.accepts(bob)
	p.refused(sue, TakeOver{}, ErrWrapupPending)
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "sue", Code: "solved"})
	p.must(sue, TakeOver{})
	p.must(sue, EndChat{})
}

func TestACustomerWhoIsAwayHasTheLongerGraceOnceTakenOver(t *testing.T) {
	p := newPlay(t).start()
	p.must(nobody, CustomerSeen{Online: false})
	p.at(10*time.Second).must(sue, TakeOver{})
	if want := morning.Add(10*time.Second + graceServed); !p.chat.AwayUntil.Equal(want) {
		t.Errorf("the grace ends %v, want %v", p.chat.AwayUntil, want)
	}
}

func TestASupervisorPutsAChatBackIntoAQueue(t *testing.T) {
	p := consulting(t)
	p.must(sue, Monitor{Monitoring})
	p.at(time.Minute).expect(sue, Requeue{Queue: "sales", Priority: 3}, `
		event Left alice requeued owner= mandatory
		event Left bob consult_ended owner= none
		event Queued sales requeued
		event OwnerSet
		event Labelled active
		news customer/kim customer Left
		news agent/alice agent Left
		news agent/bob others Left
		news agent/sue others Left
		news agent/bob agent Left
		news agent/sue others Left
		news customer/kim customer Queued
		news agent/sue agent OwnerSet
		news agent/sue agent Labelled
		send agent/alice Released mandatory requeued
		send agent/bob Released none consult_ended
		send queue/sales Enqueue
		ok`)
	if l := p.chat.Leg; !l.EnteredAt.Equal(morning) || l.Priority != 3 || !l.Key.Equal(morning.Add(-3*time.Minute)) {
		t.Errorf("it waits as %+v", l)
	}
	for name, p := range map[string]*play{"waiting": newPlay(t).start(), "ringing": ringing(t), "conference": conference(t), "warm": warm(t),
		"blind": blind(t, ReturnToSender), "staying": staying(t)} {
		p.must(sue, Requeue{Queue: "sales"})
		if p.shows(PhaseQueued, "", LabelActive); p.chat.Leg.Queue != "sales" || len(p.chat.Offers) > 0 || p.chat.Transfer != nil {
			t.Errorf("%s: %+v", name, p.chat.ChatState)
		}
	}
	served(t).refused(sue, Requeue{Queue: "beer"}, refusal("bad_target", "no queue named beer"))
}

// A clock that was set back must not put who waits behind those who come after him.
func TestNobodyWaitsFromATimeThatIsStillToCome(t *testing.T) {
	p := served(t)
	p.at(-time.Minute).must(sue, Requeue{Queue: "sales"})
	if l := p.chat.Leg; !l.EnteredAt.Equal(morning.Add(-time.Minute)) || l.Key.After(l.EnteredAt) {
		t.Errorf("at %v he waits as %+v", morning.Add(-time.Minute), l)
	}
}

func TestASupervisorMovesAPlaceInTheQueue(t *testing.T) {
	p := newPlay(t).start()
	p.expect(sue, SetPriority{2}, `
		event Prioritized 2
		send queue/support Enqueue
		ok`)
	if l := p.chat.Leg; l.Priority != 2 || !l.Key.Equal(morning.Add(-2*time.Minute)) || !l.EnteredAt.Equal(morning) || p.chat.LastLeg.Priority != 2 {
		t.Errorf("it waits as %+v", l)
	}
	served(t).refused(sue, SetPriority{2}, badState("the chat does not wait"))
	p = staying(t)
	p.must(sue, SetPriority{5})
	if p.chat.Leg.Priority != 5 || p.chat.LastLeg.Priority != 0 {
		t.Errorf("it waits as %+v and comes from %+v", p.chat.Leg, p.chat.LastLeg)
	}
}

func TestAnAgentPicksAChatThatWaits(t *testing.T) {
	p := newPlay(t).start()
	p.expect(alice, Pick{}, `forward agent/alice Reserve queue`)
	p.expect(alice, SlotGranted{Offer: "c1.1", Agent: "alice", Name: "Alice", Then: Pick{}}, `
		event Accepted c1.1 alice
		news customer/kim customer Accepted
		news agent/alice offered Accepted
		news agent/alice agent Accepted
		send agent/alice Assigned
		send queue/support Withdraw taken
		ok c1`)
	p.shows(PhaseActive, "alice", LabelActive)
	p.expect(alice, Accept{Offer: "c1.1", Agent: "alice"}, "ok already_accepted")

	p = newPlay(t).start()
	p.refused(carol, Pick{}, ErrForbidden) // she serves another queue
	p.refused(kim, Pick{}, ErrForbidden)
	p.refused(root, Pick{}, ErrForbidden)
	p.refused(Principal{Role: RoleAgent, ID: "zoe"}, Pick{}, ErrForbidden)
	p.ask(sue, Pick{})
	for why, want := range map[string]error{deniedCapacity: ErrCapacity, deniedChannel: ErrCapacity, deniedWrapup: ErrWrapupPending, deniedOffline: ErrUnavailable} {
		p.refused(alice, SlotDenied{Agent: "alice", Reason: why, Then: Pick{}}, want)
	}
	ringing(t).refused(bob, Pick{}, refusal("taken", "the chat is being offered to somebody"))

	p = staying(t)
	p.must(carol, p.yes(p.ask(carol, Pick{}))) // the queue that it is transferred to is hers
	p.shows(PhaseActive, "carol", LabelConference)
}

func TestC34ASourceThatIsRemovedInEveryPhase(t *testing.T) {
	gone := SourceRemoved{"web"}
	t.Run("waiting", func(t *testing.T) {
		newPlay(t).start().expect(nobody, gone, `
			event ChatEnded by system source_removed
			event ChatClosed
			news customer/kim customer ChatEnded
			send queue/support Withdraw ended`)
	})
	t.Run("ringing", func(t *testing.T) {
		ringing(t).expect(nobody, gone, `
			event OfferEnded c1.1 alice interrupted
			event ChatEnded by system source_removed
			event ChatClosed
			news agent/alice offered OfferEnded
			news customer/kim customer ChatEnded
			send agent/alice OfferOver c1.1 interrupted
			send queue/support Withdraw ended`)
	})
	t.Run("served", func(t *testing.T) { // M6
		p := served(t)
		p.expect(nobody, gone, `
			event Interrupted source_removed
			event Labelled interrupted
			news customer/kim customer Interrupted
			news agent/alice agent Interrupted
			news agent/alice agent Labelled`)
		p.expect(nobody, gone, "")
		if at := p.chat.Deadline(); !at.Equal(morning.Add(30 * time.Minute)) {
			t.Errorf("it closes at %v", at)
		}
	})
	t.Run("another source", func(t *testing.T) { served(t).expect(nobody, SourceRemoved{"facebook"}, "") })
	t.Run("consulting", func(t *testing.T) {
		p := served(t)
		p.rings(alice, Consult{"bob"})
		p.expect(nobody, gone, `
			event OfferEnded c1.2 bob interrupted
			event InviteFailed c1.2 consult by alice interrupted
			event Interrupted source_removed
			event Labelled interrupted
			news agent/bob offered OfferEnded
			news agent/alice sender InviteFailed
			news customer/kim customer Interrupted
			news agent/alice agent Interrupted
			news agent/alice agent Labelled
			send agent/bob OfferOver c1.2 interrupted`)
	})
	t.Run("blind", func(t *testing.T) {
		p := blind(t, "")
		p.must(nobody, gone)
		if p.chat.EndReason != EndSourceGone || p.chat.Transfer != nil {
			t.Errorf("the chat is %+v", p.chat.ChatState)
		}
	})
	p := served(t)
	p.must(alice, EndChat{})
	p.expect(nobody, gone, "")
}

func TestC35AnInterruptedChatCanOnlyBeEnded(t *testing.T) {
	p := conference(t)
	p.must(nobody, SourceRemoved{"web"})
	for _, cmd := range []Command{SendText{Text: "hello"}, TransferChat{ToAgent: "carol"}, Invite{Agent: "carol"}, Consult{"carol"}, HandOver{"bob"}} {
		p.refused(alice, cmd, ErrSourceRemoved)
	}
	for _, cmd := range []Command{TakeOver{}, AssignTo{Agent: "carol"}, Requeue{Queue: "sales"}} {
		p.refused(sue, cmd, ErrSourceRemoved)
	}
	p.refused(kim, SendText{Text: "hello"}, ErrSourceRemoved)
	p.must(bob, LeaveChat{})
	p.expect(alice, EndChat{}, `
		event ChatEnded by agent source_removed debt=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/alice Released mandatory source_removed
		ok`)
}

func TestC36AnInterruptedChatClosesByItself(t *testing.T) {
	p := served(t)
	p.must(nobody, SourceRemoved{"web"})
	p.at(30*time.Minute-1).expect(nobody, Tick{}, "")
	p.at(30*time.Minute).expect(nobody, Tick{}, `
		event ChatEnded by system source_removed debt=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/alice Released mandatory source_removed`)
}

func TestC36AnInterruptedChatThatLosesItsAgentGoesToNoQueue(t *testing.T) {
	p := conference(t)
	p.must(nobody, SourceRemoved{"web"})
	p.must(nobody, AgentLost{"c1", "alice"})
	p.shows(PhaseActive, "bob", LabelInterrupted)
	p.must(nobody, AgentLost{"c1", "bob"})
	if p.chat.Phase != PhaseClosed || p.chat.EndReason != EndSourceGone {
		t.Errorf("the chat is %s by %s", p.chat.Phase, p.chat.EndReason)
	}
}

func TestASupervisorIsKnownAsOneHoweverHeCame(t *testing.T) {
	for name, come := range map[string]func(p *play){
		"invited": func(p *play) { p.rings(alice, Invite{Agent: "sue"}); p.accepts(sue) },
		"over":    func(p *play) { p.must(sue, TakeOver{}) },
		"barged":  func(p *play) { p.must(sue, Monitor{Mode: Talk}) },
		"consults": func(p *play) {
			p.rings(alice, Consult{Agent: "sue"})
			p.accepts(sue)
			p.must(alice, Invite{Agent: "sue"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := served(t, func(c *Config) { c.Agents["sue"] = &AgentProfile{Name: "Sue", Capacity: 1} })
			come(p)
			if q := p.chat.joined("sue"); q == nil || !q.Supervisor {
				t.Errorf("sue is %+v", q)
			}
			if q := p.chat.participant("alice"); q == nil || q.Supervisor {
				t.Errorf("alice is %+v", q)
			}
		})
	}
}
