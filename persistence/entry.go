package persistence

import (
	"errors"
	"fmt"
	"strings"
)

// Row is an index entry that is written with the record beside it. A nil Value
// deletes the key.
type Row = struct{ Key, Value []byte }

// Entry is what Append takes: a record, rows and a snapshot, all or nothing.
// The consumer declares the same unnamed struct; see its fields there.
type Entry = struct {
	// Epoch is the writer's, from Acquire.
	Epoch uint64
	// Stream names the record's stream; empty for rows alone or a barrier.
	Stream string
	// Seq numbers the record in its stream, from 1 and dense.
	Seq    uint64
	Record []byte
	// Rows are written in the same batch.
	Rows []Row
	// Snapshot, if set, replaces the stream's snapshot: the state after Seq.
	Snapshot []byte
	// Done runs once, in the order of the calls to Append; nil is allowed. When
	// it says that the entry is durable, all bytes are the caller's again.
	Done func(error)
}

const (
	// MaxStream is the longest stream name in bytes.
	MaxStream = 200
	// MaxEntry is the most that one entry may weigh in bytes, keys included.
	MaxEntry = 64 << 20
)

var (
	// ErrFenced answers an entry whose epoch is not the current one: another
	// writer has acquired the journal since.
	ErrFenced = errors.New("the journal has a newer writer")
	// ErrInvalid answers an entry that can not be written, such as a record
	// without a number; it is a bug of the caller, and the journal goes on.
	ErrInvalid = errors.New("invalid entry")
	// ErrClosed answers everything after Close.
	ErrClosed = errors.New("the journal is closed")
	// ErrFailed is in every error after the disk has failed; the cause is in
	// the same chain. It is final: the process has to stop.
	ErrFailed = errors.New("the journal has failed")
	// ErrStalled is the cause when the disk took longer than StallTimeout.
	ErrStalled = errors.New("the disk does not answer")
	// ErrInUse refuses a folder that another process holds.
	ErrInUse = errors.New("the folder is in use by another process")
	// ErrForeign refuses a folder that holds something else than a journal.
	ErrForeign = errors.New("the folder is not a journal")
	// ErrNewerFormat refuses a folder written by a later version of this
	// program.
	ErrNewerFormat = errors.New("the journal was written by a newer version")
	// ErrCorrupt is in every error that comes of damaged bytes on disk.
	ErrCorrupt = errors.New("the journal is damaged")
)

// barrier tells whether an entry writes nothing at all.
func barrier(e *Entry) bool {
	return e.Record == nil && len(e.Rows) == 0 && e.Snapshot == nil
}

// check says what is wrong with an entry, nil if nothing.
func check(e *Entry) error {
	switch {
	case e.Stream == "" && (e.Record != nil || e.Snapshot != nil):
		return fmt.Errorf("%w: a record or snapshot without a stream", ErrInvalid)
	case e.Record != nil && e.Seq == 0:
		return fmt.Errorf("%w: record 0 of stream %q", ErrInvalid, e.Stream)
	}
	if err := checkStream(e.Stream); err != nil {
		return err
	}
	size := len(e.Stream) + len(e.Record) + len(e.Snapshot)
	for i := range e.Rows {
		if len(e.Rows[i].Key) == 0 {
			return fmt.Errorf("%w: a row without a key", ErrInvalid)
		}
		size += len(e.Rows[i].Key) + len(e.Rows[i].Value)
	}
	if size > MaxEntry {
		return fmt.Errorf("%w: %d bytes, over the limit of %d", ErrInvalid, size, MaxEntry)
	}
	return nil
}

func checkStream(name string) error {
	if len(name) > MaxStream {
		return fmt.Errorf("%w: a stream name of %d bytes, over the limit of %d", ErrInvalid, len(name), MaxStream)
	}
	if strings.IndexByte(name, 0) >= 0 {
		return fmt.Errorf("%w: a zero byte in stream name %q", ErrInvalid, name)
	}
	return nil
}

// admit decides on an entry in its turn: nil to write it, ErrFenced or
// ErrInvalid to refuse it. A barrier may leave its epoch out.
func admit(e *Entry, epoch uint64) error {
	if e.Epoch != epoch && (e.Epoch != 0 || !barrier(e)) {
		return fmt.Errorf("%w: epoch %d, now %d", ErrFenced, e.Epoch, epoch)
	}
	return check(e)
}

func finish(e *Entry, err error) {
	if e.Done != nil {
		e.Done(err)
	}
}
