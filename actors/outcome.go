package actors

import (
	"errors"
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// outcome is what is kept of a command that has been answered.
type outcome struct {
	Digest  uint64       `cbor:"1,keyasint"`
	Result  acd.Result   `cbor:"2,keyasint"`
	Refusal *acd.Refusal `cbor:"3,keyasint,omitempty"`
}

// ErrDuplicateConflict refuses a command whose id has been used for another.
var ErrDuplicateConflict = &acd.Refusal{Code: "duplicate_conflict", Text: "this id was used for another command"}

// errOverloaded refuses new chats while the node drains.
var errOverloaded = &acd.Refusal{Code: "overloaded", Text: "the node takes no new chats now"}

// errInternal answers for a failure that is not the asker's.
var errInternal = &acd.Refusal{Code: "internal", Text: "the engine failed; nothing changed"}

// answerOf turns what a machine said into what is told and kept.
func answerOf(result any, err error) (acd.Result, *acd.Refusal) {
	if err != nil {
		var r *acd.Refusal
		if errors.As(err, &r) {
			return acd.Result{}, r
		}
		return acd.Result{}, errInternal
	}
	r, _ := result.(acd.Result)
	return r, nil
}

// outcomeRow keeps the answer beside its effect, in the same batch.
func outcomeRow(now time.Time, a *ask, out acd.Outcome) Row {
	result, refused := answerOf(out.Result, out.Err)
	return Row{commandKey(day(now), a.who, a.id), appendOutcome(make([]byte, 0, 64), &outcome{a.digest, result, refused})}
}

// outcomeDays are the days whose outcomes may be asked for, newest first. The
// clock may have been set back over midnight since one was kept.
func (e *Engine) outcomeDays() []uint16 {
	now := e.now()
	days := make([]uint16, 0, 4)
	for d := day(now.Add(24 * time.Hour)); d >= day(now.Add(-e.opts.CommandTTL)); d-- {
		days = append(days, d)
	}
	return days
}

// unheard notes a command and reports whether it has surely not been answered
// before. The caller holds stream.mu.
func (e *Engine) unheard(st *stream, id string) bool {
	return st.recent.note(id, e.now(), e.opts.CommandTTL+24*time.Hour)
}

// loadRecent notes the commands of a person that were answered before this
// stream was there. Until then each of his commands is looked for on disk.
func (e *Engine) loadRecent(st *stream) error {
	st.mu.Lock()
	whole := st.recent.whole
	st.mu.Unlock()
	if whole {
		return nil
	}
	var ids []string
	days := e.outcomeDays()
	for _, d := range days {
		from := commandKey(d, st.name, "")
		to := append([]byte(nil), from...)
		to[len(to)-1] = 1
		if err := e.journal.Scan(from, to, func(k, _ []byte) error {
			ids = append(ids, string(k[len(from):]))
			return nil
		}); err != nil {
			return fmt.Errorf("commands of %s: %w", st.name, err)
		}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, id := range ids {
		e.unheard(st, id)
	}
	st.recent.whole = true
	return nil
}

// answered finds the answer to a command if it has been answered before.
func (e *Engine) answered(st *stream, id string) (*outcome, error) {
	st.mu.Lock()
	fresh := e.unheard(st, id)
	st.mu.Unlock()
	if fresh {
		return nil, nil
	}
	return e.known(st.name, id)
}

// known looks for the answer to a command on disk.
func (e *Engine) known(who acd.Stream, id string) (*outcome, error) {
	for _, d := range e.outcomeDays() {
		b, err := e.journal.Get(commandKey(d, who, id))
		if err != nil {
			return nil, fmt.Errorf("outcome of a command: %w", err)
		}
		if b != nil {
			o, err := decodeRow[outcome](b)
			return &o, err
		}
	}
	return nil, nil
}

// forgetAtOnce bounds one batch of deletions.
const forgetAtOnce = 1000

// forget drops the outcomes that nobody may ask for again, and the chats that
// are older than the retention.
func (e *Engine) forget(now time.Time) {
	before := day(now.Add(-e.opts.CommandTTL)) - 1
	if err := e.forgetRange([]byte{rowCommand}, commandKey(before, "", "")); err != nil {
		e.log.Error("cannot forget old commands", "err", err)
	}
	if err := e.forgetAnswers(now); err != nil {
		e.log.Error("cannot forget old answers", "err", err)
	}
	if err := e.trail.forget(now); err != nil {
		e.log.Error("cannot forget the old audit trail", "err", err)
	}
	if e.opts.Retention <= 0 {
		return
	}
	first, last := rowKey(rowSecret, "\x01", ""), rowKey(rowSecret, deskDay(day(now.Add(-e.opts.Retention))), "")
	if err := e.forgetRange(first[:2], last[:len(last)-1]); err != nil {
		e.log.Error("cannot forget the keys of desks", "err", err)
	}
	if err := e.forgetChats(now.Add(-e.opts.Retention)); err != nil {
		e.log.Error("cannot forget old chats", "err", err)
	}
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

var errEnough = errors.New("enough for one batch")

func (e *Engine) appendRows(rows []Row) {
	e.order.Lock()
	e.journal.Append(Entry{Epoch: e.epoch, Rows: rows, Done: func(error) {}})
	e.order.Unlock()
	_ = e.barrier() // a failure shows in Ready; nothing here depends on it
}

// forgetChats drops what is left of chats that ended before a time: records,
// snapshot, transcript and index.
func (e *Engine) forgetChats(before time.Time) error {
	var ended [][]byte
	var segments []Segment
	err := e.journal.Scan(endedKey(before, ""), []byte{rowEnded + 1}, func(k, v []byte) error {
		s, err := decodeRow[Segment](v)
		if err != nil {
			return err
		}
		segments = append(segments, s)
		ended = append(ended, append([]byte(nil), k...))
		if len(ended) == forgetAtOnce {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if err := e.figures.raise(segments); err != nil {
		return err
	}
	for i, key := range ended {
		chat := acd.ChatID(key[9:])
		if forgetting := e.opts.Forgetting; forgetting != nil {
			if err := forgetting(chat); err != nil {
				return fmt.Errorf("forget chat %s: %w", chat, err)
			}
		}
		rows := e.outlived(segments[i], [][]byte{key, secretKey(chat)})
		for _, table := range []byte{rowText, rowAmended} {
			if err := e.scan(table, string(chat), func(k, _ []byte) error {
				rows = append(rows, append([]byte(nil), k...))
				return nil
			}); err != nil {
				return err
			}
		}
		if err := e.journal.Drop(chat.Address().String(), rows); err != nil {
			return fmt.Errorf("drop chat %s: %w", chat, err)
		}
	}
	return nil
}
