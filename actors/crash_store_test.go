package actors_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// What was torn off was never acknowledged, and is done again when its client
// sends it again; what was acknowledged is whole.
func crash09Torn(t *testing.T) {
	const cuts = 12
	synctest.Test(t, func(t *testing.T) {
		fs := vfs.NewCrashableMem()
		w := &world{t: t, journal: persistence.NewMemory(), disk: openStore(t, fs)}
		w.start()
		alice, ann, chat := w.served()
		ann.says(chat, "acknowledged")
		synctest.Wait()
		from := len(lastLog(t, fs))
		torn := acd.SendText{Text: "torn"}
		ann.doAs("torn", chat.Address(), torn)
		synctest.Wait()
		whole := lastLog(t, fs)
		var clones []*vfs.MemFS
		for range cuts {
			clones = append(clones, fs.CrashClone(vfs.CrashCloneCfg{}))
		}
		w.stopDisk()
		lost := 0
		for i, clone := range clones {
			left := bytes.Clone(whole[:from+i*(len(whole)-from)/cuts])
			if i%2 > 0 {
				left = append(left, make([]byte, 64<<10)...) // what was there before: the log is filled ahead
			}
			tear(t, clone, left)
			w.disk = openStore(t, clone)
			if transcript(w, chat) == "acknowledged" {
				lost++
			}
			w.start()
			ann, alice = ann.again(), alice.again()
			if a := ann.doAs("torn", chat.Address(), torn); a.Refusal != nil || a.Result.MessageSeq != 2 {
				t.Errorf("cut %d: answered %+v", i, a)
			}
			if got := transcript(w, chat); got != "acknowledged torn" {
				t.Errorf("cut %d: the transcript is %q", i, got)
			}
			if n := alice.says(chat, "and on"); n != 3 {
				t.Errorf("cut %d: the next message has number %d", i, n)
			}
			w.stopDisk()
		}
		if lost == 0 {
			t.Error("no cut has lost the record")
		}
		w.journal.Close()
		time.Sleep(2 * time.Second) // the actor library's throttle of dead letters
	})
}

func openStore(t *testing.T, fs vfs.FS) *persistence.Store {
	t.Helper()
	store, err := persistence.Open("data", persistence.Options{FS: fs, LockWait: -1, MemTableBytes: 1 << 20, CacheBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// stopDisk stops the engine, holds its store against what must be, and closes it.
func (w *world) stopDisk() {
	w.t.Helper()
	w.engine.Stop()
	if _, err := actors.Audit(w.disk, func(err error) { w.t.Error(err) }); err != nil {
		w.t.Error(err)
	}
	if err := w.disk.Close(); err != nil {
		w.t.Error(err)
	}
}

func transcript(w *world, chat acd.ChatID) string {
	var texts []string
	err := actors.NewPast(w.disk).Transcript(chat, func(m acd.Message) error {
		texts = append(texts, m.Text)
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
	return strings.Join(texts, " ")
}

// logName finds the log that the store writes at the moment.
func logName(t *testing.T, fs vfs.FS) (newest string) {
	t.Helper()
	var find func(dir string)
	find = func(dir string) {
		names, err := fs.List(dir)
		if err != nil {
			return // a file
		}
		for _, name := range names {
			path := fs.PathJoin(dir, name)
			if strings.HasSuffix(name, ".log") && path > newest {
				newest = path
			}
			find(path)
		}
	}
	if find("data"); newest == "" {
		t.Fatal("the store has no log")
	}
	return newest
}

// lastLog is what has been written to the log, without the zeros behind it.
func lastLog(t *testing.T, fs vfs.FS) []byte {
	t.Helper()
	f, err := fs.Open(logName(t, fs))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimRight(b, "\x00")
}

// tear leaves only the beginning of the log.
func tear(t *testing.T, fs vfs.FS, left []byte) {
	t.Helper()
	f, err := fs.Create(logName(t, fs), vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	// A build with the race detector spoils what was handed to this file system.
	if _, err := f.Write(bytes.Clone(left)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// A snapshot is only a shortcut: without it the records are replayed.
func crash10Damaged(t *testing.T) {
	for what, damage := range map[string]func([]byte) []byte{
		"a flipped bit":   func(b []byte) []byte { b[len(b)/2] ^= 4; return b },
		"another hash":    func(b []byte) []byte { b[1] ^= 1; return b },
		"cut short":       func(b []byte) []byte { return b[:len(b)-3] },
		"another version": func(b []byte) []byte { b[0]++; return b },
		"almost nothing":  func([]byte) []byte { return []byte{1} },
	} {
		t.Run(what, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.opts.SnapshotEvery = 2
				w.crash()
				alice, ann, chat := w.served()
				for range 5 {
					ann.says(chat, "hello")
				}
				w.engine.Stop()
				put := writer(t, w.journal)
				for _, stream := range []string{chat.Address().String(), alice.desk().String()} {
					seq, sealed, err := w.journal.Snapshot(stream)
					if err != nil || sealed == nil {
						t.Fatalf("no snapshot of %s: %v", stream, err)
					}
					put(actors.Entry{Stream: stream, Seq: seq, Snapshot: damage(bytes.Clone(sealed))})
				}
				w.crash()
				alice, ann = alice.again(), ann.again()
				if n := ann.says(chat, "still here"); n != 6 {
					t.Errorf("message number %d", n)
				}
				if v := alice.view(); v.Presence.State != acd.Available || len(v.Slots) != 1 || v.Focus != chat {
					t.Errorf("alice's desk shows %+v", v)
				}
				for range 5 {
					alice.says(chat, "of course")
				}
				w.engine.Stop()
				_, found := audited(t, w.journal)
				for _, f := range found {
					if !strings.Contains(f, "agent/alice: the snapshot") { // until the next one is due
						t.Errorf("the store is not sound: %s", f)
					}
				}
			})
		})
	}
}

// A chat whose record cannot be read is shown to supervisors, can be ended and
// exported, and troubles nobody else, also after the next start.
func crash11Poisoned(w *world) {
	alice, ann, bert, sue := w.agent("alice"), w.customer("ann"), w.customer("bert"), w.supervisor("sue")
	alice.ready()
	bad := ann.starts()
	alice.accepts()
	ann.says(bad, "hello")
	good := bert.starts()
	alice.accepts()
	w.pass(10 * time.Minute)
	w.poisonWith(bad, []byte{1, 0, 0, 0, 0, 0, 1, 0xC8, 0x01, 0, 0}) // an event that this build does not know
	w.crash()
	alice, bert, sue = alice.again(), bert.again(), sue.again()
	if n := bert.says(good, "fine here"); n != 1 {
		w.t.Errorf("message number %d", n)
	}
	ann = ann.again()
	ann.refused("internal", bad.Address(), acd.SendText{Text: "anybody"})
	if got := w.engine.Quarantined(); len(got) != 1 || got[0] != bad.Address() {
		w.t.Errorf("in quarantine: %v", got)
	}
	var lines int
	if err := w.engine.Past().Transcript(bad, func(acd.Message) error { lines++; return nil }); err != nil || lines != 1 {
		w.t.Errorf("exported %d lines, %v", lines, err)
	}
	sue.must(bad.Address(), acd.ForceEnd{Reason: "broken"})
	w.pass(time.Second)
	if v := alice.view(); len(v.Slots) != 1 || v.Slots[0].Chat != good {
		w.t.Errorf("alice still holds %+v", v.Slots)
	}
	ann.starts()
}
