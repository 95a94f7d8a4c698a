package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// told is an event as other systems get it.
type told struct{ ID, Type, Subject string }

// hooked is a receiver of webhooks that fails half of the time.
type hooked struct {
	mu     sync.Mutex
	calls  int
	order  map[string][]string // subject → ids, each once
	have   map[string]bool
	repeat int
	more   chan struct{}
}

func (h *hooked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var e told
	if err != nil || json.Unmarshal(body, &e) != nil {
		w.WriteHeader(http.StatusBadRequest) // cut off by a kill
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.calls++; h.calls%2 == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if h.have[e.ID] {
		h.repeat++
		return
	}
	h.have[e.ID] = true
	h.order[e.Subject] = append(h.order[e.Subject], e.ID)
	select {
	case h.more <- struct{}{}:
	default:
	}
}

// TestOtherSystemsAreToldEverythingAcrossKill9 kills a server under load while a
// webhook's receiver fails half of the time and somebody follows the stream.
func TestOtherSystemsAreToldEverythingAcrossKill9(t *testing.T) {
	h := &hooked{order: map[string][]string{}, have: map[string]bool{}, more: make(chan struct{}, 1)}
	receiver := httptest.NewServer(h)
	defer receiver.Close()
	s := newServer(t)
	write(t, s.path("parley.yaml"), killConfig+"events: {allow_networks: [127.0.0.0/8], retry: {first: 10ms, most: 100ms, attempts: 1000}}\n")
	s.start()
	s.serving()
	token, err := transport.MintDev(s.secret, acd.RoleAdmin, "root", "Root", 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	ask(t, s, token, "POST", "/v1/admin/webhooks?from=start", fmt.Sprintf(`{"url":%q,"kinds":["chat.*"]}`, receiver.URL))
	c := newCrowd(t, s, chaosSeed(t))
	var followed bytes.Buffer
	last := "start"
	for range 3 {
		c.during(400 * time.Millisecond)
		last = follow(t, s, token, last, &followed)
		s.kill()
		s.start()
		s.serving()
	}
	c.during(400 * time.Millisecond)
	c.part()
	code, all, errs := run(t, "events", "--address", "http://"+s.admin, "--token", token)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if !strings.HasPrefix(all, followed.String()) || followed.Len() == 0 {
		t.Errorf("what was followed in %d bytes, cut off and taken up again, is no beginning of the whole", followed.Len())
	}
	want, n := map[string][]string{}, 0
	for line := range strings.Lines(all) {
		var e told
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(e.Subject, "chat/") {
			want[e.Subject], n = append(want[e.Subject], e.ID), n+1
		}
	}
	if n < 50 {
		t.Errorf("%d events in all: the crowd has hardly done anything", n)
	}
	h.wait(t, want)
	calls, repeat := h.counts()
	t.Logf("%d events of %d chats, %d calls, %d came twice", n, len(want), calls, repeat)
	s.terminate()
	s.checkLog()
}

func (h *hooked) counts() (calls, repeat int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.calls, h.repeat
}

// wait waits for all of it and holds it to its order.
func (h *hooked) wait(t *testing.T, want map[string][]string) {
	t.Helper()
	for late := time.After(time.Minute); ; {
		missing, wrong := h.lacks(want)
		if wrong != "" {
			t.Fatal(wrong)
		} else if missing == 0 {
			return
		}
		select {
		case <-h.more:
		case <-late:
			calls, _ := h.counts()
			t.Fatalf("%d events are missing after %d calls", missing, calls)
		}
	}
}

// lacks counts what has not come, and says what came in another order.
func (h *hooked) lacks(want map[string][]string) (missing int, wrong string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for subject, ids := range want {
		if got := h.order[subject]; len(got) < len(ids) {
			missing += len(ids) - len(got)
		} else if !slices.Equal(got[:len(ids)], ids) {
			return 0, fmt.Sprintf("%s came as %v, expected %v", subject, got, ids)
		}
	}
	return missing, ""
}

func ask(t *testing.T, s *server, token, method, path, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.admin+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s", method, path, resp.Status, text)
	}
}

// follow prints up to 40 events behind one into out, and returns the last id.
func follow(t *testing.T, s *server, token, from string, out *bytes.Buffer) string {
	t.Helper()
	code, text, errs := run(t, "events", "--follow", "--limit", "40", "--from", from, "--address", "http://"+s.admin, "--token", token)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	out.WriteString(text)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	var e told
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &e); err != nil || len(lines) != 40 {
		t.Fatalf("%d lines, the last is %v", len(lines), err)
	}
	return e.ID
}

func TestWhatIsWrongWithAskingForEventsIsSaid(t *testing.T) {
	for _, args := range [][]string{{"--filter", "colour=red"}, {"--limit", "-1"}} {
		if code, _, errs := run(t, append([]string{"events"}, args...)...); code != exitUsage {
			t.Errorf("%v ends with %d %s", args, code, errs)
		}
	}
	p := serve(t, "--dev", "--data", t.TempDir())
	if code, _, errs := run(t, "events", "--follow", "--address", "http://"+p.admin, "--token", "x"); code != exitFailure || !strings.Contains(errs, "401") {
		t.Errorf("a wrong token ends with %d %s", code, errs)
	}
	if _, err := os.Stat("parley-data"); err == nil {
		t.Error("asking has made a data folder")
	}
}
