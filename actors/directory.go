package actors

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/parley-engine/parley/actors/acd"
)

// directory finds the actor of an address, starts it on demand and lets it go
// when it has been idle. No message is lost on the way: it is handed over
// under the same lock that marks an actor as leaving, and what comes for a
// leaving one waits for the next life. Every life has a name of its own, so
// that a late timer or answer of one never reaches another.
type directory struct {
	system *actor.ActorSystem
	props  func(acd.Address) *actor.Props
	seed   maphash.Seed
	shards [64]shard

	poisoned sync.Map // addresses in quarantine
}

type shard struct {
	mu      sync.Mutex
	entries map[acd.Address]*entry
	lives   uint64
}

type entry struct {
	pid     *actor.PID
	used    time.Time
	leaving bool
	held    []any // for the next life
	// quarantined is why no life of this actor works.
	quarantined string
}

// leave is the last message of a life.
type leave struct{}

func newDirectory(system *actor.ActorSystem, props func(acd.Address) *actor.Props) *directory {
	d := &directory{system: system, props: props, seed: maphash.MakeSeed()}
	for i := range d.shards {
		d.shards[i].entries = map[acd.Address]*entry{}
	}
	return d
}

func (d *directory) shard(a acd.Address) *shard {
	return &d.shards[maphash.Comparable(d.seed, a)%uint64(len(d.shards))]
}

// tell hands msg to the actor, starting it if need be. It reports false when
// the actor is in quarantine.
func (d *directory) tell(to acd.Address, msg any, now time.Time) bool {
	s := d.shard(to)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[to]
	if e == nil {
		e = &entry{pid: d.spawn(s, to)}
		s.entries[to] = e
	}
	switch {
	case e.quarantined != "":
		return false
	case e.leaving:
		e.held = append(e.held, msg)
	default:
		e.used = now
		d.system.Root.Send(e.pid, msg)
	}
	return true
}

// poke sends msg to the actor if it is there and stays; else it is dropped.
func (d *directory) poke(to acd.Address, msg any) {
	s := d.shard(to)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entries[to]; e != nil && !e.leaving && e.quarantined == "" {
		d.system.Root.Send(e.pid, msg)
	}
}

func (d *directory) spawn(s *shard, a acd.Address) *actor.PID {
	s.lives++
	pid, err := d.system.Root.SpawnNamed(d.props(a), fmt.Sprintf("%s#%d", a, s.lives))
	if err != nil {
		panic(err) // every life has a name of its own
	}
	return pid
}

// idle asks the actors of a kind that nobody has told anything since before to
// leave. They may decline by calling stay.
func (d *directory) idle(kind acd.Kind, before time.Time) {
	for i := range d.shards {
		s := &d.shards[i]
		s.mu.Lock()
		for a, e := range s.entries {
			if a.Kind == kind && !e.leaving && e.quarantined == "" && e.used.Before(before) {
				e.leaving = true
				d.system.Root.Send(e.pid, leave{})
			}
		}
		s.mu.Unlock()
	}
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
	e.leaving, e.used = false, now
	for _, msg := range e.held {
		d.system.Root.Send(e.pid, msg)
	}
	e.held = nil
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
	if len(e.held) == 0 {
		delete(s.entries, a)
		return
	}
	next := &entry{pid: d.spawn(s, a), used: now}
	s.entries[a] = next
	for _, msg := range e.held {
		d.system.Root.Send(next.pid, msg)
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
		s.entries[a] = e
	}
	e.quarantined = why
	d.poisoned.Store(a, why)
	held := e.held
	e.held = nil
	return held
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
	slices.SortFunc(all, func(a, b acd.Address) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// stop ends all lives without their consent: the journal has what counts.
func (d *directory) stop() {
	var pids []*actor.PID
	for i := range d.shards {
		s := &d.shards[i]
		s.mu.Lock()
		for _, e := range s.entries {
			if e.pid != nil {
				pids = append(pids, e.pid)
			}
			e.quarantined = "stopping"
		}
		s.mu.Unlock()
	}
	for _, pid := range pids {
		d.system.Root.Stop(pid)
	}
}

// count returns the number of live actors of each kind.
func (d *directory) count() map[acd.Kind]int {
	n := map[acd.Kind]int{}
	for i := range d.shards {
		s := &d.shards[i]
		s.mu.Lock()
		for a, e := range s.entries {
			if e.quarantined == "" {
				n[a.Kind]++
			}
		}
		s.mu.Unlock()
	}
	return n
}

// workers is the dispatcher of all actors. A goroutine a wake-up, as the
// default does it, spends most of a short turn on growing its stack; here a
// worker that has finished waits for the next one. There is no queue: without
// an idle worker a new one starts, so that a turn that blocks holds up nobody.
type workers struct {
	mu   sync.Mutex
	idle []chan func()
	most int
	done bool
}

// turnsAtOnce is how many messages an actor may take before others get a turn.
const turnsAtOnce = 50

// Throughput implements actor.Dispatcher.
func (w *workers) Throughput() int { return turnsAtOnce }

// Schedule implements actor.Dispatcher.
func (w *workers) Schedule(fn func()) {
	w.mu.Lock()
	if n := len(w.idle); n > 0 {
		c := w.idle[n-1]
		w.idle = w.idle[:n-1]
		w.mu.Unlock()
		c <- fn
		return
	}
	w.mu.Unlock()
	go w.work(fn)
}

func (w *workers) work(fn func()) {
	c := make(chan func(), 1)
	for fn != nil {
		fn()
		w.mu.Lock()
		if w.done || len(w.idle) >= w.most {
			w.mu.Unlock()
			return
		}
		w.idle = append(w.idle, c)
		w.mu.Unlock()
		fn = <-c
	}
}

// stop lets the idle workers go.
func (w *workers) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	for _, c := range w.idle {
		c <- nil
	}
	w.idle = nil
}
