package persistence_test

import (
	"errors"
	"strings"
	"testing"
	"time"

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

func TestARenewedJournalFencesAndGoesOnBehindAllThatWasLost(t *testing.T) {
	fs, now := vfs.NewMem(), time.Unix(2_000_000_000, 0)
	s := mustOpen(t, "data", persistence.Options{FS: fs})
	old := acquire(t, s)
	record := func(s *persistence.Store, epoch, seq uint64) error {
		return put(s, persistence.Entry{Epoch: epoch, Stream: "chat/a", Seq: seq, Record: []byte("r")})
	}
	if err := record(s, old, 1); err != nil {
		t.Fatal(err)
	}
	_, end, err := s.Ends()
	if err != nil {
		t.Fatal(err)
	}
	epoch, kept, base, err := s.Renew(now)
	if err != nil || epoch != 2_000_000_000 || kept != end || base <= end {
		t.Fatalf("epoch %d, kept %d, base %d, %v; the end was %d", epoch, kept, base, err, end)
	}
	if _, newest, err := s.Ends(); err != nil || newest != base {
		t.Errorf("the end is %d, %v; expected %d", newest, err, base)
	}
	if err := record(s, old, 2); !errors.Is(err, persistence.ErrFenced) {
		t.Errorf("the earlier writer was answered with %v", err)
	}
	if later, _, higher, err := s.Renew(now.Add(-time.Hour)); err != nil || later != epoch+1 || higher <= base {
		t.Errorf("with the clock set back: epoch %d, base %d, %v", later, higher, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, "data", persistence.Options{FS: fs})
	next := acquire(t, s)
	if next != epoch+2 {
		t.Errorf("the next life has epoch %d", next)
	}
	if err := record(s, next, 2); err != nil {
		t.Fatal(err)
	}
	var places []uint64
	if _, err := s.After(0, 9, func(at uint64, _ string, _ uint64, _ []byte) error { places = append(places, at); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(places) != 2 || places[0] != end || places[1] <= base {
		t.Errorf("records stand at %v, expected %d and one behind %d", places, end, base)
	}
}

func TestTheOrderIsTrimmedAcrossWhatARestoreHasLeftOut(t *testing.T) {
	s := mustOpen(t, "data", persistence.Options{FS: vfs.NewMem(), OrderKept: 20, BatchSize: 2})
	epoch := acquire(t, s)
	write := func(from, to uint64) {
		t.Helper()
		for seq := from; seq <= to; seq++ {
			if err := put(s, persistence.Entry{Epoch: epoch, Stream: "chat/a", Seq: seq, Record: []byte("r")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	listed := func() (seqs []uint64) {
		t.Helper()
		if _, err := s.After(0, 200, func(_ uint64, _ string, seq uint64, _ []byte) error { seqs = append(seqs, seq); return nil }); err != nil {
			t.Fatal(err)
		}
		return seqs
	}
	write(1, 15)
	var err error
	if epoch, _, _, err = s.Renew(time.Now()); err != nil {
		t.Fatal(err)
	}
	write(16, 30)
	if got := listed(); len(got) < 20 || got[len(got)-1] != 30 || got[0] > 11 {
		t.Errorf("listed are %v, expected the last 20 at the least", got)
	}
	write(31, 80)
	if got := listed(); len(got) < 20 || len(got) > 30 || got[len(got)-1] != 80 {
		t.Errorf("listed are %v, expected the last 20 and a few", got)
	}
}
