package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/sim/check"
)

// person is somebody with one or two devices, and with habits.
type person struct {
	world   *world
	by      acd.Principal
	devices []*device
	orders  int
	chats   []acd.ChatID // a customer's, that he knows to be open
	ended   []acd.ChatID // that he could rate
	lazy    time.Duration
	late    int // one offer in so many is answered too late, or never
	over    bool
	next    *timer
	role    func()
}

// device is what somebody looks at. It keeps what a good client keeps: its
// place in the stream and what has not been answered.
type device struct {
	person *person
	name   string
	link   *link
	epoch  string
	seq    uint64
	open   []*order // not answered, oldest first
	done   []*order // answered, a few
	fails  int
	redial *timer

	offers  []acd.OfferID
	serving []acd.ChatID
	debts   []acd.ChatID
	state   acd.PresenceState
	sitting *check.Sitting
}

// order is a command on its way to its answer.
type order struct {
	*check.Order
	digest uint64
	nth    int
	look   func(*actors.Session)
	sent   time.Duration // the last time
	link   *link         // that it was sent over then
}

func (w *world) newPerson(role acd.Role, id string) *person {
	p := &person{world: w, by: principal(role, id), lazy: w.dice.span(500*time.Millisecond, 8*time.Second), late: w.dice.between(2, 12)}
	p.device()
	w.people = append(w.people, p)
	w.byName[string(p.by.Stream())] = p
	return p
}

func (p *person) device() *device {
	d := &device{person: p, name: fmt.Sprintf("%s#%d", p.by.Stream(), len(p.devices)+1)}
	p.devices = append(p.devices, d)
	return d
}

// some returns a device of his that is connected, nil if none is.
func (p *person) connected() *device {
	if len(p.devices) > 1 && p.world.dice.chance(2) {
		if d := p.devices[1]; d.link != nil && d.sitting != nil {
			return d
		}
	}
	for _, d := range p.devices {
		if d.link != nil && d.sitting != nil {
			return d
		}
	}
	return nil
}

// cursor is where a device says that it stopped: mostly where it did.
func (d *device) cursor() uint64 {
	w := d.person.world
	if w.faults.Resumes == 0 || w.calm {
		return d.seq
	}
	switch {
	case w.dice.chance(12):
		w.fault("resume with an old cursor")
		d.seq -= min(d.seq, uint64(w.dice.below(20)))
	case w.dice.chance(25):
		w.fault("resume with a wrong cursor")
		return d.seq + 1_000_000
	case w.dice.chance(25):
		w.fault("resume with a wrong epoch")
		return 0
	}
	return d.seq
}

func (d *device) welcome(h actors.Hello, welcome actors.Welcome) {
	w := d.person.world
	w.events++
	w.note("welcome", welcome.Seq)
	d.fails = 0
	d.sitting = w.check.Welcomed(d.name, d.person.by, h, welcome)
	d.epoch, d.seq = welcome.Epoch, welcome.Seq
	if s := welcome.Snapshot; s != nil {
		d.snapshot(s)
	}
	for _, o := range d.open {
		d.link.send(o)
	}
	if len(d.done) > 0 && w.faults.Repeats > 0 && w.dice.chance(3) {
		w.fault("command sent again")
		d.link.send(pick(w.dice, d.done...))
	}
}

func (d *device) snapshot(s *actors.Snapshot) {
	d.offers, d.serving, d.debts = nil, nil, nil
	for _, c := range s.Chats {
		if d.person.by.Role == acd.RoleCustomer {
			d.person.knows(c.View.Chat)
		}
	}
	if s.Agent == nil {
		return
	}
	d.state = s.Agent.Presence.State
	for _, slot := range s.Agent.Slots {
		if slot.State == acd.SlotConnected {
			d.serving = add(d.serving, slot.Chat)
		}
	}
	for _, debt := range s.Agent.Debts {
		d.debts = add(d.debts, debt.Chat)
		d.person.owes(d, debt.Chat)
	}
	for _, o := range s.Offers {
		d.rings(o.Offer)
	}
}

func add[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func remove[T comparable](list []T, v T) []T {
	return slices.DeleteFunc(list, func(o T) bool { return o == v })
}

// receive is what arrives at a device.
func (d *device) receive(batch []actors.Delivery) {
	w := d.person.world
	for i := range batch {
		b := &batch[i]
		w.events++
		switch {
		case b.Answer != nil:
			w.note("answer", uint64(len(b.Re)))
			d.answered(b.Re, b.Answer)
		default:
			w.note("news", b.Seq)
			w.check.Told(d.sitting, *b)
			if b.Seq > 0 {
				d.seq = b.Seq
			}
			d.see(b.News)
		}
	}
	if l := d.link; l != nil && l.session != nil && w.dice.chance(4) {
		l.session.Ack(d.seq)
	}
}

func (d *device) see(n *actors.Note) {
	p := d.person
	chat := acd.ChatID(n.From.ID)
	me := acd.AgentID(p.by.ID)
	switch e := n.Event.(type) {
	case acd.Offered:
		if e.Offer.Agent == me && n.View == acd.ToOffered {
			d.rings(e.Offer)
		}
	case acd.OfferEnded:
		d.offers = remove(d.offers, e.Offer)
	case acd.Accepted:
		d.offers = remove(d.offers, e.Offer)
		if e.Agent == me {
			d.serving = add(d.serving, chat)
		}
	case acd.Joined:
		if e.Agent == me {
			d.serving = add(d.serving, chat)
		}
	case acd.Left:
		if e.Agent == me {
			d.serving = remove(d.serving, chat)
		}
	case acd.Queued:
		if p.by.Role == acd.RoleCustomer {
			p.knows(chat)
		}
	case acd.ChatEnded:
		d.serving = remove(d.serving, chat)
		p.chats = remove(p.chats, chat)
		if p.by.Role == acd.RoleCustomer && len(p.ended) < 3 {
			p.ended = add(p.ended, chat)
		}
	case acd.WrapupStarted:
		d.debts = add(d.debts, e.Debt.Chat)
		p.owes(d, e.Debt.Chat)
	case acd.WrapupDone:
		d.debts = remove(d.debts, e.Chat)
	case acd.PresenceSet:
		d.state = e.State
	case acd.EndProposed:
		if p.by.Role == acd.RoleCustomer {
			p.later(2*time.Second, func() { d.order(chat.Address(), pick[acd.Command](p.world.dice, acd.ConfirmEnd{}, acd.DeclineEnd{})) })
		}
	}
}

func (p *person) knows(chat acd.ChatID) { p.chats = add(p.chats, chat) }

// later does something if the person still has the habit then.
func (p *person) later(mean time.Duration, f func()) {
	p.world.machine.at(p.world.dice.soon(mean), func() { f() })
}

// order sends a command, now or when the device is connected again.
func (d *device) order(to acd.Address, cmd acd.Command) *order {
	d.patience()
	p := d.person
	p.orders++
	o := &order{Order: p.world.check.Asked(d.name, p.by, fmt.Sprintf("%s-%d", d.name, p.orders), to, cmd), nth: p.orders}
	o.digest = uint64(p.orders) * 2654435761
	d.open = append(d.open, o)
	if d.link != nil && d.sitting != nil {
		d.link.send(o)
		if p.world.faults.Repeats > 0 && p.world.dice.chance(60) {
			p.world.fault("command sent again")
			d.link.send(o)
		}
	}
	return o
}

// look asks for something that changes nothing; nobody waits for the answer.
func (d *device) look(f func(s *actors.Session)) {
	if d.link != nil && d.sitting != nil {
		d.link.send(&order{look: f})
	}
}

func (d *device) answered(id string, a *actors.Answer) {
	if a.Refusal != nil && noOutcome(a.Refusal.Code) {
		d.failed(id)
		return
	}
	for i, o := range d.open {
		if o.ID != id {
			continue
		}
		d.open = slices.Delete(d.open, i, i+1)
		d.person.world.check.Answered(o.Order, a)
		if len(d.done) < 8 {
			d.done = append(d.done, o)
		} else {
			d.done[d.person.world.dice.below(8)] = o
		}
		d.person.heard(o, a)
		return
	}
	for _, o := range d.done {
		if o.ID == id {
			d.person.world.check.Answered(o.Order, a)
		}
	}
}

// noOutcome reports whether a refusal says no more than that the node is not
// able to do it now.
func noOutcome(code string) bool { return code == "internal" || code == "overloaded" }

// failed is the answer of a node that could not do it just now: nothing has
// changed, and the same command may be sent again.
func (d *device) failed(id string) {
	w := d.person.world
	w.check.Failed(id)
	for _, o := range d.open {
		if o.ID == id {
			o.link = nil // nothing of it is under way until it is sent again
			w.machine.at(w.dice.span(100*time.Millisecond, 3*time.Second), func() {
				if d.link != nil && d.sitting != nil && slices.Contains(d.open, o) {
					d.link.send(o)
				}
			})
		}
	}
}

// unansweredMost is how long an answer may take on a line that stands, with
// slow disks, slow readers and actors that lie still.
const unansweredMost = 2 * time.Minute

// patience holds the node to answering whatever it was sent.
func (d *device) patience() {
	w := d.person.world
	if len(d.open) == 0 || d.link == nil || d.sitting == nil {
		return
	}
	if o := d.open[0]; o.link == d.link && w.machine.now-o.sent > unansweredMost {
		w.violate("unanswered", "%s was sent %T as %s after %s, on a line that stands, and has no answer at %s", o.To, o.Cmd, o.ID, o.sent, w.machine.now)
	}
}

// heard is what a person makes of an answer.
func (p *person) heard(o *order, a *actors.Answer) {
	if _, ok := o.Cmd.(acd.Start); ok && a.Refusal == nil {
		p.knows(a.Result.Chat)
	}
	if a.Refusal != nil && (a.Refusal.Code == "ended" || a.Refusal.Code == "not_found") {
		p.chats = remove(p.chats, acd.ChatID(o.To.ID))
	}
}

// disconnected plans the way back.
func (d *device) disconnected() {
	d.sitting = nil
	if d.person.over {
		return
	}
	d.fails++
	d.reconnect(d.person.world.dice.soon(time.Duration(min(d.fails, 5)) * time.Second))
}

func (d *device) reconnect(after time.Duration) {
	w := d.person.world
	if d.redial == nil {
		d.redial = w.machine.at(after, func() {
			if d.link != nil {
				return
			}
			if d.dial(); d.link == nil {
				d.reconnect(w.dice.span(200*time.Millisecond, 3*time.Second))
			}
		})
		return
	}
	d.redial.Reset(after)
}

// dropped is what the death of the node does to a device.
func (d *device) dropped() {
	if l := d.link; l != nil {
		l.gone, l.closed = true, true
		d.link = nil
	}
	d.disconnected()
}

// act lets the person do something, again and again.
func (p *person) act() {
	if p.over {
		return
	}
	p.role()
	mean := p.lazy
	if p.world.calm {
		mean = 300 * time.Millisecond
	}
	if p.next == nil {
		p.next = p.world.machine.at(p.world.dice.soon(mean), p.act)
		return
	}
	p.next.Reset(p.world.dice.soon(mean))
}
