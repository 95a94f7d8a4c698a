package transport

import (
	"bufio"
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
	if a.left = a.left[n:]; len(a.left) == 0 {
		a.give()
	}
	return n
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
