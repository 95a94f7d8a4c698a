package persistence

import (
	"errors"
	"sort"

	"github.com/cockroachdb/pebble/v2"
)

// nothingWanted is the position of who wants none of the past.
const nothingWanted = ^uint64(0)

// placed is a record with its position in the total order.
type placed struct {
	ref
	position uint64
	record   []byte
}

// After calls fn with up to n records that stand after a position of the total
// order, oldest first, and no further than what is durable. From is position,
// or a later one if what came right behind it is not listed any more: the order
// reaches back Options.OrderKept records, or as far as Keep has asked for.
func (s *Store) After(position uint64, n int, fn func(position uint64, stream string, seq uint64, record []byte) error) (from uint64, err error) {
	found, from, err := s.after(position, n)
	if err != nil {
		return from, wrap("after", err)
	}
	for i := range found {
		if err := fn(found[i].position, found[i].stream, found[i].seq, found[i].record); err != nil {
			return from, err
		}
	}
	return from, nil
}

// after reads ahead of its callback, so that a slow one keeps no old tables
// alive.
func (s *Store) after(position uint64, n int) (found []placed, from uint64, err error) {
	if err := s.enter(); err != nil {
		return nil, position, err
	}
	defer s.gate.leave()
	durable := s.durable.Load()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	it, err := orderIter(snap)
	if err != nil {
		return nil, position, err
	}
	defer it.Close()
	oldest, err := orderOldest(it)
	if err != nil {
		return nil, position, err
	}
	from = max(position, oldest)
	for ok := it.SeekGE(orderKey(from >> placeBits)); ok && len(found) < n && orderNumber(it.Key()) <= durable; ok = it.Next() {
		if found, err = appendAfter(found, snap, it, from, n); err != nil {
			return nil, from, err
		}
	}
	return found, from, it.Error()
}

// appendAfter adds the records of one order row that stand after a position and
// still exist.
func appendAfter(found []placed, r pebble.Reader, it *pebble.Iterator, after uint64, n int) ([]placed, error) {
	refs, err := orderRefs(nil, it.Value())
	if err != nil {
		return nil, err
	}
	first := orderNumber(it.Key()) << placeBits
	for i := 0; i < len(refs) && len(found) < n; i++ {
		position := first | uint64(i)
		if position <= after {
			continue
		}
		v, err := getFrom(r, recordKey(refs[i].stream, refs[i].seq))
		if err != nil {
			return nil, err
		}
		// Another position is a record of a stream that was dropped and begun
		// anew: it stands further on.
		if v == nil || headerPosition(v) != position {
			continue
		}
		record, err := cutHeader(v)
		if err != nil {
			return nil, err
		}
		found = append(found, placed{refs[i], position, record})
	}
	return found, nil
}

// orderOldest is the position from which on the order rows list everything.
func orderOldest(it *pebble.Iterator) (uint64, error) {
	if !it.First() {
		return 0, it.Error()
	}
	ordinal, err := orderOrdinal(it.Value())
	if err != nil || ordinal == 0 {
		return 0, err
	}
	return orderNumber(it.Key())<<placeBits - 1, nil
}

// Ends returns the position from which on After misses nothing, and that of the
// last durable record, or what Renew has left out behind it.
func (s *Store) Ends() (oldest, newest uint64, err error) {
	if err := s.enter(); err != nil {
		return 0, 0, wrap("ends", err)
	}
	defer s.gate.leave()
	durable := s.durable.Load()
	it, err := orderIter(s.db)
	if err != nil {
		return 0, 0, wrap("ends", err)
	}
	defer it.Close()
	oldest, err = orderOldest(it)
	if err == nil && it.SeekLT(orderKey(durable+1)) {
		var refs []ref
		refs, err = orderRefs(nil, it.Value())
		newest = orderNumber(it.Key())<<placeBits | uint64(max(len(refs), 1)-1)
	}
	return oldest, max(oldest, newest, s.base.Load()), wrap("ends", errors.Join(err, it.Error()))
}

// Keep asks that what stands after a position stays listed for After, up to
// Options.OrderMost records. The last call counts, until the store is closed.
func (s *Store) Keep(position uint64) { s.wanted.Store(position) }

// After calls fn with up to n records that stand after a place of the total
// order, oldest first.
func (m *Memory) After(position uint64, n int, fn func(position uint64, stream string, seq uint64, record []byte) error) (from uint64, err error) {
	m.mu.RLock()
	from = max(position, m.state.trimmed)
	order := m.state.order
	order = order[sort.Search(len(order), func(i int) bool { return order[i].at > from }):]
	var found []placed
	for i := 0; i < len(order) && len(found) < n; i++ {
		o := order[i]
		// Another place is a record of a stream that was begun anew.
		if record := m.state.record(o.stream, o.seq); record.data != nil && record.at == o.at {
			found = append(found, placed{o.ref, o.at, record.data})
		}
	}
	m.mu.RUnlock()
	for i := range found {
		if err := fn(found[i].position, found[i].stream, found[i].seq, found[i].record); err != nil {
			return from, err
		}
	}
	return from, nil
}

// Ends returns the place from which on After misses nothing, and that of the
// last record.
func (m *Memory) Ends() (oldest, newest uint64, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.state.trimmed, m.state.written, nil
}

// Keep asks that what stands after a place stays listed for After.
func (m *Memory) Keep(position uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state.wanted = position
}
