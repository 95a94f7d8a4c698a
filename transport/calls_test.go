package transport

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// recorded asks a handler as somebody at an address.
func recorded(h http.Handler, path, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAnAddressThatAsksTheAdminAPITooOftenIsToldWhenToComeBack(t *testing.T) {
	e := onLoopback(t, func(o *Options) {
		o.TrustLoopback = false
		o.Calls = CallLimits{AddressPerSecond: 1, AddressBurst: 3}
		o.Admin = func(*Server) http.Handler { return http.NotFoundHandler() }
	})
	h := e.server.AdminHandler()
	for i := range 3 {
		if w := recorded(h, "/v1/admin/x", "192.0.2.7:99"); w.Code != http.StatusNotFound {
			t.Errorf("request %d: %d", i, w.Code)
		}
	}
	w := recorded(h, "/v1/admin/x", "192.0.2.7:98")
	wait, err := strconv.Atoi(w.Header().Get("Retry-After"))
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Content-Type") != "application/problem+json" || err != nil || wait != 1 ||
		!strings.Contains(w.Body.String(), `"detail":"too many requests from this address"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := recorded(h, "/v1/admin/x", "192.0.2.8:99"); w.Code != http.StatusNotFound {
		t.Errorf("another address gets %d", w.Code)
	}
	for _, path := range []string{"/metrics", "/healthz"} {
		if w := recorded(h, path, "192.0.2.7:99"); w.Code != http.StatusOK {
			t.Errorf("%s answers %d to who looks after the node", path, w.Code)
		}
	}
}

func TestBucketsFillUpAgainAndForgetTheFull(t *testing.T) {
	b, now := newBuckets[netip.Addr](2, 2), time.Unix(1000, 0)
	a, c := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	take := func(of netip.Addr, want bool) {
		t.Helper()
		if wait, ok := b.take(of, now); ok != want || !ok && wait != 1 {
			t.Errorf("%s at %s: %t, wait %d", of, now, ok, wait)
		}
	}
	take(a, true)
	take(a, true)
	take(a, false)
	take(c, true)
	now = now.Add(500 * time.Millisecond)
	take(a, true)
	take(a, false)
	b.sweep(now)
	if len(b.seen) != 1 || b.seen[a] == nil {
		t.Errorf("it remembers %v", b.seen)
	}
}

func TestAPrincipalHasOneLimitAtWhateverAddress(t *testing.T) {
	e := onLoopback(t, func(o *Options) { o.Calls = CallLimits{PerSecond: 1, Burst: 2} })
	ann, bob := acd.Principal{Role: acd.RoleAdmin, ID: "ann"}, acd.Principal{Role: acd.RoleAdmin, ID: "bob"}
	for i, want := range []bool{true, true, false} {
		if wait, ok := e.server.Admit(ann); ok != want || !ok && wait != 1 {
			t.Errorf("%d: %t, wait %d", i, ok, wait)
		}
	}
	if _, ok := e.server.Admit(bob); !ok {
		t.Error("another one is refused for it")
	}
}
