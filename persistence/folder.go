package persistence

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// FormatVersion is the version of the layout that this program writes.
const FormatVersion = 1

// The marker is a file beside Pebble's own: it tells that the folder is ours,
// and its version can be read without opening the database, which would already
// replay and rewrite files.
const (
	markerName  = "JOURNAL"
	markerTmp   = "JOURNAL.tmp"
	markerTitle = "parley journal, format "
	lockName    = "LOCK"
)

// folder is a journal's directory before the database is open.
type folder struct {
	fs  vfs.FS
	dir string
}

// inspect says whether the folder is ours (fresh: has nothing yet) or refuses
// it. It writes nothing.
func (f folder) inspect() (fresh bool, err error) {
	names, err := f.fs.List(f.dir)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("open journal %s: %w", f.dir, err)
	}
	fresh = true
	for _, name := range names {
		switch name {
		case markerName:
			return false, f.checkMarker()
		case markerTmp, lockName:
			// A creation that was cut off.
		default:
			fresh = false
		}
	}
	if !fresh {
		return false, fmt.Errorf("open journal %s: %w: it has files but no file %s", f.dir, ErrForeign, markerName)
	}
	return true, nil
}

func (f folder) checkMarker() error {
	text, err := f.read(markerName)
	if err != nil {
		return fmt.Errorf("open journal %s: %w", f.dir, err)
	}
	number, ok := strings.CutPrefix(strings.TrimSuffix(text, "\n"), markerTitle)
	version, err := strconv.Atoi(number)
	if !ok || err != nil || version < 1 {
		return fmt.Errorf("open journal %s: %w: unreadable file %s", f.dir, ErrForeign, markerName)
	}
	if version > FormatVersion {
		return fmt.Errorf("open journal %s: %w: format %d, this program knows up to %d",
			f.dir, ErrNewerFormat, version, FormatVersion)
	}
	return nil
}

func (f folder) read(name string) (string, error) {
	file, err := f.fs.Open(f.fs.PathJoin(f.dir, name))
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, 256))
	return string(text), err
}

// writeMarker makes the folder ours, all or nothing.
func (f folder) writeMarker() error {
	tmp := f.fs.PathJoin(f.dir, markerTmp)
	file, err := f.fs.Create(tmp, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, markerTitle+strconv.Itoa(FormatVersion)+"\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := f.fs.Rename(tmp, f.fs.PathJoin(f.dir, markerName)); err != nil {
		return err
	}
	return f.syncDir(f.dir)
}

func (f folder) syncDir(dir string) error {
	d, err := f.fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// lock takes the folder for this process and waits up to wait for another one
// to let go.
func (f folder) lock(wait, poll time.Duration) (*pebble.Lock, error) {
	lock, err := pebble.LockDirectory(f.dir, f.fs)
	if err == nil || !held(err) {
		return lock, err
	}
	if wait > 0 {
		tick, end := time.NewTicker(poll), time.NewTimer(wait)
		defer tick.Stop()
		defer end.Stop()
		for {
			select {
			case <-tick.C:
				if lock, err = pebble.LockDirectory(f.dir, f.fs); err == nil || !held(err) {
					return lock, err
				}
				continue
			case <-end.C:
			}
			break
		}
	}
	return nil, fmt.Errorf("%w (waited %s)", ErrInUse, max(wait, 0))
}

// held tells whether a lock was refused because somebody has it. Within one
// process Pebble says so in words only.
func held(err error) bool {
	return errors.Is(err, syscall.EAGAIN) || strings.Contains(err.Error(), "lock held by current process")
}

// prepare locks the folder and, if it is fresh, creates it and marks it as
// ours.
func (f folder) prepare(o *Options) (*pebble.Lock, error) {
	fresh, err := f.inspect()
	if err != nil {
		return nil, err
	}
	if fresh {
		if err := f.create(); err != nil {
			return nil, fmt.Errorf("create journal %s: %w", f.dir, err)
		}
	}
	lock, err := f.lock(o.LockWait, o.LockPoll)
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", f.dir, err)
	}
	if !fresh {
		return lock, nil
	}
	// Another process may have been here between the look and the lock.
	if fresh, err = f.inspect(); err == nil && fresh {
		err = f.writeMarker()
	}
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("create journal %s: %w", f.dir, err)
	}
	return lock, nil
}

// create makes the directory and makes its name durable.
func (f folder) create() error {
	if err := f.fs.MkdirAll(f.dir, 0o750); err != nil {
		return err
	}
	parent := f.fs.PathDir(f.dir)
	if parent == "" || parent == f.dir {
		return nil
	}
	return f.syncDir(parent)
}

// FreeSpace is how many bytes the process may still write to the disk that
// holds dir.
func FreeSpace(dir string) (uint64, error) {
	u, err := vfs.Default.GetDiskUsage(dir)
	if err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return u.AvailBytes, nil
}
