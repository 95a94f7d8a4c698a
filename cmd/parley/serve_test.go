package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

func TestDevelopmentModeIsReadyForAStranger(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	p := serve(t, "--dev", "--data", dir)
	for _, base := range []string{p.public, p.admin} {
		if code, body := get(t, "http://"+base+"/readyz"); code != 200 {
			t.Errorf("%s/readyz says %d %s", base, code, body)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "dev-secret")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret's file: %v, %v", info, err)
	}
	if code := p.stop(); code != 0 {
		t.Fatalf("exit %d after the end was asked for: %s", code, p.errs)
	}
	for _, who := range []string{"customer/dana", "agent/alice", "agent/bob", "agent/carol", "supervisor/sue"} {
		if p.tokens[who] == "" {
			t.Errorf("no token for %s was printed", who)
		}
	}
}

func TestMetricsAndProfilesAreTheOperatorsAlone(t *testing.T) {
	p := serve(t, "--dev", "--data", t.TempDir())
	code, body := get(t, "http://"+p.admin+"/metrics")
	for _, name := range []string{"parley_chats_started_total", "parley_connections", "parley_journal_sync_seconds",
		"parley_journal_queue_limit", "parley_journal_failed 0", "process_resident_memory_bytes"} {
		if code != 200 || !strings.Contains(body, name) {
			t.Errorf("status %d, no %s in the metrics", code, name)
		}
	}
	if code, _ := get(t, "http://"+p.admin+"/debug/pprof/cmdline"); code != 200 {
		t.Errorf("no profiles for the operator: %d", code)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/cmdline"} {
		if code, _ := get(t, "http://"+p.public+path); code != 404 {
			t.Errorf("the public listener has %s: %d", path, code)
		}
	}
}

func TestAChatSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	p := serve(t, "--dev", "--data", dir)
	_, token, _ := run(t, "token", "--dev", "--data", dir, "--role=customer", "--subject=dana", "--name=Dana")
	token = strings.TrimSpace(token)
	dana := p.dial(token)
	dana.until("snapshot")
	dana.send(map[string]any{"type": "start", "id": "1", "source": "web"})
	chat, _ := dana.until("ok")["chat"].(string)
	if chat == "" {
		t.Fatal("the answer names no chat")
	}
	if code := p.stop(); code != 0 {
		t.Fatalf("exit %d: %s", code, p.errs)
	}

	p = serve(t, "--dev", "--data", dir)
	chats, _ := p.dial(token).until("snapshot")["chats"].([]any)
	if len(chats) != 1 || chats[0].(map[string]any)["chat"] != chat {
		t.Errorf("after the restart the customer has %v, want %s", chats, chat)
	}
}

func TestATokenOfTheCommandIsBelieved(t *testing.T) {
	dir := t.TempDir()
	p := serve(t, "--dev", "--data", dir)
	code, token, errs := run(t, "token", "--dev", "--data", dir, "--role", "agent", "--subject", "alice")
	if code != 0 || strings.Count(token, "\n") != 1 {
		t.Fatalf("exit %d, printed %q, %s", code, token, errs)
	}
	if w := p.dial(strings.TrimSpace(token)).until("welcome"); w["principal"] == nil || w["role"] != "agent" {
		t.Errorf("welcome is %v", w)
	}
}

func TestADeploymentBelievesItsOwnTokens(t *testing.T) {
	dir := t.TempDir()
	serve(t, "--dev", "--data", filepath.Join(dir, "other")).stop()
	const secret = "text, for files are read trimmed" // where 32 random bytes may lose one
	write(t, filepath.Join(dir, "other", devSecretFile), hex.EncodeToString([]byte(secret)))
	file := filepath.Join(dir, "parley.yaml")
	write(t, filepath.Join(dir, "key"), secret)
	write(t, file, string(devConfig)+"\ntokens: {issuer: parley, audience: parley, secret_file: key}\nlisten: 127.0.0.1:1\n")
	p := serve(t, "--config", file, "--data", filepath.Join(dir, "data"))
	_, token, _ := run(t, "token", "--dev", "--data", filepath.Join(dir, "other"), "--subject=alice")
	p.dial(strings.TrimSpace(token)).until("welcome")
	if _, err := os.Stat(filepath.Join(dir, "data", "dev-secret")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a deployment has a development secret: %v", err)
	}
}

func TestFlagsComeFromTheEnvironmentToo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	t.Setenv("PARLEY_DEV", "true")
	t.Setenv("PARLEY_DATA", dir)
	t.Setenv("PARLEY_LISTEN", "no address")
	t.Setenv("PARLEY_LOG_FORMAT", "json")
	p := serve(t)
	if _, err := os.Stat(filepath.Join(dir, "dev-secret")); err != nil {
		t.Error(err)
	}
	if !strings.Contains(p.errs.String(), `"msg":"serving"`) {
		t.Errorf("the log is no JSON: %s", p.errs)
	}
}

func TestSystemdHearsOfStartAndEnd(t *testing.T) {
	dir := t.TempDir()
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", filepath.Join(dir, "notify"))
	p := serve(t, "--dev", "--data", filepath.Join(dir, "data"))
	p.stop()
	for _, want := range []string{"READY=1", "STOPPING=1"} {
		buf := make([]byte, 64)
		if err := socket.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		n, err := socket.Read(buf)
		if err != nil || string(buf[:n]) != want {
			t.Errorf("heard %q, %v, want %s", buf[:n], err, want)
		}
	}
}

// brokenDisk is a journal whose disk fails when the test says so.
type brokenDisk struct {
	journal
	failed chan struct{}
}

func (b *brokenDisk) Failed() <-chan struct{} { return b.failed }

func (b *brokenDisk) Err() error {
	select {
	case <-b.failed:
		return errors.New("write 000007.log: input/output error")
	default:
		return nil
	}
}

func TestAJournalThatFailsEndsTheProgramAtOnce(t *testing.T) {
	disk := &brokenDisk{failed: make(chan struct{})}
	m := Main{openJournal: func(dir string, o persistence.Options) (journal, error) {
		store, err := quick(dir, o)
		disk.journal = store
		return disk, err
	}}
	p := serveWith(t, m, "--dev", "--data", t.TempDir())
	t.Cleanup(func() { _ = disk.journal.Close() })
	close(disk.failed)
	if code := p.ended(); code != 3 {
		t.Errorf("exit %d, want 3", code)
	}
	if want := "parley: journal failed: write 000007.log: input/output error\n"; !strings.HasSuffix(p.errs.String(), want) {
		t.Errorf("the last words are %q", p.errs)
	}
}

func TestSIGTERMDrainsTheRealProcess(t *testing.T) {
	self := exec.Command(os.Args[0], "serve", "--dev", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--data", t.TempDir())
	self.Env = append(os.Environ(), "PARLEY_TEST_AS_PROGRAM=1")
	out, err := self.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = self.Process.Kill() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !firstLine.MatchString(strings.TrimSpace(line)) {
		t.Fatalf("printed %q, %v", line, err)
	}
	if err := self.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := self.Wait(); err != nil {
		t.Errorf("ended with %v, want exit 0", err)
	}
}

func TestTheDevelopmentConfigurationIsTheOneThatIsDocumented(t *testing.T) {
	c := devSettings().Engine
	for _, id := range []acd.QueueID{"support", "sales"} {
		q := c.Queues[id]
		if q == nil || q.OfferTimeout != 20*time.Second || q.Wrapup.Mode != acd.WrapupMandatory || q.Wrapup.BlocksAgent() || !q.Wrapup.Notes {
			t.Fatalf("queue %s is %+v", id, q)
		}
		var codes []string
		for _, code := range q.Wrapup.Codes {
			codes = append(codes, code.Code)
		}
		if got := strings.Join(codes, " "); got != "resolved follow_up spam other" {
			t.Errorf("queue %s has the codes %s", id, got)
		}
	}
	for _, id := range []acd.AgentID{"alice", "bob", "carol"} {
		if a := c.Agents[id]; a == nil || len(a.Queues) != 2 || a.Capacity != 4 {
			t.Errorf("agent %s is %+v", id, a)
		}
	}
	if s := c.Sources["facebook"]; s == nil || c.Channels[s.Channel].MaxChars != 1000 || c.Channels[s.Channel].ReservedChars != "<>" {
		t.Errorf("source facebook is %+v", s)
	}
	if s := c.Sources["web"]; s == nil || s.Channel != "livechat" || c.Channels["livechat"].ReservedChars != "<>" {
		t.Errorf("source web is %+v", s)
	}
	if len(c.Reasons) != 3 {
		t.Errorf("reasons are %v", c.Reasons)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
