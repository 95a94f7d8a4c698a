package actors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// forgetAtOnce bounds a batch of what is forgotten.
const forgetAtOnce = 1000

// retention is how long each class is kept now, 0 for ever: as the
// configuration says, else as the node was started. Nothing of a chat outlives
// its record.
func (e *Engine) retention() acd.Retention {
	r := e.config.Load().Retention
	r.Chats = forever(orElse(r.Chats, e.opts.Retention))
	r.Words = sooner(forever(r.Words), r.Chats)
	r.Files = sooner(forever(r.Files), r.Chats)
	r.Audit = forever(orElse(r.Audit, e.opts.TrailRetention))
	r.Figures = forever(r.Figures)
	r.Commands = orElse(r.Commands, e.opts.CommandTTL)
	return r
}

func forever(d time.Duration) time.Duration { return max(d, 0) }

// sooner is the shorter of two times, of which 0 is for ever.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// forget drops what has been kept for as long as its class is kept. A class that
// fails is tried again the next time, and keeps no other from its turn.
func (e *Engine) forget(now time.Time) {
	keep := e.retention()
	for _, class := range []struct {
		name string
		keep time.Duration
		drop func(before time.Time) error
	}{
		{"commands", keep.Commands, e.forgetCommands},
		{"audit", keep.Audit, e.trail.forget},
		{"figures", keep.Figures, e.figures.forget},
		{"words of desks", keep.Words, e.forgetDesks},
		{"words", before(keep.Words, keep.Chats), e.forgetWordsOf},
		{"files", before(keep.Files, keep.Chats), e.forgetFilesOf},
		{"chats", keep.Chats, e.forgetChats},
	} {
		if class.keep == 0 {
			continue
		}
		if err := class.drop(now.Add(-class.keep)); err != nil {
			e.log.Error("cannot forget what is old", "class", class.name, "err", err)
		}
	}
}

// before is how long a part of chats is kept that goes before them, 0 if it goes
// with them.
func before(part, chats time.Duration) time.Duration {
	if part == chats {
		return 0
	}
	return part
}

// forgetCommands drops the outcomes and answers of days that nobody may ask for
// again.
func (e *Engine) forgetCommands(before time.Time) error {
	last := day(before) - 1
	return errors.Join(e.forgetRange([]byte{rowCommand}, commandKey(last, "", "")),
		e.forgetRange([]byte{rowAnswer}, AnswerKey{}.at(last)[:3]))
}

// forgetDesks destroys the keys of what agents said to each other on the days
// before.
func (e *Engine) forgetDesks(before time.Time) error {
	first, last := rowKey(rowSecret, "\x01", ""), rowKey(rowSecret, deskDay(day(before)), "")
	return e.forgetRange(first[:2], last[:len(last)-1])
}

func (e *Engine) forgetRange(from, to []byte) error {
	var rows []Row
	err := e.journal.Scan(from, to, func(k, _ []byte) error {
		rows = append(rows, Row{append([]byte(nil), k...), nil})
		if len(rows) == forgetAtOnce {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) || len(rows) == 0 {
		return err
	}
	e.appendRows(rows)
	if len(rows) == forgetAtOnce {
		return e.forgetRange(from, to)
	}
	return nil
}

func (e *Engine) appendRows(rows []Row) {
	e.append(Entry{Rows: rows, Done: func(error) {}})
	_ = e.barrier() // a failure shows in Ready; nothing here depends on it
}

var errEnough = errors.New("enough for one batch")

// ended calls each with the chats that ended after one time and not after
// another, and their keys, newest first and a batch at a time.
func (e *Engine) ended(after, until time.Time, each func(keys [][]byte, chats []Segment) error) error {
	from, to := endedKey(until, ""), endedKey(after, "")
	for {
		var keys [][]byte
		var chats []Segment
		err := e.journal.Scan(from, to, func(k, v []byte) error {
			s, err := decodeRow[Segment](v)
			if err != nil {
				return err
			}
			keys, chats = append(keys, append([]byte(nil), k...)), append(chats, s)
			if len(keys) == forgetAtOnce {
				return errEnough
			}
			return nil
		})
		switch {
		case err != nil && !errors.Is(err, errEnough):
			return err
		case len(keys) == 0:
			return nil
		}
		from = append(append([]byte(nil), keys[len(keys)-1]...), 0)
		if err := each(keys, chats); err != nil || len(keys) < forgetAtOnce {
			return err
		}
	}
}

// forgetChats drops what is left of chats that ended before a time: records,
// snapshot, transcript and index. One whose wrap-up is still to come stays until
// that is filed, and all of them until nobody may resume what they have told, with
// something to spare for a clock that is set back between two lives: numbers that
// no record bears out would be given again after a start.
func (e *Engine) forgetChats(before time.Time) error {
	if told := e.now().Add(-max(e.opts.ResumeDesk, e.opts.ResumeCustomer) - e.opts.ForgetEvery); before.After(told) {
		before = told
	}
	return e.ended(time.UnixMilli(0), before, func(keys [][]byte, chats []Segment) error {
		keys, chats, err := e.settled(keys, chats)
		if err != nil {
			return err
		}
		if err := e.figures.raise(chats); err != nil {
			return err
		}
		e.streams.lose(chats)
		for i, key := range keys {
			if err := e.dropChat(key, chats[i]); err != nil {
				return fmt.Errorf("forget chat %s: %w", chats[i].Chat, err)
			}
		}
		return nil
	})
}

// settled leaves out the chats that something is still to come of.
func (e *Engine) settled(keys [][]byte, chats []Segment) (overKeys [][]byte, over []Segment, err error) {
	for i := range chats {
		live, err := e.journal.Get(liveKey(chats[i].Chat))
		if err != nil {
			return nil, nil, err
		}
		if live == nil {
			overKeys, over = append(overKeys, keys[i]), append(over, chats[i])
		}
	}
	return overKeys, over, nil
}

func (e *Engine) dropChat(key []byte, s Segment) error {
	if forgetting := e.opts.Forgetting; forgetting != nil {
		if err := forgetting(s.Chat); err != nil {
			return err
		}
	}
	rows := e.outlived(s, [][]byte{key, secretKey(s.Chat)})
	for _, table := range []byte{rowText, rowAmended} {
		if err := e.scan(table, string(s.Chat), func(k, _ []byte) error {
			rows = append(rows, append([]byte(nil), k...))
			return nil
		}); err != nil {
			return err
		}
	}
	defer e.streams.get(s.Customer.Stream()).reread()
	return e.journal.Drop(s.Chat.Address().String(), rows)
}

// What is taken from chats before they go.
const (
	sweptWords = "words"
	sweptFiles = "files"
)

// sweep takes something from the chats that ended before a time. What it has done
// it does not look at again, but for the chats that take says are not through.
func (e *Engine) sweep(class string, before time.Time, take func([]Segment) (again []Segment, err error)) error {
	key, done := rowKey(rowSwept, class, ""), time.UnixMilli(0)
	b, err := e.journal.Get(key)
	if err != nil {
		return err
	}
	if len(b) == 8 {
		done = time.UnixMilli(int64(binary.BigEndian.Uint64(b)))
	}
	if !before.After(done) {
		return nil
	}
	upTo := before
	if err := e.ended(done, before, func(_ [][]byte, chats []Segment) error {
		again, err := take(chats)
		for _, s := range again {
			if !s.EndedAt.After(upTo) {
				upTo = s.EndedAt.Add(-time.Millisecond)
			}
		}
		return err
	}); err != nil {
		return err
	}
	return e.put(Entry{Rows: []Row{{key, binary.BigEndian.AppendUint64(nil, uint64(upTo.UnixMilli()))}}})
}

// forgetWordsOf destroys the keys of chats that ended before a time. Of one whose
// wrap-up is still to come the notes will have a new key: it is looked at again.
func (e *Engine) forgetWordsOf(before time.Time) error {
	return e.sweep(sweptWords, before, func(chats []Segment) (again []Segment, err error) {
		var gone []Segment
		for _, s := range chats {
			secret, err := e.journal.Get(secretKey(s.Chat))
			if err != nil {
				return nil, err
			}
			live, err := e.journal.Get(liveKey(s.Chat))
			if err != nil {
				return nil, err
			}
			if secret != nil {
				gone = append(gone, s)
			}
			if live != nil {
				again = append(again, s)
			}
		}
		rows, err := e.Past().wordless(nil, gone)
		if err != nil || len(rows) == 0 {
			return again, err
		}
		if err := e.put(Entry{Rows: rows}); err != nil {
			return nil, err
		}
		e.forgetWords(gone, func(s *Segment) []acd.AgentID { return s.Agents })
		return again, nil
	})
}

// forgetFilesOf has what is kept elsewhere of chats that ended before a time taken
// away.
func (e *Engine) forgetFilesOf(before time.Time) error {
	if e.opts.Forgetting == nil {
		return nil
	}
	return e.sweep(sweptFiles, before, func(chats []Segment) ([]Segment, error) {
		for _, s := range chats {
			if err := e.opts.Forgetting(s.Chat); err != nil {
				return nil, fmt.Errorf("chat %s: %w", s.Chat, err)
			}
		}
		return nil, nil
	})
}
