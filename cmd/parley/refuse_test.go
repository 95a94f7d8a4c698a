package main

import (
	"maps"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// busy is an address that somebody listens on.
func busy(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func TestWhatCannotStartSaysWhyInOneLineAndTouchesNothing(t *testing.T) {
	const free = "127.0.0.1:0"
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		return path
	}
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"no command", nil, `expected one of "serve"`},
		{"an unknown command", []string{"dance"}, `unexpected argument dance`},
		{"an unknown flag", []string{"serve", "--dev", "--lisen=x"}, `unknown flag --lisen`},
		{"a log level nobody knows", []string{"serve", "--dev", "--log-level=loud"}, `--log-level must be one of`},
		{"no time to drain", []string{"serve", "--dev", "--drain-for=0s"}, `--drain-for 0s is out of range`},
		{"a retention before now", []string{"serve", "--dev", "--retention=-1h"}, `--retention is -1h0m0s, expected a time`},
		{"nothing to serve", []string{"serve"}, `expected --config FILE, or --dev`},
		{"a configuration that is not there", []string{"serve", "--config", filepath.Join(dir, "none")}, `none: no such file`},
		{"a configuration with problems", []string{"serve", "--dev", "--config", file("bad.yaml", "queues: 1\nagents: 2\n")},
			`bad.yaml:1:9: queues: expected a list, one "- " each (and 2 more, see parley check)`},
		{"a configuration without keys", []string{"serve", "--config", file("open.yaml", string(devConfig))},
			`no keys to check tokens with, expected a section tokens`},
		{"keys that are none", []string{"serve", "--config", file("keys.yaml", string(devConfig)+
			"\ntokens: {issuer: i, audience: a, jwks_file: "+file("jwks", "{}")+"}\n")}, `no public key for signatures`},
		{"no address", []string{"serve", "--dev", "--listen=nowhere"}, `--listen: "nowhere" is no address`},
		{"no operator's address", []string{"serve", "--dev", "--admin-listen=nowhere"}, `--admin-listen: "nowhere" is no address`},
		{"development for everybody", []string{"serve", "--dev", "--listen=0.0.0.0:0"}, `--dev listens on this machine only`},
		{"development on every address", []string{"serve", "--dev", "--listen=:0"}, `--dev listens on this machine only`},
		{"profiles for everybody", []string{"serve", "--dev", "--listen=" + free, "--admin-listen=[::]:0"}, `--dev listens on this machine only`},
		{"an address in use", []string{"serve", "--dev", "--listen", busy(t), "--admin-listen", free}, `address already in use`},
		{"an operator's address in use", []string{"serve", "--dev", "--listen", free, "--admin-listen", busy(t)}, `address already in use`},
		{"a token of no folder", []string{"token", "--dev", "--subject=alice"}, `has no dev-secret: start parley serve --dev on it first`},
		{"a token for a deployment", []string{"token", "--subject=alice"}, `missing flags: --dev`},
		{"a token of nobody", []string{"token", "--dev"}, `missing flags: --subject`},
		{"a token of no role", []string{"token", "--dev", "--subject=a", "--role=king"}, `--role must be one of`},
		{"a token for ever", []string{"token", "--dev", "--subject=a", "--ttl=9h"}, `--ttl 9h0m0s is out of range, expected up to 8h0m0s`},
		{"a check of nothing", []string{"check"}, `expected "<file>"`},
		{"a check of a file that is not there", []string{"check", filepath.Join(dir, "none")}, `none: no such file`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			t.Setenv("PARLEY_DATA", data)
			code, out, errs := run(t, tt.args...)
			if code != 2 || out != "" || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, tt.want) {
				t.Errorf("exit %d, %q, %q, want one line with %q", code, out, errs, tt.want)
			}
			if left := contents(t, data); len(left) != 0 {
				t.Errorf("touched %v", left)
			}
		})
	}
}

func TestAFolderThatIsNotOursIsLeftAlone(t *testing.T) {
	for _, tt := range []struct{ name, file, text, want string }{
		{"of somebody else", "diary.txt", "dear diary", `the folder is not a journal`},
		{"of a newer version", "JOURNAL", "parley journal, format 999\n", `the journal was written by a newer version: format 999`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, tt.file), tt.text)
			before := contents(t, dir)
			code, _, errs := run(t, "serve", "--dev", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--data", dir)
			if code != 2 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, tt.want) {
				t.Errorf("exit %d, %q, want one line with %q", code, errs, tt.want)
			}
			if after := contents(t, dir); !maps.Equal(before, after) {
				t.Errorf("the folder has become %q", after)
			}
		})
	}
}

func TestAFolderInUseIsLeftToItsHolder(t *testing.T) {
	dir := t.TempDir()
	first := serve(t, "--dev", "--data", dir)
	before := contents(t, dir)
	code, _, errs := run(t, "serve", "--dev", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--data", dir)
	if code != 2 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "the folder is in use by another process") {
		t.Errorf("exit %d, %q", code, errs)
	}
	if after := contents(t, dir); !maps.Equal(before, after) {
		t.Error("the folder has changed")
	}
	if code, body := get(t, "http://"+first.public+"/readyz"); code != 200 {
		t.Errorf("the holder is no longer ready: %d %s", code, body)
	}
	if code := first.stop(); code != 0 {
		t.Errorf("the holder ended with %d: %s", code, first.errs)
	}
}

func TestAnAddressIsLetGoWhenTheOtherCannotBeHad(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wanted := l.Addr().String()
	l.Close()
	code, _, errs := run(t, "serve", "--dev", "--listen", wanted, "--admin-listen", busy(t), "--data", t.TempDir())
	if code != 2 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	again, err := net.Listen("tcp", wanted)
	if err != nil {
		t.Fatalf("%s is still taken: %v", wanted, err)
	}
	again.Close()
}

func TestADamagedSecretIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	serve(t, "--dev", "--data", dir).stop()
	write(t, filepath.Join(dir, "dev-secret"), "hello\n")
	code, _, errs := run(t, "serve", "--dev", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--data", dir)
	if code != 2 || !strings.Contains(errs, "dev-secret is damaged: delete it to get another") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
