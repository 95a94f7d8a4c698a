package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// Restore writes a backup's journal to a folder that is empty or absent, and
// its attachments to a bucket, which may be in that folder. Each file is held to its size and its sum. The
// file that makes the folder a journal comes last, so a restore that was cut
// off leaves none that could be opened.
func Restore(ctx context.Context, from *blob.Bucket, name, dir string, open func() (*blob.Bucket, error)) (m *Manifest, err error) {
	if err := empty(dir); err != nil {
		return nil, err
	}
	text, err := from.ReadAll(ctx, name+"/"+manifestName)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("%w: %s has no %s", ErrIncomplete, name, manifestName)
	}
	if err != nil {
		return nil, fmt.Errorf("restore %s: %w", name, err)
	}
	if m, err = decodeManifest(text); err != nil {
		return nil, fmt.Errorf("restore %s: %w", name, err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	attachments, err := open()
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, attachments.Close()) }()
	files := slices.Clone(m.Files)
	slices.SortStableFunc(files, func(a, b File) int { return last(a.Name) - last(b.Name) })
	for _, f := range files {
		if err := restore(ctx, from, name, f, dir, attachments); err != nil {
			return nil, fmt.Errorf("restore %s of %s: %w", f.Name, name, err)
		}
	}
	return m, syncDir(dir)
}

func last(name string) int {
	if name == journalPart+markerFile {
		return 1
	}
	return 0
}

// empty refuses a folder that has something in it, since that may be all that
// is left of somebody's data.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("restore: %s is not empty: expected a folder that is empty or not there yet", dir)
	}
	return nil
}

func restore(ctx context.Context, from *blob.Bucket, name string, f File, dir string, attachments *blob.Bucket) error {
	r, err := from.NewReader(ctx, name+"/"+f.Name, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return fmt.Errorf("%w: it is not there", ErrDamaged)
	}
	if err != nil {
		return err
	}
	defer r.Close()
	sum := sha256.New()
	counted := &counter{}
	in := io.TeeReader(r, io.MultiWriter(sum, counted))
	if key, ok := strings.CutPrefix(f.Name, attachmentsPart); ok {
		err = attachments.Upload(ctx, key, in, orPlain(&blob.WriterOptions{ContentType: f.Type, Metadata: f.Meta, DisableContentTypeDetection: true}))
	} else {
		err = writeFile(filepath.Join(dir, strings.TrimPrefix(f.Name, journalPart)), in)
	}
	if err != nil {
		return err
	}
	if counted.n != f.Size || sumOf(sum) != f.SHA256 {
		return fmt.Errorf("%w: %d bytes with the sum %.12s, expected %d with %.12s", ErrDamaged, counted.n, sumOf(sum), f.Size, f.SHA256)
	}
	return nil
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func writeFile(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
