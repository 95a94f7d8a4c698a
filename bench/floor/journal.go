package main

import (
	"fmt"
	"slices"

	"github.com/parley-engine/parley/persistence"
)

// journal keeps commands in groups, which are durable together.
type journal interface {
	// take adds a command of somebody to a group; c is nil when it has no chat. The
	// server's lock is held.
	take(g *group, kind string, c *chat, me *peer, command []byte)
	// write makes a group durable.
	write(g *group) error
	Close() error
}

// group is what goes to the disk with one sync, and who is told after it.
type group struct {
	records []byte              // of a file
	entries []persistence.Entry // of a store
	told    []*peer
	frames  [][]byte // by peer of told
}

// commit makes groups durable, one after the other, and hands them on to be
// told. What comes while the disk is busy is the next one.
func (s *server) commit(done chan<- *group) error {
	for range s.wake {
		s.mu.Lock()
		g := s.next
		s.next = &group{}
		for _, p := range g.told {
			g.frames = append(g.frames, p.out)
			p.out = nil
		}
		s.mu.Unlock()
		if err := s.journal.write(g); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		done <- g
	}
	return nil
}

// tell writes what has become durable: to each person all of it at once.
func tell(done <-chan *group) {
	for g := range done {
		for i, p := range g.told {
			_, _ = p.conn.Write(message(g.frames[i])) // who has gone has gone
		}
	}
}

// messageHead leaves room for a websocket's header before the frames of one
// message, which is written in place.
const messageHead = 4

// message finishes frames, each with a line's end, that follow room for a header.
func message(frames []byte) []byte {
	n := len(frames) - messageHead - 1 // without the last line's end
	switch {
	case n < 126:
		frames[2], frames[3] = 0x81, byte(n)
		return frames[2 : messageHead+n]
	case n < 1<<16:
		frames[0], frames[1], frames[2], frames[3] = 0x81, 126, byte(n>>8), byte(n)
		return frames[:messageHead+n]
	}
	head := []byte{0x81, 127, 0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	return slices.Concat(head, frames[messageHead:messageHead+n])
}
