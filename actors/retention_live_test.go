package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestAChatWhoseWrapupIsStillToComeIsKeptUntilItHasCome(t *testing.T) {
	inWorld(t, func(w *world) {
		w.keeps(acd.Retention{Chats: 24 * time.Hour})
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		alice.must(chat.Address(), acd.EndChat{})
		w.pass(27 * time.Hour)
		if got := events(t, w.journal, chat.Address()); len(got) == 0 {
			t.Fatal("the chat is gone, and alice owes it a wrap-up")
		}
		w.clean()
		alice = w.agent("alice")
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		w.pass(2 * time.Hour)
		if got := events(t, w.journal, chat.Address()); len(got) != 0 {
			t.Errorf("%d events are left", len(got))
		}
		w.clean()
	})
}

func TestWhoWasToldOfAChatThatIsGoneSinceStartsFromASnapshot(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opts.ResumeCustomer = time.Hour
		w.crash()
		w.keeps(acd.Retention{Chats: 2 * time.Hour})
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		w.lives(alice, ann, "hello")
		first := ann.welcome
		w.pass(5 * time.Hour) // and she has stayed, so that her stream has
		lives := w.engine
		evicted := 0
		hello := actors.Hello{Principal: ann.by, Resume: true, Epoch: first.Epoch, Wake: func() {}, Evict: func(actors.EvictReason) { evicted++ }}
		resumes := func() bool {
			s, welcome, err := lives.Open(t.Context(), hello)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close("")
			for got := s.Next(nil); len(got) > 0; got = s.Next(nil) {
				for _, d := range got {
					if d.News == nil && d.Answer == nil {
						t.Errorf("number %d brings nothing", d.Seq)
					}
				}
			}
			return welcome.Resumed
		}
		if first := resumes(); first && evicted != 1 {
			t.Errorf("resumed %t, evicted %d times", first, evicted)
		}
		if resumes() || evicted > 1 {
			t.Errorf("resumed again where the records are gone, evicted %d times", evicted)
		}
	})
}
