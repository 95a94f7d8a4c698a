package main

import (
	"encoding/binary"
	"errors"

	"github.com/parley-engine/parley/persistence"
)

// store is Parley's own: it is given as many records and rows for each command
// as Parley gives it, as long, in streams and tables of the same order. So what
// a server with it takes more than with a file is the price of the store.
type store struct {
	*persistence.Store
	epoch uint64
	rows  uint64 // written so far
	noise [recordSize]byte
}

// kept is what Parley writes for a command and all that follows from it:
// records of the chat, records of the agents, rows of the index. A lifecycle
// makes 23 of the first two and 49 of the last, as its own benchmark counts
// (go test ./actors -bench Reference).
var kept = map[string]struct{ chat, agent, rows int }{
	"set_presence": {0, 1, 1},
	"start":        {3, 0, 7}, // until it is offered
	"accept":       {1, 0, 5},
	"send":         {1, 0, 2},
	"transfer":     {1, 1, 5},
	"end":          {1, 1, 3},
	"wrapup":       {1, 1, 2},
}

// Sizes of what is written, in bytes: 10.4 kB a lifecycle.
const (
	recordSize = 260
	rowSize    = 40 // of the value; a key comes to about as much
)

func openStore(folder string) (*store, error) {
	opened, err := persistence.Open(folder, persistence.Options{})
	if err != nil {
		return nil, err
	}
	epoch, err := opened.Acquire()
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	s := &store{Store: opened, epoch: epoch}
	x := uint64(1)
	for i := range s.noise { // words are sealed, and no compression finds anything in them
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		s.noise[i] = byte(x)
	}
	return s, nil
}

func (s *store) take(g *group, kind string, c *chat, me *peer, command []byte) {
	n := kept[kind]
	first := len(g.entries)
	for range n.chat {
		c.records++
		g.entries = append(g.entries, persistence.Entry{Epoch: s.epoch, Stream: c.stream, Seq: c.records, Record: s.record(command)})
	}
	for range n.agent {
		me.records++
		g.entries = append(g.entries, persistence.Entry{Epoch: s.epoch, Stream: me.stream, Seq: me.records, Record: s.record(command)})
	}
	for i := range n.rows {
		e := &g.entries[first+i%(len(g.entries)-first)]
		e.Rows = append(e.Rows, s.row(i, c, me))
	}
}

// record is the command, and what else there is to say of it.
func (s *store) record(command []byte) []byte {
	b := append(make([]byte, 0, recordSize), command[:min(len(command), recordSize)]...)
	return append(b, s.noise[:recordSize-len(b)]...)
}

// row is one of those of a command: its outcome, by who gave it; then its text,
// by the chat; then what the index says of a chat and somebody.
func (s *store) row(i int, c *chat, me *peer) persistence.Row {
	s.rows++
	key := make([]byte, 0, 2*rowSize)
	switch {
	case i == 0:
		key = append(append(key, 'c'), me.subject...)
	case i == 1:
		key = append(append(key, 't'), c.id...)
	default:
		key = append(append(append(key, 'd'+byte(i)), me.subject...), c.id...)
	}
	return persistence.Row{Key: binary.BigEndian.AppendUint64(key, s.rows), Value: s.noise[:rowSize]}
}

func (s *store) write(g *group) error {
	if len(g.entries) == 0 {
		return nil
	}
	durable := make(chan error, 1)
	g.entries[len(g.entries)-1].Done = func(err error) { durable <- err }
	for _, e := range g.entries {
		s.Append(e)
	}
	return <-durable
}
