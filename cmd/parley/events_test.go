package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// TestEventsAreReadOnAfterTooManyRequests: many pages are more requests than one
// principal may send at once, so the command comes again when it may.
func TestEventsAreReadOnAfterTooManyRequests(t *testing.T) {
	folder, secret := t.TempDir(), strings.Repeat("parley", 8)
	file := filepath.Join(folder, "parley.yaml")
	write(t, filepath.Join(folder, "secret"), secret)
	write(t, file, strings.Replace(killConfig, "limits:\n", "limits:\n  admin: {per_second: 2, burst: 1}\n", 1))
	p := serve(t, "--config", file, "--data", filepath.Join(folder, "data"))
	tokenOf := func(role acd.Role, id string) string {
		token, err := transport.MintDev([]byte(secret), role, id, id, 10*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	ann := p.dial(tokenOf(acd.RoleCustomer, "ann"))
	ann.send(map[string]any{"type": "start", "id": "1", "source": "web"})
	ann.until("ok")
	for _, flags := range [][]string{nil, {"--follow", "--limit", "2"}} {
		args := append([]string{"events", "--address=http://" + p.admin, "--token=" + tokenOf(acd.RoleAdmin, "root")}, flags...)
		code, out, errs := run(t, args...)
		if code != exitOK || strings.Count(out, `"type":"parley.chat.`) != 2 {
			t.Errorf("%v: exit %d, %s%s", flags, code, out, errs)
		}
	}
}
