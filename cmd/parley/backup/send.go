package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// ErrBusy is a backup that was asked for while another is under way.
var ErrBusy = errors.New("another backup is under way")

// scratch begins the names of the folders that copies of a journal lie in while
// they are sent.
const scratch = "backup-"

// Source is a node whose data is to be copied. Its methods may be called from
// any goroutine.
type Source struct {
	// Checkpoint writes a copy of the journal to a folder that is not there yet.
	Checkpoint func(dir string) error
	// Dir is a folder on the journal's disk, for the copy while it is sent.
	Dir string
	// Files are the attachments.
	Files *blob.Bucket
	// Program names what made the backup.
	Program string
	Now     func() time.Time // time.Now

	running sync.Mutex
}

// Sweep removes what a process that was killed in the middle of a backup has
// left in a folder.
func Sweep(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, scratch+"*"))
	for _, path := range left {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// Send writes a backup to w. The journal is copied first, as it is on disk at
// that moment, and an attachment is on disk before the journal speaks of it: so
// every attachment that the copy knows of is sent, unless it was erased
// meanwhile.
func (s *Source) Send(ctx context.Context, w io.Writer, attachments bool) (*Manifest, error) {
	if !s.running.TryLock() {
		return nil, ErrBusy
	}
	defer s.running.Unlock()
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	above, err := os.MkdirTemp(s.Dir, scratch)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(above) // what is left is swept at the next start
	copied := filepath.Join(above, "journal")
	if err := s.Checkpoint(copied); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	out := &sender{to: tar.NewWriter(w), list: Manifest{Format: Format, Program: s.Program, Taken: now().UTC().Round(0)}}
	if err := out.journal(ctx, copied); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	if attachments {
		if err := out.attachments(ctx, s.Files); err != nil {
			return nil, fmt.Errorf("backup: %w", err)
		}
	}
	return &out.list, out.end()
}

type sender struct {
	to   *tar.Writer
	list Manifest
}

func (s *sender) journal(ctx context.Context, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.Name() == "LOCK" {
			continue
		}
		if !e.Type().IsRegular() {
			return fmt.Errorf("the copy of the journal has a %s named %s", e.Type(), e.Name())
		}
		if err := s.plain(journalPart+e.Name(), filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (s *sender) plain(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return s.file(File{Name: name, Size: info.Size()}, f)
}

func (s *sender) attachments(ctx context.Context, from *blob.Bucket) error {
	for list := from.List(nil); ; {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = s.attachment(ctx, from, o.Key)
		if err != nil && gcerrors.Code(err) != gcerrors.NotFound { // else it was erased meanwhile
			return fmt.Errorf("attachment %s: %w", o.Key, err)
		}
	}
}

func (s *sender) attachment(ctx context.Context, from *blob.Bucket, key string) error {
	about, err := from.Attributes(ctx, key)
	if err != nil {
		return err
	}
	r, err := from.NewReader(ctx, key, nil)
	if err != nil {
		return err
	}
	defer r.Close()
	return s.file(File{Name: attachmentsPart + key, Size: r.Size(), Type: about.ContentType, Meta: about.Metadata}, r)
}

// file sends one file; tar holds it to its size.
func (s *sender) file(f File, from io.Reader) error {
	sum := sha256.New()
	if err := s.to.WriteHeader(&tar.Header{Name: f.Name, Size: f.Size, Mode: 0o600, PAXRecords: records(&f)}); err != nil {
		return err
	}
	if n, err := io.Copy(io.MultiWriter(s.to, sum), io.LimitReader(from, f.Size)); err != nil || n < f.Size {
		return fmt.Errorf("%s: %d of %d bytes: %w", f.Name, n, f.Size, errors.Join(err, io.ErrUnexpectedEOF))
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	s.list.Files = append(s.list.Files, f)
	return nil
}

// end sends the list, which makes it a backup.
func (s *sender) end() error {
	slices.SortFunc(s.list.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	text, err := s.list.encode()
	if err != nil {
		return err
	}
	if err := s.to.WriteHeader(&tar.Header{Name: manifestName, Size: int64(len(text)), Mode: 0o600}); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if _, err := s.to.Write(text); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return s.to.Close()
}
