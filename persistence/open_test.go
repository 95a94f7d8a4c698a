package persistence_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/persistence/journaltest"
)

// quick opens without waiting for anybody.
func quick(fs vfs.FS) persistence.Options {
	return persistence.Options{FS: fs, LockWait: -1}
}

func mustOpen(t *testing.T, dir string, o persistence.Options) *persistence.Store {
	t.Helper()
	s, err := persistence.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// refused fails unless err is the wanted one, in one line that names the folder.
func refused(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %q", err)
	}
}

// contents lists the files of a folder with what is in them and when they
// changed.
func contents(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out = append(out, path+" "+info.ModTime().String()+" "+string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

func TestAnAbsentFolderIsCreated(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "some", "where")
	s := mustOpen(t, dir, persistence.Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := mustOpen(t, dir, persistence.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAForeignFolderIsRefusedAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "holiday.jpg"), []byte("beach"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	_, err := persistence.Open(dir, persistence.Options{})
	refused(t, err, persistence.ErrForeign)
	if after := contents(t, dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestAFileInThePlaceOfTheFolderIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := persistence.Open(path, persistence.Options{}); err == nil {
		t.Fatal("a file was opened as a journal")
	}
	if text, _ := os.ReadFile(path); string(text) != "text" {
		t.Errorf("the file now holds %q", text)
	}
}

func TestANewerFormatIsRefusedWithBothNumbersAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := mustOpen(t, dir, persistence.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	next := persistence.FormatVersion + 1
	if err := os.WriteFile(filepath.Join(dir, "JOURNAL"), fmt.Appendf(nil, "parley journal, format %d\n", next), 0o600); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	_, err := persistence.Open(dir, persistence.Options{})
	refused(t, err, persistence.ErrNewerFormat)
	if !strings.Contains(err.Error(), fmt.Sprintf("format %d, this program knows up to %d", next, persistence.FormatVersion)) {
		t.Errorf("the numbers are missing: %v", err)
	}
	if after := contents(t, dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestAnUnreadableMarkerIsRefused(t *testing.T) {
	for _, text := range []string{"", "parley journal, format x\n", "parley journal, format 0\n", "something else 1\n"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "JOURNAL"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := persistence.Open(dir, persistence.Options{})
		refused(t, err, persistence.ErrForeign)
	}
}

func TestACreationThatWasCutOffIsTakenUp(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"LOCK", "JOURNAL.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := mustOpen(t, dir, persistence.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderInUseIsRefused(t *testing.T) {
	fs := vfs.NewMem()
	s := mustOpen(t, "data", quick(fs))
	_, err := persistence.Open("data", quick(fs))
	refused(t, err, persistence.ErrInUse)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := mustOpen(t, "data", quick(fs)).Close(); err != nil {
		t.Fatal(err)
	}
}

// lockFS tells a test about each try to lock.
type lockFS struct {
	vfs.FS
	tries chan error
}

func (f lockFS) Lock(name string) (io.Closer, error) {
	l, err := f.FS.Lock(name)
	f.tries <- err
	return l, err
}

func TestOpenWaitsForTheFolder(t *testing.T) {
	mem := vfs.NewMem()
	s := mustOpen(t, "data", quick(mem))
	fs := lockFS{mem, make(chan error)}
	opened := make(chan error, 1)
	go func() {
		second, err := persistence.Open("data", persistence.Options{FS: fs, LockWait: time.Minute, LockPoll: time.Millisecond})
		if err == nil {
			err = second.Close()
		}
		opened <- err
	}()
	for range 3 {
		if err := <-fs.tries; !errors.Is(err, syscall.EAGAIN) {
			t.Fatalf("a try while the folder is in use: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for err := range fs.tries {
		if err == nil {
			break
		}
	}
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
}

func TestAFolderThatIsNotLetGoIsRefusedInTheEnd(t *testing.T) {
	fs := vfs.NewMem()
	s := mustOpen(t, "data", quick(fs))
	_, err := persistence.Open("data", persistence.Options{FS: fs, LockWait: 20 * time.Millisecond, LockPoll: time.Millisecond})
	refused(t, err, persistence.ErrInUse)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestABadOptionIsNamedBeforeAnythingIsTouched(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, err := persistence.Open(dir, persistence.Options{QueueSize: -1, BatchSize: 5000, StallTimeout: 1})
	if err == nil {
		t.Fatal("bad options were taken")
	}
	for _, field := range []string{"QueueSize", "BatchSize", "StallTimeout"} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("%s is not named: %v", field, err)
		}
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was created: %v", err)
	}
}

func TestAFlippedBitInTheNewestLogIsRefused(t *testing.T) {
	mem := vfs.NewCrashableMem()
	s := mustOpen(t, "data", quick(mem))
	epoch, err := s.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= 500; seq++ {
		if err := put(s, persistence.Entry{Epoch: epoch, Stream: "chat/a", Seq: seq, Record: make([]byte, 100)}); err != nil {
			t.Fatal(err)
		}
	}
	crashed := mem.CrashClone(vfs.CrashCloneCfg{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	flipBit(t, crashed, "data", ".log", 20_000)
	_, err = persistence.Open("data", quick(crashed))
	if !errors.Is(err, persistence.ErrCorrupt) {
		t.Fatalf("a damaged log was opened: %v", err)
	}
	refused(t, err, persistence.ErrCorrupt)
	t.Log(err)
}

// flipBit changes one bit of the last file in dir whose name ends in suffix.
func flipBit(t *testing.T, fs vfs.FS, dir, suffix string, at int) {
	t.Helper()
	names, err := fs.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(names)
	for i := len(names) - 1; i >= 0; i-- {
		if !strings.HasSuffix(names[i], suffix) {
			continue
		}
		path := fs.PathJoin(dir, names[i])
		in, err := fs.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil || len(text) <= at {
			t.Fatalf("%s: %d bytes, %v", path, len(text), err)
		}
		text[at] ^= 4
		out, err := fs.Create(path, vfs.WriteCategoryUnspecified)
		if err != nil {
			t.Fatal(err)
		}
		_, err = out.Write(text)
		if err := errors.Join(err, in.Close(), out.Sync(), out.Close()); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("no %s among %v", suffix, names)
}

func TestAManifestThatCanNotBeWrittenFailsOpen(t *testing.T) {
	fs := journaltest.NewFaultFS(vfs.NewMem())
	full := errors.New("no space left")
	fs.Fault(func(op, path string) error {
		if op == "sync" && strings.Contains(path, "MANIFEST") {
			return full
		}
		return nil
	})
	_, err := persistence.Open("data", quick(fs))
	if err == nil || !strings.Contains(err.Error(), full.Error()) {
		t.Fatalf("got %v", err)
	}
}
