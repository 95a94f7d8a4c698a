package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// TestTheCommandsReachANodeThatAsksForCertificates on its admin listener; and
// the doctor knows a node behind certificates for one.
func TestTheCommandsReachANodeThatAsksForCertificates(t *testing.T) {
	dir := t.TempDir()
	file, secret := filepath.Join(dir, "parley.yaml"), "a secret of at least thirty-two bytes"
	certified(t, dir, "ops")
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, filepath.Join(dir, "secret"), secret)
	write(t, file, killConfig+ownCertificate+"admin_tls: {cert_file: cert.pem, key_file: key.pem, client_ca_file: cert.pem}\n")
	p := serve(t, "--config", file, "--data", filepath.Join(dir, "data"))
	token, err := transport.MintDev([]byte(secret), acd.RoleAdmin, "root", "root", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	asks := func(more ...string) (int, string, string) {
		return run(t, append([]string{"export", "--address=https://" + p.admin, "--token=" + token}, more...)...)
	}
	if code, out, errs := asks("--ca="+cert, "--cert="+cert, "--key="+key); code != exitOK || !strings.Contains(out, "id: support") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	for _, args := range [][]string{
		{"top", "--once", "--every=1ms"}, {"events", "--limit=1"}, {"report", "queue"}, {"apply", file, "--dry-run"}, {"backup", "--to=" + filepath.Join(dir, "backups")},
	} {
		if code, out, errs := run(t, append(args, "--address=https://"+p.admin, "--token="+token, "--ca="+cert, "--cert="+cert, "--key="+key)...); code != exitOK {
			t.Errorf("%s: exit %d: %s%s", args[0], code, out, errs)
		}
	}
	for want, args := range map[string][]string{
		"certificate required":   {"--ca=" + cert},
		"unknown authority":      {"--cert=" + cert, "--key=" + key},
		"--ca: ":                 {"--ca=" + file},
		"--cert and --key: ":     {"--ca=" + cert, "--cert=" + cert},
		"expected the token of ": {"--ca=" + cert, "--cert=" + cert, "--key=" + key, "--token="},
	} {
		if code, _, errs := asks(args...); code == exitOK || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d: %s, expected %q", args, code, errs, want)
		}
	}
	if _, out, _ := run(t, "doctor", "--config", file, "--data", filepath.Join(dir, "data"), "--listen", p.public, "--admin-listen", "127.0.0.1:0"); !strings.Contains(out, "a node answers at "+p.public) {
		t.Errorf("the doctor says\n%s", out)
	}
}
