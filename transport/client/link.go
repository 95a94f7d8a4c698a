package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/transport/wire"
)

const (
	// openLimit is how long a connection may take until it is welcome.
	openLimit = 15 * time.Second
	// lateness is how long after a heartbeat was due the link counts as dead.
	lateness = 5 * time.Second
	// maxMessage bounds what a server may send at once; snapshots are the longest.
	maxMessage = 16 << 20
)

var (
	errLagging = errors.New("events were let go, to be fetched again")
	errDead    = errors.New("no heartbeat")
	errGap     = errors.New("the numbers of events have a gap")
	errFrame   = errors.New("not a frame of a server")
)

// CloseError is a connection that the server ended, or that broke (1006).
type CloseError struct {
	Code   wire.CloseCode
	Reason string
	err    error
}

// Error is the code and what is known about it.
func (e *CloseError) Error() string { return fmt.Sprintf("closed with %d: %s", e.Code, e.Reason) }

// Unwrap is the error of the websocket, if there was one.
func (e *CloseError) Unwrap() error { return e.err }

// HandshakeError is a server that did not open a websocket.
type HandshakeError struct {
	Status int // of HTTP
	err    error
}

// Error is the status and the reason.
func (e *HandshakeError) Error() string {
	return fmt.Sprintf("handshake: status %d: %v", e.Status, e.err)
}

// Unwrap is the error of the websocket library.
func (e *HandshakeError) Unwrap() error { return e.err }

// link is one websocket. A reader and a writer goroutine belong to it; out is
// guarded by the client's mutex.
type link struct {
	ws       *websocket.Conn
	ctx      context.Context // ends with the link
	cancel   context.CancelFunc
	limits   wire.Limits
	goodbye  chan *wire.Goodbye
	patience time.Duration
	dead     *time.Timer

	out  [][]byte      // frames to write
	wake chan struct{} // there are some

	once sync.Once
	done chan struct{}
	err  error // why it ended; read it after done
}

// open connects, says hello and waits for welcome. From then on the new link
// is the one that counts.
func (c *Client) open(ctx context.Context, url string) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
	token, err := c.options.TokenSource(ctx)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	ws, response, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient:   c.options.HTTPClient,
		Subprotocols: []string{wire.Subprotocol},
	})
	if err != nil {
		if response != nil {
			return nil, &HandshakeError{Status: response.StatusCode, err: err}
		}
		return nil, err
	}
	ws.SetReadLimit(maxMessage)
	welcome, rest, err := c.greet(ctx, ws, token)
	if err != nil {
		ws.CloseNow()
		return nil, closed(err)
	}
	l := newLink(ws, welcome)
	c.install(l, welcome)
	c.work.Go(func() { c.read(l, rest) })
	c.work.Go(func() { c.write(l) })
	return l, nil
}

// greet exchanges hello and welcome; rest is what came in the same message.
func (c *Client) greet(ctx context.Context, ws *websocket.Conn, token string) (*wire.Welcome, []byte, error) {
	if ws.Subprotocol() != wire.Subprotocol {
		return nil, nil, &CloseError{Code: wire.CloseUnsupportedSubprotocol, Reason: "the server does not speak " + wire.Subprotocol}
	}
	hello := &wire.Hello{ID: newID(), Token: token, Client: c.options.Info, Resume: c.resume(), Alerting: c.options.Alerting}
	if err := ws.Write(ctx, websocket.MessageText, wire.AppendCommand(nil, hello)); err != nil {
		return nil, nil, err
	}
	_, data, err := ws.Read(ctx)
	if err != nil {
		return nil, nil, err
	}
	line, rest, _ := bytes.Cut(data, []byte{'\n'})
	got, err := wire.DecodeEvent(line)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errFrame, err)
	}
	if refused, ok := got.Event.(*wire.Error); ok {
		return nil, nil, fmt.Errorf("hello: %w", refused)
	}
	welcome, ok := got.Event.(*wire.Welcome)
	if !ok {
		return nil, nil, fmt.Errorf("%w: %s where welcome was expected", errFrame, got.Event.FrameType())
	}
	return welcome, rest, nil
}

func newLink(ws *websocket.Conn, welcome *wire.Welcome) *link {
	l := &link{
		ws: ws, limits: welcome.Limits,
		goodbye: make(chan *wire.Goodbye, 1), wake: make(chan struct{}, 1), done: make(chan struct{}),
		patience: time.Duration(welcome.HeartbeatS)*time.Second + lateness,
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.dead = time.AfterFunc(l.patience, func() { l.end(errDead) })
	return l
}

// install makes the link the one that counts, and sends on it what is not
// answered.
func (c *Client) install(l *link, welcome *wire.Welcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link, c.welcome = l, welcome
	c.stream.welcome(welcome)
	c.pump()
}

// read hands on the frames of the link, in order, until it ends.
func (c *Client) read(l *link, first []byte) {
	defer l.dead.Stop()
	c.receiveAll(l, first)
	for {
		_, data, err := l.ws.Read(l.ctx)
		if err != nil {
			l.end(closed(err))
			return
		}
		l.dead.Reset(l.patience)
		c.receiveAll(l, data)
	}
}

func (c *Client) receiveAll(l *link, data []byte) {
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if len(line) == 0 {
			continue
		}
		if err := c.receive(l, line); err != nil {
			l.end(err)
			return
		}
	}
}

// write sends what is queued, many frames in one message.
func (c *Client) write(l *link) {
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-l.wake:
		}
		for batch := c.batch(l); batch != nil; batch = c.batch(l) {
			if err := l.ws.Write(l.ctx, websocket.MessageText, batch); err != nil {
				return // the reader hears of it too, and knows more
			}
		}
	}
}

// batch takes as many queued frames as fit into one message.
func (c *Client) batch(l *link) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	var message []byte
	taken := 0
	for _, line := range l.out {
		full := taken > 0 && (len(message)+1+len(line) > l.limits.MessageBytes || taken >= l.limits.Frames)
		if full {
			break
		}
		if taken > 0 {
			message = append(message, '\n')
		}
		message = append(message, line...)
		taken++
	}
	l.out = l.out[taken:]
	return message
}

// enqueue is called with the client's mutex held.
func (l *link) enqueue(line []byte) {
	l.out = append(l.out, line)
	signal(l.wake)
}

// end breaks the link; the first reason counts.
func (l *link) end(reason error) {
	l.once.Do(func() {
		l.err = reason
		l.cancel()
		l.ws.CloseNow()
		close(l.done)
	})
}

func (l *link) ended() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// leave closes the link in good order, and waits a little for the other side.
func (l *link) leave() {
	l.ws.Close(websocket.StatusNormalClosure, "")
	l.end(ErrClosed)
}

// closed turns an error of the websocket into a close code, 1006 where the
// link broke without one.
func closed(err error) error {
	var frame websocket.CloseError
	switch {
	case errors.As(err, &frame):
		return &CloseError{Code: wire.CloseCode(frame.Code), Reason: frame.Reason, err: err}
	case errors.Is(err, errFrame), errors.As(err, new(*CloseError)):
		return err
	default:
		return &CloseError{Code: wire.CloseCode(websocket.StatusAbnormalClosure), Reason: err.Error(), err: err}
	}
}

// reconnects says whether a new attempt makes sense after this error.
func reconnects(err error) bool {
	var end *CloseError
	var handshake *HandshakeError
	switch {
	case errors.As(err, &end):
		return end.Code.Reconnect()
	case errors.As(err, &handshake):
		return handshake.Status >= 500 || handshake.Status == http.StatusTooManyRequests || handshake.Status == http.StatusRequestTimeout
	default:
		return !errors.Is(err, ErrClosed)
	}
}

// inTrouble says whether the server has a fault or too much to do, so that
// coming back at once makes it worse.
func inTrouble(err error) bool {
	var end *CloseError
	if errors.As(err, &end) {
		return end.Code == wire.CloseInternalError || end.Code == wire.CloseRateLimited || end.Code == 1013
	}
	return errors.Is(err, errGap) || errors.Is(err, errFrame)
}
