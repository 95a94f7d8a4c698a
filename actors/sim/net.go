package sim

import (
	"context"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// link is one connection between a device and the node. What is on its way
// keeps its order, until somewhere the line is cut.
type link struct {
	device  *device
	world   *world
	life    *life
	session *actors.Session
	up      time.Duration // when what was sent last arrives
	down    time.Duration
	woken   bool
	pumping bool
	gone    bool // for the device
	closed  bool // for the node
}

// dial connects a device, with where it was.
func (d *device) dial() {
	w := d.person.world
	if d.link != nil || !w.up() {
		return
	}
	l := &link{device: d, world: w, life: w.life}
	d.link = l
	w.machine.at(w.lag(), func() { l.open() })
}

func (l *link) open() {
	w, d := l.world, l.device
	if l.gone || l.life.dead {
		return
	}
	h := actors.Hello{Principal: d.person.by, Alerting: true, Wake: l.wake, Evict: func(actors.EvictReason) {
		w.machine.at(0, func() { l.cut("") })
	}}
	if d.epoch != "" {
		h.Resume, h.Epoch, h.Seq = true, d.epoch, d.cursor()
	}
	e := w.engine
	w.machine.run(l.life, func() {
		s, welcome, err := e.Open(context.Background(), h)
		if err != nil {
			l.closed = true
			w.machine.at(w.lag(), func() { l.cut("") })
			return
		}
		l.session = s
		if l.closed {
			s.Close("")
			return
		}
		l.arrive(func() { d.welcome(h, welcome) })
		if l.woken {
			l.wake()
		}
	})
}

// arrive has something reach the device, after all that is on its way.
func (l *link) arrive(f func()) {
	w := l.world
	l.down = max(l.down, w.machine.now+w.lag())
	w.machine.at(l.down-w.machine.now, func() {
		if !l.gone {
			f()
		}
	})
}

// wake is called by the engine when there is something to take.
func (l *link) wake() {
	l.woken = true
	if l.session == nil || l.pumping || l.closed {
		return
	}
	l.pumping = true
	slow := l.world.faults.slowReader(l.world)
	l.world.machine.at(slow, l.pump)
}

// pump takes what is ready, as the edge's writer does.
func (l *link) pump() {
	l.pumping, l.woken = false, false
	if l.closed || l.life.dead {
		return
	}
	got := l.session.Next(nil)
	if len(got) == 0 {
		return
	}
	l.world.check.Handed(l.device.name, got)
	l.arrive(func() { l.device.receive(got) })
	l.wake()
}

// send carries a command to the node.
func (l *link) send(o *order) {
	w := l.world
	o.sent, o.link = w.machine.now, l
	l.up = max(l.up, w.machine.now+w.lag())
	w.machine.at(l.up-w.machine.now, func() {
		if l.session == nil || l.closed || l.life.dead {
			return
		}
		w.events++
		w.note("command", uint64(o.nth))
		if o.look != nil {
			o.look(l.session)
			return
		}
		l.session.Do(o.ID, o.digest, o.To, o.Cmd)
	})
}

// cut ends the connection for the device at once, and for the node when it
// notices.
func (l *link) cut(why string) {
	w := l.world
	if l.gone {
		return
	}
	l.gone = true
	if l.device.link == l {
		l.device.link = nil
		l.device.disconnected()
	}
	notice := w.lag()
	if why == "half-open" {
		notice = w.dice.span(time.Second, 40*time.Second)
	}
	if why != "" {
		w.fault("socket " + why)
	}
	w.machine.at(notice, l.close)
}

func (l *link) close() {
	if l.closed || l.life.dead {
		return
	}
	l.closed = true
	if l.session != nil {
		l.session.Close("")
	}
}

// lag is how long a frame is on its way.
func (w *world) lag() time.Duration {
	if w.calm {
		return 5 * time.Millisecond
	}
	d := w.dice.span(time.Millisecond, 40*time.Millisecond)
	if w.faults.Network > 0 && w.dice.chance(400) {
		w.fault("network delay")
		d += w.dice.span(100*time.Millisecond, 5*time.Second)
	}
	return d
}

func principal(role acd.Role, id string) acd.Principal {
	return acd.Principal{Role: role, ID: id, Name: id}
}
