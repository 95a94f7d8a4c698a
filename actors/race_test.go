package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/acd/racetest"
)

// TestRaces plays, with the running engine and in both orders, the races of the
// model that meet in a session, in the journal or in the clock, and those of
// the mailboxes that a person would notice most; the others are with the rules.
func TestRaces(t *testing.T) { racetest.Play(t, "actors", racesOfOffers, racesOfTheRest) }

func in(story func(*world)) func(*testing.T) {
	return func(t *testing.T) { inWorld(t, story) }
}

var racesOfOffers = racetest.Orders{
	"01 accept_first":    in(race01AcceptThenTimeOut),
	"01 time_out_first":  in(race01TimeOutThenAccept),
	"02 accept_first":    in(race02AcceptThenTheCustomerLeaves),
	"02 customer_first":  in(race02TheCustomerLeavesThenAccept),
	"03 accept_first":    in(race03AcceptThenReject),
	"03 reject_first":    in(race03RejectThenAccept),
	"04 desk_first":      in(func(w *world) { race04(w, false) }),
	"04 phone_first":     in(func(w *world) { race04(w, true) }),
	"07 accept_first":    in(race07AcceptThenTakeOver),
	"07 take_over_first": in(race07TakeOverThenAccept),
	"08 accept_first":    in(race08AcceptThenCancel),
	"08 cancel_first":    in(race08CancelThenAccept),
	"09 accept_first":    in(race09AcceptThenEnd),
	"09 end_first":       in(race09EndThenAccept),
	"15 accept_first":    in(race15AcceptThenNotReady),
	"15 not_ready_first": in(race15NotReadyThenAccept),
	"16 accept_first":    in(race16AcceptThenTheSocketDies),
	"16 loss_first":      in(race16TheSocketDiesThenAccept),
	"17 answer_first":    in(race17AnsweredThenCut),
	"17 cut_first":       in(race17CutThenAnswered),
	"22 pick_first":      in(race22PickThenOffer),
	"22 offer_first":     in(race22OfferThenPick),
}

var racesOfTheRest = racetest.Orders{
	"25 customer_first": in(func(w *world) { race25(w, true) }),
	"25 agent_first":    in(func(w *world) { race25(w, false) }),
	"29 return_first":   in(race29ReturnThenGrace),
	"29 grace_first":    in(race29GraceThenReturn),
	"30 old_tab_first":  in(func(w *world) { race30(w, false) }),
	"30 new_tab_first":  in(func(w *world) { race30(w, true) }),
	"31 answer_first":   in(race31AnsweredThenTriedAgain),
	"31 retry_first":    in(race31TriedAgainThenAnswered),
	"32 message_first":  in(race32MessageThenEnd),
	"32 end_first":      in(race32EndThenMessage),
	"48 submit_first":   in(race48SubmitThenTimer),
	"48 timer_first":    in(race48TimerThenSubmit),
	"49 desk_first":     in(func(w *world) { race49(w, false) }),
	"49 phone_first":    in(func(w *world) { race49(w, true) }),
	"51 return_first":   in(race51ReturnThenGrace),
	"51 grace_first":    in(race51GraceThenReturn),
	"53 new_first":      single(race53NewFirst),
	"53 old_first":      single(race53OldFirst),
	"57 timer_first":    in(race57TimerThenStop),
	"57 stop_first":     in(race57StopThenTimer),
	"58 ahead":          in(func(w *world) { race58(w, time.Hour) }),
	"58 back":           in(func(w *world) { race58(w, -time.Hour) }),
}

// rings is a chat of ann's that rings at alice.
func (w *world) rings() (alice, ann *person, chat acd.ChatID, accept acd.AcceptOffer) {
	w.t.Helper()
	alice, ann = w.agent("alice"), w.customer("ann")
	alice.ready()
	chat = ann.starts()
	return alice, ann, chat, acd.AcceptOffer{Offer: alice.offered().Offer.ID}
}

// served is a chat of ann's that alice has accepted.
func (w *world) served() (alice, ann *person, chat acd.ChatID) {
	w.t.Helper()
	alice, ann, chat, accept := w.rings()
	alice.must(alice.desk(), accept)
	return alice, ann, chat
}

// gone expects that an accept comes too late, and why.
func (p *person) gone(accept acd.AcceptOffer, why acd.OfferReason) {
	p.w.t.Helper()
	if r := p.refused("offer_gone", p.desk(), accept); r.Reason != string(why) {
		p.w.t.Errorf("%s is told %+v, expected %s", p.by.ID, r, why)
	}
}

// isNow expects what the desk shows of its person.
func (p *person) isNow(want acd.PresenceState) {
	p.w.t.Helper()
	if got := p.view().Presence.State; got != want {
		p.w.t.Errorf("%s is %s, expected %s", p.by.ID, got, want)
	}
}

func race17AnsweredThenCut(w *world) {
	alice, ann := w.agent("alice"), w.customer("ann")
	alice.ready()
	chat := ann.starts()
	accept := acd.AcceptOffer{Offer: alice.offered().Offer.ID}
	first := alice.doAs("accept", alice.desk(), accept)
	alice.session.Close("")
	alice = alice.again()
	second := alice.doAs("accept", alice.desk(), accept)
	if first.Result != second.Result || second.Result.Chat != chat {
		w.t.Errorf("answered %+v and %+v", first, second)
	}
	accepts := 0
	for _, e := range events(w.t, w.journal, chat.Address()) {
		if _, ok := e.(acd.Accepted); ok {
			accepts++
		}
	}
	if accepts != 1 {
		w.t.Errorf("accepted %d times", accepts)
	}
}

func race17CutThenAnswered(w *world) {
	alice, ann := w.agent("alice"), w.customer("ann")
	alice.ready()
	chat := ann.starts()
	accept := acd.AcceptOffer{Offer: alice.offered().Offer.ID}
	w.journal.Hold()
	alice.session.Do("accept", digestOf(accept), alice.desk(), accept)
	alice.read()
	alice.session.Close("")
	alice = alice.again()
	alice.session.Do("accept", digestOf(accept), alice.desk(), accept)
	alice.read()
	if alice.answers["accept"] != nil {
		w.t.Fatal("answered before it was durable")
	}
	w.journal.Release()
	alice.read()
	if a := alice.answers["accept"]; a == nil || a.Result.Chat != chat {
		w.t.Errorf("answered %+v", a)
	}
}

func race31AnsweredThenTriedAgain(w *world) {
	ann := w.customer("ann")
	start := acd.Start{Chat: "first", Source: "web", Queue: "support"}
	first := ann.doAs("start", acd.QueueID("support").Address(), start)
	ann.session.Close("")
	ann = ann.again()
	second := ann.doAs("start", acd.QueueID("support").Address(), start)
	if first.Result.Chat != "first" || second.Result.Chat != "first" {
		w.t.Errorf("started %+v and %+v", first, second)
	}
}

func race57StopThenTimer(w *world) {
	alice, ann := w.agent("alice"), w.customer("ann")
	alice.ready()
	chat := ann.starts()
	alice.offered()
	w.pass(19 * time.Second)
	w.journal.Hold() // the time-out is decided, and never reaches the disk
	w.pass(2 * time.Second)
	if n := told[acd.OfferEnded](alice); n != 0 {
		w.t.Fatal("told of what is not on disk")
	}
	w.crash()
	alice = alice.again()
	if c := fold(w.t, w.journal, chat); len(c.Offers) != 1 {
		w.t.Fatalf("after the crash %d offers are open", len(c.Offers))
	}
	w.pass(11 * time.Second)
	if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.OfferRONA {
		w.t.Errorf("the offer ended %+v", e)
	}
	if n := told[acd.OfferEnded](alice); n != 1 {
		w.t.Errorf("told %d times", n)
	}
}
