package persistence

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// Values of records and snapshots begin with a header: codec(1) epoch(8)
// position(8). The codec is of the envelope, not of the caller's bytes. The
// position places a record in the total order: batch number, then twelve bits
// for the place in the batch.
const (
	codecPlain   = 1
	headerLen    = 1 + 8 + 8
	snapshotLen  = headerLen + 8 + 8 // seq, checksum
	placeBits    = 12
	maxPerBatch  = 1 << placeBits
	maxBatchSize = 4 << 20 // bytes; below half a memtable, or Pebble flushes the batch alone
)

func putHeader(dst []byte, epoch, position uint64) {
	dst[0] = codecPlain
	binary.BigEndian.PutUint64(dst[1:], epoch)
	binary.BigEndian.PutUint64(dst[9:], position)
}

// cutHeader returns what stands behind a header.
func cutHeader(v []byte) (body []byte, err error) {
	if len(v) < headerLen {
		return nil, fmt.Errorf("%w: a value of %d bytes", ErrCorrupt, len(v))
	}
	if v[0] != codecPlain {
		return nil, fmt.Errorf("%w: unknown codec %d", ErrCorrupt, v[0])
	}
	return v[headerLen:], nil
}

// headerPosition is the place in the total order, 0 if there is no header.
func headerPosition(v []byte) uint64 {
	if len(v) < headerLen {
		return 0
	}
	return binary.BigEndian.Uint64(v[9:])
}

// putSnapshot fills dst, which has snapshotLen bytes and room for state.
func putSnapshot(dst []byte, stream string, epoch, position, seq uint64, state []byte) {
	putHeader(dst, epoch, position)
	binary.BigEndian.PutUint64(dst[headerLen:], seq)
	binary.BigEndian.PutUint64(dst[headerLen+8:], snapshotSum(stream, seq, state))
	copy(dst[snapshotLen:], state)
}

// cutSnapshot returns the record number and the state, or why they can not be
// trusted.
func cutSnapshot(stream string, v []byte) (seq uint64, state []byte, err error) {
	body, err := cutHeader(v)
	if err != nil {
		return 0, nil, err
	}
	if len(body) < 16 {
		return 0, nil, fmt.Errorf("%w: a snapshot of %d bytes", ErrCorrupt, len(v))
	}
	seq, state = binary.BigEndian.Uint64(body), body[16:]
	if sum := binary.BigEndian.Uint64(body[8:]); sum != snapshotSum(stream, seq, state) {
		return 0, nil, fmt.Errorf("%w: snapshot checksum", ErrCorrupt)
	}
	return seq, state, nil
}

// snapshotSum covers the name too: a state under another stream's key is as
// wrong as a flipped bit.
func snapshotSum(stream string, seq uint64, state []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.WriteString(stream)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], seq)
	_, _ = d.Write(n[:])
	_, _ = d.Write(state)
	return d.Sum64()
}

// ref names one record.
type ref struct {
	stream string
	seq    uint64
}

// An order row lists a batch's records: the ordinal of the first one among all
// records ever written, then length, name and number of each.

func appendRef(dst []byte, stream string, seq uint64) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(stream)))
	dst = append(dst, stream...)
	return binary.AppendUvarint(dst, seq)
}

// orderOrdinal is the ordinal of an order row's first record.
func orderOrdinal(v []byte) (uint64, error) {
	n, w := binary.Uvarint(v)
	if w <= 0 {
		return 0, fmt.Errorf("%w: an order row is too short", ErrCorrupt)
	}
	return n, nil
}

// orderRefs appends an order row's records to dst.
func orderRefs(dst []ref, v []byte) ([]ref, error) {
	_, w := binary.Uvarint(v)
	if w <= 0 {
		return nil, fmt.Errorf("%w: an order row is too short", ErrCorrupt)
	}
	for v = v[w:]; len(v) > 0; {
		n, w := binary.Uvarint(v)
		if w <= 0 || n > uint64(len(v)-w) {
			return nil, fmt.Errorf("%w: a name in an order row is too short", ErrCorrupt)
		}
		name := string(v[w : w+int(n)])
		v = v[w+int(n):]
		seq, w := binary.Uvarint(v)
		if w <= 0 {
			return nil, fmt.Errorf("%w: a number in an order row is too short", ErrCorrupt)
		}
		dst, v = append(dst, ref{name, seq}), v[w:]
	}
	return dst, nil
}
