package actors

import (
	"bytes"
	"testing"
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
