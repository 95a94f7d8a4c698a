package client

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/transport/wire"
)

// server is a server of one customer, built on wire alone: a stream of events,
// outcomes of commands, and sockets that it cuts when the test says so. It
// listens on pipes, so that tests run on virtual time.
type server struct {
	t      *testing.T
	pipes  chan net.Conn
	http   *http.Server
	client *http.Client

	// cut is asked before each frame is written, and ends the socket instead.
	cut func(frame []byte) bool
	// greet may refuse a hello with a close code.
	greet func(h *wire.Hello) wire.CloseCode
	// deaf servers do not write after the welcome.
	deaf bool
	// window is the limit of unanswered commands that it publishes.
	window int

	mu       sync.Mutex
	epoch    string
	events   [][]byte // bodies; the first one has number 1
	kept     uint64   // events up to this one are forgotten
	hellos   []*wire.Hello
	received [][]byte            // lines of commands, pongs left out
	outcomes map[string]*wire.Ok // by id, in which order they took effect in effects
	effects  []string
	pongs    []uint64
	open     map[*peer]bool
	lost     int // sockets that were cut
}

// maxFrames is how many frames of one message the server takes.
const maxFrames = 8

type peer struct {
	ws  *websocket.Conn
	ctx context.Context
}

func serve(t *testing.T) *server {
	s := &server{t: t, pipes: make(chan net.Conn), epoch: "e1", outcomes: map[string]*wire.Ok{}, open: map[*peer]bool{}, window: 32}
	s.http = &http.Server{Handler: s}
	stopped := make(chan struct{})
	go func() {
		s.http.Serve((*listener)(s))
		close(stopped)
	}()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		near, far := net.Pipe()
		select {
		case s.pipes <- far:
			return near, nil
		case <-stopped:
			return nil, errors.New("nobody listens")
		}
	}}
	s.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		s.each(func(p *peer) { p.ws.CloseNow() })
		s.http.Close()
		<-stopped
		transport.CloseIdleConnections()
	})
	return s
}

type listener server

func (l *listener) Accept() (net.Conn, error) {
	c, ok := <-l.pipes
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (l *listener) Close() error   { close(l.pipes); return nil }
func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (s *server) options() Options {
	return Options{URL: "ws://fake/v1/ws", Token: "secret", HTTPClient: s.client}
}

func (s *server) dial(o Options) *Client {
	s.t.Helper()
	c, err := Dial(s.t.Context(), o)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		return
	}
	defer ws.CloseNow()
	p := &peer{ws: ws, ctx: context.Background()}
	_, data, err := ws.Read(p.ctx)
	if err != nil {
		return
	}
	command, refusal := wire.Decode(data)
	hello, ok := command.(*wire.Hello)
	if !ok {
		s.t.Errorf("first frame %s: %v", data, refusal)
		return
	}
	if code := s.admit(p, hello); code != 0 {
		ws.Close(websocket.StatusCode(code), code.Text())
		return
	}
	defer s.forget(p)
	for {
		_, data, err := ws.Read(p.ctx)
		if err != nil {
			return
		}
		if n := bytes.Count(data, []byte{'\n'}) + 1; n > maxFrames {
			s.t.Errorf("%d frames in a message", n)
		}
		for line := range bytes.SplitSeq(data, []byte{'\n'}) {
			s.obey(p, line)
		}
	}
}

// admit says welcome, and then what the client has missed.
func (s *server) admit(p *peer, h *wire.Hello) wire.CloseCode {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hellos = append(s.hellos, h)
	if s.greet != nil {
		if code := s.greet(h); code != 0 {
			return code
		}
	}
	s.open[p] = true
	last := uint64(len(s.events))
	w := &wire.Welcome{
		Re: h.ID, Session: "s", Role: wire.RoleCustomer, Principal: "ann", Epoch: s.epoch, Seq: last, HeartbeatS: 25,
		Limits: wire.Limits{MessageBytes: wire.MaxMessageBytes, Frames: maxFrames, Nesting: 16, IDChars: 64, UnansweredCommands: s.window},
	}
	if r := h.Resume; r != nil && r.Epoch == s.epoch && r.Seq >= s.kept && r.Seq <= last {
		w.Resumed, w.Seq = true, r.Seq
	}
	s.write(p, wire.AppendEvent(nil, w))
	if !w.Resumed {
		s.write(p, wire.AppendEvent(nil, &wire.CustomerSnapshot{Seq: last, Chats: []wire.CustomerChat{}}))
	}
	for seq := w.Seq; seq < last; seq++ {
		s.write(p, wire.AppendSeq(nil, seq+1, s.events[seq]))
	}
	return 0
}

// obey carries out a command once and answers it.
func (s *server) obey(p *peer, line []byte) {
	command, refusal := wire.Decode(line)
	if refusal != nil {
		s.t.Errorf("the client sent %s: %v", line, refusal)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if pong, ok := command.(*wire.Pong); ok {
		s.pongs = append(s.pongs, pong.Seq)
		return
	}
	s.received = append(s.received, bytes.Clone(line))
	id := command.CommandID()
	if send, ok := command.(*wire.Send); ok && send.Text == "<" {
		s.write(p, wire.AppendEvent(nil, &wire.Error{Re: id, Code: wire.CodeReservedCharacter, Message: "no"}))
		return
	}
	if s.outcomes[id] == nil {
		s.effects = append(s.effects, id)
		s.outcomes[id] = &wire.Ok{Re: id, MessageSeq: uint64(len(s.effects))}
	}
	s.write(p, wire.AppendEvent(nil, s.outcomes[id]))
}

// publish adds an event to the stream and sends it to whoever is connected.
func (s *server) publish(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ev := &wire.MessageEvent{At: 1, Chat: "c", Message: wire.Message{
		MessageSeq: 1, Author: wire.Author{Kind: wire.AuthorAgent}, Text: text, To: wire.ToAll, SentAt: 1}}
	s.events = append(s.events, wire.AppendEvent(nil, ev))
	for p := range s.open {
		s.write(p, wire.AppendSeq(nil, uint64(len(s.events)), s.events[len(s.events)-1]))
	}
}

// say sends a frame of the session to whoever is connected.
func (s *server) say(ev wire.Event) {
	s.each(func(p *peer) { s.write(p, wire.AppendEvent(nil, ev)) })
}

func (s *server) each(do func(p *peer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.open {
		do(p)
	}
}

func (s *server) write(p *peer, frame []byte) {
	if !s.open[p] {
		return
	}
	if s.cut != nil && s.cut(frame) {
		s.lost++
		delete(s.open, p)
		p.ws.CloseNow()
		return
	}
	if s.deaf && !bytes.Contains(frame, []byte(`"welcome"`)) {
		return
	}
	if err := p.ws.Write(p.ctx, websocket.MessageText, frame); err != nil {
		delete(s.open, p)
	}
}

func (s *server) forget(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, p)
}

// count reads something of the server's under its mutex.
func count[T any](s *server, read func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return read()
}
