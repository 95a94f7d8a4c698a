package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// handler mounts the pages as a deployment with one site does.
func handler(t *testing.T, o Options) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	if err := Mount(mux, o); err != nil {
		t.Fatal(err)
	}
	return mux
}

func get(t *testing.T, h http.Handler, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestTheBundlesAreMadeOfTheSourcesThatAreHere(t *testing.T) {
	text, err := os.ReadFile("dist/sources.json")
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]string{}
	if err := json.Unmarshal(text, &made); err != nil {
		t.Fatal(err)
	}
	dirs := map[string]bool{}
	for file, sum := range made {
		source, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Errorf("%s is gone: run go generate ./transport/web", file)
			continue
		}
		if now := sha256.Sum256(source); hex.EncodeToString(now[:]) != sum {
			t.Errorf("%s has changed since: run go generate ./transport/web", file)
		}
		dirs[strings.Split(file, "/")[0]] = true
	}
	if len(made) < 20 {
		t.Errorf("the bundles are made of %d files only", len(made))
	}
	for dir := range dirs {
		newSources(t, dir, made)
	}
}

// newSources complains of files beside the sources that no bundle has seen.
func newSources(t *testing.T, dir string, made map[string]string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(file)
		if err != nil || d.IsDir() || strings.Contains(d.Name(), ".test.") || ext != ".ts" && ext != ".tsx" && ext != ".css" {
			return err
		}
		if made[filepath.ToSlash(file)] == "" {
			t.Errorf("%s is new: run go generate ./transport/web", file)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAPageAllowsNothingInlineAndNothingFromElsewhere(t *testing.T) {
	h := handler(t, Options{EmbedOn: []string{"https://www.example.com"}})
	for _, p := range pages {
		r := get(t, h, p.path)
		policy := r.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "trusted-types 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: %q lacks %s", p.path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %q", p.path, policy)
		}
		want := "frame-ancestors 'none'"
		if p.framed {
			want = "frame-ancestors 'self' https://www.example.com"
		}
		if !strings.HasSuffix(policy, want) {
			t.Errorf("%s: %q does not end in %s", p.path, policy, want)
		}
		text := body(t, r)
		if m := regexp.MustCompile(`<script(?:\s[^>]*)?>[^<]|<style|\sstyle=|\son\w+=|https?://`).FindString(text); m != "" {
			t.Errorf("%s has %q", p.path, m)
		}
		if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", p.path, got)
		}
	}
}

var asset = regexp.MustCompile(`(?:src|href)="([^"]+)"`)

func TestEverythingThatAPageNamesIsThereForGood(t *testing.T) {
	h := handler(t, Options{})
	types := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
	for _, p := range pages {
		names := asset.FindAllStringSubmatch(body(t, get(t, h, p.path)), -1)
		if len(names) < 3 {
			t.Errorf("%s names %v", p.path, names)
		}
		for _, name := range names {
			r := get(t, h, name[1])
			if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != types[filepath.Ext(name[1])] ||
				!strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d %v", name[1], r.StatusCode, r.Header)
			}
		}
	}
	if r := get(t, h, "/embed.js"); r.StatusCode != http.StatusOK || strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("/embed.js: %d %s", r.StatusCode, r.Header.Get("Cache-Control"))
	}
}

func TestTheFirstLoadOfAPageIsSmall(t *testing.T) {
	h := handler(t, Options{})
	for _, p := range pages {
		total := 0
		for _, name := range asset.FindAllStringSubmatch(body(t, get(t, h, p.path)), -1) {
			if r := get(t, h, name[1], "Accept-Encoding", "gzip"); filepath.Ext(name[1]) == ".js" {
				total += int(r.ContentLength)
			}
		}
		t.Logf("%s: %d bytes of compressed script", p.path, total)
		if total == 0 || total > 100_000 {
			t.Errorf("%s loads %d bytes of compressed script, at most 100,000", p.path, total)
		}
	}
}

func TestWhatTheBrowserHasIsNotSentAgain(t *testing.T) {
	h := handler(t, Options{})
	for _, encoding := range []string{"", "gzip, br"} {
		r := get(t, h, "/chat", "Accept-Encoding", encoding)
		tag := r.Header.Get("ETag")
		if again := get(t, h, "/chat", "Accept-Encoding", encoding, "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
			t.Errorf("%q with its tag again: %d", encoding, again.StatusCode)
		}
		if other := get(t, h, "/chat", "Accept-Encoding", encoding, "If-None-Match", `"other"`); other.StatusCode != http.StatusOK {
			t.Errorf("%q with another tag: %d", encoding, other.StatusCode)
		}
	}
}

func TestCompressedAndPlainAreTheSame(t *testing.T) {
	h := handler(t, Options{Dev: true})
	plain := body(t, get(t, h, "/chat", "Accept-Encoding", "gzip;q=0"))
	r := get(t, h, "/chat", "Accept-Encoding", "deflate, gzip;q=0.5")
	if r.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("the encoding is %q", r.Header.Get("Content-Encoding"))
	}
	unpacked, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil || string(text) != plain {
		t.Errorf("%v, %q, want %q", err, text, plain)
	}
	if !strings.Contains(plain, `data-mode="dev"`) || bytes.Contains([]byte(body(t, get(t, handler(t, Options{}), "/chat"))), []byte(`data-mode="dev"`)) {
		t.Error("development is not told from a deployment")
	}
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
