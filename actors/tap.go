package actors

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Tap reads the journal in its total order for those who follow it from
// outside: event streams, webhooks, publishers. It reads what is durable and
// nothing else, at the pace of who asks, and the engine never waits for it.
type Tap struct{ journal Journal }

// NewTap returns a tap of a journal.
func NewTap(j Journal) *Tap { return &Tap{j} }

// Tap returns a tap of the engine's journal.
func (e *Engine) Tap() *Tap { return NewTap(e.journal) }

// Happening is one event as it stands in the journal.
type Happening struct {
	Position uint64 // of its record in the total order
	Index    int    // in its record, from 0
	From     acd.Address
	Seq      uint64 // of its record in the journal of From
	At       time.Time
	Config   uint64 // the version that it was decided under
	By       acd.Principal
	Event    acd.Event
}

// Taken is one reading.
type Taken struct {
	// From is where it began: the position that was asked for, or a later one if
	// the journal does not list what came right behind that any more.
	From uint64
	// Last is the position of the last record that was read; what is behind it
	// comes with the next reading.
	Last    uint64
	Records int
	Events  []Happening
}

// After reads up to n records that stand after a position. Without words the
// events come without what people have said or are known by.
func (t *Tap) After(position uint64, n int, words bool) (taken Taken, err error) {
	taken.Last = position
	from, err := t.journal.After(position, n, func(at uint64, stream string, seq uint64, b []byte) error {
		taken.Last = at
		taken.Records++
		owner, ok := parseAddress(stream)
		if !ok {
			return nil // not of an actor
		}
		keys := &keyring{owner: owner}
		if words {
			keys.journal = t.journal
		}
		r, err := decodeRecord(b, keys)
		if err != nil {
			return fmt.Errorf("%s record %d: %w", stream, seq, err)
		}
		for i, e := range r.events {
			taken.Events = append(taken.Events, Happening{Position: at, Index: i, From: owner, Seq: seq, At: r.at, Config: r.config, By: r.by, Event: e})
		}
		return nil
	})
	if err != nil {
		return taken, fmt.Errorf("tap: %w", err)
	}
	taken.From, taken.Last = from, max(taken.Last, from)
	return taken, nil
}

// Ends returns the position from which on nothing is missing, and that of the
// last durable record.
func (t *Tap) Ends() (oldest, newest uint64, err error) { return t.journal.Ends() }

// Message returns one line of a transcript with its text, or without it and
// marked if that has been erased; false if it is not there any more.
func (t *Tap) Message(chat acd.ChatID, seq uint64) (m acd.Message, found bool, err error) {
	err = readLines(t.journal, chat, seq, seq+1, func(line acd.Message) error {
		m, found = line, true
		return nil
	})
	return m, found, err
}

// growth tells those who follow the journal that more of it is durable. While
// nobody waits a turn costs it one atomic load.
type growth struct {
	wanted atomic.Bool
	mu     sync.Mutex
	grown  chan struct{}
}

func (g *growth) tell() {
	if !g.wanted.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.grown != nil {
		close(g.grown)
		g.grown = nil
	}
	g.wanted.Store(false)
}

// Grown returns a channel that is closed when more has become durable than was
// when it was asked for.
func (e *Engine) Grown() <-chan struct{} {
	g := &e.growth
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.grown == nil {
		g.grown = make(chan struct{})
	}
	g.wanted.Store(true)
	return g.grown
}

// orderShelf is where the engine notes how far back the order is to be kept.
const orderShelf, orderKept = "order", "kept"

// KeepOrder asks the journal to keep the order of what stands after a position
// listed, as far as its own bound allows, also across a restart. The last call
// counts.
func (e *Engine) KeepOrder(position uint64) error {
	at := binary.BigEndian.AppendUint64(nil, position)
	if err := e.Shelf(orderShelf).Put(Kept{Key: orderKept, Value: at}); err != nil {
		return fmt.Errorf("keep the order: %w", err)
	}
	e.journal.Keep(position)
	return nil
}

// keepOrder asks for the same as in the life before, before anything is
// written.
func (e *Engine) keepOrder() error {
	at, err := e.Shelf(orderShelf).Get(orderKept)
	if err != nil {
		return fmt.Errorf("keep the order: %w", err)
	}
	if len(at) == 8 {
		e.journal.Keep(binary.BigEndian.Uint64(at))
	}
	return nil
}

// Events returns one empty event of each type that a journal may hold.
func Events() (all []acd.Event) {
	for _, e := range eventTypes {
		if e != nil {
			all = append(all, e)
		}
	}
	return all
}
