package main

import (
	"regexp"
	"testing"
)

func TestTopPrintsOnePictureOfARunningNodeWithoutATerminal(t *testing.T) {
	p, _ := pastChat(t, t.TempDir())
	code, picture, errs := run(t, "top", "--once", "--every=1ms", "--address=http://"+p.admin, "--token="+p.tokens["supervisor/sue"])
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, want := range []string{
		`parley top  http://127\.0\.0\.1:\d+  ready  up \d`, `chats +1 open · 0 served · 0 waiting · started 0\.0/s`, `sockets +2 · 1 agent · 1 customer`,
		`\d chat \(0 in mailboxes, 0 in one\)`, `journal +groups \d`, `on disk · [1-9]\S* \w+ free`, `cores · [1-9]\S* MiB · [1-9]\d* goroutines`,
		`(?m)^support +0 +0ms .* 100% `, `(?m)^alice +1 +0 +0 `, `q quit`,
	} {
		if !regexp.MustCompile(want).MatchString(picture) {
			t.Errorf("no %s in\n%s", want, picture)
		}
	}
}

func TestTopSaysWhatItLacks(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--address=http://127.0.0.1:1"}, exitUsage, "terminal, or --once"},
		{[]string{"--once", "--address=http://127.0.0.1:1"}, exitFailure, "refused"},
		{[]string{"--once", "--every=0s"}, exitUsage, "--every is 0s"},
	} {
		if code, _, errs := run(t, append([]string{"top"}, tt.args...)...); code != tt.code || !regexp.MustCompile(tt.want).MatchString(errs) {
			t.Errorf("%v: exit %d, %s", tt.args, code, errs)
		}
	}
}
