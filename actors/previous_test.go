package actors_test

import (
	"testing"
	"time"

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
