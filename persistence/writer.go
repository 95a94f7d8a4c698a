package persistence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// writer turns entries into batches. Only the committer touches it.
type writer struct {
	db    *pebble.DB
	keep  uint64 // records that the order rows must still list
	most  uint64 // records that they may list for whoever wants them
	limit int    // bytes of a batch

	wanted *atomic.Uint64 // position after which somebody wants the order

	epoch   uint64
	base    uint64 // that numbers of batches begin with since the last Renew
	number  uint64 // of the batch being filled
	ordinal uint64 // of the batch's first record among all ever written
	trimmed uint64 // ordinal at which the order rows were trimmed last

	batch *pebble.Batch
	place int    // records in batch
	order []byte // their names and numbers
	full  []*pebble.Batch
}

// newWriter continues where the database ends.
func newWriter(db *pebble.DB, o *Options) (*writer, error) {
	w := &writer{db: db, keep: uint64(o.OrderKept), most: uint64(max(o.OrderMost, o.OrderKept)), limit: min(maxBatchSize, o.MemTableBytes/4), number: 1}
	v, closer, err := db.Get(keyEpoch)
	if err == nil {
		if len(v) == 8 {
			w.epoch = binary.BigEndian.Uint64(v)
		} else {
			err = fmt.Errorf("%w: an epoch of %d bytes", ErrCorrupt, len(v))
		}
		err = errors.Join(err, closer.Close())
	}
	if err != nil && !errors.Is(err, pebble.ErrNotFound) {
		return nil, named(err)
	}
	it, err := orderIter(db)
	if err != nil {
		return nil, named(err)
	}
	defer it.Close()
	if w.base, err = baseNumber(db); err != nil {
		return nil, err
	}
	if it.Last() {
		refs, err := orderRefs(nil, it.Value())
		if err != nil {
			return nil, err
		}
		first, _ := orderOrdinal(it.Value())
		w.number = orderNumber(it.Key()) + 1
		w.ordinal = first + uint64(len(refs))
	}
	w.number = max(w.number, w.base)
	return w, named(it.Error())
}

// encode fills a group's batches and notes which of its items are refused.
func (w *writer) encode(g *group) error {
	w.full = w.full[:0]
	for i := range g.items {
		it := &g.items[i]
		if it.control != nil {
			if err := it.control(w); err != nil {
				return err
			}
			continue
		}
		if err := admit(&it.Entry, w.epoch); err != nil {
			g.refused = append(g.refused, refusal{i, err})
			continue
		}
		if !barrier(&it.Entry) {
			w.entry(&it.Entry)
		}
	}
	if err := w.trim(); err != nil {
		return err
	}
	w.seal()
	g.batches, g.last = append(g.batches, w.full...), w.number-1
	clear(w.full)
	return nil
}

// room makes sure that an open batch can take size more bytes.
func (w *writer) room(size int) {
	if w.batch != nil && (w.batch.Len()+size+len(w.order) > w.limit || w.place == maxPerBatch) {
		w.seal()
	}
	if w.batch == nil {
		w.batch = w.db.NewBatch(pebble.WithInitialSizeBytes(4<<10), pebble.WithMaxRetainedSizeBytes(maxBatchSize))
	}
}

// entry puts one entry into one batch, so that it stands or falls as a whole.
func (w *writer) entry(e *Entry) {
	w.room(len(e.Record) + len(e.Snapshot) + 2*len(e.Stream) + 64*len(e.Rows))
	position := w.number<<placeBits | uint64(w.place)
	if e.Record != nil {
		op := w.batch.SetDeferred(recordKeyLen(e.Stream), headerLen+len(e.Record))
		putRecordKey(op.Key, e.Stream, e.Seq)
		putHeader(op.Value, e.Epoch, position)
		copy(op.Value[headerLen:], e.Record)
		w.done(op)
		w.order = appendRef(w.order, e.Stream, e.Seq)
		w.place++
	}
	if e.Snapshot != nil {
		op := w.batch.SetDeferred(1+len(e.Stream), snapshotLen+len(e.Snapshot))
		op.Key[0] = spaceSnapshot
		copy(op.Key[1:], e.Stream)
		putSnapshot(op.Value, e.Stream, e.Epoch, position, e.Seq, e.Snapshot)
		w.done(op)
	}
	for i := range e.Rows {
		w.row(&e.Rows[i])
	}
}

func (w *writer) row(r *Row) {
	var op *pebble.DeferredBatchOp
	if r.Value == nil {
		op = w.batch.DeleteDeferred(1 + len(r.Key))
	} else {
		op = w.batch.SetDeferred(1+len(r.Key), len(r.Value))
		copy(op.Value, r.Value)
	}
	op.Key[0] = spaceRow
	copy(op.Key[1:], r.Key)
	w.done(op)
}

// done finishes an operation; only an indexed batch could refuse, and these
// are not.
func (w *writer) done(op *pebble.DeferredBatchOp) {
	if err := op.Finish(); err != nil {
		panic(err)
	}
}

// seal closes the open batch with the row that lists its records.
func (w *writer) seal() {
	if w.batch == nil {
		return
	}
	if w.place > 0 {
		var head [binary.MaxVarintLen64]byte
		n := binary.PutUvarint(head[:], w.ordinal)
		op := w.batch.SetDeferred(1+8, n+len(w.order))
		op.Key[0] = spaceOrder
		binary.BigEndian.PutUint64(op.Key[1:], w.number)
		copy(op.Value, head[:n])
		copy(op.Value[n:], w.order)
		w.done(op)
		w.number++
		w.ordinal += uint64(w.place)
	}
	w.full = append(w.full, w.batch)
	w.batch, w.place, w.order = nil, 0, w.order[:0]
}

// trim deletes the order rows that nobody can ask for any more: one range
// delete for every eighth of what is kept.
func (w *writer) trim() error {
	if w.place == 0 || w.ordinal < w.keep || w.ordinal-w.trimmed < max(w.keep/8, 1) {
		return nil
	}
	w.trimmed = w.ordinal
	it, err := orderIter(w.db)
	if err != nil {
		return named(err)
	}
	defer it.Close()
	bound, err := orderSearch(it, w.ordinal-w.keep, w.number)
	if err != nil {
		return err
	}
	if bound, err = w.spare(it, bound); err != nil {
		return err
	}
	return w.batch.DeleteRange(orderKey(0), orderKey(bound), nil)
}

// spare moves the bound of a trim back to what somebody still wants, as far as
// the limit allows.
func (w *writer) spare(it *pebble.Iterator, bound uint64) (uint64, error) {
	from := w.wanted.Load() >> placeBits
	if from >= bound {
		return bound, nil
	}
	if w.ordinal < w.most {
		return from, nil
	}
	least, err := orderSearch(it, w.ordinal-w.most, w.number)
	return min(max(from, least), bound), err
}

func orderIter(r pebble.Reader) (*pebble.Iterator, error) {
	return r.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceOrder}, UpperBound: []byte{spaceOrder + 1}})
}

func orderNumber(key []byte) uint64 { return binary.BigEndian.Uint64(key[1:]) }

// orderSearch returns the number of the batch that holds the record with the
// given ordinal, or of the first batch if that is later. Numbers and ordinals
// rise together, so it halves the numbers.
func orderSearch(it *pebble.Iterator, ordinal, end uint64) (uint64, error) {
	if !it.First() {
		return 0, named(it.Error())
	}
	first := orderNumber(it.Key())
	var bad error
	// The first batch, from first on, whose successor begins above ordinal.
	n := sort.Search(int(end-first), func(i int) bool {
		if !it.SeekGE(orderKey(first + uint64(i) + 1)) {
			return true
		}
		next, err := orderOrdinal(it.Value())
		bad = errors.Join(bad, err)
		return next > ordinal
	})
	return first + uint64(n), errors.Join(bad, named(it.Error()))
}
