package actors_test

import (
	"bytes"
	"slices"
	"sync"
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/persistence"
)

// taped is a journal that keeps a copy of what is written to it.
type taped struct {
	actors.Journal
	mu      sync.Mutex
	entries []actors.Entry
}

// Append implements actors.Journal.
func (t *taped) Append(e actors.Entry) {
	kept := e
	kept.Record, kept.Snapshot, kept.Rows = bytes.Clone(e.Record), bytes.Clone(e.Snapshot), slices.Clone(e.Rows)
	for i := range kept.Rows {
		kept.Rows[i].Key, kept.Rows[i].Value = bytes.Clone(e.Rows[i].Key), bytes.Clone(e.Rows[i].Value)
	}
	t.mu.Lock()
	t.entries = append(t.entries, kept)
	t.Journal.Append(e)
	t.mu.Unlock()
}

// all is what has been written so far.
func (t *taped) all() []actors.Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.entries
}

// BenchmarkReferenceStore is the store's share of the reference lifecycle and
// its floor: what b.N of them write is taped, and written again with nobody who
// decides anything or waits for an answer.
func BenchmarkReferenceStore(b *testing.B) {
	bill := playbill{agents: 64, guests: 256, messages: 10, talk: true, transfer: true}
	tape := &taped{Journal: persistence.NewMemory()}
	stage := newStage(b, newBenchEngine(b, tape, bill.agents), bill)
	from := len(tape.all())
	stage.run(b.N)
	entries := tape.all()[from:]

	store := openCounted(b, "pebble")
	epoch, err := store.Acquire()
	if err != nil {
		b.Fatal(err)
	}
	collectAsServed(b)
	var all sync.WaitGroup
	all.Add(len(entries))
	done := func(err error) {
		if err != nil {
			b.Error(err)
		}
		all.Done()
	}
	b.ResetTimer()
	began := cpu()
	for _, e := range entries {
		e.Epoch, e.Done = epoch, done
		store.Append(e)
	}
	all.Wait()
	b.StopTimer()
	used, n := cpu()-began, float64(b.N)
	b.ReportMetric(n/b.Elapsed().Seconds(), "chats/s")
	b.ReportMetric(float64(used.Microseconds())/n, "cpu-µs/chat")
	b.ReportMetric(float64(store.records.Load())/n, "records/chat")
	b.ReportMetric(float64(store.rows.Load())/n, "rows/chat")
}
