package journaltest

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/parley-engine/parley/persistence"
)

// model is what a journal must contain, in the plainest form.
type model struct {
	records map[string]map[uint64]string
	snaps   map[string]string
	rows    map[string]string
	order   []string
}

func newModel() *model {
	return &model{map[string]map[uint64]string{}, map[string]string{}, map[string]string{}, nil}
}

func name(stream string, seq uint64) string { return fmt.Sprintf("%s#%d", stream, seq) }

// brief quotes a record, or gives the sum of a long one.
func brief(record string) string {
	if len(record) <= 80 {
		return fmt.Sprintf("%q", record)
	}
	return fmt.Sprintf("%d bytes, sum %x", len(record), sha256.Sum256([]byte(record)))
}

func (m *model) apply(e persistence.Entry) {
	if e.Record != nil {
		if m.records[e.Stream] == nil {
			m.records[e.Stream] = map[uint64]string{}
		}
		m.records[e.Stream][e.Seq] = string(e.Record)
		m.order = append(m.order, name(e.Stream, e.Seq))
	}
	if e.Snapshot != nil {
		m.snaps[e.Stream] = fmt.Sprintf("%d %s", e.Seq, e.Snapshot)
	}
	for _, r := range e.Rows {
		if r.Value == nil {
			delete(m.rows, string(r.Key))
		} else {
			m.rows[string(r.Key)] = string(r.Value)
		}
	}
}

// forget drops all streams; their rows stay.
func (m *model) forget() {
	clear(m.records)
	clear(m.snaps)
	m.order = nil
}

// dump lists the model line by line; Dump gives the same lines for a journal
// with the same contents.
func (m *model) dump() []string {
	var out []string
	for _, stream := range slices.Sorted(maps.Keys(m.records)) {
		for i, seq := range slices.Sorted(maps.Keys(m.records[stream])) {
			if seq != uint64(i+1) {
				out = append(out, fmt.Sprintf("%s is not dense", stream))
			}
			out = append(out, fmt.Sprintf("record %s %s", name(stream, seq), brief(m.records[stream][seq])))
		}
		if snap, ok := m.snaps[stream]; ok {
			out = append(out, fmt.Sprintf("snapshot %s %s", stream, snap))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.rows)) {
		out = append(out, fmt.Sprintf("row %q %q", key, m.rows[key]))
	}
	return append(out, "order "+strings.Join(m.order, " "))
}

// Dump lists all that a journal contains, line by line, in a fixed order.
func Dump(t *testing.T, j Journal) []string {
	t.Helper()
	var out, order []string
	records := 0
	must(t, j.Streams("", func(stream string) error {
		must(t, j.Replay(stream, 0, func(seq uint64, record []byte) error {
			out = append(out, fmt.Sprintf("record %s %s", name(stream, seq), brief(string(record))))
			records++
			return nil
		}))
		if seq, state, err := j.Snapshot(stream); err != nil {
			t.Fatal(err)
		} else if state != nil {
			out = append(out, fmt.Sprintf("snapshot %s %d %s", stream, seq, state))
		}
		return nil
	}))
	must(t, j.Scan(nil, nil, func(key, value []byte) error {
		out = append(out, fmt.Sprintf("row %q %q", key, value))
		return nil
	}))
	must(t, j.Last(records, func(stream string, seq uint64, _ []byte) error {
		order = append(order, name(stream, seq))
		return nil
	}))
	return append(out, "order "+strings.Join(order, " "))
}

// same fails the test at the first line that differs.
func same(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		g, w := "(nothing)", "(nothing)"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Fatalf("line %d of %d\n got %.2000s\nwant %.2000s", i, len(want), g, w)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// acquire takes the journal or ends the test.
func acquire(t *testing.T, j Journal) uint64 {
	t.Helper()
	epoch, err := j.Acquire()
	must(t, err)
	return epoch
}

// put appends one entry and waits for its answer.
func put(j Journal, e persistence.Entry) error {
	done := make(chan error, 1)
	e.Done = func(err error) { done <- err }
	j.Append(e)
	return <-done
}

// replay returns "seq:record" for each record above after.
func replay(t *testing.T, j Journal, stream string, after uint64) string {
	t.Helper()
	var out []string
	must(t, j.Replay(stream, after, func(seq uint64, record []byte) error {
		out = append(out, fmt.Sprintf("%d:%s", seq, record))
		return nil
	}))
	return strings.Join(out, " ")
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
