package persistence

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

const testAhead = 4096

// newLog makes a log in a folder of its own, behind a guard over fs.
func newLog(t *testing.T, fs vfs.FS) (*guard, vfs.File) {
	t.Helper()
	g := &guard{FS: fs, dir: "data", ahead: testAhead, fail: func(err error) { t.Errorf("the journal fails: %v", err) }}
	if err := g.MkdirAll("data", 0o750); err != nil {
		t.Fatal(err)
	}
	log, err := g.Create("data/1.log", vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	return g, log
}

// fillLog writes n records of 100 bytes and returns them, and how often the file
// became longer.
func fillLog(t *testing.T, log vfs.File, n int) (written []byte, longer int) {
	t.Helper()
	size := sizeOf(t, log)
	for i := range n {
		record := bytes.Repeat([]byte{byte(i%255 + 1)}, 100)
		written = append(written, record...)
		if _, err := log.Write(record); err != nil {
			t.Fatal(err)
		}
		if now := sizeOf(t, log); now != size {
			size = now
			longer++
		}
	}
	return written, longer
}

func sizeOf(t *testing.T, f vfs.File) int64 {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func contentOf(t *testing.T, fs vfs.FS, name string) []byte {
	t.Helper()
	f, err := fs.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestALogIsLongerThanItsRecords writes 20,000 bytes in 200 records: the file
// becomes longer once for some forty of them, not with each, and what is behind
// the records are zeros.
func TestALogIsLongerThanItsRecords(t *testing.T) {
	g, log := newLog(t, vfs.NewMem())
	written, longer := fillLog(t, log, 200)
	if want := len(written)/testAhead + 1; longer > want {
		t.Errorf("the file has become longer %d times, expected at most %d", longer, want)
	}
	content := contentOf(t, g, "data/1.log")
	if !bytes.HasPrefix(content, written) {
		t.Error("the records are not what was written")
	}
	if rest := content[len(written):]; len(rest) > testAhead || !bytes.Equal(rest, make([]byte, len(rest))) {
		t.Errorf("behind the records are %d bytes, expected at most %d zeros", len(rest), testAhead)
	}
}

// TestALogThatIsUsedAgainIsFilledBehindItsOldEnd writes less into a log than it
// had, then more.
func TestALogThatIsUsedAgainIsFilledBehindItsOldEnd(t *testing.T) {
	g, log := newLog(t, vfs.NewMem())
	fillLog(t, log, 100)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	log, err := g.ReuseForWrite("data/1.log", "data/2.log", vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	if _, longer := fillLog(t, log, 100); longer != 0 {
		t.Errorf("the file has become longer %d times by what it has had room for", longer)
	}
	if _, longer := fillLog(t, log, 100); longer == 0 || longer > 10_000/testAhead+1 {
		t.Errorf("the file has become longer %d times by 10,000 bytes behind its end", longer)
	}
}

// TestALogThatCannotBeFilledIsWritten refuses the zeros alone, as a disk does
// that is nearly full.
func TestALogThatCannotBeFilledIsWritten(t *testing.T) {
	refused := 0
	mem := vfs.NewMem()
	g, log := newLog(t, errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileWriteAt {
			refused++
			return errors.New("no space left on device")
		}
		return nil
	})))
	written, _ := fillLog(t, log, 200)
	if !bytes.Equal(contentOf(t, g, "data/1.log"), written) {
		t.Error("the records are not what was written")
	}
	if refused != 1 {
		t.Errorf("zeros were refused %d times, expected once", refused)
	}
}
