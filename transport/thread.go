package transport

import (
	"sync"

	"github.com/parley-engine/parley/transport/wire"
)

// threadRoom is room for the lines that go with an offer or an assignment.
type threadRoom [20]wire.Message

var threadRooms = sync.Pool{New: func() any { return new(threadRoom) }}

// frameRoom is room for n messages, borrowed if they fit. Who does not return it
// leaves it to the collector.
func frameRoom(n int) []wire.Message {
	if n == 0 || n > len(threadRoom{}) {
		return make([]wire.Message, 0, n)
	}
	return threadRooms.Get().(*threadRoom)[:0]
}

// returnFrames returns the room of an event that has been written and that
// nobody else has.
func returnFrames(ev wire.Event) {
	var lines *[]wire.Message
	switch ev := ev.(type) {
	case *wire.OfferEvent:
		lines = &ev.Offer.Thread
	case *wire.AssignedEvent:
		lines = &ev.Chat.Messages
	default:
		return
	}
	if cap(*lines) == len(threadRoom{}) {
		room := (*threadRoom)((*lines)[:len(threadRoom{})])
		clear(room[:len(*lines)])
		threadRooms.Put(room)
	}
	*lines = nil
}
