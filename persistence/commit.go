package persistence

import (
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// group is what one turn of the committer took from the queue. The completer
// owns the items; the committer reads them until it hands the group to the
// syncer.
type group struct {
	items   []item[*writer]
	refused []refusal
	batches []*pebble.Batch
	last    uint64 // number of the last batch with records that was filled
	started time.Time
}

// refusal is the answer to one item of a group, if it is not that of the group.
type refusal struct {
	index int
	err   error
}

// commit is the committer: it turns what is queued into batches and applies
// them, without waiting for the disk.
func (s *Store) commit(w *writer) {
	defer close(s.applied)
	for {
		select {
		case s.slots <- struct{}{}:
		case <-s.failed:
			return
		}
		g := new(group)
		items := s.queue.take(s.opts.BatchSize, func(items []item[*writer]) {
			g.items = items
			s.flying <- g
		})
		if items == nil {
			if s.Err() == nil {
				close(s.flying)
			}
			return
		}
		g.started = time.Now()
		if err := s.apply(w, g); err != nil {
			s.fail(err)
			return
		}
		s.applied <- g
	}
}

// apply encodes a group and gives it to Pebble. Pebble panics when it can not
// write to its log.
func (s *Store) apply(w *writer, g *group) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("apply: %v", p)
			if cause, ok := p.(error); ok {
				err = fmt.Errorf("apply: %w", cause)
			}
		}
	}()
	s.applying.Store(s.since())
	defer s.applying.Store(0)
	if err := w.encode(g); err != nil {
		return err
	}
	for _, b := range g.batches {
		if err := s.db.ApplyNoSyncWait(b, pebble.Sync); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		s.counts.batches.Add(1)
		s.counts.bytes.Add(uint64(b.Len()))
	}
	return nil
}

// sync is the syncer: the only goroutine that waits for the disk. It is apart
// from the completer so that a disk that never answers holds up no Done.
func (s *Store) sync() {
	defer close(s.synced)
	for {
		var g *group
		var ok bool
		select {
		case g, ok = <-s.applied:
		case <-s.failed:
		}
		if !ok {
			return
		}
		for _, b := range g.batches {
			s.syncing.Store(s.since())
			err := b.SyncWait()
			s.syncing.Store(0)
			if err = errors.Join(err, b.Close()); err != nil {
				s.fail(fmt.Errorf("sync: %w", err))
				return
			}
		}
		if len(g.batches) > 0 {
			s.observe(len(g.items), time.Since(g.started))
		}
		s.synced <- struct{}{}
	}
}

func (s *Store) observe(entries int, d time.Duration) {
	s.counts.syncs.Add(1)
	s.counts.syncNanos.Add(uint64(d))
	if s.opts.OnSync != nil {
		s.opts.OnSync(entries, d)
	}
}

// complete is the completer: it runs every Done, in order. It never waits for
// Pebble, so it goes on after a failure and answers everything with the error.
func (s *Store) complete() {
	defer close(s.drained)
	for {
		var g *group
		var ok bool
		select {
		case g, ok = <-s.flying:
			if !ok {
				return
			}
		case <-s.failed:
			s.mourn()
			return
		}
		select {
		case <-s.synced:
		case <-s.failed:
		}
		if err := s.Err(); err != nil {
			answer(g.items, err)
			s.mourn()
			return
		}
		s.durable.Store(g.last)
		s.answer(g)
		<-s.slots
	}
}

// around is what surrounds the answers of a group.
type around struct{ before, after func() }

// Answering has before and after called around the Dones of each durable group
// from the next one on, on the same goroutine: who tells the world of many
// entries can tell it once. They must be as short as a Done.
func (s *Store) Answering(before, after func()) { s.around.Store(&around{before, after}) }

// answer runs the callbacks of a durable group.
func (s *Store) answer(g *group) {
	if around := s.around.Load(); around != nil {
		around.before()
		defer around.after()
	}
	refused := g.refused
	for i := range g.items {
		var err error
		if len(refused) > 0 && refused[0].index == i {
			err, refused = refused[0].err, refused[1:]
		}
		finish(&g.items[i].Entry, err)
	}
	s.counts.entries.Add(uint64(len(g.items)))
	s.queue.recycle(g.items)
}

func answer(items []item[*writer], err error) {
	for i := range items {
		finish(&items[i].Entry, err)
	}
}

// mourn answers everything with the failure: first the groups under way, in
// order, then the queue until it is closed. Since fail has marked the queue,
// the committer can not add a group any more.
func (s *Store) mourn() {
	for {
		select {
		case g, ok := <-s.flying:
			if ok {
				answer(g.items, s.Err())
				continue
			}
		default:
		}
		break
	}
	for {
		items := s.queue.rest()
		if items == nil {
			return
		}
		answer(items, s.Err())
	}
}

// watch is the watchdog: a disk that is full or gone may keep Pebble waiting
// for ever, and no error ever comes.
func (s *Store) watch() {
	tick := time.NewTicker(max(s.opts.StallTimeout/8, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.failed:
			return
		case <-s.halted:
			return
		}
		now := s.since()
		for _, began := range []int64{s.applying.Load(), s.syncing.Load()} {
			if began != 0 && time.Duration(now-began) > s.opts.StallTimeout {
				s.fail(fmt.Errorf("%w: a batch has waited longer than %s", ErrStalled, s.opts.StallTimeout))
			}
		}
	}
}
