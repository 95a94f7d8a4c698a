package actors

import (
	"crypto/cipher"
	"sync"
	"sync/atomic"
)

// sealer is the cipher of one chat. A key that is ready for use weighs twenty
// times the key, and most chats in memory only wait: so it is made ready when
// it is needed, and stays so while it is among the last that were.
type sealer struct {
	key   []byte
	warm  *warm
	ready atomic.Pointer[cipher.AEAD]
}

// What GCM adds to a text.
const (
	sealNonce    = 12
	sealOverhead = 16
)

// NonceSize implements cipher.AEAD.
func (s *sealer) NonceSize() int { return sealNonce }

// Overhead implements cipher.AEAD.
func (s *sealer) Overhead() int { return sealOverhead }

// Seal implements cipher.AEAD.
func (s *sealer) Seal(dst, nonce, text, more []byte) []byte {
	return s.made().Seal(dst, nonce, text, more)
}

// Open implements cipher.AEAD.
func (s *sealer) Open(dst, nonce, sealed, more []byte) ([]byte, error) {
	return s.made().Open(dst, nonce, sealed, more)
}

func (s *sealer) made() cipher.AEAD {
	if c := s.ready.Load(); c != nil {
		return *c
	}
	c, err := textCipher(s.key)
	if err != nil {
		panic(err) // its size was looked at when it was read
	}
	s.ready.Store(&c)
	s.warm.add(s)
	return c
}

// warm are the sealers that are ready. When another one comes the oldest goes
// cold.
type warm struct {
	mu   sync.Mutex
	ring [warmMost]*sealer
	next int
}

// warmMost bounds what keys that are ready weigh: three megabytes.
const warmMost = 4096

func (w *warm) add(s *sealer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if old := w.ring[w.next]; old != nil {
		old.ready.Store(nil)
	}
	w.ring[w.next] = s
	w.next = (w.next + 1) % warmMost
}

// cool lets go of a cipher whose life is over.
func (k *keyring) cool() {
	if k == nil {
		return
	}
	if s, ok := k.own.(*sealer); ok {
		s.ready.Store(nil)
	}
}
