// Package socket is the cheap half of a client: websocket messages in and out,
// and the few fields of a frame that a load generator needs, without decoding
// the rest. What it costs is taken from the server under test, since both share
// a machine.
package socket

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"github.com/parley-engine/parley/transport/wire"
)

const (
	// maxFrames and maxBytes are what a server takes in one message.
	maxFrames = 64
	maxBytes  = wire.MaxMessageBytes
	// readBuffer of a connection; a longer message is read around it.
	readBuffer = 4 << 10
	dialLimit  = 15 * time.Second
)

// Closed is a connection that the server ended with a code.
type Closed struct {
	Code   int
	Reason string
}

// Error is the code and the server's words.
func (c *Closed) Error() string { return fmt.Sprintf("closed with %d: %s", c.Code, c.Reason) }

// Socket is one websocket. Read belongs to one goroutine; Queue and Flush may
// be called from any.
type Socket struct {
	conn    net.Conn
	reader  *bufio.Reader
	message []byte
	scratch [ws.MaxHeaderSize]byte // of headers

	mu     sync.Mutex
	out    []byte // whole messages, but for the header of the last one
	open   int    // where the last message begins, -1 for none
	frames int    // in it
	spare  []byte

	writing sync.Mutex // held over a write, so that messages keep their order
}

// Dial opens a websocket that speaks parley.v1.
func Dial(ctx context.Context, url string) (*Socket, error) {
	dialer := ws.Dialer{Protocols: []string{wire.Subprotocol}, Timeout: dialLimit, ReadBufferSize: readBuffer, WriteBufferSize: 1 << 10}
	why := ""
	dialer.OnStatusError = func(_ int, _ []byte, answer io.Reader) { why = reason(answer) }
	conn, early, _, err := dialer.Dial(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w%s", url, err, why)
	}
	reader := early
	if reader == nil {
		reader = bufio.NewReaderSize(conn, readBuffer)
	}
	return &Socket{conn: conn, reader: reader, open: -1}, nil
}

// Busy reports whether a dial failed because the server has no room just now.
func Busy(err error) bool {
	var status ws.StatusError
	return errors.As(err, &status) && status == http.StatusServiceUnavailable
}

// reason is what a server says to somebody whom it does not let in.
func reason(answer io.Reader) string {
	resp, err := http.ReadResponse(bufio.NewReader(answer), nil)
	if err != nil {
		return "" // the status has been told
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 200))
	if err != nil || len(text) == 0 {
		return ""
	}
	return fmt.Sprintf(": %q", bytes.TrimSpace(text))
}

// Close cuts the connection without a word, as a broken network does.
func (s *Socket) Close() { _ = s.conn.Close() }

// Buffered reports whether more has come already than Read has returned.
func (s *Socket) Buffered() bool { return s.reader.Buffered() > 0 }

// Read is the next text message; it is valid until the next call. Control
// frames are answered on the way. A close is a *Closed.
func (s *Socket) Read() ([]byte, error) {
	s.message = s.message[:0]
	for {
		h, err := ws.ReadHeaderBuffer(s.reader, s.scratch[:])
		if err != nil {
			return nil, err
		}
		if h.Length > 64<<20 || h.Masked {
			return nil, fmt.Errorf("a frame of %d bytes, masked %t", h.Length, h.Masked)
		}
		start := len(s.message)
		if need := start + int(h.Length); need > cap(s.message) {
			grown := make([]byte, start, max(need, 2*cap(s.message), 1<<10))
			copy(grown, s.message)
			s.message = grown
		}
		body := s.message[start : start+int(h.Length)]
		if _, err := io.ReadFull(s.reader, body); err != nil {
			return nil, err
		}
		if h.OpCode.IsControl() {
			if err := s.control(h.OpCode, body); err != nil {
				return nil, err
			}
			continue
		}
		s.message = s.message[:start+len(body)]
		if h.Fin {
			return s.message, nil
		}
	}
}

func (s *Socket) control(op ws.OpCode, body []byte) error {
	switch op {
	case ws.OpClose:
		code, reason := ws.ParseCloseFrameData(body)
		return &Closed{Code: int(code), Reason: reason}
	case ws.OpPing:
		return s.write(ws.MustCompileFrame(ws.MaskFrame(ws.NewPongFrame(body))))
	}
	return nil
}

// header is the length of a client's header for a message of 126 bytes to 64
// KiB; room for it is kept in front of every message.
const header = 8

// Queue adds a frame to what the next Flush writes. Frames share a message as
// far as the server takes that.
func (s *Socket) Queue(frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open >= 0 && (s.frames >= maxFrames || len(s.out)-s.open-header+1+len(frame) > maxBytes) {
		s.seal()
	}
	if s.open < 0 {
		s.open, s.frames = len(s.out), 0
		s.out = append(s.out, make([]byte, header)...)
	} else {
		s.out = append(s.out, '\n')
	}
	s.out = append(s.out, frame...)
	s.frames++
}

// seal writes the header of the last message. The masking key is zero, which
// saves masking: there is no proxy to protect between here and the server.
// RFC 6455 wants the shortest form of a length.
func (s *Socket) seal() {
	n := len(s.out) - s.open - header
	h := s.out[s.open : s.open+header]
	h[0] = 0x80 | byte(ws.OpText)
	if n < 126 {
		copy(s.out[s.open+6:], s.out[s.open+header:])
		s.out = s.out[:len(s.out)-2]
		h[1] = 0x80 | byte(n)
		clear(h[2:6])
	} else {
		h[1] = 0x80 | 126
		binary.BigEndian.PutUint16(h[2:], uint16(n))
		clear(h[4:8])
	}
	s.open = -1
}

// Flush writes what is queued, in one call to the kernel.
func (s *Socket) Flush() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	if s.open >= 0 {
		s.seal()
	}
	out := s.out
	s.out, s.spare = s.spare[:0], nil
	s.mu.Unlock()
	if len(out) == 0 {
		s.mu.Lock()
		s.spare = out
		s.mu.Unlock()
		return nil
	}
	_, err := s.conn.Write(out)
	s.mu.Lock()
	s.spare = out
	s.mu.Unlock()
	return err
}

func (s *Socket) write(frame []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.conn.Write(frame)
	return err
}

// Code is the close code of an error of Read, 1006 if there was none.
func Code(err error) int {
	if c := new(Closed); errors.As(err, &c) {
		return c.Code
	}
	return 1006
}
