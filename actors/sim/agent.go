package sim

import (
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// newAgent brings somebody who serves, on one device or two.
func (w *world) newAgent(id acd.AgentID) *person {
	p := w.newPerson(acd.RoleAgent, string(id))
	p.role = p.agent
	if w.dice.chance(3) {
		p.device()
	}
	for _, d := range p.devices {
		d.reconnect(w.dice.soon(time.Second))
	}
	p.later(time.Second, p.act)
	return p
}

// join has the savior sign on.
func (w *world) join(id acd.AgentID) {
	p := w.newPerson(acd.RoleAgent, string(id))
	p.role = p.agent
	p.devices[0].reconnect(0)
	p.act()
}

func (p *person) desk() acd.Address { return acd.AgentID(p.by.ID).Address() }

// rings is what a device does when an offer comes: ring, and its person answers
// in time, late, twice, wrongly, or not at all.
func (d *device) rings(o acd.Offer) {
	d.offers = add(d.offers, o.ID)
	p, w := d.person, d.person.world
	answer := func(after time.Duration, cmd acd.Command) {
		w.machine.at(after, func() {
			if d.link != nil && d.sitting != nil {
				d.order(p.desk(), cmd)
			}
		})
	}
	accept, reject := acd.AcceptOffer{Offer: o.ID}, acd.RejectOffer{Offer: o.ID, Reason: "busy"}
	rest := o.Deadline.Sub(o.Started)
	if w.calm {
		answer(50*time.Millisecond, accept)
		return
	}
	switch w.dice.below(p.late) {
	case 0:
		switch w.dice.below(7) {
		case 0: // at the very end
			answer(rest-w.dice.span(0, 60*time.Millisecond), accept)
		case 1: // too late
			answer(rest+w.dice.span(0, time.Second), accept)
		case 2:
			answer(w.dice.soon(time.Second), accept)
			answer(w.dice.soon(time.Second), reject)
		case 3:
			at := w.dice.soon(time.Second)
			answer(at, accept)
			answer(at, accept)
		case 4:
			answer(w.dice.soon(2*time.Second), reject)
		case 5: // and somebody else's
			answer(w.dice.soon(2*time.Second), accept)
			w.steal(o.ID)
		default: // never
		}
	default:
		answer(w.dice.soon(1500*time.Millisecond), accept)
	}
}

// steal has another agent answer an offer that is not his.
func (w *world) steal(o acd.OfferID) {
	for _, p := range w.people {
		if p.by.Role == acd.RoleAgent && w.dice.chance(3) {
			if d := p.connected(); d != nil {
				d.order(p.desk(), acd.AcceptOffer{Offer: o})
				return
			}
		}
	}
}

// owes is what a person does about a wrap-up.
func (p *person) owes(d *device, chat acd.ChatID) {
	w := p.world
	if w.dice.chance(8) && !w.calm {
		return // the clock may do it
	}
	p.later(4*time.Second, func() {
		if d.link == nil || d.sitting == nil {
			return
		}
		switch {
		case w.calm || !w.dice.chance(6):
			d.order(p.desk(), acd.Wrapup{Chat: chat, Code: "resolved", Notes: "done"})
		case w.dice.chance(2):
			d.order(p.desk(), acd.ExtendWrapup{Chat: chat})
			p.owes(d, chat)
		default:
			d.order(p.desk(), acd.SaveWrapup{Chat: chat, Code: "other", Notes: "draft"})
			p.owes(d, chat)
		}
	})
}

// agent is what an agent does when it is his turn.
func (p *person) agent() {
	w, d := p.world, p.connected()
	if d == nil {
		return
	}
	if w.calm {
		p.kind(d)
		return
	}
	n := w.dice.below(60)
	switch {
	case d.state != acd.Available && n < 20:
		d.order(p.desk(), acd.SetPresence{State: acd.Available})
	case n == 21:
		d.order(p.desk(), acd.SetPresence{State: acd.NotReady, Reason: "break", After: w.dice.chance(2)})
	case n == 22:
		d.order(p.desk(), acd.SetPresence{State: acd.Offline, Drain: w.dice.chance(2)})
	case n == 23:
		d.order(p.desk(), acd.SetChannel{Channel: pick[acd.Channel](w.dice, "livechat", "social"), Open: !w.dice.chance(3)})
	case n == 24:
		d.order(w.anyQueue().Address(), acd.PickNext{})
	case n == 25 && len(w.chats) > 0:
		d.order(pick(w.dice, w.chats...).Address(), acd.Pick{})
	case n == 26 && w.dice.chance(3):
		p.away()
	case n == 27 && len(d.debts) > 0:
		d.order(p.desk(), acd.Wrapup{Chat: pick(w.dice, d.debts...), Code: "resolved"})
	case n == 28 && w.dice.chance(3):
		d.order(w.anyAgent().Address(), acd.Direct{Text: "psst"})
	case len(d.serving) > 0:
		p.serve(d, pick(w.dice, d.serving...))
	}
}

func (w *world) anyQueue() acd.QueueID { return pick(w.dice, sorted(w.first.Queues)...) }
func (w *world) anyAgent() acd.AgentID { return pick(w.dice, sorted(w.first.Agents)...) }

// serve does something in a chat.
func (p *person) serve(d *device, chat acd.ChatID) {
	w, to := p.world, chat.Address()
	switch w.dice.below(36) {
	case 0, 1, 2, 3:
		d.order(to, acd.EndChat{})
	case 4:
		d.order(to, acd.TransferChat{ToAgent: w.anyAgent(), Mode: pick(w.dice, acd.Warm, acd.Blind, ""), OnFail: pick(w.dice, "", acd.ReturnToSender, acd.EndOnFail)})
	case 5:
		d.order(to, acd.TransferChat{ToQueue: w.anyQueue(), Mode: pick(w.dice, acd.Stay, acd.Blind, "")})
	case 6:
		d.order(to, acd.CancelTransfer{})
	case 7, 8:
		d.order(to, acd.Invite{Agent: w.anyAgent(), Note: "help"})
	case 9:
		d.order(to, acd.Consult{Agent: w.anyAgent()})
	case 10:
		d.order(to, acd.EndConsult{})
	case 11:
		d.order(to, acd.EndConference{})
	case 12:
		d.order(to, acd.LeaveChat{})
	case 13:
		d.order(to, acd.HandOver{Agent: w.anyAgent()})
	case 14:
		d.order(to, acd.DropAgent{Agent: w.anyAgent()})
	case 15:
		d.order(to, acd.ProposeEnd{})
	case 16:
		d.order(to, acd.Assist{Text: "please"})
	case 17:
		d.order(p.desk(), acd.Focus{Chat: chat})
	case 18:
		d.order(p.desk(), acd.SetOpened{Chat: chat, On: w.dice.chance(2)})
	case 19, 20:
		d.order(to, acd.MarkRead{Upto: uint64(w.dice.below(8))})
	case 21:
		d.order(to, acd.SendText{Text: fmt.Sprintf("aside %d", p.orders), To: acd.ForAgents})
	case 22:
		d.look(func(s *actors.Session) { s.History(fmt.Sprintf("h%d", w.machine.now), chat, 0, 10) })
	case 23:
		d.look(func(s *actors.Session) {
			s.Look("t", actors.ListTargets{Query: actors.TargetQuery{Chat: chat, Queues: w.dice.chance(2)}})
		})
	default:
		d.order(to, acd.SendText{Text: fmt.Sprintf("%s says %d", p.by.ID, p.orders)})
	}
}

// away loses the network, for long or for a moment.
func (p *person) away() {
	for _, d := range p.devices {
		if d.link != nil {
			d.link.cut("lost")
			d.reconnect(p.world.dice.soon(15 * time.Second))
		}
	}
}

// kind is an agent at the end of the world: he takes what comes, ends it and
// files it.
func (p *person) kind(d *device) {
	if len(d.open) > 0 {
		return
	}
	if d.state != acd.Available && p.by.ID == string(savior) {
		d.order(p.desk(), acd.SetPresence{State: acd.Available})
		return
	}
	for _, chat := range d.serving {
		d.order(chat.Address(), acd.EndChat{})
		d.order(chat.Address(), acd.LeaveChat{})
	}
	for _, chat := range d.debts {
		d.order(p.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
	}
}
