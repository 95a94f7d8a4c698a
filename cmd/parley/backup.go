package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/cmd/parley/backup"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport/admin"
)

// backup lets the operator's API copy what this node keeps.
func (n *node) backup() admin.Backup {
	source := &backup.Source{Checkpoint: n.journal.Checkpoint, Dir: n.data, Files: n.files, Program: version()}
	return func(ctx context.Context, w io.Writer, attachments bool) error {
		m, err := source.Send(ctx, w, attachments)
		if errors.Is(err, backup.ErrBusy) {
			return fmt.Errorf("%w: %w", admin.ErrBusy, err)
		}
		if err == nil {
			journal, files := m.Count()
			n.log.Info("backup sent", "files", journal, "attachments", files, "bytes", m.Bytes())
		}
		return err
	}
}

// depot is where backups lie.
type depot struct {
	name   string
	bucket *blob.Bucket
}

func openDepot(ctx context.Context, name string) (*depot, error) {
	if name == "" {
		return nil, usage(errors.New("expected a folder, or a bucket such as s3://BUCKET?region=REGION"))
	}
	bucket, err := openFiles(ctx, name, "")
	if err != nil {
		return nil, usage(fmt.Errorf("backups: %w", errors.Unwrap(err)))
	}
	return &depot{name, bucket}, nil
}

type backupCommand struct {
	operator
	To                 string `required:"" env:"PARLEY_BACKUPS" placeholder:"PLACE" help:"Where backups are kept: a folder, or s3://BUCKET?region=REGION."`
	Keep               int    `placeholder:"N" help:"Remove all but the newest N backups there, after this one is complete; keep all."`
	WithoutAttachments bool   `help:"Leave attachments out, when the bucket that they are in has copies of its own."`
}

// Run takes a backup of a running node, and prints its name.
func (c *backupCommand) Run(ctx context.Context, m Main) (err error) {
	if c.Keep < 0 {
		return usage(fmt.Errorf("--keep is %d, expected a number from 1", c.Keep))
	}
	to, err := openDepot(ctx, c.To)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.bucket.Close()) }()
	resp, err := c.send(ctx, http.MethodGet, fmt.Sprintf("/v1/admin/backup?attachments=%t", !c.WithoutAttachments), nil, "")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	name, list, err := backup.Receive(ctx, resp.Body, to.bucket, time.Now(), syncFiles(filesFolder(c.To, "")))
	if err != nil {
		return fmt.Errorf("backup to %s: %w", c.To, err)
	}
	journal, files := list.Count()
	fmt.Fprintf(m.Out, "%s: %s of the journal, %s, %d bytes\n", name, count(journal, "file"), count(files, "attachment"), list.Bytes())
	if c.Keep == 0 {
		return nil
	}
	removed, err := backup.Keep(ctx, to.bucket, c.Keep)
	for _, old := range removed {
		fmt.Fprintf(m.Out, "%s: removed\n", old)
	}
	return err
}

type restoreCommand struct {
	From        string `required:"" env:"PARLEY_BACKUPS" placeholder:"PLACE" help:"Where backups are kept: a folder, or s3://BUCKET?region=REGION."`
	Name        string `placeholder:"NAME" help:"Which one; the newest."`
	Data        string `default:"./parley-data" env:"PARLEY_DATA" placeholder:"DIR" help:"The data folder to make, empty or not there yet (${default})."`
	Attachments string `env:"PARLEY_ATTACHMENTS" placeholder:"PLACE" help:"Where attachments are kept, as with serve."`
	Verify      bool   `help:"Hold what was restored against every invariant, as check-data does."`
}

// Run makes a data folder out of a backup, ready to be served.
func (c *restoreCommand) Run(ctx context.Context, m Main) (err error) {
	from, err := openDepot(ctx, c.From)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.bucket.Close()) }()
	if c.Name == "" {
		if c.Name, err = from.newest(ctx); err != nil {
			return err
		}
	}
	list, err := backup.Restore(ctx, from.bucket, c.Name, c.Data, func() (*blob.Bucket, error) { return openFiles(ctx, c.Attachments, c.Data) })
	if err != nil {
		return restoreFailed(err)
	}
	if err := c.syncAttachments(list); err != nil {
		return err
	}
	if err := c.open(m); err != nil {
		return err
	}
	journal, files := list.Count()
	_, err = fmt.Fprintf(m.Out, "%s: %s of the journal, %s, taken %s\n", c.Data, count(journal, "file"), count(files, "attachment"), list.Taken.Format(time.RFC3339))
	return err
}

// newest is the backup that was taken last.
func (d *depot) newest(ctx context.Context) (string, error) {
	names, err := backup.Names(ctx, d.bucket)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", usage(fmt.Errorf("%s has no complete backup", d.name))
	}
	return names[len(names)-1], nil
}

func restoreFailed(err error) error {
	if errors.Is(err, backup.ErrDamaged) {
		return &exitError{exitJournal, err}
	}
	return usage(err)
}

func (c *restoreCommand) syncAttachments(list *backup.Manifest) error {
	sync := syncFiles(filesFolder(c.Attachments, c.Data))
	if sync == nil {
		return nil
	}
	for _, f := range list.Files {
		if key, ok := strings.CutPrefix(f.Name, "attachments/"); ok {
			if err := sync(key); err != nil {
				return err
			}
		}
	}
	return nil
}

// open makes the copy a journal of its own, and looks through it if that is
// wanted.
func (c *restoreCommand) open(m Main) (err error) {
	j, err := m.openJournal(c.Data, persistence.Options{})
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	epoch, kept, base, err := j.Renew(time.Now())
	if err != nil {
		return refused(err)
	}
	if err := actors.MarkRestored(j, actors.Restored{Epoch: epoch, Kept: kept, Base: base}); err != nil {
		return refused(err)
	}
	if c.Verify {
		return m.auditData(j, c.Data)
	}
	return nil
}
