package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

func TestWhoAsksTooOftenIsRefusedByBothHalvesOfTheAPI(t *testing.T) {
	n := startWith(t, transport.CallLimits{PerSecond: 1, Burst: 2})
	eager := token(t, acd.RoleAdmin, "eager")
	refused, trail, began := 0, 0, time.Now()
	for range 6 {
		for _, path := range []string{"/v1/admin/sessions", "/v1/admin/chats"} {
			a := n.askAs(eager, http.MethodGet, path, "")
			if a.status == http.StatusOK {
				continue
			}
			refused++
			a.want(http.StatusTooManyRequests, `"too many requests of this principal"`)
			if a.header.Get("Retry-After") != "1" || a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: %v", path, a.header)
			}
		}
	}
	if let := 12 - refused; let > 2+1+int(time.Since(began)/time.Second) {
		t.Errorf("%d of twelve were let in within %s", let, time.Since(began))
	}
	calm := n.ask(http.MethodGet, "/v1/admin/audit", "").want(http.StatusOK)
	if trail = strings.Count(calm.text, `"eager"`); trail == 0 || trail > 12-refused {
		t.Errorf("the trail has %d lines of %d requests, %d of them refused: %s", trail, 12, refused, calm.text)
	}
}
