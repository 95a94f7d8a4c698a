package acd

import (
	"testing"
	"time"
)

// What a desk makes of an offer's end that only the chat's journal knows.

func missedBefore(d *desk) OfferOver {
	d.now = d.now.Add(time.Minute)
	return OfferOver{Offer: "c1.1", Chat: "c1", Reason: OfferRONA, MinAlert: time.Second, At: d.now, Rang: 20 * time.Second}
}

func TestAMissedOfferOfBeforeTheCrashIsCountedOnce(t *testing.T) { // I8
	d := newDesk(t)
	over := missedBefore(d)
	d.now = d.now.Add(time.Second)
	d.restart() // the journal has the chat's record and not the agent's
	d.do(ann, SessionOpened{Session: "s2", Alerting: true})
	d.expect(nobodyHere, over, "struck c1.1 rona | presence rona by system")
	d.restart()
	if d.do(nobodyHere, over); len(d.out.Events) != 0 {
		t.Fatalf("counted again: %+v", d.out.Events)
	}
	d.do(ann, SetPresence{State: Available})
	d.restart()
	over.Offer = "c1.2"
	if d.do(nobodyHere, over); len(d.out.Events) != 0 {
		t.Fatalf("counted although he has come back since: %+v", d.out.Events)
	}
}

func TestAnOfferThatRangWhereNobodyWasIsNoStrikeAfterACrashEither(t *testing.T) { // I8
	d := newDesk(t)
	d.ring()
	offer := d.a.slots[0].Offer
	d.do(ann, SessionClosed{Session: "s1"})
	over := missedBefore(d)
	over.Offer = offer
	d.now = d.now.Add(time.Second)
	d.restart()
	if d.do(nobodyHere, over); len(d.out.Events) != 0 {
		t.Fatalf("%+v", d.out.Events)
	}
}

func TestAnOfferThatNobodyVouchesForIsNoStrike(t *testing.T) { // I8
	d := newDesk(t)
	over := missedBefore(d)
	over.Rang = 0
	d.now = d.now.Add(time.Second)
	d.restart()
	if d.do(nobodyHere, over); len(d.out.Events) != 0 {
		t.Fatalf("%+v", d.out.Events)
	}
}

func TestALateAcceptOfAnOfferLongForgottenIsToldThatItIsOver(t *testing.T) {
	p := newPlay(t).start()
	for i := 0; i <= pastOffers; i++ {
		end := OfferEnded{Offer: OfferID("c1.old" + string(rune('!'+i))), Agent: "bob", Reason: OfferRONA}
		p.chat.Apply(p.now, end)
		p.folded.Apply(p.now, end)
	}
	p.refused(bob, Accept{Offer: "c1.old!", Agent: "bob"}, offerGone(OfferMoved))
	p.refused(alice, Accept{Offer: "c1.old!", Agent: "alice"}, ErrNotFound)
	p.refused(bob, Accept{Offer: "c1.old#", Agent: "bob"}, offerGone(OfferRONA))
}
