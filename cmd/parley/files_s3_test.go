package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"gocloud.dev/blob"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/conform"
)

// s3 is an object store on loopback with one empty bucket, and its address.
func s3(t *testing.T) (place string, store *s3mem.Backend) {
	t.Helper()
	store = s3mem.New()
	if err := store.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(store).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "someone")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "made up")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return "s3://files?region=eu-central-1&use_path_style=true&endpoint=" + server.URL, store
}

// kept is the keys of a store's objects.
func kept(t *testing.T, store *s3mem.Backend) (keys []string) {
	t.Helper()
	list, err := store.ListBucket("files", nil, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list.Contents {
		keys = append(keys, o.Key)
	}
	return keys
}

// A chat in which both sides send a file.
const filesAreExchanged = `
name: files are exchanged
people:
  ann: {role: customer, subject: ann, name: Ann}
  alice: {role: agent, subject: alice, name: Alice}
  ben: {role: customer, subject: ben, name: Ben}
steps:
  - alice connects
  - alice sends: {type: set_presence, state: available}
  - ann connects
  - ann sends: {type: start, source: web}
    gets: {chat: $chat}
  - alice receives: {type: offer, offer: $offer, chat: $chat}
  - alice sends: {type: accept, offer: $offer}
  - ann uploads: {chat: $chat, name: "Päckchen.png", base64: iVBORw0KGgo=}
    gets: {id: $picture, name: "Päckchen.png", media_type: image/png, size_bytes: 8}
  - ann sends: {type: send, chat: $chat, attachment: {id: $picture}}
  - alice receives: {type: message, attachment: {id: $picture, name: "Päckchen.png", media_type: image/png, size_bytes: 8}}
  - alice downloads: {id: $picture}
    gets: {media_type: image/png, disposition: attachment, base64: iVBORw0KGgo=}
  - alice uploads: {chat: $chat, name: bill.pdf, base64: JVBERi0xLjcK}
    gets: {id: $document, media_type: application/pdf}
  - ann downloads: {id: $document}
    gets: {status: 404}
  - alice sends: {type: send, chat: $chat, attachment: {id: $document}}
    gets: {type: ok}
  - ben connects
  - ben downloads: {id: $document}
    gets: {status: 404}
  - ann downloads: {id: $document}
    gets: {base64: JVBERi0xLjcK}
  - alice sends: {type: end, chat: $chat}
  - ann receives: {type: ended, chat: $chat}
`

func TestAttachmentsGoToAnS3BucketAndAreErasedThere(t *testing.T) {
	place, store := s3(t)
	data := t.TempDir()
	p := serve(t, "--dev", "--data", data, "--attachments", place)
	secret, err := devSecret(data)
	if err != nil {
		t.Fatal(err)
	}
	conform.Run(t, conform.Target{URL: "ws://" + p.public + "/v1/ws", Token: func(who conform.Person) (string, error) {
		return transport.MintDev(secret, acd.Role(who.Role), who.Subject, who.Name, 10*time.Minute)
	}}, fstest.MapFS{"files.yaml": {Data: []byte(filesAreExchanged)}})
	keys := kept(t, store)
	if len(keys) != 2 {
		t.Fatalf("the bucket has %q", keys)
	}
	if code := p.stop(); code != exitOK {
		t.Fatal(p.errs.String())
	}
	if _, err := os.Stat(filesFolder("", data)); !os.IsNotExist(err) {
		t.Errorf("the data folder has attachments too: %v", err)
	}
	chat, _, _ := strings.Cut(keys[0], "/")
	if code, _, errs := run(t, "erase", "--chat", chat, "--data", data, "--attachments", place); code != exitOK {
		t.Fatal(errs)
	}
	if keys := kept(t, store); len(keys) != 0 {
		t.Errorf("after the chat's erasure the bucket has %q", keys)
	}
}

func TestAChatThatIsForgottenTakesItsFilesOutOfTheS3Bucket(t *testing.T) {
	place, store := s3(t)
	bucket, err := openFiles(t.Context(), place, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	for _, key := range []string{"c1/a", "c1/b", "c10/a"} {
		if err := bucket.Upload(t.Context(), key, bytes.NewReader([]byte("x")), &blob.WriterOptions{ContentType: "text/plain"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := (&node{files: bucket}).forgetFiles("c1"); err != nil {
		t.Fatal(err)
	}
	if keys := kept(t, store); len(keys) != 1 || keys[0] != "c10/a" {
		t.Errorf("the bucket has %q", keys)
	}
}
