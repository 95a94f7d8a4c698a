package admin_test

import (
	"net/http"
	"testing"
)

// FuzzBody lets anything be sent to what takes a body: it is taken or refused,
// and never the server's fault.
func FuzzBody(f *testing.F) {
	paths := []struct{ method, path string }{
		{http.MethodPatch, "/v1/admin/queues/support"}, {http.MethodPut, "/v1/admin/agents/zed"}, {http.MethodPost, "/v1/admin/tokens"},
		{http.MethodPost, "/v1/admin/revocations"}, {http.MethodPut, "/v1/admin/config"}, {http.MethodPost, "/v1/admin/chats/c/end"},
	}
	for i, seed := range []string{`{"name":"Support"}`, `{"queues":["support"]}`, `{"role":"agent","subject":"a"}`, `{"role":"customer","subject":"a"}`,
		`{"queues":[],"queues":[]}`, `{"reason":"x"}`, `{"name":null}`, `[[[[`, `{"max_size":1e308}`, `{"role":"service","subject":"a","rights":["erase","x"]}`, "{\"name\":\"\xff\"}"} {
		f.Add(uint8(i), seed)
	}
	n := start(f)
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		p := paths[int(which)%len(paths)]
		one := *n
		one.t = t
		if got := one.ask(p.method, p.path, body, "If-Match", "*"); got.status >= http.StatusInternalServerError {
			t.Fatalf("%s %s with %q: %d %s", p.method, p.path, body, got.status, got.text)
		}
	})
}
