package actors

import (
	"bytes"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

func TestAKeyThatHasGoneColdOpensWhatItHasSealed(t *testing.T) {
	var all warm
	nonce, place := make([]byte, sealNonce), []byte("place")
	first := &sealer{key: bytes.Repeat([]byte{1}, textKeySize), warm: &all}
	sealed := first.Seal(nil, nonce, []byte("text"), place)
	if len(sealed) != len("text")+first.Overhead() {
		t.Fatalf("%d bytes", len(sealed))
	}
	for i := range warmMost {
		other := &sealer{key: bytes.Repeat([]byte{byte(i)}, textKeySize), warm: &all}
		other.made()
	}
	if first.ready.Load() != nil {
		t.Error("it stays ready for ever")
	}
	if got, err := first.Open(nil, nonce, sealed, place); err != nil || string(got) != "text" {
		t.Errorf("%q, %v", got, err)
	}
}

// keys is a journal that has one chat's key.
type keys struct{ Journal }

func (keys) Get([]byte) ([]byte, error) { return bytes.Repeat([]byte{1}, textKeySize), nil }

func TestReadingWhatAChatHasSaidCoolsNoOther(t *testing.T) {
	e := &Engine{journal: keys{}, opts: Options{Random: bytes.NewReader(make([]byte, 1000))}}
	chat := acd.ChatID("c").Address()
	own, err := e.keyring(chat).find(acd.ChatID(chat.ID), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, sealNonce)
	sealed := own.Seal(nil, nonce, []byte("text"), nil)
	before := e.warm.next
	for range 3 {
		c, err := e.reader(chat).find(acd.ChatID(chat.ID), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Open(nil, nonce, sealed, nil); err != nil || string(got) != "text" {
			t.Errorf("%q, %v", got, err)
		}
	}
	if before != 1 || e.warm.next != before {
		t.Errorf("%d are ready, %d when one chat had sealed something", e.warm.next, before)
	}
}
