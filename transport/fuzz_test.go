package transport

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// FuzzConversation sends one message of any bytes in the middle of a session:
// every line of it is answered by name, or the connection ends with a code of
// the protocol, and what follows is served as if nothing had been.
func FuzzConversation(f *testing.F) {
	for _, kind := range wire.CommandTypes() {
		f.Add([]byte(sample(kind)), true)
		f.Add([]byte(sample(kind)), false)
	}
	f.Add([]byte("{}\n\n[]\n\"\xff\"\n{\"type\":\"pong\",\"seq\":18446744073709551615}"), true)
	f.Add([]byte(strings.Repeat("\n", 64)), false)
	f.Add([]byte(`{"type":"end","id":"1","chat":"c","chat":"d"}`), false)
	f.Fuzz(func(t *testing.T, message []byte, desk bool) {
		e := onLoopback(t, func(o *Options) {
			o.BadFrames, o.Customer.Burst, o.Desk.Burst = 1000, 1000, 1000
			o.Customer.Unanswered, o.Desk.Unanswered = 1000, 1000
		})
		role := acd.RoleCustomer
		if desk {
			role = acd.RoleSupervisor
		}
		p := e.hello(role, "somebody")
		guard := time.AfterFunc(10*time.Second, func() { _ = p.ws.CloseNow() }) // an answer that never comes
		defer guard.Stop()
		if err := p.ws.Write(context.Background(), websocket.MessageText, message); err != nil {
			t.Fatal(err)
		}
		p.say(final("first"))
		for want, got := answers(message)+1, 0; got < want; got++ {
			if line, ok := answered(t, p, message); !ok {
				return
			} else if strings.Contains(line, `"re":"last"`) {
				t.Fatalf("%q was answered too often", message)
			}
		}
		p.say(final("last"))
		if line, _ := answered(t, p, message); !strings.Contains(line, `"re":"last"`) && !strings.Contains(string(message), "last") {
			t.Fatalf("%q had %s too many", message, line)
		}
	})
}

func final(id string) string { return `{"type":"end","id":"` + id + `","chat":"c"}` }

// answered reads one answer; false when the connection has ended as it should.
func answered(t *testing.T, p *peer, message []byte) (string, bool) {
	line, err := p.next()
	if err != nil {
		if websocket.CloseStatus(err) != websocket.StatusMessageTooBig || len(message) <= wire.MaxMessageBytes {
			t.Fatalf("%q ended with %v", message, err)
		}
		return "", false
	}
	frame, err := wire.DecodeEvent([]byte(line))
	if err != nil {
		t.Fatalf("%q was answered with %q: %v", message, line, err)
	}
	switch frame.Event.(type) {
	case *wire.Ok, *wire.Error:
	default:
		t.Fatalf("%q was answered with %s", message, line)
	}
	return line, true
}

// answers is how many frames a message has to be answered with.
func answers(message []byte) (n int) {
	for cmd, bad := range wire.DecodeBatch(message, wire.Bounds{}) {
		if _, pong := cmd.(*wire.Pong); bad != nil || !pong {
			n++
		}
	}
	return n
}

// FuzzBytes writes any bytes below the websocket framing: the session ends, or
// goes on, and the process stays.
func FuzzBytes(f *testing.F) {
	f.Add([]byte{0x81, 0x80, 0, 0, 0, 0})
	f.Add([]byte{0x01, 0x80, 0, 0, 0, 0, 0x00, 0x80, 0, 0, 0, 0, 0x89, 0x80, 0, 0, 0, 0})
	f.Add([]byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Add([]byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8})
	f.Add([]byte{0xf1, 0x05})
	f.Fuzz(func(t *testing.T, b []byte) {
		e := onLoopback(t, nil)
		raw := e.rawHello(t)
		if _, err := raw.Write(b); err != nil {
			t.Skip("closed before all was written")
		}
		_ = raw.Close()
		select {
		case <-e.engine.last(t).closed:
		case <-time.After(10 * time.Second):
			t.Fatalf("%x: the session was never closed", b)
		}
	})
}

// FuzzMeter counts frames in pieces of any size: cutting the bytes differently
// never changes the count.
func FuzzMeter(f *testing.F) {
	f.Add([]byte{0x81, 0x83, 1, 2, 3, 4, 5, 6, 7, 0x00, 0x80, 0, 0, 0, 0}, uint8(1))
	f.Add([]byte{0x81, 0x7e, 0, 1, 9, 0x89, 0x00, 0x89, 0x00}, uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		whole, cut := meter{}, meter{}
		want, got := whole.count(b), 0
		for step := int(piece)%7 + 1; len(b) > 0; {
			n := min(step, len(b))
			got += cut.count(b[:n])
			b = b[n:]
		}
		if got != want || cut.payload != whole.payload || cut.got != whole.got {
			t.Errorf("%d frames in pieces, %d at once", got, want)
		}
	})
}
