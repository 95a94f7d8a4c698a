package theory

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

const queueID = acd.QueueID("queue")

// drive is a queue with its agents and chats on a virtual clock. Messages
// between machines arrive at once and in order; agents accept at once and have
// no wrap-up, so that what is left is the waiting line of the formulas.
type drive struct {
	load    Load
	chance  *rand.Rand
	config  *acd.Config
	queue   *acd.Queue
	agents  map[acd.AgentID]*acd.Agent
	chats   map[acd.ChatID]*guest
	now     time.Time
	turns   uint64
	post    []letter
	agenda  agenda
	planned map[acd.Address]time.Time // the deadline that a machine has in the agenda
	arrived int
	closed  []acd.ChatID // since the last delivery began
	over    func(*guest) // is told of each chat that was accepted or left
	broken  error
}

// guest is a chat and what its customer has gone through.
type guest struct {
	chat    *acd.Chat
	number  int
	urgent  bool
	came    time.Time
	wait    time.Duration // until an agent had it, or until it left
	served  bool
	settled bool // served or left
}

type letter struct {
	to  acd.Address
	by  acd.Principal
	cmd acd.Command
}

func newDrive(l Load, seed uint64) *drive {
	d := &drive{
		load: l, chance: rand.New(rand.NewPCG(seed, uint64(l.Agents))),
		queue: acd.NewQueue(queueID), agents: map[acd.AgentID]*acd.Agent{}, chats: map[acd.ChatID]*guest{},
		planned: map[acd.Address]time.Time{}, now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		config: &acd.Config{
			Version: 1, Agents: map[acd.AgentID]*acd.AgentProfile{},
			Queues: map[acd.QueueID]*acd.QueuePolicy{queueID: {
				ID: queueID, MaxWait: -1, Wrapup: acd.WrapupPolicy{Mode: acd.WrapupNone},
				PriorityBoost: 10_000 * time.Hour, // a priority is never made up for by age
			}},
			Sources:  map[acd.SourceID]*acd.Source{"web": {ID: "web", Channel: "livechat", Queue: queueID}},
			Channels: map[acd.Channel]*acd.ChannelPolicy{"livechat": {}},
		},
	}
	for i := range l.Agents {
		id := acd.AgentID(fmt.Sprintf("agent%d", i))
		d.config.Agents[id] = &acd.AgentProfile{ID: id, Queues: []acd.QueueID{queueID}, Capacity: 1}
		d.agents[id] = acd.NewAgent(id)
	}
	d.config.Normalize()
	for i := range l.Agents { // in order, so that a seed is a run
		id := acd.AgentID(fmt.Sprintf("agent%d", i))
		d.send(id.Address(), acd.Principal{}, acd.Restore{})
		d.send(id.Address(), acd.Principal{}, acd.SessionOpened{Session: "s", Alerting: true})
		d.send(id.Address(), desk(id), acd.SetPresence{State: acd.Available})
	}
	d.deliver()
	return d
}

func desk(id acd.AgentID) acd.Principal { return acd.Principal{Role: acd.RoleAgent, ID: string(id)} }

// run lets so many chats arrive and tells over of each one's fate, in the order
// in which it is decided.
func (d *drive) run(chats int, over func(*guest)) error {
	d.over = over
	d.plan(d.after(1/d.load.Arrivals), moment{kind: arrival})
	for d.broken == nil && (d.arrived < chats || len(d.chats) > 0) {
		m := heap.Pop(&d.agenda).(moment)
		d.now = m.at
		d.happens(m, chats)
		d.deliver()
	}
	return d.broken
}

// happens lets one moment of the agenda come true.
func (d *drive) happens(m moment, chats int) {
	switch m.kind {
	case arrival:
		if d.arrived++; d.arrived < chats {
			d.plan(d.after(1/d.load.Arrivals), moment{kind: arrival})
		}
		d.arrive()
	case leaving:
		if g := d.chats[m.chat]; g != nil && !g.settled {
			d.settle(g, false)
			d.send(m.chat.Address(), customer(m.chat), acd.EndChat{})
		}
	case handled:
		d.send(m.chat.Address(), desk(m.agent), acd.EndChat{})
	case alarm:
		if d.planned[m.of].Equal(m.at) {
			delete(d.planned, m.of)
			d.send(m.of, acd.Principal{}, acd.Tick{})
		}
	}
}

func customer(id acd.ChatID) acd.Principal {
	return acd.Principal{Role: acd.RoleCustomer, ID: string(id)}
}

func (d *drive) arrive() {
	id := acd.ChatID(fmt.Sprintf("chat%d", d.arrived))
	g := &guest{chat: acd.NewChat(id), number: d.arrived, came: d.now, urgent: d.chance.Float64() < d.load.Urgent}
	d.chats[id] = g
	start := acd.Start{Chat: id, Source: "web", Queue: queueID}
	if g.urgent {
		start.Priority = 1
	}
	if d.load.Patience > 0 {
		d.plan(d.after(d.load.Patience), moment{kind: leaving, chat: id})
	}
	d.send(queueID.Address(), customer(id), start)
}

// settle notes that a chat's wait is over.
func (d *drive) settle(g *guest, served bool) {
	if g.settled {
		return
	}
	g.settled, g.served, g.wait = true, served, d.now.Sub(g.came)
	d.over(g)
}

func (d *drive) send(to acd.Address, by acd.Principal, cmd acd.Command) {
	d.post = append(d.post, letter{to, by, cmd})
}

// deliver hands over all letters, those that they cause among them.
func (d *drive) deliver() {
	for i := 0; i < len(d.post) && d.broken == nil; i++ {
		l := d.post[i]
		if m := d.machine(l.to); m != nil {
			d.step(l, m)
		}
	}
	d.post = d.post[:0]
	for _, id := range d.closed {
		delete(d.chats, id)
		delete(d.planned, id.Address())
	}
	d.closed = d.closed[:0]
}

func (d *drive) machine(a acd.Address) acd.Machine {
	switch a.Kind {
	case acd.KindQueue:
		return d.queue
	case acd.KindAgent:
		return d.agents[acd.AgentID(a.ID)]
	}
	if g := d.chats[acd.ChatID(a.ID)]; g != nil {
		return g.chat
	}
	return nil // over
}

// step lets a machine take a letter, and people react to what happened.
func (d *drive) step(l letter, m acd.Machine) {
	d.turns++
	out := m.Step(acd.Turn{Now: d.now, By: l.by, Config: d.config, Entropy: d.turns}, l.cmd)
	if out.Err != nil {
		d.broken = fmt.Errorf("%T to %s at %s: %w", l.cmd, l.to, d.now.Format(time.TimeOnly), out.Err)
		return
	}
	for _, s := range out.Sends {
		d.send(s.To, acd.Principal{}, s.Cmd)
	}
	if out.Forward != nil {
		d.send(out.Forward.To, l.by, out.Forward.Cmd)
	}
	for _, e := range out.Events {
		d.react(l.to, e)
	}
	if at := m.Deadline(); !at.IsZero() && !at.Equal(d.planned[l.to]) {
		d.planned[l.to] = at
		d.plan(at, moment{kind: alarm, of: l.to})
	}
}

// react is what people do about an event of a chat: an agent takes every offer
// at once, and ends the chat when it is handled.
func (d *drive) react(of acd.Address, e acd.Event) {
	switch e := e.(type) {
	case acd.Offered:
		d.send(e.Offer.Agent.Address(), desk(e.Offer.Agent), acd.AcceptOffer{Offer: e.Offer.ID})
	case acd.Accepted:
		chat := acd.ChatID(of.ID)
		d.settle(d.chats[chat], true)
		d.plan(d.after(d.load.Handling), moment{kind: handled, chat: chat, agent: e.Agent})
	case acd.ChatClosed:
		d.closed = append(d.closed, acd.ChatID(of.ID))
	}
}

// after draws an exponential time of a mean in seconds, from now. The rules
// count in whole milliseconds.
func (d *drive) after(mean float64) time.Time {
	return d.now.Add(time.Duration(d.chance.ExpFloat64() * mean * float64(time.Second)).Round(time.Millisecond))
}

func (d *drive) plan(at time.Time, m moment) {
	if at.Before(d.now) {
		at = d.now
	}
	m.at = at
	d.agenda.count++
	m.nth = d.agenda.count
	heap.Push(&d.agenda, m)
}

// moment is something that is going to happen.
type moment struct {
	at    time.Time
	nth   uint64 // of those at the same time the earlier planned is first
	kind  momentKind
	chat  acd.ChatID
	agent acd.AgentID
	of    acd.Address
}

type momentKind uint8

const (
	arrival momentKind = iota
	leaving
	handled
	alarm
)

// agenda is a heap by time.
type agenda struct {
	list  []moment
	count uint64
}

func (a *agenda) Len() int { return len(a.list) }
func (a *agenda) Less(i, j int) bool {
	if !a.list[i].at.Equal(a.list[j].at) {
		return a.list[i].at.Before(a.list[j].at)
	}
	return a.list[i].nth < a.list[j].nth
}
func (a *agenda) Swap(i, j int) { a.list[i], a.list[j] = a.list[j], a.list[i] }

// Push implements heap.Interface.
func (a *agenda) Push(x any) { a.list = append(a.list, x.(moment)) }

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	last := len(a.list) - 1
	m := a.list[last]
	a.list = a.list[:last]
	return m
}
