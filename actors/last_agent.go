package actors

import (
	"cmp"

	"github.com/parley-engine/parley/actors/acd"
)

// servedRow says who served a customer last, and in which chat. It is written
// with the end of that chat and goes with it, by age or by erasure.
type servedRow struct {
	Agent acd.AgentID `cbor:"1,keyasint"`
	Chat  acd.ChatID  `cbor:"2,keyasint"`
}

func servedKey(u acd.CustomerID) []byte { return rowKey(rowServed, string(u), "") }

func unservedKey(u acd.CustomerID) []byte { return rowKey(rowUnserved, string(u), "") }

// lastRows is what is kept of a chat at its end for the customer's next one.
// There is a row of a last chat without an agent only while it is the younger
// of the two.
func (ix *indexed) lastRows(rows []Row, c *acd.Chat) []Row {
	if ix.owner == "" {
		return append(rows, Row{unservedKey(c.Customer.ID), []byte(c.ID)})
	}
	return append(rows, Row{servedKey(c.Customer.ID), mustEncode(servedRow{ix.owner, c.ID})}, Row{unservedKey(c.Customer.ID), nil})
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
	start.Last, start.Previous = served.Agent, cmp.Or(unserved, served.Chat)
	return start
}

// lastUnserved is the customer's last chat, if nobody served him in it.
func (e *Engine) lastUnserved(customer acd.CustomerID) (acd.ChatID, error) {
	b, err := e.journal.Get(unservedKey(customer))
	return acd.ChatID(b), err
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
	if last, err := e.lastUnserved(ended.Customer); err == nil && last == ended.Chat {
		rows = append(rows, unservedKey(ended.Customer))
	}
	return rows
}
