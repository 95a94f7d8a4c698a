package transport

import (
	"bufio"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/transport/wire"
)

const (
	// readBuffer and writeBuffer are what a connection holds for ever. The
	// first takes headers alone: what has come lies in an arrival's room, and the
	// library reads texts past it. The second is as large as the largest control
	// frame, so that one of the reader's can never be cut in two by the writer's.
	readBuffer  = 64
	writeBuffer = 132
	// kernelBuffer bounds what the system keeps for a peer who does not read.
	kernelBuffer = 32 << 10
)

// serveWS is GET /v1/ws. It returns as soon as the websocket is open: what the
// HTTP server holds for a request is freed, and the connection reads in a
// goroutine of its own.
func (s *Server) serveWS(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		s.refuse(w, "draining", http.StatusServiceUnavailable, 1)
		return
	}
	if err := s.options.Engine.Ready(); err != nil {
		s.refuse(w, "not_ready", http.StatusServiceUnavailable, 1)
		return
	}
	if !s.originAllowed(r) {
		s.refuse(w, "origin", http.StatusForbidden, 0)
		return
	}
	if s.options.Busy() && !s.trickle.Allow() {
		s.refuse(w, "overloaded", http.StatusServiceUnavailable, 1)
		return
	}
	if !s.people.enter(s.options.MostConnections) {
		s.refuse(w, "full", http.StatusServiceUnavailable, 1)
		return
	}
	addr := remoteAddr(r.RemoteAddr)
	if wait, ok := s.addresses.enter(addr); !ok {
		s.people.leave()
		s.refuse(w, "address", http.StatusTooManyRequests, wait)
		return
	}
	thin := &thinWriter{ResponseWriter: w, options: &s.options}
	ws, err := websocket.Accept(thin, r, &websocket.AcceptOptions{
		Subprotocols:       []string{wire.Subprotocol},
		InsecureSkipVerify: true, // originAllowed has looked
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		s.addresses.leave(addr)
		s.people.leave()
		s.metrics.refused("handshake")
		return
	}
	c := newConn(s, ws, thin, addr)
	c.bearer = bearer(r.Header.Get("Authorization"))
	if !s.people.add(c) { // a drain has begun meanwhile
		c.shut(wire.CloseDrain)
	}
	if ws.Subprotocol() != wire.Subprotocol {
		c.shut(wire.CloseUnsupportedSubprotocol)
	}
	go c.serve()
}

// refuse answers before there is a websocket. A browser's page cannot see why.
func (s *Server) refuse(w http.ResponseWriter, reason string, status, retryAfter int) {
	s.metrics.refused(reason)
	if retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	http.Error(w, strings.ToLower(http.StatusText(status))+": "+reason, status)
}

// thinWriter hands the websocket library a connection with small buffers, which
// gathers and counts.
type thinWriter struct {
	http.ResponseWriter
	options *Options
	conn    *corkedConn
	reader  *bufio.Reader // the library's
}

// Hijack implements http.Hijacker.
func (t *thinWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	if tcp, ok := c.(interface{ SetWriteBuffer(int) error }); ok {
		_ = tcp.SetWriteBuffer(kernelBuffer) // a hint, the write deadline is what protects us
	}
	limits := &t.options.Customer // until hello says more
	t.conn = newCorkedConn(c, t.options.WriteTimeout, newMeter(limits.InboundBytes, limits.InboundFrames))
	if early, _ := rw.Reader.Peek(rw.Reader.Buffered()); len(early) > 0 { // a peer who was quick to say hello
		t.conn.arrival.left = append([]byte(nil), early...)
	}
	t.reader = bufio.NewReaderSize(t.conn, readBuffer)
	return t.conn, bufio.NewReadWriter(t.reader, bufio.NewWriterSize(t.conn, writeBuffer)), nil
}

// originAllowed holds a browser page's origin against the list, or against the
// host that it has called where nothing else is listed or the pages are ours.
// Who is no browser sends none.
func (s *Server) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if (len(s.options.Origins) == 0 || s.pages != nil) && strings.EqualFold(u.Host, r.Host) {
		return true // a page of this server's own
	}
	for _, pattern := range s.options.Origins {
		if ok, _ := path.Match(strings.ToLower(pattern), strings.ToLower(origin)); ok {
			return true
		}
	}
	return false
}

// bearer is the token of an Authorization header, empty if it has none.
func bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// remoteAddr is whom a limit by address counts: the address, and of IPv6 the
// network that one customer of a provider usually has to himself.
func remoteAddr(hostport string) netip.Addr {
	ap, err := netip.ParseAddrPort(hostport)
	if err != nil {
		return netip.Addr{}
	}
	addr := ap.Addr().Unmap().WithZone("")
	if addr.Is6() && !addr.IsLoopback() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}
