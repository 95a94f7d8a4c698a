package persistence

import (
	"fmt"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// guard is the file system that Pebble sees. An error on a log file, or on
// making the name of one durable, never reaches Pebble: the journal fails and
// the caller stays here for ever. Pebble would answer some of them with a panic
// that unlocks an unlocked mutex, which ends the process before anybody can say
// why (rotating the log onto a full disk does), and after others it would go on
// writing behind a gap. What goes wrong in another folder is the matter of who
// wanted a copy there.
type guard struct {
	vfs.FS
	dir   string
	fail  func(error)
	pacer *pacer
	ahead int64 // how far a log is filled with zeros before it is written
}

func (g *guard) stop(op, path string, err error) {
	if err != nil {
		g.fail(fmt.Errorf("%s %s: %w", op, path, err))
		select {}
	}
}

func (g *guard) isLog(path string) bool {
	return strings.HasSuffix(path, ".log") && g.PathDir(path) == g.dir
}

func (g *guard) file(op, path string, f vfs.File, err error) (vfs.File, error) {
	if !g.isLog(path) {
		return f, err
	}
	g.stop(op, path, err)
	log := &guardedFile{File: f, g: g, path: path, ahead: g.ahead}
	if info, err := f.Stat(); err == nil {
		log.filled = info.Size()
	}
	return log, nil
}

// Create implements vfs.FS.
func (g *guard) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := g.FS.Create(name, c)
	if c == flushCategory && err == nil {
		return &flushedFile{File: f, pacer: g.pacer, stretch: stretch{time.Now()}}, nil
	}
	return g.file("create", name, f, err)
}

// ReuseForWrite implements vfs.FS.
func (g *guard) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := g.FS.ReuseForWrite(oldname, newname, c)
	return g.file("reuse", newname, f, err)
}

// OpenDir implements vfs.FS.
func (g *guard) OpenDir(name string) (vfs.File, error) {
	f, err := g.FS.OpenDir(name)
	if err != nil || name != g.dir {
		return f, err
	}
	return &guardedFile{File: f, g: g, path: name}, nil
}

// Unwrap implements vfs.FS.
func (g *guard) Unwrap() vfs.FS { return g.FS }

type guardedFile struct {
	vfs.File
	g    *guard
	path string

	ahead   int64
	written int64 // from the start of the file
	filled  int64 // up to here the file has bytes
}

// Write is called by one goroutine at a time, as that of vfs.File is.
func (f *guardedFile) Write(p []byte) (int, error) {
	f.fill(f.written + int64(len(p)))
	n, err := f.File.Write(p)
	f.g.stop("write", f.path, err)
	f.written += int64(n)
	return n, err
}

// fill makes a new log longer with zeros, a stretch at a time, behind where the
// next write ends. A sync that makes a file longer has to write its length, too,
// one more turn of the disk for each; in bytes that are there it has not. A log
// that is used again has them. A reader takes zeros for the end, and what can not
// be filled is none of the journal's faults: the write itself will tell.
func (f *guardedFile) fill(end int64) {
	if end <= f.filled || f.ahead == 0 {
		return
	}
	if _, err := f.WriteAt(zeros[:f.ahead], end); err != nil {
		f.ahead = 0
		return
	}
	f.filled = end + f.ahead
}

// zeros is as much as a log is filled at once: some hundred syncs of a busy node,
// and a millisecond of a disk.
var zeros [256 << 10]byte

func (f *guardedFile) Sync() error {
	err := f.File.Sync()
	f.g.stop("sync", f.path, err)
	return err
}

func (f *guardedFile) SyncData() error {
	err := f.File.SyncData()
	f.g.stop("sync", f.path, err)
	return err
}

func (f *guardedFile) SyncTo(length int64) (bool, error) {
	full, err := f.File.SyncTo(length)
	f.g.stop("sync", f.path, err)
	return full, err
}

func (f *guardedFile) Close() error {
	err := f.File.Close()
	f.g.stop("close", f.path, err)
	return err
}
