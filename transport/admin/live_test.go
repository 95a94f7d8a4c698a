package admin_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/client"
	"github.com/parley-engine/parley/transport/wire"
)

// closedWith holds the end of a connection to a code.
func (p *person) closedWith(code wire.CloseCode) {
	p.t.Helper()
	var end *client.CloseError
	if err := p.gone(); !errors.As(err, &end) || end.Code != code {
		p.t.Errorf("the connection ended with %v, expected %d", err, code)
	}
}

func TestAMintedTokenWorksUntilItIsRevokedAndItsSessionsEndAtOnce(t *testing.T) {
	n := start(t)
	minted := n.ask("POST", "/v1/admin/tokens", `{"role":"customer","subject":"dana","name":"Dana","ttl_seconds":600,"note":"site"}`).want(201).fields()
	dana := n.dialAs(minted["token"].(string))
	dana.do(&wire.Start{Source: "web"})
	path := "/v1/admin/tokens/" + minted["id"].(string)
	n.ask("GET", path, "").want(200, `"revoked":false`, `"by":"admin/root"`, `"note":"site"`)
	n.ask("DELETE", path, "").want(200, `"sessions_closed":1`)
	dana.closedWith(wire.CloseUnauthenticated) // long before its ten minutes are over
	n.ask("GET", path, "").want(200, `"revoked":true`)
	n.ask("GET", "/v1/admin/tokens", "").want(200, minted["id"].(string))
	n.restart()
	n.ask("GET", path, "").want(200, `"revoked":true`)
	if list := n.ask("GET", "/v1/admin/tokens", "").text; strings.Contains(list, minted["token"].(string)) {
		t.Error("the list has the token itself")
	}
}

func TestRevokingAPrincipalEndsAllOfHisSessionsAndNobodyElses(t *testing.T) {
	n := start(t)
	alice, again, bob := n.dial(acd.RoleAgent, "alice"), n.dial(acd.RoleAgent, "alice"), n.dial(acd.RoleAgent, "bob")
	n.ask("POST", "/v1/admin/revocations", `{"role":"agent","subject":"alice","reason":"left"}`).want(201, `"sessions_closed":2`)
	alice.closedWith(wire.CloseUnauthenticated)
	again.closedWith(wire.CloseUnauthenticated)
	bob.do(&wire.SetPresence{State: wire.ChooseAvailable})
	n.ask("GET", "/v1/admin/revocations", "").want(200, `"subject":"alice"`, `"reason":"left"`)
	n.ask("POST", "/v1/admin/revocations", `{"role":"agent"}`).want(422)
	n.ask("POST", "/v1/admin/revocations", `{"role":"king","subject":"x"}`).want(422, "body.role")
}

func TestNoTokenIsBroaderThanTheRoleAllows(t *testing.T) {
	n := start(t)
	for body, at := range map[string]string{
		`{"role":"customer","subject":"x","ttl_seconds":901}`: "body.ttl_seconds",
		`{"role":"agent","subject":"x","ttl_seconds":28801}`:  "body.ttl_seconds",
		`{"role":"host","subject":"x"}`:                       "body.role",
		`{"role":"agent","subject":""}`:                       "body.subject",
		`{"role":"supervisor","subject":"x","queues":["m"]}`:  "body.queues[0]",
		`{"role":"agent","subject":"x","colour":"red"}`:       "colour",
		`{"role":7,"subject":"x"}`:                            "body.role",
	} {
		n.ask("POST", "/v1/admin/tokens", body).want(422, at)
	}
	n.askAs(token(t, acd.RoleSupervisor, "sue"), "POST", "/v1/admin/tokens", `{"role":"agent","subject":"x"}`).want(403)
	n.ask("POST", "/v1/admin/tokens", `{"role":"supervisor","subject":"sue","queues":["sales"]}`).want(201, `"queues":["sales"]`)
}

func TestASessionIsListedAndClosedAndAChatEnded(t *testing.T) {
	n := start(t)
	dana, bob := n.dial(acd.RoleCustomer, "dana"), n.dial(acd.RoleAgent, "bob")
	chat := dana.do(&wire.Start{Source: "web"}).Chat
	n.ask("GET", "/v1/admin/live-chats", "").want(200, chat, `"customer":"dana"`)
	n.ask("POST", "/v1/admin/chats/"+chat+"/end", `{"reason":"spam"}`).want(200, chat)
	if e := until[*wire.EndedEvent](dana); e.Chat != chat || e.Reason != "forced" {
		t.Errorf("the customer was told %+v", e)
	}
	n.ask("POST", "/v1/admin/chats/nothing/end", `{"reason":"spam"}`).want(404)
	n.ask("POST", "/v1/admin/chats/"+chat+"/end", `{}`).want(422, "body.reason")
	for _, s := range n.ask("GET", "/v1/admin/sessions", "").want(200).fields()["items"].([]any) {
		if one := s.(map[string]any); one["subject"] == "bob" {
			n.ask("DELETE", fmt.Sprint("/v1/admin/sessions/", one["id"]), "").want(200)
		}
	}
	bob.closedWith(wire.CloseSignedOut)
	n.ask("DELETE", "/v1/admin/sessions/none", "").want(404)
	n.askAs(token(t, acd.RoleSupervisor, "sue"), "GET", "/v1/admin/live-chats", "").want(403)
}

func TestAVersionIsListedReadAndGoneBackTo(t *testing.T) {
	n := start(t)
	first := n.ask("GET", "/v1/admin/config", "").want(200)
	next := strings.Replace(first.text, `"offer_timeout":"20s"`, `"offer_timeout":"25s"`, 1)
	n.ask("PUT", "/v1/admin/config", next).want(428)
	n.ask("PUT", "/v1/admin/config?dry_run=true", next).want(200, `"dry_run":true`, `"path":"queues[support].offer_timeout","from":"20s","to":"25s"`)
	n.ask("GET", "/v1/admin/config", "").want(200, `"offer_timeout":"20s"`)
	n.ask("PUT", "/v1/admin/config", next, "If-Match", first.etag()).want(200, `"version":2`)
	n.ask("PUT", "/v1/admin/config", next, "If-Match", first.etag()).want(412)
	n.ask("PUT", "/v1/admin/config", `{"tokens":{"secret":"x"}}`, "If-Match", "*").want(422, `"location":"body.tokens"`, "node's own")
	n.ask("GET", "/v1/admin/config/versions?limit=1", "").want(200, `"version":2`, `"by":"admin/root"`, `"reason":"put config"`, `"next":`)
	n.ask("GET", "/v1/admin/config/versions/1", "").want(200, `"offer_timeout":"20s"`, `"compiled":`)
	n.ask("GET", "/v1/admin/config/versions/9", "").want(404)
	n.ask("POST", "/v1/admin/config/versions/1/rollback", "", "If-Match", `"v2"`).want(200, `"version":3`)
	if now := n.ask("GET", "/v1/admin/config", ""); now.text != first.text {
		t.Errorf("it is not what it was: %s", now.text)
	}
}

// TestEveryKindOfChangeUnderRunningChatsIsAnErrorForNobody changes each kind of
// configuration while customers talk and new chats come, and looks for the
// change in the next decision and for the old version in the old one.
func TestEveryKindOfChangeUnderRunningChatsIsAnErrorForNobody(t *testing.T) {
	n := start(t)
	alice := n.dial(acd.RoleAgent, "alice")
	alice.do(&wire.SetPresence{State: wire.ChooseAvailable})
	dana := n.dial(acd.RoleCustomer, "dana")
	old := dana.do(&wire.Start{Source: "web"}).Chat
	alice.do(&wire.Accept{Offer: until[*wire.OfferEvent](alice).Offer.Offer})
	done, talked := make(chan struct{}), make(chan int, 1)
	stop := sync.OnceValue(func() int { close(done); return <-talked })
	t.Cleanup(func() { stop() }) // when the test ends before
	go func() {
		said := 0
		defer func() { talked <- said }()
		for {
			select {
			case <-done:
				return
			default:
			}
			if _, err := dana.conn.Do(t.Context(), &wire.Read{Chat: old, Upto: 1}); err != nil {
				var refused *wire.Error
				if !errors.As(err, &refused) || refused.Code != wire.CodeRateLimited {
					t.Errorf("after %d commands: %v", said, err)
					return
				}
			}
			said++
		}
	}()
	version := func() string { return n.ask("GET", "/v1/admin/config", "").etag() }
	for _, tt := range things {
		before := version()
		made := n.ask("PUT", tt.path, tt.body).want(200)
		patched := n.ask("PATCH", tt.path, tt.patch, "If-Match", made.etag()).want(200)
		n.ask("DELETE", tt.path, "", "If-Match", patched.etag()).want(200)
		if version() == before {
			t.Errorf("%s is no version of its own", tt.path)
		}
	}
	queue := n.ask("GET", "/v1/admin/queues/support", "")
	n.ask("PATCH", "/v1/admin/queues/support", `{"offer_timeout":"42s"}`, "If-Match", queue.etag()).want(200)
	desk := n.ask("GET", "/v1/admin/desk", "")
	n.ask("PATCH", "/v1/admin/desk", `{"grace":"2m"}`, "If-Match", desk.etag()).want(200)
	if said := stop(); said == 0 {
		t.Error("nobody talked meanwhile")
	}
	fresh := n.dial(acd.RoleCustomer, "emma").do(&wire.Start{Source: "web"}).Chat
	offer := until[*wire.OfferEvent](alice).Offer
	if rings := offer.ExpiresAt.Time().Sub(offer.OfferedAt.Time()); offer.Chat != fresh || rings != 42*time.Second {
		t.Errorf("%s rings for %s", offer.Chat, rings)
	}
	n.ask("GET", "/v1/admin/chats/"+old+"/explain", "").want(200, `"config_version":1`)
	n.ask("GET", "/v1/admin/config/versions/1", "").want(200, `"offer_timeout":"20s"`)
}
