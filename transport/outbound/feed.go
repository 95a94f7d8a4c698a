package outbound

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// Engine is what is needed of the engine.
type Engine interface {
	Tap() *actors.Tap
	Past() *actors.Past
	// Grown is closed when more is durable.
	Grown() <-chan struct{}
	Shelf(part string) *actors.Shelf
	KeepOrder(position uint64) error
}

// feed reads the journal for one receiver: what he wants, from where he is. It
// belongs to one goroutine.
type feed struct {
	tap    *actors.Tap
	past   *actors.Past
	source string
	filter Filter
	words  bool // with what people have said
	// restores of the store, which he is told of when he comes past them.
	restores []actors.Restored
	at       Cursor
	now      func() time.Time
	queues   map[acd.ChatID]acd.QueueID // of chats that were met; bounded
}

// queuesMost bounds what a feed remembers of chats.
const queuesMost = 20_000

func (o *Outbound) feed(filter Filter, words bool, at Cursor) *feed {
	return &feed{tap: o.engine.Tap(), past: o.engine.Past(), source: o.options.Source, filter: filter, words: words, restores: o.restores, at: at,
		now: o.options.now, queues: map[acd.ChatID]acd.QueueID{}}
}

// read reads up to n records and returns what of them is wanted. Afterwards at
// is behind all of them. It returns nothing and stays where it is at the end.
func (f *feed) read(n int) ([]*Event, error) {
	began := f.at
	taken, err := f.tap.After(began.start(), n, f.words)
	if err != nil {
		return nil, err
	}
	var events []*Event
	if taken.From > began.Position {
		gap, err := gapEvent(f.source, began, taken.From, f.now())
		if err != nil {
			return nil, err
		}
		events = append(events, gap)
	}
	for i := range taken.Events {
		f.follow(taken.Events, i)
		e, err := f.event(&taken.Events[i], began)
		if err != nil {
			return nil, err
		}
		if e != nil {
			events = append(events, e)
		}
	}
	if end := behind(taken.Last); began.Before(end) && (taken.Records > 0 || taken.From > began.Position) {
		f.at = end
	}
	return f.restored(events, began)
}

// restored puts in what tells of the restores that were passed.
func (f *feed) restored(events []*Event, began Cursor) ([]*Event, error) {
	for _, r := range f.restores {
		place := behind(r.Base)
		if !began.Before(place) || !place.Before(f.at) {
			continue
		}
		e, err := restoredEvent(f.source, r, f.now())
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(events, func(e *Event) bool { return place.Before(e.Cursor) })
		if i < 0 {
			i = len(events)
		}
		events = slices.Insert(events, i, e)
	}
	return events, nil
}

// event makes the event of a happening, nil if it is not wanted or was seen.
func (f *feed) event(h *actors.Happening, began Cursor) (*Event, error) {
	e := eventOf(h)
	if err := f.queue(e, h); err != nil {
		return nil, err
	}
	if !began.Before(e.Cursor) || !f.filter.wants(e) {
		return nil, nil
	}
	if err := f.text(h); err != nil {
		return nil, err
	}
	return e, e.seal(f.source, actorOf(h.By), h.Seq, dataOf(h.Event))
}

// follow notes which queue a record, whose first event is that of index i, puts
// its chat into: all of its events are of that queue.
func (f *feed) follow(events []actors.Happening, i int) {
	for first := &events[i]; first.Index == 0 && i < len(events) && events[i].Position == first.Position; i++ {
		chat := acd.ChatID(first.From.ID)
		switch ev := events[i].Event.(type) {
		case acd.Queued:
			f.queues[chat] = ev.Leg.Queue
		case acd.LegDropped: // it goes back to the one before
			delete(f.queues, chat)
		}
	}
}

// queue says which queue the event's chat was in last, then.
func (f *feed) queue(e *Event, h *actors.Happening) (err error) {
	if e.Chat == "" {
		return nil
	}
	if e.Subject != e.Chat.Address().String() { // an agent's, of a chat
		e.Queue, err = f.queueAt(e.Chat, ^uint64(0))
		return err
	}
	q, known := f.queues[e.Chat]
	if !known {
		if q, err = f.queueAt(e.Chat, h.Seq); err != nil {
			return err
		}
		f.queues[e.Chat] = q
	}
	if len(f.queues) > queuesMost {
		clear(f.queues)
	}
	e.Queue = q
	if _, over := h.Event.(acd.ChatClosed); over {
		delete(f.queues, e.Chat)
	}
	return nil
}

// queueAt is empty for a chat that has been forgotten meanwhile.
func (f *feed) queueAt(chat acd.ChatID, record uint64) (acd.QueueID, error) {
	q, err := f.past.QueueAt(chat, record)
	if errors.Is(err, acd.ErrNotFound) {
		return "", nil
	}
	return q, err
}

// text puts the words of a message into its event, for who may have them and
// while they can be read.
func (f *feed) text(h *actors.Happening) error {
	sent, ok := h.Event.(acd.MessageSent)
	if !ok || !f.words {
		return nil
	}
	m, found, err := f.tap.Message(acd.ChatID(h.From.ID), sent.Message.Seq)
	if err != nil {
		return fmt.Errorf("event %d: %w", h.Position, err)
	}
	if found {
		sent.Message = m
		h.Event = sent
	}
	return nil
}

// event of one cursor again, for who asks for it once more.
func (o *Outbound) event(c Cursor, words bool) (*Event, error) {
	f := o.feed(Filter{}, words, Cursor{c.Position, c.Index - 1})
	if c.Index == 0 {
		f.at = behind(c.Position - 1)
	}
	events, err := f.read(1)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if e.Cursor == c {
			return e, nil
		}
	}
	return nil, acd.ErrNotFound
}
