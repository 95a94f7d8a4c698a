package admin_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestEventsAreForAdministratorsAndInTheFormThatIsAskedFor(t *testing.T) {
	n := start(t)
	n.dial(acd.RoleCustomer, "dana").do(&wire.Start{Source: "web"})
	n.ask("GET", "/v1/admin/events?kinds=chat.started", "").want(200, `"type":"parley.chat.started"`, `"next":"`)
	got := n.ask("GET", "/v1/admin/events?kinds=chat.started", "", "Accept", "application/x-ndjson").want(200, `"specversion":"1.0"`)
	if strings.Contains(strings.TrimSpace(got.text), "\n") || got.header.Get("Parley-Next-Cursor") == "" {
		t.Errorf("one line is expected, with where to go on: %v %s", got.header, got.text)
	}
	n.askAs(token(t, acd.RoleSupervisor, "sue"), "GET", "/v1/admin/events", "").want(403)
	n.askAs("", "GET", "/v1/admin/events", "").want(401)
	n.ask("GET", "/v1/admin/events?kinds=chat.exploded&limit=7", "").want(422, "query.kinds[0]", "chat.exploded")
	n.ask("GET", "/v1/admin/events?after=7", "").want(422, "query.after")
}

func TestAStreamEndsWithTheTokenThatItLivesOn(t *testing.T) {
	n := start(t)
	root := token(t, acd.RoleAdmin, "gone")
	r, err := http.NewRequestWithContext(context.Background(), "GET", n.admin.URL+"/v1/admin/events?after=now", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+root)
	r.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("%d, a stream of %s", resp.StatusCode, kind)
	}
	n.ask("POST", "/v1/admin/revocations", `{"role":"admin","subject":"gone"}`).want(201)
	for in := bufio.NewScanner(resp.Body); in.Scan(); { // until it ends, or the test takes too long
	}
}
