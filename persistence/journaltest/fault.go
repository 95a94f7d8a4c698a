package journaltest

import (
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// FaultFS is a file system that a test can break: Fault decides for each write
// or sync whether it fails, or does not come back for a while. Files opened by
// ReuseForWrite are wrapped like all others; Pebble's own wrapper forgets them.
type FaultFS struct {
	vfs.FS
	fault atomic.Pointer[func(op, path string) error]
}

// NewFaultFS wraps a file system that works.
func NewFaultFS(fs vfs.FS) *FaultFS { return &FaultFS{FS: fs} }

// Fault sets the function that is asked before each operation "create", "write"
// or "sync"; nil repairs the disk.
func (f *FaultFS) Fault(fn func(op, path string) error) {
	if fn == nil {
		f.fault.Store(nil)
		return
	}
	f.fault.Store(&fn)
}

func (f *FaultFS) ask(op, path string) error {
	if fn := f.fault.Load(); fn != nil {
		return (*fn)(op, path)
	}
	return nil
}

func (f *FaultFS) wrap(file vfs.File, path string, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return &faultFile{File: file, fs: f, path: path}, nil
}

// Create implements vfs.FS.
func (f *FaultFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	if err := f.ask("create", name); err != nil {
		return nil, err
	}
	file, err := f.FS.Create(name, c)
	return f.wrap(file, name, err)
}

// OpenReadWrite implements vfs.FS.
func (f *FaultFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	file, err := f.FS.OpenReadWrite(name, c, opts...)
	return f.wrap(file, name, err)
}

// ReuseForWrite implements vfs.FS.
func (f *FaultFS) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	if err := f.ask("create", newname); err != nil {
		return nil, err
	}
	file, err := f.FS.ReuseForWrite(oldname, newname, c)
	return f.wrap(file, newname, err)
}

// OpenDir implements vfs.FS.
func (f *FaultFS) OpenDir(name string) (vfs.File, error) {
	file, err := f.FS.OpenDir(name)
	return f.wrap(file, name, err)
}

// Unwrap implements vfs.FS.
func (f *FaultFS) Unwrap() vfs.FS { return f.FS }

type faultFile struct {
	vfs.File
	fs   *FaultFS
	path string
}

func (f *faultFile) Write(p []byte) (int, error) {
	if err := f.fs.ask("write", f.path); err != nil {
		return 0, err
	}
	return f.File.Write(p)
}

func (f *faultFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.fs.ask("write", f.path); err != nil {
		return 0, err
	}
	return f.File.WriteAt(p, off)
}

func (f *faultFile) Sync() error {
	if err := f.fs.ask("sync", f.path); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultFile) SyncData() error {
	if err := f.fs.ask("sync", f.path); err != nil {
		return err
	}
	return f.File.SyncData()
}

func (f *faultFile) SyncTo(length int64) (bool, error) {
	if err := f.fs.ask("sync", f.path); err != nil {
		return false, err
	}
	return f.File.SyncTo(length)
}
