package actors

import (
	"fmt"
	"slices"
)

// Shelf keeps small things durably for a part of the node that is no actor. It
// has rows of its own in the journal and is meant for what changes now and
// then, never for what comes with every message. It is safe for concurrent use.
type Shelf struct {
	engine *Engine
	part   string
}

// Kept is one thing on a shelf. A nil Value takes it away.
type Kept struct {
	Key   string
	Value []byte
	// Secret puts it among the keys of texts, which a master key wraps: then Value
	// has SecretSize bytes, Each does not meet it, and it is read by Secret.
	Secret bool
}

// SecretSize is the length of every secret on a shelf.
const SecretSize = textKeySize

// secretsOf begins the names under which parts of the node keep secrets. No
// chat's id begins so, and no desk's.
const secretsOf = "\x03"

func (s *Shelf) row(k *Kept) []byte {
	if k.Secret {
		return rowKey(rowSecret, secretsOf+s.part, k.Key)
	}
	return rowKey(rowShelf, s.part, k.Key)
}

// Shelf returns the shelf of a part.
func (e *Engine) Shelf(part string) *Shelf { return &Shelf{e, part} }

// Put writes all of it or nothing. It is on disk when this returns.
func (s *Shelf) Put(things ...Kept) error {
	entry := Entry{Rows: make([]Row, 0, len(things))}
	for _, k := range things {
		if k.Secret && k.Value != nil && len(k.Value) != SecretSize {
			return fmt.Errorf("shelf %s: a secret of %d bytes, expected %d", s.part, len(k.Value), SecretSize)
		}
		entry.Rows = append(entry.Rows, Row{s.row(&k), k.Value})
	}
	if err := s.engine.put(entry); err != nil {
		return fmt.Errorf("shelf %s: %w", s.part, err)
	}
	return nil
}

// Get returns a thing, nil if it is not there.
func (s *Shelf) Get(key string) ([]byte, error) {
	v, err := s.engine.journal.Get(rowKey(rowShelf, s.part, key))
	if err != nil {
		return nil, fmt.Errorf("shelf %s: %w", s.part, err)
	}
	return v, nil
}

// Secret returns a secret, nil if it is not there.
func (s *Shelf) Secret(key string) ([]byte, error) {
	v, err := s.engine.journal.Get(s.row(&Kept{Key: key, Secret: true}))
	if err != nil {
		return nil, fmt.Errorf("shelf %s: %w", s.part, err)
	}
	return slices.Clone(v), nil
}

// Each calls fn with what has a key that begins with prefix and is greater than
// after, in the order of the keys. The value is fn's to keep; its error ends
// it.
func (s *Shelf) Each(prefix, after string, fn func(Kept) error) error {
	from, to := rowKey(rowShelf, s.part, prefix), rowKey(rowShelf, s.part, prefix)
	to = append(to, 0xff)
	if after >= prefix && after != "" {
		from = append(rowKey(rowShelf, s.part, after), 0)
	}
	err := s.engine.journal.Scan(from, to, func(k, v []byte) error {
		_, key := rowNames(k)
		return fn(Kept{Key: key, Value: slices.Clone(v)})
	})
	if err != nil {
		return fmt.Errorf("shelf %s: %w", s.part, err)
	}
	return nil
}
