package actors

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MasterKeys wrap the keys that texts are sealed under, so that the store alone
// opens no text. The first wraps; every one of them unwraps, so that a new one
// can be put in front of the old. They are safe for concurrent use.
//
// A wrapped key begins with a version and the name of its master key, and is
// bound to its row: it cannot stand for another chat's. A key of before there
// was a master key is as long as a key and no longer, and is wrapped at the
// next start.
type MasterKeys struct{ keys []masterKey }

type masterKey struct {
	name   [masterName]byte
	cipher cipher.AEAD
}

const (
	wrapVersion = 1
	masterName  = 4
	wrapHead    = 1 + masterName
)

// ErrMasterKey is a store whose keys are wrapped under a master key that is not
// there.
var ErrMasterKey = errors.New("the keys of this store are wrapped under a master key that was not given")

// ParseMasterKeys reads keys, one a line: 32 bytes in base64. What follows a #
// is a comment. An error never repeats a key.
func ParseMasterKeys(text []byte) (*MasterKeys, error) {
	m := &MasterKeys{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(key) != textKeySize {
			return nil, fmt.Errorf("master key in line %d: expected %d bytes in base64", n, textKeySize)
		}
		c, err := textCipher(key)
		if err != nil {
			return nil, err
		}
		one := masterKey{cipher: c}
		sum := sha256.Sum256(key)
		copy(one.name[:], sum[:])
		m.keys = append(m.keys, one)
	}
	if len(m.keys) == 0 {
		return nil, fmt.Errorf("no master key, expected a line of %d bytes in base64", textKeySize)
	}
	return m, nil
}

// NewMasterKey is a line for ParseMasterKeys.
func NewMasterKey(random io.Reader) string {
	return base64.StdEncoding.EncodeToString(newTextKey(random)) + "\n"
}

// wrap seals a key for its row.
func (m *MasterKeys) wrap(random io.Reader, row, key []byte) []byte {
	k := &m.keys[0]
	out := make([]byte, 0, wrapHead+k.cipher.NonceSize()+len(key)+k.cipher.Overhead())
	out = append(append(out, wrapVersion), k.name[:]...)
	nonce := make([]byte, k.cipher.NonceSize())
	chance(random, nonce)
	return k.cipher.Seal(append(out, nonce...), nonce, key, row)
}

// unwrap opens what wrap has made; current says that the first key did.
func (m *MasterKeys) unwrap(row, value []byte) (key []byte, current bool, err error) {
	if !wrapped(value) {
		return value, false, nil
	}
	for i := range m.keys {
		k := &m.keys[i]
		if !bytes.Equal(k.name[:], value[1:wrapHead]) {
			continue
		}
		sealed := value[wrapHead:]
		if len(sealed) < k.cipher.NonceSize() {
			return nil, false, errTextDamaged
		}
		nonce, sealed := sealed[:k.cipher.NonceSize()], sealed[k.cipher.NonceSize():]
		if key, err = k.cipher.Open(nil, nonce, sealed, row); err != nil {
			return nil, false, fmt.Errorf("key of %q: %w", row, errTextDamaged)
		}
		return key, i == 0, nil
	}
	return nil, false, fmt.Errorf("key of %q: %w", row, ErrMasterKey)
}

// wrapped tells a wrapped key from a bare one, and from the mark of them all.
func wrapped(value []byte) bool { return len(value) > textKeySize && value[0] == wrapVersion }

// isSecret reports whether a row holds a key.
func isSecret(row []byte) bool {
	return len(row) > 0 && row[0] == rowSecret && !bytes.Equal(row, wrappedMark)
}

// wrappedMark is a row beside the keys: under which master key all of them are.
// No chat's id begins so.
var wrappedMark = rowKey(rowSecret, "\x02wrapped", "")

// Over is j with its keys wrapped: whoever reads and writes through it knows
// nothing of master keys.
func (m *MasterKeys) Over(j Journal) Journal { return &keyedJournal{j, m, rand.Reader} }

// keyedJournal wraps keys on their way to the journal, and unwraps them on
// their way back.
type keyedJournal struct {
	Journal
	keys   *MasterKeys
	random io.Reader
}

// Append implements Journal. The caller's list of rows is left as it is.
func (j *keyedJournal) Append(e Entry) {
	copied := false
	for i, r := range e.Rows {
		if !isSecret(r.Key) || len(r.Value) != textKeySize {
			continue
		}
		if !copied {
			e.Rows, copied = append([]Row(nil), e.Rows...), true
		}
		e.Rows[i].Value = j.keys.wrap(j.random, r.Key, r.Value)
	}
	j.Journal.Append(e)
}

// Get implements Journal.
func (j *keyedJournal) Get(key []byte) ([]byte, error) {
	value, err := j.Journal.Get(key)
	if err != nil || value == nil || !isSecret(key) {
		return value, err
	}
	value, _, err = j.keys.unwrap(key, value)
	return value, err
}

// Scan implements Journal.
func (j *keyedJournal) Scan(from, to []byte, fn func(key, value []byte) error) error {
	return j.Journal.Scan(from, to, func(key, value []byte) (err error) {
		if isSecret(key) {
			if value, _, err = j.keys.unwrap(key, value); err != nil {
				return err
			}
		}
		return fn(key, value)
	})
}

// Rewrap brings every key of a journal under the first master key, and returns
// how many were not. It has to be called before anything else writes: a key
// that is being destroyed meanwhile could come back. j is the journal itself,
// and not what Over has made of it.
func (m *MasterKeys) Rewrap(j Journal, epoch uint64) (n int, err error) {
	mark, err := j.Get(wrappedMark)
	if err != nil || bytes.Equal(mark, m.keys[0].name[:]) {
		return 0, err
	}
	var rows []Row
	flush := func() error {
		done := make(chan error, 1)
		j.Append(Entry{Epoch: epoch, Rows: rows, Done: func(err error) { done <- err }})
		n, rows = n+len(rows), nil
		return <-done
	}
	from, to := rowRange(rowSecret, "")
	err = j.Scan(from, to, func(row, value []byte) error {
		if !isSecret(row) {
			return nil
		}
		key, current, err := m.unwrap(row, value)
		if err != nil || current {
			return err
		}
		row = bytes.Clone(row)
		rows = append(rows, Row{row, m.wrap(rand.Reader, row, key)})
		return nil
	})
	for all := rows; err == nil && len(all) > 0; {
		rows = all[:min(len(all), rewrapAtOnce)]
		all = all[len(rows):]
		err = flush()
	}
	if err != nil {
		return n, fmt.Errorf("wrap the keys again: %w", err)
	}
	rows = []Row{{wrappedMark, bytes.Clone(m.keys[0].name[:])}}
	err = flush()
	return n - 1, err
}

// rewrapAtOnce bounds one batch.
const rewrapAtOnce = 1000

// CheckMasterKeys says whether a journal can be read with these keys, nil for
// none: a store whose keys are wrapped is not to be opened without.
func CheckMasterKeys(j Journal, m *MasterKeys) error {
	mark, err := j.Get(wrappedMark)
	if err != nil || mark == nil {
		return err
	}
	if m != nil {
		for i := range m.keys {
			if bytes.Equal(mark, m.keys[i].name[:]) {
				return nil
			}
		}
	}
	return ErrMasterKey
}
