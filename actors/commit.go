package actors

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// turn is one step on its way to the disk and from there to the world.
type turn struct {
	shell *shell
	at    time.Time
	seq   uint64 // of the record; 0 when the step made none
	out   acd.Outcome
	ask   *ask

	news []addressed
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
func (e *Engine) commit(w *turn, t acd.Turn) {
	entry := Entry{Epoch: e.epoch}
	if w.seq > 0 {
		r := record{at: t.Now, config: t.Config.Version, by: t.By, events: w.out.Events}
		if w.ask != nil {
			r.command = w.ask.id
		}
		head, err := appendHead(make([]byte, 0, 256), &r, w.shell.kind.keys)
		if err != nil {
			panic(err) // an event that the table does not know is a bug
		}
		entry.Stream, entry.Seq, entry.Record = w.shell.addr.String(), w.seq, head
		entry.Rows = w.shell.kind.rows(w.shell, t.Now, w.out.Events)
		entry.Snapshot = w.shell.snapshotDue()
	}
	if w.ask != nil && w.ask.id != "" {
		entry.Rows = append(entry.Rows, outcomeRow(t.Now, w.ask, w.out))
	}
	w.news = e.address(w)
	entry.Done = func(err error) { e.release(w, err) }

	e.order.Lock()
	refs := number(w.news)
	if w.seq > 0 {
		entry.Record = appendNews(entry.Record, refs)
	}
	e.journal.Append(entry)
	e.order.Unlock()
}

// address finds the streams of the news. Who has no stream has never been here
// or may not resume any more: he will start from a snapshot. News of the same
// event for the same eyes is one note.
func (e *Engine) address(w *turn) []addressed {
	if len(w.out.News) == 0 {
		return nil
	}
	list := make([]addressed, 0, len(w.out.News))
	for i := range w.out.News {
		n := &w.out.News[i]
		st := e.streams.get(n.To)
		if st == nil {
			continue
		}
		var note *Note
		for j := range list {
			if o := &list[j]; o.index == n.Index && o.note.View == n.View && n.View != acd.ToUnread && !n.Ephemeral {
				note = o.note
				break
			}
		}
		if note == nil {
			note = &Note{From: w.shell.addr, At: w.at, Event: n.Event, View: n.View, To: n.To, engine: e}
		}
		a := addressed{to: st, index: n.Index, note: note}
		if n.Ephemeral {
			a.index = -1
		}
		list = append(list, a)
	}
	return list
}

// number gives each piece of news the next number of its stream. The caller
// holds the order.
func number(news []addressed) []newsRef {
	refs := make([]newsRef, 0, len(news))
	for i := range news {
		a := &news[i]
		if a.index < 0 {
			continue
		}
		a.to.assigned++
		a.seq = a.to.assigned
		refs = append(refs, newsRef{to: a.to.name, epoch: a.to.epoch, seq: a.seq, index: a.index, view: a.note.View})
	}
	return refs
}

// release runs when the turn is durable, in the journal's order: first the
// answer to who asked, then the news.
func (e *Engine) release(w *turn, err error) {
	w.shell.undone.Add(-1)
	if err != nil {
		return // the journal has failed; the process is stopping
	}
	if w.ask != nil {
		w.ask.answer(w.out.Result, w.out.Err)
	}
	for i := range w.news {
		a := &w.news[i]
		if a.seq == 0 {
			a.to.whisper(a.note)
			continue
		}
		a.to.publish(a.seq, cached{from: w.shell.addr, seq: w.seq, index: a.index, view: a.note.View, note: a.note})
	}
	e.counters.count(w)
	e.observe(w)
}
