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

// errDraining refuses new chats while the node drains.
var errDraining = &acd.Refusal{Code: "overloaded", Text: "this server is going down: connect again"}

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
func outcomeRow(room *slab, now time.Time, a *ask, out acd.Outcome) Row {
	result, refused := answerOf(out.Result, out.Err)
	return Row{appendCommandKey(room.take(commandRoom+len(a.who)+len(a.id)), day(now), a.who, a.id), appendOutcome(room.take(64), &outcome{a.digest, result, refused})}
}

// outcomeDays are the days whose outcomes may be asked for, newest first. The
// clock may have been set back over midnight since one was kept.
func (e *Engine) outcomeDays() []uint16 {
	now := e.now()
	days, oldest := make([]uint16, 0, 4), day(now.Add(-e.retention().Commands))
	for d := day(now.Add(24 * time.Hour)); d >= oldest; d-- {
		days = append(days, d)
	}
	return days
}

// unheard notes a command and reports whether it has surely not been answered
// before. The caller holds stream.mu.
func (e *Engine) unheard(st *stream, id string) bool {
	return st.recent.note(id, e.now(), e.retention().Commands+24*time.Hour)
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
