package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/sim/check"
)

// world is everything that happens under one seed: a node with its disk, and
// people around it. It belongs to one goroutine.
type world struct {
	seed    uint64
	options Options
	dice    *dice // of the world; people, disk and machine have dice of their own
	machine *machine
	disk    *disk
	check   *check.Checker

	first   *acd.Config // as it was drawn
	config  *acd.Config // of the next start
	node    actors.Options
	engine  *actors.Engine // nil while it is down
	life    *life
	skew    time.Duration // of the wall clock, against the world's
	lives   int
	people  []*person
	byName  map[string]*person
	chats   []acd.ChatID // started last, oldest first
	all     []acd.ChatID // started
	started int

	calm      bool // faults have stopped and everybody is kind
	calmSince time.Duration
	calmAt    int // the records by then
	faults    Faults
	counts    map[string]int
	events    int
	trace     uint64
	failure   *check.Violation

	panics func() bool                // whether the step at hand fails
	failed map[string][]time.Duration // when actors last did
}

// epoch is when every world begins.
var epoch = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

func sorted[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func newWorld(seed uint64, o Options) *world {
	w := &world{seed: seed, options: o, dice: newDice(seed, 1), counts: map[string]int{}, byName: map[string]*person{},
		trace: 14695981039346656037, panics: func() bool { return false }, failed: map[string][]time.Duration{}}
	w.machine = newMachine(newDice(seed, 2))
	w.disk = newDisk(w.machine)
	w.check = check.New(func() int64 { return int64(w.machine.now) })
	w.first = drawConfig(w.dice)
	w.first.Normalize()
	w.check.Configured(w.first)
	w.config = w.first
	w.node = drawOptions(w.dice)
	if w.dice.chance(3) { // around midnight
		w.skew = 15*time.Hour + w.dice.span(50*time.Minute, 70*time.Minute)
	}
	w.faults = o.Faults.draw(w.dice)
	w.faults.arm(w)
	if w.faults.Retention > 0 {
		w.retain()
	}
	w.settle()
	return w
}

// note adds to the trace: the same seed has to give the same trace.
func (w *world) note(kind string, n uint64) {
	h := w.trace
	for i := range len(kind) {
		h = (h ^ uint64(kind[i])) * 1099511628211
	}
	h = (h ^ n) * 1099511628211
	w.trace = (h ^ uint64(w.machine.now)) * 1099511628211
}

// fault counts one.
func (w *world) fault(kind string) {
	w.counts[kind]++
	w.events++
	w.note(kind, 0)
}

// run plays the world until its events are spent and everything has come to
// its end, and returns what was violated, if anything.
func (w *world) run(ctx context.Context) error {
	defer w.machine.rest()
	w.start()
	for n := 0; w.total() < w.options.Events*9/10 && w.failure == nil; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		w.step(time.Duration(1<<62 - 1))
	}
	w.windDown()
	if w.failure == nil {
		w.failure = w.check.Finish(w.disk, &archive{disk: w.disk}, savior, w.calmAt)
	}
	if w.life != nil {
		w.life.kill()
	}
	if w.failure != nil {
		return w.failure
	}
	return nil
}

func (w *world) total() int { return w.events + w.machine.taken }

// stillMost is how many messages machines may send each other at one instant:
// by then they go round in a circle.
const stillMost = 20_000

// step does one thing, and what follows from it for the node.
func (w *world) step(until time.Duration) bool {
	if !w.machine.step(until) {
		if until < time.Duration(1<<62-1) {
			w.machine.now = until
		}
		return false
	}
	if w.life.dead && w.engine != nil {
		w.died()
	}
	if w.machine.still > stillMost {
		w.violate("livelock", "%d messages were taken and no time has passed; the last one by %s", w.machine.still, w.machine.busy)
	}
	if v := w.check.Violated(); v != nil && w.failure == nil {
		w.failure = v
	}
	return true
}

// start brings the node up, on what the disk has kept.
func (w *world) start() {
	w.lives++
	life := &life{machine: w.machine}
	w.life, w.disk.life = life, life
	o := w.node
	o.Journal, o.Config, o.Runtime = w.disk, w.config, life
	o.Now = func() time.Time { return epoch.Add(w.machine.now + w.skew) }
	o.Entropy, o.Random, o.Logger = w.entropy, w.dice, slog.New(&journalist{w, life})
	e, err := actors.New(o)
	if err != nil {
		panic(err) // the configuration is ours
	}
	w.engine = e
	w.check.Began(len(w.disk.order), o.Now())
	w.machine.run(life, func() {
		err := e.Start(context.Background())
		switch {
		case errors.Is(err, errUnread):
			life.dead = true // and is started again
		case err != nil && w.disk.err == nil:
			w.violate("start", "the node does not start: %v", err)
		case err == nil && !life.dead:
			w.note("up", uint64(w.lives))
		}
	})
	if w.life.dead {
		w.died()
	}
}

// journalist reads the node's log: what it calls an error is one.
type journalist struct {
	world *world
	life  *life
}

func (j *journalist) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (j *journalist) WithAttrs([]slog.Attr) slog.Handler           { return j }
func (j *journalist) WithGroup(string) slog.Handler                { return j }

func (j *journalist) Handle(_ context.Context, r slog.Record) error {
	if j.life.dead || j.world.disk.err != nil {
		return nil
	}
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += fmt.Sprintf(" %s=%v", a.Key, a.Value); return true })
	if expected(text) {
		return nil
	}
	j.world.violate("log", "the node logs an error: %s", text)
	return nil
}

func (w *world) violate(rule, format string, args ...any) {
	if w.failure == nil {
		w.failure = &check.Violation{Rule: rule, What: fmt.Sprintf(format, args...), At: int64(w.machine.now)}
	}
}

// died takes the dead node away and has it started again after a while.
func (w *world) died() {
	w.life.kill()
	w.engine = nil
	kept := 0
	if n := len(w.disk.waiting); n > 0 {
		kept = w.dice.below(n + 1)
	}
	if lost := w.disk.crash(kept); lost > 0 {
		w.fault("unsynced tail lost")
	}
	for _, p := range w.people {
		for _, d := range p.devices {
			d.dropped()
		}
	}
	if w.faults.ClockJumps > 0 && w.dice.chance(3) && !w.calm {
		w.skew += w.dice.span(-2*time.Minute, 2*time.Minute)
		w.fault("clock jump")
	}
	w.machine.at(w.dice.span(10*time.Millisecond, 20*time.Second), w.start)
}

// kill ends the node from outside.
func (w *world) kill() {
	if w.engine != nil && !w.life.dead {
		w.life.dead = true
		w.died()
	}
}

// killed is a kill, unless faults are over.
func (w *world) killed() {
	if w.engine != nil && !w.calm {
		w.fault("kill")
		w.kill()
	}
}

// up reports whether people can reach the node.
func (w *world) up() bool {
	return w.engine != nil && !w.life.dead && w.disk.err == nil && w.engine.Ready() == nil
}

// stopping reports whether the node has been told to stop in good order.
func (w *world) stopping() bool { return w.engine != nil && w.engine.Ready() != nil }

// reconfigure has an administrator put another configuration in place.
func (w *world) reconfigure(c *acd.Config) {
	if !w.up() {
		return
	}
	c.Normalize()
	w.config = c // as in a file, which a restart reads
	e, life := w.engine, w.life
	w.check.Configured(c)
	w.machine.run(life, func() {
		if err := e.Reconfigure(c); err != nil && !life.dead && w.disk.err == nil && !expected(err.Error()) && !w.stopping() {
			w.violate("reconfigure", "%v", err)
		}
	})
}

// allAnswered holds the node to its answers once nothing goes wrong any more.
func (w *world) allAnswered() {
	for _, p := range w.people {
		for _, d := range p.devices {
			if len(d.open) == 0 || d.link == nil || d.sitting == nil || d.link.pumping || d.link.down > w.machine.now {
				continue // a slow reader is not to blame on the node, nor what is still on its way to him
			}
			if o := d.open[0]; o.link == d.link && w.machine.now-o.sent > 10*time.Second {
				w.violate("unanswered", "all is calm, and %T of %s, sent as %s at %s, has no answer", o.Cmd, o.To, o.ID, o.sent)
			}
		}
	}
}

// windDown stops the faults, makes everybody kind, and waits until nothing is
// left to do.
func (w *world) windDown() {
	if w.failure != nil {
		return
	}
	w.calm, w.calmSince = true, w.machine.now
	w.faults.disarm(w)
	for !w.up() && w.failure == nil {
		w.step(w.machine.now + time.Minute)
	}
	w.calmAt = len(w.disk.order)
	w.reconfigure(calm(w.first))
	for _, p := range w.people {
		p.calm()
	}
	w.join(savior)
	limit := w.machine.now + 30*time.Minute
	for w.machine.now < limit && w.failure == nil {
		next := w.machine.now + time.Second
		for w.failure == nil && w.step(next) {
		}
		if w.failure == nil && w.check.Settled(w.disk) {
			next = w.machine.now + 5*time.Second
			for w.failure == nil && w.step(next) {
			}
			w.allAnswered()
			return
		}
	}
	if w.failure == nil {
		w.failure = w.check.Unsettled(w.disk)
	}
}
