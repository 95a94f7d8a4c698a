package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

func TestAChatStaysInMemoryUntilItsTurnsAreDurable(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		w.journal.Hold()
		ann.session.Do("held", 1, chat.Address(), acd.SendText{Text: "one"})
		w.pass(10 * time.Minute)
		if n := w.engine.Live()[acd.KindChat]; n != 1 {
			t.Errorf("%d chats in memory while a turn of one is not on disk", n)
		}
		w.journal.Release()
		ann.read()
		if a := ann.answers["held"]; a == nil || a.Result.MessageSeq != 1 {
			t.Errorf("answer %+v", a)
		}
		w.pass(10 * time.Minute)
		if n := w.engine.Live()[acd.KindChat]; n != 0 {
			t.Errorf("%d chats in memory after all of it is on disk", n)
		}
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
		if n := w.engine.Live()[acd.KindChat]; n != 1 {
			t.Fatalf("%d chats in memory while a wrap-up is owed", n)
		}
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		w.pass(5 * time.Second)
		if n := w.engine.Live()[acd.KindChat]; n != 0 {
			t.Errorf("%d chats in memory after the last one is closed", n)
		}
		ann.refused("ended", chat.Address(), acd.SendText{Text: "two"})
		if got := fold(t, w.journal, chat).Phase; got != acd.PhaseClosed {
			t.Errorf("the chat is %s", got)
		}
	})
}
