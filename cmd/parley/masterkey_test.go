package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocloud.dev/secrets/localsecrets"
)

// masterFile writes new master keys in front of those of other files.
func masterFile(t *testing.T, others ...string) (file string) {
	t.Helper()
	code, line, errs := run(t, "master-key")
	if code != 0 {
		t.Fatal(errs)
	}
	for _, other := range others {
		text, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		line += string(text)
	}
	file = filepath.Join(t.TempDir(), "master.keys")
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTextIsReadUnderTheMasterKeyAlone(t *testing.T) {
	dir := t.TempDir()
	p, chat := pastChat(t, dir) // its key lies bare
	if code := p.stop(); code != 0 {
		t.Fatalf("exit %d: %s", code, p.errs)
	}
	first := masterFile(t)
	second := masterFile(t, first)
	for _, file := range []string{first, second} {
		p = serve(t, "--dev", "--data", dir, "--master-key", file)
		if code := p.stop(); code != 0 || !strings.Contains(p.errs.String(), "wrapped under the present master key") {
			t.Fatalf("exit %d: %s", code, p.errs)
		}
	}
	t.Setenv("MASTER_OF_TEST", onlyFirstLine(t, second))
	for _, tt := range []struct {
		name string
		args []string
		code int
		has  string
	}{
		{"both keys", []string{"--master-key", second}, 0, "4711"},
		{"the new key from the environment", []string{"--master-key", "env:MASTER_OF_TEST"}, 0, "4711"},
		{"no key", nil, exitUsage, "master key that was not given"},
		{"the old key", []string{"--master-key", first}, exitUsage, "master key that was not given"},
		{"a file that is not there", []string{"--master-key", "missing.keys"}, exitUsage, "cannot read the file"},
		{"a name that is not set", []string{"--master-key", "env:NOBODY_HAS_THIS"}, exitUsage, "NOBODY_HAS_THIS"},
	} {
		code, out, errs := run(t, append([]string{"transcript", chat, "--data", dir}, tt.args...)...)
		if code != tt.code || !strings.Contains(out+errs, tt.has) {
			t.Errorf("%s: exit %d, %s%s, want %d and %q", tt.name, code, out, errs, tt.code, tt.has)
		}
	}
	if code, out, errs := run(t, "check-data", "--data", dir, "--master-key", second); code != 0 {
		t.Errorf("check-data: exit %d, %s%s", code, out, errs)
	}
}

func onlyFirstLine(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

func TestAKeeperOpensTheMasterKey(t *testing.T) {
	key, err := localsecrets.NewRandomKey()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := os.ReadFile(masterFile(t))
	if err != nil {
		t.Fatal(err)
	}
	keeper := localsecrets.NewKeeper(key)
	defer keeper.Close()
	sealed, err := keeper.Encrypt(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sealed.keys")
	if err := os.WriteFile(file, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	address := "base64key://" + base64.URLEncoding.EncodeToString(key[:])
	if keys, err := masterKeys(t.Context(), file, address); err != nil || keys == nil {
		t.Error(err)
	}
	for name, by := range map[string]string{"nobody": "", "another keeper": "base64key://", "no keeper": "nowhere://hunter2"} {
		if _, err := masterKeys(t.Context(), file, by); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
