package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"github.com/parley-engine/parley/bench/socket"
	"github.com/parley-engine/parley/transport/wire"
)

// server is everybody who is connected, and the chats. One lock guards it all:
// what is done under it takes a few microseconds.
type server struct {
	names   map[string]string // of agents, by id
	journal journal
	wake    chan struct{} // something is in the next group

	mu     sync.Mutex
	next   *group
	peers  map[string]*peer // by subject
	agents []*peer          // who have signed in
	chats  map[string]*chat
	turn   int    // whom the next chat goes to
	at     []byte // the time of the batch at hand
}

// peer is one person's connection.
type peer struct {
	conn     net.Conn
	subject  string
	name     string
	initials string
	seq      int
	stream   string // of the journal, if that has streams
	records  uint64 // in it
	out      []byte // what he is told with the next group; starts with room for a header
}

// chat is what has to be known to tell about it.
type chat struct {
	id       string
	name     string // the customer's
	customer *peer
	owner    *peer
	said     int
	thread   []byte // its messages, as they stand in assigned
	wrapups  int
	stream   string // of the journal, if that has streams
	records  uint64 // in it
}

// newServer begins to write the journal. If that fails stop is told why.
func newServer(names map[string]string, j journal, stop context.CancelCauseFunc) *server {
	s := &server{names: names, journal: j, wake: make(chan struct{}, 1), next: &group{}, peers: map[string]*peer{}, chats: map[string]*chat{}}
	done := make(chan *group, 1)
	go func() { stop(s.commit(done)) }()
	go tell(done)
	return s
}

const (
	// fewFiles may be open in any process of any system that this runs on.
	fewFiles = 1024
	// journalFiles are kept for the journal: offered more than it can do, a server
	// has more connections than files.
	journalFiles = fewFiles / 2
)

// serve takes connections until ctx is done, which closes the listener. When
// there is no room for more, whoever knocks waits.
func (s *server) serve(ctx context.Context, l net.Listener) error {
	context.AfterFunc(ctx, func() { l.Close() })
	room := make(chan struct{}, max(openFiles()-journalFiles, 1))
	for {
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer func() { conn.Close(); <-room }()
			_ = s.attend(conn) // a person who leaves is no error
		}()
	}
}

// attend upgrades a connection and obeys it until it ends.
func (s *server) attend(conn net.Conn) error {
	up := ws.Upgrader{Protocol: func(p []byte) bool { return string(p) == wire.Subprotocol }}
	if _, err := up.Upgrade(conn); err != nil {
		return err
	}
	in := bufio.NewReaderSize(conn, 4<<10)
	var me *peer
	var message []byte
	for {
		var err error
		if message, err = read(in, message[:0]); err != nil {
			return err
		}
		s.mu.Lock()
		s.at = time.Now().UTC().AppendFormat(s.at[:0], "2006-01-02T15:04:05.000Z")
		for line := range bytes.SplitSeq(message, []byte{'\n'}) {
			if me == nil {
				if me, err = s.hello(conn, line); err != nil {
					break
				}
				continue
			}
			s.obey(me, line)
		}
		s.mu.Unlock()
		if err != nil {
			return err
		}
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// errClosed is a peer that says that it leaves.
var errClosed = errors.New("closed")

// read is the next text message of a client, appended to the room.
func read(in *bufio.Reader, room []byte) ([]byte, error) {
	for {
		h, err := ws.ReadHeader(in)
		if err != nil {
			return nil, err
		}
		if h.Length > wire.MaxMessageBytes {
			return nil, fmt.Errorf("a message of %d bytes", h.Length)
		}
		from := len(room)
		room = append(room, make([]byte, h.Length)...)
		if _, err := io.ReadFull(in, room[from:]); err != nil {
			return nil, err
		}
		ws.Cipher(room[from:], h.Mask, 0)
		switch {
		case h.OpCode == ws.OpClose:
			return nil, errClosed
		case h.OpCode.IsControl():
			room = room[:from]
		case h.Fin:
			return room, nil
		}
	}
}

// hello takes a person's word for who he is.
func (s *server) hello(conn net.Conn, line []byte) (*peer, error) {
	token := socket.Text(socket.In(line, "token"))
	parts := bytes.Split(token, []byte{'.'})
	if len(parts) != 3 {
		return nil, fmt.Errorf("hello without a token: %q", line)
	}
	raw, err := base64.RawURLEncoding.AppendDecode(nil, parts[1])
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	var claims struct{ Sub, Role string }
	if err := json.Unmarshal(raw, &claims); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	p := &peer{conn: conn, subject: claims.Sub, name: s.names[claims.Sub], stream: "agent/" + claims.Sub}
	if p.name != "" {
		p.initials = p.name[:1] + p.name[len(p.name)-1:]
	}
	s.peers[p.subject] = p
	s.to(p, `{"type":"welcome","epoch":"floor","seq":0,"resumed":false}`)
	s.to(p, `{"type":"snapshot","seq":0,"chats":[]}`)
	return p, nil
}

// open sees to it that somebody is told with the next group. The lock is held.
func (s *server) open(p *peer) {
	if p.out == nil {
		s.next.told = append(s.next.told, p)
		p.out = make([]byte, messageHead, 1<<10)
	}
}

// to tells somebody a frame that is put together from its parts. The lock is
// held.
func (s *server) to(p *peer, parts ...string) {
	s.open(p)
	for _, part := range parts {
		p.out = append(p.out, part...)
	}
	p.out = append(p.out, '\n')
}

// event tells somebody an event with the next number of his. The lock is held.
func (s *server) event(p *peer, kind string, parts ...string) {
	s.open(p)
	p.seq++
	p.out = append(p.out, `{"type":"`...)
	p.out = append(p.out, kind...)
	p.out = append(p.out, `","seq":`...)
	p.out = strconv.AppendInt(p.out, int64(p.seq), 10)
	p.out = append(p.out, `,"at":"`...)
	p.out = append(p.out, s.at...)
	p.out = append(p.out, `",`...)
	s.to(p, parts...)
}
