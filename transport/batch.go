package transport

import (
	"encoding/binary"
	"sync"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/transport/wire"
)

const (
	// messageBytes is how much goes into one websocket message when more than
	// one frame is ready.
	messageBytes = 16 << 10
	// headRoom is the length of a server's header for a message of 126 bytes to
	// 64 KiB; room for it is kept in front of each message.
	headRoom = 4
	// keepBytes is the largest buffer worth keeping.
	keepBytes = 2 * writeBytes
)

// batch is what is ready, as the bytes of websocket messages. Data messages of
// a server are a header and the text, with neither mask nor fragments, so they
// are framed here and not by the library, which would copy them once more.
// Batches are shared by all connections.
type batch struct {
	buf        []byte // whole messages, but for the header of the present one
	start      int    // where the present message begins with room for its header
	open       bool   // there is a present message
	mark       int    // where it ended before the present frame
	deliveries []actors.Delivery
	idle       bool // all that there was has been said
	attempt    attempt
	ok         wire.Ok // room for the answer that is being written
}

var batches = sync.Pool{New: func() any { return new(batch) }}

func (b *batch) add(frames []byte) {
	b.begin()
	b.buf = append(b.buf, frames...)
	b.finish()
}

// begin starts a frame, on a new line of the present message or in a new one.
func (b *batch) begin() {
	b.mark = len(b.buf)
	if b.open {
		b.buf = append(b.buf, '\n')
		return
	}
	b.start, b.open = len(b.buf), true
	b.buf = append(b.buf, make([]byte, headRoom)...)
}

// finish ends the frame: in the message before it, or in one of its own when
// that would be too long.
func (b *batch) finish() {
	if len(b.buf)-b.start-headRoom <= messageBytes || b.mark == b.start {
		return
	}
	b.buf = append(b.buf, make([]byte, headRoom-1)...)
	copy(b.buf[b.mark+headRoom:], b.buf[b.mark+1:])
	b.start = b.seal(b.mark)
}

// cut ends the present message.
func (b *batch) cut() {
	if b.open {
		b.seal(len(b.buf))
		b.open = false
	}
}

// seal writes the header of the present message, which ends at end, and returns
// where it ends then: RFC 6455 wants the shortest form of a length.
func (b *batch) seal(end int) int {
	n := end - b.start - headRoom
	size := headRoom
	switch {
	case n < 126:
		size = 2
		copy(b.buf[b.start+size:], b.buf[b.start+headRoom:])
		b.buf = b.buf[:len(b.buf)+size-headRoom]
	case n > 0xffff:
		size = 10
		b.buf = append(b.buf, make([]byte, size-headRoom)...)
		copy(b.buf[b.start+size:], b.buf[b.start+headRoom:])
	}
	h := b.buf[b.start:]
	h[0] = finalText
	switch size {
	case 2:
		h[1] = byte(n)
	case 4:
		h[1] = 126
		binary.BigEndian.PutUint16(h[2:], uint16(n))
	default:
		h[1] = 127
		binary.BigEndian.PutUint64(h[2:], uint64(n))
	}
	return b.start + size + n
}

// The first bytes of two kinds of websocket frames.
const (
	finalText  = 0x81
	finalClose = 0x88
)

func (b *batch) reset() { b.buf, b.open = b.buf[:0], false }

func (b *batch) release() {
	b.reset()
	b.idle, b.ok = false, wire.Ok{}
	if cap(b.buf) > keepBytes || cap(b.deliveries) > 4096 {
		return
	}
	clear(b.deliveries) // those of a write that has failed; of the others nothing is left
	batches.Put(b)
}
