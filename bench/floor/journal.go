package main

import (
	"fmt"
	"os"
	"slices"
)

// recordHead is what a journal needs around a command.
const recordHead = 64

// group is what goes to the disk with one sync, and who is told after it.
type group struct {
	records []byte
	told    []*peer
	frames  [][]byte // by peer of told
}

// commit makes groups durable, one after the other, and hands them on to be
// told. What comes while the disk is busy is the next one.
func (s *server) commit(journal *os.File, done chan<- *group) error {
	var end, filled int64
	for range s.wake {
		s.mu.Lock()
		g := s.next
		s.next = &group{}
		for _, p := range g.told {
			g.frames = append(g.frames, p.out)
			p.out = nil
		}
		s.mu.Unlock()
		if len(g.records) > 0 {
			if end += int64(len(g.records)); end > filled { // no sync has to make the file longer
				filled = end + int64(len(zeros))
				if _, err := journal.WriteAt(zeros[:], end); err != nil {
					return fmt.Errorf("journal: %w", err)
				}
			}
			if err := synced(journal, g.records); err != nil {
				return err
			}
		}
		done <- g
	}
	return nil
}

func synced(journal *os.File, records []byte) error {
	if _, err := journal.Write(records); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if err := syncData(journal); err != nil {
		return fmt.Errorf("journal: sync: %w", err)
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

// append writes a command into the group at hand. The lock is held.
func (g *group) append(command []byte) {
	g.records = append(g.records, head[:]...)
	g.records = append(g.records, command...)
}

var (
	head  [recordHead]byte
	zeros [1 << 20]byte
)
