package journaltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// crashPoints is how often the power goes in one run.
const crashPoints = 48

// perWriter bounds what one writer appends between two crashes.
const perWriter = 80

// ledger notes every entry in the order of the answers, which is the total
// order, and how many were answered with success.
type ledger struct {
	mu       sync.Mutex
	entries  []entry
	answered int
	target   int
	reached  chan struct{} // closed at target answers
}

func (l *ledger) note(t *testing.T, e entry, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		if l.answered != len(l.entries) {
			t.Error("an entry was answered with success after one that failed")
		}
		if l.answered++; l.answered == l.target {
			close(l.reached)
		}
	}
	l.entries = append(l.entries, e)
}

// freeze returns how many entries have been answered by now.
func (l *ledger) freeze() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answered
}

// all returns what has been answered, one way or the other. What is appended
// after a crash may be answered even later; none of it can survive.
func (l *ledger) all() []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}

// crashKeepsPrefix crashes a journal again and again under concurrent writers.
// After each crash it must contain exactly what some prefix of the total order
// writes, and the prefix must hold all that was answered.
func crashKeepsPrefix(t *testing.T, s *Subject) {
	rng := rand.New(rand.NewPCG(Seed(t), 1))
	base, survived, crashes := newModel(), 0, crashPoints
	if testing.Short() {
		crashes /= 4
	}
	for round := range crashes {
		epoch := acquire(t, s)
		l := &ledger{target: 1 + rng.IntN(150), reached: make(chan struct{})}
		stop := make(chan struct{})
		var writers sync.WaitGroup
		for w := range 8 {
			stream := fmt.Sprintf("chat/%d", w)
			seq, seed := uint64(len(base.records[stream])), rng.Uint64()
			writers.Go(func() { write(t, s.Journal, l, stop, epoch, stream, seq, seed) })
		}
		<-l.reached
		atLeast := l.freeze()
		next := s.Crash(t, rng)
		close(stop)
		writers.Wait()
		_ = s.Close()
		entries := l.all()
		kept := survivors(t, next, entries, epoch)
		if kept < atLeast {
			t.Fatalf("%d entries were answered, %d survived", atLeast, kept)
		}
		for _, e := range entries[:kept] {
			base.apply(e)
		}
		same(t, Dump(t, next), base.dump())
		survived += kept
		*s = next
		if round%6 == 5 {
			for stream := range base.records {
				must(t, s.Drop(stream, nil))
			}
			base.forget()
		}
	}
	t.Logf("%d crashes, %d entries survived", crashes, survived)
}

// survivors finds the last entry whose mark is in the journal: how many of the
// entries of this epoch are there.
func survivors(t *testing.T, j Journal, entries []entry, epoch uint64) int {
	t.Helper()
	mark, err := j.Get([]byte("mark"))
	must(t, err)
	for i := range entries {
		if string(entries[i].Rows[0].Value) == string(mark) {
			return i + 1
		}
	}
	var of uint64
	if _, err := fmt.Sscanf(string(mark), "%d ", &of); err == nil && of >= epoch {
		t.Fatalf("the journal's last entry is %q, which nobody appended", mark)
	}
	return 0
}

// write appends entries to one stream, a few at a time in flight, until stop or enough.
// Each marks itself in a row that all entries share.
func write(t *testing.T, j Journal, l *ledger, stop chan struct{}, epoch uint64, stream string, seq, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 2))
	window := make(chan struct{}, 1+rng.IntN(8))
	for i := range perWriter {
		select {
		case <-stop:
			return
		case window <- struct{}{}:
		}
		e := entry{Epoch: epoch, Stream: stream, Rows: []row{{[]byte("mark"), fmt.Appendf(nil, "%d %s %d", epoch, stream, i)}}}
		if rng.IntN(10) > 0 {
			seq++
			// Now and then as long as several blocks of a log, so that a crash
			// finds half of an entry written.
			long := rng.IntN(300)
			if rng.IntN(8) == 0 {
				long = rng.IntN(100_000)
			}
			e.Record = fmt.Appendf(nil, "%s %d %0*d", stream, seq, long, i)
			e.Rows = append(e.Rows,
				row{fmt.Appendf(nil, "row/%s/%d", stream, seq), fmt.Appendf(nil, "v%d", seq)},
				row{fmt.Appendf(nil, "row/%s/%d", stream, seq-3), nil})
		}
		e.Seq = seq
		if seq > 0 && rng.IntN(4) == 0 {
			e.Snapshot = fmt.Appendf(nil, "state %d", seq)
		}
		noted := e
		e.Done = func(err error) {
			l.note(t, noted, err)
			<-window
		}
		j.Append(e)
	}
}
