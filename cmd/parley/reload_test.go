package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const smallConfig = `queues: [{id: support, wrapup: {mode: none}}]
sources: [{id: web, channel: livechat, queue: support}]
`

func TestAChangedConfigurationIsTakenWithoutARestart(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "parley.yaml")
	write(t, file, smallConfig)
	p := serve(t, "--dev", "--data", data, "--config", file)
	_, token, _ := run(t, "token", "--dev", "--data", data, "--role=customer", "--subject=dana")
	dana := p.dial(strings.TrimSpace(token))
	dana.until("snapshot")
	start := func(id, source, want string) {
		t.Helper()
		dana.send(map[string]any{"type": "start", "id": id, "source": source})
		if f := dana.until(want); f["re"] != id {
			t.Errorf("a chat of %s was answered with %v", source, f)
		}
	}
	start("1", "kiosk", "error")

	write(t, file, smallConfig+"nonsense: true\n")
	p.hangUp("configuration not taken")
	if !strings.Contains(p.errs.String(), "nonsense: unknown field") {
		t.Errorf("the log does not say what is wrong: %s", p.errs)
	}
	start("2", "web", "ok") // with what there was

	write(t, file, strings.Replace(smallConfig, "id: web", "id: kiosk", 1))
	p.hangUp("configuration taken")
	if f := dana.until("ended"); f["reason"] != "source_removed" {
		t.Errorf("the chat of the removed source ended with %v", f)
	}
	start("3", "kiosk", "ok")
}

func TestSIGHUPReachesTheRealProcess(t *testing.T) {
	self := exec.Command(os.Args[0], "serve", "--dev", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--data", t.TempDir())
	self.Env = append(os.Environ(), "PARLEY_TEST_AS_PROGRAM=1")
	log, err := self.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = self.Process.Kill() })
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		switch text := lines.Text(); {
		case strings.Contains(text, "serving"):
			if err := self.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
		case strings.Contains(text, "configuration taken"):
			if err := self.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := self.Wait(); err != nil {
				t.Errorf("ended with %v", err)
			}
			return
		}
	}
	t.Errorf("the process ended: %v", self.Wait())
}
