package transport

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// withPages is a server with pages and the sign-in of development.
func withPages(t *testing.T, o Options) *Server {
	t.Helper()
	auth, err := NewAuth(t.Context(), AuthOptions{Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	o.Engine, o.Auth, o.Pages = &fakeEngine{}, auth, &Pages{}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func devSignIn() *Dev {
	return &Dev{
		People: func() []acd.Principal { return []acd.Principal{{Role: acd.RoleAgent, ID: "alice", Name: "Alice"}} },
		Mint: func(p acd.Principal) (string, error) {
			if p.ID == "" {
				return "", errors.New("no subject")
			}
			return "token of " + p.ID, nil
		},
	}
}

func TestOnADevelopmentServerOneMayChooseWhoOneIs(t *testing.T) {
	h := withPages(t, Options{Dev: devSignIn()}).Handler()
	for _, tt := range []struct{ method, path, body, want string }{
		{"GET", "/v1/dev/people", "", `{"people":[{"role":"agent","subject":"alice","name":"Alice"}]}`},
		{"POST", "/v1/dev/token", `{"role":"agent","subject":"alice","name":"Alice"}`, `{"token":"token of alice"}`},
		{"POST", "/v1/dev/token", `{"role":"agent"}`, "bad request: no subject"},
		{"POST", "/v1/dev/token", `{"rule":"agent"}`, "bad request: expected role, subject and name"},
	} {
		if got := devAsk(h, tt.method, tt.path, tt.body, nil); strings.TrimSpace(got.Body.String()) != tt.want {
			t.Errorf("%s %s with %s: %q, want %q", tt.method, tt.path, tt.body, got.Body, tt.want)
		}
	}
}

func TestDevelopmentSignInIsForThisMachinesOwnPagesAlone(t *testing.T) {
	h := withPages(t, Options{Dev: devSignIn()}).Handler()
	for name, change := range map[string]func(*http.Request){
		"another machine":     func(r *http.Request) { r.RemoteAddr = "192.0.2.7:1234" },
		"a name that rebinds": func(r *http.Request) { r.Host = "evil.example.com" },
		"another page":        func(r *http.Request) { r.Header.Set("Origin", "https://evil.example.com") },
		"another port's page": func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:9999") },
		"an opaque page":      func(r *http.Request) { r.Header.Set("Origin", "null") },
	} {
		for _, path := range []string{"GET /v1/dev/people", "POST /v1/dev/token"} {
			method, path, _ := strings.Cut(path, " ")
			if got := devAsk(h, method, path, `{"role":"agent","subject":"alice","name":""}`, change); got.Code != http.StatusForbidden {
				t.Errorf("%s asks %s: %d %s", name, path, got.Code, got.Body)
			}
		}
	}
}

func TestADeploymentHasNoDevelopmentSignInAndPagesOnlyWhereAsked(t *testing.T) {
	h := withPages(t, Options{}).Handler()
	for path, want := range map[string]int{"/v1/dev/people": 404, "/chat": 200, "/embed.js": 200, "/assets/none.js": 404} {
		if got := devAsk(h, "GET", path, "", nil); got.Code != want {
			t.Errorf("%s: %d, want %d", path, got.Code, want)
		}
	}
	auth, err := NewAuth(t.Context(), AuthOptions{Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	bare, err := New(Options{Engine: &fakeEngine{}, Auth: auth})
	if err != nil {
		t.Fatal(err)
	}
	if got := devAsk(bare.Handler(), "GET", "/chat", "", nil); got.Code != 404 {
		t.Errorf("a server without pages has /chat: %d", got.Code)
	}
}

func TestOurOwnPagesMayConnectBesideThoseOfTheList(t *testing.T) {
	s := withPages(t, Options{Origins: []string{"https://desk.example.com"}})
	r := httptest.NewRequest("GET", "http://parley.example.com/v1/ws", nil)
	for origin, want := range map[string]bool{
		"https://parley.example.com": true, "https://desk.example.com": true, "https://www.example.com": false,
	} {
		r.Header.Set("Origin", origin)
		if got := s.originAllowed(r); got != want {
			t.Errorf("%s is let in: %t, want %t", origin, got, want)
		}
	}
}

func devAsk(h http.Handler, method, path, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:50000"
	if method == "POST" {
		r.Header.Set("Origin", "http://127.0.0.1:8080")
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// closedPast is there, and must not be asked.
type closedPast struct{}

func (closedPast) Past() *actors.Past                                          { panic("asked") }
func (closedPast) Erase(acd.CustomerID) (erased, open []acd.ChatID, err error) { panic("asked") }
func (closedPast) EraseChat(acd.ChatID) error                                  { panic("asked") }

func TestThePagesMayAskAboutThePastOnlyForWhoOversees(t *testing.T) {
	h := withPages(t, Options{Past: closedPast{}}).Handler()
	for _, tt := range []struct {
		method, path, role string
		want               int
	}{
		{"GET", "/v1/past/chats", "", 401},
		{"GET", "/v1/past/chats", "agent", 403},
		{"GET", "/v1/past/chats/c1/replay", "customer", 403},
		{"GET", "/v1/past/chats/c1/transcript", "agent", 403},
		{"DELETE", "/v1/past/chats/c1/text", "admin", 404},
		{"GET", "/v1/admin/chats", "admin", 404},
	} {
		got := devAsk(h, tt.method, tt.path, "", func(r *http.Request) {
			if tt.role != "" {
				r.Header.Set("Authorization", "Bearer "+minted(t, acd.Role(tt.role)))
			}
		})
		if got.Code != tt.want {
			t.Errorf("%s %s as %q: %d %s, want %d", tt.method, tt.path, tt.role, got.Code, got.Body, tt.want)
		}
	}
	api := func(*Server) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.URL.String())) })
	}
	h = withPages(t, Options{Admin: api}).Handler()
	for _, of := range []string{"queues", "agents"} {
		if got := devAsk(h, "GET", "/v1/past/reports/"+of+"?step=hour", "", nil); got.Body.String() != "http://127.0.0.1:8080/v1/admin/reports/"+of+"?step=hour" {
			t.Errorf("the report is asked for as %q", got.Body)
		}
	}
	for _, path := range []string{"POST /v1/past/reports/queues", "GET /v1/past/reports/total", "GET /v1/past/config"} {
		method, path, _ := strings.Cut(path, " ")
		if got := devAsk(h, method, path, "", nil); got.Code == 200 {
			t.Errorf("the pages may ask %s %s: %s", method, path, got.Body)
		}
	}
	if got := devAsk(withPages(t, Options{}).Handler(), "GET", "/v1/past/chats", "", nil); got.Code != 404 {
		t.Errorf("without a past: %d", got.Code)
	}
}

func minted(t *testing.T, role acd.Role) string {
	t.Helper()
	text, err := MintDev(secret, role, "x", "", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
