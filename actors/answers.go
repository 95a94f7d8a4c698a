package actors

import (
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// AnswerKey is what somebody asks the administration by, so that asking again
// does nothing again.
type AnswerKey struct {
	Who acd.Stream
	Key string
}

// KeptAnswer is what became of it.
type KeptAnswer struct {
	Digest  []byte            `cbor:"1,keyasint"` // of what was asked
	Status  int               `cbor:"2,keyasint"`
	Headers map[string]string `cbor:"3,keyasint,omitempty"`
	Body    []byte            `cbor:"4,keyasint,omitempty"`
}

func (k AnswerKey) at(day uint16) []byte {
	key := commandKey(day, k.Who, k.Key)
	key[0] = rowAnswer
	return key
}

func (k AnswerKey) row(now time.Time, a KeptAnswer) Row { return Row{k.at(day(now)), mustEncode(a)} }

// KeptAnswer returns the answer to what was asked by this key, nil if nothing
// was for as long as outcomes of commands are kept.
func (e *Engine) KeptAnswer(k AnswerKey) (*KeptAnswer, error) {
	for _, d := range e.outcomeDays() {
		b, err := e.journal.Get(k.at(d))
		if err != nil {
			return nil, fmt.Errorf("kept answer: %w", err)
		}
		if b != nil {
			a, err := decodeRow[KeptAnswer](b)
			return &a, err
		}
	}
	return nil, nil
}

// KeepAnswer keeps an answer for who asks again. It is on disk when this
// returns.
func (e *Engine) KeepAnswer(k AnswerKey, a KeptAnswer) error {
	if err := e.put(Entry{Rows: []Row{k.row(e.now(), a)}}); err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}
