package actors

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/parley-engine/parley/actors/acd"
)

// The text of a conversation stands in its transcript rows and nowhere else,
// sealed under a key that the chat was given at its start. Destroying the key
// erases the text wherever its bytes still lie: in the log, in tables not yet
// compacted, in backups that lack the key.

// textKeySize is that of AES-256.
const textKeySize = 32

// newTextKey makes a chat's key. It is the one thing that comes from the
// system's own source of randomness, as the rules have no business with it.
func newTextKey() []byte {
	key := make([]byte, textKeySize)
	_, _ = rand.Read(key) // never fails, by its contract
	return key
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
func sealText(key []byte, chat acd.ChatID, seq uint64, text string) ([]byte, error) {
	c, err := textCipher(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, c.NonceSize(), c.NonceSize()+len(text)+c.Overhead())
	_, _ = rand.Read(nonce)
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
type texts struct{ key []byte }

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
			sealed, err := sealText(x.key, chat, e.Message.Seq, e.Message.Text)
			if err != nil {
				panic(err) // a key of the wrong size is a bug
			}
			rows = append(rows, Row{textKey(chat, e.Message.Seq), mustEncode(textRow{e.Message, sealed})})
		}
	}
	return rows
}

func (x *texts) begin(chat acd.ChatID) Row {
	x.key = newTextKey()
	return Row{secretKey(chat), x.key}
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
