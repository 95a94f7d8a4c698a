package transport

import (
	"bufio"
	"encoding/binary"
	"sync"
)

// room is where what arrives is read into. Connections have one while they are
// taking something in, and none while they wait.
type room [4 << 10]byte

var rooms = sync.Pool{New: func() any { return new(room) }}

// arrival is what has come from the network and has not been read yet.
type arrival struct {
	left []byte
	room *room // that left lies in; nil for what came with the handshake
	err  error
	call func(fd uintptr) bool // take, made once
}

// next copies what is left into p.
func (a *arrival) next(p []byte) int {
	n := copy(p, a.left)
	a.skip(n)
	return n
}

// text is the message at the front of what is left, if all of it is there in
// one frame, and how long that frame is. Nearly every message of a client comes
// so and need not go through the library; for all else it returns 0, and the
// library reads it and says what is wrong with it. The text is unmasked in place.
func (a *arrival) text() (text []byte, size int) {
	p := a.left
	if len(p) < 2 || p[0] != finalText || p[1] < 0x80 || p[1] == 0xff || len(p) < headLen(p[1]) {
		return nil, 0
	}
	head, n := headLen(p[1]), payloadLen(p)
	if uint64(len(p)-head) < n {
		return nil, 0
	}
	size = head + int(n)
	text = p[head:size]
	unmask(text, p[head-4:head])
	return text, size
}

// unmask takes a client's mask off. The key may be used up with it.
func unmask(text, key []byte) {
	k := uint64(binary.LittleEndian.Uint32(key))
	if k == 0 {
		return
	}
	wide := k | k<<32
	for len(text) >= 8 {
		binary.LittleEndian.PutUint64(text, binary.LittleEndian.Uint64(text)^wide)
		text = text[8:]
	}
	for i := range text {
		text[i] ^= key[i%4]
	}
}

// skip drops what has been dealt with.
func (a *arrival) skip(n int) {
	if a.left = a.left[n:]; len(a.left) == 0 {
		a.give()
	}
}

// give gives the room back.
func (a *arrival) give() {
	a.left = nil
	if a.room != nil {
		rooms.Put(a.room)
		a.room = nil
	}
}

// await returns when there is something to read, or why nothing will come. A
// connection spends its life here, so the wait is kept out of the library: at
// this depth an idle reader's stack shrinks to half of what it is in there, and
// nothing else is held for him.
func (c *corkedConn) await(library *bufio.Reader) error {
	if c.raw == nil || len(c.arrival.left) > 0 || library.Buffered() > 0 {
		return nil
	}
	a := &c.arrival
	if a.call == nil {
		a.call = a.take
	}
	if err := c.raw.Read(a.call); err != nil {
		return err
	}
	err := a.err
	a.err = nil
	return err
}
