package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
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
	folder := filesFolder(place, data)
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true})
	if err != nil {
		return nil, fmt.Errorf("attachments: %w", err)
	}
	return bucket, nil
}

// filesFolder is the folder of attachments, empty when they are elsewhere.
func filesFolder(place, data string) string {
	if strings.Contains(place, "://") {
		return ""
	}
	return cmp.Or(place, filepath.Join(data, "attachments"))
}

// syncFiles makes files of a folder durable, since what writes them there does
// not: the file, what stands beside it, and the folders that name them. Nil for
// no folder.
func syncFiles(folder string) func(key string) error {
	if folder == "" {
		return nil
	}
	return func(key string) error {
		file := filepath.Join(folder, filepath.FromSlash(key))
		for _, path := range []string{file, file + ".attrs", filepath.Dir(file), folder} {
			if err := syncPath(path); err != nil {
				return fmt.Errorf("sync %s: %w", key, err)
			}
		}
		return nil
	}
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
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
