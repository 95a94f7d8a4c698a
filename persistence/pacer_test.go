package persistence

import (
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// shape is a database of which only the state matters to a pacer.
type shape struct {
	depth   atomic.Int32
	tables  atomic.Int32
	allowed atomic.Int32
	waiting atomic.Int32
	begun   chan pebble.CompactionGrantHandle
}

func newShape(t *testing.T, allowed int32) (*shape, *pacer) {
	t.Helper()
	db, p := &shape{begun: make(chan pebble.CompactionGrantHandle, 8)}, newPacer()
	db.allowed.Store(allowed)
	p.on.Store(true)
	p.Register(1, db)
	return db, p
}

func (s *shape) GetAllowedWithoutPermission() int { return int(s.allowed.Load()) }

func (s *shape) GetWaitingCompaction() (bool, pebble.WaitingCompaction) {
	return s.waiting.Load() > 0, pebble.WaitingCompaction{}
}

func (s *shape) Schedule(h pebble.CompactionGrantHandle) bool {
	if s.waiting.Add(-1) < 0 {
		s.waiting.Add(1)
		return false
	}
	s.begun <- h
	return true
}

func (s *shape) Metrics() *pebble.Metrics {
	m := new(pebble.Metrics)
	m.Levels[0].Sublevels, m.MemTable.Count = s.depth.Load(), int64(s.tables.Load())
	return m
}

// compact works for a while as a compaction does, reporting every tenth of a
// millisecond, and returns how long it has taken.
func compact(h pebble.CompactionGrantHandle, work time.Duration) time.Duration {
	began := time.Now()
	h.Started()
	for range work / (100 * time.Microsecond) {
		time.Sleep(100 * time.Microsecond) // the work, on a virtual clock
		h.CumulativeStats(pebble.CompactionGrantHandleStats{})
	}
	return time.Since(began)
}

// TestACompactionTakesAFifthOfACoreUnlessTheStoreFallsBehind compacts for one
// second of work at different depths of the base level.
func TestACompactionTakesAFifthOfACoreUnlessTheStoreFallsBehind(t *testing.T) {
	for depth, times := range map[int32]float64{0: 5, depthCalm: 5, 12: 3, depthLate - 1: 1.5, depthLate: 1, 24: 1} {
		synctest.Test(t, func(t *testing.T) {
			db, p := newShape(t, 1)
			defer p.Unregister()
			db.depth.Store(depth)
			ok, h := p.TrySchedule()
			if !ok {
				t.Fatal("a compaction is refused while none runs")
			}
			took := compact(h, time.Second)
			if got := took.Seconds(); math.Abs(got-times) > 0.02 {
				t.Errorf("with a base level %d deep a second of work takes %.2f s, expected %.1f s", depth, got, times)
			}
		})
	}
}

// flush writes tables for a while as a flush does, one block every tenth of a
// millisecond, and returns how long it has taken.
func flush(t *testing.T, p *pacer, work time.Duration) time.Duration {
	t.Helper()
	g := &guard{FS: vfs.NewMem(), dir: "data", pacer: p}
	if err := g.MkdirAll("data", 0o750); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	f, err := g.Create("data/1.sst", flushCategory)
	if err != nil {
		t.Fatal(err)
	}
	for range work / (100 * time.Microsecond) {
		time.Sleep(100 * time.Microsecond) // the work, on a virtual clock
		if n, err := f.Write([]byte("block")); n != 5 || err != nil {
			t.Fatal(n, err)
		}
	}
	return time.Since(began)
}

// TestAFlushTakesAThirdOfACoreUnlessTheNextOneWaits flushes for a tenth of a
// second of work with different numbers of memtables.
func TestAFlushTakesAThirdOfACoreUnlessTheNextOneWaits(t *testing.T) {
	for tables, want := range map[int32]time.Duration{1: 300 * time.Millisecond, 2: 300 * time.Millisecond, tablesLate: 100 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			db, p := newShape(t, 1)
			defer p.Unregister()
			db.tables.Store(tables)
			if took := flush(t, p, 100*time.Millisecond); (took - want).Abs() > 2*time.Millisecond {
				t.Errorf("with %d memtables it takes %s, expected %s", tables, took, want)
			}
		})
	}
}

// TestNothingRestsWhileAStoreOpensOrCloses flushes as at the end of a store.
func TestNothingRestsWhileAStoreOpensOrCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := newShape(t, 1)
		defer p.Unregister()
		p.on.Store(false)
		if took := flush(t, p, 100*time.Millisecond); took != 100*time.Millisecond {
			t.Errorf("it takes %s, expected 100 ms", took)
		}
	})
}

// TestACompactionHurriesOnceTheStoreFallsBehind lets the base level get deep in
// the middle of a compaction.
func TestACompactionHurriesOnceTheStoreFallsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, p := newShape(t, 1)
		defer p.Unregister()
		_, h := p.TrySchedule()
		if took := compact(h, 100*time.Millisecond); took < 490*time.Millisecond {
			t.Fatalf("took %s, expected 500 ms", took)
		}
		db.depth.Store(depthLate)
		if took := compact(h, time.Second); took > time.Second+paceLook {
			t.Errorf("took %s for a second of work, expected it to notice within %s", took, paceLook)
		}
	})
}

// TestALongHaltCountsAsLittleWork holds the pacer to a bound on one rest: what
// looks like work may have been a wait for a processor.
func TestALongHaltCountsAsLittleWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := newShape(t, 1)
		defer p.Unregister()
		_, h := p.TrySchedule()
		h.Started()
		time.Sleep(time.Second)
		began := time.Now()
		h.CumulativeStats(pebble.CompactionGrantHandleStats{})
		if rest := time.Since(began); rest != paceRest*paceMost {
			t.Errorf("rested for %s after a second, expected %s", rest, time.Duration(paceRest*paceMost))
		}
	})
}

// TestAStoreThatClosesIsNotPaced closes in the middle of a rest: what is under
// way goes on at once and rests no more, and nothing new begins.
func TestAStoreThatClosesIsNotPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, p := newShape(t, 2)
		_, h := p.TrySchedule()
		took := make(chan time.Duration)
		go func() { took <- compact(h, time.Second) }()
		time.Sleep(500 * time.Millisecond)
		p.Unregister()
		if d := <-took; d > 1500*time.Millisecond {
			t.Errorf("a compaction whose store closed after half a second took %s, expected at most 1.5 s", d)
		}
		db.waiting.Store(1)
		h.Done()
		if ok, _ := p.TrySchedule(); ok {
			t.Error("a compaction may begin in a closed store")
		}
		synctest.Wait()
		if len(db.begun) > 0 {
			t.Error("a closed store was told to compact")
		}
	})
}

// TestWhatWaitsBeginsWhenThereIsRoom asks for more compactions than are allowed,
// and gives room in both ways: one ends, and more are allowed.
func TestWhatWaitsBeginsWhenThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, p := newShape(t, 1)
		defer p.Unregister()
		_, first := p.TrySchedule()
		if ok, _ := p.TrySchedule(); ok {
			t.Fatal("two at once where one is allowed")
		}
		db.waiting.Store(3)
		p.UpdateGetAllowedWithoutPermission()
		synctest.Wait()
		if len(db.begun) != 0 {
			t.Fatal("one began without room")
		}
		first.Done()
		synctest.Wait()
		if len(db.begun) != 1 {
			t.Fatalf("%d began in the place of one that has ended, expected 1", len(db.begun))
		}
		db.allowed.Store(2)
		p.UpdateGetAllowedWithoutPermission()
		synctest.Wait()
		if len(db.begun) != 2 {
			t.Fatalf("%d run where two are allowed", len(db.begun))
		}
		db.waiting.Store(0)
		(<-db.begun).Done()
		synctest.Wait()
		if ok, _ := p.TrySchedule(); !ok {
			t.Error("no place after one has ended and nothing waited")
		}
	})
}

// TestAStoreCompactsUnderThePacer fills a store until its base level has been
// compacted away several times.
func TestAStoreCompactsUnderThePacer(t *testing.T) {
	s, err := Open("data", Options{FS: vfs.NewMem(), LockWait: -1, MemTableBytes: 256 << 10})
	if err != nil {
		t.Fatal(err)
	}
	epoch, err := s.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	value := make([]byte, 1<<10)
	for n := 0; s.db.Metrics().Compact.DefaultCount < 3; n++ {
		done := make(chan error, 1)
		rows := make([]Row, 64)
		for i := range rows {
			rows[i] = Row{[]byte{byte(n * 37), byte(i)}, value}
		}
		s.Append(Entry{Epoch: epoch, Rows: rows, Done: func(err error) { done <- err }})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	s.pacer.mu.Lock()
	never := s.pacer.looked.IsZero()
	s.pacer.mu.Unlock()
	if never {
		t.Error("neither a flush nor a compaction has asked whether to rest")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s.pacer.on.Load() {
		t.Error("what closed the store was paced")
	}
}
