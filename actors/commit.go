package actors

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// turn is one step on its way to the disk and from there to the world. It
// belongs to the shell until it is handed to the journal, then to the journal's
// answer, and is used again after that.
type turn struct {
	shell *shell
	at    time.Time
	seq   uint64 // of the record; 0 when the step made none
	out   acd.Outcome
	ask   *ask
	last  *lastChats // when a chat has ended

	news   []addressed
	rows   []Row
	record []byte
	slab   slab        // of the rows' bytes
	done   func(error) // release, made once
}

// slab hands out pieces of one piece of memory, to be used again together.
type slab struct{ free []byte }

// What a slab begins with, and what it keeps at most.
const (
	slabSize = 1 << 10
	slabMost = 8 << 10
)

// take returns room for n bytes. A slab of nobody makes it anew.
func (s *slab) take(n int) []byte {
	if s == nil {
		return make([]byte, 0, n)
	}
	if cap(s.free)-len(s.free) < n {
		s.free = make([]byte, 0, max(n, slabSize, min(2*cap(s.free), slabMost)))
	}
	from := len(s.free)
	s.free = s.free[:from+n]
	return s.free[from:from:len(s.free)]
}

var turns sync.Pool // of *turn

// recordRoom is what most records fit in.
const recordRoom = 384

func newTurn() *turn {
	if w, ok := turns.Get().(*turn); ok {
		return w
	}
	w := &turn{record: make([]byte, 0, recordRoom)}
	w.done = w.durable
	return w
}

// durable runs when the journal has answered for the turn.
func (w *turn) durable(err error) {
	w.shell.engine.release(w, err)
	clear(w.news)
	clear(w.rows)
	*w = turn{news: w.news[:0], rows: w.rows[:0], record: w.record[:0], slab: slab{w.slab.free[:0]}, done: w.done}
	if cap(w.slab.free) > slabMost {
		w.slab = slab{}
	}
	if cap(w.record) > slabMost {
		w.record = nil
	}
	if err == nil { // a journal that has failed may still hold the entry
		turns.Put(w)
	}
}

// addressed is one numbered piece of news.
type addressed struct {
	to    *stream
	seq   uint64 // 0 when it is ephemeral
	index int
	note  *Note
}

// commit numbers the news, hands the record to the journal, and publishes when
// it is durable. A step without events passes through the journal as well, so
// that what it says does not overtake what it rests on.
func (e *Engine) commit(w *turn, t acd.Turn, seen *counting) {
	entry := Entry{Epoch: e.epoch, Rows: w.rows}
	if w.seq > 0 {
		r := record{at: t.Now, config: t.Config.Version, by: t.By, events: w.out.Events}
		if w.ask != nil {
			r.command = w.ask.id
		}
		head, err := appendHead(w.record, &r, w.shell.keys)
		if err != nil {
			panic(err) // an event that the table does not know is a bug
		}
		entry.Stream, entry.Seq, entry.Record = w.shell.stream, w.seq, head
		entry.Rows = w.shell.kind.rows(entry.Rows, w, t.Now)
		entry.Snapshot = w.shell.snapshotDue()
		if w.shell.addr.Kind == acd.KindChat {
			w.shell.tail.follow(&e.tails, w.out.Events)
		}
	}
	if w.ask != nil && w.ask.id != "" {
		entry.Rows = append(entry.Rows, outcomeRow(&w.slab, t.Now, w.ask, w.out))
	}
	var told []Row
	if w.ask != nil {
		told = e.trail.line(w.ask.act, w.out.Err)
		entry.Rows = append(entry.Rows, told...)
	}
	e.address(w)
	w.rows, entry.Done = entry.Rows, w.done
	facts := seen.fold(w.shell.addr, t.Now, w.out.Events)

	e.order.Lock()
	e.trail.number(told)
	numbered := number(w.news)
	if w.seq > 0 {
		w.record = appendNews(entry.Record, numbered, w.news)
		entry.Record = w.record
	}
	due := e.figures.take(facts)
	e.journal.Append(entry)
	e.order.Unlock()
	if due {
		e.beside(e.figures.hurry)
	}
}

// address finds the streams of the news. Who has no stream has never been here
// or may not resume any more: he will start from a snapshot. News of the same
// event for the same eyes is one note.
func (e *Engine) address(w *turn) {
	list := w.news[:0]
	for i := range w.out.News {
		n := &w.out.News[i]
		st := e.streams.get(n.To)
		if st == nil {
			continue
		}
		note := shared(list, n)
		if note == nil {
			note = w.shell.threaded(&Note{From: w.shell.addr, At: w.at, Event: n.Event, View: n.View, To: n.To, single: true})
		}
		a := addressed{to: st, index: n.Index, note: note}
		if n.Ephemeral {
			a.index = -1
		}
		list = append(list, a)
	}
	w.news = list
}

// shared finds the note of the same event for the same eyes among the news so
// far, and counts n in; nil if there is none. News is in the order of its
// events, so that only the last few are looked at: a queue that tells its
// customers their places has as many as wait.
func shared(list []addressed, n *acd.News) *Note {
	if n.Ephemeral || n.View == acd.ToUnread {
		return nil
	}
	for i := len(list) - 1; i >= 0 && list[i].index == n.Index; i-- {
		if o := list[i].note; o.View == n.View {
			o.single = false
			return o
		}
	}
	return nil
}

// number gives each piece of news that is not ephemeral the next number of its
// stream, and counts them. The caller holds the order.
func number(news []addressed) (numbered int) {
	for i := range news {
		if a := &news[i]; a.index >= 0 {
			a.to.assigned++
			a.seq = a.to.assigned
			numbered++
		}
	}
	return numbered
}

// appendNews encodes the numbered news behind the head of their record.
func appendNews(b []byte, numbered int, news []addressed) []byte {
	b = binary.AppendUvarint(b, uint64(numbered))
	for i := range news {
		a := &news[i]
		if a.index < 0 {
			continue
		}
		b = appendString(b, string(a.to.name))
		b = appendString(b, a.to.epoch)
		b = binary.AppendUvarint(b, a.seq)
		b = binary.AppendUvarint(b, uint64(a.index))
		b = append(b, byte(a.note.View))
	}
	return b
}

// release runs when the turn is durable, in the journal's order: first the
// answer to who asked, then the news.
func (e *Engine) release(w *turn, err error) {
	w.shell.undone.Add(-1)
	if err != nil {
		return // the journal has failed; the process is stopping
	}
	if w.last != nil {
		e.streams.get(w.last.customer.Stream()).ended(w.last)
	}
	if w.ask != nil {
		w.ask.reply(w.out.Result, w.out.Err)
	}
	for i := range w.news {
		a := &w.news[i]
		if a.seq == 0 {
			a.to.whisper(a.note)
			continue
		}
		c := newCached(w.shell.addr, w.seq, a.index, a.note.View)
		c.note, c.message = a.note, a.to.received(a.note)
		a.to.publish(a.seq, c)
	}
	e.growth.tell()
	e.counters.count(w)
	e.observe(w)
}
