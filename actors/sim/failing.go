package sim

import (
	"errors"
	"strings"
	"time"
)

// What the faults inside of the node are called where they come out again.
var (
	errStep   = errors.New("the simulated step fails")
	errUnread = errors.New("the simulated disk cannot be read")
)

// armInside lets loose what goes wrong within the node: steps that panic, reads
// that fail, snapshots that are damaged, and stops in good order.
func (f Faults) armInside(w *world) {
	chance := newDice(w.seed, 4)
	if f.Panics > 0 {
		w.panics = func() bool { return chance.chance(800/f.Panics) && w.mayFail() && w.struck("actor panics in a step") }
	}
	if f.Reads > 0 {
		w.disk.unread = func() bool { return chance.chance(6000/f.Reads) && w.mayFail() && w.struck("read error") }
		w.disk.damaged = func() bool { return chance.chance(40/f.Reads) && w.struck("snapshot damaged") }
	}
	if f.Stops > 0 {
		w.machine.at(chance.soon(5*time.Minute), func() { f.stopper(w, chance) })
	}
}

// struck counts a fault and is true.
func (w *world) struck(kind string) bool {
	w.fault(kind)
	return true
}

// The supervisor forgives so many failures of an actor within a while; with one
// more it is out of service, and its chat with it.
const (
	forgiven      = 3
	forgivenAfter = 61 * time.Second
)

// mayFail reports whether who has the baton would be forgiven one more failure,
// and counts it.
func (w *world) mayFail() bool {
	turn := w.machine.turn
	if turn == nil || turn.box == nil {
		return true // no actor: who calls it has to live with it
	}
	who, _, _ := strings.Cut(turn.box.name, "#")
	recent := w.failed[who]
	for len(recent) > 0 && w.machine.now-recent[0] > forgivenAfter {
		recent = recent[1:]
	}
	if len(recent) >= forgiven {
		return false
	}
	w.failed[who] = append(recent, w.machine.now)
	return true
}

// entropy is the node's chance, which every step asks for: where one fails.
func (w *world) entropy() uint64 {
	if t := w.machine.turn; t != nil && t.box != nil && w.panics() {
		panic(errStep)
	}
	return w.dice.src.Uint64()
}

// expected reports whether what the node logs is of a fault's making.
func expected(text string) bool {
	return strings.Contains(text, errStep.Error()) || strings.Contains(text, errUnread.Error())
}

// stopper stops the node in good order now and then.
func (f Faults) stopper(w *world, d *dice) {
	if w.calm {
		return
	}
	if w.up() {
		w.fault("stop in good order")
		w.stop(d.span(0, 5*time.Second))
	}
	w.machine.at(d.soon(15*time.Minute/time.Duration(f.Stops)), func() { f.stopper(w, d) })
}

// stop drains the node for a while and stops it. What it has handed to the disk
// is durable then, all of it.
func (w *world) stop(drain time.Duration) {
	e, life := w.engine, w.life
	e.Drain()
	w.machine.at(drain, func() {
		if life.dead {
			return
		}
		w.machine.run(life, func() {
			e.Stop()
			if left := len(w.disk.waiting); left > 0 && w.disk.err == nil && !life.dead {
				w.violate("stop", "the node has stopped in good order and %d entries are not on disk", left)
			}
			life.dead = true
		})
	})
}
