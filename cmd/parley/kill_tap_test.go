package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"sync"
	"testing"

	"github.com/parley-engine/parley/transport/wire"
)

// tap is a connection that is listened to: what the server promises is checked
// on the bytes, before any client has forgiven anything.
type tap struct {
	net.Conn
	in, out frames
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	t.in.feed(p[:n])
	return n, err
}

func (t *tap) Write(p []byte) (int, error) {
	t.out.feed(p) // before the answer can be there
	return t.Conn.Write(p)
}

// frames takes one direction of a websocket apart into lines.
type frames struct {
	start string // of the handshake, if it is what it should be
	heard func(line []byte)

	data []byte
	open bool
	text []byte
}

func (f *frames) feed(p []byte) {
	f.data = append(f.data, p...)
	if !f.open {
		head, rest, whole := bytes.Cut(f.data, []byte("\r\n\r\n"))
		if !whole || !bytes.HasPrefix(head, []byte(f.start)) {
			return
		}
		f.data, f.open = rest, true
	}
	for f.one() {
	}
}

// one takes the first websocket frame, if it is whole.
func (f *frames) one() bool {
	b := f.data
	if len(b) < 2 {
		return false
	}
	size, at := int(b[1]&0x7f), 2
	switch {
	case size == 126 && len(b) >= 4:
		size, at = int(binary.BigEndian.Uint16(b[2:])), 4
	case size == 127 && len(b) >= 10:
		size, at = int(binary.BigEndian.Uint64(b[2:])), 10
	case size >= 126:
		return false
	}
	var mask []byte
	if b[1]&0x80 != 0 {
		if len(b) < at+4 {
			return false
		}
		mask, at = b[at:at+4], at+4
	}
	if len(b) < at+size {
		return false
	}
	payload := bytes.Clone(b[at : at+size])
	for i := range payload {
		if mask != nil {
			payload[i] ^= mask[i%4]
		}
	}
	f.data = b[at+size:]
	if code := b[0] & 0x0f; code <= 1 { // text, and what goes on with it
		f.text = append(f.text, payload...)
		if b[0]&0x80 != 0 {
			for line := range bytes.SplitSeq(f.text, []byte{'\n'}) {
				f.heard(line)
			}
			f.text = f.text[:0]
		}
	}
	return true
}

// head is what every line of either direction may have.
type head struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Re      string `json:"re"`
	Code    string `json:"code"`
	Seq     uint64 `json:"seq"`
	At      string `json:"at"`
	Epoch   string `json:"epoch"`
	Resumed bool   `json:"resumed"`
	Resume  *struct {
		Epoch string `json:"epoch"`
		Seq   uint64 `json:"seq"`
	} `json:"resume"`
}

// place is an event's number in its person's stream.
type place struct {
	epoch string
	seq   uint64
}

// witness holds a person's connections against each other, through all lives
// of the server.
type witness struct {
	who   string
	wrong func(format string, args ...any)

	mu      sync.Mutex
	seen    map[place]string
	events  []event           // each once, in the order of the stream
	sent    map[string]string // commands by id
	answers map[string]answer // by id, the first one
	conns   int
	last    place
	count   struct{ resent, resumed, snapshots, repeated int }
}

// answer is a line that answered a command, and on which connection.
type answer struct {
	line string
	conn int
}

// event is one numbered event as it was told first.
type event struct {
	at    place
	heard int64 // when
	wire.Event
}

func newWitness(who string, wrong func(string, ...any)) *witness {
	return &witness{who: who, wrong: wrong, seen: map[place]string{}, sent: map[string]string{}, answers: map[string]answer{}}
}

// hearing is one connection of a person.
type hearing struct {
	*witness
	conn  int    // from 1
	hello string // its id
	asked *place // by hello
	at    place
	whole bool // a snapshot is due, and nothing else
}

func (w *witness) listen(c net.Conn) *tap {
	h := w.hearing()
	return &tap{
		Conn: c,
		in:   frames{start: "HTTP/1.1 101 ", heard: h.told},
		out:  frames{start: "GET /v1/ws ", heard: h.says},
	}
}

func (w *witness) hearing() *hearing {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns++
	return &hearing{witness: w, conn: w.conns}
}

// says is a line of the client.
func (h *hearing) says(line []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var f head
	if err := json.Unmarshal(line, &f); err != nil {
		h.wrong("%s sent %q: %v", h.who, line, err)
		return
	}
	switch {
	case f.Type == "hello":
		h.hello = f.ID
		if f.Resume != nil {
			h.asked = &place{f.Resume.Epoch, f.Resume.Seq}
		}
	case f.Type == "pong":
	case h.sent[f.ID] == "":
		h.sent[f.ID] = string(line)
	case h.sent[f.ID] != string(line):
		h.wrong("%s sent %s after %s", h.who, line, h.sent[f.ID])
	default:
		h.count.resent++
	}
}

// told is a line of the server.
func (h *hearing) told(line []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var f head
	if err := json.Unmarshal(line, &f); err != nil {
		h.wrong("%s was told %q: %v", h.who, line, err)
		return
	}
	switch {
	case f.Type == "welcome":
		h.welcome(&f)
	case f.Type == "snapshot":
		if !h.whole {
			h.wrong("%s got a snapshot that nothing announced: %s", h.who, line)
		}
		h.at.seq, h.whole = f.Seq, false
		h.count.snapshots++
	case f.Type == "resync":
		h.at, h.whole = place{epoch: f.Epoch}, true
	case f.Re != "" && f.Re == h.hello && f.Code == string(wire.CodeInternal): // the journal fails meanwhile
	case f.Re != "":
		h.answer(f.Re, line)
	case f.Seq > 0 && f.At != "":
		h.event(place{h.at.epoch, f.Seq}, line)
	}
}

// welcome: who asks to resume where the server itself has put him is resumed
// there, unless his stream had no number to be found again by.
func (h *hearing) welcome(f *head) {
	h.at = place{f.Epoch, f.Seq}
	switch {
	case !f.Resumed:
		h.whole = true
		if h.asked != nil && (h.asked.seq > 0 || h.asked.epoch == f.Epoch) {
			h.wrong("%s asked to resume at %v and was not: %v", h.who, *h.asked, h.at)
		}
	case h.asked == nil || *h.asked != h.at:
		h.wrong("%s asked to resume at %v and was resumed at %v", h.who, h.asked, h.at)
	default:
		h.count.resumed++
	}
}

// event: the numbers of a connection are dense, and an event that comes again
// on another one is the same event.
func (h *hearing) event(at place, line []byte) {
	if h.whole || at.seq != h.at.seq+1 {
		h.wrong("%s got event %d after %v (snapshot due: %t): %s", h.who, at.seq, h.at, h.whole, line)
	}
	h.at = at
	if before, again := h.seen[at]; again {
		h.count.repeated++
		if !same(before, string(line)) {
			h.wrong("%s got event %v again, and it was\n%s\nnow it is\n%s", h.who, at, before, line)
		}
		return
	}
	if at.epoch == h.last.epoch && at.seq != h.last.seq+1 && at.seq <= h.last.seq {
		h.wrong("%s got the unknown event %v after %v", h.who, at, h.last)
	}
	h.seen[at], h.last = string(line), at
	got, err := wire.DecodeEvent(line)
	if err != nil {
		h.wrong("%s got %s: %v", h.who, line, err)
		return
	}
	h.events = append(h.events, event{at, since(), got.Event})
}

// answer: a command that is sent again gets the same answer again, unless that
// was to try again later, which says nothing of the command. What is heard last
// on an old connection may have been said before all that the next one brought.
func (h *hearing) answer(re string, line []byte) {
	switch before := h.answers[re]; {
	case h.sent[re] == "":
		h.wrong("%s got an answer to what he did not send: %s", h.who, line)
	case before.line == "", later(before.line):
		h.answers[re] = answer{string(line), h.conn}
	case later(string(line)) && h.conn < before.conn:
	case !same(before.line, string(line)):
		h.wrong("%s sent %s\nand was answered\n%s\nand then\n%s", h.who, h.sent[re], before.line, line)
	}
}

// later reports whether an answer is to send the same again in a while.
func later(line string) bool {
	var e wire.Error
	return json.Unmarshal([]byte(line), &e) == nil && e.Code == wire.CodeOverloaded && e.RetryAfterS > 0
}

// same compares two lines as JSON.
func same(a, b string) bool {
	if a == b {
		return true
	}
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

func (p place) String() string { return fmt.Sprintf("%d of %s", p.seq, p.epoch) }

func TestAnAnswerThatChangesIsFound(t *testing.T) {
	const ok, bad = `{"type":"ok","re":"1","chat":"c1"}`, `{"type":"error","re":"1","code":"bad_state","message":"it is over"}`
	const busy = `{"type":"error","re":"1","code":"overloaded","message":"going down","retry_after_s":1}`
	for _, c := range []struct {
		first, then string
		wrong, late int // late if the older connection is heard last
	}{
		{ok, `{"re":"1","chat":"c1","type":"ok"}`, 0, 0}, {busy, ok, 0, 0}, {busy, bad, 0, 0}, {busy, busy, 0, 0},
		{ok, bad, 1, 1}, {bad, ok, 1, 1}, {ok, busy, 1, 0},
	} {
		for first, want := range []int{c.wrong, c.late} { // the connection that answers first
			wrong := 0
			w := newWitness("ann", func(string, ...any) { wrong++ })
			conns := []*hearing{w.hearing(), w.hearing()}
			for i, line := range []string{c.first, c.then} {
				h := conns[(first+i)%2]
				h.says([]byte(`{"type":"start","id":"1"}`))
				h.answer("1", []byte(line))
			}
			if wrong != want {
				t.Errorf("%s on connection %d and then %s: %d complaints, expected %d", c.first, conns[first].conn, c.then, wrong, want)
			}
		}
	}
}
