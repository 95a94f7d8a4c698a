package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // s3://bucket?region=…
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
