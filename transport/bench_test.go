package transport

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

const benchFrame = `{"type":"send","id":"0192f0a1-7c3e-7def-8123-456789abcdef","chat":"0192f0a1-7c3e-7def-8123-456789abcdef","text":"Where is my parcel, please?"}`

// BenchmarkCommand is a command and its answer over a real connection, against
// an engine that answers at once. cpu-µs/op is of client and server together;
// BenchmarkBareEcho is the same without an edge.
func BenchmarkCommand(b *testing.B) {
	auth, err := NewAuth(b.Context(), AuthOptions{Secret: secret})
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(Options{Engine: instant{}, Auth: auth, TrustLoopback: true, Config: sync.OnceValue(testConfig),
		Desk: RoleLimits{PerSecond: 1 << 30, Burst: 1 << 30, Sessions: benchConns, InboundBytes: 1 << 40, InboundFrames: 1 << 30}})
	if err != nil {
		b.Fatal(err)
	}
	token, err := MintDev(secret, acd.RoleAgent, "alice", "", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	echoes(b, s.Handler(), `{"type":"hello","token":"`+token+`"}`)
}

func BenchmarkBareEcho(b *testing.B) {
	echoes(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
		if err != nil {
			return
		}
		for {
			kind, data, err := ws.Read(context.Background())
			if err != nil || ws.Write(context.Background(), kind, data) != nil {
				return
			}
		}
	}), "")
}

// benchConns is how many peers talk at once.
const benchConns = 32

// echoes sends the frame and reads what comes back, b.N times, by clients that
// cost next to nothing.
func echoes(b *testing.B, h http.Handler, hello string) {
	srv := httptest.NewServer(h)
	defer srv.Close()
	frame := masked(benchFrame)
	var done sync.WaitGroup
	start := make(chan struct{})
	for i := range benchConns {
		c, r := dialBench(b, srv.Listener.Addr().String())
		defer func() { _ = c.Close() }()
		if hello != "" {
			if err := exchange(c, r, masked(hello)); err != nil {
				b.Fatal(err)
			}
		}
		done.Go(func() {
			<-start
			for range (b.N + i) / benchConns {
				if err := exchange(c, r, frame); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	b.ReportAllocs()
	before := cpu()
	b.ResetTimer()
	close(start)
	done.Wait()
	b.StopTimer()
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

func dialBench(b *testing.B, address string) (net.Conn, *bufio.Reader) {
	c, r, err := dialRaw(address, "")
	if err != nil {
		b.Fatal(err)
	}
	return c, r
}

// dialRaw opens a websocket by hand.
func dialRaw(address, query string) (net.Conn, *bufio.Reader, error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, nil, err
	}
	request := "GET /v1/ws" + query + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: parley.v1\r\n\r\n"
	if _, err := c.Write([]byte(request)); err != nil {
		return nil, nil, err
	}
	r := bufio.NewReader(c)
	for line := ""; line != "\r\n"; {
		if line, err = r.ReadString('\n'); err != nil {
			return nil, nil, err
		}
	}
	return c, r, nil
}

// exchange writes a frame and skips the one that comes back.
func exchange(c net.Conn, r *bufio.Reader, frame []byte) error {
	if _, err := c.Write(frame); err != nil {
		return err
	}
	head, err := r.Peek(2)
	if err != nil {
		return err
	}
	skip := 2 + int(head[1])
	if head[1] == 126 {
		if head, err = r.Peek(4); err != nil {
			return err
		}
		skip = 4 + int(head[2])<<8 + int(head[3])
	}
	_, err = r.Discard(skip)
	return err
}

// masked is a text frame of a client, under the mask of zeros.
func masked(text string) []byte {
	head := []byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}
	if len(text) > 125 {
		head = []byte{0x81, 0x80 | 126, byte(len(text) >> 8), byte(len(text)), 0, 0, 0, 0}
	}
	return append(head, text...)
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// instant is an engine that answers every command at once.
type instant struct{}

type instantSession struct {
	Session
	mu    sync.Mutex
	ready []actors.Delivery
	wake  func()
}

var taken = &actors.Answer{Result: acd.Result{MessageSeq: 7}}

func (instant) Ready() error { return nil }

func (instant) Open(_ context.Context, h actors.Hello) (Session, actors.Welcome, error) {
	return &instantSession{wake: h.Wake}, actors.Welcome{Session: "s", Epoch: "e", Resumed: true}, nil
}

func (s *instantSession) Do(id string, _ uint64, _ acd.Address, _ acd.Command) {
	s.mu.Lock()
	s.ready = append(s.ready, actors.Delivery{Re: id, Answer: taken})
	s.mu.Unlock()
	s.wake()
}

func (s *instantSession) Next(buf []actors.Delivery) []actors.Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	buf = append(buf, s.ready...)
	s.ready = s.ready[:0]
	return buf
}

func (s *instantSession) Close(string) {}
