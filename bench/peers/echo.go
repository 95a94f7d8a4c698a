package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// echo is the floor of a message over websockets: a process that does nothing
// but take the frame of a send, answer its ok and write the message's frame to
// both ends, all three as long as Parley's. Nothing is parsed, kept or ordered.
type echo struct{}

// The frames of Parley, as long as they are in a talk.
const (
	echoOk    = `{"type":"ok","re":"c-1048576","message_seq":1048576}`
	echoEvent = `{"type":"message","seq":1048576,"at":"2026-01-05T08:00:00.000Z","chat":"01hzy7k2m4n6p8q0","message_seq":1048576,"author":{"kind":"customer","id":"customer","name":"Customer"},"text":"","to":"all","sent_at":"2026-01-05T08:00:00.000Z"}`
	echoSend  = `{"type":"send","id":"c-1048576","chat":"01hzy7k2m4n6p8q0","text":""}`
)

// stretched puts the text into a frame.
func stretched(frame, text string) []byte {
	return bytes.Replace([]byte(frame), []byte(`"text":""`), []byte(`"text":"`+text+`"`), 1)
}

// serveEcho is the server's process.
func serveEcho() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, l.Addr())
	var s echoServer
	return (&http.Server{Handler: &s, ReadHeaderTimeout: patience}).Serve(l)
}

type echoServer struct {
	mu    sync.Mutex
	pairs map[string][]*websocket.Conn
}

func (s *echoServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow()
	pair := r.URL.Path
	s.mu.Lock()
	if s.pairs == nil {
		s.pairs = map[string][]*websocket.Conn{}
	}
	s.pairs[pair] = append(s.pairs[pair], c)
	s.mu.Unlock()
	ctx := r.Context()
	var event []byte
	for {
		_, frame, err := c.Read(ctx)
		if err != nil {
			return
		}
		if text := len(frame) - len(echoSend); len(event) != len(echoEvent)+text {
			event = stretched(echoEvent, strings.Repeat("x", max(text, 0)))
		}
		if c.Write(ctx, websocket.MessageText, []byte(echoOk)) != nil {
			return
		}
		s.mu.Lock()
		both := s.pairs[pair]
		s.mu.Unlock()
		for _, other := range both {
			if other.Write(ctx, websocket.MessageText, event) != nil {
				return
			}
		}
	}
}

// Talk implements talker.
func (echo) Talk(ctx context.Context, dir string, load Talk) (run, error) {
	p, address, err := self(ctx, dir, "serve", "echo")
	if err != nil {
		return nil, err
	}
	reading, stop := context.WithCancel(context.Background())
	shut := func() { stop(); p.Close() }
	ends := make([][2]end, load.Pairs)
	for n := range ends {
		for side := range 2 {
			c, _, err := websocket.Dial(ctx, fmt.Sprintf("ws://%s/%d", address, n), nil)
			if err != nil {
				shut()
				return nil, err
			}
			e := &echoEnd{ear: newEar(), conn: c, acked: make(chan struct{}, 1)}
			go e.read(reading)
			ends[n][side] = e
		}
	}
	return talk(load, ends, p.Usage, shut), nil
}

type echoEnd struct {
	ear
	conn  *websocket.Conn
	acked chan struct{}
	own   sync.Mutex
	said  int // own texts whose event has not come yet
}

func (e *echoEnd) read(ctx context.Context) {
	for {
		_, frame, err := e.conn.Read(ctx)
		if err != nil {
			return
		}
		switch {
		case bytes.HasPrefix(frame, []byte(`{"type":"ok"`)):
			e.acked <- struct{}{}
		case e.mine():
		default:
			e.hears()
		}
	}
}

// mine takes one event off those of own texts.
func (e *echoEnd) mine() bool {
	e.own.Lock()
	defer e.own.Unlock()
	if e.said == 0 {
		return false
	}
	e.said--
	return true
}

// Say implements end.
func (e *echoEnd) Say(ctx context.Context, text string) error {
	e.own.Lock()
	e.said++
	e.own.Unlock()
	if err := e.conn.Write(ctx, websocket.MessageText, stretched(echoSend, text)); err != nil {
		return err
	}
	return wait(ctx, e.acked)
}

// wait waits for an acknowledgement.
func wait(ctx context.Context, acked <-chan struct{}) error {
	select {
	case <-acked:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return fmt.Errorf("no acknowledgement within %v", patience)
	}
}
