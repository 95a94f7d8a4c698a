package journaltest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parley-engine/parley/persistence"
)

type (
	entry = persistence.Entry
	row   = persistence.Row
)

// fill appends n records to a stream.
func fill(t *testing.T, j Journal, epoch uint64, stream string, n int) {
	t.Helper()
	for seq := uint64(1); seq <= uint64(n); seq++ {
		must(t, put(j, entry{Epoch: epoch, Stream: stream, Seq: seq, Record: fmt.Appendf(nil, "r%d", seq)}))
	}
}

func recordsComeBack(t *testing.T, s *Subject) {
	e := acquire(t, s)
	fill(t, s, e, "chat/a", 3)
	fill(t, s, e, "chat/ab", 1)
	equal(t, "replay", replay(t, s, "chat/a", 0), "1:r1 2:r2 3:r3")
	equal(t, "replay of a stream whose name begins alike", replay(t, s, "chat/ab", 0), "1:r1")
	equal(t, "replay of no stream", replay(t, s, "chat/none", 0), "")
	r, err := s.Record("chat/a", 2)
	must(t, err)
	equal(t, "record", string(r), "r2")
	r, err = s.Record("chat/a", 4)
	must(t, err)
	equal(t, "no record", r == nil, true)
}

func replayBegins(t *testing.T, s *Subject) {
	fill(t, s, acquire(t, s), "chat/a", 300)
	equal(t, "after 298", replay(t, s, "chat/a", 298), "299:r299 300:r300")
	equal(t, "after the last", replay(t, s, "chat/a", 300), "")
	equal(t, "after the greatest number", replay(t, s, "chat/a", ^uint64(0)), "")
}

func replayEnds(t *testing.T, s *Subject) {
	fill(t, s, acquire(t, s), "chat/a", 3)
	enough, calls := errors.New("enough"), 0
	err := s.Replay("chat/a", 0, func(uint64, []byte) error { calls++; return enough })
	equal(t, "error", err, enough)
	equal(t, "calls", calls, 1)
}

func emptyRecord(t *testing.T, s *Subject) {
	must(t, put(s, entry{Epoch: acquire(t, s), Stream: "a", Seq: 1, Record: []byte{}, Rows: []row{{[]byte("k"), []byte{}}}}))
	r, err := s.Record("a", 1)
	must(t, err)
	v, err := s.Get([]byte("k"))
	must(t, err)
	equal(t, "record and row are there", r != nil && v != nil, true)
}

func entryWhole(t *testing.T, s *Subject) {
	e := acquire(t, s)
	must(t, put(s, entry{
		Epoch: e, Stream: "chat/a", Seq: 1, Record: []byte("r"), Snapshot: []byte("s"),
		Rows: []row{{[]byte("k1"), []byte("v1")}, {[]byte("k2"), []byte("v2")}},
	}))
	must(t, put(s, entry{Epoch: e, Rows: []row{{[]byte("k3"), []byte("v3")}}}))
	must(t, put(s, entry{Epoch: e, Stream: "chat/a", Seq: 1, Snapshot: []byte("s2")}))
	same(t, Dump(t, s), []string{
		`record chat/a#1 "r"`, "snapshot chat/a 1 s2", `row "k1" "v1"`, `row "k2" "v2"`, `row "k3" "v3"`, "order chat/a#1",
	})
}

func doneInOrder(t *testing.T, s *Subject) {
	old := acquire(t, s)
	epoch := acquire(t, s)
	const n = 10_000
	got := make(chan int, n)
	for i := range n {
		e := entry{Epoch: epoch, Stream: "chat/a", Seq: uint64(i + 1), Record: []byte("r")}
		wantErr := error(nil)
		switch i % 5 {
		case 1: // a barrier
			e = entry{}
		case 2:
			e.Epoch, wantErr = old, persistence.ErrFenced
		case 3:
			e.Seq, wantErr = 0, persistence.ErrInvalid
		}
		e.Done = func(err error) {
			if !errors.Is(err, wantErr) {
				t.Errorf("entry %d: got %v, want %v", i, err, wantErr)
			}
			got <- i
		}
		s.Append(e)
	}
	for i := range n {
		equal(t, "done", <-got, i)
	}
}

func bytesGivenBack(t *testing.T, s *Subject) {
	record, snapshot, key, value := []byte("r"), []byte("s"), []byte("k"), []byte("v")
	must(t, put(s, entry{Epoch: acquire(t, s), Stream: "a", Seq: 1, Record: record, Snapshot: snapshot, Rows: []row{{key, value}}}))
	for _, b := range [][]byte{record, snapshot, key, value} {
		b[0] = '!'
	}
	same(t, Dump(t, s), []string{`record a#1 "r"`, "snapshot a 1 s", `row "k" "v"`, "order a#1"})
}

func newEpochFences(t *testing.T, s *Subject) {
	first := acquire(t, s)
	must(t, put(s, entry{Epoch: first, Stream: "a", Seq: 1, Record: []byte("r1")}))
	second := acquire(t, s)
	equal(t, "epoch", second, first+1)
	stale := []entry{
		{Epoch: first, Stream: "a", Seq: 2, Record: []byte("stale")},
		{Epoch: first, Rows: []row{{[]byte("k"), []byte("stale")}}},
		{Epoch: first},
		{Epoch: second + 1, Stream: "a", Seq: 2, Record: []byte("never given out")},
		{Stream: "a", Seq: 2, Record: []byte("by nobody")},
		{Rows: []row{{[]byte("k"), []byte("by nobody")}}},
		{Stream: "a", Snapshot: []byte("by nobody")},
	}
	for i, e := range stale {
		if err := put(s, e); !errors.Is(err, persistence.ErrFenced) {
			t.Fatalf("stale entry %d: %v", i, err)
		}
	}
	must(t, put(s, entry{Epoch: second, Stream: "a", Seq: 2, Record: []byte("r2")}))
	same(t, Dump(t, s), []string{`record a#1 "r1"`, `record a#2 "r2"`, "order a#1 a#2"})
}

func epochsRise(t *testing.T, s *Subject) {
	equal(t, "first epoch", acquire(t, s), 1)
	*s = s.Reopen(t)
	if err := put(s, entry{Epoch: 2, Stream: "a", Seq: 1, Record: []byte("r")}); !errors.Is(err, persistence.ErrFenced) {
		t.Fatalf("an epoch that nobody acquired: %v", err)
	}
	equal(t, "second epoch", acquire(t, s), 2)
}

func invalidRefused(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	bad := []entry{
		{Epoch: epoch, Seq: 1, Record: []byte("no stream")},
		{Epoch: epoch, Snapshot: []byte("no stream")},
		{Epoch: epoch, Stream: "a", Record: []byte("no number")},
		{Epoch: epoch, Stream: "a\x00b", Seq: 1, Record: []byte("r")},
		{Epoch: epoch, Stream: strings.Repeat("a", persistence.MaxStream+1), Seq: 1, Record: []byte("r")},
		{Epoch: epoch, Rows: []row{{nil, []byte("v")}}},
		{Epoch: epoch, Stream: "a", Seq: 1, Record: make([]byte, persistence.MaxEntry)},
	}
	for i, e := range bad {
		if err := put(s, e); !errors.Is(err, persistence.ErrInvalid) {
			t.Fatalf("bad entry %d: %v", i, err)
		}
	}
	long := strings.Repeat("a", persistence.MaxStream)
	must(t, put(s, entry{Epoch: epoch, Stream: long, Seq: 1, Record: []byte("r")}))
	equal(t, "longest name", replay(t, s, long, 0), "1:r")
}

func lastSnapshot(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	seq, state, err := s.Snapshot("a")
	must(t, err)
	equal(t, "no snapshot", seq == 0 && state == nil, true)
	for i := uint64(1); i <= 3; i++ {
		must(t, put(s, entry{Epoch: epoch, Stream: "a", Seq: i, Record: []byte("r"), Snapshot: fmt.Appendf(nil, "s%d", i)}))
	}
	seq, state, err = s.Snapshot("a")
	must(t, err)
	equal(t, "snapshot", fmt.Sprintf("%d %s", seq, state), "3 s3")
	equal(t, "records stay", replay(t, s, "a", 0), "1:r 2:r 3:r")
}

func rowsSetAndDeleted(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	set := func(rows ...row) { must(t, put(s, entry{Epoch: epoch, Rows: rows})) }
	set(row{[]byte("a"), []byte("1")}, row{[]byte("b"), []byte("2")})
	set(row{[]byte("a"), nil}, row{[]byte("b"), []byte("3")}, row{[]byte("none"), nil})
	set(row{[]byte("c"), []byte("4")}, row{[]byte("c"), []byte("5")}, row{[]byte("d"), []byte("6")}, row{[]byte("d"), nil})
	for key, want := range map[string]string{"a": "", "b": "3", "c": "5", "d": ""} {
		v, err := s.Get([]byte(key))
		must(t, err)
		equal(t, "row "+key, string(v), want)
		equal(t, "row "+key+" is there", v != nil, want != "")
	}
}

func scanBounds(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	keys := []string{"\x00", "a", "a\x00", "a/1", "a/2", "b", "\xff", "\xff\xff"}
	for _, k := range keys {
		must(t, put(s, entry{Epoch: epoch, Stream: "s" + k[:0], Rows: []row{{[]byte(k), []byte("v" + k)}}}))
	}
	scan := func(from, to []byte) string {
		var out []string
		must(t, s.Scan(from, to, func(k, v []byte) error {
			equal(t, "value", string(v), "v"+string(k))
			out = append(out, string(k))
			return nil
		}))
		return strings.Join(out, ",")
	}
	equal(t, "all", scan(nil, nil), strings.Join(keys, ","))
	equal(t, "from a to b", scan([]byte("a"), []byte("b")), "a,a\x00,a/1,a/2")
	equal(t, "prefix a/", scan([]byte("a/"), []byte("a0")), "a/1,a/2")
	equal(t, "from b", scan([]byte("b"), nil), "b,\xff,\xff\xff")
	equal(t, "nothing between", scan([]byte("c"), []byte("d")), "")
	stop, calls := errors.New("stop"), 0
	equal(t, "error", s.Scan(nil, nil, func(_, _ []byte) error { calls++; return stop }), stop)
	equal(t, "calls", calls, 1)
}

// last returns the last n records as "stream#seq".
func last(t *testing.T, j Journal, n int) string {
	t.Helper()
	var out []string
	must(t, j.Last(n, func(stream string, seq uint64, record []byte) error {
		equal(t, "record", string(record), fmt.Sprintf("r%d", seq))
		out = append(out, name(stream, seq))
		return nil
	}))
	return strings.Join(out, " ")
}

func lastLists(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	equal(t, "empty journal", last(t, s, 5), "")
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
	for _, n := range []int{0, 1, 10, 599} {
		equal(t, "last", last(t, s, n), strings.Join(want[600-n:], " "))
	}
	equal(t, "more than there are", last(t, s, 5000), strings.Join(want, " "))
}

func lastPasses(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	fill(t, s, epoch, "a", 2)
	fill(t, s, epoch, "b", 2)
	fill(t, s, epoch, "c", 2)
	must(t, s.Drop("b", nil))
	equal(t, "last 3", last(t, s, 3), "a#2 c#1 c#2")
	fill(t, s, epoch, "b", 1)
	equal(t, "a name that is used again", last(t, s, 9), "a#1 a#2 c#1 c#2 b#1")
}

func streamsListed(t *testing.T, s *Subject) {
	epoch := acquire(t, s)
	for _, n := range []string{"chat/b", "chat/a", "chat/a/x", "chat", "agent/a", "chat/\xff"} {
		fill(t, s, epoch, n, 2)
	}
	must(t, put(s, entry{Epoch: epoch, Stream: "chat/no-record", Seq: 1, Snapshot: []byte("s")}))
	list := func(prefix string) string {
		var out []string
		must(t, s.Streams(prefix, func(n string) error { out = append(out, n); return nil }))
		return strings.Join(out, " ")
	}
	equal(t, "all", list(""), "agent/a chat chat/a chat/a/x chat/b chat/\xff")
	equal(t, "chats", list("chat/"), "chat/a chat/a/x chat/b chat/\xff")
	equal(t, "none", list("queue/"), "")
	stop := errors.New("stop")
	equal(t, "error", s.Streams("", func(string) error { return stop }), stop)
}
