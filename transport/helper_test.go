package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

var secret = []byte("a secret for tests of thirty-two bytes and more")

// fakeEngine answers every command with ok at once, keeps what it was asked,
// and sends what a test tells it to.
type fakeEngine struct {
	mu       sync.Mutex
	sessions []*fakeSession
	snapshot *actors.Snapshot
	resumed  bool
	refuse   error
	notReady error
	silent   bool // answers nothing
	answered bool // has answered every command before
	because  string
}

type fakeSession struct {
	engine *fakeEngine
	hello  actors.Hello

	mu     sync.Mutex
	idle   func() // called once, when Next has taken what it found and not returned yet
	ready  []actors.Delivery
	asked  []asked
	looks  []actors.Look
	acked  uint64
	closed chan string
}

type asked struct {
	id     string
	digest uint64
	to     acd.Address
	cmd    acd.Command
}

func (e *fakeEngine) Ready() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.notReady
}

func (e *fakeEngine) Open(_ context.Context, h actors.Hello) (Session, actors.Welcome, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refuse != nil {
		return nil, actors.Welcome{}, e.refuse
	}
	s := &fakeSession{engine: e, hello: h, closed: make(chan string, 1)}
	e.sessions = append(e.sessions, s)
	snapshot := e.snapshot
	if snapshot == nil {
		snapshot = &actors.Snapshot{}
	}
	w := actors.Welcome{Session: "s-1", Epoch: "e-1", Seq: h.Seq, Resumed: h.Resume && e.resumed, Snapshot: snapshot, ClosedBecause: e.because}
	return s, w, nil
}

func (e *fakeEngine) last(t *testing.T) *fakeSession {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.sessions) == 0 {
		t.Fatal("the engine has opened no session")
	}
	return e.sessions[len(e.sessions)-1]
}

func (s *fakeSession) ask(id string, digest uint64, to acd.Address, cmd acd.Command) {
	s.mu.Lock()
	s.asked = append(s.asked, asked{id, digest, to, cmd})
	s.mu.Unlock()
	if !s.engine.silent {
		s.send(actors.Delivery{Re: id, Answer: &actors.Answer{}})
	}
}

func (s *fakeSession) Do(id string, digest uint64, to acd.Address, cmd acd.Command) {
	s.ask(id, digest, to, cmd)
}

func (s *fakeSession) Refuse(id string, _ uint64, why *acd.Refusal) bool {
	a := &actors.Answer{}
	if !s.engine.answered {
		a.Refusal = why
	}
	s.send(actors.Delivery{Re: id, Answer: a})
	return !s.engine.answered
}

func (s *fakeSession) History(id string, chat acd.ChatID, before uint64, limit int) {
	s.ask(id, uint64(limit), chat.Address(), nil)
}

func (s *fakeSession) Explain(id string, chat acd.ChatID, _ acd.OfferID) {
	s.ask(id, 0, chat.Address(), nil)
}

func (s *fakeSession) Look(id string, q actors.Look) {
	s.mu.Lock()
	s.looks = append(s.looks, q)
	s.mu.Unlock()
	s.send(actors.Delivery{Re: id, Answer: &actors.Answer{}})
}

func (s *fakeSession) Typing(to acd.Address, cmd acd.Typing) {
	s.mu.Lock()
	s.asked = append(s.asked, asked{"", 0, to, cmd})
	s.mu.Unlock()
}

func (s *fakeSession) Next(buf []actors.Delivery) []actors.Delivery {
	s.mu.Lock()
	n := min(len(s.ready), actors.DeliveriesAtOnce)
	ready, idle := s.ready[:n:n], s.idle
	s.ready, s.idle = s.ready[n:], nil
	s.mu.Unlock()
	if idle != nil {
		idle()
	}
	return append(buf, ready...)
}

func (s *fakeSession) Ack(seq uint64) {
	s.mu.Lock()
	s.acked = seq
	s.mu.Unlock()
}

func (s *fakeSession) Close(reason string) { s.closed <- reason }

// send makes deliveries ready.
func (s *fakeSession) send(d ...actors.Delivery) {
	s.mu.Lock()
	s.ready = append(s.ready, d...)
	s.mu.Unlock()
	s.hello.Wake()
}

func (s *fakeSession) commands() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]asked(nil), s.asked...)
}

// edge is a server with a fake engine, over a real listener or over pipes.
type edge struct {
	t      *testing.T
	server *Server
	engine *fakeEngine
	url    string
	client *http.Client
}

func newEdge(t *testing.T, change func(*Options)) *edge {
	t.Helper()
	auth, err := NewAuth(t.Context(), AuthOptions{Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	e := &edge{t: t, engine: &fakeEngine{}}
	o := Options{Engine: e.engine, Auth: auth, TrustLoopback: true, Config: testConfig}
	if change != nil {
		change(&o)
	}
	if e.server, err = New(o); err != nil {
		t.Fatal(err)
	}
	return e
}

// onLoopback serves on a real listener.
func onLoopback(t *testing.T, change func(*Options)) *edge {
	t.Helper()
	e := newEdge(t, change)
	srv := httptest.NewServer(e.server.Handler())
	t.Cleanup(srv.Close)
	e.url, e.client = srv.URL, srv.Client()
	return e
}

// onPipes serves on pipes, so that all of it can live in a synctest bubble.
func onPipes(t *testing.T, change func(*Options)) *edge {
	t.Helper()
	e := newEdge(t, change)
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	srv := HTTP(e.server.Handler())
	go func() { _ = srv.Serve(l) }()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		l.conns <- theirs
		return ours, nil
	}}
	e.url, e.client = "http://edge.test", &http.Client{Transport: transport}
	t.Cleanup(func() {
		_ = srv.Close()
		transport.CloseIdleConnections()
		for _, c := range e.server.people.all() {
			c.shut(wire.CloseGoingAway)
		}
		<-e.server.people.close()
		time.Sleep(2 * writerRest) // of the bubble's clock: writers that rest go home
	})
	return e
}

type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// peer is a client that reads frames line by line.
type peer struct {
	t     *testing.T
	ws    *websocket.Conn
	lines []string
}

func (e *edge) dial() *peer {
	e.t.Helper()
	p, resp, err := e.tryDial(nil, wire.Subprotocol)
	if err != nil {
		e.t.Fatalf("dial: %v (%v)", err, resp)
	}
	return p
}

func (e *edge) tryDial(header http.Header, subprotocols ...string) (*peer, *http.Response, error) {
	ws, resp, err := websocket.Dial(context.Background(), e.url+"/v1/ws",
		&websocket.DialOptions{HTTPClient: e.client, HTTPHeader: header, Subprotocols: subprotocols})
	if err != nil {
		return nil, resp, err
	}
	ws.SetReadLimit(1 << 20)
	e.t.Cleanup(func() { _ = ws.CloseNow() })
	return &peer{t: e.t, ws: ws}, resp, nil
}

func (e *edge) token(role acd.Role, subject string, ttl time.Duration) string {
	e.t.Helper()
	token, err := MintDev(secret, role, subject, "", ttl)
	if err != nil {
		e.t.Fatal(err)
	}
	return token
}

// hello dials and says hello; welcome and snapshot are read.
func (e *edge) hello(role acd.Role, subject string) *peer {
	e.t.Helper()
	p := e.dial()
	p.say(`{"type":"hello","id":"h","token":"` + e.token(role, subject, 10*time.Minute) + `"}`)
	p.expect(`"type":"welcome"`)
	p.expect(`"type":"snapshot"`)
	return p
}

func (p *peer) say(lines ...string) {
	p.t.Helper()
	if err := p.write(strings.Join(lines, "\n")); err != nil {
		p.t.Fatalf("write: %v", err)
	}
}

func (p *peer) write(message string) error {
	return p.ws.Write(context.Background(), websocket.MessageText, []byte(message))
}

// next is the next frame, or the close code that came instead.
func (p *peer) next() (string, error) {
	for len(p.lines) == 0 {
		_, data, err := p.ws.Read(context.Background())
		if err != nil {
			return "", err
		}
		p.lines = strings.Split(string(data), "\n")
	}
	line := p.lines[0]
	p.lines = p.lines[1:]
	return line, nil
}

// expect reads one frame that has all of these parts.
func (p *peer) expect(parts ...string) string {
	p.t.Helper()
	line, err := p.next()
	if err != nil {
		p.t.Fatalf("waiting for %v: %v", parts, err)
	}
	for _, part := range parts {
		if !strings.Contains(line, part) {
			p.t.Fatalf("got %s\nwant a frame with %s", line, part)
		}
	}
	return line
}

// expectClose reads until the connection ends and compares the code.
func (p *peer) expectClose(code wire.CloseCode) {
	p.t.Helper()
	for {
		_, err := p.next()
		if err == nil {
			continue
		}
		if got := websocket.CloseStatus(err); got != websocket.StatusCode(code) {
			p.t.Fatalf("closed with %d (%v), want %d", got, err, code)
		}
		return
	}
}

// get asks a handler.
func get(h http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func testConfig() *acd.Config {
	c := &acd.Config{
		Version:  1,
		Queues:   map[acd.QueueID]*acd.QueuePolicy{"support": {ID: "support", Name: "Support"}, "sales": {ID: "sales", Name: "Sales"}},
		Agents:   map[acd.AgentID]*acd.AgentProfile{"alice": {ID: "alice", Name: "Alice Adams"}},
		Sources:  map[acd.SourceID]*acd.Source{"web": {ID: "web", Name: "Website", Channel: "livechat", Queue: "support"}},
		Channels: map[acd.Channel]*acd.ChannelPolicy{"livechat": {MaxChars: 100, ReservedChars: "<>"}},
	}
	c.Normalize()
	return c
}

var errBroken = errors.New("broken")
