package persistence

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

var errDisk = errors.New("input/output error")

// TestAnErrorOnALogNeverReachesTheDatabase holds the guard to its promise for
// every operation on a log and on the folder's names: the journal fails, and
// the caller gets nothing that it could act upon.
func TestAnErrorOnALogNeverReachesTheDatabase(t *testing.T) {
	for name, op := range map[string]func(fs vfs.FS, log, folder vfs.File){
		"create": func(fs vfs.FS, _, _ vfs.File) { _, _ = fs.Create("data/2.log", vfs.WriteCategoryUnspecified) },
		"reuse": func(fs vfs.FS, _, _ vfs.File) {
			_, _ = fs.ReuseForWrite("data/1.log", "data/3.log", vfs.WriteCategoryUnspecified)
		},
		"write":       func(_ vfs.FS, log, _ vfs.File) { _, _ = log.Write([]byte("record")) },
		"sync":        func(_ vfs.FS, log, _ vfs.File) { _ = log.Sync() },
		"sync data":   func(_ vfs.FS, log, _ vfs.File) { _ = log.SyncData() },
		"sync to":     func(_ vfs.FS, log, _ vfs.File) { _, _ = log.SyncTo(1) },
		"sync folder": func(_ vfs.FS, _, folder vfs.File) { _ = folder.Sync() },
	} {
		t.Run(name, func(t *testing.T) {
			var broken atomic.Bool
			failed, returned := make(chan error, 1), make(chan struct{})
			g := &guard{FS: breakable(&broken), dir: "data", fail: func(err error) { failed <- err }}
			if err := g.MkdirAll("data", 0o750); err != nil {
				t.Fatal(err)
			}
			log, err := g.Create("data/1.log", vfs.WriteCategoryUnspecified)
			if err != nil {
				t.Fatal(err)
			}
			folder, err := g.OpenDir("data")
			if err != nil {
				t.Fatal(err)
			}
			broken.Store(true)
			go func() {
				op(g, log, folder)
				close(returned)
			}()
			select {
			case err := <-failed:
				if !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "data") {
					t.Errorf("the journal fails with %v, expected where and why", err)
				}
			case <-returned:
				t.Error("the database was told, and the journal goes on")
			}
		})
	}
}

// TestADatabaseThatCannotSyncFailsTheJournal gives the journal a batch of a
// database without a guard: should an error ever come that way, it is believed.
func TestADatabaseThatCannotSyncFailsTheJournal(t *testing.T) {
	s, err := Open("data", Options{FS: vfs.NewMem(), LockWait: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var broken atomic.Bool
	db, err := pebble.Open("other", &pebble.Options{FS: breakable(&broken)})
	if err != nil {
		t.Fatal(err)
	}
	b := db.NewBatch()
	if err := b.Set([]byte("k"), []byte("v"), nil); err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	if err := db.ApplyNoSyncWait(b, pebble.Sync); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	g := &group{items: make([]item[*writer], 1), batches: []*pebble.Batch{b}}
	g.items[0].Done = func(err error) { answered <- err }
	s.flying <- g // the committer, which has nothing to do, holds the slot
	s.applied <- g
	if err := <-answered; !errors.Is(err, ErrFailed) || !errors.Is(err, errDisk) {
		t.Errorf("the entry is answered with %v, expected the disk's error", err)
	}
	if !errors.Is(s.Err(), errDisk) {
		t.Errorf("the journal says %v", s.Err())
	}
}

// TestTheMarkerOutlivesAPowerCut looks before the database, which makes all
// names durable, has begun: from its first file on, a folder without the marker
// would be somebody else's.
func TestTheMarkerOutlivesAPowerCut(t *testing.T) {
	mem := vfs.NewCrashableMem()
	o := Options{FS: mem, LockWait: -1}.withDefaults()
	lock, err := folder{fs: mem, dir: "data"}.prepare(&o)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	fresh, err := folder{fs: mem.CrashClone(vfs.CrashCloneCfg{}), dir: "data"}.inspect()
	if err != nil || fresh {
		t.Errorf("after the power cut the folder is fresh: %t, %v; expected ours", fresh, err)
	}
}

func TestAValueOfALaterCodecIsDamaged(t *testing.T) {
	v := make([]byte, snapshotLen)
	putSnapshot(v, "chat/a", 1, 1, 1, nil)
	if _, _, err := cutSnapshot("chat/a", v); err != nil {
		t.Fatal(err)
	}
	for _, codec := range []byte{0, codecPlain + 1, 255} {
		v[0] = codec
		if _, err := cutHeader(v); !errors.Is(err, ErrCorrupt) {
			t.Errorf("a record of codec %d is read with %v", codec, err)
		}
		if _, _, err := cutSnapshot("chat/a", v); !errors.Is(err, ErrCorrupt) {
			t.Errorf("a snapshot of codec %d is read with %v", codec, err)
		}
	}
}

// breakable is an empty disk on which, once broken is set, nothing works any more.
func breakable(broken *atomic.Bool) vfs.FS {
	return errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(errorfs.Op) error {
		if broken.Load() {
			return errDisk
		}
		return nil
	}))
}
