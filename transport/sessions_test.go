package transport

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestARevocationClosesLiveSessionsAndRefusesNewOnes(t *testing.T) {
	var gone atomic.Pointer[acd.Stream]
	e := onLoopback(t, func(o *Options) {
		o.Revoked = func(id Identity) bool { who := gone.Load(); return who != nil && id.Principal.Stream() == *who }
	})
	alice, bob := e.hello(acd.RoleAgent, "alice"), e.hello(acd.RoleAgent, "bob")
	if list := e.server.Sessions(); len(list) != 2 || list[0].Opened.IsZero() || list[0].Expires.IsZero() {
		t.Fatalf("the sessions are %+v", list)
	}
	who := acd.Principal{Role: acd.RoleAgent, ID: "alice"}.Stream()
	gone.Store(&who)
	if n := e.server.CloseRevoked(); n != 1 {
		t.Errorf("%d sessions were closed, expected 1", n)
	}
	alice.expectClose(wire.CloseUnauthenticated)
	again := e.dial()
	again.say(`{"type":"hello","token":"` + e.token(acd.RoleAgent, "alice", time.Hour) + `"}`)
	again.expect(`"code":"unauthenticated"`, "revoked")
	again.expectClose(wire.CloseUnauthenticated)
	bob.say(`{"type":"refresh","id":"r","token":"` + e.token(acd.RoleAgent, "bob", time.Hour) + `"}`)
	bob.expect(`"type":"ok"`, `"re":"r"`)
}

func TestOneSessionCanBeClosedByItsName(t *testing.T) {
	e := onLoopback(t, nil)
	bob := e.hello(acd.RoleAgent, "bob")
	list := e.server.Sessions()
	if len(list) != 1 || list[0].Principal.ID != "bob" {
		t.Fatalf("the sessions are %+v", list)
	}
	if e.server.CloseSession("nobody's", wire.CloseSignedOut) {
		t.Error("a session that is not there was closed")
	}
	if !e.server.CloseSession(list[0].Session, wire.CloseSignedOut) {
		t.Error("the session was not there")
	}
	bob.expectClose(wire.CloseSignedOut)
}

func TestAMintedTokenIsBelievedAndTheSameAgain(t *testing.T) {
	o := AuthOptions{Secret: secret, Issuer: "site", Audience: "chats"}
	auth, err := NewAuth(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Second)
	id := Identity{Principal: acd.Principal{Role: acd.RoleCustomer, ID: "dana", Name: "Dana"}, TokenID: "t1", Issued: now, Expires: now.Add(o.Lifetime(acd.RoleCustomer))}
	token, err := Mint(o, id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := auth.Verify(t.Context(), token); err != nil || got.Principal != id.Principal || got.TokenID != "t1" || !got.Issued.Equal(now) {
		t.Errorf("it says %+v, %v", got, err)
	}
	if again, _ := Mint(o, id); again != token {
		t.Error("the same was signed differently")
	}
}

func TestARevokedTokenDoesNotRefreshASession(t *testing.T) {
	var revoked atomic.Bool
	e := onLoopback(t, func(o *Options) { o.Revoked = func(Identity) bool { return revoked.Load() } })
	bob := e.hello(acd.RoleAgent, "bob")
	token := e.token(acd.RoleAgent, "bob", time.Hour)
	revoked.Store(true)
	bob.say(`{"type":"refresh","id":"r","token":"` + token + `"}`)
	bob.expect(`"re":"r"`, `"code":"unauthenticated"`, "revoked")
}
