package journaltest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/parley-engine/parley/persistence"
)

func droppedGone(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	for _, stream := range []string{"chat/a", "chat/ab"} {
		fill(t, s, epoch, stream, 5)
		must(t, put(s, entry{
			Epoch: epoch, Stream: stream, Seq: 5, Snapshot: []byte("s"),
			Rows: []row{{[]byte(stream + "/1"), []byte("v")}, {[]byte(stream + "/2"), []byte("v")}},
		}))
	}
	// Not waited for: Drop comes after it all the same.
	s.Append(entry{Epoch: epoch, Stream: "chat/a", Seq: 6, Record: []byte("r6")})
	must(t, s.Drop("chat/a", [][]byte{[]byte("chat/a/1")}))
	must(t, s.Drop("chat/never", nil))
	want := []string{
		`record chat/ab#1 "r1"`, `record chat/ab#2 "r2"`, `record chat/ab#3 "r3"`, `record chat/ab#4 "r4"`, `record chat/ab#5 "r5"`,
		"snapshot chat/ab 5 s", `row "chat/a/2" "v"`, `row "chat/ab/1" "v"`, `row "chat/ab/2" "v"`,
		"order chat/ab#1 chat/ab#2 chat/ab#3 chat/ab#4 chat/ab#5",
	}
	same(t, Dump(t, s), want)
	*s = s.Reopen(t)
	same(t, Dump(t, s), want)
	if _, state, err := s.Snapshot("chat/a"); state != nil || err != nil {
		t.Fatalf("snapshot of a dropped stream: %q, %v", state, err)
	}
}

func barrierAfter(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	var before atomic.Int32
	for i := range 100 {
		s.Append(entry{Epoch: epoch, Stream: "a", Seq: uint64(i + 1), Record: []byte("r"), Done: func(error) { before.Add(1) }})
	}
	must(t, put(s, entry{}))
	equal(t, "answered before the barrier", before.Load(), 100)
	must(t, put(s, entry{Epoch: epoch}))
	equal(t, "the barrier of an empty line", before.Load(), 100)
}

func failedDisk(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	must(t, put(s, entry{Epoch: epoch, Stream: "a", Seq: 1, Record: []byte("r1")}))
	select {
	case <-s.Failed():
		t.Fatal("failed before anything was wrong")
	default:
	}
	broken := errors.New("the disk is on fire")
	s.Break(broken)
	const n = 200
	order := make(chan int, n)
	for i := range n {
		s.Append(entry{Epoch: epoch, Stream: "a", Seq: uint64(i + 2), Record: []byte("r"), Done: func(err error) {
			if !errors.Is(err, broken) || !errors.Is(err, persistence.ErrFailed) {
				t.Errorf("entry %d: %v", i, err)
			}
			order <- i
		}})
	}
	for i := range n {
		equal(t, "done", <-order, i)
	}
	<-s.Failed()
	if err := s.Err(); !errors.Is(err, broken) {
		t.Fatalf("Err: %v", err)
	}
	if err := put(s, entry{}); !errors.Is(err, broken) {
		t.Fatalf("a barrier after the failure: %v", err)
	}
	if _, err := s.Acquire(); !errors.Is(err, broken) {
		t.Fatalf("Acquire after the failure: %v", err)
	}
	if err := s.Drop("a", nil); !errors.Is(err, broken) {
		t.Fatalf("Drop after the failure: %v", err)
	}
	if err := s.Close(); !errors.Is(err, broken) {
		t.Fatalf("Close after the failure: %v", err)
	}
	if err := put(s, entry{}); !errors.Is(err, broken) {
		t.Fatalf("after failure and Close: %v", err)
	}
}

func afterClose(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	answers := make(chan error, 1)
	s.Append(entry{Epoch: epoch, Stream: "a", Seq: 1, Record: []byte("r"), Done: func(err error) { answers <- err }})
	must(t, s.Close())
	select {
	case err := <-answers:
		must(t, err)
	default:
		t.Fatal("Close returned before what was appended was answered")
	}
	order := make(chan int, 100)
	for i := range 100 {
		s.Append(entry{Epoch: epoch, Stream: "a", Seq: 2, Record: []byte("r"), Done: func(err error) {
			if !errors.Is(err, persistence.ErrClosed) {
				t.Errorf("entry %d after Close: %v", i, err)
			}
			order <- i
		}})
	}
	for i := range 100 {
		equal(t, "done", <-order, i)
	}
	if _, err := s.Acquire(); !errors.Is(err, persistence.ErrClosed) {
		t.Fatalf("Acquire after Close: %v", err)
	}
	must(t, s.Close())
}

func restartFinds(t *testing.T, s *Subject) {
	want := newModel()
	for round := range 3 {
		epoch := acquire(t, s)
		for i := range 50 {
			stream, seq := fmt.Sprintf("chat/%d", i%5), uint64(round*10+i/5+1)
			e := entry{
				Epoch: epoch, Stream: stream, Seq: seq, Record: fmt.Appendf(nil, "r%d", seq),
				Rows: []row{{fmt.Appendf(nil, "row/%s/%d", stream, seq), []byte("v")}, {fmt.Appendf(nil, "row/%s/%d", stream, seq-2), nil}},
			}
			if seq%4 == 0 {
				e.Snapshot = fmt.Appendf(nil, "state %d", seq)
			}
			must(t, put(s, e))
			want.apply(e)
		}
		*s = s.Reopen(t)
		same(t, Dump(t, s), want.dump())
	}
}
