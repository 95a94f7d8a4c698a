package admin_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/wire"
)

func TestEventsComeInTheFormThatIsAskedFor(t *testing.T) {
	n := start(t)
	n.dial(acd.RoleCustomer, "dana").do(&wire.Start{Source: "web"})
	n.ask("GET", "/v1/admin/events?kinds=chat.started", "").want(200, `"type":"parley.chat.started"`, `"next":"`)
	got := n.ask("GET", "/v1/admin/events?kinds=chat.started", "", "Accept", "application/x-ndjson").want(200, `"specversion":"1.0"`)
	if strings.Contains(strings.TrimSpace(got.text), "\n") || got.header.Get("Parley-Next-Cursor") == "" {
		t.Errorf("one line is expected, with where to go on: %v %s", got.header, got.text)
	}
	n.askAs("", "GET", "/v1/admin/events", "").want(401)
	n.ask("GET", "/v1/admin/events?kinds=chat.exploded&limit=7", "").want(422, "query.kinds[0]", "chat.exploded")
	n.ask("GET", "/v1/admin/events?after=7", "").want(422, "query.after")
}

// service is a token with some rights.
func service(t *testing.T, rights ...transport.Right) string {
	t.Helper()
	made, err := transport.Mint(transport.AuthOptions{Secret: secret}, transport.Identity{Principal: acd.Principal{Role: acd.RoleService, ID: "site"},
		Rights: rights, Issued: time.Now(), Expires: time.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func scoped(t *testing.T, queues ...acd.QueueID) string {
	t.Helper()
	made, err := transport.MintDev(secret, acd.RoleSupervisor, "sue", "", time.Minute, queues...)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestASupervisorReadsTheEventsOfHisQueuesAlone(t *testing.T) {
	n := start(t)
	n.dial(acd.RoleCustomer, "dana").do(&wire.Start{Source: "web"})
	const path = "/v1/admin/events?kinds=chat.started"
	var seen struct{ Events []struct{ Queue acd.QueueID } }
	whole := n.ask("GET", path, "").want(200)
	if err := json.Unmarshal([]byte(whole.text), &seen); err != nil || len(seen.Events) != 1 {
		t.Fatalf("%v %s", err, whole.text)
	}
	home := seen.Events[0].Queue
	all := token(t, acd.RoleSupervisor, "sue")
	for name, tt := range map[string]struct {
		token string
		want  int
	}{"of all queues": {all, 1}, "of this queue": {scoped(t, home), 1}, "of another": {scoped(t, "elsewhere"), 0}} {
		got := n.askAs(tt.token, "GET", path, "").want(200)
		if strings.Count(got.text, "parley.chat.started") != tt.want {
			t.Errorf("%s: %s, expected %d", name, got.text, tt.want)
		}
		if end := got.fields()["next"]; end != whole.fields()["next"] {
			t.Errorf("%s: the page ends at %v, expected the place in the journal %v", name, end, whole.fields()["next"])
		}
	}
	n.askAs(scoped(t, "elsewhere"), "GET", path+"&queues=elsewhere,"+string(home), "").want(403, string(home))
	n.askAs(token(t, acd.RoleAgent, "alice"), "GET", path, "").want(403, "supervisor")
	if err := n.engine.NoteDurably(actors.TrailEntry{Who: "the test", What: "look", Outcome: actors.TrailOK}); err != nil {
		t.Fatal(err) // what was noted before it is there now
	}
	got := n.ask("GET", "/v1/admin/audit", "").want(200)
	if looks, refused := strings.Count(got.text, `"read-events"`), strings.Count(got.text, `"forbidden"`); looks != 6 || refused != 2 {
		t.Errorf("the audit trail has %d looks at events and %d refusals, expected 6 and 2: %s", looks, refused, got.text)
	}
}

func TestAServiceReadsEventsByItsRights(t *testing.T) {
	n := start(t)
	n.dial(acd.RoleCustomer, "dana").do(&wire.Start{Source: "web", Subject: "a private matter"})
	const path = "/v1/admin/events?kinds=chat.started"
	n.askAs(service(t, transport.RightHistory, transport.RightExport), "GET", path, "").want(403, "right events")
	got := n.askAs(service(t, transport.RightEvents), "GET", path, "").want(200, "parley.chat.started")
	if strings.Contains(got.text, "private") {
		t.Errorf("words are in it: %s", got.text)
	}
	n.askAs(service(t, transport.RightEvents), "GET", path+"&words=true", "").want(403, "right export")
	n.askAs(service(t, transport.RightEvents, transport.RightExport), "GET", path+"&words=true", "").want(200, "a private matter")
	n.askAs(service(t, transport.RightEvents), "GET", "/v1/admin/webhooks", "").want(403, "administrator")
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
