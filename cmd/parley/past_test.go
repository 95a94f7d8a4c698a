package main

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pastChat is a server on which dana has had a chat with alice.
func pastChat(t *testing.T, dir string) (p *program, chat string) {
	t.Helper()
	p = serve(t, "--dev", "--data", dir)
	alice, dana := p.dial(p.tokens["agent/alice"]), p.dial(p.tokens["customer/dana"])
	alice.until("snapshot")
	dana.until("snapshot")
	alice.send(map[string]any{"type": "set_presence", "id": "a1", "state": "available"})
	alice.until("ok")
	dana.send(map[string]any{"type": "start", "id": "d1", "source": "web", "name": "Plover", "subject": "Plover",
		"attributes": map[string]any{"Plover": "Plover"}})
	chat, _ = dana.until("ok")["chat"].(string)
	alice.send(map[string]any{"type": "accept", "id": "a2", "offer": alice.until("offer")["offer"]})
	alice.until("assigned")
	dana.send(map[string]any{"type": "send", "id": "d2", "chat": chat, "text": "my card is 4711"})
	alice.until("message")
	alice.send(map[string]any{"type": "end", "id": "a3", "chat": chat})
	alice.until("wrapup_started")
	alice.send(map[string]any{"type": "wrapup", "id": "a4", "chat": chat, "code": "resolved", "notes": "Plover called"})
	alice.until("released")
	for began := time.Now(); ; time.Sleep(time.Millisecond) { // the chat hears of it from her desk
		_, body := p.ask("GET", "/v1/admin/chats/"+chat+"/replay", p.tokens["supervisor/sue"])
		if strings.Contains(body, "Plover called") {
			return p, chat
		}
		if time.Since(began) > patience {
			t.Fatalf("the chat has no wrap-up: %s", body)
		}
	}
}

// ask asks the admin listener as somebody.
func (p *program) ask(method, path, token string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, "http://"+p.admin+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestARunningServerAnswersOverseersAboutThePast(t *testing.T) {
	dir := t.TempDir()
	p, chat := pastChat(t, dir)
	sue := p.tokens["supervisor/sue"]
	_, root, _ := run(t, "token", "--dev", "--data", dir, "--role=admin", "--subject=root")
	root = strings.TrimSpace(root)
	for _, c := range []struct {
		method, path, token string
		status              int
		has                 string
	}{
		{"GET", "/v1/admin/chats", "", 401, "Bearer"},
		{"GET", "/v1/admin/chats", p.tokens["agent/alice"], 403, "supervisor"},
		{"GET", "/v1/admin/chats", p.tokens["customer/dana"], 403, "supervisor"},
		{"GET", "/v1/admin/chats?agent=alice&customer=dana", sue, 200, chat},
		{"GET", "/v1/admin/chats?agent=bob", sue, 200, `"chats":[]`},
		{"GET", "/v1/admin/chats?from=yesterday", sue, 400, "2026"},
		{"GET", "/v1/admin/chats?limit=0", sue, 400, "limit"},
		{"GET", "/v1/admin/chats?cursor=%21", sue, 400, "cursor"},
		{"GET", "/v1/admin/chats/" + chat + "/explain", sue, 200, `"alice"`},
		{"GET", "/v1/admin/chats/nochat/explain", sue, 404, "no such chat"},
		{"GET", "/v1/admin/chats/" + chat + "/replay?at=3", sue, 200, `"active"`},
		{"GET", "/v1/admin/chats/" + chat + "/replay?at=x", sue, 400, "record number"},
		{"GET", "/v1/admin/chats/" + chat + "/transcript", sue, 200, "4711"},
		{"DELETE", "/v1/admin/customers/dana/text", sue, 403, "administrator"},
		{"DELETE", "/v1/admin/customers/dana/text", root, 200, chat},
		{"GET", "/v1/admin/chats/" + chat + "/transcript", sue, 200, `"erased":true`},
		{"GET", "/v1/admin/audit", sue, 200, `"what":"export"`},
		{"GET", "/v1/admin/audit?who=root", sue, 200, `"entries":[]`},
		{"GET", "/v1/admin/audit?cursor=YQ", root, 400, "cursor"},
		{"GET", "/v1/admin/audit?from=yesterday", root, 400, "2026"},
		{"GET", "/v1/admin/audit?who=sue&what=export", root, 200, `"on":"chat/` + chat + `","outcome":"ok","address":"127.0.0.1"`},
		{"GET", "/v1/admin/audit?what=erase&outcome=forbidden", root, 200, `"on":"customer/dana"`},
		{"GET", "/v1/admin/audit?who=sue&what=erase&outcome=ok", root, 200, `"entries":[]`},
		{"GET", "/v1/admin/audit?limit=1", root, 200, `"next":"`},
	} {
		if status, body := p.ask(c.method, c.path, c.token); status != c.status || !strings.Contains(body, c.has) {
			t.Errorf("%s %s: %d %s, expected %d with %q", c.method, c.path, status, body, c.status, c.has)
		}
	}
	if strings.Contains(p.errs.String(), "4711") {
		t.Error("the log has a word of the conversation")
	}
	if status, _ := get(t, "http://"+p.public+"/v1/admin/chats"); status != 404 {
		t.Errorf("the public listener answers about the past: %d", status)
	}
}

// noWordsIn looks into every file of a folder.
func noWordsIn(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		for _, word := range []string{"Plover", "4711"} {
			if bytes.Contains(b, []byte(word)) {
				t.Errorf("%s has %q", path, word)
			}
		}
		return err
	})
	if err != nil || files < 3 {
		t.Fatalf("%d files (%v)", files, err)
	}
}

func TestNoFileOfAServerHasAWordInClear(t *testing.T) {
	dir := t.TempDir()
	p, chat := pastChat(t, dir)
	noWordsIn(t, dir) // the log is whole while the server runs
	if code := p.stop(); code != 0 {
		t.Fatalf("exit %d: %s", code, p.errs)
	}
	noWordsIn(t, dir)
	for _, args := range [][]string{{"erase", "--chat", chat}, {"check-data"}} {
		if code, out, errs := run(t, append(args, "--data", dir)...); code != 0 {
			t.Errorf("%v: exit %d, %q %q", args, code, out, errs)
		}
	}
	for _, args := range [][]string{{"history"}, {"replay", chat}, {"transcript", chat}} {
		if code, out, _ := run(t, append(args, "--data", dir)...); code != 0 || strings.Contains(out, "Plover") || !strings.Contains(out, `"erased":true`) {
			t.Errorf("%v: exit %d, %s", args, code, out)
		}
	}
	for _, args := range [][]string{{"erase"}, {"erase", "dana", "--chat", chat}, {"erase", "--chat", "nochat"}} {
		if code, _, errs := run(t, append(args, "--data", dir)...); code != exitUsage {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
}

func TestAStoppedServersFolderAnswersCommandsAboutThePast(t *testing.T) {
	dir := t.TempDir()
	p, chat := pastChat(t, dir)
	if code, _, errs := run(t, "history", "--data", dir); code != exitUsage || !strings.Contains(errs, "admin address") {
		t.Errorf("of a folder in use: exit %d, %q", code, errs)
	}
	if code := p.stop(); code != 0 {
		t.Fatalf("exit %d: %s", code, p.errs)
	}
	for _, c := range []struct {
		args []string
		code int
		has  string
	}{
		{[]string{"explain", chat}, 0, "support, longest_idle, configuration 1: alice"},
		{[]string{"explain", "nochat"}, exitUsage, ""},
		{[]string{"replay", chat}, 0, `"Accepted"`},
		{[]string{"replay", chat, "--at=2"}, 0, `"queued"`},
		{[]string{"history", "--customer=dana"}, 0, chat},
		{[]string{"history", "--queue=sales"}, 0, ""},
		{[]string{"history", "--limit=0"}, exitUsage, ""},
		{[]string{"audit", "--limit=0"}, exitUsage, ""},
		{[]string{"audit", "--limit=1000"}, 0, ""},
		{[]string{"transcript", chat}, 0, "my card is 4711"},
		{[]string{"check-data"}, 0, "1 chat (0 closed)"}, // it can still be rated
		{[]string{"erase", "dana"}, 0, "text of 1 chat erased, 0 chats still open"},
		{[]string{"transcript", chat}, 0, `"erased":true`},
		{[]string{"check-data"}, 0, "1 chat (0 closed)"}, // it can still be rated
	} {
		code, out, errs := run(t, append(c.args, "--data", dir)...)
		if code != c.code || !strings.Contains(out, c.has) {
			t.Errorf("%v: exit %d, %q %q, expected %d with %q", c.args, code, out, errs, c.code, c.has)
		}
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "{") && !json.Valid([]byte(line)) {
				t.Errorf("%v: a line is no JSON: %s", c.args, line)
			}
		}
	}
}
