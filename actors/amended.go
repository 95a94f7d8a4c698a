package actors

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Amendment is what an agent has put in the place of a wrap-up that the clock
// had given for him. The chat may be closed by then, and nothing follows that
// in its records; so it stands in a row beside them.
type Amendment struct {
	Agent acd.AgentID
	Code  string
	Notes string    // empty once they are erased
	Of    time.Time // when the clock gave the other one
	At    time.Time
}

type amendedRow struct {
	Code string    `cbor:"1,keyasint"`
	At   time.Time `cbor:"2,keyasint"`
	// Sealed are the notes, under the key of the chat.
	Sealed []byte `cbor:"3,keyasint,omitempty"`
}

// amendedKey has the time of what is amended in it: an agent who comes back to
// a chat owes it another wrap-up.
func amendedKey(c acd.ChatID, a acd.AgentID, of time.Time) []byte {
	b := append(rowKey(rowAmended, string(c), string(a)), 0)
	return binary.BigEndian.AppendUint64(b, uint64(of.UnixMilli()))
}

// amendedNames takes what follows the chat in a key apart.
func amendedNames(key []byte) (acd.ChatID, acd.AgentID, time.Time, error) {
	chat, rest := rowNames(key)
	n := len(rest) - 8
	if n < 1 || rest[n-1] != 0 {
		return "", "", time.Time{}, fmt.Errorf("row %q, expected an agent and a time behind the chat", key)
	}
	of := time.UnixMilli(int64(binary.BigEndian.Uint64([]byte(rest[n:]))))
	return acd.ChatID(chat), acd.AgentID(rest[:n-1]), of, nil
}

// amended makes the rows of the wrap-ups that an agent's step puts right. Of a
// chat that is forgotten altogether nothing is kept.
func (k *keyring) amended(rows []Row, agent acd.AgentID, now time.Time, events []acd.Event) (_ []Row, err error) {
	for _, e := range events {
		a, ok := e.(acd.WrapupAmended)
		if !ok || a.Of.IsZero() {
			continue
		}
		first, err := k.journal.Record(a.Chat.Address().String(), 1)
		if err != nil {
			return nil, fmt.Errorf("amended wrap-up of %s: %w", a.Chat, err)
		}
		if first == nil {
			continue
		}
		row := amendedRow{Code: a.Code, At: now}
		if a.Notes != "" {
			if row.Sealed, err = k.seal(a.Chat, now, &said{Texts: []string{a.Notes}}); err != nil {
				return nil, fmt.Errorf("amended wrap-up of %s: %w", a.Chat, err)
			}
		}
		rows = append(rows, Row{amendedKey(a.Chat, agent, a.Of), mustEncode(row)})
	}
	return rows, nil
}

// notes opens what is sealed in a row; empty when the key is gone.
func (r *amendedRow) notes(k *keyring, chat acd.ChatID) (string, error) {
	if len(r.Sealed) == 0 {
		return "", nil
	}
	w, err := k.open(chat, r.At, r.Sealed)
	if err != nil || w == nil || len(w.Texts) == 0 {
		return "", err
	}
	return w.Texts[0], nil
}

// Amended returns which wrap-ups of a chat were put right after the clock had
// given them, by agent and in the order of their time.
func (p *Past) Amended(chat acd.ChatID) (all []Amendment, err error) {
	keys := &keyring{journal: p.journal, owner: chat.Address()}
	from, to := rowRange(rowAmended, string(chat))
	err = p.journal.Scan(from, to, func(k, v []byte) error {
		_, agent, of, err := amendedNames(k)
		if err != nil {
			return err
		}
		row, err := decodeRow[amendedRow](v)
		if err != nil {
			return err
		}
		notes, err := row.notes(keys, chat)
		all = append(all, Amendment{agent, row.Code, notes, of, row.At})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("amended wrap-ups of %s: %w", chat, err)
	}
	return all, nil
}

// amends finds the amendments of the wrap-ups that a record of the chat holds,
// and what is left for later records.
func amends(m *Moment, left []Amendment) []Amendment {
	for _, e := range m.Events {
		filed, ok := e.(acd.WrapupRecorded)
		if !ok {
			continue
		}
		for i, a := range left {
			if a.Agent == filed.Agent && !a.Of.After(m.At) {
				m.Amended = append(m.Amended, a)
				left = append(append([]Amendment(nil), left[:i]...), left[i+1:]...)
				break
			}
		}
	}
	return left
}

// withoutNotes are a chat's rows with nothing sealed in them: codes are not
// words, and stay as they stay in the records.
func (p *Past) withoutNotes(chat acd.ChatID) (rows []Row, err error) {
	from, to := rowRange(rowAmended, string(chat))
	err = p.journal.Scan(from, to, func(k, v []byte) error {
		row, err := decodeRow[amendedRow](v)
		row.Sealed = nil
		rows = append(rows, Row{append([]byte(nil), k...), mustEncode(row)})
		return err
	})
	return rows, err
}

// amended notes which row a record of an agent calls for.
func (a *auditor) amended(agent acd.AgentID, e acd.Event) {
	w, ok := e.(acd.WrapupAmended)
	if ok && !w.Of.IsZero() && a.chats[w.Chat] {
		a.rows[string(amendedKey(w.Chat, agent, w.Of))] = mustEncode(amendedRow{Code: w.Code, Sealed: []byte(w.Notes)})
	}
}

// amendment: notes are sealed differently each time, and may be gone.
func (a *auditor) amendment(key, value, want []byte) error {
	chat, _, _, err := amendedNames(key)
	if err != nil {
		return err
	}
	is, err := decodeRow[amendedRow](value)
	if err != nil {
		return err
	}
	due, err := decodeRow[amendedRow](want)
	if err != nil {
		return err
	}
	notes, err := is.notes(&keyring{journal: a.journal, owner: chat.Address()}, chat)
	if err != nil {
		return err
	}
	if is.Code != due.Code || notes != string(due.Sealed) {
		a.found(fmt.Errorf("row %q has the code %q and %d bytes of notes, expected %q and %d", key, is.Code, len(notes), due.Code, len(due.Sealed)))
	}
	return nil
}
