package actors_test

import (
	"testing"

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
