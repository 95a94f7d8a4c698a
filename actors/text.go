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

// sealText seals a line of a chat's transcript. The place, which is the key of
// its row, is sealed with it, so that a line cannot stand for another.
func sealText(random io.Reader, c cipher.AEAD, place []byte, text string) ([]byte, error) {
	nonce := make([]byte, c.NonceSize(), c.NonceSize()+len(text)+c.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("text nonce: %w", err)
	}
	return c.Seal(nonce, nonce, []byte(text), place), nil
}

var errTextDamaged = errors.New("a line of the transcript does not open under its chat's key")

func openText(c cipher.AEAD, place, sealed []byte) (string, error) {
	if len(sealed) < c.NonceSize() {
		return "", errTextDamaged
	}
	text, err := c.Open(nil, sealed[:c.NonceSize()], sealed[c.NonceSize():], place)
	if err != nil {
		return "", errTextDamaged
	}
	return string(text), nil
}

// texts seals the transcript lines among the events of a chat's step. A chat
// that begins gets its key in the same batch.
type texts struct {
	cipher cipher.AEAD // under the chat's key, nil while it has none
	random io.Reader
}

// use takes the key that the chat has, if it has one.
func (x *texts) use(key []byte) error {
	if key == nil {
		return nil
	}
	c, err := textCipher(key)
	x.cipher = c
	return err
}

func (x *texts) rows(chat acd.ChatID, events []acd.Event) []Row {
	var rows []Row
	for _, e := range events {
		switch e := e.(type) {
		case acd.ChatStarted:
			rows = append(rows, x.begin(chat))
		case acd.MessageSent:
			if x.cipher == nil { // erased while it was still going on
				rows = append(rows, x.begin(chat))
			}
			place := textKey(chat, e.Message.Seq)
			sealed, err := sealText(x.random, x.cipher, place, e.Message.Text)
			if err != nil {
				panic(err) // chance that ends is a bug
			}
			rows = append(rows, Row{place, mustEncode(textRow{e.Message, sealed})})
		}
	}
	return rows
}

func (x *texts) begin(chat acd.ChatID) Row {
	key, err := newTextKey(x.random)
	if err == nil {
		err = x.use(key)
	}
	if err != nil {
		panic(err) // a key of the wrong size is a bug
	}
	return Row{secretKey(chat), key}
}

// readLines reads the transcript from one message up to but without another,
// oldest first. What has been erased comes without text and says so.
func readLines(j Journal, chat acd.ChatID, from, to uint64, line func(acd.Message) error) error {
	key, err := j.Get(secretKey(chat))
	if err != nil {
		return fmt.Errorf("key of %s: %w", chat, err)
	}
	lines := texts{}
	if err := lines.use(key); err != nil {
		return err
	}
	err = j.Scan(textKey(chat, from), textKey(chat, to), func(place, v []byte) error {
		row, err := decodeRow[textRow](v)
		if err != nil {
			return err
		}
		m := row.Message
		if m.Erased = key == nil; !m.Erased {
			if m.Text, err = openText(lines.cipher, place, row.Sealed); err != nil {
				return fmt.Errorf("message %d: %w", m.Seq, err)
			}
		}
		return line(m)
	})
	if err != nil {
		return fmt.Errorf("transcript of %s: %w", chat, err)
	}
	return nil
}
