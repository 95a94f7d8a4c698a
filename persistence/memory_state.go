package persistence

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/tidwall/btree"
)

// memKept is how many of the last records a Memory can list.
const memKept = 200_000

// memMost is how many of them it lists at most for who wants them.
const memMost = 10 * memKept

// memState is what a Memory has made durable. Bytes inside are never changed,
// so a clone shares them.
type memState struct {
	epoch   uint64
	streams map[string]*memStream
	rows    btree.Map[string, []byte]
	order   []memPlace
	written uint64 // records ever
	trimmed uint64 // place of the last record that the order has lost
	wanted  uint64 // place after which the order is to be kept
}

type memStream struct {
	records  []memRecord // by number
	snapshot []byte
	at       uint64
}

type memRecord struct {
	seq  uint64
	data []byte
	at   uint64 // place in the total order
}

type memPlace struct {
	ref
	at uint64
}

func newMemState() *memState {
	return &memState{streams: make(map[string]*memStream), wanted: nothingWanted}
}

func (s *memState) clone() *memState {
	c := &memState{
		epoch:   s.epoch,
		streams: make(map[string]*memStream, len(s.streams)),
		rows:    *s.rows.Copy(),
		order:   slices.Clone(s.order),
		written: s.written,
		trimmed: s.trimmed,
		wanted:  s.wanted,
	}
	for name, st := range s.streams {
		c.streams[name] = &memStream{slices.Clone(st.records), st.snapshot, st.at}
	}
	return c
}

// write does what an item wants, or says why it is refused.
func (s *memState) write(it *item[*memState]) error {
	if it.control != nil {
		return it.control(s)
	}
	e := &it.Entry
	if err := admit(e, s.epoch); err != nil || barrier(e) {
		return err
	}
	if e.Record != nil || e.Snapshot != nil {
		s.stream(e)
	}
	for i := range e.Rows {
		if r := &e.Rows[i]; r.Value == nil {
			s.rows.Delete(string(r.Key))
		} else {
			s.rows.Set(string(r.Key), bytes.Clone(r.Value))
		}
	}
	return nil
}

func (s *memState) stream(e *Entry) {
	st := s.streams[e.Stream]
	if st == nil {
		st = new(memStream)
		s.streams[e.Stream] = st
	}
	if e.Snapshot != nil {
		st.snapshot, st.at = bytes.Clone(e.Snapshot), e.Seq
	}
	if e.Record == nil {
		return
	}
	s.written++
	rec := memRecord{e.Seq, bytes.Clone(e.Record), s.written}
	if i := st.above(e.Seq - 1); i == len(st.records) {
		st.records = append(st.records, rec)
	} else if st.records[i].seq == e.Seq {
		st.records[i] = rec
	} else {
		st.records = slices.Insert(st.records, i, rec)
	}
	if n := len(s.order); n >= memMost || n >= 2*memKept && s.order[memKept-1].at <= s.wanted {
		s.trimmed = s.order[memKept-1].at
		s.order = append(s.order[:0:0], s.order[memKept:]...)
	}
	s.order = append(s.order, memPlace{ref{e.Stream, e.Seq}, s.written})
}

// above is the index of the first record whose number is above after.
func (st *memStream) above(after uint64) int {
	if n := len(st.records); n == 0 || st.records[n-1].seq <= after {
		return n
	}
	return sort.Search(len(st.records), func(i int) bool { return st.records[i].seq > after })
}

func (s *memState) drop(stream string, rows [][]byte) {
	delete(s.streams, stream)
	for _, key := range rows {
		s.rows.Delete(string(key))
	}
}

// record returns a record, without data if there is none.
func (s *memState) record(stream string, seq uint64) memRecord {
	st := s.streams[stream]
	if st == nil || seq == 0 {
		return memRecord{}
	}
	if i := st.above(seq - 1); i < len(st.records) && st.records[i].seq == seq {
		return st.records[i]
	}
	return memRecord{}
}

// Replay calls fn with each record of a stream whose number is above after, in
// order.
func (m *Memory) Replay(stream string, after uint64, fn func(seq uint64, record []byte) error) error {
	m.mu.RLock()
	var records []memRecord
	if st := m.state.streams[stream]; st != nil {
		records = slices.Clone(st.records[st.above(after):])
	}
	m.mu.RUnlock()
	for _, r := range records {
		if err := fn(r.seq, r.data); err != nil {
			return err
		}
	}
	return nil
}

// Record returns one record, nil if there is none.
func (m *Memory) Record(stream string, seq uint64) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return bytes.Clone(m.state.record(stream, seq).data), nil
}

// Snapshot returns a stream's last snapshot and the number of the record that
// it stands for; zero and nil if there is none.
func (m *Memory) Snapshot(stream string) (seq uint64, state []byte, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if st := m.state.streams[stream]; st != nil && st.snapshot != nil {
		return st.at, bytes.Clone(st.snapshot), nil
	}
	return 0, nil, nil
}

// Get returns a row's value, nil if there is none.
func (m *Memory) Get(key []byte) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, _ := m.state.rows.Get(string(key))
	return bytes.Clone(v), nil
}

// Scan calls fn with each row from key from up to but without to, in key order;
// a nil to is the end.
func (m *Memory) Scan(from, to []byte, fn func(key, value []byte) error) error {
	m.mu.RLock()
	var rows []Row
	m.state.rows.Ascend(string(from), func(key string, value []byte) bool {
		if to != nil && key >= string(to) {
			return false
		}
		rows = append(rows, Row{Key: []byte(key), Value: value})
		return true
	})
	m.mu.RUnlock()
	for _, r := range rows {
		if err := fn(r.Key, r.Value); err != nil {
			return err
		}
	}
	return nil
}

// Last calls fn with the last n records that still exist, oldest first.
func (m *Memory) Last(n int, fn func(stream string, seq uint64, record []byte) error) error {
	m.mu.RLock()
	var refs []ref
	var data [][]byte
	for i := len(m.state.order) - 1; i >= 0 && len(refs) < n; i-- {
		r := m.state.order[i]
		// Another place is a record of a stream that was begun anew.
		if record := m.state.record(r.stream, r.seq); record.data != nil && record.at == r.at {
			refs, data = append(refs, r.ref), append(data, record.data)
		}
	}
	m.mu.RUnlock()
	for i := len(refs) - 1; i >= 0; i-- {
		if err := fn(refs[i].stream, refs[i].seq, data[i]); err != nil {
			return err
		}
	}
	return nil
}

// Streams calls fn with the name of each stream that has a record and the given
// prefix, in the order of the names.
func (m *Memory) Streams(prefix string, fn func(stream string) error) error {
	m.mu.RLock()
	var names []string
	for name, st := range m.state.streams {
		if len(st.records) > 0 && strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	m.mu.RUnlock()
	slices.Sort(names)
	for _, name := range names {
		if err := fn(name); err != nil {
			return err
		}
	}
	return nil
}
