package actors

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

// figures counts what reports are made of, live and exactly once.
//
// A shell works out the facts of a step beside the machine; under the engine's
// order they are put in line, so that the line has the journal's order. Now and
// then a mark, an empty record in a stream of its own, is written into that
// order, the facts before it are added up, and the cells that have changed are
// written as rows together with the number of the mark. After a crash the rows
// are right for everything before the mark that they name, and what stands
// behind it in the journal is counted from there. A record costs no row.
type figures struct {
	engine *Engine
	pool   sync.Pool // of *counting

	// line is guarded by Engine.order.
	line    []report.Fact
	since   int  // facts that have been in line since the last mark
	hurried bool // somebody is on his way because the line is long

	mu      sync.Mutex // before Engine.order
	book    *report.Book
	mark    uint64 // the last one
	ahead   bool   // the book has facts that no mark stands behind
	spare   []report.Fact
	settled atomic.Bool // the rows of the last flush can be read
	stopped error       // why nothing is counted any more in this life
	halted  atomic.Bool // stopped is set
}

// Bounds of the figures.
const (
	figuresFlush = 5 * time.Second
	figuresLine  = 2048             // facts in line before they are added up out of turn
	figuresMark  = 16384            // facts without a mark before a flush is made out of turn
	figuresSpare = 512              // room in line that is kept although it is not used
	figuresKept  = 45 * time.Minute // how long cells stay in memory
	figuresBatch = 1000             // rows of one entry
)

func newFigures(e *Engine) *figures {
	f := &figures{engine: e, mark: marksAStream - 1}
	f.book = report.NewBook(f.load)
	f.settled.Store(true)
	return f
}

func (f *figures) load(c report.Cell) (*report.Figures, error) {
	return loadCell(f.engine.journal, c)
}

// counting is what a step is counted with.
type counting struct {
	chat  report.Chat
	facts []report.Fact
}

// see notes what a machine is before a step.
func (f *figures) see(m acd.Machine) *counting {
	if _, ok := m.(*acd.Queue); ok {
		return nil
	}
	t, ok := f.pool.Get().(*counting)
	if !ok {
		t = &counting{}
	}
	if c, ok := m.(*acd.Chat); ok {
		t.chat.See(c)
	}
	return t
}

func (f *figures) seen(t *counting) {
	if t != nil {
		f.pool.Put(t)
	}
}

// fold works out the facts of a step; they are the counting's own.
func (t *counting) fold(a acd.Address, at time.Time, events []acd.Event) []report.Fact {
	if t == nil || len(events) == 0 {
		return nil
	}
	if a.Kind == acd.KindChat {
		t.facts = t.chat.Fold(t.facts[:0], at, events)
	} else {
		t.facts = report.Presences(t.facts[:0], acd.AgentID(a.ID), events)
	}
	return t.facts
}

// take puts facts in line, and reports whether the line is so long that somebody
// should flush. The caller holds the order.
func (f *figures) take(facts []report.Fact) (due bool) {
	if f.halted.Load() {
		return false
	}
	f.line = append(f.line, facts...)
	f.since += len(facts)
	if due = len(f.line) > figuresLine && !f.hurried; due {
		f.hurried = true
	}
	return due
}

// add adds up what is in line; with a mark, one is put behind it. The caller holds
// mu.
//
// A cell that cannot be read ends the counting of this life: facts of the line may
// be missing then, and no rows that name a later mark may be written over that.
// The next start counts from the mark that the rows name.
func (f *figures) add(marked bool) error {
	e := f.engine
	if f.stopped != nil {
		return f.stopped
	}
	e.order.Lock()
	facts := f.line
	f.line = f.spare[:0]
	f.ahead = f.ahead || len(facts) > 0
	if marked && f.ahead {
		f.mark, f.ahead = f.mark+1, false
		e.journal.Append(Entry{Epoch: e.epoch, Stream: markStream(f.mark), Seq: markSeq(f.mark), Record: markRecord, Done: func(error) {}})
		f.since = 0
	}
	f.hurried = false
	e.order.Unlock()
	for i := range facts {
		if err := f.book.Add(&facts[i]); err != nil {
			return f.stop(err)
		}
		e.counters.fact(&facts[i])
	}
	f.spare = nil
	if used := len(facts); cap(facts) <= max(figuresSpare, 4*used) { // else a rush is over
		clear(facts)
		f.spare = facts
	}
	return nil
}

// stop ends the counting of this life. The caller holds mu.
func (f *figures) stop(why error) error {
	f.stopped = fmt.Errorf("figures are not counted until the next start: %w", why)
	f.halted.Store(true)
	f.engine.order.Lock()
	f.line = nil
	f.engine.order.Unlock()
	f.engine.log.Error("figures stop", "err", f.stopped)
	return f.stopped
}

// hurry adds up a line that is long, and writes down what has changed when so much
// has come since the last mark that a start would have long to read.
func (f *figures) hurry() {
	f.engine.order.Lock()
	long := f.since > figuresMark
	f.engine.order.Unlock()
	if long {
		f.flush()
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.add(false) // says itself what is the matter
}

// flush adds up and writes down what has changed.
func (f *figures) flush() {
	f.mu.Lock()
	old := f.mark
	err := f.write()
	now := f.mark
	f.mu.Unlock()
	if err != nil {
		return // it has said so itself
	}
	if markStream(now) != markStream(old) {
		if err := f.engine.journal.Drop(markStream(old), nil); err != nil {
			f.engine.log.Error("cannot drop old marks of the figures", "err", err)
		}
	}
}

// write is flush, and lets go of what is not needed. The caller holds mu.
func (f *figures) write() error {
	if f.settled.Load() {
		f.book.LetGo(f.engine.now().Add(-figuresKept))
	}
	before := f.mark
	if err := f.add(true); err != nil || f.mark == before {
		return err
	}
	rows := changedRows(f.book)
	rows = append(rows, Row{figureKey(figureMark), binary.BigEndian.AppendUint64(nil, f.mark)})
	f.settled.Store(false)
	f.engine.append(Entry{Rows: rows, Done: func(err error) { f.settled.Store(err == nil) }})
	return nil
}

// changedRows writes down what has changed in a book.
func changedRows(b *report.Book) (rows []Row) {
	cells, desks := b.Changed()
	for _, c := range cells {
		rows = append(rows, Row{cellKey(c), b.Figures(c).Encode()})
	}
	for _, a := range desks {
		d := b.Desks()[a]
		rows = append(rows, Row{figureKey(figureDesk + string(a)), binary.AppendVarint(appendString(nil, string(d.State)), d.Since)})
	}
	return rows
}

// Marks are numbered from marksAStream on and stand in streams of so many each, so
// that old ones can be dropped.
const marksAStream = 1024

// markRecord is a mark: a version, and nothing.
var markRecord = []byte{1}

// markStreams is how the names of the streams of marks begin.
const markStreams = "figures/"

func markStream(n uint64) string { return markStreams + strconv.FormatUint(n/marksAStream, 10) }
func markSeq(n uint64) uint64    { return n%marksAStream + 1 }

// isMark reports whether a record is that mark.
func isMark(stream string, seq, n uint64) bool { return seq == markSeq(n) && stream == markStream(n) }

// The rows of the figures: after the table's byte one for what it is, c for a
// cell.
const (
	figureCell  = "c" // interval, queue, agent, source → figures
	figureDesk  = "d" // agent → what he is, since when
	figureMark  = "m" // the mark up to which the cells are right
	figureFloor = "o" // the last interval of a chat that has been dropped
)

func figureKey(rest string) []byte { return append([]byte{rowFigure}, rest...) }

// cellFrom is before all cells of an interval.
func cellFrom(interval int64) []byte {
	return binary.BigEndian.AppendUint32(figureKey(figureCell), uint32(interval))
}

func cellKey(c report.Cell) []byte {
	return append(cellFrom(c.At), string(c.Queue)+"\x00"+string(c.Agent)+"\x00"+string(c.Source)...)
}

func cellOf(key []byte) (c report.Cell, err error) {
	if len(key) < 6 || strings.Count(string(key[6:]), "\x00") != 2 {
		return c, fmt.Errorf("figures: no cell has the key %q", key)
	}
	names := strings.Split(string(key[6:]), "\x00")
	return report.Cell{At: int64(binary.BigEndian.Uint32(key[2:])), Queue: acd.QueueID(names[0]), Agent: acd.AgentID(names[1]),
		Source: acd.SourceID(names[2])}, nil
}
