package sim

import (
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// newCustomer brings somebody who wants to talk.
func (w *world) newCustomer() {
	w.started++
	p := w.newPerson(acd.RoleCustomer, fmt.Sprintf("c%d", w.started))
	p.role = p.customer
	p.devices[0].dial()
	if p.devices[0].link == nil {
		p.devices[0].reconnect(time.Second)
	}
	p.later(p.lazy, p.act)
}

// customer is what a customer does when it is his turn.
func (p *person) customer() {
	w, d := p.world, p.connected()
	switch {
	case w.calm:
		p.farewell(d)
		return
	case d == nil:
		return
	case len(p.chats) == 0 || w.dice.chance(40):
		p.start(d)
		return
	}
	chat := pick(w.dice, p.chats...)
	switch w.dice.below(40) {
	case 0, 1, 2:
		d.order(chat.Address(), acd.EndChat{})
	case 3:
		p.leave()
	case 4:
		if len(p.devices) < 2 {
			p.device().dial()
		}
	case 5, 6:
		d.order(chat.Address(), acd.MarkRead{Upto: uint64(w.dice.below(6))})
	case 7:
		d.look(func(s *actors.Session) { s.Typing(chat.Address(), acd.Typing{On: true}) })
	case 8:
		d.look(func(s *actors.Session) { s.History(fmt.Sprintf("h%d", w.machine.now), chat, 0, 10) })
	case 9:
		if len(p.ended) > 0 {
			d.order(pick(w.dice, p.ended...).Address(), acd.Rate{Score: w.dice.between(0, 5)})
		}
	case 10:
		d.order(chat.Address(), acd.SetAttributes{Set: map[string]string{"page": "p"}})
	case 11:
		p.lazy = w.dice.span(500*time.Millisecond, 40*time.Second)
	case 12: // something that is not his
		if len(w.chats) > 0 {
			d.order(pick(w.dice, w.chats...).Address(), pick[acd.Command](w.dice, acd.SendText{Text: "mine?"}, acd.EndChat{}))
		}
	default:
		d.order(chat.Address(), acd.SendText{Text: fmt.Sprintf("%s says %d", p.by.ID, p.orders)})
	}
}

func (p *person) start(d *device) {
	w := p.world
	if p.orders > 40 {
		p.leave()
		return
	}
	chat := acd.ChatID(fmt.Sprintf("%s-%d", p.by.ID, p.orders))
	source := w.first.Sources[pick(w.dice, sorted(w.first.Sources)...)]
	s := acd.Start{Chat: chat, Source: source.ID, Queue: source.Queue, Name: p.by.ID}
	if w.dice.chance(4) {
		s.Queue = pick(w.dice, sorted(w.first.Queues)...)
	}
	if w.dice.chance(5) {
		s.Skills = some(w.dice, skillNames)
	}
	if w.dice.chance(5) {
		s.Priority = w.dice.between(-1, 2)
	}
	if w.dice.chance(5) {
		s.Agent = pick(w.dice, sorted(w.first.Agents)...)
	}
	if w.dice.chance(5) {
		s.Last = pick(w.dice, sorted(w.first.Agents)...)
	}
	w.chats, w.all = append(w.chats, chat), append(w.all, chat)
	if len(w.chats) > 40 {
		w.chats = w.chats[1:]
	}
	d.order(s.Queue.Address(), s)
}

// leave closes all that he has open, for a while or for good.
func (p *person) leave() {
	w := p.world
	for _, d := range p.devices {
		if d.link != nil {
			d.link.cut("closed by its person")
		}
	}
	if w.dice.chance(3) {
		p.over = true
		for _, d := range p.devices {
			if d.redial != nil {
				d.redial.Stop()
			}
		}
		w.later(w.newCustomer)
		return
	}
	for _, d := range p.devices {
		if d.redial != nil {
			d.redial.Reset(w.dice.soon(20 * time.Second))
		}
	}
}

func (w *world) later(f func()) { w.machine.at(w.dice.soon(3*time.Second), f) }

// farewell is a customer at the end of the world: he ends what he has.
func (p *person) farewell(d *device) {
	if d == nil || len(d.open) > 0 {
		return
	}
	for _, chat := range p.chats {
		if p.world.machine.now-p.world.calmSince > time.Minute {
			d.order(chat.Address(), acd.EndChat{})
		}
	}
}

// calm makes a person kind.
func (p *person) calm() {
	if p.by.Role == acd.RoleCustomer && p.over {
		return
	}
	if p.next != nil {
		p.next.Reset(0)
	}
	for _, d := range p.devices {
		if d.link == nil {
			d.reconnect(10 * time.Millisecond)
		}
	}
}
