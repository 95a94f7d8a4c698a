package actors

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// The text of a conversation stands in its transcript rows and nowhere else,
// sealed under a key that the chat was given at its start. Destroying the key
// erases the text wherever its bytes still lie: in the log, in tables not yet
// compacted, in backups that lack the key.

// textKeySize is that of AES-256.
const textKeySize = 32

// newTextKey makes a key. It comes from a source of randomness of its own, as
// the rules have no business with it.
func newTextKey(random io.Reader) []byte {
	key := make([]byte, textKeySize)
	chance(random, key)
	return key
}

// chance fills b; a source of chance that ends is a bug.
func chance(random io.Reader, b []byte) {
	if _, err := io.ReadFull(random, b); err != nil {
		panic(fmt.Sprintf("actors: no chance to be had: %v", err))
	}
}

func textCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("text key: %w", err)
	}
	return cipher.NewGCM(block)
}

// errTextDamaged is what does not open under its chat's key: sealed under one that
// has been destroyed since, unless the store is damaged.
var errTextDamaged = errors.New("a line of the transcript does not open under its chat's key")

func openText(c cipher.AEAD, place, sealed []byte) ([]byte, error) {
	if len(sealed) < c.NonceSize() {
		return nil, errTextDamaged
	}
	text, err := c.Open(nil, sealed[:c.NonceSize()], sealed[c.NonceSize():], place)
	if err != nil {
		return nil, errTextDamaged
	}
	return text, nil
}

// rows seals the transcript lines among the events of a chat's step behind rows,
// and adds the keys that were made for it.
func (k *keyring) rows(rows []Row, room *slab, events []acd.Event) []Row {
	for _, e := range events {
		switch e := e.(type) {
		case acd.ChatStarted:
			if k.own == nil {
				k.begin(k.chat(), time.Time{})
			}
		case acd.MessageSent:
			if k.own == nil { // erased while it was still going on
				k.begin(k.chat(), time.Time{})
			}
			rows = append(rows, k.line(room, e.Message))
		}
	}
	return append(rows, k.taken()...)
}

// line is a message's row. A customer's name is sealed with his text. All of it
// is one piece of memory, and the text is sealed where it stands.
func (k *keyring) line(room *slab, m acd.Message) Row {
	row, name, size := textRow{Message: m}, "", k.own.NonceSize()+len(m.Text)+k.own.Overhead()
	if m.Author.Kind == "customer" {
		name, row.Named, row.Message.Author.Name = m.Author.Name, true, ""
		size += len(binary.AppendUvarint(nil, uint64(len(name)))) + len(name)
	}
	chat := k.chat()
	key := len(chat) + 2 + 8
	b := appendTextKey(room.take(key+lineRoom+size), chat, m.Seq)
	place := b[:key:key]
	return Row{place, appendTextRow(b[key:], &row, size, func(b []byte) []byte {
		from := len(b)
		b = append(b, make([]byte, k.own.NonceSize())...)
		chance(k.random, b[from:])
		if row.Named {
			b = appendString(b, name)
		}
		return sealTail(append(b, m.Text...), from, k.own, place)
	})}
}

// sealTail seals what stands in b behind a nonce, which begins at from.
func sealTail(b []byte, from int, c cipher.AEAD, place []byte) []byte {
	text := from + c.NonceSize()
	return c.Seal(b[:text], b[from:text], b[text:], place)
}

// lineRoom is what a line of a transcript takes beside its place and its text,
// names of an ordinary length included.
const lineRoom = 160

// taken returns the keys that were made since the last time.
func (k *keyring) taken() []Row {
	rows := k.fresh
	k.fresh = nil
	return rows
}

// open puts a row's sealed words back into its message.
func (row *textRow) open(c cipher.AEAD, place []byte) (acd.Message, error) {
	m := row.Message
	text, err := openText(c, place, row.Sealed)
	if err != nil {
		return m, fmt.Errorf("message %d: %w", m.Seq, err)
	}
	if row.Named {
		d := reader{b: text}
		m.Author.Name = d.string()
		text = d.b
	}
	m.Text = string(text)
	return m, nil
}

// readLines reads the transcript from one message up to but without another,
// oldest first. What has been erased comes without text and says so, also where
// the chat has had a new key since, for notes that came later.
func readLines(j Journal, chat acd.ChatID, from, to uint64, line func(acd.Message) error) error {
	keys := &keyring{journal: j, owner: chat.Address()}
	c, err := keys.find(chat, time.Time{})
	if err != nil {
		return fmt.Errorf("key of %s: %w", chat, err)
	}
	err = j.Scan(textKey(chat, from), textKey(chat, to), func(place, v []byte) error {
		row, err := decodeRow[textRow](v)
		if err != nil {
			return err
		}
		m := row.Message
		if m.Erased = c == nil; !m.Erased {
			m, err = row.open(c, place)
			if m.Erased = errors.Is(err, errTextDamaged); err != nil && !m.Erased {
				return err
			}
		}
		return line(m)
	})
	if err != nil {
		return fmt.Errorf("transcript of %s: %w", chat, err)
	}
	return nil
}
