package actors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

// counted is what a store says of its figures.
type counted struct {
	journal Journal
	mark    uint64 // that the rows stand for; 0 is none
	last    uint64 // mark in the journal
	floor   int64  // the last interval of a chat that has been dropped
	spoilt  func(stream string, err error)
}

// readCounted reads the rows that are no cells, and the desks into the book.
func readCounted(j Journal, book *report.Book, spoilt func(stream string, err error)) (*counted, error) {
	c := &counted{journal: j, last: marksAStream - 1, spoilt: spoilt}
	number := func(key string) (uint64, error) {
		b, err := j.Get(figureKey(key))
		if err != nil || len(b) != 8 {
			return 0, err
		}
		return binary.BigEndian.Uint64(b), nil
	}
	mark, err := number(figureMark)
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	floor, err := number(figureFloor)
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	c.mark, c.floor = mark, int64(floor)
	if err := c.marks(); err != nil {
		return nil, fmt.Errorf("figures: marks: %w", err)
	}
	return c, c.desks(book)
}

// marks finds the last mark. Its row may be missing: the record was on the disk
// when the node died, and the rows behind it were not.
func (c *counted) marks() error {
	return c.journal.Streams(markStreams, func(stream string) error {
		return c.journal.Replay(stream, 0, func(seq uint64, _ []byte) error {
			if n, ok := markOf(stream, seq); ok {
				c.last = max(c.last, n)
			}
			return nil
		})
	})
}

func (c *counted) desks(book *report.Book) error {
	from := figureKey(figureDesk)
	return c.journal.Scan(from, []byte{rowFigure, figureDesk[0] + 1}, func(k, v []byte) error {
		d := reader{b: v}
		state := acd.PresenceState(d.string())
		since, n := binary.Varint(d.b)
		if d.err != nil || n <= 0 {
			return fmt.Errorf("figures: desk %q: %w", k, errTorn)
		}
		book.SetDesk(acd.AgentID(k[len(from):]), report.Desk{State: state, Since: since})
		return nil
	})
}

// behind is a record that stands behind the mark.
type behind struct {
	addr acd.Address
	seq  uint64
}

// firstReach is how far back the mark is looked for first; after a stop in good
// order it is the last record.
const firstReach = 512

// tail counts what stands behind the mark. It reports false when the mark is not
// among the last most records.
func (c *counted) tail(book *report.Book, most int) (found bool, err error) {
	var list []behind
	for n := firstReach; !found; n *= 16 {
		var all bool
		if list, all, found, err = c.sinceMark(min(n, most)); err != nil || !found && (all || n >= most) {
			return false, err
		}
	}
	first := map[acd.Address]bool{}
	for _, b := range list {
		if b.addr.Kind == acd.KindChat && first[b.addr] {
			continue // its records were read to the end
		}
		first[b.addr] = true
		if err := c.stream(book, b.addr, b.seq); err != nil {
			return true, err
		}
	}
	return true, nil
}

// sinceMark reads the last n records, and returns those after the mark. All is
// whether there are no more of them.
func (c *counted) sinceMark(n int) (list []behind, all, found bool, err error) {
	read := 0
	err = c.journal.Last(n, func(stream string, seq uint64, _ []byte) error {
		read++
		if isMark(stream, seq, c.mark) {
			found, list = true, list[:0]
		}
		if addr, ok := parseAddress(stream); ok && addr.Kind != acd.KindQueue {
			list = append(list, behind{addr, seq})
		}
		return nil
	})
	return list, read < n, found, err
}

// markOf is the number of a mark's record.
func markOf(stream string, seq uint64) (n uint64, ok bool) {
	number, ok := strings.CutPrefix(stream, markStreams)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(number, 10, 64)
	return n*marksAStream + seq - 1, err == nil
}

// stream counts a chat's records from one on, or that one record of an agent.
func (c *counted) stream(book *report.Book, addr acd.Address, from uint64) error {
	if addr.Kind == acd.KindAgent {
		b, err := c.journal.Record(addr.String(), from)
		if err != nil || b == nil {
			return err
		}
		return c.readable(addr, c.record(book, nil, addr, true, b))
	}
	chat := &report.Chat{}
	return c.readable(addr, c.journal.Replay(addr.String(), 0, func(seq uint64, b []byte) error {
		return c.record(book, chat, addr, seq >= from, b)
	}))
}

// readable lets a record that no build can read be the end of its stream: its
// chat is in quarantine.
func (c *counted) readable(addr acd.Address, err error) error {
	if errors.Is(err, errSpoilt) {
		c.spoilt(addr.String(), err)
		return nil
	}
	return err
}

var errSpoilt = errors.New("a record that cannot be read")

// record folds one record, and counts it if it is wanted.
func (c *counted) record(book *report.Book, chat *report.Chat, addr acd.Address, wanted bool, b []byte) error {
	r, err := decodeRecord(b, &keyring{owner: addr})
	if err != nil {
		return fmt.Errorf("figures: %s: %w: %w", addr, errSpoilt, err)
	}
	var facts []report.Fact
	if addr.Kind == acd.KindAgent {
		facts = report.Presences(nil, acd.AgentID(addr.ID), r.events)
	} else {
		facts = chat.Fold(nil, r.at, r.events)
	}
	for i := range facts {
		if !wanted {
			break
		}
		if err := book.Add(&facts[i]); err != nil {
			return err
		}
	}
	return nil
}

// recount counts all streams of a store.
func (c *counted) recount(book *report.Book) error {
	for _, prefix := range []string{"chat/", "agent/"} {
		err := c.journal.Streams(prefix, func(stream string) error {
			addr, ok := parseAddress(stream)
			if !ok {
				return nil
			}
			chat := &report.Chat{}
			return c.readable(addr, c.journal.Replay(stream, 0, func(_ uint64, b []byte) error {
				return c.record(book, chat, addr, true, b)
			}))
		})
		if err != nil {
			return fmt.Errorf("figures: recount: %w", err)
		}
	}
	return nil
}

// boot makes the figures right for all that the journal has. A store that has none
// yet, or not the mark that they name, is counted anew; what was counted of chats
// that have been dropped stays.
func (f *figures) boot() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.engine
	c, err := readCounted(e.read(), f.book, func(stream string, err error) {
		e.log.Warn("a record is not counted", "stream", stream, "err", err)
	})
	if err != nil {
		return err
	}
	found := false
	if c.mark > 0 {
		if found, err = c.tail(f.book, max(e.opts.RecoverRecords, 2*figuresMark)); err != nil {
			return err
		}
	}
	f.mark, f.ahead = c.last, true
	if found {
		return f.write()
	}
	return f.anew(c)
}

// anew replaces all cells after the floor by what the records say.
func (f *figures) anew(c *counted) error {
	e, began := f.engine, f.engine.runtime.Elapsed()
	book := report.NewBook(nil)
	if err := c.recount(book); err != nil {
		return err
	}
	if err := e.forgetRange(cellFrom(c.floor+1), []byte{rowFigure, figureCell[0] + 1}); err != nil {
		return err
	}
	rows := slices.DeleteFunc(changedRows(book), func(r Row) bool {
		cell, err := cellOf(r.Key)
		return err == nil && r.Key[1] == figureCell[0] && cell.At <= c.floor
	})
	for batch := range slices.Chunk(rows, figuresBatch) {
		e.append(Entry{Rows: batch, Done: func(error) {}})
	}
	if len(rows) > 0 {
		e.log.Info("figures counted anew", "rows", len(rows), "took", e.runtime.Elapsed()-began)
	}
	f.book = report.NewBook(f.load)
	for a, d := range book.Desks() {
		f.book.SetDesk(a, d)
	}
	if err := e.barrier(); err != nil { // load has to find the rows
		return err
	}
	return f.write()
}

// storedBook is a book over the rows of a store, with all that the journal has
// beside them counted into it. Without a mark to begin at, known is false.
func storedBook(j Journal, spoilt func(string, error)) (book *report.Book, c *counted, known bool, err error) {
	book = report.NewBook(func(c report.Cell) (*report.Figures, error) { return loadCell(j, c) })
	if c, err = readCounted(j, book, spoilt); err != nil || c.mark == 0 {
		return book, c, false, err
	}
	known, err = c.tail(book, 1<<30)
	return book, c, known, err
}

func loadCell(j Journal, c report.Cell) (*report.Figures, error) {
	b, err := j.Get(cellKey(c))
	if err != nil || b == nil {
		return nil, err
	}
	kept, err := report.Decode(b)
	return &kept, err
}

// scanCells calls each with the cells of some intervals: those in a book's
// memory as they are there, the others as they are stored.
func scanCells(j Journal, book *report.Book, from, to int64, each func(report.Cell, *report.Figures)) error {
	book.Cells(func(c report.Cell, f *report.Figures) {
		if c.At >= from && c.At < to {
			each(c, f)
		}
	})
	return j.Scan(cellFrom(from), cellFrom(to), func(k, v []byte) error {
		c, err := cellOf(k)
		if err != nil || book.Figures(c) != nil {
			return err
		}
		f, err := report.Decode(v)
		if err == nil {
			each(c, &f)
		}
		return err
	})
}
