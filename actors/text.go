package actors

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"github.com/parley-engine/parley/actors/acd"
)

// The text of a conversation stands in its transcript rows and nowhere else,
// sealed under a key that the chat was given at its start. Destroying the key
// erases the text wherever its bytes still lie: in the log, in tables not yet
// compacted, in backups that lack the key.

// textKeySize is that of AES-256.
const textKeySize = 32

// newTextKey makes a chat's key. It comes from a source of randomness of its
// own, as the rules have no business with it.
func newTextKey(random io.Reader) ([]byte, error) {
	key := make([]byte, textKeySize)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("text key: %w", err)
	}
	return key, nil
}

func textCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("text key: %w", err)
	}
	return cipher.NewGCM(block)
}

// sealText seals a line of a chat's transcript. The place is sealed with it, so
// that a line cannot stand for another.
func sealText(random io.Reader, key []byte, chat acd.ChatID, seq uint64, text string) ([]byte, error) {
	c, err := textCipher(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, c.NonceSize(), c.NonceSize()+len(text)+c.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("text nonce: %w", err)
	}
	return c.Seal(nonce, nonce, []byte(text), textKey(chat, seq)), nil
}

var errTextDamaged = errors.New("a line of the transcript does not open under its chat's key")

func openText(key []byte, chat acd.ChatID, seq uint64, sealed []byte) (string, error) {
	c, err := textCipher(key)
	if err != nil {
		return "", err
	}
	if len(sealed) < c.NonceSize() {
		return "", errTextDamaged
	}
	text, err := c.Open(nil, sealed[:c.NonceSize()], sealed[c.NonceSize():], textKey(chat, seq))
	if err != nil {
		return "", fmt.Errorf("message %d of %s: %w", seq, chat, errTextDamaged)
	}
	return string(text), nil
}

// texts seals the transcript lines among the events of a chat's step. A chat
// that begins gets its key in the same batch.
type texts struct {
	key    []byte
	random io.Reader
}

func (x *texts) rows(chat acd.ChatID, events []acd.Event) []Row {
	var rows []Row
	for _, e := range events {
		switch e := e.(type) {
		case acd.ChatStarted:
			rows = append(rows, x.begin(chat))
		case acd.MessageSent:
			if x.key == nil { // erased while it was still going on
				rows = append(rows, x.begin(chat))
			}
			sealed, err := sealText(x.random, x.key, chat, e.Message.Seq, e.Message.Text)
			if err != nil {
				panic(err) // a key of the wrong size is a bug, and so is chance that ends
			}
			rows = append(rows, Row{textKey(chat, e.Message.Seq), mustEncode(textRow{e.Message, sealed})})
		}
	}
	return rows
}

func (x *texts) begin(chat acd.ChatID) Row {
	key, err := newTextKey(x.random)
	if err != nil {
		panic(err)
	}
	x.key = key
	return Row{secretKey(chat), key}
}

// readLines reads the transcript from one message up to but without another,
// oldest first. What has been erased comes without text and says so.
func readLines(j Journal, chat acd.ChatID, from, to uint64, line func(acd.Message) error) error {
	key, err := j.Get(secretKey(chat))
	if err != nil {
		return fmt.Errorf("key of %s: %w", chat, err)
	}
	err = j.Scan(textKey(chat, from), textKey(chat, to), func(_, v []byte) error {
		row, err := decodeRow[textRow](v)
		if err != nil {
			return err
		}
		m := row.Message
		if m.Erased = key == nil; !m.Erased {
			if m.Text, err = openText(key, chat, m.Seq, row.Sealed); err != nil {
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
