package security_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// canary stands in for what people say and for what is secret.
const canary = "cAnArY7f3"

func TestNothingThatIsSaidAndNoTokenReachesLogsMetricsOrTheTrail(t *testing.T) {
	w, _ := newWorld(t, 1, nil)
	c := w.crew(t, false)
	chat := c.situation("right")
	c.situation("other")
	c.available("t")
	words := map[string]string{"$chat": chat.id, "$offer": chat.offer, "$agent": c.name("t"), "$participant": c.name("p"), "$queue": c.name("home"),
		"$owner": c.name("w"), "$source": c.name("home"), "$token": canary}
	people := map[string]*person{"C": c.people["c"], "W": c.people["w"], "A": c.agent("a"), "S": c.join("s", c.supervisor),
		"M": c.join("m", func() string { return w.token(t, acd.RoleAdmin, c.name("m")) })}
	sent := 0
	for _, said := range []frame{
		{"type": "send", "chat": "$chat", "text": canary}, {"type": "send", "chat": "$chat", "text": canary, "to": "agents"},
		{"type": "start", "source": "$source", "name": canary, "subject": canary, "attributes": map[string]any{"note": canary}},
		{"type": "set_attributes", "chat": "$chat", "set": map[string]any{"note": canary}},
		{"type": "transfer", "chat": "$chat", "to": map[string]any{"agent": "$agent"}, "note": canary},
		{"type": "invite", "chat": "$chat", "agent": "$agent", "note": canary},
		{"type": "direct", "agent": "$agent", "text": canary}, {"type": "assist", "chat": "$chat", "text": canary},
		{"type": "broadcast", "queue": "$queue", "text": canary}, {"type": "refresh", "token": canary},
		{"type": "reject", "offer": "$offer", "reason": canary}, {"type": "list_targets", "kind": "agent", "filter": canary},
		{"type": "watch", "chats": true, "filter": canary}, {"type": "set_presence", "state": "not_ready", "reason": canary},
		{"type": "end", "chat": "$chat"}, {"type": "rate", "chat": "$chat", "score": 1, "text": canary},
		{"type": "save_wrapup", "chat": "$chat", "code": canary, "notes": canary}, {"type": "wrapup", "chat": "$chat", "code": "done", "notes": canary},
		{"type": canary},
	} {
		for _, role := range []string{"A", "S", "M", "C", "W"} {
			f := frame(fill(map[string]any(said), words).(map[string]any))
			people[role].ask(f)
			sent++
		}
	}
	if got := w.dial(t).ask(frame{"type": "hello", "token": canary}); got != "unauthenticated" {
		t.Errorf("hello with a canary: %s", got)
	}
	token := w.token(t, acd.RoleAdmin, "root")
	for _, path := range []string{"/v1/admin/chats?customer=nobody", "/v1/admin/chats/" + chat.id + "/transcript", "/v1/admin/chats/" + chat.id + "/replay"} {
		if got := status(t, w.admin.URL+path, token); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
	c.leave()
	resp, err := http.Get(w.admin.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	metrics, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]string{"the metrics": string(metrics), "the log": w.logs.String(), "the audit trail": w.spoken(t)}
	for place, text := range places {
		if text == "" {
			t.Errorf("%s is empty", place)
		}
		for _, secret := range []string{canary, token, "0123456789abcdef0123456789abcdef"} {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s of %d frames has it: …%s…", place, sent, text[max(at-200, 0):min(at+60, len(text))])
			}
		}
	}
	if !strings.Contains(w.logs.String(), chat.id) {
		t.Error("the log does not even name the chat: it cannot have been looked into")
	}
}

// spoken is all that the audit trail says.
func (w *world) spoken(t *testing.T) string {
	t.Helper()
	w.trail(t) // waits for what was noted
	page, _, err := w.engine.Past().Trail(actors.TrailQuery{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, l := range page {
		all.WriteString(strings.Join([]string{l.Who, string(l.Role), l.What, l.On, l.To, l.Outcome, l.Session, l.Address, "\n"}, " "))
	}
	return all.String()
}
