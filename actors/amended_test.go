package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// amendedChat is a closed chat whose wrap-up alice put right after the clock.
func amendedChat(w *world) acd.ChatID {
	w.change = func(c *acd.Config) {
		wrapup := &c.Queues["support"].Wrapup
		wrapup.Mode, wrapup.Limit, wrapup.Notes = acd.WrapupTimed, time.Minute, true
	}
	w.crash()
	alice, _, chat := w.served()
	alice.must(chat.Address(), acd.EndChat{})
	w.pass(61 * time.Second)
	alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "other", Notes: canary + "notes"})
	filed(w, chat, "timeout")
	return chat
}

// amendment expects that history and replay both show what alice has given.
func amendment(w *world, chat acd.ChatID, notes string) {
	w.t.Helper()
	past := w.engine.Past()
	page, _, err := past.History(actors.Query{})
	if err != nil || len(page) != 1 || len(page[0].Amended) != 1 {
		w.t.Fatalf("history has %+v (%v)", page, err)
	}
	var moments []actors.Moment
	if err := past.Replay(chat, 0, func(m actors.Moment) error { moments = append(moments, m); return nil }); err != nil {
		w.t.Fatal(err)
	}
	var replayed []actors.Amendment
	for _, m := range moments {
		if replayed = append(replayed, m.Amended...); len(m.Amended) > 0 {
			if _, ok := m.Events[0].(acd.WrapupRecorded); !ok {
				w.t.Errorf("amended beside %T", m.Events[0])
			}
		}
	}
	for _, list := range [][]actors.Amendment{page[0].Amended, replayed} {
		if len(list) != 1 || list[0].Agent != "alice" || list[0].Code != "other" || list[0].Notes != notes || !list[0].At.After(list[0].Of) {
			w.t.Errorf("amended %+v, expected other and %q", list, notes)
		}
	}
	if _, err := actors.Audit(w.journal, func(err error) { w.t.Error(err) }); err != nil {
		w.t.Error(err)
	}
}

func TestAWrapupAmendedAfterTheCloseStandsInTheHistory(t *testing.T) {
	inWorld(t, func(w *world) {
		chat := amendedChat(w)
		amendment(w, chat, canary+"notes")
		if w.holds(canary) {
			t.Error("the notes lie open in the store")
		}
		w.crash()
		amendment(w, chat, canary+"notes")
	})
}

func TestErasingTakesTheNotesOfAnAmendedWrapup(t *testing.T) {
	inWorld(t, func(w *world) {
		chat := amendedChat(w)
		sealed := amendedRows(w)[0].Value
		if err := w.engine.EraseChat(chat); err != nil {
			t.Fatal(err)
		}
		amendment(w, chat, "")
		if left := amendedRows(w); len(left) != 1 || len(left[0].Value) >= len(sealed) {
			t.Errorf("the row is %x, it was %x", left, sealed)
		}
		w.crash()
		amendment(w, chat, "")
	})
}

func TestAnAmendedWrapupGoesWithItsChat(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opts.Retention, w.opts.ResumeCustomer = 3*time.Hour, time.Hour
		amendedChat(w)
		if n := len(amendedRows(w)); n != 1 {
			t.Fatalf("%d rows before the retention is over", n)
		}
		w.pass(5 * time.Hour)
		if left := amendedRows(w); len(left) != 0 {
			t.Errorf("left over: %q", left)
		}
		if _, err := actors.Audit(w.journal, func(err error) { t.Error(err) }); err != nil {
			t.Error(err)
		}
	})
}

func TestAnAuditHoldsAmendedWrapupsToTheAgentsJournal(t *testing.T) {
	inWorld(t, func(w *world) {
		amendedChat(w)
		put := writer(t, w.journal)
		row := amendedRows(w)[0]
		stray := append(append([]byte(nil), row.Key...), 'x')
		for what, change := range map[string][2]actors.Row{
			"gone":  {{Key: row.Key}, row},
			"stray": {{Key: stray, Value: row.Value}, {Key: stray}},
			"other": {{Key: row.Key, Value: append([]byte{0xa1, 0x01, 0x61}, 'x')}, row},
		} {
			put(actors.Entry{Rows: []actors.Row{change[0]}})
			if _, found := audited(t, w.journal); len(found) == 0 {
				t.Errorf("%s, and nothing was found", what)
			}
			put(actors.Entry{Rows: []actors.Row{change[1]}})
		}
		if _, found := audited(t, w.journal); len(found) > 0 {
			t.Errorf("after all was put back: %q", found)
		}
	})
}

func amendedRows(w *world) (rows []actors.Row) {
	w.t.Helper()
	err := w.journal.Scan([]byte("w"), []byte("x"), func(k, v []byte) error {
		rows = append(rows, actors.Row{Key: append([]byte(nil), k...), Value: append([]byte(nil), v...)})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}
