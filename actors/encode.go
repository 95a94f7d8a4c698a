package actors

import (
	"encoding/binary"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// What a chat writes with every message is encoded here by hand, to the very
// bytes that the general encoder makes of it: the general one takes a
// microsecond and an allocation a value, by reflection, and there are four
// such values a message. A test holds the two together; whatever is not here
// goes through the general one.

// The major types of CBOR.
const (
	cborUint  = 0 << 5
	cborInt   = 1 << 5
	cborBytes = 2 << 5
	cborText  = 3 << 5
	cborList  = 4 << 5
	cborMap   = 5 << 5
	cborFalse = 0xf4
	cborTrue  = 0xf5
	cborNull  = 0xf6
)

// cborHead appends the head of a value: its type with a number in the shortest
// form.
func cborHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n < 1<<8:
		return append(b, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

func cborNumber(b []byte, n int64) []byte {
	if n < 0 {
		return cborHead(b, cborInt, uint64(-1-n))
	}
	return cborHead(b, cborUint, uint64(n))
}

func cborString[S ~string](b []byte, s S) []byte {
	return append(cborHead(b, cborText, uint64(len(s))), s...)
}

func cborTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, cborNull)
	}
	var scratch [len(time.RFC3339Nano)]byte
	text := t.UTC().AppendFormat(scratch[:0], time.RFC3339Nano)
	return append(cborHead(b, cborText, uint64(len(text))), text...)
}

// fields counts the fields of a map and writes its head when they are known:
// each is either always there or only when it is not empty.
func fields(b []byte, always int, optional ...bool) []byte {
	for _, there := range optional {
		if there {
			always++
		}
	}
	return cborHead(b, cborMap, uint64(always))
}

// textField appends a field that is left out when it is empty.
func textField[S ~string](b []byte, key byte, s S) []byte {
	if s == "" {
		return b
	}
	return cborString(append(b, key), s)
}

func numberField(b []byte, key byte, n int64) []byte {
	if n == 0 {
		return b
	}
	return cborNumber(append(b, key), n)
}

func appendAuthor(b []byte, a *acd.Author) []byte {
	b = fields(b, 1, a.ID != "", a.Name != "")
	b = cborString(append(b, 1), a.Kind)
	b = textField(b, 2, a.ID)
	return textField(b, 3, a.Name)
}

func appendMessage(b []byte, m *acd.Message) []byte {
	b = fields(b, 4, m.Attachment != nil, m.Template != "", m.Joined != "")
	b = cborHead(append(b, 1), cborUint, m.Seq)
	b = appendAuthor(append(b, 2), &m.Author)
	b = cborString(append(b, 3), m.To)
	b = cborTime(append(b, 4), m.SentAt)
	if a := m.Attachment; a != nil {
		b = cborHead(append(b, 5), cborMap, 3)
		b = cborString(append(b, 1), a.ID)
		b = cborString(append(b, 2), a.Type)
		b = cborNumber(append(b, 3), a.Size)
	}
	b = textField(b, 6, m.Template)
	return textField(b, 7, m.Joined)
}

func appendMessageSent(b []byte, e *acd.MessageSent) []byte {
	b = fields(b, 1, len(e.Unread) > 0)
	b = appendMessage(append(b, 1), &e.Message)
	if len(e.Unread) > 0 {
		b = cborHead(append(b, 2), cborList, uint64(len(e.Unread)))
		for i := range e.Unread {
			b = cborHead(b, cborMap, 2)
			b = cborString(append(b, 1), e.Unread[i].Agent)
			b = cborNumber(append(b, 2), int64(e.Unread[i].Count))
		}
	}
	return b
}

// appendTextRow appends a row whose sealed text, of so many bytes, is made in
// its place.
func appendTextRow(b []byte, r *textRow, size int, seal func([]byte) []byte) []byte {
	b = fields(b, 2, r.Named)
	b = appendMessage(append(b, 1), &r.Message)
	b = seal(cborHead(append(b, 2), cborBytes, uint64(size)))
	if r.Named {
		b = append(b, 3, cborTrue)
	}
	return b
}

func appendResult(b []byte, r *acd.Result) []byte {
	b = fields(b, 0, r.Chat != "", r.MessageSeq != 0, r.Already != "", r.Unread != 0, r.Transfer != "",
		r.Offer != "", !r.ExpiresAt.IsZero(), r.Left != 0, r.Chats != 0)
	b = textField(b, 1, r.Chat)
	if r.MessageSeq != 0 {
		b = cborHead(append(b, 2), cborUint, r.MessageSeq)
	}
	b = textField(b, 3, r.Already)
	b = numberField(b, 4, int64(r.Unread))
	b = textField(b, 5, r.Transfer)
	b = textField(b, 6, r.Offer)
	if !r.ExpiresAt.IsZero() {
		b = cborTime(append(b, 7), r.ExpiresAt)
	}
	b = numberField(b, 8, int64(r.Left))
	return numberField(b, 12, int64(r.Chats))
}

func appendOutcome(b []byte, o *outcome) []byte {
	b = fields(b, 2, o.Refusal != nil)
	b = cborHead(append(b, 1), cborUint, o.Digest)
	b = appendResult(append(b, 2), &o.Result)
	if o.Refusal != nil {
		b = append(append(b, 3), mustEncode(o.Refusal)...)
	}
	return b
}

func appendWrapupPolicy(b []byte, w *acd.WrapupPolicy) []byte {
	b = fields(b, 0, w.Mode != "", w.Blocking != "", len(w.Codes) > 0, w.Notes, w.Limit != 0, w.Extensions != 0,
		w.Extend != 0, w.SkipUntouched)
	b = textField(b, 1, w.Mode)
	b = textField(b, 2, w.Blocking)
	if len(w.Codes) > 0 {
		b = cborHead(append(b, 3), cborList, uint64(len(w.Codes)))
		for i := range w.Codes {
			b = fields(b, 1, w.Codes[i].Name != "")
			b = cborString(append(b, 1), w.Codes[i].Code)
			b = textField(b, 2, w.Codes[i].Name)
		}
	}
	if w.Notes {
		b = append(b, 4, cborTrue)
	}
	b = numberField(b, 5, int64(w.Limit))
	b = numberField(b, 6, int64(w.Extensions))
	b = numberField(b, 7, int64(w.Extend))
	if w.SkipUntouched {
		b = append(b, 8, cborTrue)
	}
	return b
}

func appendSlotRow(b []byte, s *slotRow) []byte {
	b = fields(b, 5, s.Offer != "", s.Kind != "", s.Channel != "", s.Weight != 0, !s.Deadline.IsZero(), s.Queue != "")
	b = cborString(append(b, 1), s.Chat)
	b = cborString(append(b, 2), s.Agent)
	b = cborString(append(b, 3), s.State)
	b = textField(b, 4, s.Offer)
	b = textField(b, 5, s.Kind)
	b = textField(b, 6, s.Channel)
	b = numberField(b, 7, int64(s.Weight))
	b = cborTime(append(b, 8), s.Since)
	if !s.Deadline.IsZero() {
		b = cborTime(append(b, 9), s.Deadline)
	}
	b = appendWrapupPolicy(append(b, 10), &s.Spec)
	return textField(b, 11, s.Queue)
}

// appendSized appends a message's event behind its length.
func appendSized(b []byte, m *acd.MessageSent) []byte {
	var scratch [256]byte
	body := appendMessageSent(scratch[:0], m)
	return append(binary.AppendUvarint(b, uint64(len(body))), body...)
}
