package transport

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport/wire"
)

// benchPairs are how many chats talk at once, each of a customer and an agent
// with one message under way: the more of them, the more go with each sync and
// each wake-up, and the dearer is an echo as well.
var benchPairs = []int{32, 256, 1024}

// benchGCPercent lets the servers of a benchmark collect about as seldom as the
// program does, which keeps 192 MiB of headroom over what is live.
const benchGCPercent = 1000

// BenchmarkMessageToEcho is the price of a message at the server: its frame in,
// durable, its answer and event out to the customer, its event and count out to
// the agent. Beside it, by turns in the same run, stands a bare websocket server
// that sends the same bytes to the same two for the same frame. The peers are
// another process, so that the figures are the servers' alone.
func BenchmarkMessageToEcho(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(benchGCPercent))
	for _, pairs := range benchPairs {
		b.Run(strconv.Itoa(pairs), func(b *testing.B) { messageToEcho(b, pairs) })
	}
}

func messageToEcho(b *testing.B, pairs int) {
	real := hire(b, messageServer(b, pairs), pairs, benchTokens(b, pairs))
	bare := hire(b, httptest.NewServer(&echo{same: real.said}), pairs, nil)
	var took [2]time.Duration
	b.ResetTimer()
	const rounds = 4
	for i := range rounds {
		n := (b.N + i) / rounds
		for which, t := range []*talkers{real, bare} {
			before := cpu()
			t.exchange(n)
			took[which] += cpu() - before
		}
	}
	b.StopTimer()
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(each(took[0]), "cpu-µs/message")
	b.ReportMetric(each(took[1]), "cpu-µs/echo")
	b.ReportMetric(each(took[0])/each(took[1]), "ratio")
}

// messageServer is an edge over an engine over a store on disk.
func messageServer(b *testing.B, pairs int) *httptest.Server {
	cfg := testConfig()
	for i := range pairs {
		id := acd.AgentID("agent" + strconv.Itoa(i))
		cfg.Agents[id] = &acd.AgentProfile{ID: id, Name: string(id), Queues: []acd.QueueID{"support"}, Capacity: 1}
	}
	cfg.Normalize()
	store, err := persistence.Open(b.TempDir(), persistence.Options{})
	if err != nil {
		b.Fatal(err)
	}
	engine, err := actors.New(actors.Options{Journal: store, Config: cfg, RecoveryHold: -1})
	if err != nil {
		b.Fatal(err)
	}
	if err := engine.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	auth, err := NewAuth(context.Background(), AuthOptions{Secret: secret})
	if err != nil {
		b.Fatal(err)
	}
	free := RoleLimits{PerSecond: 1 << 30, Burst: 1 << 30, InboundBytes: 1 << 40, InboundFrames: 1 << 30}
	s, err := New(Options{Engine: Over(engine), Auth: auth, TrustLoopback: true, Desk: free, Customer: free, HeartbeatLate: time.Hour,
		Config: func() *acd.Config { return cfg }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		engine.Stop()
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	return httptest.NewServer(s.Handler())
}

// benchTokens are two a pair, the customer's first.
func benchTokens(b *testing.B, pairs int) (tokens []string) {
	for i := range 2 * pairs {
		role, name := acd.RoleCustomer, "customer"
		if i%2 == 1 {
			role, name = acd.RoleAgent, "agent"
		}
		token, err := MintDev(secret, role, name+strconv.Itoa(i/2), "", 10*time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	return tokens
}

// echo is a server of the websocket library alone: for a frame of a pair's
// first it sends both what a message makes the real one send.
type echo struct {
	same [2][]byte
	mu   sync.Mutex
	ends map[string]*websocket.Conn
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		return
	}
	pair, first := strings.CutPrefix(r.URL.RawQuery, "0-")
	if !first {
		pair = strings.TrimPrefix(pair, "1-")
		e.mu.Lock()
		if e.ends == nil {
			e.ends = map[string]*websocket.Conn{}
		}
		e.ends[pair] = c
		e.mu.Unlock()
	}
	ctx := context.Background()
	for {
		if _, _, err := c.Read(ctx); err != nil {
			return
		}
		e.mu.Lock()
		other := e.ends[pair]
		e.mu.Unlock()
		if other.Write(ctx, websocket.MessageText, e.same[1]) != nil || c.Write(ctx, websocket.MessageText, e.same[0]) != nil {
			return
		}
	}
}
