package conform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/transport/wire"
)

// frame is a line of the server.
type frame = map[string]any

// peer is one connection: what came on it, and what was wrong with that.
type peer struct {
	ws      *websocket.Conn
	person  Person
	secrets *secrets
	stopped chan struct{} // closed when the connection has ended

	mu        sync.Mutex
	grown     chan struct{} // closed when something came
	welcome   frame
	snapshot  frame
	answers   map[string]frame
	events    []frame // numbered ones; those before seen are behind the story
	seen      int
	ephemeral []frame // those before glanced too
	glanced   int
	seq       uint64 // of the last event, or of the snapshot
	faults    []error
	end       error
}

// dialPeer connects and says hello.
func dialPeer(ctx context.Context, t Target, person Person, token string, secrets *secrets, hello *wire.Hello) (*peer, error) {
	ws, response, err := websocket.Dial(ctx, t.URL, &websocket.DialOptions{
		HTTPClient: t.HTTPClient, Subprotocols: []string{wire.Subprotocol}, HTTPHeader: http.Header{},
	})
	if err != nil {
		if response != nil {
			return nil, fmt.Errorf("handshake: status %d: %w", response.StatusCode, err)
		}
		return nil, fmt.Errorf("handshake: %w", err)
	}
	ws.SetReadLimit(-1)
	hello.Token = token
	p := &peer{ws: ws, person: person, secrets: secrets, stopped: make(chan struct{}), grown: make(chan struct{}), answers: map[string]frame{}}
	go p.read()
	return p, p.write(ctx, wire.AppendCommand(nil, hello))
}

func (p *peer) write(ctx context.Context, line []byte) error {
	return p.ws.Write(ctx, websocket.MessageText, line)
}

// read takes all that comes until the connection ends.
func (p *peer) read() {
	defer close(p.stopped)
	for {
		kind, data, err := p.ws.Read(context.Background())
		if err != nil {
			p.mu.Lock()
			p.end = err
			p.notify()
			p.mu.Unlock()
			return
		}
		for line := range bytes.SplitSeq(data, []byte{'\n'}) {
			p.take(kind, line)
		}
	}
}

// take holds a line to the rules of every connection and puts it where steps
// look for it.
func (p *peer) take(kind websocket.MessageType, line []byte) {
	var f frame
	err := json.Unmarshal(line, &f)
	if err == nil {
		err = valid(line)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.notify()
	if err != nil || kind != websocket.MessageText {
		p.fault("%s: %w", line, errors.Join(err))
		return
	}
	if p.person.Role == wire.RoleCustomer {
		if found := p.secrets.leak(f); found != "" {
			p.fault("a customer sees %s: %s", found, line)
		}
	}
	if p.welcome == nil && f["type"] != "welcome" {
		p.fault("before the welcome: %s", line)
	}
	p.place(f, line)
}

// place is called with the mutex held.
func (p *peer) place(f frame, line []byte) {
	number, numbered := f["seq"].(float64)
	seq := uint64(number)
	switch f["type"] {
	case "welcome":
		p.welcome, p.seq = f, seq
	case "snapshot":
		p.snapshot, p.seq = f, seq
	case "ok", "error":
		re, _ := f["re"].(string)
		if p.answers[re] != nil {
			p.fault("answered twice: %s", line)
		}
		p.answers[re] = f
	case "ping":
		go p.write(context.Background(), wire.AppendCommand(nil, &wire.Pong{Seq: p.seq}))
	default:
		if !numbered {
			p.ephemeral = append(p.ephemeral, f)
			return
		}
		if seq != p.seq+1 {
			p.fault("number %d after %d: %s", seq, p.seq, line)
		}
		p.seq = seq
		p.events = append(p.events, f)
	}
}

func (p *peer) fault(format string, args ...any) {
	p.faults = append(p.faults, fmt.Errorf(format, args...))
}

// notify wakes whoever waits; the mutex is held.
func (p *peer) notify() {
	close(p.grown)
	p.grown = make(chan struct{})
}

// await looks until see is content, which is called with the mutex held, or has
// an error; or until time is up, or nothing can come any more.
func (p *peer) await(ctx context.Context, see func() (bool, error)) error {
	for {
		p.mu.Lock()
		done, err := see()
		grown, end := p.grown, p.end
		p.mu.Unlock()
		switch {
		case done || err != nil:
			return err
		case end != nil:
			return fmt.Errorf("the connection ended: %w", end)
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return errors.New("nothing such came in time")
		}
	}
}

// ask sends a command and waits for its answer.
func (p *peer) ask(ctx context.Context, id string, line []byte) (frame, error) {
	p.mu.Lock()
	delete(p.answers, id) // asked again: a new answer is expected
	p.mu.Unlock()
	if err := p.write(ctx, line); err != nil {
		return nil, err
	}
	var answer frame
	err := p.await(ctx, func() (bool, error) {
		answer = p.answers[id]
		return answer != nil, nil
	})
	return answer, err
}

// drop breaks the connection without a word.
func (p *peer) drop() {
	p.ws.CloseNow()
	<-p.stopped
}
