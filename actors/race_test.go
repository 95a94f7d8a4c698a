package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// The races of the model that meet in a session, in the journal or in the
// clock; those of the mailboxes are with the rules.

func TestRace17AnAcceptSentTwiceAfterAReconnectIsOneAccept(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		accept := acd.AcceptOffer{Offer: alice.offered().Offer.ID}
		first := alice.doAs("accept", alice.desk(), accept)
		alice.session.Close("")
		alice = alice.again()
		second := alice.doAs("accept", alice.desk(), accept)
		if first.Result != second.Result || second.Result.Chat != chat {
			t.Errorf("answered %+v and %+v", first, second)
		}
		accepts := 0
		for _, e := range events(t, w.journal, chat.Address()) {
			if _, ok := e.(acd.Accepted); ok {
				accepts++
			}
		}
		if accepts != 1 {
			t.Errorf("accepted %d times", accepts)
		}
	})
}

func TestRace17AnAcceptThatWasOnItsWayWhenTheSocketBrokeIsAnsweredOnTheNext(t *testing.T) {
	inWorld(t, func(w *world) {
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
			t.Fatal("answered before it was durable")
		}
		w.journal.Release()
		alice.read()
		if a := alice.answers["accept"]; a == nil || a.Result.Chat != chat {
			t.Errorf("answered %+v", a)
		}
	})
}

func TestRace30TwoTabsOfACustomerAreSessionsOfOneChat(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, one := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := one.starts()
		two := w.customer("ann")
		if got := two.welcome.Snapshot.Chats; len(got) != 1 || got[0].View.Chat != chat {
			t.Fatalf("the second tab starts from %+v", got)
		}
		alice.accepts()
		two.says(chat, "from the other tab")
		if m, _ := last[acd.MessageSent](one); m.Message.Text != "from the other tab" {
			t.Errorf("the first tab has %+v", m)
		}
		one.session.Close("")
		w.pass(20 * time.Minute) // one tab is there: nobody is away
		if n := alice.says(chat, "still here"); n != 2 {
			t.Errorf("message number %d", n)
		}
	})
}

func TestRace31AStartThatIsRetriedIsTheSameChat(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		start := acd.Start{Chat: "first", Source: "web", Queue: "support"}
		first := ann.doAs("start", acd.QueueID("support").Address(), start)
		ann.session.Close("")
		ann = ann.again()
		second := ann.doAs("start", acd.QueueID("support").Address(), start)
		if first.Result.Chat != "first" || second.Result.Chat != "first" {
			t.Errorf("started %+v and %+v", first, second)
		}
	})
}

func TestRace57ATimerThatFiresWhileTheProcessStopsFiresAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.offered()
		w.pass(19 * time.Second)
		w.journal.Hold() // the time-out is decided, and never reaches the disk
		w.pass(2 * time.Second)
		if n := told[acd.OfferEnded](alice); n != 0 {
			t.Fatal("told of what is not on disk")
		}
		w.crash()
		alice = alice.again()
		if c := fold(t, w.journal, chat); len(c.Offers) != 1 {
			t.Fatalf("after the crash %d offers are open", len(c.Offers))
		}
		w.pass(11 * time.Second)
		if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.OfferRONA {
			t.Errorf("the offer ended %+v", e)
		}
		if n := told[acd.OfferEnded](alice); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

func TestRace58AClockThatJumpsMovesNoDeadline(t *testing.T) {
	for name, jump := range map[string]time.Duration{"ahead": time.Hour, "back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				var jumped time.Duration
				w.opts.Now = func() time.Time { return time.Now().Add(jumped) }
				w.crash()
				alice, ann := w.agent("alice"), w.customer("ann")
				alice.ready()
				ann.starts()
				alice.offered()
				jumped = jump
				w.pass(19 * time.Second)
				if n := told[acd.OfferEnded](alice); n != 0 {
					t.Error("missed too early")
				}
				w.pass(2 * time.Second)
				if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.OfferRONA {
					t.Errorf("the offer ended %+v", e)
				}
			})
		})
	}
}
