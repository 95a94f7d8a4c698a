package transport

import (
	"bytes"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// threaded is an offer of a chat with so many lines.
func threaded(lines int, text string) *actors.Note {
	n := &actors.Note{From: acd.ChatID("c").Address(), At: time.Unix(1_700_000_000, 0), View: acd.ToOffered, Event: acd.Offered{}}
	for i := range lines {
		n.Thread = append(n.Thread, acd.Message{Seq: uint64(i + 1), Text: text, Author: acd.Author{Kind: "customer", Name: text}})
	}
	return n
}

func TestAThreadIsWrittenAlikeInRoomThatWasUsedBefore(t *testing.T) {
	var all sync.WaitGroup
	for who := range 4 {
		all.Go(func() {
			for round := range 200 {
				lines := (who*7 + round) % 25 // none, some, as many as there is room for, and more
				n := threaded(lines, "line of "+strconv.Itoa(who))
				want := wire.AppendEvent(nil, noteFrame(n)) // in room of its own, which is never returned
				if got := appendBody(nil, n); !bytes.Equal(got, want) {
					t.Errorf("%d lines are written as %s, expected %s", lines, got, want)
					return
				}
			}
		})
	}
	all.Wait()
}
