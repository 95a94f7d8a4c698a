package acd

import (
	"testing"
	"time"
)

const transferAccept = 30 * time.Second

func TestC20AWarmTransferRingsWhileItsSenderKeepsTheChat(t *testing.T) { // W10, M12
	p := served(t)
	to := TransferChat{ToAgent: "bob", Note: "knows french"}
	p.expect(alice, to, `forward agent/bob Reserve transfer`)
	p.expect(alice, SlotGranted{Offer: "c1.2", Agent: "bob", Name: "Bob", Then: to}, `
		event TransferStarted warm bob
		event Offered c1.2 bob transfer
		event Labelled transfer_requested
		news agent/bob offered Offered
		news agent/alice agent Labelled
		send agent/bob OfferStart c1.2
		ok`)
	o := p.chat.Offers[0]
	if !o.Deadline.Equal(morning.Add(transferAccept)) || o.From != "alice" || o.Note != "knows french" {
		t.Errorf("the offer is %+v", o)
	}
	p.must(alice, SendText{Text: "one moment"})
	p.refused(alice, LeaveChat{}, ErrTransferring)
	p.refused(bob, SendText{Text: "hello"}, ErrNotParticipant)
}

func TestC21AnAcceptedWarmTransferLetsItsSenderGoIntoWrapup(t *testing.T) { // M14
	p := warm(t)
	p.expect(bob, Accept{Offer: "c1.2", Agent: "bob"}, `
		event Accepted c1.2 bob transfer
		event TransferDone from alice to bob
		event Left alice transferred owner=bob mandatory
		event Labelled active
		news customer/kim customer Accepted
		news agent/bob offered Accepted
		news agent/bob agent Accepted
		news agent/alice others Accepted
		news agent/alice sender TransferDone
		news agent/alice agent Left
		news agent/bob others Left
		news agent/bob agent Labelled
		send agent/bob Assigned
		send agent/alice Released mandatory transferred
		ok c1`)
	p.shows(PhaseActive, "bob", LabelActive)
	p.refused(alice, SendText{Text: "bye"}, ErrNotParticipant)
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved"})
	p.must(bob, EndChat{})
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "bob", Code: "solved"})
	if p.chat.Phase != PhaseClosed {
		t.Errorf("the chat is %s", p.chat.Phase)
	}
}

func TestC22AWarmTransferThatNobodyTakesIsDropped(t *testing.T) { // W12, M13
	for name, c := range map[string]struct {
		by      Principal
		cmd     Command
		at      time.Duration
		why     string
		answer  string
		exclude string
	}{
		"rejected":      {bob, Reject{Offer: "c1.2", Agent: "bob"}, 0, "rejected", "ok c1", "bob"},
		"not answered":  {nobody, Tick{}, transferAccept, "rona", "", "bob"},
		"not available": {nobody, OfferAborted{Offer: "c1.2", Agent: "bob", Why: AgentState}, 0, "agent_state", "", ""},
		"signed out":    {nobody, OfferAborted{Offer: "c1.2", Agent: "bob", Why: AgentOffline}, 0, "offline", "", ""},
		"lost":          {nobody, OfferAborted{Offer: "c1.2", Agent: "bob", Why: AgentGone}, 0, "agent_lost", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := warm(t).at(c.at)
			p.expect(c.by, c.cmd, `
				event OfferEnded c1.2 bob `+c.why+`
				event TransferFailed from alice `+c.why+`
				event Labelled active
				news agent/bob offered OfferEnded
				news agent/alice sender TransferFailed
				news agent/alice agent Labelled
				send agent/bob OfferOver c1.2 `+c.why+`
				`+c.answer)
			p.shows(PhaseActive, "alice", LabelActive)
			if got := p.chat.excluded("bob", p.now.Add(rejectHold-1)); got != (c.exclude != "") {
				t.Errorf("a queue may not ask bob again: %t", got)
			}
			p.refused(bob, ViewChat{}, ErrNotParticipant)
			p.rings(alice, TransferChat{ToAgent: "bob"}) // by hand he may be asked at once
		})
	}
}

func TestC22AnAgentWhoCannotBeAskedIsTheSendersAnswer(t *testing.T) {
	p := served(t)
	to := TransferChat{ToAgent: "bob"}
	p.ask(alice, to)
	p.refused(alice, SlotDenied{Offer: "c1.2", Agent: "bob", Reason: "capacity", Then: to}, ErrUnavailable)
	p.shows(PhaseActive, "alice", LabelActive)
}

func TestC25AWarmTransferIsTakenBack(t *testing.T) {
	p := warm(t)
	x := p.chat.Transfer.ID
	p.refused(alice, CancelTransfer{"another"}, ErrTooLate)
	p.refused(bob, CancelTransfer{x}, ErrNotParticipant)
	p.refused(kim, CancelTransfer{x}, ErrForbidden)
	p.expect(alice, CancelTransfer{x}, `
		event OfferEnded c1.2 bob cancelled
		event TransferCancelled
		event Labelled active
		news agent/bob offered OfferEnded
		news agent/alice sender TransferCancelled
		news agent/alice agent Labelled
		send agent/bob OfferOver c1.2 cancelled
		ok`)
	p.shows(PhaseActive, "alice", LabelActive)
	p.refused(alice, CancelTransfer{x}, ErrTooLate)
}

func TestC25ASupervisorTakesATransferBack(t *testing.T) {
	p := staying(t)
	p.must(nobody, p.grant(bob))
	p.expect(sue, CancelTransfer{p.chat.Transfer.ID}, `
		event OfferEnded c1.2 bob cancelled
		event LegDropped sales cancelled
		event TransferCancelled
		event Labelled active
		news agent/bob offered OfferEnded
		news agent/alice sender TransferCancelled
		news agent/alice agent Labelled
		send agent/bob OfferOver c1.2 cancelled
		send queue/sales Withdraw moved
		ok`)
	p.shows(PhaseActive, "alice", LabelActive)
}

func TestWhoMayTransferAndWhereTo(t *testing.T) {
	bad := func(text string) error { return refusal("bad_target", text) }
	for name, c := range map[string]struct {
		by   Principal
		m    TransferChat
		want error
	}{
		"the customer":          {kim, TransferChat{ToAgent: "bob"}, ErrForbidden},
		"an agent beside it":    {carol, TransferChat{ToAgent: "bob"}, ErrNotParticipant},
		"a guest":               {bob, TransferChat{ToAgent: "carol"}, refusal("forbidden", "only the owner of the chat may do that")},
		"to nobody":             {alice, TransferChat{}, bad("a transfer goes to an agent or to a queue")},
		"to both":               {alice, TransferChat{ToAgent: "bob", ToQueue: "sales"}, bad("a transfer goes to an agent or to a queue")},
		"to himself":            {alice, TransferChat{ToAgent: "alice"}, bad("the chat is his already")},
		"to its owner":          {sue, TransferChat{ToAgent: "alice"}, bad("the chat is his already")},
		"to an unknown agent":   {alice, TransferChat{ToAgent: "zoe"}, bad("no agent named zoe")},
		"to an unknown queue":   {alice, TransferChat{ToQueue: "beer"}, bad("no queue named beer")},
		"to an agent and stay":  {alice, TransferChat{ToAgent: "carol", Mode: Stay}, bad("a transfer to an agent is warm or blind")},
		"in a mode of its own":  {alice, TransferChat{ToAgent: "carol", Mode: "slow"}, bad("a transfer to an agent is warm or blind")},
		"to a queue and warmly": {alice, TransferChat{ToQueue: "sales", Mode: Warm}, bad("a transfer to a queue is stay or blind")},
		"with another fallback": {alice, TransferChat{ToAgent: "carol", OnFail: "shrug"}, bad("no such end of a failed transfer")},
	} {
		t.Run(name, func(t *testing.T) { conference(t).refused(c.by, c.m, c.want) })
	}
	p := warm(t)
	p.refused(alice, TransferChat{ToAgent: "carol"}, badState("a transfer of this chat is already open"))
	p.refused(alice, TransferChat{ToQueue: "sales"}, badState("a transfer of this chat is already open"))
	newPlay(t).start().refused(sue, TransferChat{ToAgent: "bob"}, badState("nobody serves the chat yet"))
	p = served(t)
	p.must(alice, EndChat{})
	p.refused(alice, TransferChat{ToAgent: "bob"}, ErrEnded)
}

func TestAnAgentWhoIsAskedForOneThingIsNotAskedForAnother(t *testing.T) {
	p := served(t)
	p.rings(alice, Invite{Agent: "bob"})
	p.refused(alice, TransferChat{ToAgent: "bob"}, refusal("bad_target", "he is asked already"))
	p.refused(alice, Consult{Agent: "bob"}, refusal("bad_target", "he is asked already"))
}

func TestWhatWasAskedForIsLookedAtAgainWhenTheSlotIsThere(t *testing.T) {
	to := TransferChat{ToAgent: "bob"}
	for name, c := range map[string]struct {
		between func(p *play)
		want    error
	}{
		"the chat has ended":       {func(p *play) { p.must(kim, EndChat{}) }, ErrEnded},
		"its source is gone":       {func(p *play) { p.must(nobody, SourceRemoved{"web"}) }, ErrSourceRemoved},
		"another has it":           {func(p *play) { p.must(sue, TakeOver{}) }, ErrNotParticipant},
		"another transfer is open": {func(p *play) { p.rings(alice, TransferChat{ToAgent: "carol"}) }, badState("a transfer of this chat is already open")},
		"he is asked already":      {func(p *play) { p.rings(alice, Invite{Agent: "bob"}) }, refusal("bad_target", "he is in the chat or asked already")},
	} {
		t.Run(name, func(t *testing.T) {
			p := served(t)
			g := p.yes(p.ask(alice, to))
			c.between(p)
			p.expect(alice, g, "send agent/bob SlotRelease c1.2\nrefused "+c.want.Error())
		})
	}
	p := served(t)
	p.ask(alice, TransferChat{ToQueue: "sales"})
	p.must(nobody, SourceRemoved{"web"})
	p.refused(alice, Admitted{Queue: "sales", Then: TransferChat{ToQueue: "sales"}}, ErrSourceRemoved)
	p.refused(alice, Admitted{Queue: "sales", Then: Pick{}}, badState("nothing waits for this queue"))
	p.expect(alice, SlotGranted{Offer: "c1.9", Agent: "bob", Then: EndChat{}}, "send agent/bob SlotRelease c1.9\nrefused "+badState("nothing waits for this slot").Error())
}

func TestC23ABlindTransferSendsItsSenderIntoWrapupAtOnce(t *testing.T) { // M14
	p := served(t)
	p.expect(alice, p.yes(p.ask(alice, TransferChat{ToAgent: "bob", Mode: Blind})), `
		event TransferStarted blind bob
		event Offered c1.2 bob transfer
		event Left alice transferred owner= mandatory
		event Labelled transfer_requested
		news agent/bob offered Offered
		news customer/kim customer Left
		news agent/alice agent Left
		send agent/bob OfferStart c1.2
		send agent/alice Released mandatory transferred
		ok`)
	p.expect(bob, Accept{Offer: "c1.2", Agent: "bob"}, `
		event Accepted c1.2 bob transfer
		event TransferDone from alice to bob
		event Labelled active
		news customer/kim customer Accepted
		news agent/bob offered Accepted
		news agent/bob agent Accepted
		news agent/alice sender TransferDone
		news agent/bob agent Labelled
		send agent/bob Assigned
		ok c1`)
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestC23AThirdAgentKeepsAChatThatIsTransferredBlindly(t *testing.T) {
	p := conference(t)
	p.rings(alice, TransferChat{ToAgent: "carol", Mode: Blind})
	p.shows(PhaseActive, "bob", LabelTransferRequested)
	p.must(carol, Reject{Offer: "c1.3", Agent: "carol"})
	p.shows(PhaseActive, "bob", LabelActive)

	p = conference(t)
	p.admits(alice, TransferChat{ToQueue: "sales", Mode: Blind})
	p.shows(PhaseActive, "bob", LabelTransferRequested)
	p.must(nobody, p.grant(carol))
	p.must(carol, Accept{Offer: "c1.3", Agent: "carol"})
	p.shows(PhaseActive, "carol", LabelConference)
}

func TestC24ABlindTransferThatNobodyTakesGoesBackToItsQueueWithItsAge(t *testing.T) {
	for _, why := range []OfferReason{OfferRejected, OfferRONA, AgentGone} {
		p := blind(t, "").at(transferAccept - 1)
		cmd, by := Command(Reject{Offer: "c1.2", Agent: "bob"}), bob
		answer, without := "ok c1", " without=bob"
		switch why {
		case OfferRONA:
			p.at(transferAccept)
			cmd, by, answer = Tick{}, nobody, ""
		case AgentGone:
			cmd, by, answer, without = OfferAborted{Offer: "c1.2", Agent: "bob", Why: AgentGone}, nobody, "", ""
		}
		p.expect(by, cmd, `
			event OfferEnded c1.2 bob `+string(why)+`
			event TransferFailed from alice `+string(why)+`
			event Queued support transfer
			event Labelled active
			news agent/bob offered OfferEnded
			news agent/alice sender TransferFailed
			news customer/kim customer Queued
			send agent/bob OfferOver c1.2 `+string(why)+`
			send queue/support Enqueue`+without+`
			`+answer)
		if l := p.chat.Leg; !l.EnteredAt.Equal(morning) || !l.Key.Equal(morning.Add(-regainBoost)) {
			t.Errorf("it waits as %+v", l)
		}
	}
}

func TestC24ABlindTransferThatNobodyTakesEnds(t *testing.T) {
	blind(t, EndOnFail).expect(bob, Reject{Offer: "c1.2", Agent: "bob"}, `
		event OfferEnded c1.2 bob rejected
		event TransferFailed from alice rejected
		event ChatEnded by system transfer_failed
		news agent/bob offered OfferEnded
		news agent/alice sender TransferFailed
		news customer/kim customer ChatEnded
		send agent/bob OfferOver c1.2 rejected
		ok c1`)
}

// returning is a blind transfer that bob has rejected and that goes back to
// alice; her wrap-up is optional, so that she may have it.
func returning(t testing.TB) (*play, SlotGranted) {
	p := blind(t, ReturnToSender, func(c *Config) { c.Queues["support"].Wrapup = WrapupPolicy{Mode: WrapupNone} })
	out := p.must(bob, Reject{Offer: "c1.2", Agent: "bob"})
	asks := out.Sends[len(out.Sends)-1]
	if asks.To != AgentID("alice").Address() || p.chat.Transfer == nil {
		t.Fatalf("it asks %+v", asks)
	}
	return p.shows(PhaseQueued, "", LabelTransferRequested), p.yes(asks)
}

func TestC24ABlindTransferThatNobodyTakesIsOfferedToItsSender(t *testing.T) {
	p, g := returning(t)
	p.expect(nobody, g, `
		event Offered c1.3 alice transfer
		news agent/alice offered Offered
		send agent/alice OfferStart c1.3`)
	p.expect(alice, Accept{Offer: "c1.3", Agent: "alice"}, `
		event Accepted c1.3 alice transfer
		event TransferDone from alice to alice
		event Labelled active
		news customer/kim customer Accepted
		news agent/alice offered Accepted
		news agent/alice agent Accepted
		news agent/alice sender TransferDone
		news agent/alice agent Labelled
		send agent/alice Assigned
		ok c1`)
	p.shows(PhaseActive, "alice", LabelActive)
}

func TestC24ASenderHasHisChatBackAlthoughHeOwesItsWrapup(t *testing.T) {
	p := blind(t, ReturnToSender)
	if rows := p.chat.SlotRows(); len(rows) != 2 || rows[1].State != SlotReleased || rows[1].Offer != "c1.1" {
		t.Fatalf("alice owes: %+v", rows)
	}
	out := p.must(bob, Reject{Offer: "c1.2", Agent: "bob"})
	p.must(nobody, p.yes(out.Sends[len(out.Sends)-1]))
	if rows := p.chat.SlotRows(); len(rows) != 1 || rows[0].State != SlotAlerting || rows[0].Agent != "alice" {
		t.Fatalf("it rings at alice: %+v", rows)
	}
	p.expect(alice, Accept{Offer: "c1.3", Agent: "alice"}, `
		event WrapupRecorded alice
		event Accepted c1.3 alice transfer
		event TransferDone from alice to alice
		event Labelled active
		news customer/kim customer Accepted
		news agent/alice offered Accepted
		news agent/alice agent Accepted
		news agent/alice sender TransferDone
		news agent/alice agent Labelled
		send agent/alice Assigned
		ok c1`)
	if len(p.chat.Owing) != 0 || p.chat.Filed[0].By != "returned" {
		t.Errorf("owing %+v, filed %+v", p.chat.Owing, p.chat.Filed)
	}
	p.must(alice, EndChat{})
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "late", Offer: "c1.1"})
	if !p.chat.owes("alice") {
		t.Error("a wrap-up of the first time stands for that of the second")
	}
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved", Offer: "c1.3"})
	if p.chat.Phase != PhaseClosed {
		t.Errorf("%s", p.chat.Phase)
	}
}

func TestC24ASenderWhoDoesNotAnswerStillOwesHisWrapup(t *testing.T) {
	p := blind(t, ReturnToSender)
	out := p.must(bob, Reject{Offer: "c1.2", Agent: "bob"})
	p.must(nobody, p.yes(out.Sends[len(out.Sends)-1]))
	out = p.must(alice, Reject{Offer: "c1.3", Agent: "alice"})
	if p.shows(PhaseQueued, "", LabelActive); !p.chat.owes("alice") || len(p.chat.SlotRows()) != 1 || p.chat.SlotRows()[0].State != SlotReleased {
		t.Errorf("%+v", p.chat.SlotRows())
	}
	for _, s := range out.Sends {
		if r, ok := s.Cmd.(Released); ok && r.Spec.Mode == WrapupMandatory && r.Offer == "c1.1" && r.Weight == p.chat.Weight {
			return
		}
	}
	t.Errorf("she is not told what she owes: %s", told(out))
}

func TestC24ASenderWhoDoesNotTakeItBackEither(t *testing.T) {
	back := func(p *play, why string) {
		t.Helper()
		p.shows(PhaseQueued, "", LabelActive)
		if l := p.chat.Leg; l == nil || l.Queue != "support" || !l.EnteredAt.Equal(morning) || p.chat.Transfer != nil {
			t.Errorf("%s: it waits as %+v", why, l)
		}
	}
	p, g := returning(t)
	p.must(nobody, SlotDenied{Offer: g.Offer, Agent: "alice", Reason: "wrapup", Then: g.Then})
	back(p, "denied")
	p.expect(nobody, g, "send agent/alice SlotRelease c1.3\nrefused "+ErrTooLate.Error()) // after all

	p, g = returning(t)
	if at := p.chat.Deadline(); !at.Equal(morning.Add(2 * time.Second)) {
		t.Errorf("her answer is waited for until %v", at)
	}
	p.at(2*time.Second).must(nobody, Tick{})
	back(p, "no answer")
	p.expect(nobody, SlotDenied{Offer: g.Offer, Agent: "alice", Then: g.Then}, "")

	p, g = returning(t)
	p.must(nobody, g)
	p.at(transferAccept).must(nobody, Tick{})
	back(p, "missed")
	if !p.chat.excluded("alice", p.now) {
		t.Error("alice missed it and may be asked at once")
	}
}

func TestC24ABlindTransferWhoseQueueIsGoneEnds(t *testing.T) {
	p := blind(t, ReturnToQueue)
	delete(p.config.Queues, "support")
	p.must(bob, Reject{Offer: "c1.2", Agent: "bob"})
	if p.chat.EndReason != EndRefused {
		t.Errorf("the chat is %s by %s", p.chat.Phase, p.chat.EndReason)
	}
}

func TestATransferToAnAgentWhoIsInTheChatNeedsNoAccept(t *testing.T) { // race 39
	conference(t).expect(alice, TransferChat{ToAgent: "bob"}, `
		event OwnerSet bob
		event Left alice transferred owner=bob mandatory
		event Labelled active
		news agent/alice agent OwnerSet
		news agent/bob agent OwnerSet
		news customer/kim customer Left
		news agent/alice agent Left
		news agent/bob others Left
		news agent/bob agent Labelled
		send agent/alice Released mandatory transferred
		ok`)
	p := consulting(t)
	p.expect(alice, TransferChat{ToAgent: "bob"}, `
		event Joined bob talk was consult owner
		event Left alice transferred owner=bob mandatory
		event Labelled active
		news customer/kim customer Joined
		news agent/bob agent Joined
		news agent/alice others Joined
		news customer/kim customer Left
		news agent/alice agent Left
		news agent/bob others Left
		news agent/bob agent Labelled
		send agent/alice Released mandatory transferred
		ok`)
	p.shows(PhaseActive, "bob", LabelActive)
}

func TestAfterARestartAnOpenTransferIsToldAgain(t *testing.T) {
	p := staying(t)
	p.must(nobody, p.grant(bob))
	var got []string
	for _, s := range p.chat.Pending() {
		got = append(got, s.To.String()+" "+commandWords(s.Cmd))
	}
	want := []string{"queue/sales Enqueue", "agent/bob OfferStart c1.2", "agent/alice Assigned"}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("it tells %q, want %q", got, want)
	}
	p, _ = returning(t)
	if at := p.chat.Deadline(); at.IsZero() {
		t.Error("a sender who was asked before the restart is waited for for ever")
	}
}
