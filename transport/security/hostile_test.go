package security_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/wire"
)

// claims are those of a good token, changed as a test wants.
func claims(change map[string]any) jwt.MapClaims {
	now := time.Now()
	c := jwt.MapClaims{"iss": "parley", "aud": "parley", "sub": "a-0", "role": "agent", "nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()}
	for name, v := range change {
		if c[name] = v; v == nil {
			delete(c, name)
		}
	}
	return c
}

func TestWhoeverComesWithAWrongTokenIsTurnedAwayCountedAndNoted(t *testing.T) {
	w, _ := newWorld(t, 1, nil)
	sign := func(method jwt.SigningMethod, key any, change map[string]any) string {
		token := jwt.NewWithClaims(method, claims(change))
		token.Header["kid"] = "unknown"
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	good := w.token(t, acd.RoleAgent, "a-0")
	hs := jwt.SigningMethodHS256
	attempts := map[string]string{
		"forged":                 sign(hs, []byte(strings.Repeat("x", 32)), nil),
		"alg none":               sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
		"another algorithm":      sign(jwt.SigningMethodHS512, secret, nil),
		"expired":                sign(hs, secret, map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}),
		"not yet valid":          sign(hs, secret, map[string]any{"nbf": time.Now().Add(5 * time.Minute).Unix()}),
		"for another audience":   sign(hs, secret, map[string]any{"aud": "elsewhere"}),
		"of another issuer":      sign(hs, secret, map[string]any{"iss": "elsewhere"}),
		"without a role":         sign(hs, secret, map[string]any{"role": nil}),
		"with a role unheard of": sign(hs, secret, map[string]any{"role": "root"}),
		"without an end":         sign(hs, secret, map[string]any{"exp": nil}),
		"good for a year":        sign(hs, secret, map[string]any{"exp": time.Now().Add(8760 * time.Hour).Unix()}),
		"a scope of nothing":     sign(hs, secret, map[string]any{"role": "supervisor", "scope": []string{}}),
		"cut short":              good[:len(good)-6],
		"with another signature": good[:strings.LastIndex(good, ".")] + ".AAAA",
		"no token":               "none",
	}
	for name, token := range attempts {
		p := w.dial(t)
		if got := p.ask(frame{"type": "hello", "token": token}); got != "unauthenticated" {
			t.Errorf("%s: %s", name, got)
		}
		if code := p.ended(); code != websocket.StatusCode(wire.CloseUnauthenticated) {
			t.Errorf("%s: closed with %d", name, code)
		}
		if status := status(t, w.admin.URL+"/v1/admin/chats", token); status != http.StatusUnauthorized {
			t.Errorf("%s: HTTP %d", name, status)
		}
	}
	if got := w.metrics(t)[`parley_errors_total{code="unauthenticated"}`]; got != float64(len(attempts)) {
		t.Errorf("%v of %d are counted", got, len(attempts))
	}
	w.engine.Stop() // which writes the lines that gather what was rejected
	noted := 0
	page, _, err := w.engine.Past().Trail(actors.TrailQuery{Limit: 100, Outcome: "unauthenticated"})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range page {
		noted += max(line.Count, 1)
	}
	if noted != 2*len(attempts) {
		t.Errorf("%d of %d attempts stand in the audit trail", noted, 2*len(attempts))
	}
	for name, token := range attempts {
		if len(token) > 20 && strings.Contains(w.logs.String(), token[len(token)-12:]) {
			t.Errorf("%s: the token is in the log", name)
		}
	}
}

// ended reads until the connection is over and returns the code.
func (p *person) ended() websocket.StatusCode {
	for {
		if _, err := p.next(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func status(t *testing.T, url, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func TestAFrameThatIsNoneIsNamedAndTheConnectionStays(t *testing.T) {
	w, _ := newWorld(t, 1, nil)
	p := w.enter(t, w.token(t, acd.RoleAgent, "a-0"))
	p.await("snapshot")
	deep := `{"type":"send","id":"1","chat":"c","text":"x","more":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`
	refused := 0
	for name, tt := range map[string]struct{ text, code string }{
		"no JSON":              {`{"type":`, "bad_frame"},
		"a list":               {`[1,2]`, "bad_frame"},
		"a text":               {`"send"`, "bad_frame"},
		"no type":              {`{"id":"1"}`, "bad_frame"},
		"an unknown type":      {`{"type":"sudo","id":"1"}`, "unknown_type"},
		"deep":                 {deep, "bad_frame"},
		"a name twice":         {`{"type":"read","id":"1","chat":"c","upto":1,"upto":2}`, "bad_frame"},
		"a huge number":        {`{"type":"read","id":"1","chat":"c","upto":1` + strings.Repeat("0", 400) + `}`, "bad_frame"},
		"a negative number":    {`{"type":"read","id":"1","chat":"c","upto":-1}`, "bad_frame"},
		"a broken number":      {`{"type":"read","id":"1","chat":"c","upto":1e3}`, "bad_frame"},
		"a number as a text":   {`{"type":"read","id":"1","chat":"c","upto":"1"}`, "bad_frame"},
		"a flag as a number":   {`{"type":"typing","id":"1","chat":"c","on":1}`, "bad_frame"},
		"half a character":     {`{"type":"send","id":"1","chat":"c","text":"\ud800"}`, "bad_frame"},
		"an id without an end": {`{"type":"end","chat":"c","id":"` + strings.Repeat("i", 65) + `"}`, "bad_frame"},
		"an event":             {`{"type":"welcome"}`, "unknown_type"},
	} {
		p.send(websocket.MessageText, tt.text)
		refused++
		if f, err := p.next(); err != nil || f["code"] != tt.code {
			t.Errorf("%s: %v %v, want %s", name, f, err, tt.code)
		}
	}
	if got := p.ask(frame{"type": "set_presence", "state": "not_ready"}); got != "ok" {
		t.Errorf("after all that: %s", got)
	}
	counted := w.metrics(t)
	if got := counted[`parley_errors_total{code="bad_frame"}`] + counted[`parley_errors_total{code="unknown_type"}`]; got != float64(refused) {
		t.Errorf("%v of %d are counted", got, refused)
	}
}

func (p *person) send(kind websocket.MessageType, text string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	if err := p.ws.Write(ctx, kind, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func TestWhatIsNoConversationEndsWithItsCode(t *testing.T) {
	w, _ := newWorld(t, 1, func(o *transport.Options) { o.BadFrames = 5 })
	soon, _ := newWorld(t, 1, func(o *transport.Options) { o.HelloTimeout = 200 * time.Millisecond })
	token := w.token(t, acd.RoleAgent, "a-0")
	for name, tt := range map[string]struct {
		do   func(p *person)
		want wire.CloseCode
	}{
		"a binary frame": {func(p *person) { p.send(websocket.MessageBinary, `{"type":"pong"}`) }, 1003},
		"too much for a hello": {func(p *person) {
			p.send(websocket.MessageText, `{"type":"hello","token":"`+strings.Repeat("x", 5000)+`"}`)
		}, 1009},
		"another first frame": {func(p *person) { p.send(websocket.MessageText, `{"type":"send","id":"1","chat":"c","text":"x"}`) }, wire.CloseNoHello},
		"no hello":            {func(*person) {}, wire.CloseNoHello},
		"too much for a frame": {func(p *person) {
			p.must(frame{"type": "hello", "token": token})
			p.send(websocket.MessageText, `{"type":"send","id":"1","chat":"c","text":"`+strings.Repeat("x", 40_000)+`"}`)
		}, 1009},
		"nothing but nonsense": {func(p *person) {
			p.must(frame{"type": "hello", "token": token})
			p.send(websocket.MessageText, strings.TrimSuffix(strings.Repeat("nonsense\n", 5), "\n"))
		}, wire.CloseProtocolError},
	} {
		at := w
		if name == "no hello" {
			at = soon
		}
		p := at.dial(t)
		tt.do(p)
		if got := p.ended(); got != websocket.StatusCode(tt.want) {
			t.Errorf("%s: closed with %d, want %d", name, got, tt.want)
		}
	}
}

func TestAHandshakeThatIsNotOursIsRefused(t *testing.T) {
	w, _ := newWorld(t, 1, func(o *transport.Options) { o.Origins = []string{"https://desk.example.com"} })
	url := "ws" + strings.TrimPrefix(w.public.URL, "http") + "/v1/ws"
	for origin, want := range map[string]int{"https://desk.example.com": 101, "https://evil.example.com": 403, "https://desk.example.com.evil.com": 403, "null": 403} {
		ws, resp, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: []string{wire.Subprotocol}, HTTPHeader: http.Header{"Origin": {origin}}})
		if err == nil {
			_ = ws.CloseNow()
		}
		if resp == nil || resp.StatusCode != want {
			t.Errorf("origin %s: %v, want %d", origin, resp, want)
		}
	}
	if got := w.metrics(t)[`parley_handshakes_refused_total{reason="origin"}`]; got != 3 {
		t.Errorf("%v foreign origins are counted", got)
	}
	ws, _, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := ws.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusCode(wire.CloseUnsupportedSubprotocol) {
		t.Errorf("without the subprotocol: %v", err)
	}
	ws, resp, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: []string{wire.Subprotocol}, CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	if got := resp.Header.Get("Sec-WebSocket-Extensions"); got != "" {
		t.Errorf("compression was agreed to: %s", got)
	}
}

// rawSocket is a websocket whose frames are made by hand.
func rawSocket(t *testing.T, w *world) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", w.public.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(c, "GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: parley.v1\r\n\r\n")
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v %v", resp, err)
	}
	return c, r
}

func TestFramesThatBreakTheRulesOfWebsocketsEndIt(t *testing.T) {
	w, _ := newWorld(t, 1, nil)
	mask := []byte{0, 0, 0, 0}
	frameOf := func(first byte, masked bool, payload string) []byte {
		b := []byte{first, byte(len(payload))}
		if masked {
			b[1] |= 0x80
			b = append(b, mask...)
		}
		return append(b, payload...)
	}
	for name, tt := range map[string]struct {
		bytes []byte
		want  []uint16
	}{
		"compressed":               {frameOf(0xc1, true, "\x0a"), []uint16{1002}},
		"a bit that means nothing": {frameOf(0xa1, true, "x"), []uint16{1002}},
		"not masked":               {frameOf(0x81, false, "{}"), []uint16{1002}},
		"an opcode unheard of":     {frameOf(0x83, true, "x"), []uint16{1002}},
		"invalid UTF-8":            {frameOf(0x81, true, "{\"type\":\"\xff\"}"), []uint16{1007, uint16(wire.CloseNoHello)}},
	} {
		c, r := rawSocket(t, w)
		if _, err := c.Write(tt.bytes); err != nil {
			t.Fatal(err)
		}
		if name == "invalid UTF-8" { // is a bad frame, and no hello comes after it
			head, said := readFrame(t, r)
			if head != 0x81 || !strings.Contains(said, "bad_frame") || !strings.Contains(said, "UTF-8") {
				t.Errorf("%s: %x %s", name, head, said)
			}
			continue
		}
		head, said := readFrame(t, r)
		if head != 0x88 || len(said) < 2 || binary.BigEndian.Uint16([]byte(said)) != tt.want[0] {
			t.Errorf("%s: %x %q, want a close with %d", name, head, said, tt.want)
		}
	}
}

// readFrame reads one short frame of the server.
func readFrame(t *testing.T, r *bufio.Reader) (first byte, payload string) {
	t.Helper()
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		t.Fatal(err)
	}
	n := int(head[1])
	if n == 126 {
		long := make([]byte, 2)
		if _, err := io.ReadFull(r, long); err != nil {
			t.Fatal(err)
		}
		n = int(binary.BigEndian.Uint16(long))
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	return head[0], string(body)
}

func TestAHeaderThatNeverEndsIsNotWaitedFor(t *testing.T) {
	w, _ := newWorld(t, 1, nil)
	srv := transport.HTTP(w.server.Handler())
	if srv.ReadHeaderTimeout == 0 || srv.ReadHeaderTimeout > 5*time.Second || srv.MaxHeaderBytes > 16<<10 {
		t.Errorf("a header has %s and %d bytes", srv.ReadHeaderTimeout, srv.MaxHeaderBytes)
	}
	srv.ReadHeaderTimeout = 50 * time.Millisecond
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	for name, text := range map[string]string{
		"slow": "GET /v1/ws HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"huge": "GET /v1/ws HTTP/1.1\r\nHost: x\r\nX-Huge: " + strings.Repeat("x", 64<<10),
	} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(patience))
		_, _ = io.WriteString(c, text) // may be cut off before its end
		answer, _ := io.ReadAll(c)
		if strings.Contains(string(answer), "101") || len(answer) > 0 && !strings.Contains(string(answer), " 4") {
			t.Errorf("%s: %s", name, answer)
		}
		_ = c.Close()
	}
}
