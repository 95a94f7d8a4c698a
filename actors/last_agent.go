package actors

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// servedRow says who served a customer last, and in which chat. It is written
// with the end of that chat and goes with it, by age or by erasure.
type servedRow struct {
	Agent acd.AgentID `cbor:"1,keyasint"`
	Chat  acd.ChatID  `cbor:"2,keyasint"`
	// At is when the chat ended, Unix ms; 0 in rows that an older version has
	// written.
	At int64 `cbor:"3,keyasint,omitempty"`
}

// unservedRow is a customer's last chat that nobody served him in. It counts
// while it is the younger of the two: to delete it at the next chat's end would
// cost that one a row and every start a search through the whole store.
type unservedRow struct {
	Chat acd.ChatID `cbor:"1,keyasint"`
	At   int64      `cbor:"2,keyasint"`
}

func servedKey(u acd.CustomerID) []byte { return rowKey(rowServed, string(u), "") }

func unservedKey(u acd.CustomerID) []byte { return rowKey(rowUnserved, string(u), "") }

// lastRows is what is kept of a chat at its end for the customer's next one.
func (ix *indexed) lastRows(rows []Row, c *acd.Chat, now time.Time) []Row {
	if ix.owner == "" {
		return append(rows, Row{unservedKey(c.Customer.ID), mustEncode(unservedRow{c.ID, now.UnixMilli()})})
	}
	return append(rows, Row{servedKey(c.Customer.ID), mustEncode(servedRow{ix.owner, c.ID, now.UnixMilli()})})
}

// withLast fills in who served the customer last, and which chat of his was the
// last. A chat that starts without it starts all the same.
func (e *Engine) withLast(start acd.Start, customer acd.CustomerID) acd.Start {
	served, err := e.lastServed(customer)
	if err != nil {
		e.log.Error("cannot look up who served a customer last", "err", err)
	}
	unserved, err := e.lastUnserved(customer)
	if err != nil {
		e.log.Error("cannot look up a customer's last chat", "err", err)
	}
	start.Last, start.Previous = served.Agent, served.Chat
	if unserved.Chat != "" && unserved.At >= served.At {
		start.Previous = unserved.Chat
	}
	return start
}

// lastUnserved is the customer's last chat that nobody served him in.
func (e *Engine) lastUnserved(customer acd.CustomerID) (row unservedRow, err error) {
	b, err := e.journal.Get(unservedKey(customer))
	switch {
	case err != nil || b == nil:
		return row, err
	case b[0]>>5 != cborMap>>5: // an older version wrote the id alone, and deleted the row when it was no longer the younger
		return unservedRow{Chat: acd.ChatID(b)}, nil
	}
	return decodeRow[unservedRow](b)
}

func (e *Engine) lastServed(customer acd.CustomerID) (row servedRow, err error) {
	b, err := e.journal.Get(servedKey(customer))
	if err != nil || b == nil {
		return row, err
	}
	return decodeRow[servedRow](b)
}

// outlived adds what a chat that is forgotten has left for the customer's next
// one, unless a later chat has taken its place.
func (e *Engine) outlived(ended Segment, rows [][]byte) [][]byte {
	if row, err := e.lastServed(ended.Customer); err == nil && row.Chat == ended.Chat {
		rows = append(rows, servedKey(ended.Customer))
	}
	if last, err := e.lastUnserved(ended.Customer); err == nil && last.Chat == ended.Chat {
		rows = append(rows, unservedKey(ended.Customer))
	}
	return rows
}
