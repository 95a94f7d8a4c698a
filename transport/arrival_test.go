package transport

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// TestFramesArriveWholeHoweverTheNetworkCutsThem is over a real socket, where
// the edge reads before the library does.
func TestFramesArriveWholeHoweverTheNetworkCutsThem(t *testing.T) {
	auth, err := NewAuth(t.Context(), AuthOptions{Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Engine: instant{}, Auth: auth, TrustLoopback: true, Config: sync.OnceValue(testConfig),
		Desk: RoleLimits{PerSecond: 1 << 30, Burst: 1 << 30, InboundBytes: 1 << 40, InboundFrames: 1 << 30, Unanswered: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	e, err := dialEnd(srv.Listener.Addr().String(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer e.conn.Close()
	token, err := MintDev(secret, acd.RoleAgent, "alice", "", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.ask(`{"type":"hello","token":"`+token+`"}`, `"welcome"`); err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	const frames = 400
	var all bytes.Buffer
	for i := range frames {
		text := fmt.Sprintf(`{"type":"send","id":"%d","chat":"c","text":"%s"}`, i, strings.Repeat("x", 1+dice.IntN(1<<dice.IntN(14))))
		switch cut := dice.IntN(len(text)); dice.IntN(4) {
		case 0: // in two parts, with a pong between them that nobody has asked for
			all.Write(clientFrame(0x01, dice.Uint32(), text[:cut]))
			all.Write(clientFrame(0x8a, dice.Uint32(), "x"))
			all.Write(clientFrame(0x80, dice.Uint32(), text[cut:]))
		case 1:
			all.Write(clientFrame(0x8a, dice.Uint32(), ""))
			fallthrough
		default:
			all.Write(clientFrame(finalText, dice.Uint32(), text))
		}
	}
	go func() {
		for all.Len() > 0 {
			if _, err := e.conn.Write(all.Next(1 + dice.IntN(9_000))); err != nil {
				return // the reader says why
			}
		}
	}()
	for answered := 0; answered < frames; {
		got, err := e.read()
		if err != nil {
			t.Fatalf("after %d answers: %v", answered, err)
		}
		for line := range bytes.SplitSeq(got, []byte{'\n'}) {
			if want := fmt.Sprintf(`{"type":"ok","re":"%d"`, answered); !bytes.HasPrefix(line, []byte(want)) {
				t.Fatalf("answer %d is %s", answered, line)
			}
			answered++
		}
	}
}

// clientFrame is a frame with a mask.
func clientFrame(first byte, key uint32, text string) []byte {
	p := masked(text)
	p[0] = first
	head := len(p) - len(text)
	binary.LittleEndian.PutUint32(p[head-4:], key)
	for i := range len(text) {
		p[head+i] ^= p[head-4+i%4]
	}
	return p
}

func TestOnlyAWholeMessageInOneFrameGoesPastTheLibrary(t *testing.T) {
	long := strings.Repeat("é", 100)
	for name, tt := range map[string]struct {
		came []byte
		want string
		size int
	}{
		"whole":                {clientFrame(finalText, 0x01020304, "hello, you"), "hello, you", 16},
		"whole, longer":        {clientFrame(finalText, 0xfffefdfc, long), long, 208},
		"without a mask's key": {clientFrame(finalText, 0, "hi"), "hi", 8},
		"empty":                {clientFrame(finalText, 7, ""), "", 6},
		"with the next one":    {append(clientFrame(finalText, 7, "a"), clientFrame(finalText, 8, "b")...), "a", 7},
		"nothing":              {nil, "", 0},
		"the first byte":       {[]byte{finalText}, "", 0},
		"a part of the header": {clientFrame(finalText, 7, long)[:7], "", 0},
		"all but a byte":       {clientFrame(finalText, 7, "abc")[:8], "", 0},
		"the first of more":    {clientFrame(0x01, 7, "abc"), "", 0},
		"the last of more":     {clientFrame(0x80, 7, "abc"), "", 0},
		"binary":               {clientFrame(0x82, 7, "abc"), "", 0},
		"a ping":               {clientFrame(0x89, 7, "abc"), "", 0},
		"a close":              {clientFrame(finalClose, 7, "abc"), "", 0},
		"a reserved bit":       {clientFrame(finalText|0x40, 7, "abc"), "", 0},
		"not masked":           {[]byte{finalText, 3, 'a', 'b', 'c', 0, 0, 0, 0}, "", 0},
		"a length of 8 bytes":  {[]byte{finalText, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 'a'}, "", 0},
	} {
		a := arrival{left: tt.came}
		before := bytes.Clone(tt.came)
		text, size := a.text()
		if string(text) != tt.want || size != tt.size {
			t.Errorf("%s: got %q of %d bytes", name, text, size)
		}
		if size == 0 && !bytes.Equal(a.left, before) {
			t.Errorf("%s: the library gets other bytes than have come", name)
		}
	}
}
