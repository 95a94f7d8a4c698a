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
	return &guardedFile{File: f, g: g, path: path}, nil
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
}

func (f *guardedFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	f.g.stop("write", f.path, err)
	return n, err
}

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
