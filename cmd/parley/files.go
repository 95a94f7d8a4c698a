package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // s3://bucket?region=…

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// openFiles opens the place where attachments are kept: an address like
// s3://bucket?region=eu-central-1, a folder, or the one in the data folder.
func openFiles(ctx context.Context, place, data string) (*blob.Bucket, error) {
	if strings.Contains(place, "://") {
		bucket, err := blob.OpenBucket(ctx, place)
		if err != nil {
			return nil, fmt.Errorf("attachments: %w", err)
		}
		return bucket, nil
	}
	folder := cmp.Or(place, filepath.Join(data, "attachments"))
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true})
	if err != nil {
		return nil, fmt.Errorf("attachments: %w", err)
	}
	return bucket, nil
}

// eraseFiles removes the attachments of chats whose text has been erased.
func eraseFiles(place, data string, chats []acd.ChatID) error {
	if len(chats) == 0 {
		return nil
	}
	ctx := context.Background()
	bucket, err := openFiles(ctx, place, data)
	if err != nil {
		return err
	}
	files := transport.Files{Bucket: bucket}
	for _, chat := range chats {
		err = errors.Join(err, files.Erase(ctx, chat))
	}
	return errors.Join(err, bucket.Close())
}
