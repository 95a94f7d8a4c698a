package persistence_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/persistence/journaltest"
)

// TestADiskThatFailsUnderACopyFailsTheCopyAlone: the folder of a copy may be on
// another disk, and even on the same one nothing that the journal holds is lost.
func TestADiskThatFailsUnderACopyFailsTheCopyAlone(t *testing.T) {
	for _, what := range []string{"create", "write", "sync"} {
		fs := journaltest.NewFaultFS(vfs.NewMem())
		s := mustOpen(t, "data", persistence.Options{FS: fs})
		epoch := acquire(t, s)
		if err := put(s, persistence.Entry{Epoch: epoch, Stream: "chat/a", Seq: 1, Record: []byte("r")}); err != nil {
			t.Fatal(err)
		}
		full, struck := errors.New("no space left on device"), false
		fs.Fault(func(op, path string) error {
			if op == what && strings.HasPrefix(path, "copy/") {
				struck = true
				return full
			}
			return nil
		})
		if err := s.Checkpoint("copy"); !errors.Is(err, full) || !struck {
			t.Errorf("%s: the copy ended with %v, struck %t", what, err, struck)
		}
		fs.Fault(nil)
		if err := put(s, persistence.Entry{Epoch: epoch, Stream: "chat/a", Seq: 2, Record: []byte("r")}); err != nil {
			t.Errorf("%s: the journal went down with the copy: %v", what, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestARaisedEpochFencesAsAnyOtherAndIsKept(t *testing.T) {
	fs := vfs.NewMem()
	s := mustOpen(t, "data", persistence.Options{FS: fs})
	old := acquire(t, s)
	high, err := s.Raise(1000)
	if err != nil || high != 1000 {
		t.Fatalf("epoch %d, %v", high, err)
	}
	if err := put(s, persistence.Entry{Epoch: old, Stream: "chat/a", Seq: 1, Record: []byte("r")}); !errors.Is(err, persistence.ErrFenced) {
		t.Errorf("the earlier writer was answered with %v", err)
	}
	if low, err := s.Raise(10); err != nil || low != 1001 {
		t.Errorf("a lower one gives %d, %v", low, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if next := acquire(t, mustOpen(t, "data", persistence.Options{FS: fs})); next != 1002 {
		t.Errorf("the next life has epoch %d", next)
	}
}
