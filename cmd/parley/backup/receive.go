package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"gocloud.dev/blob"
)

// What an attachment's header in the stream says of it.
const (
	recordType = "PARLEY.type"
	recordMeta = "PARLEY.meta."
)

func records(f *File) map[string]string {
	if f.Type == "" && len(f.Meta) == 0 {
		return nil
	}
	all := map[string]string{recordType: f.Type}
	for k, v := range f.Meta {
		all[recordMeta+k] = v
	}
	return all
}

func described(h *tar.Header) File {
	f := File{Name: h.Name, Size: h.Size, Type: h.PAXRecords[recordType]}
	for k, v := range h.PAXRecords {
		if key, ok := strings.CutPrefix(k, recordMeta); ok {
			if f.Meta == nil {
				f.Meta = map[string]string{}
			}
			f.Meta[key] = v
		}
	}
	return f
}

// nameLayout names backups by their time, so that they sort by age.
const nameLayout = "parley-20060102T150405Z"

// Receive writes a stream of Send to a bucket, under a name of its own, and
// returns that. Synced, if it is set, makes a file durable by its key. What is
// cut off or damaged on its way is removed again, and an error.
func Receive(ctx context.Context, r io.Reader, to *blob.Bucket, now time.Time, synced func(key string) error) (name string, m *Manifest, err error) {
	name = now.UTC().Format(nameLayout)
	if there, err := to.Exists(ctx, name+"/"+manifestName); err != nil || there {
		return "", nil, errors.Join(err, fmt.Errorf("%s is there already", name))
	}
	in := &receiver{ctx: ctx, to: to, prefix: name + "/", synced: synced, got: map[string]File{}}
	if m, err = in.all(tar.NewReader(r)); err != nil {
		return "", nil, errors.Join(err, in.undo())
	}
	return name, m, nil
}

type receiver struct {
	ctx    context.Context
	to     *blob.Bucket
	prefix string
	synced func(key string) error
	keys   []string
	got    map[string]File // without type and meta
}

func (r *receiver) all(from *tar.Reader) (*Manifest, error) {
	for {
		h, err := from.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: it was cut off after %d files", ErrIncomplete, len(r.got))
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if h.Name == manifestName {
			return r.manifest(from)
		}
		f := described(h)
		if err := f.check(); err != nil {
			return nil, err
		}
		if err := r.file(f, from); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
}

func (r *receiver) file(f File, from io.Reader) error {
	sum := sha256.New()
	if err := r.write(f.Name, &blob.WriterOptions{ContentType: f.Type, Metadata: f.Meta, DisableContentTypeDetection: true}, io.TeeReader(from, sum)); err != nil {
		return err
	}
	r.got[f.Name] = File{Name: f.Name, Size: f.Size, SHA256: sumOf(sum)}
	return nil
}

func sumOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

func (r *receiver) write(name string, o *blob.WriterOptions, from io.Reader) error {
	key := r.prefix + name
	r.keys = append(r.keys, key)
	if err := r.to.Upload(r.ctx, key, from, orPlain(o)); err != nil {
		return err
	}
	if r.synced != nil {
		return r.synced(key)
	}
	return nil
}

// orPlain gives what is no attachment a type: an upload wants one.
func orPlain(o *blob.WriterOptions) *blob.WriterOptions {
	if o.ContentType == "" {
		o.ContentType = "application/octet-stream"
	}
	return o
}

// manifest holds what has come to the list, and keeps the list last.
func (r *receiver) manifest(from io.Reader) (*Manifest, error) {
	text, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIncomplete, err)
	}
	m, err := decodeManifest(text)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		got, ok := r.got[f.Name]
		if !ok || got.Size != f.Size || got.SHA256 != f.SHA256 {
			return nil, fmt.Errorf("%w: %s is not what was sent", ErrDamaged, f.Name)
		}
	}
	if len(r.got) != len(m.Files) {
		return nil, fmt.Errorf("%w: %d files came, %d are listed", ErrDamaged, len(r.got), len(m.Files))
	}
	return m, r.write(manifestName, &blob.WriterOptions{ContentType: "application/json"}, strings.NewReader(string(text)))
}

// undo removes what has been written, also when the caller has given up.
func (r *receiver) undo() (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), time.Minute)
	defer cancel()
	for _, key := range r.keys {
		if there, e := r.to.Exists(ctx, key); e == nil && there {
			err = errors.Join(err, r.to.Delete(ctx, key))
		}
	}
	return err
}

// Names lists the complete backups of a bucket, the oldest first.
func Names(ctx context.Context, b *blob.Bucket) (names []string, err error) {
	for list := b.List(&blob.ListOptions{Delimiter: "/"}); ; {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			slices.Sort(names)
			return names, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list backups: %w", err)
		}
		name := strings.TrimSuffix(o.Key, "/")
		if _, err := time.Parse(nameLayout, name); err != nil || !o.IsDir {
			continue
		}
		there, err := b.Exists(ctx, name+"/"+manifestName)
		if err != nil {
			return nil, fmt.Errorf("list backups: %w", err)
		}
		if there {
			names = append(names, name)
		}
	}
}

// Keep removes all complete backups but the newest n, the oldest first, and
// returns the names of those. A list goes first: half a backup is none.
func Keep(ctx context.Context, b *blob.Bucket, n int) (removed []string, err error) {
	names, err := Names(ctx, b)
	if err != nil {
		return nil, err
	}
	for _, name := range names[:max(0, len(names)-n)] {
		if err := remove(ctx, b, name); err != nil {
			return removed, fmt.Errorf("remove %s: %w", name, err)
		}
		removed = append(removed, name)
	}
	return removed, nil
}

func remove(ctx context.Context, b *blob.Bucket, name string) error {
	if err := b.Delete(ctx, name+"/"+manifestName); err != nil {
		return err
	}
	for list := b.List(&blob.ListOptions{Prefix: name + "/"}); ; {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = b.Delete(ctx, o.Key)
		}
		if err != nil {
			return err
		}
	}
}

// Taken is when a backup was taken, by its name.
func Taken(name string) (time.Time, error) { return time.Parse(nameLayout, name) }
