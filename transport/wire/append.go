package wire

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The encoders of hot frames. Each key is given with the comma before it and
// the colon after it, since the type always stands first.

func appendText(dst []byte, key, value string) []byte {
	dst = append(dst, key...)
	return appendQuote(dst, value)
}

// appendQuote is jsontext.AppendQuote, in one piece for a text that needs nothing
// but its quotes, as nearly every one.
func appendQuote(dst []byte, value string) []byte {
	if isPlain(value) {
		return append(append(append(dst, '"'), value...), '"')
	}
	dst, _ = jsontext.AppendQuote(dst, value)
	return dst
}

// isPlain reports whether a text is of printing ASCII alone, without quotes and
// backslashes. It looks at eight bytes at a time: of bytes below 128, one that is
// less than n leaves the high bit of its place behind when n is taken away.
func isPlain(s string) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for len(s) >= 8 {
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		quote, slash := x^ones*'"', x^ones*'\\'
		if (x|(x-ones*' ')|(quote-ones)|(slash-ones))&high != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func appendOptional(dst []byte, key, value string) []byte {
	if value == "" {
		return dst
	}
	return appendText(dst, key, value)
}

func appendUint(dst []byte, key string, value uint64) []byte {
	return strconv.AppendUint(append(dst, key...), value, 10)
}

func appendInt(dst []byte, key string, value int) []byte {
	return strconv.AppendInt(append(dst, key...), int64(value), 10)
}

func appendBool(dst []byte, key string, value bool) []byte {
	return strconv.AppendBool(append(dst, key...), value)
}

func appendTime(dst []byte, key string, value Time) []byte {
	dst = append(append(dst, key...), '"')
	dst, _ = value.AppendText(dst)
	return append(dst, '"')
}

// appendHead starts an event: its type and when it happened.
func appendHead(dst []byte, frameType string, at Time) []byte {
	return appendTime(appendType(dst, frameType), `,"at":`, at)
}

// appendRare writes what most chats do not have, by the rules of its type.
func appendRare[T any](dst []byte, key string, value *T) []byte {
	if value == nil {
		return dst
	}
	text, err := json.Marshal(value, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		panic(fmt.Sprintf("wire: encode %T: %v", value, err)) // our own plain structs
	}
	return append(append(dst, key...), text...)
}

func appendRef(dst []byte, key string, r *Ref) []byte {
	if r == nil {
		return dst
	}
	dst = append(dst, key...)
	dst = appendText(dst, `{"id":`, r.ID)
	return append(appendText(dst, `,"name":`, r.Name), '}')
}

// appendTexts writes a map in the order of its keys.
func appendTexts(dst []byte, key string, texts map[string]string) []byte {
	dst = append(append(dst, key...), '{')
	var room [16]string
	keys := room[:0]
	for k := range texts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuote(dst, k)
		dst = appendText(dst, `:`, texts[k])
	}
	return append(dst, '}')
}

func (e *MessageEvent) appendBody(dst []byte) []byte {
	dst = appendHead(dst, "message", e.At)
	dst = appendText(dst, `,"chat":`, e.Chat)
	return append(appendMessage(dst, ',', &e.Message), '}')
}

// appendMessage writes the members of a message after the first byte.
func appendMessage(dst []byte, first byte, m *Message) []byte {
	dst = appendUint(append(dst, first), `"message_seq":`, m.MessageSeq)
	dst = appendText(dst, `,"author":{"kind":`, string(m.Author.Kind))
	dst = appendOptional(dst, `,"id":`, m.Author.ID)
	dst = appendText(dst, `,"name":`, m.Author.Name)
	dst = appendText(dst, `,"initials":`, m.Author.Initials)
	dst = appendOptional(append(dst, '}'), `,"text":`, m.Text)
	dst = appendAttachment(dst, m.Attachment)
	dst = appendOptional(dst, `,"template":`, m.Template)
	dst = appendOptional(dst, `,"joined":`, m.Joined)
	dst = appendText(dst, `,"to":`, string(m.To))
	return appendTime(dst, `,"sent_at":`, m.SentAt)
}

func appendAttachment(dst []byte, a *Attachment) []byte {
	if a == nil {
		return dst
	}
	dst = appendText(dst, `,"attachment":{"id":`, a.ID)
	dst = appendText(dst, `,"name":`, a.Name)
	dst = appendText(dst, `,"media_type":`, a.MediaType)
	dst = appendUint(dst, `,"size_bytes":`, a.SizeBytes)
	return append(appendText(dst, `,"url":`, a.URL), '}')
}

func appendMessages(dst []byte, key string, messages []Message) []byte {
	dst = append(append(dst, key...), '[')
	for i := range messages {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendMessage(dst, '{', &messages[i]), '}')
	}
	return append(dst, ']')
}

func appendCustomer(dst []byte, c *Customer) []byte {
	dst = appendText(dst, `,"customer":{"name":`, c.Name)
	dst = appendText(dst, `,"initials":`, c.Initials)
	dst = appendOptional(dst, `,"auth":`, string(c.Auth))
	dst = appendTexts(dst, `,"attributes":`, c.Attributes)
	return append(appendOptional(dst, `,"state":`, string(c.State)), '}')
}

func (e *OfferEvent) appendBody(dst []byte) []byte {
	o := &e.Offer
	dst = appendHead(dst, "offer", e.At)
	dst = appendText(dst, `,"offer":`, o.Offer)
	dst = appendText(dst, `,"kind":`, string(o.Kind))
	dst = appendText(dst, `,"chat":`, o.Chat)
	dst = appendText(dst, `,"channel":`, o.Channel)
	dst = appendRef(dst, `,"queue":`, &o.Queue)
	dst = appendCustomer(dst, &o.Customer)
	dst = appendRef(dst, `,"source":`, o.Source)
	dst = appendRef(dst, `,"from":`, o.From)
	dst = appendOptional(dst, `,"note":`, o.Note)
	dst = appendMessages(dst, `,"thread":`, o.Thread)
	dst = appendTime(dst, `,"received_at":`, o.ReceivedAt)
	dst = appendTime(dst, `,"offered_at":`, o.OfferedAt)
	dst = appendTime(dst, `,"expires_at":`, o.ExpiresAt)
	dst = appendInt(dst, `,"attempt":`, o.Attempt)
	return append(appendOptional(dst, `,"previous_chat":`, o.PreviousChat), '}')
}

func (e *OfferEndedEvent) appendBody(dst []byte) []byte {
	dst = appendHead(dst, "offer_ended", e.At)
	dst = appendText(dst, `,"offer":`, e.Offer)
	dst = appendText(dst, `,"chat":`, e.Chat)
	return append(appendText(dst, `,"reason":`, string(e.Reason)), '}')
}

func (e *AssignedEvent) appendBody(dst []byte) []byte {
	dst = append(appendHead(dst, "assigned", e.At), `,"chat":`...)
	return append(appendChat(dst, &e.Chat), '}')
}

func appendChat(dst []byte, c *Chat) []byte {
	dst = appendText(dst, `{"chat":`, c.Chat)
	dst = appendText(dst, `,"channel":`, c.Channel)
	dst = appendOptional(dst, `,"subject":`, c.Subject)
	dst = appendRef(dst, `,"queue":`, &c.Queue)
	dst = appendCustomer(dst, &c.Customer)
	dst = appendRef(dst, `,"source":`, c.Source)
	dst = appendParticipants(dst, c.Participants)
	dst = appendOptional(dst, `,"owner":`, c.Owner)
	dst = appendText(dst, `,"label":`, string(c.Label))
	dst = appendText(dst, `,"phase":`, string(c.Phase))
	dst = appendText(dst, `,"focus":`, string(c.Focus))
	dst = appendInt(dst, `,"unread":`, c.Unread)
	dst = appendBool(dst, `,"opened":`, c.Opened)
	dst = appendMarkers(dst, c.Read)
	dst = appendMessages(dst, `,"messages":`, c.Messages)
	dst = appendUint(dst, `,"message_seq":`, c.MessageSeq)
	dst = appendTime(dst, `,"received_at":`, c.ReceivedAt)
	if c.StartedAt != 0 {
		dst = appendTime(dst, `,"started_at":`, c.StartedAt)
	}
	dst = appendOptional(dst, `,"previous_chat":`, c.PreviousChat)
	return append(appendRare(dst, `,"now":`, c.Now), '}')
}

func appendParticipants(dst []byte, participants []Participant) []byte {
	dst = append(dst, `,"participants":[`...)
	for i := range participants {
		p := &participants[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, `{"participant":`, p.Participant)
		dst = appendText(dst, `,"kind":`, string(p.Kind))
		dst = appendText(dst, `,"name":`, p.Name)
		dst = appendText(dst, `,"mode":`, string(p.Mode))
		dst = appendText(dst, `,"state":`, string(p.State))
		dst = append(appendBool(dst, `,"owner":`, p.Owner), '}')
	}
	return append(dst, ']')
}

// appendMarkers writes how far each participant has read, in the order of names.
func appendMarkers(dst []byte, read map[string]uint64) []byte {
	if len(read) == 0 {
		return dst
	}
	dst = append(dst, `,"read":{`...)
	var room [8]string
	names := room[:0]
	for n := range read {
		names = append(names, n)
	}
	slices.Sort(names)
	for i, n := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuote(dst, n)
		dst = appendUint(dst, `:`, read[n])
	}
	return append(dst, '}')
}

func (e *UnreadEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendHead(dst, "unread", e.At), `,"chat":`, e.Chat)
	return append(appendInt(dst, `,"count":`, e.Count), '}')
}

func (e *ReadEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendHead(dst, "read", e.At), `,"chat":`, e.Chat)
	dst = appendText(dst, `,"by":`, e.By)
	return append(appendUint(dst, `,"upto":`, e.Upto), '}')
}

func (e *ChatEndedEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendHead(dst, "chat_ended", e.At), `,"chat":`, e.Chat)
	dst = appendText(dst, `,"by":`, e.By)
	dst = appendText(dst, `,"reason":`, string(e.Reason))
	return append(appendOptional(dst, `,"note":`, e.Note), '}')
}

func (e *ReleasedEvent) appendBody(dst []byte) []byte {
	return append(appendText(appendHead(dst, "released", e.At), `,"chat":`, e.Chat), '}')
}

func (e *TypingEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendType(dst, "typing"), `,"chat":`, e.Chat)
	dst = appendText(dst, `,"by":`, e.By)
	return append(appendBool(dst, `,"on":`, e.On), '}')
}

func (e *DeliveredEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendType(dst, "delivered"), `,"chat":`, e.Chat)
	dst = appendText(dst, `,"by":`, e.By)
	return append(appendUint(dst, `,"upto":`, e.Upto), '}')
}

func (e *AgentJoinedEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendHead(dst, "agent_joined", e.At), `,"chat":`, e.Chat)
	dst = appendText(dst, `,"name":`, e.Name)
	return append(appendText(dst, `,"initials":`, e.Initials), '}')
}

func (e *EndedEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendHead(dst, "ended", e.At), `,"chat":`, e.Chat)
	return append(appendText(dst, `,"reason":`, string(e.Reason)), '}')
}

func (e *PositionEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendType(dst, "position"), `,"chat":`, e.Chat)
	dst = appendInt(dst, `,"position":`, e.Position)
	if w := e.WaitS; w != nil {
		dst = appendInt(dst, `,"wait_s":{"low":`, w.Low)
		dst = append(appendInt(dst, `,"high":`, w.High), '}')
	}
	return append(dst, '}')
}

func (*Ping) appendBody(dst []byte) []byte { return append(dst, `{"type":"ping"}`...) }

// appendBody writes the answers of hot commands; pages and decisions go the
// slow way.
func (o *Ok) appendBody(dst []byte) []byte {
	if o.Page != nil || o.Decisions != nil || o.ExtensionsLeft != nil || o.Targets != nil || o.Chats != nil {
		return appendMarshalled(dst, o)
	}
	dst = appendText(appendType(dst, "ok"), `,"re":`, o.Re)
	if o.Already {
		dst = append(dst, `,"already":true`...)
	}
	dst = appendOptional(dst, `,"chat":`, o.Chat)
	dst = appendOptional(dst, `,"transfer":`, o.Transfer)
	dst = appendOptional(dst, `,"offer":`, o.Offer)
	if o.MessageSeq != 0 {
		dst = appendUint(dst, `,"message_seq":`, o.MessageSeq)
	}
	if o.ExpiresAt != 0 {
		dst = appendTime(dst, `,"expires_at":`, o.ExpiresAt)
	}
	return append(dst, '}')
}
