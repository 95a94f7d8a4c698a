package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestAChatStartedAfterTheGraceNamesTheOneBefore(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann, first := w.served()
		if e, _ := last[acd.Offered](alice); e.Popover.Previous != "" {
			t.Errorf("the first chat follows %q", e.Popover.Previous)
		}
		ann.session.Close("")
		w.pass(11 * time.Minute) // longer than a customer who is served may be away
		ann = ann.again()
		second := ann.starts()
		alice.read()
		if e, _ := last[acd.Offered](alice); e.Offer.ID == "" || e.Popover.Previous != first {
			t.Errorf("the second chat follows %q, expected %q", e.Popover.Previous, first)
		}
		if c := fold(t, w.journal, second); c.Previous != first {
			t.Errorf("the second chat's records say %q, expected %q", c.Previous, first)
		}
	})
}

func TestAChatNamesOneInWhichNobodyServedItsCustomer(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = lastAgents
		w.crash()
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		served := w.lives(alice, ann, "hello")
		alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
		waited := ann.starts()
		ann.must(waited.Address(), acd.EndChat{})
		w.crash() // the rows are on disk, not in memory
		alice, ann = w.agent("alice"), w.customer("ann")
		again := ann.starts()
		ann.must(again.Address(), acd.EndChat{})
		alice.ready()
		w.pass(time.Second)
		last := w.lives(alice, ann, "at last")
		after := ann.starts()
		before := map[acd.ChatID]acd.ChatID{served: "", waited: served, again: waited, last: again, after: last}
		for chat, want := range before {
			if got := fold(t, w.journal, chat).Previous; got != want {
				t.Errorf("%s follows %q, want %q", chat, got, want)
			}
		}
		page, _, err := w.engine.Past().History(actors.Query{Customer: "ann"})
		if err != nil || len(page) != 4 {
			t.Errorf("history %+v, %v", page, err)
		}
		for _, s := range page {
			if s.Previous != before[s.Chat] {
				t.Errorf("in history %s follows %q, want %q", s.Chat, s.Previous, before[s.Chat])
			}
		}
	})
}

func TestWhoServedACustomerLastStaysWhateverCameToNothingSince(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = lastAgents
		w.crash()
		alice, bob, ann := w.agent("alice"), w.agent("bob"), w.customer("ann")
		alice.ready()
		w.lives(alice, ann, "hello")
		alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
		waited := ann.starts()
		ann.must(waited.Address(), acd.EndChat{})
		bob.ready()
		w.pass(time.Second)
		alice.ready() // bob has been idle for longer
		ann.starts()
		alice.read()
		if e, _ := last[acd.Offered](alice); e.Popover.Previous != waited {
			t.Errorf("the offer is %+v", e)
		}
		if told[acd.Offered](bob) > 0 {
			t.Error("bob is asked before who served her last")
		}
	})
}

func TestAChatThatNobodyServedIsForgottenByAgeAndByErasure(t *testing.T) {
	for name, forget := range map[string]func(*world){
		"by age": func(w *world) { w.pass(5 * time.Hour) },
		"by erasure": func(w *world) {
			if _, _, err := w.engine.Erase("ann"); err != nil {
				w.t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.opts.Retention, w.opts.ResumeCustomer = 3*time.Hour, time.Hour
				w.crash()
				ann := w.customer("ann")
				waited := ann.starts()
				ann.must(waited.Address(), acd.EndChat{})
				forget(w)
				if got := fold(t, w.journal, w.customer("ann").starts()).Previous; got != "" {
					t.Errorf("the chat follows %q", got)
				}
				left := 0
				err := w.journal.Scan([]byte("v"), []byte("w"), func(_, _ []byte) error { left++; return nil })
				if err != nil || left != 0 {
					t.Errorf("%d rows are left, %v", left, err)
				}
			})
		})
	}
}

func TestAChatDoesNotNameOneThatWasErased(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		w.lives(alice, ann, "hello")
		if _, _, err := w.engine.Erase("ann"); err != nil {
			t.Fatal(err)
		}
		if c := fold(t, w.journal, ann.starts()); c.Previous != "" {
			t.Errorf("the chat follows %q", c.Previous)
		}
	})
}

// An older version kept the id of the last chat that nobody served alone, and
// deleted it at the end of a later one.
func TestAChatFollowsOneOfAnOlderVersion(t *testing.T) {
	inWorld(t, func(w *world) {
		done := make(chan error, 1)
		w.stopper.Append(actors.Entry{Epoch: 1, Rows: []actors.Row{{Key: []byte("nann\x00"), Value: []byte("old")}}, Done: func(err error) { done <- err }})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		w.crash()
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		served := w.lives(alice, ann, "hello")
		after := ann.starts()
		for chat, want := range map[acd.ChatID]acd.ChatID{served: "old", after: served} {
			if got := fold(t, w.journal, chat).Previous; got != want {
				t.Errorf("%s follows %q, want %q", chat, got, want)
			}
		}
	})
}

func TestAChatFollowsNoneThatWasErasedWhileItsCustomerIsHere(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		first := w.lives(alice, ann, "hello")
		second := w.lives(alice, ann, "again")
		if _, _, err := w.engine.Erase("ann"); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		third := w.lives(alice, ann, "who am I")
		fourth := ann.starts()
		for chat, want := range map[acd.ChatID]acd.ChatID{second: first, third: "", fourth: third} {
			if got := fold(t, w.journal, chat).Previous; got != want {
				t.Errorf("%s follows %q, want %q", chat, got, want)
			}
		}
	})
}
