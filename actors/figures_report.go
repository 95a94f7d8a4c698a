package actors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

// Report answers a question about the figures up to now. A wrong question is a
// report.FieldError for each wrong field, joined. What it shows is on disk.
func (e *Engine) Report(q report.Question) ([]report.Line, error) {
	if err := q.Fill(); err != nil {
		return nil, err
	}
	if q.Capacity == nil {
		q.Capacity = e.capacity
	}
	table, err := e.figures.table(q)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if err := e.barrier(); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return table.Lines(), nil
}

// capacity is how many units an agent can carry by the present configuration.
func (e *Engine) capacity(a acd.AgentID) int {
	if p := e.Config().Agents[a]; p != nil {
		return p.Capacity
	}
	return 1
}

func (f *figures) table(q report.Question) (*report.Table, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.add(false); err != nil {
		return nil, err
	}
	table := report.NewTable(q)
	now := f.engine.now()
	open, err := openTimes(f.engine.journal, f.book, now)
	if err != nil {
		return nil, err
	}
	open.Cells(table.Add)
	from, to := q.Intervals()
	return table, scanCells(f.engine.journal, f.book, from, to, table.Add)
}

// openTimes counts what goes on: what agents are now, and what they have at
// hand, up to a moment. It is counted of the agents alone; when it is over it
// stands in the cells, also of the queues.
func openTimes(j Journal, book *report.Book, now time.Time) (*report.Book, error) {
	open := report.NewBook(nil)
	for _, f := range book.Open(now) {
		if err := open.Add(&f); err != nil {
			return nil, err
		}
	}
	return open, j.Scan([]byte{rowSlot}, []byte{rowSlot + 1}, func(_, v []byte) error {
		slot, err := decodeRow[acd.SlotRow](v)
		if err != nil {
			return err
		}
		which := report.ConnectedTime
		switch slot.State {
		case acd.SlotAlerting:
			which = report.AlertingTime
		case acd.SlotReleased:
			which = report.WrapupOpenTime
		case acd.SlotConnected, acd.SlotReserved:
		}
		since, until := slot.Since.UnixMilli(), now.UnixMilli()
		if slot.Weight < 1 || since >= until {
			return nil
		}
		return open.Add(&report.Fact{Figure: which, At: since, Until: until, N: int64(slot.Weight), Agent: slot.Agent})
	})
}

// Report answers a question about a store that lies still.
func (p *Past) Report(q report.Question) ([]report.Line, error) {
	if err := q.Fill(); err != nil {
		return nil, err
	}
	var spoilt error
	book, c, known, err := storedBook(p.journal, func(_ string, err error) { spoilt = errors.Join(spoilt, err) })
	if err == nil && !known {
		book = report.NewBook(nil)
		err = c.recount(book)
	}
	if err = errors.Join(err, spoilt); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	table := report.NewTable(q)
	from, to := q.Intervals()
	if err := scanCells(p.journal, book, from, to, table.Add); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return table.Lines(), nil
}

// raise notes up to when the figures stand for chats that are about to be dropped,
// and cannot be recounted any more.
func (f *figures) raise(dropped []Segment) error {
	e, floor := f.engine, int64(0)
	for _, s := range dropped {
		at := s.EndedAt
		if err := e.journal.Replay(s.Chat.Address().String(), 0, func(_ uint64, b []byte) error {
			if r, err := decodeRecord(b, nil); err == nil && r.at.After(at) {
				at = r.at
			}
			return nil
		}); err != nil {
			return err
		}
		floor = max(floor, at.UnixMilli()/report.Interval)
	}
	return f.lift(floor)
}

// lift says that up to an interval nothing can be counted anew any more. What has
// been counted so far is on its way to the disk before that.
func (f *figures) lift(floor int64) error {
	e := f.engine
	before, err := e.journal.Get(figureKey(figureFloor))
	if err != nil {
		return fmt.Errorf("figures: floor: %w", err)
	}
	if len(before) == 8 && int64(binary.BigEndian.Uint64(before)) >= floor || floor <= 0 {
		return f.whole()
	}
	f.flush()
	if err := f.whole(); err != nil {
		return err
	}
	e.append(Entry{Rows: []Row{{figureKey(figureFloor), binary.BigEndian.AppendUint64(nil, uint64(floor))}}, Done: func(error) {}})
	return nil
}

// whole is why the figures lack something that only records can tell, which are
// not to be dropped then.
func (f *figures) whole() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stopped
}

// forget drops the cells of the intervals that were over at a time.
func (f *figures) forget(before time.Time) error {
	first := before.UnixMilli() / report.Interval
	if err := f.lift(first - 1); err != nil {
		return err
	}
	return f.engine.forgetRange(cellFrom(0), cellFrom(first))
}

// figures holds what is stored against a count of all records.
func (a *auditor) figures() error {
	spoilt := func(string, error) {} // found by the folds
	book, c, known, err := storedBook(a.journal, spoilt)
	switch {
	case err != nil:
		return err
	case c.mark == 0:
		return nil // written by a program that did not count
	case !known:
		a.found(fmt.Errorf("figures: mark %d is not in the journal", c.mark))
		return nil
	}
	again := report.NewBook(nil)
	if err := c.recount(again); err != nil {
		return err
	}
	err = scanCells(a.journal, book, c.floor+1, math.MaxUint32, func(cell report.Cell, f *report.Figures) {
		a.sum.Rows++
		a.cell(cell, f, again.Figures(cell))
	})
	again.Cells(func(cell report.Cell, f *report.Figures) {
		if cell.At <= c.floor {
			return
		}
		if book.Figures(cell) != nil {
			return
		}
		if kept, err := loadCell(a.journal, cell); err != nil || kept == nil {
			a.cell(cell, &report.Figures{}, f)
		}
	})
	return err
}

// cell compares what is stored of one cell with what the records say.
func (a *auditor) cell(cell report.Cell, is, want *report.Figures) {
	if want == nil {
		want = &report.Figures{}
	}
	for i := range is {
		if is[i] != want[i] {
			a.found(fmt.Errorf("figures of %s, queue %q, agent %q, source %q: figure %d is %d, the records say %d",
				cell.Start().Format(time.RFC3339), cell.Queue, cell.Agent, cell.Source, i, is[i], want[i]))
		}
	}
}

// seenAlike: what reports go on counting from is the same whether it is taken from
// a chat's state or folded from its records.
func (a *auditor) seenAlike(stream string, seq uint64, c *acd.Chat, folded *report.Chat, r *record) {
	folded.Fold(nil, r.at, r.events)
	var seen report.Chat
	if seen.See(c); !seen.Same(folded) {
		a.say(stream, "record %d: figures see %+v in the state, and %+v in the records", seq, seen, *folded)
	}
}
