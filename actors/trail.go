package actors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// TrailEntry is one line of the audit trail: what somebody with rights over
// others did, or was refused. It never holds what was said, nor a token.
type TrailEntry struct {
	At   time.Time `cbor:"1,keyasint"`
	Who  string    `cbor:"2,keyasint,omitempty"` // absent for who could not say it
	Role acd.Role  `cbor:"3,keyasint,omitempty"`
	What string    `cbor:"4,keyasint"`           // take_over, force_end, export, sign_in …
	On   string    `cbor:"5,keyasint,omitempty"` // chat/…, agent/…, queue/…, customer/…
	To   string    `cbor:"6,keyasint,omitempty"` // where it went
	// Outcome is ok, or the code of the refusal.
	Outcome string `cbor:"7,keyasint"`
	Session string `cbor:"8,keyasint,omitempty"`
	Address string `cbor:"9,keyasint,omitempty"`
	// Count is how often, where many of a kind are one line; 0 is once.
	Count int `cbor:"10,keyasint,omitempty"`
	// Number tells lines apart; a later one has a greater number.
	Number uint64 `cbor:"-"`
}

// TrailOK is the outcome of what was done.
const TrailOK = "ok"

// trail is the audit trail: rows of the journal, the newest first, each in the
// batch of what it tells of, so that neither is there without the other. Its
// numbers are given under the engine's order: the writer's epoch, and a count
// within it. A day is one range, and goes whole when it is too old.
type trail struct {
	engine *Engine
	count  uint64 // guarded by Engine.order

	mu       sync.Mutex
	rejected map[string]*TrailEntry // sign-ins that failed, by address
}

// Bounds of the trail.
const (
	trailFlush     = 5 * time.Second
	trailAddresses = 64 // that are told apart between two flushes
	trailOthers    = "others"
	trailMost      = 500 // of a page
	trailEpoch     = 40  // bits of the count within an epoch
)

func newTrail(e *Engine) *trail { return &trail{engine: e, rejected: map[string]*TrailEntry{}} }

// row makes an entry's row; number completes its key.
func (t *trail) row(entry *TrailEntry) Row {
	if entry.At.IsZero() {
		entry.At = t.engine.now()
	}
	return trailRow(entry)
}

func trailRow(entry *TrailEntry) Row {
	key := make([]byte, 11)
	key[0] = rowTrail
	binary.BigEndian.PutUint16(key[1:], ^day(entry.At))
	return Row{key, mustEncode(entry)}
}

// number gives lines their place. The caller holds the order.
func (t *trail) number(lines []Row) {
	for _, r := range lines {
		t.count++
		binary.BigEndian.PutUint64(r.Key[3:], ^(t.engine.epoch<<trailEpoch | t.count))
	}
}

// Note adds a line to the audit trail of a folder that lies still: what the
// operator of the host did with it. It is the first and only one of its epoch,
// and on disk when Note returns.
func (p *Past) Note(epoch uint64, entry TrailEntry) error {
	row := trailRow(&entry)
	binary.BigEndian.PutUint64(row.Key[3:], ^(epoch<<trailEpoch | 1))
	done := make(chan error, 1)
	p.journal.Append(Entry{Epoch: epoch, Rows: []Row{row}, Done: func(err error) { done <- err }})
	if err := <-done; err != nil {
		return fmt.Errorf("audit trail: %w", err)
	}
	return nil
}

// append numbers lines and hands them to the journal, with other rows if the
// entry has some.
func (t *trail) append(lines []Row, entry Entry) {
	e := t.engine
	entry.Epoch, entry.Rows = e.epoch, append(entry.Rows, lines...)
	e.order.Lock()
	t.number(lines)
	e.journal.Append(entry)
	e.order.Unlock()
}

// Note adds a line to the audit trail. It does not wait for the disk; what the
// node says afterwards does.
func (e *Engine) Note(entry TrailEntry) {
	e.trail.append([]Row{e.trail.row(&entry)}, Entry{Done: func(error) {}})
}

// NoteDurably is Note for what nobody may learn before the line is on disk.
func (e *Engine) NoteDurably(entry TrailEntry) (err error) {
	e.wait(func(done func()) {
		e.trail.append([]Row{e.trail.row(&entry)}, Entry{Done: func(failed error) {
			err = failed
			done()
		}})
	})
	if err != nil {
		return fmt.Errorf("audit trail: %w", err)
	}
	return nil
}

// NoteRejected counts a sign-in that failed. However many there are, they make
// no more than one line an address, for a bounded number of addresses, in each
// trailFlush.
func (e *Engine) NoteRejected(address, what string) {
	t := e.trail
	e.counters.rejected.Inc()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rejected[address] == nil && len(t.rejected) >= trailAddresses {
		address = trailOthers
	}
	entry := t.rejected[address]
	if entry == nil {
		entry = &TrailEntry{What: what, Outcome: "unauthenticated", Address: address}
		t.rejected[address] = entry
	}
	entry.Count++
}

// flush writes what has been counted.
func (t *trail) flush() {
	t.mu.Lock()
	counted := t.rejected
	t.rejected = map[string]*TrailEntry{}
	t.mu.Unlock()
	rows := make([]Row, 0, len(counted))
	for _, address := range sortedKeys(counted) {
		rows = append(rows, t.row(counted[address]))
	}
	if len(rows) > 0 {
		t.append(rows, Entry{Done: func(error) {}})
	}
}

// forget drops the days before that of a time.
func (t *trail) forget(before time.Time) error {
	oldest := make([]byte, 3)
	oldest[0] = rowTrail
	binary.BigEndian.PutUint16(oldest[1:], ^(day(before) - 1))
	return t.engine.forgetRange(oldest, []byte{rowTrail + 1})
}

// ErrCursor is a cursor that no page has given.
var ErrCursor = errors.New("not a cursor of this query")

// TrailQuery says which lines are wanted; a zero field is any. They come newest
// first, at most Limit, after the one that Cursor names.
type TrailQuery struct {
	From, To               time.Time // To is without
	Who, What, On, Outcome string
	Limit                  int
	Cursor                 []byte
	// Within chooses besides, for who may not read all of it; nil is everything.
	Within func(*TrailEntry) bool
}

// Trail returns a page of the audit trail and the cursor of the next one, nil
// at the end.
func (p *Past) Trail(q TrailQuery) (page []TrailEntry, next []byte, err error) {
	if q.Limit <= 0 || q.Limit > trailMost {
		q.Limit = trailMost
	}
	from := []byte{rowTrail}
	if len(q.Cursor) > 0 {
		if q.Cursor[0] != rowTrail {
			return nil, nil, ErrCursor
		}
		from = append(slices.Clone(q.Cursor), 0)
	}
	var last []byte
	err = p.journal.Scan(from, []byte{rowTrail + 1}, func(k, v []byte) error {
		entry, err := decodeRow[TrailEntry](v)
		switch {
		case err != nil:
			return err
		case !q.From.IsZero() && day(entry.At) < day(q.From):
			return errEnough
		case !q.wants(&entry):
			return nil
		case len(page) == q.Limit:
			next = last
			return errEnough
		}
		entry.Number = ^binary.BigEndian.Uint64(k[3:])
		page, last = append(page, entry), slices.Clone(k)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, nil, fmt.Errorf("audit trail: %w", err)
	}
	return page, next, nil
}

func (q *TrailQuery) wants(e *TrailEntry) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(q.Who, e.Who) && is(q.What, e.What) && is(q.On, e.On) && is(q.Outcome, e.Outcome) &&
		(q.From.IsZero() || !e.At.Before(q.From)) && (q.To.IsZero() || e.At.Before(q.To)) && (q.Within == nil || q.Within(e))
}

// trail holds the lines of the audit trail to their order and their days.
func (a *auditor) trail() error {
	return a.journal.Scan([]byte{rowTrail}, []byte{rowTrail + 1}, func(k, v []byte) error {
		entry, err := decodeRow[TrailEntry](v)
		if err != nil {
			return err
		}
		a.sum.Rows++
		if len(k) != 11 || ^binary.BigEndian.Uint16(k[1:]) != day(entry.At) {
			a.found(fmt.Errorf("row %q of the audit trail is of %s", k, entry.At.Format(time.DateOnly)))
		}
		if entry.What == "" || entry.Outcome == "" {
			a.found(fmt.Errorf("row %q of the audit trail says neither what nor how it ended", k))
		}
		return nil
	})
}
