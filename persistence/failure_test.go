package persistence_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/persistence/journaltest"
)

func put(j journaltest.Journal, e persistence.Entry) error {
	done := make(chan error, 1)
	e.Done = func(err error) { done <- err }
	j.Append(e)
	return <-done
}

func acquire(t *testing.T, j journaltest.Journal) uint64 {
	t.Helper()
	epoch, err := j.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	return epoch
}

// writeUntilFailure appends until the journal fails and returns how many
// entries were answered with success; the answers must come in order and never
// turn back to success.
func writeUntilFailure(t *testing.T, s *persistence.Store, epoch uint64, size int) int {
	t.Helper()
	var mu sync.Mutex
	good, next := 0, 1
	for seq := 1; s.Err() == nil; seq++ {
		s.Append(persistence.Entry{
			Epoch: epoch, Stream: "chat/a", Seq: uint64(seq), Record: make([]byte, size),
			Done: func(err error) {
				mu.Lock()
				defer mu.Unlock()
				if seq != next {
					t.Errorf("entry %d answered, %d was next", seq, next)
				}
				if next++; err == nil {
					if good++; good != seq {
						t.Errorf("entry %d answered with success after a failure", seq)
					}
				}
			},
		})
	}
	_ = put(s, persistence.Entry{})
	mu.Lock()
	defer mu.Unlock()
	return good
}

// TestNoFaultLosesWhatWasAnswered breaks the disk at a random operation, as
// often as not for a moment only, and then takes the power away.
func TestNoFaultLosesWhatWasAnswered(t *testing.T) {
	rng := rand.New(rand.NewPCG(journaltest.Seed(t), 3))
	for range 20 {
		mem := vfs.NewCrashableMem()
		fs := journaltest.NewFaultFS(mem)
		s := mustOpen(t, "data", persistence.Options{FS: fs, MemTableBytes: 256 << 10})
		epoch := acquire(t, s)
		broken := errors.New("input/output error")
		var count atomic.Int64
		at, momentary := 1+rng.Int64N(60), rng.IntN(2) == 0
		fs.Fault(func(op, path string) error {
			vital := strings.HasSuffix(path, ".log") || strings.Contains(path, "MANIFEST") && op != "create"
			if !vital {
				return nil
			}
			if n := count.Add(1); n >= at && (!momentary || n < at+3) {
				return fmt.Errorf("%s %s: %w", op, path, broken)
			}
			return nil
		})
		good := writeUntilFailure(t, s, epoch, 1+rng.IntN(1000))
		if err := s.Err(); !errors.Is(err, persistence.ErrFailed) || !strings.Contains(err.Error(), broken.Error()) {
			t.Fatalf("the failure is not named: %v", err)
		}
		clone := mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng})
		_ = s.Close()
		after := mustOpen(t, "data", quick(clone))
		n := 0
		err := after.Replay("chat/a", 0, func(seq uint64, _ []byte) error {
			if n++; seq != uint64(n) {
				t.Errorf("record %d follows %d", seq, n-1)
			}
			return nil
		})
		if err != nil || n < good {
			t.Fatalf("%d answered, %d survived, %v", good, n, err)
		}
		if err := after.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADiskThatNeverAnswersIsAFailure(t *testing.T) {
	fs := journaltest.NewFaultFS(vfs.NewMem())
	s := mustOpen(t, "data", persistence.Options{FS: fs, StallTimeout: 3 * time.Second})
	epoch := acquire(t, s)
	release := make(chan struct{})
	defer close(release)
	fs.Fault(func(op, path string) error {
		if op == "sync" && strings.HasSuffix(path, ".log") {
			<-release
		}
		return nil
	})
	for i := range 3 {
		if err := put(s, persistence.Entry{Epoch: epoch, Stream: "a", Seq: uint64(i + 1), Record: []byte("r")}); !errors.Is(err, persistence.ErrStalled) {
			t.Fatalf("entry %d: %v", i, err)
		}
	}
	<-s.Failed()
	if _, err := s.Get([]byte("k")); !errors.Is(err, persistence.ErrStalled) {
		t.Errorf("a read after the failure: %v", err)
	}
	if err := s.Close(); !errors.Is(err, persistence.ErrStalled) {
		t.Fatalf("Close: %v", err)
	}
}

// TestAFullDiskDuringAFlushIsAFailure lets the log through but no table: Pebble
// tries again for ever and holds up the writers without an error.
func TestAFullDiskDuringAFlushIsAFailure(t *testing.T) {
	fs := journaltest.NewFaultFS(vfs.NewMem())
	var log lockedBuffer
	s := mustOpen(t, "data", persistence.Options{
		FS: fs, StallTimeout: 3 * time.Second, MemTableBytes: 256 << 10,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	epoch := acquire(t, s)
	full := errors.New("no space left on device")
	fs.Fault(func(op, path string) error {
		if op == "create" && strings.HasSuffix(path, ".sst") {
			return full
		}
		return nil
	})
	good := writeUntilFailure(t, s, epoch, 4000)
	if err := s.Err(); !errors.Is(err, persistence.ErrStalled) {
		t.Fatalf("after %d entries: %v", good, err)
	}
	if !strings.Contains(log.String(), full.Error()) {
		t.Error("the log does not say why")
	}
	fs.Fault(nil)
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestAppendWaitsWhileTheQueueIsFullAndNoLonger(t *testing.T) {
	fs := journaltest.NewFaultFS(vfs.NewMem())
	s := mustOpen(t, "data", persistence.Options{FS: fs, QueueSize: 1, BatchSize: 1})
	epoch := acquire(t, s)
	release := make(chan struct{})
	fs.Fault(func(op, path string) error {
		if op == "sync" && strings.HasSuffix(path, ".log") {
			<-release
		}
		return nil
	})
	const n = 50
	var appended atomic.Int64
	answers := make(chan error, n)
	go func() {
		for i := range n {
			s.Append(persistence.Entry{Epoch: epoch, Stream: "a", Seq: uint64(i + 1), Record: []byte("r"), Done: func(err error) { answers <- err }})
			appended.Add(1)
		}
	}()
	for s.Stats().Queued == 0 {
		runtime.Gosched() // the line fills up, as nothing becomes durable
	}
	if got := appended.Load(); got == n {
		t.Error("the queue has no bound")
	}
	close(release)
	for range n {
		if err := <-answers; err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
