package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// inMemory expects so many chats there.
func (w *world) inMemory(want int, when string) {
	w.t.Helper()
	if n := w.engine.Live()[acd.KindChat]; n != want {
		w.t.Errorf("%d chats in memory %s, expected %d", n, when, want)
	}
}

func TestAChatStaysInMemoryUntilItsTurnsAreDurable(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		w.journal.Hold()
		ann.session.Do("held", 1, chat.Address(), acd.SendText{Text: "one"})
		w.pass(10 * time.Minute)
		w.inMemory(1, "while a turn of one is not on disk")
		w.journal.Release()
		ann.read()
		if a := ann.answers["held"]; a == nil || a.Result.MessageSeq != 1 {
			t.Errorf("answer %+v", a)
		}
		w.pass(10 * time.Minute)
		w.inMemory(0, "after all of it is on disk")
		if n := ann.says(chat, "two"); n != 2 {
			t.Errorf("message number %d", n)
		}
	})
}

func TestAClosedChatLeavesMemoryAtOnceAndStillAnswers(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		ann.says(chat, "one")
		alice.must(chat.Address(), acd.EndChat{})
		w.pass(10 * time.Second)
		w.inMemory(1, "while a wrap-up is owed")
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		w.pass(5 * time.Second)
		w.inMemory(0, "after the last one is closed")
		ann.refused("ended", chat.Address(), acd.SendText{Text: "two"})
		if got := fold(t, w.journal, chat).Phase; got != acd.PhaseClosed {
			t.Errorf("the chat is %s", got)
		}
	})
}

func TestAChatThatCanOnlyBeRatedLeavesMemoryAtOnceAndIsRated(t *testing.T) {
	inWorld(t, func(w *world) {
		w.caring()
		alice, kim := w.agent("alice"), w.customer("kim")
		alice.ready()
		kim.starts()
		chat := alice.accepts()
		for range 12 { // more records than a life leaves without a snapshot
			kim.says(chat, "so")
		}
		alice.must(chat.Address(), acd.EndChat{})
		w.pass(10 * time.Second)
		w.inMemory(1, "while a wrap-up is owed")
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		w.pass(5 * time.Second)
		w.inMemory(0, "that can only be rated")
		kim.must(chat.Address(), acd.Rate{Score: 5})
		w.pass(5 * time.Second)
		w.inMemory(0, "after the rating")
		if c := fold(t, w.journal, chat); c.Phase != acd.PhaseClosed || c.Rating == nil {
			t.Errorf("%s, rated %+v", c.Phase, c.Rating)
		}
		w.sound()
	})
}

func TestWhoHasReadAllOfAChatThatIsOverDoesNotWakeIt(t *testing.T) {
	inWorld(t, func(w *world) {
		w.caring()
		alice, bob, kim := w.agent("alice"), w.agent("bob"), w.customer("kim")
		alice.ready()
		kim.starts()
		chat := alice.accepts()
		bob.ready()
		kim.says(chat, "hello")
		alice.says(chat, "one moment")
		alice.must(chat.Address(), acd.TransferChat{ToAgent: "bob"})
		bob.reads().accepts()
		kim.says(chat, "and you are?")
		bob.says(chat, "bob")
		bob.must(chat.Address(), acd.EndChat{})
		for _, p := range []*person{alice, bob} {
			p.must(p.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		}
		w.pass(5 * time.Second)
		for _, p := range []*person{alice, bob, kim} {
			p.reads().session.Ack(p.seq)
			w.pass(time.Millisecond)
			w.inMemory(0, "for what "+p.by.ID+" has read")
		}
	})
}

func TestAChatThatSleepsWakesToTellWhatHasBeenRead(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, kim := w.agent("alice"), w.customer("kim")
		alice.ready()
		chat := kim.starts()
		alice.accepts()
		kim.says(chat, "hello")
		n := alice.says(chat, "one moment")
		w.pass(10 * time.Minute)
		w.inMemory(0, "after ten minutes")
		kim.reads().session.Ack(kim.seq)
		w.pass(time.Millisecond)
		if e, _ := last[acd.DeliveredShown](alice.reads()); e.Upto != n {
			t.Errorf("alice is told that %d messages have been read, not %d", e.Upto, n)
		}
	})
}
