package actors

import "sync/atomic"

// Recovery is how far a start has come. A start that takes long shows by
// Records and Chats that it moves, and by Step what it is at.
type Recovery struct {
	Step    string // "journal" before anything is read, then the name of what is brought back
	Records uint64 // read so far; some are read by more than one step
	Chats   uint64 // found that are not over
}

// recovery is what Recovering shows, written by Start alone.
type recovery struct {
	step           atomic.Pointer[string]
	records, chats atomic.Uint64
}

// Recovering says how far Start has come. It may be asked while Start runs.
func (e *Engine) Recovering() Recovery {
	r := Recovery{Step: "journal", Records: e.recovery.records.Load(), Chats: e.recovery.chats.Load()}
	if step := e.recovery.step.Load(); step != nil {
		r.Step = *step
	}
	return r
}

// read is the journal for the steps of a start: it counts the records that are
// read through it.
func (e *Engine) read() Journal { return &countedJournal{e.journal, &e.recovery.records} }

type countedJournal struct {
	Journal
	n *atomic.Uint64
}

// Last implements Journal.
func (j *countedJournal) Last(n int, fn func(stream string, seq uint64, record []byte) error) error {
	return j.Journal.Last(n, func(stream string, seq uint64, record []byte) error {
		j.n.Add(1)
		return fn(stream, seq, record)
	})
}

// Replay implements Journal.
func (j *countedJournal) Replay(stream string, after uint64, fn func(seq uint64, record []byte) error) error {
	return j.Journal.Replay(stream, after, func(seq uint64, record []byte) error {
		j.n.Add(1)
		return fn(seq, record)
	})
}
