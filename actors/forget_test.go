package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestChatsOlderThanTheRetentionAreForgottenWhole(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opts.Retention, w.opts.ResumeCustomer = 3*time.Hour, time.Hour
		var elsewhere []acd.ChatID
		w.opts.Forgetting = func(c acd.ChatID) error { elsewhere = append(elsewhere, c); return nil }
		w.crash()
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		old := w.lives(alice, ann, "long ago")
		w.pass(2*time.Hour + time.Minute)
		young := w.lives(alice, ann, "just now")
		if page, _, err := w.engine.Past().History(actors.Query{}); err != nil || len(page) != 2 {
			t.Fatalf("%d chats before the retention is over (%v)", len(page), err)
		}
		w.pass(2 * time.Hour)
		page, _, err := w.engine.Past().History(actors.Query{})
		if err != nil || len(page) != 1 || page[0].Chat != young {
			t.Errorf("history has %+v (%v)", page, err)
		}
		if len(elsewhere) != 1 || elsewhere[0] != old {
			t.Errorf("forgotten elsewhere: %v", elsewhere)
		}
		if got := events(t, w.journal, old.Address()); len(got) != 0 {
			t.Errorf("%d events of a forgotten chat", len(got))
		}
		if err := w.engine.Past().Transcript(old, func(m acd.Message) error {
			t.Errorf("a forgotten chat has the message %+v", m)
			return nil
		}); err != nil {
			t.Error(err)
		}
		if found, err := actors.Audit(w.journal, func(err error) { t.Error(err) }); err != nil || found.Chats != 1 {
			t.Errorf("the audit finds %d chats (%v)", found.Chats, err)
		}
	})
}
