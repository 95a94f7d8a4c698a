package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestAttachmentsLieInTheDataFolderUnlessAnotherPlaceIsNamed(t *testing.T) {
	data, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "files")
	for place, folder := range map[string]string{"": filepath.Join(data, "attachments"), elsewhere: elsewhere, "file://" + data: data} {
		bucket, err := openFiles(context.Background(), place, data)
		if err != nil {
			t.Fatalf("%q: %v", place, err)
		}
		if err := bucket.WriteAll(context.Background(), "c/f", []byte("x"), nil); err != nil {
			t.Errorf("%q: %v", place, err)
		}
		if _, err := os.Stat(filepath.Join(folder, "c", "f")); err != nil {
			t.Errorf("%q: %v", place, err)
		}
		if err := bucket.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := openFiles(context.Background(), "ftp://nowhere", data); err == nil {
		t.Error("ftp is a place for files")
	}
}

func TestAFileOfTheFolderIsSyncedWithWhatStandsBesideIt(t *testing.T) {
	data := t.TempDir()
	bucket, err := openFiles(t.Context(), "", data)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	if err := bucket.WriteAll(t.Context(), "c1/f1", []byte("x"), nil); err != nil {
		t.Fatal(err)
	}
	sync := syncFiles(filesFolder("", data))
	if err := sync("c1/f1"); err != nil {
		t.Error(err)
	}
	if err := sync("c1/none"); err == nil {
		t.Error("a file that is not there is durable")
	}
	if syncFiles(filesFolder("s3://bucket", data)) != nil {
		t.Error("what is elsewhere is synced here")
	}
}
