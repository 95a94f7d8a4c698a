package actors_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// TestAfterARestoreNobodyResumesByNumbersThatWereGivenOutTwice: alice has seen
// news that the copy does not have. Were her stream continued, she would take
// the next news for those.
func TestAfterARestoreNobodyResumesByNumbersThatWereGivenOutTwice(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		ann.says(chat, "in the copy")
		alice.read()
		left := w.journal.CrashKeeping(0)
		w.stopper.crash()
		w.engine.Stop()
		w.journal.Close()
		w.journal = left
		epoch, err := left.Acquire()
		if err != nil {
			t.Fatal(err)
		}
		if err := actors.MarkRestored(left, actors.Restored{Epoch: epoch}); err != nil {
			t.Fatal(err)
		}
		w.start()
		alice, ann = alice.again(), ann.again()
		if alice.welcome.Resumed || ann.welcome.Resumed {
			t.Fatalf("resumed: alice %v, ann %v", alice.welcome.Resumed, ann.welcome.Resumed)
		}
		alice.says(chat, "after the restore")
		if ann.read(); told[acd.MessageSent](ann) == 0 {
			t.Error("the chat did not go on")
		}
		w.crash()
		if ann = ann.again(); !ann.welcome.Resumed {
			t.Error("what began after the restore is not resumed")
		}
	})
}

// TestALineOfManyIsWholeAgainAfterACrash: a queue gets more chats back than go
// into one command, in the order of their names.
func TestALineOfManyIsWholeAgainAfterACrash(t *testing.T) {
	const many = 1500
	inWorld(t, func(w *world) {
		w.opts.CustomerChats = many
		w.crash()
		ann := w.customer("ann")
		for range many {
			ann.starts()
			time.Sleep(time.Millisecond) // virtual: the line is one of time
		}
		w.crash()
		ann = ann.again()
		time.Sleep(5 * time.Second)
		ann.read()
		places := map[acd.ChatID]int{}
		for _, d := range ann.got {
			if d.News == nil {
				continue
			}
			if e, ok := d.News.Event.(acd.PositionTold); ok {
				places[e.Chat] = e.Position
			}
		}
		if len(places) != many {
			t.Errorf("%d chats are told a place, want %d", len(places), many)
		}
		for chat, place := range places {
			if want := acd.ChatID(fmt.Sprintf("chat%d", place)); chat != want {
				t.Fatalf("%s is at place %d", chat, place)
			}
		}
	})
}
