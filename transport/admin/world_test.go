package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/admin"
	"github.com/parley-engine/parley/transport/config"
	"github.com/parley-engine/parley/transport/outbound"
)

var secret = []byte("0123456789abcdef0123456789abcdef")

// node is a whole server over a folder, with its admin listener.
type node struct {
	t      testing.TB
	dir    string
	engine *actors.Engine
	api    *admin.API
	events *outbound.Outbound
	store  *persistence.Store
	public *httptest.Server
	admin  *httptest.Server
	calls  transport.CallLimits
	talk   transport.RoleLimits // of everybody
	trail  transport.Trail      // nil for the engine's
}

func start(t testing.TB) *node {
	t.Helper()
	return startWith(t, transport.CallLimits{PerSecond: 1e6, Burst: 1e6})
}

func startWith(t testing.TB, calls transport.CallLimits) *node {
	t.Helper()
	n := &node{t: t, dir: t.TempDir(), calls: calls}
	n.begin()
	t.Cleanup(func() { n.end() })
	return n
}

// example is the program's own example, which has one of everything; its queue
// is open around the clock here.
func example(t testing.TB) *config.Document {
	t.Helper()
	text, err := os.ReadFile("../../cmd/parley/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("    schedule: office"), nil, 1)
	doc, err := config.LiveDocument("example.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func (n *node) begin() {
	n.t.Helper()
	doc := example(n.t)
	must := func(err error) {
		n.t.Helper()
		if err != nil {
			n.t.Fatal(err)
		}
	}
	var err error
	n.store, err = persistence.Open(n.dir, persistence.Options{})
	must(err)
	o := actors.Options{Journal: n.store, Config: doc.Engine(), ConfigNote: actors.ConfigNote{Document: doc.JSON(), File: "example"}}
	if last, err := actors.NewPast(n.store).ConfigVersion(0); err == nil { // as parley serve decides
		stored, err := config.ReadDocument("stored", last.Document)
		must(err)
		o.Config, o.ConfigNote = stored.Engine(), last.ConfigNote
	}
	n.engine, err = actors.New(o)
	must(err)
	must(n.engine.Start(context.Background()))
	tokens := transport.AuthOptions{Secret: secret}
	auth, err := transport.NewAuth(n.t.Context(), tokens)
	must(err)
	server, err := transport.New(transport.Options{
		Engine: transport.Over(n.engine), Auth: auth, Config: n.engine.Config, Past: n.engine, Trail: n.engine, TrustLoopback: true, Calls: n.calls, Customer: n.talk, Desk: n.talk,
		Revoked: func(id transport.Identity) bool {
			return n.engine.Revoked(id.TokenID, id.Principal.Stream(), id.Issued)
		},
		Admin: func(s *transport.Server) http.Handler {
			n.events, err = outbound.New(outbound.Options{Engine: n.engine, Beat: 50 * time.Millisecond,
				Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Retry: outbound.Retry{First: time.Millisecond, GiveUp: time.Nanosecond}})
			must(err)
			must(n.events.Start())
			trail := n.trail
			if trail == nil {
				trail = n.engine
			}
			n.api, err = admin.New(admin.Options{Events: n.events, Engine: n.engine, Edge: s, Tokens: tokens, Version: "test", Trail: trail})
			must(err)
			return n.api
		},
	})
	must(err)
	n.public, n.admin = httptest.NewServer(server.Handler()), httptest.NewServer(server.AdminHandler())
}

func (n *node) end() {
	n.public.CloseClientConnections()
	n.public.Close()
	n.events.Stop()
	n.admin.Close()
	n.engine.Stop()
	if err := n.store.Close(); err != nil {
		n.t.Error(err)
	}
}

// restart is another life over the same folder.
func (n *node) restart() {
	n.t.Helper()
	n.end()
	n.begin()
}

func token(t testing.TB, role acd.Role, subject string) string {
	t.Helper()
	made, err := transport.MintDev(secret, role, subject, "", 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// answer is what a request was answered with.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	text   string
}

// ask sends a request as the administrator; headers come in pairs.
func (n *node) ask(method, path, body string, headers ...string) answer {
	n.t.Helper()
	return n.askAs(token(n.t, acd.RoleAdmin, "root"), method, path, body, headers...)
}

func (n *node) askAs(bearer, method, path, body string, headers ...string) answer {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), method, n.admin.URL+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return answer{n.t, resp.StatusCode, resp.Header, string(bytes.TrimSpace(text))}
}

// want holds an answer to a status and to texts in it.
func (a answer) want(status int, texts ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, expected %d: %s", a.status, status, a.text)
	}
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			a.t.Errorf("no %s in %s", text, a.text)
		}
	}
	return a
}

func (a answer) etag() string { return a.header.Get("ETag") }

func (a answer) fields() map[string]any {
	a.t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(a.text), &fields); err != nil {
		a.t.Fatalf("%v: %s", err, a.text)
	}
	return fields
}
