package actors_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
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

// inFailingWorld is a world in which the next step fails when it is told to.
func inFailingWorld(t *testing.T, story func(w *world, fails *atomic.Bool)) {
	t.Helper()
	inLateWorld(t, func(w *world, _ *late, fails *atomic.Bool) { story(w, fails) })
}

// inLateWorld is one whose journal can be kept from what is handed over, too.
func inLateWorld(t *testing.T, story func(w *world, journal *late, fails *atomic.Bool)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w, journal := &world{t: t, journal: persistence.NewMemory()}, &late{}
		w.wrap = func(j actors.Journal) actors.Journal { journal.Journal = j; return journal }
		var fails atomic.Bool
		w.opts.Entropy = func() uint64 {
			if fails.Swap(false) {
				panic("a step that fails")
			}
			return rand.Uint64()
		}
		w.start()
		story(w, journal, &fails)
		w.stop()
		time.Sleep(2 * time.Second) // virtual: the library's dead letters
	})
}

// What an agent's failed life has promised may still come, so that nothing more
// rings before that has passed.
func TestWhoseMachineHasFailedIsOfferedNothingWhileAnEarlierPromiseMayCome(t *testing.T) {
	inFailingWorld(t, func(w *world, fails *atomic.Bool) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		w.pass(time.Minute) // in the first seconds of a node deadlines wait
		fails.Store(true)
		alice.refused("internal", alice.desk(), acd.ViewAgent{})
		chat := ann.starts()
		w.pass(4 * time.Second)
		if v := alice.view(); len(v.Slots) != 0 {
			t.Errorf("4 s after the failure she has %+v", v.Slots)
		}
		w.pass(2 * time.Second)
		if got := alice.accepts(); got != chat {
			t.Errorf("alice got %q", got)
		}
	})
}

func TestWhoIsThereStaysThereWhenHisMachineFails(t *testing.T) {
	inFailingWorld(t, func(w *world, fails *atomic.Bool) {
		alice, ann, bert := w.agent("alice"), w.customer("ann"), w.customer("bert")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		fails.Store(true)
		alice.refused("internal", alice.desk(), acd.ViewAgent{})
		w.pass(10 * time.Minute)
		if got := alice.presence(); got != acd.Available {
			t.Errorf("ten minutes after the failure she is %s", got)
		}
		if n := alice.says(chat, "still here"); n == 0 {
			t.Error("nothing was said")
		}
		next := bert.starts()
		if got := alice.accepts(); got != next {
			t.Errorf("alice got %q", got)
		}
	})
}

// late is a journal that what is handed over reaches only later, for a while.
type late struct {
	actors.Journal
	mu   sync.Mutex
	held bool
	line []actors.Entry
}

func (l *late) Append(e actors.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held {
		l.line = append(l.line, e)
		return
	}
	l.Journal.Append(e)
}

func (l *late) hold(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = on
	if !on {
		for _, e := range l.line {
			l.Journal.Append(e)
		}
		l.line = nil
	}
}

func TestALifeAfterAFailedOneBeginsWithAllThatThatHadWritten(t *testing.T) {
	inLateWorld(t, func(w *world, journal *late, fails *atomic.Bool) {
		ann := w.customer("ann")
		chat := ann.starts()
		first := ann.says(chat, "one")
		journal.hold(true)
		two, three := acd.SendText{Text: "two"}, acd.SendText{Text: "three"}
		ann.session.Do("two", digestOf(two), chat.Address(), two)
		synctest.Wait()
		fails.Store(true)
		ann.session.Do("three", digestOf(three), chat.Address(), three)
		synctest.Wait()
		journal.hold(false)
		ann.read()
		if a := ann.answers["two"]; a == nil || a.Refusal != nil || a.Result.MessageSeq != first+1 {
			t.Errorf("what was said before the failure was answered with %+v", a)
		}
		if a := ann.answers["three"]; a == nil || a.Refusal == nil || a.Refusal.Code != "internal" {
			t.Errorf("what failed was answered with %+v", a)
		}
		if n := ann.says(chat, "four"); n != first+2 {
			t.Errorf("after it comes message %d, expected %d", n, first+2)
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

func TestWhoOwesAWrapupForAQuarantinedChatIsRidOfItByItsForcedEnd(t *testing.T) {
	for _, back := range []bool{false, true} {
		inPatientWorld(t, func(w *world) {
			alice, bob, ann, sue := w.agent("alice"), w.agent("bob"), w.customer("ann"), w.supervisor("sue")
			alice.ready()
			bad := ann.starts()
			alice.accepts()
			bob.ready()
			alice.must(bad.Address(), acd.TransferChat{ToAgent: "bob", Mode: acd.Blind, OnFail: acd.ReturnToSender})
			rings := bob.offered()
			if back {
				bob.must(bob.desk(), acd.RejectOffer{Offer: rings.Offer.ID})
			}
			w.pass(time.Second)
			if v := alice.view(); len(v.Debts) != 1 || back != (len(v.Slots) == 1) {
				t.Fatalf("alice owes %+v and has %+v", v.Debts, v.Slots)
			}
			w.pass(10 * time.Minute) // the chat leaves memory
			w.poison(bad)
			ann.refused("internal", bad.Address(), acd.SendText{Text: "anybody"})
			sue.must(bad.Address(), acd.ForceEnd{Reason: "broken"})
			w.pass(time.Second)
			if v := alice.view(); len(v.Slots)+len(v.Debts) != 0 {
				t.Errorf("rings back %t: alice owes %+v and has %+v", back, v.Debts, v.Slots)
			}
		})
	}
}

// inPatientWorld is a world in which a transfer rings for an hour.
func inPatientWorld(t *testing.T, story func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, journal: persistence.NewMemory(), change: func(c *acd.Config) { c.Queues["support"].Flows.Accept = time.Hour }}
		w.start()
		story(w)
		w.stop()
		time.Sleep(2 * time.Second) // virtual: the library's dead letters
	})
}

func TestAQueueWhoseMachineHasFailedLearnsWhoIsThere(t *testing.T) {
	inFailingWorld(t, func(w *world, fails *atomic.Bool) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		w.pass(time.Minute)
		fails.Store(true)
		ann.refused("internal", acd.QueueID("support").Address(), acd.Start{Chat: "failed", Source: "web", Queue: "support"})
		chat := ann.starts()
		w.pass(10 * time.Second)
		if got := alice.accepts(); got != chat {
			t.Errorf("alice got %q", got)
		}
	})
}
