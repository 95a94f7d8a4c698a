package top

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// metricsAt is a page of a node that has started n chats.
func metricsAt(n int) string {
	return fmt.Sprintf(`parley_build_info{version="v1.2.3",go="go1.26"} 1
process_start_time_seconds %d
parley_chats_started_total %d
parley_chats{phase="active"} 0
parley_chats{phase="active",queue="sales"} 4
parley_chats{phase="queued",queue="sales"} 3
parley_queue_waiting{queue="sales"} 3
parley_queue_waiting{queue="support"} 1
parley_queue_oldest_seconds{queue="sales"} 12.5
parley_queue_oldest_seconds{queue="support"} 150
parley_queue_entered_total{queue="support"} %d
parley_agents{presence="available",routing="idle"} 2
parley_agents{presence="offline",routing="off_queue"} 5
parley_admitted_share 1
parley_occupancy_ratio{team="all"} 0.25
parley_sessions{role="agent"} 4
parley_actors{kind="chat"} 7
parley_mailbox_depth{kind="chat"} 9
parley_mailbox_longest{kind="chat"} 6
parley_accept_seconds_bucket{vmrange="1.000e+00...1.136e+00"} %d
parley_accept_seconds_bucket{vmrange="2.000e+00...2.200e+00"} 4
parley_accept_seconds_count %d
parley_journal_disk_bytes 3221225472
`, noon.Add(-time.Hour).Unix(), n, 2*n, n, n+4)
}

// fake is a node that can be away.
type fake struct {
	mu      sync.Mutex // a request that was broken off is served on beside the test
	started int
	away    bool
	status  int // of the reports
	asked   []string
}

// change makes another node of it.
func (f *fake) change(started int, away bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started, f.away = started, away
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, r.URL.Path)
	switch {
	case f.away:
		panic(http.ErrAbortHandler)
	case r.URL.Path == "/readyz":
		fmt.Fprint(w, `{"state":"ready"}`)
	case r.URL.Path == "/metrics":
		if r.Header.Get("Authorization") != "" {
			panic("the token goes where nobody needs it")
		}
		fmt.Fprint(w, metricsAt(f.started))
	case f.status != 0 || r.Header.Get("Authorization") != "Bearer secret":
		w.WriteHeader(max(f.status, http.StatusUnauthorized))
		fmt.Fprint(w, `{"detail":"expected another token"}`)
	case r.URL.Path == "/v1/admin/reports/queues":
		fmt.Fprint(w, `{"lines":[{"queue":"sales","service_level":0.815,"asa_s":31,"aht_s":null}]}`)
	case r.URL.Path == "/v1/admin/reports/agents":
		fmt.Fprint(w, `{"lines":[{"agent":"alice","accepted":5,"rona":2,"occupancy":0.5},{"agent":"bob","accepted":9,"rona":1}]}`)
	default:
		http.NotFound(w, r)
	}
}

// screen is a picture of a fake node, whose time the test moves.
type screen struct {
	t     *testing.T
	fake  *fake
	model *Model
	now   time.Time
}

func watch(t *testing.T, f *fake, token string) *screen {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	s := &screen{t: t, fake: f, now: noon}
	clock := func() time.Time { return s.now }
	s.model = New("http://node:8081", 2*time.Second, &Node{Address: server.URL, Token: token, Client: server.Client(), Now: clock}, clock)
	return s
}

// look runs what bubbletea would: a look, and what came of it.
func (s *screen) look() string {
	s.t.Helper()
	if _, next := s.model.Update(s.model.ask()); next == nil {
		s.t.Fatal("no next look is planned")
	}
	return s.model.View()
}

func (s *screen) press(key string) tea.Cmd {
	_, cmd := s.model.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(key)})
	return cmd
}

// shows holds a picture to texts that it has, in this order.
func shows(t *testing.T, picture string, want ...string) {
	t.Helper()
	rest := picture
	for _, text := range want {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Fatalf("no %q, or not in its place, in\n%s", text, picture)
		}
		rest = after
	}
}

func TestTheFirstPictureHasNoRatesAndTheSecondHas(t *testing.T) {
	s := watch(t, &fake{started: 100}, "secret")
	shows(t, s.model.View(), "asking", "q quit")
	shows(t, s.look(), "http://node:8081", "ready", "up 1h0m0s", "v1.2.3", "7 open", "4 served", "4 waiting", "started -/s", "2 available", "2 idle", "25% occupied",
		"4 agent", "answer -", "7 chat (9 in mailboxes, 6 in one)", "3 GiB on disk")
	s.fake.change(110, false)
	s.now = noon.Add(2 * time.Second)
	shows(t, s.look(), "started 5.0/s", "answer p50 1.1s p99 1.1s", "QUEUE", "sales", "12.5s", "82%", "31.0s", "support", "2m30s", "10.00",
		"AGENT TODAY", "bob", "alice", "50%")
}

func TestTablesAreSortedByWhatSAsksFor(t *testing.T) {
	s := watch(t, &fake{started: 100}, "secret")
	s.look()
	for _, want := range [][]string{{"sales", "support", "bob", "alice"}, {"support", "sales", "alice", "bob"}, {"sales", "support", "alice", "bob"},
		{"sales", "support", "alice", "bob"}, {"sales", "support", "bob", "alice"}} {
		shows(t, s.model.View(), append([]string{"QUEUE"}, want...)...)
		s.press("s")
	}
	s.press("S")
	shows(t, s.model.View(), "by waiting")
}

func TestAPausedPictureAsksNobody(t *testing.T) {
	s := watch(t, &fake{started: 100}, "")
	s.look()
	s.press("p")
	asked := len(s.fake.asked)
	if _, next := s.model.Update(due{}); next == nil {
		t.Fatal("it would never look again")
	}
	shows(t, s.model.View(), "paused")
	if len(s.fake.asked) != asked {
		t.Errorf("it asked %v", s.fake.asked[asked:])
	}
	s.press("p")
	_, next := s.model.Update(due{})
	if next == nil {
		t.Fatal("it does not go on")
	}
	if came, ok := next().(looked); !ok || came.err != nil {
		t.Errorf("it went on with %+v", came)
	}
}

func TestTheLastPictureStaysWhileTheNodeIsAwayAndGoesOnWhenItIsBack(t *testing.T) {
	s := watch(t, &fake{started: 100}, "")
	s.look()
	s.fake.change(100, true)
	s.now = noon.Add(2 * time.Second)
	s.look()
	s.now = noon.Add(4 * time.Second)
	shows(t, s.look(), "away since 12:00:02", "asking again every 2s", "7 open", "support")
	s.fake.change(3, false) // another process, which counts anew
	s.now = noon.Add(6 * time.Second)
	picture := s.look()
	shows(t, picture, "ready", "started -/s")
	if strings.Contains(picture, "away") {
		t.Errorf("it is back:\n%s", picture)
	}
	s.fake.change(5, false)
	s.now = noon.Add(8 * time.Second)
	shows(t, s.look(), "started 1.0/s")
}

func TestARestartBetweenTwoLooksMakesNoNegativeRates(t *testing.T) {
	s := watch(t, &fake{started: 100}, "")
	s.look()
	s.fake.change(6, false)
	s.now = noon.Add(2 * time.Second)
	shows(t, s.look(), "started 3.0/s", "answer p50 1.1s p99 2.2s")
}

func TestWhoMayNotReadReportsSeesTheMetricsAndWhy(t *testing.T) {
	s := watch(t, &fake{started: 1}, "")
	picture := s.look()
	shows(t, picture, "support", "no --token")
	if strings.Contains(picture, "AGENT TODAY") {
		t.Error("agents of nobody")
	}
	s = watch(t, &fake{started: 1, status: http.StatusForbidden}, "secret")
	shows(t, s.look(), "support", "report of queues: 403 expected another token")
}

func TestASmallWindowKeepsTheHelpAndCutsTheRest(t *testing.T) {
	s := watch(t, &fake{started: 1}, "secret")
	s.look()
	s.model.Update(tea.WindowSizeMsg{Width: 40, Height: 6})
	lines := strings.Split(s.model.View(), "\n")
	if len(lines) != 6 || !strings.HasPrefix(lines[5], "q quit") {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
	for _, line := range lines {
		if len([]rune(line)) > 40 {
			t.Errorf("%q is too long", line)
		}
	}
}

func TestQEndsIt(t *testing.T) {
	s := watch(t, &fake{}, "")
	cmd := s.press("q")
	if cmd == nil {
		t.Fatal("nothing happens")
	}
	if _, ends := cmd().(tea.QuitMsg); !ends {
		t.Errorf("it says %#v", cmd())
	}
}

func TestAnAnswerThatIsNoNodesIsNamed(t *testing.T) {
	for body, want := range map[string]string{"<html>": "no page of a node", `{"state":"recovering"}`: "the node is recovering"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			fmt.Fprint(w, body)
		}))
		_, err := (&Node{Address: server.URL, Client: server.Client(), Now: time.Now}).Look(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
		server.Close()
	}
	m := New("x", time.Second, failing{}, time.Now)
	m.Update(m.Init()())
	shows(t, m.View(), "away since", "nobody is there")
}

type failing struct{}

func (failing) Look(context.Context) (*Look, error) { return nil, errors.New("nobody is there") }

func TestATimeIsShownInTheUnitThatSuitsIt(t *testing.T) {
	for seconds, want := range map[float64]string{1e-9: "0ms", 0.0000251: "0.0251ms", 0.0123: "12.3ms", 2.34: "2.3s", 125: "2m5s"} {
		if got := span(seconds); got != want {
			t.Errorf("%g s is shown as %s, expected %s", seconds, got, want)
		}
	}
}
