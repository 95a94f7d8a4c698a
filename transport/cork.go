package transport

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"
)

// errFlood is what the websocket library gets to read once its peer has sent
// more than he may.
var errFlood = errors.New("transport: more bytes or frames than allowed")

// corkedConn lies between the websocket library and the network. The library
// reads, and writes control frames; the messages of the outbox go past it, whole
// and many in one system call. What is read is counted, since the library would
// take a hundred thousand empty frames for one message without a word.
type corkedConn struct {
	net.Conn
	raw     syscall.RawConn // nil where there is no socket to ask
	timeout time.Duration   // of one write

	mu     sync.Mutex
	closed bool // our close frame is out, nothing may follow

	// Of the reading goroutine.
	arrival arrival
	meter   meter
	flooded bool
}

func newCorkedConn(c net.Conn, timeout time.Duration, m meter) *corkedConn {
	cork := &corkedConn{Conn: c, timeout: timeout, meter: m}
	if s, ok := c.(syscall.Conn); ok {
		cork.raw, _ = s.SyscallConn() // without it each write may wait
	}
	return cork
}

// send writes whole messages. What the network does not take at once is waited
// for, while another writer has the caller's place.
func (c *corkedConn) send(a *attempt, p []byte, w *writers) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	if c.raw != nil {
		n, err := a.write(c.raw, p)
		if p = p[n:]; err != nil || len(p) == 0 {
			return err
		}
	}
	w.block()
	defer w.unblock()
	_, err := c.writeNow(p)
	return err
}

// writeNow gives each write that may wait a deadline of its own, and takes it
// away again: one that has passed would end the next write before it began.
func (c *corkedConn) writeNow(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	if err != nil {
		return n, err
	}
	return n, c.SetWriteDeadline(time.Time{})
}

// Write implements net.Conn, for the library's control frames.
func (c *corkedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(p) > 0 && p[0] == finalClose {
		c.closed = true
	}
	return c.writeNow(p)
}

// text returns the next message if it has come whole in one frame and the library
// has read nothing of what follows the one before; size 0 if not. It is valid
// until arrival.skip of its size.
func (c *corkedConn) text(library *bufio.Reader) (text []byte, size int, err error) {
	if c.flooded || library.Buffered() > 0 || !c.meter.between() {
		return nil, 0, nil
	}
	text, size = c.arrival.text()
	if size > 0 && !c.meter.spend(size, 1) {
		c.flooded = true
		return nil, 0, errFlood
	}
	return text, size, nil
}

// Read implements net.Conn. After a flood it only drains, so that the close
// frame is not lost to a reset.
func (c *corkedConn) Read(p []byte) (int, error) {
	for {
		n, err := c.readArrival(p)
		switch {
		case c.flooded && err == nil:
			continue
		case n > 0 && !c.flooded && !c.meter.take(p[:n]):
			c.flooded = true
			return 0, errFlood
		}
		return n, err
	}
}

func (c *corkedConn) readArrival(p []byte) (int, error) {
	if len(c.arrival.left) == 0 {
		return c.Conn.Read(p)
	}
	return c.arrival.next(p), nil
}

// meter counts the bytes and frames of one peer against what he may send. It
// follows the frames' headers; a peer who breaks the framing is thrown out by
// the library.
type meter struct {
	bytes, frames *rate.Limiter

	head    [14]byte // of the frame that is arriving
	got     int      // bytes of it
	payload uint64   // bytes that are still to come
}

func newMeter(bytes, frames int) meter {
	return meter{
		bytes:  rate.NewLimiter(rate.Limit(bytes)/4, bytes),
		frames: rate.NewLimiter(rate.Limit(frames)/4, frames),
	}
}

// take reports whether p is still within the limits.
func (m *meter) take(p []byte) bool { return m.spend(len(p), m.count(p)) }

// spend reports whether so many more bytes and frames are within the limits.
func (m *meter) spend(bytes, frames int) bool {
	now := time.Now()
	return m.bytes.AllowN(now, bytes) && (frames == 0 || m.frames.AllowN(now, frames))
}

// between reports whether the next byte begins a frame.
func (m *meter) between() bool { return m.got == 0 && m.payload == 0 }

// count returns how many frames begin in p.
func (m *meter) count(p []byte) (frames int) {
	for len(p) > 0 {
		if m.payload > 0 {
			skip := min(m.payload, uint64(len(p)))
			p, m.payload = p[skip:], m.payload-skip
			continue
		}
		if m.got == 0 {
			frames++
		}
		m.head[m.got] = p[0]
		m.got++
		p = p[1:]
		if m.got >= 2 && m.got == headLen(m.head[1]) {
			m.payload, m.got = payloadLen(m.head[:]), 0
		}
	}
	return frames
}

// headLen is how long a frame's header is, by its second byte.
func headLen(second byte) int {
	n := 2
	switch second & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if second&0x80 != 0 {
		n += 4
	}
	return n
}

func payloadLen(head []byte) (n uint64) {
	extra := 0
	switch n = uint64(head[1] & 0x7f); n {
	case 126:
		n, extra = 0, 2
	case 127:
		n, extra = 0, 8
	}
	for _, b := range head[2 : 2+extra] {
		n = n<<8 | uint64(b)
	}
	return n
}

// allow replaces the limits, once it is known who the peer is.
func (m *meter) allow(l *RoleLimits) {
	fresh := newMeter(l.InboundBytes, l.InboundFrames)
	m.bytes, m.frames = fresh.bytes, fresh.frames
}
