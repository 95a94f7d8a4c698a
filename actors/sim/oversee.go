package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// newSupervisor brings somebody who interferes.
func (w *world) newSupervisor(id string) {
	p := w.newPerson(acd.RoleSupervisor, id)
	p.role = p.supervise
	p.lazy = w.dice.span(2*time.Second, 20*time.Second)
	p.devices[0].reconnect(w.dice.soon(time.Second))
	p.later(time.Second, p.act)
}

// supervise is what a supervisor does when it is his turn.
func (p *person) supervise() {
	w, d := p.world, p.connected()
	if d == nil {
		return
	}
	if w.calm {
		p.tidy(d)
		return
	}
	if len(w.chats) == 0 {
		return
	}
	chat := pick(w.dice, w.chats...)
	to := chat.Address()
	if len(d.serving) > 0 && w.dice.chance(3) {
		p.serve(d, pick(w.dice, d.serving...))
		return
	}
	switch w.dice.below(20) {
	case 0, 1:
		d.order(to, acd.AssignTo{Agent: w.anyAgent(), Force: w.dice.chance(3)})
	case 2, 3:
		d.order(to, acd.Requeue{Queue: w.anyQueue(), Priority: w.dice.between(0, 2)})
	case 4:
		d.order(to, acd.TakeOver{})
	case 5:
		d.order(to, acd.ForceEnd{Reason: "enough"})
	case 6, 7:
		d.order(to, acd.Monitor{Mode: pick(w.dice, acd.Monitoring, acd.Whisper, acd.Talk)})
	case 8:
		d.order(to, acd.Unmonitor{})
	case 9:
		d.order(to, acd.SetPriority{Priority: w.dice.between(-1, 3)})
	case 10, 11:
		d.order(w.anyAgent().Address(), acd.SetPresence{State: pick(w.dice, acd.Available, acd.NotReady, acd.Offline), Drain: w.dice.chance(3)})
	case 12:
		d.order(w.anyQueue().Address(), acd.SetQueueMode{Mode: pick(w.dice, acd.QueueOpen, acd.QueueOpen, acd.QueueClosed, acd.QueueDraining, "")})
	case 13:
		q := w.anyQueue()
		d.order(q.Address(), acd.Broadcast{Queue: q, Text: fmt.Sprintf("to all %d", p.orders)})
		if w.faults.Kills > 0 && w.dice.chance(3) { // in the middle of it, perhaps
			w.machine.at(w.dice.span(0, 60*time.Millisecond), w.killed)
		}
	case 14:
		d.look(func(s *actors.Session) {
			s.Look("b", actors.WatchBoards{Queues: w.dice.chance(2), Agents: w.dice.chance(2), Chats: w.dice.chance(2)})
		})
	case 15:
		d.look(func(s *actors.Session) { s.Explain("e", chat, "") })
	case 16:
		d.order(p.desk(), acd.SetPresence{State: pick(w.dice, acd.Available, acd.NotReady)})
	case 17:
		d.order(to, acd.SendText{Text: fmt.Sprintf("sup %d", p.orders), To: pick(w.dice, acd.ForAgents, acd.ForAll)})
	case 18:
		d.order(w.anyAgent().Address(), acd.Wrapup{Chat: chat, Code: "other"})
	default:
		p.away()
	}
}

// tidy is a supervisor at the end of the world.
func (p *person) tidy(d *device) {
	if len(d.open) > 0 {
		return
	}
	for _, q := range sorted(p.world.first.Queues) {
		if p.orders%7 == 0 {
			d.order(q.Address(), acd.SetQueueMode{Mode: acd.QueueOpen})
		}
	}
	p.kind(d)
	if p.world.machine.now-p.world.calmSince < 2*time.Minute {
		p.orders++
		return
	}
	for _, chat := range d.serving {
		d.order(chat.Address(), acd.Unmonitor{})
	}
}

// administrate changes the configuration now and then.
func (w *world) administrate() {
	if w.calm {
		return
	}
	c, what := mutate(w.dice, w.config, w.faults.Config > 0)
	if what != "" && w.up() {
		w.fault(what)
	}
	w.reconfigure(c)
	w.machine.at(w.dice.soon(40*time.Second), w.administrate)
}

// erase has an administrator erase, now and then, what a customer has said.
func (w *world) erase() {
	if w.calm {
		return
	}
	w.machine.at(w.dice.soon(2*time.Minute/time.Duration(w.faults.Erasures)), w.erase)
	if !w.up() || len(w.chats) == 0 {
		return
	}
	id, _, _ := strings.Cut(string(pick(w.dice, w.chats...)), "-")
	var chats []acd.ChatID
	for _, chat := range w.all {
		if strings.HasPrefix(string(chat), id+"-") {
			chats = append(chats, chat)
		}
	}
	w.fault("customer erased")
	w.check.Erasing(chats)
	e, life := w.engine, w.life
	w.machine.run(life, func() {
		switch erased, _, err := e.Erase(acd.CustomerID(id)); {
		case err == nil:
			w.check.Erased(erased)
		case !life.dead && w.disk.err == nil && !expected(err.Error()) && !w.stopping():
			w.violate("erase", "%v", err)
		}
	})
}

// retain has the node keep ended chats for minutes, and streams no longer. The
// clock is not set back then: by minutes it would be by more than what is to spare.
func (w *world) retain() {
	d, o := w.dice, &w.node
	w.faults.ClockJumps = 0
	o.Retention, o.ForgetEvery = d.span(30*time.Second, 4*time.Minute), d.span(5*time.Second, time.Minute)
	o.ResumeDesk, o.ResumeCustomer = d.span(20*time.Second, 2*time.Minute), d.span(time.Minute, 2*time.Minute)
	w.disk.dropping = func(stream string) {
		w.fault("chat dropped")
		_, chat, _ := strings.Cut(stream, "/")
		w.check.Erasing([]acd.ChatID{acd.ChatID(chat)})
	}
}

// settle brings the people of a world.
func (w *world) settle() {
	for _, id := range sorted(w.first.Agents) {
		if id != savior {
			w.newAgent(id)
		}
	}
	w.newSupervisor("sue")
	for range w.dice.between(2, 14) {
		w.machine.at(w.dice.soon(5*time.Second), w.newCustomer)
	}
	w.machine.at(w.dice.soon(40*time.Second), w.administrate)
	if w.faults.Erasures > 0 {
		w.machine.at(w.dice.soon(3*time.Minute), w.erase)
	}
}
