package main

import (
	"bytes"
	"strings"
	"testing"
)

// output runs the program and returns what it prints.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := (Main{Out: &out, Err: &errs}).Run(t.Context(), args); code != exitOK {
		t.Fatalf("parley %s: exit %d: %s", strings.Join(args, " "), code, errs.String())
	}
	return out.String()
}

func TestAReportIsTheSameOfARunningServerAndOfItsFolder(t *testing.T) {
	dir := t.TempDir()
	p, _ := pastChat(t, dir)
	running := []string{"--address", "http://" + p.admin, "--token", p.tokens["supervisor/sue"]}
	table := output(t, append([]string{"report", "queue", "--step", "day"}, running...)...)
	for _, want := range []string{"service level", "100.0%", "support"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	csv := output(t, append([]string{"report", "queue", "--step", "day", "--format", "csv"}, running...)...)
	p.stop()
	if still := output(t, "report", "queue", "--step", "day", "--format", "csv", "--data", dir); still != csv {
		t.Errorf("the folder says\n%s\nand the server said\n%s", still, csv)
	}
	if out := output(t, "check-data", "--data", dir); !strings.Contains(out, "1 chat") {
		t.Errorf("check-data: %s", out)
	}
}
