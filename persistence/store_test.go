package persistence_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/persistence"
)

// last lists the last n records of a store.
func last(t *testing.T, s *persistence.Store, n int) []string {
	t.Helper()
	var out []string
	if err := s.Last(n, func(stream string, seq uint64, _ []byte) error {
		out = append(out, fmt.Sprintf("%s#%d", stream, seq))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOrderRowsAreTrimmedToWhatIsKept(t *testing.T) {
	fs := vfs.NewMem()
	o := persistence.Options{FS: fs, OrderKept: 40, BatchSize: 3}
	seq := uint64(0)
	for round := range 4 {
		s := mustOpen(t, "data", o)
		epoch := acquire(t, s)
		for range 30 {
			seq++
			if err := put(s, persistence.Entry{Epoch: epoch, Stream: "a", Seq: seq, Record: []byte("r")}); err != nil {
				t.Fatal(err)
			}
		}
		got := last(t, s, 1<<30)
		if least := min(seq, 40); uint64(len(got)) < least || uint64(len(got)) > least+5+3 {
			t.Errorf("round %d: %d of %d records are listed", round, len(got), seq)
		}
		if newest := fmt.Sprintf("a#%d", seq); got[len(got)-1] != newest {
			t.Errorf("round %d: the last is %s, not %s", round, got[len(got)-1], newest)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheOrderReachesBackAsFarAsSomebodyWantsAndNoFurtherThanItsLimit(t *testing.T) {
	s := mustOpen(t, "data", persistence.Options{FS: vfs.NewMem(), OrderKept: 40, OrderMost: 120, BatchSize: 3})
	defer s.Close()
	epoch, seq := acquire(t, s), uint64(0)
	write := func(n int) {
		for range n {
			seq++
			if err := put(s, persistence.Entry{Epoch: epoch, Stream: "a", Seq: seq, Record: []byte("r")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	first := func(after uint64) (from, got uint64) {
		from, err := s.After(after, 1, func(_ uint64, _ string, seq uint64, _ []byte) error { got = seq; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return from, got
	}
	write(10)
	_, position, err := s.Ends()
	if err != nil {
		t.Fatal(err)
	}
	s.Keep(position)
	write(100)
	if from, got := first(position); from != position || got != 11 {
		t.Errorf("wanted after %d: read from %d, record %d, expected record 11", position, from, got)
	}
	if from, got := first(0); from == 0 || got < 2 {
		t.Errorf("not wanted: read from %d, record %d, expected a gap", from, got)
	}
	write(100)
	from, got := first(position)
	if from == position || got < 80 || got > 92 {
		t.Errorf("past the limit: read from %d, record %d, expected about the last 120 of %d", from, got, seq)
	}
	if oldest, _, err := s.Ends(); err != nil || oldest != from {
		t.Errorf("the oldest is %d, %v, and reading begins at %d", oldest, err, from)
	}
}

// TestADamagedSnapshotCountsAsNone writes behind the store's back.
func TestADamagedSnapshotCountsAsNone(t *testing.T) {
	fs := vfs.NewMem()
	s := mustOpen(t, "data", quick(fs))
	e := persistence.Entry{Epoch: acquire(t, s), Stream: "chat/a", Seq: 1, Record: []byte("r1"), Snapshot: []byte("state")}
	if err := put(s, e); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := pebble.Open("data", &pebble.Options{FS: fs, FormatMajorVersion: pebble.FormatValueSeparation})
	if err != nil {
		t.Fatal(err)
	}
	key := []byte("\x11chat/a")
	v, closer, err := db.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	bad := append([]byte(nil), v...)
	bad[len(bad)-1] ^= 1
	if err := errors.Join(closer.Close(), db.Set(key, bad, pebble.Sync), db.Close()); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, "data", quick(fs))
	seq, state, err := s.Snapshot("chat/a")
	if seq != 0 || state != nil || err != nil {
		t.Errorf("got %d, %q, %v", seq, state, err)
	}
	if n := s.Stats().BadSnapshots; n != 1 {
		t.Errorf("%d damaged snapshots counted", n)
	}
	if r, err := s.Record("chat/a", 1); string(r) != "r1" || err != nil {
		t.Errorf("the record: %q, %v", r, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestEachSyncIsObservedWithItsEntries(t *testing.T) {
	var entries atomic.Int64
	s := mustOpen(t, "data", persistence.Options{FS: vfs.NewMem(), OnSync: func(n int, d time.Duration) {
		if d <= 0 {
			t.Errorf("a sync took %s", d)
		}
		entries.Add(int64(n))
	}})
	epoch := acquire(t, s)
	for seq := uint64(1); seq <= 50; seq++ {
		if err := put(s, persistence.Entry{Epoch: epoch, Stream: "a", Seq: seq, Record: []byte("r")}); err != nil {
			t.Fatal(err)
		}
	}
	if got := entries.Load(); got != 51 {
		t.Errorf("%d entries observed, want 50 and the epoch", got)
	}
	st := s.Stats()
	if st.Entries < 50 || st.Syncs == 0 || st.Batches < st.Syncs || st.Bytes == 0 || st.SyncTime <= 0 || st.QueueSize != 16384 {
		t.Errorf("stats %+v", st)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheAnswersOfAGroupAreSurrounded(t *testing.T) {
	s := mustOpen(t, "data", quick(vfs.NewMem()))
	epoch := acquire(t, s)
	var inside, answered, ended atomic.Int64
	s.Answering(func() { inside.Add(1) }, func() { inside.Add(-1); ended.Add(1) })
	done := make(chan int64, 100)
	for seq := range cap(done) {
		s.Append(persistence.Entry{Epoch: epoch, Stream: "a", Seq: uint64(seq) + 1, Record: []byte("r"), Done: func(err error) {
			if err != nil {
				t.Error(err)
			}
			answered.Add(1)
			done <- inside.Load()
		}})
	}
	for range cap(done) {
		if in := <-done; in != 1 {
			t.Fatalf("an answer is given inside %d groups", in)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if inside.Load() != 0 || ended.Load() == 0 || ended.Load() > answered.Load()+1 {
		t.Errorf("%d groups for %d answers, %d still open", ended.Load(), answered.Load(), inside.Load())
	}
}

func TestAReadAfterCloseIsRefused(t *testing.T) {
	s := mustOpen(t, "data", quick(vfs.NewMem()))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get([]byte("k")); !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("Get: %v", err)
	}
	if err := s.Replay("a", 0, nil); !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("Replay: %v", err)
	}
}

func TestFreeSpaceKnowsTheDisk(t *testing.T) {
	if n, err := persistence.FreeSpace(t.TempDir()); err != nil || n == 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if _, err := persistence.FreeSpace(t.TempDir() + "/none"); err == nil {
		t.Error("a folder that is not there has space")
	}
}

// memoryStory appends four records to a memory journal and notes the answers.
func memoryStory(t *testing.T, m *persistence.Memory) *[]string {
	t.Helper()
	epoch := acquire(t, m)
	answers := new([]string)
	for seq := uint64(1); seq <= 4; seq++ {
		m.Append(persistence.Entry{Epoch: epoch, Stream: "a", Seq: seq, Record: []byte("r"), Done: func(err error) {
			word := "ok"
			if err != nil {
				word = "failed"
			}
			*answers = append(*answers, fmt.Sprintf("%d %s", seq, word))
		}})
	}
	return answers
}

func records(t *testing.T, m *persistence.Memory) (n int) {
	t.Helper()
	if err := m.Replay("a", 0, func(uint64, []byte) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAHeldMemoryAnswersNothingUntilReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := persistence.NewMemory()
		answers := func() *[]string {
			m.Release()
			epoch := acquire(t, m)
			m.Hold()
			got := new([]string)
			m.Append(persistence.Entry{Epoch: epoch, Stream: "a", Seq: 1, Record: []byte("r"), Done: func(error) { *got = append(*got, "done") }})
			return got
		}()
		synctest.Wait()
		if len(*answers) != 0 || records(t, m) != 0 {
			t.Errorf("held, yet %v and %d records", *answers, records(t, m))
		}
		m.Release()
		synctest.Wait()
		if len(*answers) != 1 || records(t, m) != 1 {
			t.Errorf("released, yet %v and %d records", *answers, records(t, m))
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestAMemoryFailsAfterAsManyEntriesAsToldAndNamesTheReason(t *testing.T) {
	for n := range 5 {
		synctest.Test(t, func(t *testing.T) {
			m := persistence.NewMemory()
			fire := errors.New("fire")
			m.FailAfter(n+1, fire) // the first is Acquire
			answers := memoryStory(t, m)
			synctest.Wait()
			want := strings.Fields(strings.Repeat("ok ", n) + strings.Repeat("failed ", 4-n))
			for i := range want {
				want[i] = fmt.Sprintf("%d %s", i+1, want[i])
			}
			if got := strings.Join(*answers, ","); got != strings.Join(want, ",") {
				t.Errorf("after %d: %s", n, got)
			}
			if failed := m.Err() != nil; failed != (n < 4) || failed && !errors.Is(m.Err(), fire) {
				t.Errorf("after %d: %v", n, m.Err())
			}
			if got := records(t, m); got != n {
				t.Errorf("after %d: %d records", n, got)
			}
			_ = m.Close()
		})
	}
}

func TestACrashOfAMemoryKeepsTheHeldEntriesItIsTold(t *testing.T) {
	for n := range 5 {
		synctest.Test(t, func(t *testing.T) {
			m := persistence.NewMemory()
			epoch := acquire(t, m)
			m.Hold()
			answers := make([]error, 0, 4)
			for seq := uint64(1); seq <= 4; seq++ {
				m.Append(persistence.Entry{Epoch: epoch, Stream: "a", Seq: seq, Record: []byte("r"), Done: func(err error) { answers = append(answers, err) }})
			}
			synctest.Wait()
			next := m.CrashKeeping(n)
			for _, err := range answers {
				if !errors.Is(err, persistence.ErrCrashed) {
					t.Errorf("answer %v", err)
				}
			}
			if got := records(t, next); len(answers) != 4 || got != n {
				t.Errorf("%d answers, %d records, want 4 and %d", len(answers), got, n)
			}
			if second := acquire(t, next); second != epoch+1 {
				t.Errorf("epoch %d follows %d", second, epoch)
			}
			if err := next.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
