package persistence_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/persistence/journaltest"
)

var update = flag.Bool("update", false, "write the golden store of the current format anew")

const goldenStore = "testdata/golden-v1"

// writeGolden fills a store with one of everything: the first half in tables,
// since it was closed in between, the second in the log.
func writeGolden(t *testing.T, dir string) {
	data := filepath.Join(t.TempDir(), "data")
	s := mustOpen(t, data, persistence.Options{})
	goldenHalf(t, s, 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, data, persistence.Options{})
	goldenHalf(t, s, 5)
	if err := s.Drop("chat/dropped", [][]byte{[]byte("row/chat/dropped/7")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Checkpoint(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func goldenHalf(t *testing.T, s *persistence.Store, from uint64) {
	epoch := acquire(t, s)
	for seq := from; seq < from+4; seq++ {
		for _, stream := range []string{"agent/alice", "chat/0192f3c4-7d1e-7a00-8000-000000000001", "chat/dropped"} {
			e := persistence.Entry{
				Epoch: epoch, Stream: stream, Seq: seq, Record: fmt.Appendf(nil, "record %d of %s", seq, stream),
				Rows: []persistence.Row{
					{Key: fmt.Appendf(nil, "row/%s/%d", stream, seq), Value: fmt.Appendf(nil, "value %d", seq)},
					{Key: fmt.Appendf(nil, "row/%s/%d", stream, seq-2)},
				},
			}
			if seq%3 == 0 {
				e.Snapshot = fmt.Appendf(nil, "state after %d", seq)
			}
			if err := put(s, e); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheGoldenStoreOfFormat1StillOpens(t *testing.T) {
	dump := goldenStore + ".txt"
	if *update {
		if err := os.RemoveAll(goldenStore); err != nil {
			t.Fatal(err)
		}
		writeGolden(t, goldenStore)
	}
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(goldenStore)); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, dir, persistence.Options{})
	got := strings.Join(journaltest.Dump(t, s), "\n") + "\n"
	if epoch := acquire(t, s); epoch != 3 {
		t.Errorf("epoch %d follows the two of the golden store", epoch)
	}
	if err := put(s, persistence.Entry{Epoch: 3, Stream: "agent/alice", Seq: 9, Record: []byte("one more")}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(dump, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestACheckpointOpensAsAJournalOfItsOwn(t *testing.T) {
	root := t.TempDir()
	s := mustOpen(t, filepath.Join(root, "data"), persistence.Options{})
	epoch := acquire(t, s)
	for seq := uint64(1); seq <= 100; seq++ {
		if err := put(s, persistence.Entry{Epoch: epoch, Stream: "chat/a", Seq: seq, Record: []byte("r")}); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.Join(journaltest.Dump(t, s), "\n")
	if err := s.Checkpoint(filepath.Join(root, "backup")); err != nil {
		t.Fatal(err)
	}
	if err := put(s, persistence.Entry{Epoch: epoch, Stream: "chat/a", Seq: 101, Record: []byte("later")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	backup := mustOpen(t, filepath.Join(root, "backup"), persistence.Options{})
	if got := strings.Join(journaltest.Dump(t, backup), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := backup.Close(); err != nil {
		t.Fatal(err)
	}
}
