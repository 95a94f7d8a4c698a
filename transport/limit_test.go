package transport

import (
	"net/netip"
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestAnAddressHasSoManyConnectionsAndItsPlaceBackWhenOneEnds(t *testing.T) {
	a := newAddresses(&Options{Address: AddressLimits{Connections: 2, PerSecond: 1000, Burst: 1000}})
	here, there := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for n := range 2 {
		if _, ok := a.enter(here); !ok {
			t.Fatalf("connection %d was refused, expected 2 to be let in", n+1)
		}
	}
	if wait, ok := a.enter(here); ok || wait == 0 {
		t.Errorf("the third connection: let in %t, to come back after %d s; expected a refusal and a time", ok, wait)
	}
	if _, ok := a.enter(there); !ok {
		t.Error("another address was refused")
	}
	a.leave(here)
	if _, ok := a.enter(here); !ok {
		t.Error("a connection has ended, and its place was not given again")
	}
}

func TestWhomTheEngineSendsAwayLearnsWhyFromTheCloseCode(t *testing.T) {
	for reason, code := range map[actors.EvictReason]wire.CloseCode{
		actors.EvictSignedOut: wire.CloseSignedOut, actors.EvictStopping: wire.CloseGoingAway,
	} {
		e := onLoopback(t, nil)
		bob := e.hello(acd.RoleAgent, "bob")
		e.engine.last(t).hello.Evict(reason)
		bob.expectClose(code)
	}
}

func TestASlowConsumerIsClosedAsOne(t *testing.T) {
	e := onLoopback(t, nil)
	e.hello(acd.RoleAgent, "bob")
	s := e.engine.last(t)
	s.hello.Evict(actors.EvictSlow)
	if why := <-s.closed; why != wire.CloseSlowConsumer.Text() {
		t.Errorf("the session ended with %q, expected %q", why, wire.CloseSlowConsumer.Text())
	}
}
