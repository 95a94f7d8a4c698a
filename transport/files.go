package transport

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/parley-engine/parley/actors/acd"
)

// Files keeps what people attach to chats, and asks the engine who may see a
// chat. The bytes lie in a bucket: a folder, or whatever else gocloud.dev/blob
// can open.
type Files struct {
	Bucket *blob.Bucket
	// View is the engine's word on a chat; a *acd.Refusal is told to the asker.
	View func(ctx context.Context, by acd.Principal, chat acd.ChatID) (acd.ChatView, error)
	// Earlier reports whether a chat is one of those before of a customer whom the
	// asker serves now: then what was sent to the customer in it is for him too.
	// Without it a file is for who is or was in its chat.
	Earlier func(by acd.Principal, chat acd.ChatID) (bool, error)
	// Sent reports whether a file was sent in a chat to a customer's ears. Without
	// it what a customer did not upload himself is not his.
	Sent func(chat acd.ChatID, file string) (bool, error)
	// Sync makes a file that has been written durable, by its key; nil where the
	// bucket does so itself. No upload is acknowledged before.
	Sync func(key string) error
}

// file is what is known of one before its bytes are read.
type file struct {
	chat acd.ChatID
	name string
	by   string // the stream of who uploaded it
	acd.Attachment
}

// What stands beside the bytes.
const (
	metaName = "name"
	metaBy   = "by"
)

// An attachment's id is its chat's, a dot, and 128 random bits: the chat is
// asked who may see it, and within a chat nobody guesses another's file.
func newFileID(chat acd.ChatID) string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails, by its contract
	return string(chat) + "." + hex.EncodeToString(random[:])
}

// fileKey is where the bytes of an attachment lie.
func fileKey(id string) (chat acd.ChatID, key string, ok bool) {
	i := strings.LastIndexByte(id, '.')
	if i <= 0 || len(id)-i-1 != 32 || strings.ContainsAny(id, "/\\") || !utf8.ValidString(id) {
		return "", "", false
	}
	if _, err := hex.DecodeString(id[i+1:]); err != nil {
		return "", "", false
	}
	return acd.ChatID(id[:i]), id[:i] + "/" + id[i+1:], true
}

// find tells what a file is. A file that is not there is acd.ErrNotFound.
func (f *Files) find(ctx context.Context, id string) (file, string, error) {
	chat, key, ok := fileKey(id)
	if !ok {
		return file{}, "", acd.ErrNotFound
	}
	a, err := f.Bucket.Attributes(ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return file{}, "", acd.ErrNotFound
	}
	if err != nil {
		return file{}, "", fmt.Errorf("attachment %s: %w", id, err)
	}
	return file{chat, a.Metadata[metaName], a.Metadata[metaBy], acd.Attachment{ID: id, Type: a.ContentType, Size: a.Size}}, key, nil
}

// errTooMuch is a body that is longer than the channel takes.
var errTooMuch = errors.New("longer than allowed")

// keep writes a file as it comes in, after its first bytes have said what it
// is. What is not taken, or breaks off, leaves nothing behind.
func (f *Files) keep(ctx context.Context, by acd.Principal, chat acd.ChatID, name string, body io.Reader, takes acd.AttachmentPolicy) (file, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return file{}, err
	}
	head = head[:n]
	kind, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil {
		return file{}, fmt.Errorf("type of an attachment: %w", err)
	}
	if err := takes.Takes(kind, int64(n)); err != nil {
		return file{}, err
	}
	out := file{chat, name, string(by.Stream()), acd.Attachment{ID: newFileID(chat), Type: kind}}
	_, key, _ := fileKey(out.ID)
	ctx, abort := context.WithCancel(ctx)
	defer abort() // before Close it takes back what was written
	w, err := f.Bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: kind, DisableContentTypeDetection: true,
		Metadata: map[string]string{metaName: name, metaBy: out.by}})
	if err != nil {
		return file{}, fmt.Errorf("attachment of %s: %w", chat, err)
	}
	whole := io.MultiReader(strings.NewReader(string(head)), body)
	out.Size, err = io.Copy(w, io.LimitReader(whole, takes.MaxBytes+1))
	if err == nil && out.Size > takes.MaxBytes {
		err = errTooMuch
	}
	if err != nil {
		abort()
		_ = w.Close() // which says that it was aborted
		return file{}, err
	}
	if err := w.Close(); err != nil {
		return file{}, fmt.Errorf("attachment of %s: %w", chat, err)
	}
	if f.Sync != nil {
		if err := f.Sync(key); err != nil {
			return file{}, fmt.Errorf("attachment of %s: %w", chat, err)
		}
	}
	return out, nil
}

// filesPerChat bounds what one chat gathers.
const filesPerChat = 100

// room refuses a chat that has as many files as it may.
func (f *Files) room(ctx context.Context, chat acd.ChatID) error {
	some, _, err := f.Bucket.ListPage(ctx, blob.FirstPageToken, filesPerChat, &blob.ListOptions{Prefix: string(chat) + "/"})
	switch {
	case err != nil:
		return fmt.Errorf("attachments of %s: %w", chat, err)
	case len(some) >= filesPerChat:
		return &acd.Refusal{Code: acd.ErrCapacity.Code, Text: "the chat has as many attachments as it may"}
	}
	return nil
}

// Erase removes the files of a chat whose text is erased.
func (f *Files) Erase(ctx context.Context, chat acd.ChatID) error {
	list := f.Bucket.List(&blob.ListOptions{Prefix: string(chat) + "/"})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("attachments of %s: %w", chat, err)
		}
		if err := f.Bucket.Delete(ctx, o.Key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("attachment of %s: %w", chat, err)
		}
	}
}

// fileName is the name that a file is kept and shown under: the last part of
// what its sender calls it.
func fileName(said string) (string, bool) {
	name := path.Base(strings.ReplaceAll(said, "\\", "/"))
	if said == "" || name == "." || name == "/" {
		name = "file"
	}
	return name, utf8.RuneCountInString(name) <= 255 && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}
