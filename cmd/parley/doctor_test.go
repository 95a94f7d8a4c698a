package main

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// said is the line of the doctor's findings about something, with what to do.
func said(out, about string) string {
	lines := strings.Split(out, "\n")
	for i, line := range lines {
		if f := strings.Fields(line); len(f) > 1 && strings.HasPrefix(line[9:], about) {
			if i+1 < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+1]), "do:") {
				line += " " + strings.TrimSpace(lines[i+1])
			}
			return line
		}
	}
	return ""
}

func TestTheDoctorFindsNothingWrongWithWhatWorks(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := serve(t, "--dev", "--data", data)
	args := []string{"doctor", "--dev", "--data", data, "--listen=" + p.public, "--admin-listen=" + p.admin}
	code, out, errs := run(t, args...)
	if code != exitOK || !strings.Contains(said(out, "journal"), "a node has it open") || !strings.Contains(said(out, "listen"), "a node answers") {
		t.Errorf("of a running node, exit %d: %s%s", code, out, errs)
	}
	p.stop()
	code, out, errs = run(t, append(args, "--audit")...)
	if code != exitOK || !strings.Contains(said(out, "listen"), "is free") || !strings.Contains(out, "every invariant holds") {
		t.Errorf("of a stopped one, exit %d: %s%s", code, out, errs)
	}
}

// TestTheDoctorNamesWhatIsWrongAndWhatToDo breaks one thing after the other.
func TestTheDoctorNamesWhatIsWrongAndWhatToDo(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write(t, path("bad.yaml"), "queues:\n  - {id: a b}\n")
	write(t, path("nokeys.yaml"), smallConfig)
	write(t, path("unreachable.yaml"), smallConfig+"tokens: {issuer: x, audience: parley, jwks_url: \"http://127.0.0.1:1/keys\"}\n")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if err := os.MkdirAll(path("foreign"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, path("foreign/letter.txt"), "dear")
	if err := os.MkdirAll(path("open"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path("open"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args        []string
		about, want string
	}{
		{[]string{"--config", path("none.yaml")}, "config", `^problem .*none.yaml.* do: write a configuration`},
		{nil, "config", `^problem .*nothing to serve.* do: `},
		{[]string{"--config", path("bad.yaml")}, "config", `^problem .*bad.yaml: \d+ problems?, the first: .* do: parley check .*bad.yaml`},
		{[]string{"--config", path("nokeys.yaml")}, "tokens", `^problem .*no key.* do: set tokens`},
		{[]string{"--config", path("unreachable.yaml")}, "tokens", `^problem .* do: see that the key set`},
		{[]string{"--dev"}, "tokens", `^warning .*development.* do: `},
		{[]string{"--dev", "--admin-listen=0.0.0.0:0"}, "admin", `^warning .*other machines.* do: set admin_listen`},
		{[]string{"--dev", "--listen=" + taken.Addr().String()}, "listen", `^problem .*address already in use.* do: end the program`},
		{[]string{"--dev", "--data=" + path("foreign")}, "journal", `^problem .*JOURNAL.* do: keep the folder`},
		{[]string{"--dev", "--data=" + path("open")}, "data", `^warning .*every user.* do: chmod`},
		{[]string{"--dev", "--data=" + path("nokeys.yaml/x")}, "data", `^problem .* do: `},
		{[]string{"--dev", "--attachments=ftp://x"}, "attachments", `^problem .* do: see that the place`},
		{[]string{"--dev", "--backups=" + path("backups")}, "backups", `^problem .*no complete backup.* do: run parley backup`},
	} {
		args := append([]string{"doctor", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--data=" + path("data")}, tt.args...)
		code, out, errs := run(t, args...)
		line := said(out, tt.about)
		if !regexp.MustCompile(tt.want).MatchString(line) {
			t.Errorf("%v: %q, want %s", tt.args, line, tt.want)
		}
		if bad := strings.Contains(out, "problem "); bad != (code == exitFailure) || bad != strings.Contains(errs, "problem") {
			t.Errorf("%v: exit %d, %s", tt.args, code, errs)
		}
	}
	if left, err := filepath.Glob(path("doctor-*")); err != nil || len(left) > 0 {
		t.Errorf("it left %q, %v", left, err)
	}
}

func TestTheDoctorWarnsOfAnOldBackup(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{"parley-20200101T000000Z": "warning", "nothing": "problem"} {
		place := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(place, name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(place, name, "BACKUP.json"), "{}")
		_, out, _ := run(t, "doctor", "--dev", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--data="+filepath.Join(dir, "data"), "--backups="+place)
		if line := said(out, "backups"); !strings.HasPrefix(line, want) {
			t.Errorf("%s: %s", name, line)
		}
	}
}
