package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// TestABackupTakenUnderLoadIsRestoredWhole takes backups of the real process
// while customers and agents work, and makes servers of them.
func TestABackupTakenUnderLoadIsRestoredWhole(t *testing.T) {
	lengthy(t)
	s := newServer(t)
	s.start()
	s.serving()
	files, err := openFiles(t.Context(), "", s.path("data"))
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	about := &blob.WriterOptions{ContentType: "image/png", Metadata: map[string]string{"name": "Päckchen.png", "by": "customer/ann"}}
	if err := files.WriteAll(t.Context(), "c1/f1", []byte("picture"), about); err != nil {
		t.Fatal(err)
	}
	c := newCrowd(t, s, chaosSeed(t))
	c.rush.Store(true)
	to, times := s.path("backups"), rounds(2, 10)
	for i := range times {
		c.during(1100 * time.Millisecond) // names of backups have seconds
		if code, out, errs := run(t, "backup", "--to", to, "--keep", "2", "--address=http://"+s.admin, "--token="+s.root()); code != exitOK || !strings.Contains(out, ", 1 attachment, ") {
			t.Fatalf("backup %d: exit %d, %s%s", i+1, code, out, errs)
		}
	}
	c.rush.Store(false)
	f := c.settle(s)
	names, err := filepath.Glob(filepath.Join(to, "parley-*"))
	if err != nil || len(names) != min(times, 2) {
		t.Fatalf("kept are %q, %v", names, err)
	}
	for i, path := range names {
		data := s.path("restored" + string(rune('a'+i)))
		code, out, errs := run(t, "restore", "--from", to, "--name", filepath.Base(path), "--data", data, "--verify")
		if code != exitOK || strings.Contains(out, " 0 records") {
			t.Errorf("restore: exit %d, %s%s", code, out, errs)
		}
		t.Log(out)
		restoredServes(t, s, data)
	}
	if f.Acknowledged < 50 {
		t.Errorf("too little has happened to prove anything: %d commands", f.Acknowledged)
	}
}

// restoredServes: a server takes the folder, people come, and the attachment
// is what it was.
func restoredServes(t *testing.T, s *server, data string) {
	t.Helper()
	p := serve(t, "--config", s.path("parley.yaml"), "--data", data)
	token, err := transport.MintDev(s.secret, acd.RoleAgent, "alice", "alice", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	p.dial(token).until("snapshot")
	if code := p.stop(); code != exitOK {
		t.Errorf("exit %d: %s", code, p.errs)
	}
	files, err := openFiles(t.Context(), "", data)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	text, err := files.ReadAll(t.Context(), "c1/f1")
	if err != nil || string(text) != "picture" {
		t.Errorf("the attachment is %q, %v", text, err)
	}
	if a, err := files.Attributes(t.Context(), "c1/f1"); err != nil || a.ContentType != "image/png" || a.Metadata["name"] != "Päckchen.png" {
		t.Errorf("beside it stands %+v, %v", a, err)
	}
}

// root is the token of an administrator.
func (s *server) root() string {
	s.t.Helper()
	token, err := transport.MintDev(s.secret, acd.RoleAdmin, "root", "root", 10*time.Minute)
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

func TestABackupGoesToAnS3BucketAndComesBack(t *testing.T) {
	place, store := s3(t)
	data, back := t.TempDir(), filepath.Join(t.TempDir(), "back")
	p := serve(t, "--dev", "--data", data)
	node := []string{"--address=http://" + p.admin, "--token=" + root(t, data)}
	if code, out, errs := run(t, append([]string{"backup", "--to", place}, node...)...); code != exitOK {
		t.Fatalf("exit %d, %s%s", code, out, errs)
	}
	if keys := kept(t, store); len(keys) < 4 || !strings.HasSuffix(keys[0], "/BACKUP.json") {
		t.Errorf("the bucket has %q", keys)
	}
	if code, out, errs := run(t, "restore", "--from", place, "--data", back, "--verify"); code != exitOK || !strings.Contains(out, "taken 20") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	if code, _, errs := run(t, "restore", "--from", place, "--data", back); code != exitUsage || !strings.Contains(errs, "is not empty") {
		t.Errorf("over other data: exit %d, %s", code, errs)
	}
}

func TestOnlyAnAdministratorMayTakeABackup(t *testing.T) {
	data := t.TempDir()
	p := serve(t, "--dev", "--data", data)
	_, sue, _ := run(t, "token", "--dev", "--data", data, "--role=supervisor", "--subject=sue")
	to := t.TempDir()
	code, _, errs := run(t, "backup", "--to", to, "--address=http://"+p.admin, "--token="+strings.TrimSpace(sue))
	if code != exitFailure || !strings.Contains(errs, "403") {
		t.Errorf("a supervisor: exit %d, %s", code, errs)
	}
	if left := contents(t, to); len(left) > 1 {
		t.Errorf("there is %v", left)
	}
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.admin+"/v1/admin/audit?what=take-backup", nil)
	if err != nil {
		t.Fatal(err)
	}
	ask.Header.Set("Authorization", "Bearer "+root(t, data))
	run(t, "backup", "--to", to, "--address=http://"+p.admin, "--token="+root(t, data))
	resp, err := http.DefaultClient.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var trail bytes.Buffer
	if _, err := trail.ReadFrom(resp.Body); err != nil || !strings.Contains(trail.String(), `"who":"root"`) || !strings.Contains(trail.String(), `"outcome":"forbidden"`) {
		t.Errorf("the audit trail has %s, %v", trail.String(), err)
	}
}

func TestWhatAnInterruptedBackupLeftIsSweptAtTheStart(t *testing.T) {
	data := t.TempDir()
	serve(t, "--dev", "--data", data).stop()
	left := filepath.Join(data, "backup-123", "journal")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(left, "000001.sst"), "x")
	serve(t, "--dev", "--data", data).stop()
	if _, err := os.Stat(filepath.Dir(left)); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}
