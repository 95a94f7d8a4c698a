package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// line is a network between people and the server that can be spoilt.
type line struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
}

// newLine takes a free port and hands on what comes there.
func newLine(t *testing.T, upstream string) *line {
	t.Helper()
	zerolog.SetGlobalLevel(zerolog.Disabled) // some of its parts write to the standard output
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	l := &line{t, toxiproxy.NewProxy(server, t.Name(), "127.0.0.1:0", upstream)}
	if err := l.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.proxy.Stop)
	return l
}

// address is where people connect.
func (l *line) address() string { return l.proxy.Listen }

// spoil adds a toxic, in both directions.
func (l *line) spoil(kind, attributes string) {
	l.t.Helper()
	for _, stream := range []string{"upstream", "downstream"} {
		text := fmt.Sprintf(`{"name": %q, "type": %q, "stream": %q, "attributes": {%s}}`, kind+"_"+stream, kind, stream, attributes)
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
			l.t.Fatalf("toxic %s: %v", text, err)
		}
	}
}

// heal removes all toxics.
func (l *line) heal() { l.proxy.Toxics.ResetToxics(l.t.Context()) }

// cut breaks all connections and lets nobody through until it is spliced.
func (l *line) cut() { l.proxy.Stop() }

func (l *line) splice() {
	l.t.Helper()
	if err := l.proxy.Start(); err != nil {
		l.t.Fatal(err)
	}
}

// TestABadNetworkLosesAndRepeatsNothing puts one trouble after the other on the
// line: latency, a trickle of bytes, connections that are reset or closed
// slowly, that end in the middle of a frame, that are half open (nothing comes
// through and nobody is told), and a line that is cut.
func TestABadNetworkLosesAndRepeatsNothing(t *testing.T) {
	lengthy(t)
	seed := chaosSeed(t)
	dice := rand.New(rand.NewPCG(seed, 0))
	s := newServer(t)
	s.start()
	s.serving()
	l := newLine(t, s.address)
	c := newCrowdAt(t, s, seed, l.address())
	spoilt := []struct{ kind, attributes string }{
		{"latency", `"latency": 150, "jitter": 100`},
		{"bandwidth", `"rate": 4`},
		{"slow_close", `"delay": 500`},
		{"reset_peer", `"timeout": 100`},
		{"limit_data", `"bytes": 3000`},
		{"slicer", `"average_size": 7, "size_variation": 3, "delay": 50`},
		{"timeout", `"timeout": 0`},
	}
	troubles := 0
	for range rounds(1, 6) {
		for _, i := range dice.Perm(len(spoilt)) {
			c.during(200 * time.Millisecond)
			c.rush.Store(true)
			l.spoil(spoilt[i].kind, spoilt[i].attributes)
			c.during(600 * time.Millisecond)
			c.rush.Store(false)
			l.heal()
			troubles++
		}
		l.cut()
		c.during(300 * time.Millisecond)
		l.splice()
		troubles++
	}
	f := c.settle(s)
	f.Troubles = troubles
	f.tell(t)
	if f.Resumed < 20 {
		t.Errorf("%d connections were resumed, expected at least 20: the line was too good", f.Resumed)
	}
}

// deaf is a connection of somebody who sends and never reads.
func deaf(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(2 << 10) // smaller is a hint, too
	}
}
