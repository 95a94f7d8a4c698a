package journaltest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// after reads up to n records behind a position, as "stream#seq", and returns
// the position of the last one.
func after(t *testing.T, j Journal, position uint64, n int) (list string, last uint64) {
	t.Helper()
	var out []string
	last = position
	from, err := j.After(position, n, func(at uint64, stream string, seq uint64, record []byte) error {
		equal(t, "record", string(record), fmt.Sprintf("r%d", seq))
		if at <= last {
			t.Fatalf("position %d comes after %d", at, last)
		}
		last = at
		out = append(out, name(stream, seq))
		return nil
	})
	must(t, err)
	equal(t, "read from", from, position)
	return strings.Join(out, " "), last
}

func afterReadsOn(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	list, last := after(t, s, 0, 5)
	equal(t, "empty journal", list, "")
	var want []string
	answered := make(chan error, 600)
	for i := range 600 {
		stream, seq := fmt.Sprintf("s%d", i%7), uint64(i/7+1)
		s.Append(entry{
			Epoch: epoch, Stream: stream, Seq: seq, Record: fmt.Appendf(nil, "r%d", seq),
			Done: func(err error) { answered <- err },
		})
		want = append(want, name(stream, seq))
	}
	for range 600 {
		must(t, <-answered)
	}
	var got []string
	for len(got) < 600 {
		list, last = after(t, s, last, 1+len(got)%37)
		got = append(got, strings.Fields(list)...)
	}
	equal(t, "page by page", strings.Join(got, " "), strings.Join(want, " "))
	oldest, newest, err := s.Ends()
	must(t, err)
	equal(t, "oldest", oldest, 0)
	equal(t, "newest", newest, last)
	list, _ = after(t, s, newest, 5)
	equal(t, "after the last", list, "")
	list, _ = after(t, s, newest-1, 5)
	equal(t, "the last", list, want[599])
	stop, calls := errors.New("stop"), 0
	_, err = s.After(0, 9, func(uint64, string, uint64, []byte) error { calls++; return stop })
	equal(t, "error", err, stop)
	equal(t, "calls", calls, 1)
}

func afterPasses(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	fill(t, s, epoch, "a", 2)
	fill(t, s, epoch, "b", 2)
	fill(t, s, epoch, "c", 2)
	must(t, s.Drop("b", nil))
	list, last := after(t, s, 0, 3)
	equal(t, "the first 3", list, "a#1 a#2 c#1")
	fill(t, s, epoch, "b", 1)
	list, _ = after(t, s, last, 9)
	equal(t, "a name that is used again", list, "c#2 b#1")
}

func afterRestart(t *testing.T, s *Subject) {
	fill(t, s, acquire(t, s), "a", 3)
	list, last := after(t, s, 0, 2)
	equal(t, "before", list, "a#1 a#2")
	*s = s.Reopen(t)
	list, last = after(t, s, last, 9)
	equal(t, "the rest", list, "a#3")
	fill(t, s, acquire(t, s), "b", 1)
	list, _ = after(t, s, last, 9)
	equal(t, "what came after the restart", list, "b#1")
}

// afterCrash reads as far as it can while the journal is written to, and holds
// what it has seen against what is there after the crash.
func afterCrash(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	const n = 400
	answered := make(chan error, n)
	for i := range n {
		s.Append(entry{
			Epoch: epoch, Stream: "a", Seq: uint64(i + 1), Record: fmt.Appendf(nil, "r%d", i+1),
			Done: func(err error) { answered <- err },
		})
	}
	for range n / 4 {
		must(t, <-answered)
	}
	seen, _ := after(t, s, 0, n)
	if got := len(strings.Fields(seen)); got < n/4 {
		t.Fatalf("%d records after %d were answered", got, n/4)
	}
	crashed := s.Crash(t, rand.New(rand.NewPCG(1, Seed(t))))
	_ = s.Close() // it may have failed with the crash
	*s = crashed
	is, _ := after(t, s, 0, n)
	if is != seen && !strings.HasPrefix(is, seen+" ") {
		t.Fatalf("seen before the crash:\n%s\nand there after it:\n%s", seen, is)
	}
}
