package transport

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestHelloIsAnsweredWithWelcomeAndSnapshot(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.dial()
	p.say(`{"type":"hello","id":"h7","token":"` + e.token(acd.RoleAgent, "alice", time.Hour) + `"}`)
	p.expect(`{"type":"welcome"`, `"re":"h7"`, `"role":"agent"`, `"principal":"alice"`, `"name":"Alice Adams"`, `"epoch":"e-1"`,
		`"resumed":false`, `"heartbeat_s":10`, `"per_second":20`, `"reserved":"<>"`)
	p.expect(`{"type":"snapshot"`, `"role":"agent"`, `"seq":0`)
	if h := e.engine.last(t).hello; !h.Alerting || h.Resume || h.Principal.Name != "Alice Adams" {
		t.Errorf("the engine was told %+v", h)
	}
}

func TestATokenOfTheHandshakeIsEnough(t *testing.T) {
	e := onLoopback(t, nil)
	p, _, err := e.tryDial(http.Header{"Authorization": {"Bearer " + e.token(acd.RoleCustomer, "maria", time.Minute)}}, wire.Subprotocol)
	if err != nil {
		t.Fatal(err)
	}
	p.say(`{"type":"hello"}`)
	p.expect(`"type":"welcome"`, `"role":"customer"`, `"heartbeat_s":25`)
}

func TestAResumedSessionGetsNoSnapshotButTheReasonOfItsEnd(t *testing.T) {
	e := onLoopback(t, nil)
	e.engine.resumed, e.engine.because = true, "slow consumer"
	p := e.dial()
	p.say(`{"type":"hello","token":"`+e.token(acd.RoleCustomer, "maria", 5*time.Minute)+`","resume":{"epoch":"e-1","seq":41},"alerting":false}`,
		`{"type":"read","id":"1","chat":"c","upto":3}`)
	p.expect(`"type":"welcome"`, `"resumed":true`, `"seq":41`, `"closed_because":{"code":4003,"text":"slow consumer"}`)
	p.expect(`"type":"ok"`, `"re":"1"`)
	if h := e.engine.last(t).hello; !h.Resume || h.Epoch != "e-1" || h.Seq != 41 || h.Alerting {
		t.Errorf("the engine was told %+v", h)
	}
}

func TestHandshakesAreRefusedByName(t *testing.T) {
	const sub = wire.Subprotocol
	for _, tt := range []struct {
		name   string
		change func(*Options)
		engine func(*fakeEngine)
		header http.Header
		status int
		says   string
	}{
		{"another origin", nil, nil, http.Header{"Origin": {"https://evil.example"}}, 403, "origin"},
		{"a null origin", nil, nil, http.Header{"Origin": {"null"}}, 403, "origin"},
		{"the scheme counts", origins("https://desk.example"), nil, http.Header{"Origin": {"http://desk.example"}}, 403, "origin"},
		{"a host that only ends alike", origins("https://desk.example"), nil, http.Header{"Origin": {"https://evildesk.example"}}, 403, "origin"},
		{"the engine is not ready", nil, func(e *fakeEngine) { e.notReady = errBroken }, nil, 503, "not_ready"},
		{"the engine is behind and has let in who may come", func(o *Options) { o.Busy = func() bool { return true } }, nil, nil, 503, "overloaded"},
		{"as many as there may be are connected", func(o *Options) { o.MostConnections = 1 }, nil, nil, 503, "full"},
		{"too many of one address", func(o *Options) { o.TrustLoopback = false; o.Address.Burst = 1; o.Address.PerSecond = 1 }, nil, nil, 429, "address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := onLoopback(t, tt.change)
			if tt.says == "address" || tt.says == "full" {
				e.dial()
			}
			if tt.engine != nil {
				tt.engine(e.engine)
			}
			if tt.says == "overloaded" { // and they have come, until in an hour
				e.server.trickle.AllowN(time.Now().Add(time.Hour), trickle)
			}
			_, resp, err := e.tryDial(tt.header, sub)
			if err == nil || resp == nil || resp.StatusCode != tt.status {
				t.Fatalf("err %v, response %v; want status %d", err, resp, tt.status)
			}
			if tt.status != 403 && resp.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			_, page := get(e.server.AdminHandler(), "/metrics")
			if !strings.Contains(page, `parley_handshakes_refused_total{reason="`+tt.says+`"} 1`) {
				t.Error("the refusal is not counted")
			}
		})
	}
}

// A peer hears that he is connected before the server has done its part: whoever
// dials then must not find his place free.
func TestAHandshakeUnderWayHasAPlace(t *testing.T) {
	p := newPeople()
	if !p.enter(1) || p.enter(1) {
		t.Fatal("one place was given twice, or never")
	}
	p.leave()
	if !p.enter(1) {
		t.Fatal("the place of a handshake that failed is lost")
	}
	gone := p.close()
	select {
	case <-gone:
		t.Fatal("all are gone, and a handshake is under way")
	default:
	}
	c := new(conn)
	if p.add(c) {
		t.Error("a connection is let in that came after the drain")
	}
	p.remove(c)
	<-gone
}

func TestAHandshakeThatFailsGivesItsPlaceBack(t *testing.T) {
	e := onLoopback(t, func(o *Options) { o.MostConnections = 1 })
	if status, _ := get(e.server.Handler(), "/v1/ws"); status != http.StatusUpgradeRequired {
		t.Fatalf("status %d of a request that is no handshake", status)
	}
	e.dial()
}

func origins(list ...string) func(*Options) { return func(o *Options) { o.Origins = list } }

func TestOriginsOfTheListAndOfTheOwnHostAreLetIn(t *testing.T) {
	e := onLoopback(t, nil)
	if _, _, err := e.tryDial(http.Header{"Origin": {e.url}}, wire.Subprotocol); err != nil {
		t.Errorf("own host: %v", err)
	}
	e = onLoopback(t, origins("https://desk.example", "https://*.shop.example"))
	for _, origin := range []string{"https://desk.example", "https://DESK.example", "https://a.shop.example"} {
		if _, _, err := e.tryDial(http.Header{"Origin": {origin}}, wire.Subprotocol); err != nil {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

func TestWhoeverIsNotLetInHearsTheCloseCode(t *testing.T) {
	for _, tt := range []struct {
		name   string
		say    string
		engine func(*fakeEngine)
		errors string
		code   wire.CloseCode
	}{
		{"no token", `{"type":"hello","id":"h"}`, nil, "unauthenticated", wire.CloseUnauthenticated},
		{"not a token", `{"type":"hello","id":"h","token":"nonsense"}`, nil, "unauthenticated", wire.CloseUnauthenticated},
		{"a command first", `{"type":"end","id":"h","chat":"c"}`, nil, "unauthenticated", wire.CloseNoHello},
		{"the engine refuses", `{"type":"hello","id":"h","token":"T"}`, func(e *fakeEngine) { e.refuse = acd.ErrNotFound }, "not_found", wire.CloseForbidden},
		{"the engine fails", `{"type":"hello","id":"h","token":"T"}`, func(e *fakeEngine) { e.refuse = errBroken }, "internal", wire.CloseInternalError},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := onLoopback(t, nil)
			if tt.engine != nil {
				tt.engine(e.engine)
			}
			p := e.dial()
			p.say(strings.Replace(tt.say, `"T"`, `"`+e.token(acd.RoleAgent, "alice", time.Hour)+`"`, 1))
			p.expect(`"type":"error"`, `"re":"h"`, `"code":"`+tt.errors+`"`)
			p.expectClose(tt.code)
		})
	}
}

func TestAnUnknownSubprotocolIsClosedWith4504(t *testing.T) {
	e := onLoopback(t, nil)
	for _, offered := range [][]string{nil, {"parley.v9"}} {
		p, _, err := e.tryDial(nil, offered...)
		if err != nil {
			t.Fatal(err)
		}
		p.expectClose(wire.CloseUnsupportedSubprotocol)
	}
}

func TestAFirstMessageAbove4KiBIsTooBig(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.dial()
	p.say(`{"type":"hello","token":"` + strings.Repeat("x", wire.MaxHelloBytes) + `"}`)
	p.expectClose(1009)
}

func TestAPrincipalHasSoManySessionsAndNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, func(o *Options) { o.Customer.Sessions = 2 })
		e.hello(acd.RoleCustomer, "maria")
		second := e.hello(acd.RoleCustomer, "maria")
		e.hello(acd.RoleCustomer, "otto")
		third := e.dial()
		third.say(`{"type":"hello","id":"h","token":"` + e.token(acd.RoleCustomer, "maria", time.Minute) + `"}`)
		third.expect(`"code":"capacity"`)
		third.expectClose(wire.CloseTooManySessions)

		_ = second.ws.Close(1000, "")
		synctest.Wait()
		e.hello(acd.RoleCustomer, "maria")
	})
}

func TestDisconnectClosesAllConnectionsOfAPrincipal(t *testing.T) {
	e := onLoopback(t, nil)
	a, b, c := e.hello(acd.RoleAgent, "alice"), e.hello(acd.RoleAgent, "alice"), e.hello(acd.RoleAgent, "bob")
	e.server.Disconnect(acd.Principal{Role: acd.RoleAgent, ID: "alice"}, wire.CloseSignedOut)
	a.expectClose(wire.CloseSignedOut)
	b.expectClose(wire.CloseSignedOut)
	c.say(`{"type":"end","id":"1","chat":"x"}`)
	c.expect(`"type":"ok"`)
	for _, s := range e.engine.sessions[:2] {
		if why := <-s.closed; why != "signed out by a supervisor" {
			t.Errorf("the engine heard %q", why)
		}
	}
}
