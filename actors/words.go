package actors

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// What people have said or are known by (acd.Veil) stands in records and
// snapshots as well, but never in clear: each record has its events without
// their words, and beside each event its words, sealed under the key of the
// chat that they belong to. So the end of a chat's key is the end of all of
// it, in whatever file and whosever journal it lies; records stay readable,
// with the words gone.
//
// Words that belong to no chat, what agents say to each other directly, are
// sealed under a key of the desk and the day. It ends with the retention.

// said are words on their way into a record or out of it, in the order of the
// veil.
type said struct {
	Texts []string            `cbor:"1,keyasint,omitempty"`
	Facts []map[string]string `cbor:"2,keyasint,omitempty"`
}

func (w *said) empty() bool {
	for _, t := range w.Texts {
		if t != "" {
			return false
		}
	}
	for _, f := range w.Facts {
		if len(f) > 0 {
			return false
		}
	}
	return true
}

// words are the words of an event or a state, chat by chat in the order of
// their first.
type words struct {
	chats []acd.ChatID
	of    []*said
}

func (w *words) chat(c acd.ChatID) *said {
	for i := range w.chats {
		if w.chats[i] == c {
			return w.of[i]
		}
	}
	n := len(w.of)
	if n < cap(w.of) && w.of[:n+1][n] != nil { // of an event before
		w.of = w.of[:n+1]
	} else {
		w.of = append(w.of, &said{})
	}
	w.chats = append(w.chats, c)
	return w.of[n]
}

// reset makes w ready for the next event, with the room of the last.
func (w *words) reset() {
	for _, s := range w.of {
		clear(s.Texts)
		clear(s.Facts)
		s.Texts, s.Facts = s.Texts[:0], s.Facts[:0]
	}
	w.chats, w.of = w.chats[:0], w.of[:0]
}

// taking is the veil that takes words out, putting the one that puts them back.
type (
	taking  struct{ words }
	putting struct{ words }
)

// takings are used again: most events have no words, or a few.
var takings = sync.Pool{New: func() any { return new(taking) }}

func (t *taking) Text(chat acd.ChatID, text *string) {
	s := t.chat(chat)
	s.Texts = append(s.Texts, *text)
	*text = ""
}

func (t *taking) Facts(chat acd.ChatID, facts *map[string]string) {
	s := t.chat(chat)
	s.Facts = append(s.Facts, *facts)
	if len(*facts) > 0 {
		*facts = nil
	}
}

func (p *putting) Text(chat acd.ChatID, text *string) {
	if s := p.chat(chat); len(s.Texts) > 0 {
		*text, s.Texts = s.Texts[0], s.Texts[1:]
	}
}

func (p *putting) Facts(chat acd.ChatID, facts *map[string]string) {
	if s := p.chat(chat); len(s.Facts) > 0 {
		*facts, s.Facts = s.Facts[0], s.Facts[1:]
	}
}

// keyring finds the keys that words are sealed under. It belongs to one
// goroutine, and to one life or one reading.
type keyring struct {
	journal Journal // nil: every word stays sealed
	owner   acd.Address
	random  io.Reader   // for what is sealed; nil for who only reads
	own     cipher.AEAD // of the owner, if it is a chat
	begun   bool        // own has been looked up
	desk    cipher.AEAD // of the owner's day, if it is an agent
	day     uint16
	fresh   []Row // keys that were made since the last record
	warm    *warm // where the owner's cipher is kept ready; nil for who only reads
}

func (e *Engine) keyring(owner acd.Address) *keyring {
	return &keyring{journal: e.journal, owner: owner, random: e.opts.Random, warm: &e.warm}
}

// reader is the keyring of who reads what a machine has written and is gone: what he
// makes ready takes no place among the ciphers of those who live.
func (e *Engine) reader(owner acd.Address) *keyring {
	return &keyring{journal: e.journal, owner: owner}
}

// chat is the chat whose journal it is, if it is a chat's.
func (k *keyring) chat() acd.ChatID {
	if k.owner.Kind == acd.KindChat {
		return acd.ChatID(k.owner.ID)
	}
	return ""
}

// find returns the key of a chat's words, or of the day's if there is no chat;
// nil when it has been destroyed.
func (k *keyring) find(chat acd.ChatID, at time.Time) (cipher.AEAD, error) {
	switch {
	case k.journal == nil:
		return nil, nil
	case chat == "":
		return k.today(at)
	case chat != k.chat():
		return k.look(secretKey(chat))
	}
	if !k.begun {
		own, err := k.look(secretKey(chat))
		if err != nil {
			return nil, err
		}
		k.own, k.begun = own, true
	}
	return k.own, nil
}

func (k *keyring) today(at time.Time) (cipher.AEAD, error) {
	if d := day(at); k.desk == nil || k.day != d {
		desk, err := k.look(deskKey(k.owner, d))
		if err != nil || desk == nil {
			return nil, err
		}
		k.desk, k.day = desk, d
	}
	return k.desk, nil
}

func (k *keyring) look(row []byte) (cipher.AEAD, error) {
	key, err := k.journal.Get(row)
	if err != nil || key == nil {
		return nil, err
	}
	return k.cipher(key)
}

// cipher is that of a key. In a life it is ready only while it is used.
func (k *keyring) cipher(key []byte) (cipher.AEAD, error) {
	if k.warm == nil || len(key) != textKeySize {
		return textCipher(key)
	}
	return &sealer{key: key, warm: k.warm}, nil
}

// begin makes a key where there is none: for a chat that begins, or that has
// been erased and is written to again, and for a desk's day. Only the owner
// begins, so an agent who files notes about an erased chat keeps none.
func (k *keyring) begin(chat acd.ChatID, at time.Time) cipher.AEAD {
	row := Row{Value: newTextKey(k.random)}
	c, err := k.cipher(row.Value)
	switch {
	case err != nil:
		panic(err) // a key of the wrong size is a bug
	case chat == "":
		row.Key, k.desk, k.day = deskKey(k.owner, day(at)), c, day(at)
	case chat == k.chat():
		row.Key, k.own, k.begun = secretKey(chat), c, true
	default:
		return nil
	}
	k.fresh = append(k.fresh, row)
	return c
}

// deskKey is where the key of a desk's day stands. No chat's id begins so; the
// day comes first, so that old ones are one range.
func deskKey(owner acd.Address, day uint16) []byte {
	return rowKey(rowSecret, deskDay(day)+owner.String(), "")
}

func deskDay(day uint16) string { return "\x01" + strconv.Itoa(100_000+int(day)) + "/" }

// appendEvent appends an event without its words, and behind it its words,
// sealed; each behind its length.
func (k *keyring) appendEvent(b []byte, at time.Time, e acd.Event) ([]byte, error) {
	if m, ok := e.(acd.MessageSent); ok {
		if m.Message.Author.Kind == "customer" {
			m.Message.Author.Name = "" // stands in the transcript's row
		}
		return append(appendSized(b, &m), 0), nil
	}
	t := takings.Get().(*taking)
	defer func() {
		t.reset()
		takings.Put(t)
	}()
	b = appendPlanned(b, e, true, func(event any) { acd.VeilEvent(k.chat(), event, t) })
	if len(t.chats) == 0 || t.of[0].empty() {
		return append(b, 0), nil
	}
	sealed, err := k.seal(t.chats[0], at, t.of[0])
	b = binary.AppendUvarint(b, uint64(len(sealed)))
	return append(b, sealed...), err
}

// reveal puts the words back, those that can still be read.
func (k *keyring) reveal(at time.Time, e acd.Event, sealed []byte) (acd.Event, error) {
	if len(sealed) == 0 {
		return e, nil
	}
	var t taking
	veiled(k.chat(), e, &t)
	if len(t.chats) == 0 {
		return e, nil
	}
	chat := t.chats[0]
	w, err := k.open(chat, at, sealed)
	if err != nil || w == nil {
		return e, err
	}
	return veiled(k.chat(), e, &putting{words{[]acd.ChatID{chat}, []*said{w}}}), nil
}

// veiled returns e with what v has made of its words, and leaves e as it is.
func veiled(own acd.ChatID, e acd.Event, v acd.Veil) acd.Event {
	p := reflect.New(reflect.TypeOf(e))
	p.Elem().Set(reflect.ValueOf(e))
	acd.VeilEvent(own, p.Interface(), v)
	return p.Elem().Interface().(acd.Event)
}

func (k *keyring) seal(chat acd.ChatID, at time.Time, w *said) ([]byte, error) {
	c, err := k.find(chat, at)
	if err != nil {
		return nil, fmt.Errorf("key of words: %w", err)
	}
	if c == nil {
		if c = k.begin(chat, at); c == nil {
			return nil, nil
		}
	}
	nonce := make([]byte, c.NonceSize(), 256)
	chance(k.random, nonce)
	return c.Seal(nonce, nonce, mustEncode(w), wordsOf(chat)), nil
}

// open returns nil when the key is gone.
func (k *keyring) open(chat acd.ChatID, at time.Time, sealed []byte) (*said, error) {
	c, err := k.find(chat, at)
	if err != nil {
		return nil, fmt.Errorf("key of words: %w", err)
	}
	if c == nil || len(sealed) < c.NonceSize() {
		return nil, nil
	}
	b, err := c.Open(nil, sealed[:c.NonceSize()], sealed[c.NonceSize():], wordsOf(chat))
	if err != nil {
		return nil, nil // sealed under a key that has been destroyed since
	}
	w, err := decodeRow[said](b)
	return &w, err
}

// wordsOf is sealed with the words, so that one chat's cannot stand for
// another's, nor for a line of a transcript.
func wordsOf(chat acd.ChatID) []byte { return append([]byte("words/"), chat...) }

// bareState is a machine's durable state without its words, and the words.
func bareState(m acd.Machine, t *taking) any {
	switch m := m.(type) {
	case *acd.Chat:
		s := m.ChatState.Words(m.ID, t)
		return &s
	case *acd.Agent:
		return m.Export().Words(t)
	case *acd.Queue:
		return m.Export()
	}
	panic(fmt.Sprintf("actors: %T has no durable state", m))
}

// bareHash is the hash of a machine's state without its words.
func bareHash(m acd.Machine) uint64 { return sumOf(mustEncode(bareState(m, &taking{}))) }

// sealedWords are one chat's words in a snapshot.
type sealedWords struct {
	Chat   acd.ChatID `cbor:"1,keyasint"`
	Sealed []byte     `cbor:"2,keyasint"`
}

// concealAll seals the words of a state.
func (k *keyring) concealAll(w *words) (all []sealedWords, err error) {
	for i, chat := range w.chats {
		if w.of[i].empty() {
			continue
		}
		c, err := k.find(chat, time.Time{})
		if err != nil {
			return nil, err
		}
		if c == nil {
			continue // they are gone
		}
		sealed, err := k.seal(chat, time.Time{}, w.of[i])
		if err != nil {
			return nil, err
		}
		all = append(all, sealedWords{chat, sealed})
	}
	return all, nil
}

// revealAll puts the words of a snapshot back.
func (k *keyring) revealAll(m acd.Machine, all []sealedWords) error {
	p := &putting{}
	for _, w := range all {
		s, err := k.open(w.Chat, time.Time{}, w.Sealed)
		if err != nil {
			return err
		}
		if s != nil {
			*p.chat(w.Chat) = *s
		}
	}
	switch m := m.(type) {
	case *acd.Chat:
		m.ChatState = m.ChatState.Words(m.ID, p)
	case *acd.Agent:
		m.Import(m.Export().Words(p))
	}
	return nil
}

// A snapshot is version, hash of the state without its words, length and bytes
// of that state, words. The hash is what a replay must reach, whether or not
// words have been erased meanwhile.
func sealSnapshot(m acd.Machine, k *keyring) ([]byte, error) {
	var t taking
	body := mustEncode(bareState(m, &t))
	all, err := k.concealAll(&t.words)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	b := make([]byte, 0, len(body)+64)
	b = append(b, snapshotVersion)
	b = binary.BigEndian.AppendUint64(b, sumOf(body))
	b = binary.AppendUvarint(b, uint64(len(body)))
	b = append(b, body...)
	return append(b, mustEncode(all)...), nil
}

// openSnapshot loads what sealSnapshot has made.
func openSnapshot(m acd.Machine, k *keyring, load func(acd.Machine, []byte) error, b []byte) error {
	if len(b) < 9 || b[0] != snapshotVersion {
		return fmt.Errorf("snapshot of version %d, this build reads %d", first(b), snapshotVersion)
	}
	d := reader{b: b[9:]}
	body := d.bytes()
	if d.err != nil {
		return d.err
	}
	if got, want := sumOf(body), binary.BigEndian.Uint64(b[1:]); got != want {
		return fmt.Errorf("snapshot's state hash is %x, expected %x", got, want)
	}
	all, err := decodeRow[[]sealedWords](d.b)
	if err != nil {
		return err
	}
	if err := load(m, body); err != nil {
		return err
	}
	return k.revealAll(m, all)
}
