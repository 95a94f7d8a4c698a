package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// conn is one websocket. Its reader owns it; see the package's comment.
type conn struct {
	server *Server
	ws     *websocket.Conn
	net    *corkedConn
	reader *bufio.Reader // what the library has read ahead
	addr   netip.Addr
	bearer string // of the handshake, until hello

	// Set by hello, once, before anybody but the reader can need them.
	who     acd.Principal
	limits  *RoleLimits
	person  *person
	session Session
	name    string // of the session, for logs

	// Of the reader alone.
	bad     window
	strikes strikes
	// rateNoted is when the audit trail was last told that it is too fast.
	rateNoted time.Time

	out        outbox
	beat       pulse
	unanswered atomic.Int32
	believed   atomic.Pointer[Identity] // what the last token said; nil before hello
	opened     atomic.Pointer[opened]
	greeted    atomic.Bool  // hello has been answered with welcome
	dismissed  atomic.Bool  // goodbye has been said
	leaving    atomic.Bool  // closes as soon as nothing is unanswered
	heard      atomic.Int64 // when the last frame came, Unix nanoseconds
	cause      atomic.Int32 // the close code that we have decided on
}

func newConn(s *Server, ws *websocket.Conn, thin *thinWriter, addr netip.Addr) *conn {
	c := &conn{server: s, ws: ws, net: thin.conn, reader: thin.reader, addr: addr, limits: &s.options.Customer}
	c.out.init(c)
	ws.SetReadLimit(wire.MaxHelloBytes)
	return c
}

// shut decides that the connection ends with this code. The first decision
// counts; the reader carries it out.
func (c *conn) shut(code wire.CloseCode) {
	if c.cause.CompareAndSwap(0, int32(code)) {
		_ = c.net.SetReadDeadline(time.Unix(1, 0)) // wakes the reader; if it fails he is awake already
	}
}

// log says whose connection it is. It is made when it is needed, which is seldom.
func (c *conn) log() *slog.Logger {
	if c.name == "" {
		return c.server.options.Log
	}
	return c.server.options.Log.With("session", c.name, "role", string(c.who.Role), "principal", c.who.ID)
}

func (c *conn) closing() bool { return c.cause.Load() != 0 }

// serve is the reader's life.
func (c *conn) serve() {
	c.beat.start(c)
	var err error
	for err == nil && !c.closing() {
		if err = c.net.await(c.reader); err == nil {
			err = c.next()
		}
	}
	c.end(err)
}

var messages = sync.Pool{New: func() any { b := make([]byte, 0, 1<<10); return &b }}

// next takes one websocket message and does what its frames ask for.
func (c *conn) next() error {
	text, size, err := c.net.text(c.reader)
	switch {
	case err != nil:
		return err
	case size == 0:
		return c.read()
	}
	c.message(text)
	c.net.arrival.skip(size)
	return nil
}

// read takes a message by way of the library, which reports one that the network
// cut off as complete; what is cut is never a whole JSON value, and so never a
// frame.
func (c *conn) read() error {
	kind, r, err := c.ws.Reader(context.Background())
	if err != nil {
		return err
	}
	if kind != websocket.MessageText {
		c.shut(wire.CloseCode(websocket.StatusUnsupportedData))
		return nil
	}
	buf := messages.Get().(*[]byte)
	defer messages.Put(buf)
	if *buf, err = readAll((*buf)[:0], r); err != nil {
		return err
	}
	c.message(*buf)
	return nil
}

// message does what the frames of a message ask for, and keeps none of it.
func (c *conn) message(text []byte) {
	c.heard.Store(time.Now().UnixNano())
	if bytes.IndexByte(text, '\n') < 0 {
		c.frame(wire.Decode(text))
	} else {
		c.frames(text)
	}
}

// frames does what each of several frames asks for.
func (c *conn) frames(message []byte) {
	for cmd, bad := range wire.DecodeBatch(message, wire.Bounds{}) {
		c.frame(cmd, bad)
		if c.closing() {
			return
		}
	}
}

func (c *conn) frame(cmd wire.Command, bad *wire.Error) {
	c.server.metrics.framesIn.Inc()
	if bad != nil {
		c.refuseBad(bad)
		return
	}
	c.take(cmd)
}

// readAll is io.ReadAll into a buffer that is there already.
func readAll(buf []byte, r io.Reader) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

// refuseBad answers a frame that is none; too many of them end it.
func (c *conn) refuseBad(e *wire.Error) {
	c.refuse(e)
	if c.bad.add(time.Now()) >= c.server.options.BadFrames {
		c.shut(wire.CloseProtocolError)
	}
}

func (c *conn) refuse(e *wire.Error) {
	c.server.metrics.refusal(e.Code)
	c.out.push(e)
}

// wake is the engine's call: there is something to send.
func (c *conn) wake() { c.out.wake() }

// evict is the engine's call: it wants the session gone.
func (c *conn) evict(reason actors.EvictReason) {
	switch reason {
	case actors.EvictSlow:
		c.shut(wire.CloseSlowConsumer)
	case actors.EvictSignedOut:
		c.shut(wire.CloseSignedOut)
	case actors.EvictReplaced:
		c.shut(wire.CloseReplaced)
	case actors.EvictStopping:
		c.shut(wire.CloseGoingAway)
	default:
		c.shut(wire.CloseInternalError)
	}
}

// end is the one way out: the session hears of it first, then the peer.
func (c *conn) end(err error) {
	code, ours := c.verdict(err)
	c.beat.stop()
	text := closeText(code)
	if c.session != nil {
		why := ""
		if ours {
			why = text
		}
		c.session.Close(why)
	}
	c.server.people.signOut(c)
	c.server.metrics.closed(c.role(), code)
	c.out.close(ours && code != wire.CloseSlowConsumer)
	if !ours || code == wire.CloseSlowConsumer {
		_ = c.ws.CloseNow() // nobody reads what we could say
	} else {
		_ = c.net.SetReadDeadline(time.Now().Add(c.server.options.CloseLinger))
		_ = c.ws.Close(websocket.StatusCode(code), text) // fails when the peer has gone meanwhile
	}
	c.server.addresses.leave(c.addr)
	c.server.people.remove(c)
	c.log().Debug("connection closed", "code", int(code), "by_us", ours)
}

// role is that of the session, empty before there is one.
func (c *conn) role() acd.Role {
	if c.session == nil {
		return ""
	}
	return c.who.Role
}

// verdict is with which code the connection ends, and whether that was our
// decision.
func (c *conn) verdict(err error) (code wire.CloseCode, ours bool) {
	if code := wire.CloseCode(c.cause.Load()); code != 0 {
		return code, code != closeGone
	}
	var network net.Error
	status := websocket.CloseStatus(err)
	switch {
	case status != -1:
		return wire.CloseCode(status), false
	case errors.Is(err, errFlood):
		return wire.CloseRateLimited, true
	case errors.Is(err, websocket.ErrMessageTooBig):
		return wire.CloseCode(websocket.StatusMessageTooBig), true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, net.ErrClosed), errors.As(err, &network):
		return closeGone, false
	}
	return wire.CloseCode(websocket.StatusProtocolError), true
}

// closeGone is the end of a connection without a word from the peer.
const closeGone = wire.CloseCode(websocket.StatusAbnormalClosure)

func closeText(code wire.CloseCode) string {
	if text := code.Text(); text != "" {
		return text
	}
	switch websocket.StatusCode(code) {
	case websocket.StatusUnsupportedData:
		return "text frames only"
	case websocket.StatusMessageTooBig:
		return "message too big"
	case websocket.StatusProtocolError:
		return "websocket protocol error"
	}
	return ""
}
