package admin_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// shown is an answer that knows how many lines the trail had when it began.
type shown struct {
	*httptest.ResponseRecorder
	trail *lines
	had   int
}

func (s *shown) WriteHeader(code int) {
	s.had = len(s.trail.durable)
	s.ResponseRecorder.WriteHeader(code)
}

// lines is a trail that keeps its lines, until it fails.
type lines struct {
	transport.Trail
	durable []actors.TrailEntry
	failed  error
}

func (l *lines) NoteDurably(line actors.TrailEntry) error {
	if l.failed == nil {
		l.durable = append(l.durable, line)
	}
	return l.failed
}

func (l *lines) ask(n *node, role acd.Role, method, path, body string) *shown {
	r := httptest.NewRequestWithContext(n.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token(n.t, role, "x"))
	r.Header.Set("Content-Type", "application/json")
	l.durable = nil
	s := &shown{ResponseRecorder: httptest.NewRecorder(), trail: l}
	n.api.ServeHTTP(s, r)
	return s
}

func TestTheTrailHasItsLineBeforeTheAnswerBegins(t *testing.T) {
	trail := &lines{}
	n := &node{t: t, dir: t.TempDir(), calls: transport.CallLimits{PerSecond: 1e6, Burst: 1e6}, trail: trail}
	n.begin()
	t.Cleanup(n.end)
	for _, c := range []struct {
		role               acd.Role
		method, path, body string
		status             int
		outcome            string // absent: no line
	}{
		{acd.RoleAdmin, "PUT", "/v1/admin/agents/y", `{}`, 200, "ok"},
		{acd.RoleAdmin, "DELETE", "/v1/admin/agents/y", "", 428, "precondition_required"},
		{acd.RoleAdmin, "PUT", "/v1/admin/agents/z", `{"colour":1}`, 422, "unprocessable_entity"},
		{acd.RoleAdmin, "GET", "/v1/admin/sessions", "", 200, "ok"},
		{acd.RoleAdmin, "GET", "/v1/admin/queues", "", 200, ""},
		{acd.RoleAgent, "PUT", "/v1/admin/agents/y", `{}`, 403, "forbidden"},
	} {
		got, want := trail.ask(n, c.role, c.method, c.path, c.body), 1
		if c.outcome == "" {
			want = 0
		}
		if got.Code != c.status || got.had != want || len(trail.durable) != want {
			t.Errorf("%s %s: status %d with %d lines before it and %d after, expected %d with %d", c.method, c.path, got.Code, got.had, len(trail.durable), c.status, want)
		} else if want == 1 && trail.durable[0].Outcome != c.outcome {
			t.Errorf("%s %s: the trail says %s, expected %s", c.method, c.path, trail.durable[0].Outcome, c.outcome)
		}
	}
}

func TestWhatTheTrailCannotHoldIsNotAnswered(t *testing.T) {
	trail := &lines{failed: errors.New("the disk is gone")}
	n := &node{t: t, dir: t.TempDir(), calls: transport.CallLimits{PerSecond: 1e6, Burst: 1e6}, trail: trail}
	n.begin()
	t.Cleanup(n.end)
	if got := trail.ask(n, acd.RoleAdmin, "GET", "/v1/admin/sessions", ""); got.Code != http.StatusServiceUnavailable || got.Body.Len() != 0 {
		t.Errorf("status %d with %q, expected 503 with nothing", got.Code, got.Body)
	}
}
