package actors

import (
	"github.com/parley-engine/parley/actors/acd"
)

// servedRow says who served a customer last, and in which chat. It is written
// with the end of that chat and goes with it, by age or by erasure.
type servedRow struct {
	Agent acd.AgentID `cbor:"1,keyasint"`
	Chat  acd.ChatID  `cbor:"2,keyasint"`
}

func servedKey(u acd.CustomerID) []byte { return rowKey(rowServed, string(u), "") }

// withLast fills in who served the customer last, and in which chat. A chat
// that starts without it starts all the same.
func (e *Engine) withLast(start acd.Start, customer acd.CustomerID) acd.Start {
	row, err := e.lastServed(customer)
	if err != nil {
		e.log.Error("cannot look up who served a customer last", "err", err)
	}
	start.Last, start.Previous = row.Agent, row.Chat
	return start
}

func (e *Engine) lastServed(customer acd.CustomerID) (row servedRow, err error) {
	b, err := e.journal.Get(servedKey(customer))
	if err != nil || b == nil {
		return row, err
	}
	return decodeRow[servedRow](b)
}

// outlived adds the row of who served the customer of a chat that is forgotten,
// unless a later chat has taken its place.
func (e *Engine) outlived(ended Segment, rows [][]byte) [][]byte {
	if row, err := e.lastServed(ended.Customer); err == nil && row.Chat == ended.Chat {
		rows = append(rows, servedKey(ended.Customer))
	}
	return rows
}
