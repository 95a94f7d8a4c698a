package actors

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// The index beside the records. The first byte is the table, names end with a
// NUL, so that one owner's rows are one range.
const (
	rowSlot     = 'a' // agent, chat → SlotRow: what a chat says of an agent's slot
	rowRestored = 'b' // nothing → the epoch up to which streams are not continued, since the store is a copy; "lost", base → kept, base: see Restored
	rowCommand  = 'c' // day, principal, command id → outcome
	rowEnded    = 'e' // end (newest first), chat → Segment
	rowFigure   = 'f' // interval, queue, agent or source → figures; see figures.go
	rowTrail    = 'h' // day and number (newest first) → TrailEntry: the audit trail
	rowAnswer   = 'i' // day, principal, key → KeptAnswer: of the administration, for who asks again
	rowLive     = 'l' // chat → liveRow: not closed
	rowMinted   = 'm' // token → MintedToken: that this node has signed
	rowOverseer = 'o' // supervisor or administrator → his scope: is called for assistance and alerts
	rowPresent  = 'p' // agent → nothing: has state worth waking for
	rowWaiting  = 'q' // queue, chat → Enqueue: what a queue restores
	rowRevoked  = 'r' // token or principal → Revocation
	rowSecret   = 'k' // chat → the key that its text is sealed under
	rowText     = 't' // chat, message number → textRow
	rowServed   = 's' // customer → servedRow: by whom last
	rowUnserved = 'n' // customer → unservedRow: his last chat that nobody served him in
	rowCustomer = 'u' // customer, chat → nothing: open chats of a customer
	rowSwept    = 'v' // class of what is kept of chats → the end up to which it has been taken away
	rowShelf    = 'x' // part, key → whatever that part of the node keeps: cursors, webhooks
	rowAmended  = 'w' // chat, agent, time of the first → amendedRow: a wrap-up that was put right
)

func slotKey(a acd.AgentID, c acd.ChatID) []byte { return rowKey(rowSlot, string(a), string(c)) }

func waitingKey(q acd.QueueID, c acd.ChatID) []byte { return rowKey(rowWaiting, string(q), string(c)) }

func liveKey(c acd.ChatID) []byte { return rowKey(rowLive, string(c), "") }

func presentKey(a acd.AgentID) []byte { return rowKey(rowPresent, string(a), "") }

func overseerKey(a acd.AgentID) []byte { return rowKey(rowOverseer, string(a), "") }

func customerKey(u acd.CustomerID, c acd.ChatID) []byte {
	return rowKey(rowCustomer, string(u), string(c))
}

func endedKey(at time.Time, c acd.ChatID) []byte {
	b := make([]byte, 0, 1+8+len(c))
	b = binary.BigEndian.AppendUint64(append(b, rowEnded), ^uint64(at.UnixMilli()))
	return append(b, c...)
}

func textKey(c acd.ChatID, seq uint64) []byte {
	return appendTextKey(make([]byte, 0, len(c)+2+8), c, seq)
}

func appendTextKey(b []byte, c acd.ChatID, seq uint64) []byte {
	b = append(append(append(b, rowText), c...), 0)
	return binary.BigEndian.AppendUint64(b, seq)
}

func secretKey(c acd.ChatID) []byte { return rowKey(rowSecret, string(c), "") }

func commandKey(day uint16, who acd.Stream, id string) []byte {
	return appendCommandKey(make([]byte, 0, commandRoom+len(who)+len(id)), day, who, id)
}

// commandRoom is what the key of a command takes beside its two names.
const commandRoom = 1 + 2 + 1

func appendCommandKey(b []byte, day uint16, who acd.Stream, id string) []byte {
	b = binary.BigEndian.AppendUint16(append(b, rowCommand), day)
	return append(append(append(b, who...), 0), id...)
}

// day numbers the days of command outcomes, so that a day's are one range.
func day(at time.Time) uint16 { return uint16(at.Unix() / (24 * 60 * 60)) }

func rowKey(table byte, owner, of string) []byte {
	b := make([]byte, 0, len(owner)+len(of)+2)
	b = append(append(append(b, table), owner...), 0)
	return append(b, of...)
}

// rowRange is all rows of one owner; of the whole table without one.
func rowRange(table byte, owner string) (from, to []byte) {
	if owner == "" {
		return []byte{table}, []byte{table + 1}
	}
	from = rowKey(table, owner, "")
	to = append([]byte(nil), from...)
	to[len(to)-1] = 1
	return from, to
}

// rowNames takes the names of a key apart.
func rowNames(key []byte) (owner, of string) {
	for i := 1; i < len(key); i++ {
		if key[i] == 0 {
			return string(key[1:i]), string(key[i+1:])
		}
	}
	return string(key[1:]), ""
}

// textRow is one line of a transcript with its sealed text: the only place
// where the text of a conversation stands.
type textRow struct {
	Message acd.Message `cbor:"1,keyasint"`
	Sealed  []byte      `cbor:"2,keyasint"`
	// Named says that the author's name is sealed before the text.
	Named bool `cbor:"3,keyasint,omitempty"`
}

// slotRow is a slot as the index keeps it: with the queue that its chat is in,
// or was in last. Rows that an older version has written have none.
type slotRow struct {
	acd.SlotRow
	Queue acd.QueueID `cbor:"11,keyasint,omitempty"`
}

// liveRow says when a chat that sleeps wants to be woken. The time may be
// earlier than the chat's deadline now is, never later.
type liveRow struct {
	Wake     time.Time      `cbor:"1,keyasint,omitzero"`
	Customer acd.CustomerID `cbor:"2,keyasint"`
	// Source is what tells it when an administrator removes the source; absent
	// in rows that an older version has written.
	Source acd.SourceID `cbor:"3,keyasint,omitempty"`
}

// mustEncode encodes what is known to be encodable: our own plain structs.
func mustEncode(v any) []byte { return appendPlanned(nil, v, false, nil) }

// encodeGenerally is the encoder that says what the bytes are.
func encodeGenerally(v any) []byte {
	b, err := encoding.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("actors: encode %T: %v", v, err))
	}
	return b
}

func decodeRow[T any](b []byte) (v T, err error) {
	if err := decoding.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("index row %T: %w", v, err)
	}
	return v, nil
}
