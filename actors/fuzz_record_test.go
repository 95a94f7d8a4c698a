package actors

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// FuzzStoredRecord lets anything lie where a record of a chat should: it is read
// or refused, and what is read can be held against a chat.
func FuzzStoredRecord(f *testing.F) {
	for _, file := range []string{"testdata/journal-v1.golden", "testdata/journal-v2.golden"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if record, err := hex.DecodeString(fields[len(fields)-1]); err == nil && strings.HasPrefix(line, "chat/") {
				f.Add(record)
			}
		}
	}
	store := persistence.NewMemory()
	f.Cleanup(func() { _ = store.Close() })
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRecord(b, &keyring{journal: store, owner: acd.ChatID("chat1").Address()})
		if err == nil && len(r.events) > 0 && r.at.After(time.UnixMilli(1<<62)) {
			t.Fatalf("a time that no clock shows: %s", r.at)
		}
	})
}

// FuzzStoredRow does the same for the rows beside the records.
func FuzzStoredRow(f *testing.F) {
	now := time.UnixMilli(1_795_000_000_000).UTC()
	for _, row := range []any{
		TrailEntry{At: now, Who: "sue", What: "barge", Outcome: TrailOK}, Revocation{Token: "t", At: now, Until: now}, MintedToken{ID: "t", Issued: now, Expires: now},
		Segment{Chat: "c", Customer: "ann", StartedAt: now, EndedAt: now}, liveRow{Wake: now, Customer: "ann"}, textRow{Sealed: []byte("x")},
		acd.SlotRow{}, acd.Enqueue{}, amendedRow{Code: "done", At: now}, servedRow{}, KeptAnswer{},
	} {
		f.Add(mustEncode(row))
	}
	f.Add([]byte{0xbf})
	f.Add(bytes.Repeat([]byte{0x81}, 100))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func([]byte) (any, error){
			rowOf[TrailEntry], rowOf[Revocation], rowOf[MintedToken], rowOf[Segment], rowOf[liveRow], rowOf[textRow], rowOf[acd.SlotRow],
			rowOf[acd.Enqueue], rowOf[amendedRow], rowOf[servedRow], rowOf[KeptAnswer],
		} {
			row, err := read(b)
			if err != nil {
				continue
			}
			again := mustEncode(row)
			if twice, err := read(again); err != nil || !bytes.Equal(mustEncode(twice), again) {
				t.Fatalf("%x is read as %+v and not written as it was: %v", b, row, err)
			}
		}
	})
}

func rowOf[T any](b []byte) (any, error) { return decodeRow[T](b) }

// FuzzWrappedKey lets anything lie where a wrapped key should: it opens as what
// was wrapped, or not at all.
func FuzzWrappedKey(f *testing.F) {
	m, err := ParseMasterKeys([]byte(NewMasterKey(rand.Reader)))
	if err != nil {
		f.Fatal(err)
	}
	key, row := newTextKey(rand.Reader), secretKey("c1")
	good := m.wrap(rand.Reader, row, key)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(append(bytes.Clone(good), 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, current, err := m.unwrap(row, b)
		switch {
		case err != nil:
		case !wrapped(b):
			if !bytes.Equal(got, b) || current {
				t.Fatalf("%x is no wrapped key and opens to %x", b, got)
			}
		case !bytes.Equal(b, good) || !bytes.Equal(got, key):
			t.Fatalf("%x opens to %x", b, got)
		}
	})
}
