package persistence

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/cockroachdb/pebble/v2"
)

// Replay calls fn with each record of a stream whose number is above after, in
// order. The bytes are valid during the call only. An error of fn ends it and
// is returned as it is.
func (s *Store) Replay(stream string, after uint64, fn func(seq uint64, record []byte) error) error {
	from, to := recordBounds(stream, after)
	return s.each(s.db, "replay "+stream, from, to, func(key, value []byte) error {
		_, seq, err := splitRecordKey(key)
		if err != nil {
			return err
		}
		record, err := cutHeader(value)
		if err != nil {
			return err
		}
		return fn(seq, record)
	})
}

// Record returns one record, nil if there is none.
func (s *Store) Record(stream string, seq uint64) ([]byte, error) {
	v, err := s.get(recordKey(stream, seq))
	if v == nil || err != nil {
		return nil, wrap("record of "+stream, err)
	}
	record, err := cutHeader(v)
	return record, wrap("record of "+stream, err)
}

// Snapshot returns a stream's last snapshot and the number of the record that
// it stands for; zero and nil if there is none. A damaged one is logged and
// counts as none: the records are all there, so a full replay gives the same
// state.
func (s *Store) Snapshot(stream string) (seq uint64, state []byte, err error) {
	v, err := s.get(snapshotKey(stream))
	if v == nil || err != nil {
		return 0, nil, wrap("snapshot of "+stream, err)
	}
	seq, state, err = cutSnapshot(stream, v)
	if err != nil {
		s.counts.badSnapshots.Add(1)
		s.opts.Logger.Error("snapshot damaged, replaying instead", "stream", stream, "err", err)
		return 0, nil, nil
	}
	return seq, state, nil
}

// Get returns a row's value, nil if there is none.
func (s *Store) Get(key []byte) ([]byte, error) {
	v, err := s.get(spaceKey(spaceRow, key))
	return v, wrap("get", err)
}

// Scan calls fn with each row from key from up to but without to, in key order;
// a nil to is the end. The bytes are valid during the call only.
func (s *Store) Scan(from, to []byte, fn func(key, value []byte) error) error {
	upper := []byte{spaceRow + 1}
	if to != nil {
		upper = spaceKey(spaceRow, to)
	}
	return s.each(s.db, "scan", spaceKey(spaceRow, from), upper, func(key, value []byte) error {
		return fn(key[1:], value)
	})
}

// Streams calls fn with the name of each stream that has a record and the given
// prefix, in the order of the names.
func (s *Store) Streams(prefix string, fn func(stream string) error) error {
	if err := s.enter(); err != nil {
		return wrap("streams", err)
	}
	defer s.gate.leave()
	from := spaceKey(spaceRecord, []byte(prefix))
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: prefixEnd(from)})
	if err != nil {
		return wrap("streams", err)
	}
	defer it.Close()
	var skip []byte
	for ok := it.First(); ok; ok = it.SeekGE(skip) {
		name, _, err := splitRecordKey(it.Key())
		if err != nil {
			return wrap("streams", err)
		}
		skip = append(append(append(skip[:0], spaceRecord), name...), 1)
		if err := fn(string(name)); err != nil {
			return err
		}
	}
	return wrap("streams", it.Error())
}

// Last calls fn with the last n records that still exist, oldest first, in the
// total order of the journal. It reaches back Options.OrderKept records.
func (s *Store) Last(n int, fn func(stream string, seq uint64, record []byte) error) error {
	if err := s.enter(); err != nil {
		return wrap("last", err)
	}
	defer s.gate.leave()
	snap := s.db.NewSnapshot()
	defer snap.Close()
	found, err := lastRecords(snap, n)
	if err != nil {
		return wrap("last", err)
	}
	for i := len(found) - 1; i >= 0; i-- {
		if err := fn(found[i].stream, found[i].seq, found[i].value[headerLen:]); err != nil {
			return err
		}
	}
	return nil
}

type foundRecord struct {
	ref
	value []byte
}

// lastRecords walks the order rows backwards and returns up to n records that
// exist, newest first.
func lastRecords(r pebble.Reader, n int) ([]foundRecord, error) {
	it, err := orderIter(r)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	records, err := r.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceRecord}, UpperBound: []byte{spaceRecord + 1}})
	if err != nil {
		return nil, err
	}
	defer records.Close()
	var found []foundRecord
	var row []ref
	for ok := it.Last(); ok && len(found) < n; ok = it.Prev() {
		if row, err = orderRefs(row[:0], it.Value()); err != nil {
			return nil, err
		}
		for i := len(row) - 1; i >= 0 && len(found) < n; i-- {
			v, err := seek(records, recordKey(row[i].stream, row[i].seq))
			if err != nil {
				return nil, err
			}
			// Another position is a record of a stream that was dropped and
			// begun anew: it stands further on.
			if v != nil && headerPosition(v) == orderNumber(it.Key())<<placeBits|uint64(i) {
				found = append(found, foundRecord{row[i], v})
			}
		}
	}
	return found, it.Error()
}

// Drop removes records, snapshot and the given rows of an ended stream, after
// everything appended to it before; it is durable when it returns.
func (s *Store) Drop(stream string, rows [][]byte) error {
	if err := checkStream(stream); err != nil {
		return wrap("drop "+stream, err)
	}
	if err := s.run(func(*writer) error { return nil }); err != nil {
		return wrap("drop "+stream, err)
	}
	var keys [][]byte
	var sizes []uint32
	from, to := recordBounds(stream, 0)
	err := s.each(s.db, "drop "+stream, from, to, func(key, value []byte) error {
		keys = append(keys, bytes.Clone(key))
		sizes = append(sizes, uint32(len(value)))
		return nil
	})
	if err != nil {
		return err
	}
	return wrap("drop "+stream, s.run(func(w *writer) error {
		w.room(len(keys)*(recordKeyLen(stream)+8) + len(stream))
		for i, key := range keys {
			if err := w.batch.DeleteSized(key, sizes[i], nil); err != nil {
				return err
			}
		}
		err := w.batch.Delete(snapshotKey(stream), nil)
		for _, row := range rows {
			err = errors.Join(err, w.batch.Delete(spaceKey(spaceRow, row), nil))
		}
		return err
	}))
}

// Checkpoint writes a copy of the journal as it is on disk now to dir, which
// must not exist. Files that do not change any more are linked, so the copy is
// cheap as long as it is on the same disk. Open opens it.
func (s *Store) Checkpoint(dir string) error {
	if err := s.enter(); err != nil {
		return wrap("checkpoint", err)
	}
	defer s.gate.leave()
	if err := s.db.Checkpoint(dir, pebble.WithFlushedWAL()); err != nil {
		return wrap("checkpoint to "+dir, err)
	}
	return wrap("checkpoint to "+dir, s.folder(dir).writeMarker())
}

// each calls fn with every key from from up to but without to.
func (s *Store) each(r pebble.Reader, what string, from, to []byte, fn func(key, value []byte) error) error {
	if err := s.enter(); err != nil {
		return wrap(what, err)
	}
	defer s.gate.leave()
	it, err := r.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
	if err != nil {
		return wrap(what, err)
	}
	defer it.Close()
	for ok := it.First(); ok; ok = it.Next() {
		value, err := it.ValueAndErr()
		if err != nil {
			return wrap(what, err)
		}
		if err := fn(it.Key(), value); err != nil {
			return err
		}
	}
	return wrap(what, it.Error())
}

// enter lets a reader into the database. After a failure nobody gets in any
// more, since a parked goroutine may hold a lock in there.
func (s *Store) enter() error {
	if err := s.Err(); err != nil {
		return err
	}
	return s.gate.enter()
}

func (s *Store) get(key []byte) ([]byte, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	return getFrom(s.db, key)
}

// getFrom returns a copy of a value, nil if there is none.
func getFrom(r pebble.Reader, key []byte) ([]byte, error) {
	v, closer, err := r.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	own := append(make([]byte, 0, len(v)), v...)
	return own, closer.Close()
}

// seek is getFrom for many keys: an iterator that is kept costs less than the
// one that each Get makes.
func seek(it *pebble.Iterator, key []byte) ([]byte, error) {
	if !it.SeekPrefixGE(key) || !bytes.Equal(it.Key(), key) {
		return nil, it.Error()
	}
	v, err := it.ValueAndErr()
	return bytes.Clone(v), err
}

// wrap says where an error of the database came up.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("journal %s: %w", strings.ToValidUTF8(what, "?"), named(err))
}
