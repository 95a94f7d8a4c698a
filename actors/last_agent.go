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

// lastChats is what the index says of a customer's last chats: of the one that
// has just ended, or as far as his stream has read it. Nil is not known.
type lastChats struct {
	customer acd.CustomerID
	served   *servedRow
	unserved *unservedRow
	lost     int // how often the index has lost some since the stream is there
}

// last is what is kept of a chat at its end for the customer's next one.
func (ix *indexed) last(c *acd.Chat, now time.Time) *lastChats {
	if ix.owner == "" {
		return &lastChats{customer: c.Customer.ID, unserved: &unservedRow{c.ID, now.UnixMilli()}}
	}
	return &lastChats{customer: c.Customer.ID, served: &servedRow{ix.owner, c.ID, now.UnixMilli()}}
}

// row appends what is kept of one chat.
func (l *lastChats) row(rows []Row) []Row {
	if l.served != nil {
		return append(rows, Row{servedKey(l.customer), mustEncode(l.served)})
	}
	return append(rows, Row{unservedKey(l.customer), mustEncode(l.unserved)})
}

// ended notes the end of a chat of the person's. A nil stream has nobody to note
// it for.
func (s *stream) ended(l *lastChats) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.served != nil {
		s.last.served = l.served
	}
	if l.unserved != nil {
		s.last.unserved = l.unserved
	}
}

// reread has what the index says of the person's last chats looked up again, when
// it has lost some.
func (s *stream) reread() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = lastChats{lost: s.last.lost + 1}
}

// withLast fills in who served the customer last, and which chat of his was the
// last. A chat that starts without it starts all the same.
func (e *Engine) withLast(start acd.Start, st *stream, customer acd.CustomerID) acd.Start {
	served, err := remembered(st, &st.last.served, func() (servedRow, error) { return e.lastServed(customer) })
	if err != nil {
		e.log.Error("cannot look up who served a customer last", "err", err)
	}
	unserved, err := remembered(st, &st.last.unserved, func() (unservedRow, error) { return e.lastUnserved(customer) })
	if err != nil {
		e.log.Error("cannot look up a customer's last chat", "err", err)
	}
	start.Last, start.Previous = served.Agent, served.Chat
	if unserved.Chat != "" && unserved.At >= served.At {
		start.Previous = unserved.Chat
	}
	return start
}

// remembered is what the stream knows already, or else what is read. The end of a
// chat that is noted meanwhile is younger than that.
func remembered[T any](st *stream, kept **T, read func() (T, error)) (row T, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if *kept != nil {
		return **kept, nil
	}
	lost := st.last.lost
	st.mu.Unlock()
	row, err = read()
	st.mu.Lock()
	switch {
	case *kept != nil:
		return **kept, nil
	case err == nil && st.last.lost == lost:
		*kept = &row
	}
	return row, err
}

// lastUnserved is the customer's last chat that nobody served him in.
func (e *Engine) lastUnserved(customer acd.CustomerID) (row unservedRow, err error) {
	b, err := e.journal.Get(unservedKey(customer))
	switch {
	case err != nil || len(b) == 0:
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
