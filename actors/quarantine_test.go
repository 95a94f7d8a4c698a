package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// poison writes a record that no build can read behind those of a chat that
// has left memory.
func (w *world) poison(chat acd.ChatID) {
	w.t.Helper()
	w.poisonWith(chat, []byte{255})
}

func (w *world) poisonWith(chat acd.ChatID, record []byte) {
	w.t.Helper()
	var last uint64
	if err := w.journal.Replay(chat.Address().String(), 0, func(seq uint64, _ []byte) error { last = seq; return nil }); err != nil {
		w.t.Fatal(err)
	}
	done := make(chan error, 1)
	w.stopper.Append(actors.Entry{Epoch: 1, Stream: chat.Address().String(), Seq: last + 1, Record: record, Done: func(err error) { done <- err }})
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
}

func TestAPoisonedChatIsQuarantinedAndNobodyElseNotices(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann, bert, sue := w.agent("alice"), w.customer("ann"), w.customer("bert"), w.supervisor("sue")
		alice.ready()
		bad := ann.starts()
		alice.accepts()
		good := bert.starts()
		alice.accepts()
		w.pass(10 * time.Minute) // both chats leave memory
		w.poison(bad)

		ann.refused("internal", bad.Address(), acd.SendText{Text: "anybody"})
		ann.refused("internal", bad.Address(), acd.SendText{Text: "still"})
		if n := bert.says(good, "fine here"); n != 1 {
			t.Errorf("message number %d", n)
		}
		if got := w.engine.Quarantined(); len(got) != 1 || got[0] != bad.Address() {
			t.Errorf("in quarantine: %v", got)
		}

		sue.must(bad.Address(), acd.ForceEnd{Reason: "broken"})
		w.pass(time.Second)
		v := alice.view()
		if len(v.Slots) != 1 || v.Slots[0].Chat != good {
			t.Errorf("alice still holds %+v", v.Slots)
		}
		again := ann.starts()
		if got := alice.accepts(); got != again {
			t.Errorf("alice got %q", got)
		}
	})
}

func TestAFailedDiskStopsTheEngineAndSaysWhy(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		w.journal.FailNext(errDisk)
		ann.session.Do("x", 1, acd.ChatID("nochat").Address(), acd.SendText{Text: "x"})
		ann.read()
		if ann.answers["x"] != nil {
			t.Errorf("answered on a failed disk: %+v", ann.answers["x"])
		}
		if err := w.engine.Ready(); err == nil {
			t.Error("ready on a failed disk")
		}
		select {
		case <-w.engine.Failed():
		default:
			t.Error("the engine does not say that it has failed")
		}
	})
}
