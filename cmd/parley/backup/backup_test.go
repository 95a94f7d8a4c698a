package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/parley-engine/parley/cmd/parley/backup"
)

var taken = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// node is a source with a small journal and two attachments.
func node(t *testing.T) *backup.Source {
	t.Helper()
	files := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = files.Close() })
	for _, key := range []string{"c1/f1", "c2/f2"} {
		if err := files.WriteAll(t.Context(), key, []byte("text of "+key), &blob.WriterOptions{ContentType: "text/plain", Metadata: map[string]string{"name": key + " ü.txt"}}); err != nil {
			t.Fatal(err)
		}
	}
	return &backup.Source{Dir: t.TempDir(), Files: files, Program: "test", Now: func() time.Time { return taken }, Checkpoint: func(dir string) error {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		for name, text := range map[string]string{"JOURNAL": "marker", "000001.sst": strings.Repeat("table", 1000), "000002.log": "", "LOCK": ""} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				return err
			}
		}
		return nil
	}}
}

// sent is the stream of a whole backup.
func sent(t *testing.T, s *backup.Source) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := s.Send(t.Context(), &out, true); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(s.Dir); err != nil || len(left) > 0 {
		t.Errorf("the copy is left behind: %v, %v", left, err)
	}
	return out.Bytes()
}

func bucket(t *testing.T) *blob.Bucket {
	t.Helper()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func keys(t *testing.T, b *blob.Bucket) (all []string) {
	t.Helper()
	for list := b.List(nil); ; {
		o, err := list.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o.Key)
	}
}

func restore(t *testing.T, from *blob.Bucket, name string) (dir string, err error) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	_, err = backup.Restore(t.Context(), from, name, dir, func() (*blob.Bucket, error) { return memblob.OpenBucket(nil), nil })
	return dir, err
}

func TestWhatIsRestoredIsWhatWasSent(t *testing.T) {
	to := bucket(t)
	name, m, err := backup.Receive(t.Context(), bytes.NewReader(sent(t, node(t))), to, taken, nil)
	if err != nil || name != "parley-20261122T080000Z" || !m.Taken.Equal(taken) {
		t.Fatalf("%s, %+v, %v", name, m, err)
	}
	if journal, files := m.Count(); journal != 3 || files != 2 {
		t.Errorf("%d files and %d attachments", journal, files)
	}
	kept := map[string]string{}
	dir := filepath.Join(t.TempDir(), "data")
	files := filepath.Join(t.TempDir(), "files")
	open := func() (*blob.Bucket, error) { return blob.OpenBucket(t.Context(), "file://"+files+"?create_dir=true") }
	if _, err := backup.Restore(t.Context(), to, name, dir, open); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		kept[e.Name()] = string(text)
	}
	if len(kept) != 3 || kept["JOURNAL"] != "marker" || kept["000001.sst"] != strings.Repeat("table", 1000) {
		t.Errorf("restored was %v", kept)
	}
	back, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if a, err := back.Attributes(t.Context(), "c1/f1"); err != nil || a.ContentType != "text/plain" || a.Metadata["name"] != "c1/f1 ü.txt" {
		t.Errorf("%+v, %v", a, err)
	}
	if text, err := back.ReadAll(t.Context(), "c2/f2"); err != nil || string(text) != "text of c2/f2" {
		t.Errorf("%q, %v", text, err)
	}
}

// TestAStreamThatIsCutOffAnywhereLeavesNothing cuts at every place that matters.
func TestAStreamThatIsCutOffAnywhereLeavesNothing(t *testing.T) {
	whole := sent(t, node(t))
	list := bytes.Index(whole, []byte("BACKUP.json"))
	if list < 0 {
		t.Fatal("the stream has no list")
	}
	for cut := 0; cut < list+512+100; cut += 256 {
		to := bucket(t)
		_, _, err := backup.Receive(t.Context(), bytes.NewReader(whole[:cut]), to, taken, nil)
		if err == nil {
			t.Fatalf("cut at %d of %d it was taken", cut, len(whole))
		}
		if left := keys(t, to); len(left) > 0 {
			t.Errorf("cut at %d it left %q", cut, left)
		}
	}
}

func TestAByteThatChangesOnItsWayIsNoticed(t *testing.T) {
	whole := sent(t, node(t))
	for _, text := range []string{"tabletable", "text of c1/f1", `"size_bytes"`} {
		bad := bytes.Clone(whole)
		bad[bytes.Index(bad, []byte(text))+2] ^= 1
		if _, _, err := backup.Receive(t.Context(), bytes.NewReader(bad), bucket(t), taken, nil); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("with a flipped bit in %q: %v", text, err)
		}
	}
}

func TestADamagedBackupIsNotRestoredAsAJournal(t *testing.T) {
	for what, damage := range map[string]func(b *blob.Bucket, name string) error{
		"changed": func(b *blob.Bucket, name string) error {
			return b.WriteAll(t.Context(), name+"/journal/000001.sst", []byte(strings.Repeat("tablE", 1000)), nil)
		},
		"shorter": func(b *blob.Bucket, name string) error {
			return b.WriteAll(t.Context(), name+"/attachments/c1/f1", []byte("text"), nil)
		},
		"gone": func(b *blob.Bucket, name string) error { return b.Delete(t.Context(), name+"/journal/000002.log") },
	} {
		to := bucket(t)
		name, _, err := backup.Receive(t.Context(), bytes.NewReader(sent(t, node(t))), to, taken, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := damage(to, name); err != nil {
			t.Fatal(err)
		}
		dir, err := restore(t, to, name)
		if !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "JOURNAL")); !os.IsNotExist(err) {
			t.Errorf("%s: what was restored can be opened: %v", what, err)
		}
	}
}

func TestABackupWithoutItsListIsNone(t *testing.T) {
	to := bucket(t)
	name, _, err := backup.Receive(t.Context(), bytes.NewReader(sent(t, node(t))), to, taken, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Delete(t.Context(), name+"/BACKUP.json"); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(t, to, name); !errors.Is(err, backup.ErrIncomplete) {
		t.Errorf("restored: %v", err)
	}
	if names, err := backup.Names(t.Context(), to); err != nil || len(names) > 0 {
		t.Errorf("listed: %q, %v", names, err)
	}
}

func TestAListCannotNameFilesElsewhere(t *testing.T) {
	for _, name := range []string{"journal/../../etc/passwd", "journal/", "journal/..", "/etc/passwd", "attachments/../x", "BACKUP.json"} {
		to := bucket(t)
		list := `{"format":1,"files":[{"name":"journal/JOURNAL"},{"name":"` + name + `"}]}`
		if err := to.WriteAll(t.Context(), "evil/BACKUP.json", []byte(list), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := restore(t, to, "evil"); !errors.Is(err, backup.ErrDamaged) || !strings.Contains(err.Error(), "named") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABackupOfALaterFormatIsRefusedWithBothNumbers(t *testing.T) {
	to := bucket(t)
	if err := to.WriteAll(t.Context(), "new/BACKUP.json", []byte(`{"format":2}`), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(t, to, "new"); err == nil || !strings.Contains(err.Error(), "format 2, this program knows up to 1") {
		t.Errorf("%v", err)
	}
}

func TestOnlyTheNewestAreKeptAndNothingElseIsTouched(t *testing.T) {
	to := bucket(t)
	if err := to.WriteAll(t.Context(), "other/file", []byte("x"), nil); err != nil {
		t.Fatal(err)
	}
	stream := sent(t, node(t))
	for i := range 4 {
		if _, _, err := backup.Receive(t.Context(), bytes.NewReader(stream), to, taken.Add(time.Duration(i)*time.Hour), nil); err != nil {
			t.Fatal(err)
		}
	}
	removed, err := backup.Keep(t.Context(), to, 2)
	if got := strings.Join(removed, " "); err != nil || got != "parley-20261122T080000Z parley-20261122T090000Z" {
		t.Errorf("removed %s, %v", got, err)
	}
	if names, err := backup.Names(t.Context(), to); err != nil || len(names) != 2 || len(keys(t, to)) != 1+2*6 {
		t.Errorf("left are %q, %v, %q", names, err, keys(t, to))
	}
	if _, _, err := backup.Receive(t.Context(), bytes.NewReader(stream), to, taken.Add(3*time.Hour), nil); err == nil {
		t.Error("a second one took the place of the first")
	}
	if names, _ := backup.Names(t.Context(), to); len(names) != 2 {
		t.Errorf("after that there are %q", names)
	}
}

func TestOneBackupIsTakenAtATime(t *testing.T) {
	s := node(t)
	at, on := make(chan struct{}), make(chan struct{})
	checkpoint := s.Checkpoint
	s.Checkpoint = func(dir string) error {
		close(at)
		<-on
		return checkpoint(dir)
	}
	first := make(chan error, 1)
	go func() {
		_, err := s.Send(context.Background(), io.Discard, true)
		first <- err
	}()
	<-at
	if _, err := s.Send(t.Context(), io.Discard, true); !errors.Is(err, backup.ErrBusy) {
		t.Errorf("the second: %v", err)
	}
	close(on)
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
}
