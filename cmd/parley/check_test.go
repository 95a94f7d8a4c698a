package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestCheckSaysWhatAGoodFileHas(t *testing.T) {
	code, out, errs := run(t, "check", "example.yaml")
	if want := "example.yaml: ok (2 queues, 2 agents, 2 sources, 2 channels)\n"; code != 0 || out != want || errs != "" {
		t.Errorf("exit %d, %q, %q, want %q", code, out, errs, want)
	}
}

func TestCheckNamesAllProblemsAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.yaml")
	write(t, file, "queues:\n  - {id: a b, offer_timeout: 1ms}\nsources:\n  - {id: web, channel: fax, queue: a}\n")
	code, out, errs := run(t, "check", file)
	for _, want := range []string{":2:6: queues[0].id: ", ":2:15: queues[0].offer_timeout: ", ":4:15: sources[0].channel: ", ":4:29: sources[0].queue: "} {
		if !strings.Contains(out, file+want) {
			t.Errorf("no line with %s in\n%s", want, out)
		}
	}
	if code != 2 || strings.Count(out, "\n") != 4 || errs != "parley: "+file+": 4 problems\n" {
		t.Errorf("exit %d, %q", code, errs)
	}
}

func TestHelpAndVersionArePrinted(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--help"}, "Serve chats until SIGTERM, then drain."},
		{[]string{"serve", "--help"}, "($PARLEY_LISTEN)"},
		{[]string{"version"}, "parley "},
		{[]string{"version"}, runtime.Version()},
	} {
		if code, out, errs := run(t, tt.args...); code != 0 || errs != "" || !strings.Contains(out, tt.want) {
			t.Errorf("%v: exit %d, %q, %q, want %q", tt.args, code, out, errs, tt.want)
		}
	}
}
