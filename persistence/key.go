package persistence

import (
	"encoding/binary"
	"fmt"
)

// Each key begins with the byte of its space.
const (
	spaceMeta     = 0x01 // name → value
	spaceRecord   = 0x10 // stream 00 seq(8) → header, record
	spaceSnapshot = 0x11 // stream → header, seq, checksum, state
	spaceOrder    = 0x12 // batch(8) → ordinal, the batch's (stream, seq)…
	spaceRow      = 0x20 // the caller's key → the caller's value
)

var (
	keyEpoch = []byte{spaceMeta, 'e', 'p', 'o', 'c', 'h'}
	keyBase  = []byte{spaceMeta, 'b', 'a', 's', 'e'}
)

// A zero byte ends the name in a record's key. It is lower than any byte of a
// name, so streams sort as their names do and no stream's records fall between
// those of another whose name it begins with.

const seqLen = 8

func recordKeyLen(stream string) int { return 1 + len(stream) + 1 + seqLen }

// putRecordKey fills dst, which has recordKeyLen bytes.
func putRecordKey(dst []byte, stream string, seq uint64) {
	dst[0] = spaceRecord
	n := 1 + copy(dst[1:], stream)
	dst[n] = 0
	binary.BigEndian.PutUint64(dst[n+1:], seq)
}

func recordKey(stream string, seq uint64) []byte {
	k := make([]byte, recordKeyLen(stream))
	putRecordKey(k, stream, seq)
	return k
}

// splitRecordKey is the inverse of recordKey; stream stays inside key.
func splitRecordKey(key []byte) (stream []byte, seq uint64, err error) {
	n := len(key) - seqLen - 1
	if n < 1 || key[0] != spaceRecord || key[n] != 0 {
		return nil, 0, fmt.Errorf("%w: record key %x", ErrCorrupt, key)
	}
	return key[1:n], binary.BigEndian.Uint64(key[n+1:]), nil
}

// recordBounds encloses the records of a stream above a number.
func recordBounds(stream string, after uint64) (from, to []byte) {
	to = make([]byte, 1+len(stream)+1)
	to[0] = spaceRecord
	copy(to[1:], stream)
	to[len(to)-1] = 1
	if after == ^uint64(0) {
		return to, to
	}
	return recordKey(stream, after+1), to
}

// spaceKey puts a space's byte before a key of the caller.
func spaceKey(space byte, key []byte) []byte {
	k := make([]byte, 1+len(key))
	k[0] = space
	copy(k[1:], key)
	return k
}

func snapshotKey(stream string) []byte { return spaceKey(spaceSnapshot, []byte(stream)) }

func orderKey(batch uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{spaceOrder}, batch)
}

// prefixEnd is the first key after all that begin with prefix, nil if there is
// none.
func prefixEnd(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			end := append([]byte(nil), prefix[:i+1]...)
			end[i]++
			return end
		}
	}
	return nil
}
