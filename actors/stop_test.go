package actors_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

func TestStopWaitsForTheTurnsThatAreUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, journal: persistence.NewMemory()}
		var held atomic.Pointer[chan struct{}] // a turn that begins meanwhile waits for it
		w.opts.Entropy = func() uint64 {
			if gate := held.Load(); gate != nil {
				<-*gate
			}
			return 4
		}
		w.start()
		_, ann, chat := w.served()
		gate, stopped := make(chan struct{}), make(chan struct{})
		held.Store(&gate)
		cmd := acd.SendText{Text: "just in time"}
		ann.session.Do("late", digestOf(cmd), chat.Address(), cmd)
		synctest.Wait()
		go func() {
			w.engine.Stop()
			close(stopped)
		}()
		synctest.Wait()
		select {
		case <-stopped:
			t.Error("the engine has stopped, and a turn is under way that will still write")
		default:
		}
		close(gate)
		<-stopped
		if last, _ := last[acd.MessageSent](ann.reads()); last.Message.Text != cmd.Text {
			t.Errorf("after the stop the journal has the message as %q", last.Message.Text)
		}
		w.journal.Close()
		time.Sleep(2 * time.Second) // the actor library's throttle of dead letters
	})
}

func TestAForcedEndThatComesDuringAStopBuriesNoChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, journal: persistence.NewMemory()}
		w.start()
		_, _, chat := w.served()
		sue := w.supervisor("sue")
		w.engine.Stop()
		cmd := acd.ForceEnd{Reason: "enough"}
		sue.session.Do("force", digestOf(cmd), chat.Address(), cmd)
		sue.read()
		if a := sue.answers["force"]; a != nil {
			t.Errorf("a forced end that nobody took, and that will come again, was answered %+v", a)
		}
		w.start()
		if r := w.supervisor("sam").must(chat.Address(), cmd); r.Already != "" {
			t.Errorf("after the stop the chat was over: %+v", r)
		}
		w.stop()
		time.Sleep(2 * time.Second) // the actor library's throttle of dead letters
	})
}
