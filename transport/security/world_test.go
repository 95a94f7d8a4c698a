package security_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/admin"
	"github.com/parley-engine/parley/transport/config"
	"github.com/parley-engine/parley/transport/outbound"
)

var secret = []byte("0123456789abcdef0123456789abcdef")

// world is a whole server, with queues and agents for so many crews.
type world struct {
	engine        *actors.Engine
	server        *transport.Server
	events        *outbound.Outbound
	public, admin *httptest.Server
	receiver      *httptest.Server // of webhooks; it takes all
	logs          *logs
	crews         int
	taken         []*crew
}

// logs is what the server has written.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// document configures queues and agents for so many crews.
func document(t *testing.T, crews int) *config.Document {
	t.Helper()
	var queues, sources, people strings.Builder
	for n := range crews {
		for _, q := range []string{"home", "far"} {
			fmt.Fprintf(&queues, "  - {id: %s-%d, offer_timeout: 10m, flows: {max_agents: 5, accept: 10m}, wrapup: {mode: mandatory, notes: true, codes: [{code: done, name: Done}]}}\n", q, n)
			fmt.Fprintf(&sources, "  - {id: %s-%d, name: Web, channel: livechat, queue: %s-%d}\n", q, n, q, n)
		}
		for who, q := range agents {
			fmt.Fprintf(&people, "  - {id: %s-%d, queues: [%s-%d], capacity: 1}\n", who, n, q, n)
		}
	}
	text := "channels:\n  - {id: livechat}\nqueues:\n" + queues.String() + "sources:\n" + sources.String() + "agents:\n" + people.String() + "desk: {choose_within: 0s}\n"
	doc, err := config.LiveDocument("matrix", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// newWorld starts one, and returns what ends it.
func newWorld(t *testing.T, crews int, change func(*transport.Options)) (w *world, end func()) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w = &world{crews: crews, logs: &logs{}}
	log := slog.New(slog.NewJSONHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	doc, store := document(t, crews), persistence.NewMemory()
	var err error
	w.engine, err = actors.New(actors.Options{Journal: store, Config: doc.Engine(), Logger: log,
		ConfigNote: actors.ConfigNote{Document: doc.JSON(), File: "matrix"}, AnswerTarget: time.Minute})
	must(err)
	must(w.engine.Start(context.Background()))
	w.events, err = outbound.New(outbound.Options{Engine: w.engine, Log: log, Webhooks: 10_000, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	must(err)
	must(w.events.Start())
	w.receiver = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	tokens := transport.AuthOptions{Secret: secret}
	auth, err := transport.NewAuth(t.Context(), tokens)
	must(err)
	generous := transport.RoleLimits{PerSecond: 100_000, Burst: 100_000, Sessions: 1000}
	o := transport.Options{
		Engine: transport.Over(w.engine), Auth: auth, Config: w.engine.Config, Past: w.engine, Trail: w.engine, TrustLoopback: true, Log: log,
		Customer: generous, Desk: generous, DeskHeartbeat: 10 * time.Minute, CustomerHeartbeat: 10 * time.Minute,
		Files:   &transport.Files{Bucket: memblob.OpenBucket(nil), View: w.engine.ViewChat, Sync: func(string) error { return nil }},
		Signing: tokens,
		Revoked: func(id transport.Identity) bool {
			return w.engine.Revoked(id.TokenID, id.Principal.Stream(), id.Issued)
		},
		Admin: func(s *transport.Server) http.Handler {
			api, err := admin.New(admin.Options{Events: w.events, Engine: w.engine, Edge: s, Tokens: tokens, Version: "test", Trail: w.engine, Log: log})
			must(err)
			return api
		},
	}
	if change != nil {
		change(&o)
	}
	w.server, err = transport.New(o)
	must(err)
	w.public, w.admin = httptest.NewUnstartedServer(w.server.Handler()), httptest.NewUnstartedServer(w.server.AdminHandler())
	for _, s := range []*httptest.Server{w.public, w.admin} {
		s.Config.ReadHeaderTimeout = 5 * time.Second
		s.Start()
	}
	end = sync.OnceFunc(func() {
		for _, c := range w.taken {
			c.leave()
		}
		w.public.CloseClientConnections()
		w.public.Close()
		w.events.Stop()
		w.admin.Close()
		w.receiver.Close()
		w.engine.Stop()
		must(store.Close())
	})
	t.Cleanup(end)
	return w, end
}

// metrics reads the numbers of the admin listener, by name and labels.
func (w *world) metrics(t *testing.T) map[string]float64 {
	t.Helper()
	resp, err := http.Get(w.admin.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all := map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if n, err := strconv.ParseFloat(value, 64); ok && err == nil {
			all[name] = n
		}
	}
	return all
}

// trail counts the lines of the audit trail that tell of refusals, by who was
// refused.
func (w *world) trail(t *testing.T) map[string]int {
	t.Helper()
	if err := w.engine.NoteDurably(actors.TrailEntry{Who: "the test", What: "look", Outcome: actors.TrailOK}); err != nil {
		t.Fatal(err) // what was noted before it is there now
	}
	refused := map[string]int{}
	q := actors.TrailQuery{Limit: 500}
	for {
		page, next, err := w.engine.Past().Trail(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range page {
			if line.Outcome != actors.TrailOK {
				refused[line.Who] += max(line.Count, 1)
			}
		}
		if q.Cursor = next; next == nil {
			return refused
		}
	}
}

func (w *world) token(t *testing.T, role acd.Role, subject string) string {
	t.Helper()
	made, err := transport.MintDev(secret, role, subject, "", 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// crew takes queues and agents that nobody has used.
func (w *world) crew(t *testing.T, waits bool) *crew {
	t.Helper()
	if len(w.taken) == w.crews {
		t.Fatalf("more than %d crews are needed", w.crews)
	}
	c := &crew{t: t, world: w, n: len(w.taken), waits: waits, people: map[string]*person{}, chats: map[string]chatOf{}}
	w.taken = append(w.taken, c)
	return c
}
