package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

func TestAChatIsOfferedAcceptedTalkedInEndedAndWrappedUp(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		o := alice.offered()
		if o.Popover.Customer != "ann" || o.Popover.QueueName != "SUPPORT" || o.Offer.Attempt != 1 {
			t.Errorf("popover %+v", o)
		}
		if got := alice.accepts(); got != chat {
			t.Fatalf("accepted %q", got)
		}
		if n := ann.says(chat, "hello"); n != 1 {
			t.Errorf("first message has number %d", n)
		}
		alice.says(chat, "hi")
		if m, _ := last[acd.MessageSent](ann); m.Message.Text != "hi" || m.Message.Author.Name != "ALICE" {
			t.Errorf("ann got %+v", m)
		}
		alice.must(chat.Address(), acd.EndChat{})
		if e, _ := last[acd.ChatEnded](ann); e.Reason != acd.EndedByAgent {
			t.Errorf("ended %+v", e)
		}
		if d, _ := last[acd.WrapupStarted](alice); d.Debt.Chat != chat {
			t.Errorf("debt %+v", d)
		}
		alice.refused("bad_code", alice.desk(), acd.Wrapup{Chat: chat, Code: "nonsense"})
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved", Notes: "fine"})
		if told[acd.WrapupDone](alice) != 1 {
			t.Error("no wrapup_done")
		}
	})
}

func TestAMissedOfferGoesToTheNextAgentAtTheSamePlace(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, bob, ann := w.agent("alice"), w.agent("bob"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		first := alice.offered()
		w.pass(time.Second)
		bob.ready()
		w.pass(19*time.Second + 100*time.Millisecond)
		if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.OfferRONA {
			t.Errorf("alice's offer ended %+v", e)
		}
		if p, _ := last[acd.PresenceSet](alice); p.State != acd.InRONA {
			t.Errorf("alice is %+v", p)
		}
		if r := alice.refused("offer_gone", alice.desk(), acd.AcceptOffer{Offer: first.Offer.ID}); r.Reason != "rona" {
			t.Errorf("late accept: %+v", r)
		}
		if o := bob.offered(); o.Offer.Attempt != 2 {
			t.Errorf("bob's offer %+v", o.Offer)
		}
		if got := bob.accepts(); got != chat {
			t.Errorf("bob accepted %q", got)
		}
	})
}

func TestWhatWasAcknowledgedSurvivesACrashAndStreamsResumeExactlyOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		ann.says(chat, "before the crash")
		ann.read()
		read := alice.seq // alice has not seen the message yet when the node dies
		w.crash()
		alice, ann = alice.again(), ann.again()
		if !alice.welcome.Resumed || !ann.welcome.Resumed {
			t.Fatalf("resumed: alice %v, ann %v", alice.welcome.Resumed, ann.welcome.Resumed)
		}
		alice.read()
		if m, _ := last[acd.MessageSent](alice); m.Message.Text != "before the crash" || alice.seq == read {
			t.Errorf("alice got %+v", m)
		}
		if n := told[acd.MessageSent](alice); n != 2 { // the message and its unread count
			t.Errorf("alice was told of the message by %d events, expected 2", n)
		}
		if n := alice.says(chat, "after the crash"); n != 2 {
			t.Errorf("message number %d, expected 2", n)
		}
		if m, _ := last[acd.MessageSent](ann); m.Message.Text != "after the crash" {
			t.Errorf("ann got %+v", m)
		}
		w.pass(time.Minute)
		alice.must(chat.Address(), acd.EndChat{})
	})
}

func TestACommandSentAgainGetsTheSameAnswerAndNoSecondEffect(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		first := ann.doAs("m1", chat.Address(), acd.SendText{Text: "once"})
		again := ann.doAs("m1", chat.Address(), acd.SendText{Text: "once"})
		if first.Result.MessageSeq != 1 || again.Result.MessageSeq != 1 {
			t.Errorf("numbers %d and %d", first.Result.MessageSeq, again.Result.MessageSeq)
		}
		if n := told[acd.MessageSent](alice); n == 0 {
			t.Error("alice heard nothing")
		}
		other := ann.doAs("m1", chat.Address(), acd.SendText{Text: "another"})
		if other.Refusal == nil || other.Refusal.Code != "duplicate_conflict" {
			t.Errorf("another content: %+v", other)
		}
		w.crash()
		ann = ann.again()
		if r := ann.doAs("m1", chat.Address(), acd.SendText{Text: "once"}); r.Result.MessageSeq != 1 {
			t.Errorf("after the crash: %+v", r)
		}
		if n := ann.says(chat, "next"); n != 2 {
			t.Errorf("next message has number %d", n)
		}
	})
}

func TestANodeThatTakesNoNewChatsAnswersAnOldStartAsBefore(t *testing.T) {
	inWorld(t, func(w *world) {
		queue, start := acd.QueueID("support").Address(), acd.Start{Chat: "c1", Source: "web", Queue: "support"}
		first := w.customer("ann").doAs("s1", queue, start)
		for name, closes := range map[string]func(){
			"full":       func() { w.engine.RefuseStarts(true) },
			"going down": func() { w.engine.Drain() },
		} {
			w.crash()
			closes()
			ann := w.customer("ann")
			if again := ann.doAs("s1", queue, start); first.Refusal != nil || again.Refusal != nil || again.Result.Chat != first.Result.Chat {
				t.Errorf("%s: the start was answered %+v and again %+v", name, first, again)
			}
			if fresh := ann.doAs("s2", queue, start); fresh.Refusal == nil || fresh.Refusal.Code != "overloaded" {
				t.Errorf("%s: a new start was answered %+v", name, fresh)
			}
		}
	})
}

func TestWhatIsGoneIsRefusedUnlessItWasThereWhenItWasAskedFor(t *testing.T) {
	inWorld(t, func(w *world) {
		queue, start := acd.QueueID("support").Address(), acd.Start{Chat: "c1", Source: "web", Queue: "support"}
		ann := w.customer("ann")
		first := ann.doAs("s1", queue, start)
		gone := &acd.Refusal{Code: "not_found", Text: "no such source"}
		for round := range 2 {
			delete(ann.answers, "s2")
			if ann.session.Refuse("s1", digestOf(start), gone) {
				t.Error("a start that was answered is refused")
			}
			if now := ann.session.Refuse("s2", digestOf(start), gone); now != (round == 0) {
				t.Errorf("round %d: whether the second is refused now: %t", round, now)
			}
			if now := ann.session.Refuse("s1", 7, gone); now {
				t.Error("another content under a used id is refused as gone")
			}
			ann.read()
			if a := ann.answers["s2"]; a == nil || a.Refusal == nil || *a.Refusal != *gone {
				t.Errorf("round %d: the second start is answered %+v", round, a)
			}
			if a := ann.doAs("s1", queue, start); a.Refusal != nil || a.Result.Chat != first.Result.Chat {
				t.Errorf("round %d: the first start was answered %+v and again %+v", round, first, a)
			}
			if a := ann.doAs("s2", queue, start); a.Refusal == nil || a.Refusal.Code != gone.Code {
				t.Errorf("round %d: it is there again, and the second start is answered %+v", round, a)
			}
			w.crash()
			ann = w.customer("ann")
		}
	})
}

func TestNothingLeavesBeforeItIsDurable(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		alice.read()
		ann.read()
		w.journal.Hold()
		ann.session.Do("held", 1, chat.Address(), acd.SendText{Text: "secret"})
		if got := append(ann.read(), alice.read()...); len(got) != 0 {
			t.Fatalf("left the node before it was durable: %+v", got)
		}
		w.journal.Release()
		ann.read()
		if a := ann.answers["held"]; a == nil || a.Result.MessageSeq != 1 {
			t.Errorf("answer %+v", a)
		}
		if n := told[acd.MessageSent](alice); n == 0 {
			t.Error("alice heard nothing")
		}
	})
}

func TestAnAgentWhoDoesNotComeBackLosesHisChatsToTheQueue(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, bob, ann := w.agent("alice"), w.agent("bob"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		alice.session.Close("")
		w.pass(59 * time.Second)
		bob.ready()
		if told[acd.Offered](bob) != 0 {
			t.Error("offered within the grace")
		}
		w.pass(2 * time.Second)
		if got := bob.accepts(); got != chat {
			t.Errorf("bob got %q", got)
		}
	})
}

func TestACustomerWhoStaysAwayAbandonsAndNobodyIsStruck(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		chat := ann.starts()
		ann.session.Close("")
		w.pass(50 * time.Second)
		alice.ready()
		if o := alice.offered(); o.Offer.ID == "" {
			t.Fatal("no offer")
		}
		w.pass(11 * time.Second)
		if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.CustomerGone {
			t.Errorf("offer ended %+v", e)
		}
		ann = ann.again()
		if e, _ := last[acd.ChatEnded](ann); e.Reason != acd.EndDisconnected {
			t.Errorf("chat %s ended %+v", chat, e)
		}
		bert := w.customer("bert")
		bert.starts()
		if n := told[acd.Offered](alice); n != 2 {
			t.Errorf("alice, who missed nothing, was offered %d chats", n)
		}
	})
}

func TestIdleChatsLeaveMemoryAndComeBackWithTheirState(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		alice.says(chat, "one")
		w.pass(10 * time.Minute)
		if n := w.engine.Live()[acd.KindChat]; n != 0 {
			t.Fatalf("%d chats in memory", n)
		}
		if n := ann.says(chat, "two"); n != 2 {
			t.Errorf("message number %d", n)
		}
		ann.session.Close("")
		w.pass(15 * time.Minute)
		if e, _ := last[acd.ChatEnded](alice); e.Reason != acd.EndDisconnected {
			t.Errorf("a sleeping chat missed its deadline: %+v", e)
		}
	})
}

func TestOnlyDeadlinesFromBeforeTheStartWaitForPeopleToComeBack(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.offered()
		w.pass(19 * time.Second)
		w.crash()
		alice, _ = alice.again(), ann.again()
		w.pass(5 * time.Second) // the offer's deadline has passed, the hold has not
		if n := told[acd.OfferEnded](alice); n != 0 {
			t.Error("missed before anybody could come back")
		}
		if got := alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady}); got != (acd.Result{}) {
			t.Errorf("result %+v", got)
		}
		if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.AgentState {
			t.Errorf("the offer ended %+v", e)
		}
		alice.ready()
		o := alice.offered()
		if chatOf, _ := o.Offer.ID.Chat(); chatOf != chat {
			t.Fatalf("offered %s", o.Offer.ID)
		}
	})
}

func TestAnOfferThatRanOutWhileTheNodeWasDownCanStillBeAccepted(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		o := alice.offered()
		w.pass(19 * time.Second)
		w.crash()
		alice, _ = alice.again(), ann.again()
		w.pass(5 * time.Second)
		if got := alice.must(alice.desk(), acd.AcceptOffer{Offer: o.Offer.ID}); got.Chat != chat {
			t.Errorf("accepted %+v", got)
		}
	})
}

func TestADeadlineOfTodayDoesNotWaitForTheRecovery(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = func(c *acd.Config) { c.Queues["support"].OfferTimeout = time.Second }
		w.crash()
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		ann.starts()
		alice.offered()
		w.pass(1100 * time.Millisecond)
		if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.OfferRONA {
			t.Errorf("the offer ended %+v", e)
		}
	})
}
