package persistence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// renewStep is how many batches Renew leaves out at the least: what a store has
// written in weeks, in case that the clock says less.
const renewStep = 1 << 32

// Renew makes a journal of its own of one that is a copy from the past. The
// writers who came after the copy are lost, with the epochs and the positions
// that they gave out; those who wait behind such a position must not take the
// new for what they have seen. So epochs go on from the time in seconds, to
// which no store counts by itself, and batches from the time in microseconds,
// in which no store writes one, and both higher than in the copy whatever the
// clock says. Two restores of one backup have nothing in common either, as long
// as the clock goes on between them.
//
// Kept is the position of the last record in the copy. Nothing will stand
// behind it up to base, and Ends says base until there is more. All of it is
// durable when Renew returns; it fences every earlier writer, as Acquire does.
func (s *Store) Renew(now time.Time) (epoch, kept, base uint64, err error) {
	_, kept, err = s.Ends()
	if err != nil {
		return 0, 0, 0, err
	}
	err = s.run(func(w *writer) error {
		w.seal() // what is filled keeps its number
		w.room(64)
		epoch = max(w.epoch+1, seconds(now))
		w.epoch, w.base = epoch, max(w.number+renewStep, micros(now))
		w.number, base = w.base, baseOf(w.base)
		return errors.Join(
			w.batch.Set(keyEpoch, binary.BigEndian.AppendUint64(nil, w.epoch), nil),
			w.batch.Set(keyBase, binary.BigEndian.AppendUint64(nil, w.base), nil))
	})
	if err != nil {
		return 0, 0, 0, fmt.Errorf("journal renew: %w", err)
	}
	s.base.Store(base)
	return epoch, kept, base, nil
}

func seconds(t time.Time) uint64 { return uint64(max(t.Unix(), 0)) }

func micros(t time.Time) uint64 { return uint64(max(t.UnixMicro(), 0)) }

// baseOf is the last position in front of a batch.
func baseOf(number uint64) uint64 {
	if number == 0 {
		return 0
	}
	return number<<placeBits - 1
}

// baseNumber reads what Renew has left, 0 if there was none.
func baseNumber(db *pebble.DB) (uint64, error) {
	v, err := getFrom(db, keyBase)
	if err != nil || v == nil {
		return 0, named(err)
	}
	if len(v) != 8 {
		return 0, fmt.Errorf("%w: a base of %d bytes", ErrCorrupt, len(v))
	}
	return binary.BigEndian.Uint64(v), nil
}
