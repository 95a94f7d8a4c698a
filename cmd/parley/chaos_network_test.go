package main

import (
	"math/rand/v2"
	"net"
	"testing"
	"time"
)

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
	spoilt := []weather{
		{latency: 150 * time.Millisecond, jitter: 100 * time.Millisecond},
		{rate: 4 << 10},
		{lingers: 500 * time.Millisecond},
		{reset: 100 * time.Millisecond},
		{limit: 3000},
		{slice: 7},
		{swallows: true},
	}
	troubles := 0
	for range rounds(1, 6) {
		for _, i := range dice.Perm(len(spoilt)) {
			c.during(200 * time.Millisecond)
			c.rush.Store(true)
			l.spoil(spoilt[i])
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
