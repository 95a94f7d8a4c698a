package sim

import (
	"fmt"
	"strings"
	"time"
)

// Faults says what goes wrong in a world: each number is how often, from 0 for
// never to 3 for all the time.
type Faults struct {
	Kills      int // the process dies, at any record
	Stops      int // it is stopped in good order, and starts again
	Panics     int // an actor fails in a step, and another life takes its place
	Disk       int // errors, slow syncs
	Reads      int // of the disk fail, or a snapshot is damaged
	Network    int // delays, cuts, half-open connections, slow readers
	Messages   int // between actors, late or twice, also long after
	Resumes    int // with old or wrong cursors
	Repeats    int // of commands
	ClockJumps int // of the wall clock, between two lives
	Config     int // agents removed, capacities lowered, queues closed and deleted while chats run
	Erasures   int // of what customers have said
	Retention  int // that is so short that chats are dropped
}

// kinds are the faults by the names that they are asked for by.
func (f *Faults) kinds() []faultKind {
	return []faultKind{{"kills", &f.Kills}, {"stops", &f.Stops}, {"panics", &f.Panics}, {"disk", &f.Disk}, {"reads", &f.Reads},
		{"network", &f.Network}, {"messages", &f.Messages}, {"resumes", &f.Resumes}, {"repeats", &f.Repeats}, {"clock", &f.ClockJumps}, {"config", &f.Config},
		{"erasures", &f.Erasures}, {"retention", &f.Retention}}
}

type faultKind struct {
	name string
	rate *int
}

// FaultKinds names what can go wrong, for a help text.
func FaultKinds() string {
	var names []string
	for _, k := range (&Faults{}).kinds() {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}

// AllFaults is the default.
func AllFaults() (f Faults) {
	for _, k := range f.kinds() {
		*k.rate = 2
	}
	return f
}

// ParseFaults reads a list of kinds: all, none, or any of FaultKinds.
func ParseFaults(text string) (f Faults, err error) {
	kinds := map[string]*int{}
	for _, k := range f.kinds() {
		kinds[k.name] = k.rate
	}
	for name := range strings.SplitSeq(text, ",") {
		switch rate := kinds[name]; {
		case name == "all":
			return AllFaults(), nil
		case name == "none":
		case rate == nil:
			return f, fmt.Errorf("faults are all, none or any of %s; got %q", FaultKinds(), name)
		default:
			*rate = 2
		}
	}
	return f, nil
}

// draw varies how much goes wrong from world to world.
func (f Faults) draw(d *dice) Faults {
	for _, n := range []*int{&f.Kills, &f.Disk, &f.Network, &f.Messages, &f.Stops, &f.Panics, &f.Reads, &f.Config, &f.Erasures, &f.Retention} {
		if *n > 0 {
			*n = d.between(0, *n+1)
		}
	}
	return f
}

func (f Faults) slowReader(w *world) time.Duration {
	if f.Network > 0 && w.dice.chance(600/f.Network) {
		w.fault("slow reader")
		return w.dice.span(time.Second, 30*time.Second)
	}
	return 0
}

// arm lets the faults loose on the machine, the disk and the net.
func (f Faults) arm(w *world) {
	m, d := w.machine, w.disk
	chance := newDice(w.seed, 3)
	if f.Messages > 0 {
		m.stall = func() time.Duration {
			if !chance.chance(600 / f.Messages) {
				return 0
			}
			w.fault("mailbox late")
			if chance.chance(10) {
				return chance.span(time.Second, 4*time.Second)
			}
			return chance.span(time.Millisecond, 300*time.Millisecond)
		}
		m.twice = func() bool {
			if !chance.chance(400 / f.Messages) {
				return false
			}
			w.fault("message twice")
			return true
		}
		m.later = func() time.Duration {
			if !chance.chance(600 / f.Messages) {
				return 0
			}
			w.fault("message again, long after")
			return chance.soon(20 * time.Second)
		}
	}
	slow := chance.span(100*time.Microsecond, 5*time.Millisecond)
	d.latency = func() time.Duration {
		if f.Disk > 0 && chance.chance(1500/f.Disk) {
			w.fault("slow sync")
			return chance.span(20*time.Millisecond, 2*time.Second)
		}
		return chance.span(50*time.Microsecond, slow)
	}
	d.strikes = func(answering bool) fate {
		switch {
		case f.Kills > 0 && chance.chance(3000/f.Kills):
			if answering {
				w.fault("kill at a sync")
			} else {
				w.fault("kill at a record")
			}
			return dies
		case f.Disk > 0 && chance.chance(12_000/f.Disk):
			w.fault("disk error")
			m.at(chance.span(0, 300*time.Millisecond), w.kill)
			return fails
		}
		return survives
	}
	f.armInside(w)
	if f.Kills > 0 {
		w.machine.at(chance.soon(5*time.Minute), func() { f.killer(w, chance) })
	}
	if f.Network > 0 {
		w.machine.at(chance.soon(5*time.Second), func() { f.cutter(w, chance) })
	}
}

func (f Faults) killer(w *world, d *dice) {
	if w.calm {
		return
	}
	if w.engine != nil {
		w.fault("kill")
		w.kill()
	}
	w.machine.at(d.soon(10*time.Minute/time.Duration(f.Kills)), func() { f.killer(w, d) })
}

// cutter cuts a connection now and then.
func (f Faults) cutter(w *world, d *dice) {
	if w.calm {
		return
	}
	p := pick(d, w.people...)
	if l := pick(d, p.devices...).link; l != nil {
		l.cut(pick(d, "cut", "cut", "half-open"))
	}
	w.machine.at(d.soon(8*time.Second/time.Duration(f.Network)), func() { f.cutter(w, d) })
}

// disarm stops them all.
func (f Faults) disarm(w *world) {
	w.faults = Faults{}
	w.machine.stall = func() time.Duration { return 0 }
	w.machine.twice = func() bool { return false }
	w.machine.later = func() time.Duration { return 0 }
	w.disk.latency = func() time.Duration { return time.Millisecond }
	w.disk.strikes = func(bool) fate { return survives }
	w.disk.unread = func() bool { return false }
	w.disk.damaged = func() bool { return false }
	w.panics = func() bool { return false }
}
