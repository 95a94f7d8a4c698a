package actors

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// directory finds the actor of an address, starts it on demand and lets it go
// when it has been idle. No message is lost on the way: it is handed over
// under the same lock that marks an actor as leaving, and what comes for a
// leaving one waits for the next life. Every life has a name of its own, so
// that a late timer or answer of one never reaches another.
type directory struct {
	spawn  func(a acd.Address, life uint64, first any) Mailbox
	seed   maphash.Seed
	shards [64]shard

	poisoned sync.Map    // addresses in quarantine
	lives    tasks       // that have begun and not ended
	over     atomic.Bool // no life begins any more

	ending sync.Mutex
	last   []acd.Address // that are to be stopped yet
}

type shard struct {
	mu      sync.Mutex
	entries map[acd.Address]*entry
	most    int // entries that the map has grown for
	lives   uint64
}

// add puts an actor in.
func (s *shard) add(a acd.Address, e *entry) {
	s.entries[a] = e
	s.most = max(s.most, len(s.entries))
}

// shardKept is how many entries a map may have room for, however few are used.
const shardKept = 64

// remove takes an actor out. A map does not shrink by itself: when a crowd has
// gone a smaller one takes its place.
func (s *shard) remove(a acd.Address) {
	delete(s.entries, a)
	if n := len(s.entries); s.most > shardKept && n < s.most/8 {
		left := make(map[acd.Address]*entry, n)
		maps.Copy(left, s.entries)
		s.entries, s.most = left, n
	}
}

type entry struct {
	box     Mailbox
	used    int64 // Unix ms
	leaving bool
	// quarantined says that no life of this actor works.
	quarantined bool
	held        *[]any // for the next life; most actors have none
}

func (e *entry) hold(msg any) {
	if e.held == nil {
		e.held = new([]any)
	}
	*e.held = append(*e.held, msg)
}

// release returns what was held, once.
func (e *entry) release() (held []any) {
	if e.held != nil {
		held, e.held = *e.held, nil
	}
	return held
}

// leave is the last message of a life.
type leave struct{}

func newDirectory(spawn func(a acd.Address, life uint64, first any) Mailbox) *directory {
	d := &directory{spawn: spawn, seed: maphash.MakeSeed()}
	for i := range d.shards {
		d.shards[i].entries = map[acd.Address]*entry{}
	}
	return d
}

func (d *directory) shard(a acd.Address) *shard {
	return &d.shards[maphash.Comparable(d.seed, a)%uint64(len(d.shards))]
}

// tell hands msg to the actor, starting it if need be. It reports false when
// the actor is in quarantine, or the engine stopping.
func (d *directory) tell(to acd.Address, msg any, now time.Time) bool {
	s := d.shard(to)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[to]
	if e == nil {
		box := d.start(s, to, msg)
		if box == nil {
			return false
		}
		e = &entry{box: box}
		s.add(to, e)
	}
	switch {
	case e.quarantined:
		return false
	case e.leaving:
		e.hold(msg)
	default:
		e.used = now.UnixMilli()
		e.box.Send(msg)
	}
	return true
}

// poke sends msg to the actor if it is there and stays; else it is dropped.
func (d *directory) poke(to acd.Address, msg any) {
	s := d.shard(to)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entries[to]; e != nil && !e.leaving && !e.quarantined {
		e.box.Send(msg)
	}
}

// start begins a life that is to be told first next. It says when it has ended;
// none begins any more once the engine is stopping.
func (d *directory) start(s *shard, a acd.Address, first any) Mailbox {
	if !d.lives.begin() {
		return nil
	}
	s.lives++
	return d.spawn(a, s.lives, first)
}

// idleAtOnce is how many are asked to leave between two rests.
const idleAtOnce = 256

// idle asks the actors of a kind that nobody has told anything since before to
// leave. They may decline by calling stay.
//
// They go a few at a time: tens of thousands at once would each wake a goroutine,
// and whoever has something to do would wait behind all of them. After each
// few rest is called, which says whether to go on.
func (d *directory) idle(kind acd.Kind, before time.Time, rest func() bool) {
	stale := func(e *entry) bool { return e.used < before.UnixMilli() }
	wanted := func(a acd.Address, e *entry) bool { return a.Kind == kind && !e.leaving && !e.quarantined && stale(e) }
	for i, a := range d.find(wanted) {
		if i > 0 && i%idleAtOnce == 0 && !rest() {
			return
		}
		d.dismiss(a, stale)
	}
}

// dismiss asks an actor to leave, if it is there and still so.
func (d *directory) dismiss(a acd.Address, so func(*entry) bool) {
	s := d.shard(a)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entries[a]; e != nil && !e.leaving && !e.quarantined && so(e) {
		e.leaving = true
		e.box.Send(leave{})
	}
}

// find names the actors that are wanted, in order, so that what is done with
// them does not depend on where they stand in memory.
func (d *directory) find(wanted func(acd.Address, *entry) bool) (found []acd.Address) {
	for i := range d.shards {
		s := &d.shards[i]
		s.mu.Lock()
		for a, e := range s.entries {
			if wanted(a, e) {
				found = append(found, a)
			}
		}
		s.mu.Unlock()
	}
	slices.SortFunc(found, compareAddress)
	return found
}

func compareAddress(a, b acd.Address) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

// stay keeps an actor that was asked to leave and has work left. What came
// meanwhile is handed to it in order.
func (d *directory) stay(a acd.Address, now time.Time) {
	s := d.shard(a)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[a]
	if e == nil || !e.leaving {
		return
	}
	e.leaving, e.used = false, now.UnixMilli()
	for _, msg := range e.release() {
		e.box.Send(msg)
	}
}

// gone is called by a life that has stopped after leave.
func (d *directory) gone(a acd.Address, now time.Time) {
	s := d.shard(a)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[a]
	if e == nil || !e.leaving {
		return
	}
	held := e.release()
	s.remove(a)
	if len(held) == 0 {
		return
	}
	next := &entry{box: d.start(s, a, held[0]), used: now.UnixMilli()}
	if next.box == nil {
		return // what is behind a stop is lost, here as in any mailbox
	}
	s.add(a, next)
	for _, msg := range held {
		next.box.Send(msg)
	}
}

// quarantine takes an actor out for good; the messages that wait for it come back.
func (d *directory) quarantine(a acd.Address, why string) []any {
	s := d.shard(a)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[a]
	if e == nil {
		e = &entry{}
		s.add(a, e)
	}
	e.quarantined = true
	d.poisoned.Store(a, why)
	return e.release()
}

// quarantinedNow reports whether an actor is in quarantine. It is asked while
// the actor is being made, under the shard's lock or by its supervisor, so it
// keeps a table of its own.
func (d *directory) quarantinedNow(a acd.Address) bool {
	_, bad := d.poisoned.Load(a)
	return bad
}

// quarantinedAll names who is in quarantine, in order.
func (d *directory) quarantinedAll() (all []acd.Address) {
	d.poisoned.Range(func(a, _ any) bool {
		all = append(all, a.(acd.Address))
		return true
	})
	slices.SortFunc(all, compareAddress)
	return all
}

// stopAtOnce is how many lives are being stopped at the same time.
const stopAtOnce = 256

// stop ends all lives without their consent: the journal has what counts. It
// calls ended when none is left, and with them no turn that could still write.
//
// They go a few at a time, and each that has ended stops the next: a million at
// once would each take a goroutine, and all of them wait for the same lock.
func (d *directory) stop(ended func()) {
	d.over.Store(true)
	d.lives.stop(ended)
	all := d.find(func(_ acd.Address, e *entry) bool {
		e.quarantined = true // nobody answers any more
		return e.box != nil
	})
	d.ending.Lock()
	d.last = all
	d.ending.Unlock()
	for range stopAtOnce {
		d.stopNext()
	}
}

// ended notes the end of a life.
func (d *directory) ended() {
	d.lives.end()
	if d.over.Load() {
		d.stopNext()
	}
}

// stopNext stops the next one that has not left meanwhile.
func (d *directory) stopNext() {
	for stopped := false; !stopped; {
		d.ending.Lock()
		if len(d.last) == 0 {
			d.ending.Unlock()
			return
		}
		a := d.last[0]
		d.last = d.last[1:]
		d.ending.Unlock()
		s := d.shard(a)
		s.mu.Lock()
		e := s.entries[a]
		if stopped = e != nil; stopped {
			e.box.Stop()
		}
		s.mu.Unlock()
	}
}

// crowd is how many actors of a kind are in memory, and what waits for them.
type crowd struct{ live, waiting, longest int }

// line is a mailbox that can say how much is in it.
type line interface{ Waiting() int }

// count returns what there is of each kind.
func (d *directory) count() map[acd.Kind]crowd {
	n := map[acd.Kind]crowd{}
	for i := range d.shards {
		s := &d.shards[i]
		s.mu.Lock()
		for a, e := range s.entries {
			if e.quarantined {
				continue
			}
			of := n[a.Kind]
			of.live++
			waiting := 0
			if box, ok := e.box.(line); ok {
				waiting = box.Waiting()
			}
			if e.held != nil {
				waiting += len(*e.held)
			}
			of.waiting += waiting
			of.longest = max(of.longest, waiting)
			n[a.Kind] = of
		}
		s.mu.Unlock()
	}
	return n
}
