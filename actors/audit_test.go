package actors_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// audited returns what an audit finds.
func audited(t *testing.T, j actors.Journal) (actors.Audited, []string) {
	t.Helper()
	var found []string
	sum, err := actors.Audit(j, func(err error) { found = append(found, err.Error()) })
	if err != nil {
		t.Fatal(err)
	}
	return sum, found
}

// busyNight leaves a store with a chat that is closed, one that is served, one
// that waits, and one with a wrap-up due, and stops its engine.
func busyNight(w *world) {
	w.opts.SnapshotEvery = 4
	w.crash()
	alice, ann := w.agent("alice"), w.customer("ann")
	alice.ready()
	closed := ann.starts()
	alice.accepts()
	ann.says(closed, "hello")
	alice.says(closed, "good evening")
	alice.must(closed.Address(), acd.EndChat{})
	alice.must(alice.desk(), acd.Wrapup{Chat: closed, Code: "resolved"})
	due := ann.starts()
	alice.accepts()
	alice.must(due.Address(), acd.EndChat{})
	served := ann.starts()
	alice.accepts()
	ann.says(served, "still there?")
	alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
	ann.starts()
	w.pass(time.Minute)
	w.engine.Stop()
}

func TestAnAuditOfASoundStoreFindsNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		busyNight(w)
		sum, found := audited(t, w.journal)
		if len(found) > 0 {
			t.Errorf("found %s", strings.Join(found, "\n"))
		}
		if sum.Chats != 4 || sum.Closed != 1 || sum.Agents != 1 || sum.Messages != 3 || sum.Gaps != 0 {
			t.Errorf("looked at %+v", sum)
		}
		if head := sum.Streams[acd.CustomerID("ann").Stream()]; head.Seq == 0 || head.Epoch == "" {
			t.Errorf("ann's stream stands at %+v", head)
		}
	})
}

func TestAnAuditMissesNoRowOfTheIndex(t *testing.T) {
	inWorld(t, func(w *world) {
		busyNight(w)
		put := writer(t, w.journal)
		for _, table := range []byte("aelpqtu") {
			var rows []actors.Row
			err := w.journal.Scan([]byte{table}, []byte{table + 1}, func(k, v []byte) error {
				rows = append(rows, actors.Row{Key: bytes.Clone(k), Value: bytes.Clone(v)})
				return nil
			})
			if err != nil || len(rows) == 0 {
				t.Fatalf("table %q has %d rows, %v", table, len(rows), err)
			}
			for _, row := range rows {
				stray := actors.Row{Key: append(bytes.Clone(row.Key), "x"...), Value: row.Value}
				for what, change := range map[string][2]actors.Row{
					"gone":  {{Key: row.Key}, row},
					"stray": {stray, {Key: stray.Key}},
				} {
					put(actors.Entry{Rows: []actors.Row{change[0]}})
					if _, found := audited(t, w.journal); len(found) == 0 {
						t.Errorf("row %q %s, and nothing was found", row.Key, what)
					}
					put(actors.Entry{Rows: []actors.Row{change[1]}})
				}
			}
		}
		if _, found := audited(t, w.journal); len(found) > 0 {
			t.Errorf("after all was put back: %s", strings.Join(found, "\n"))
		}
	})
}

func TestAnAuditHoldsRecordsAndSnapshotsToTheRules(t *testing.T) {
	const chat, served = "chat/chat1", "chat/chat3"
	for what, plant := range map[string]func(w *world, put func(actors.Entry)){
		"ChatClosed after the close": func(w *world, put func(actors.Entry)) {
			put(actors.Entry{Stream: chat, Seq: count(w, chat) + 1, Record: record(w, chat, count(w, chat))})
		},
		"ChatStarted, started true": func(w *world, put func(actors.Entry)) {
			put(actors.Entry{Stream: served, Seq: count(w, served) + 1, Record: record(w, served, 1)})
		},
		"gives customer/ann number 1 ": func(w *world, put func(actors.Entry)) {
			put(actors.Entry{Stream: "chat/chat9", Seq: 1, Record: record(w, chat, 1)})
		},
		"state hash differs": func(w *world, put func(actors.Entry)) {
			_, sealed, err := w.journal.Snapshot(chat)
			if err != nil || sealed == nil {
				w.t.Fatalf("no snapshot of %s: %v", chat, err)
			}
			put(actors.Entry{Stream: served, Seq: count(w, served), Snapshot: sealed})
		},
	} {
		t.Run(what, func(t *testing.T) {
			inWorld(t, func(w *world) {
				busyNight(w)
				plant(w, writer(t, w.journal))
				_, found := audited(t, w.journal)
				if all := strings.Join(found, "\n"); !strings.Contains(all, what) {
					t.Errorf("found %q", all)
				}
			})
		})
	}
}

func TestAnAuditOfARecordThatCannotBeReadSaysWhich(t *testing.T) {
	inWorld(t, func(w *world) {
		busyNight(w)
		n := count(w, "agent/alice") + 1
		writer(t, w.journal)(actors.Entry{Stream: "agent/alice", Seq: n, Record: []byte{99}})
		_, err := actors.Audit(w.journal, func(error) {})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("agent/alice record %d", n)) {
			t.Errorf("the audit ended with %v", err)
		}
	})
}

// writer appends entries to a journal whose engine has stopped.
func writer(t *testing.T, j *persistence.Memory) func(actors.Entry) {
	t.Helper()
	epoch, err := j.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	return func(e actors.Entry) {
		done := make(chan error, 1)
		e.Epoch, e.Done = epoch, func(err error) { done <- err }
		j.Append(e)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

func count(w *world, stream string) (n uint64) {
	err := w.journal.Replay(stream, 0, func(seq uint64, _ []byte) error { n = seq; return nil })
	if err != nil || n == 0 {
		w.t.Fatalf("%s has %d records, %v", stream, n, err)
	}
	return n
}

func record(w *world, stream string, seq uint64) []byte {
	b, err := w.journal.Record(stream, seq)
	if err != nil || b == nil {
		w.t.Fatalf("record %d of %s: %v", seq, stream, err)
	}
	return bytes.Clone(b)
}
