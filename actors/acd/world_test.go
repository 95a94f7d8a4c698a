package acd

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// town is a small world of all three machines: chats, one queue, agents, and
// what is in flight between them, each pair in order and the pairs in any.
type town struct {
	chats  []*Chat
	queue  *Queue
	agents []*Agent
	config *Config
	now    time.Time
	wires  [][]mail // from machine i to machine j at i*n+j
	done   map[string]int
	limits townLimits
	walks  bool     // and is not explored
	asked  uint64   // reservations so far
	stays  []uint64 // of each chat, and whatever else it makes ids for
}

type mail struct {
	by  Principal
	cmd Command
}

// townMove is one thing that can happen: a letter arrives, a timer fires, the
// clock moves to the next deadline, or somebody does something.
type townMove struct {
	what     string
	from, to int
}

// townLimits are how often each of the things happens at most that could
// happen for ever: queues asking agents, the clock moving, a person coming and
// going, the node going down.
type townLimits struct {
	asks, clocks, times, crashes int
	flows                        int  // of each kind, for each chat
	prompt                       bool // every letter arrives at once
}

func newTown(chats, agents int, limits townLimits) *town {
	w := &town{limits: limits, config: chatConfig(), queue: NewQueue("support"), now: morning, done: map[string]int{}}
	w.config.Agents = map[AgentID]*AgentProfile{}
	for i := range chats {
		w.chats = append(w.chats, NewChat(ChatID(fmt.Sprintf("c%d", i))))
	}
	w.stays = make([]uint64, chats)
	for i := range agents {
		id := AgentID(fmt.Sprintf("a%d", i))
		w.config.Agents[id] = &AgentProfile{ID: id, Name: string(id), Queues: []QueueID{"support"}, Capacity: 1}
		w.agents = append(w.agents, NewAgent(id))
	}
	w.wires = make([][]mail, w.size()*w.size())
	for i, a := range w.agents {
		at := chats + 1 + i
		w.step(at, nobody, Restore{})
		w.step(at, nobody, SessionOpened{Session: "s", Alerting: true})
		w.step(at, agentPrincipal(a), SetPresence{State: Available})
	}
	for i := range w.wires {
		for len(w.wires[i]) > 0 {
			w.deliver(i)
		}
	}
	return w
}

func agentPrincipal(a *Agent) Principal { return Principal{Role: RoleAgent, ID: string(a.id)} }

func customerOf(i int) Principal { return Principal{Role: RoleCustomer, ID: fmt.Sprintf("k%d", i)} }

func (w *town) size() int { return len(w.chats) + 1 + len(w.agents) }

// machine numbers: the chats, then the queue, then the agents.
func (w *town) machine(i int) Machine {
	switch n := len(w.chats); {
	case i < n:
		return w.chats[i]
	case i == n:
		return w.queue
	default:
		return w.agents[i-n-1]
	}
}

func (w *town) number(a Address) int {
	for i := range w.size() {
		switch m := w.machine(i).(type) {
		case *Chat:
			if m.ID.Address() == a {
				return i
			}
		case *Queue:
			if m.id.Address() == a {
				return i
			}
		case *Agent:
			if m.id.Address() == a {
				return i
			}
		}
	}
	panic("nobody lives at " + a.String())
}

// step lets machine i take a command and puts what it sends into the post.
func (w *town) step(i int, by Principal, cmd Command) {
	t := Turn{Now: w.now, By: by, Config: w.config, Entropy: 1}
	if i < len(w.chats) {
		t.Entropy = 1<<20 + w.stays[i] // no id that a queue could make
	} else if i == len(w.chats) {
		t.Entropy = w.asked + 1
	}
	out := w.machine(i).Step(t, cmd)
	for _, e := range out.Events {
		switch e.(type) {
		case Queued, TransferStarted, TransferReturning:
			w.stays[i]++
		}
	}
	for _, s := range out.Sends {
		if _, asks := s.Cmd.(Reserve); asks {
			if w.asked++; i < len(w.chats) {
				w.stays[i]++
			}
		}
		to := i*w.size() + w.number(s.To)
		w.wires[to] = append(w.wires[to], mail{cmd: s.Cmd})
	}
	if f := out.Forward; f != nil {
		if _, asks := f.Cmd.(Reserve); asks && i < len(w.chats) {
			w.stays[i]++
		}
		to := i*w.size() + w.number(f.To)
		w.wires[to] = append(w.wires[to], mail{by, f.Cmd})
	}
}

func (w *town) deliver(wire int) {
	m, to := w.wires[wire][0], wire%w.size()
	w.wires[wire] = w.wires[wire][1:]
	if o, ok := m.cmd.(OfferStart); ok && w.agents[to-len(w.chats)-1].slotFor(o.Slot.Offer) == nil {
		// So late that the reservation has run out: the agent takes the chat's
		// word for it, over capacity if need be.
		w.done[fmt.Sprint("late", to-len(w.chats)-1)]++
	}
	w.step(to, m.by, m.cmd)
}

func (w *town) quiet() bool {
	return !slices.ContainsFunc(w.wires, func(m []mail) bool { return len(m) > 0 })
}

// moves are what can happen now.
func (w *town) moves() []townMove {
	var ms []townMove
	for i, m := range w.wires {
		if len(m) > 0 {
			ms = append(ms, townMove{"deliver", i, 0})
		}
	}
	overdue := false
	for i := range w.size() {
		if due(w.machine(i).Deadline(), w.now) {
			overdue = true
			ms = append(ms, townMove{"tick", i, 0})
		}
	}
	if at := w.next(); !overdue && w.done["clock"] < w.limits.clocks && !at.IsZero() {
		ms = append(ms, townMove{"clock", 0, 0})
	}
	for i, c := range w.chats {
		switch {
		case w.done[fmt.Sprint("start", i)] == 0:
			ms = append(ms, townMove{"start", i, 0})
		case c.Live():
			ms = append(ms, townMove{"customer ends", i, 0})
		}
	}
	for j, a := range w.agents {
		ms = append(ms, w.agentMoves(j, a)...)
	}
	if w.done["crash"] < w.limits.crashes {
		ms = append(ms, townMove{"crash", 0, 0})
	}
	return ms
}

func (w *town) agentMoves(j int, a *Agent) []townMove {
	var ms []townMove
	once := func(what string, possible bool) {
		if possible && w.done[fmt.Sprint(what, j)] < w.limits.times {
			ms = append(ms, townMove{what, j, 0})
		}
	}
	for i, c := range w.chats {
		slot := a.slotOf(c.ID)
		if slot != nil && slot.rings() && !slot.answered {
			ms = append(ms, townMove{"accept", j, i}, townMove{"reject", j, i})
		}
		if slot != nil && slot.State == SlotConnected && c.Owner == a.id {
			ms = append(ms, townMove{"agent ends", j, i})
		}
		ms = append(ms, w.flowMoves(j, i)...)
		if a.state.debt(c.ID) != nil {
			ms = append(ms, townMove{"wrap up", j, i})
		}
	}
	once("not ready", a.state.Presence.State == Available)
	once("available", a.state.Presence.State != Available && a.state.Presence.State != Offline)
	once("session lost", a.link == linkOnline)
	if a.link == linkGrace {
		ms = append(ms, townMove{"session back", j, 0})
	}
	return ms
}

// next is the first deadline ahead. When places are told makes no difference
// to the chats, so that it is left out.
func (w *town) next() time.Time {
	var at time.Time
	for i := range w.size() {
		d := w.machine(i).Deadline()
		if w.machine(i) == Machine(w.queue) {
			d = time.Time{}
			if a := w.queue.agenda.first(); a.at != 0 {
				d = time.UnixMilli(a.at).UTC()
			}
		}
		at = sooner(at, d)
	}
	return at
}

func (w *town) do(m townMove) {
	w.happens(m)
	for w.limits.prompt && !w.quiet() {
		w.deliver(slices.IndexFunc(w.wires, func(m []mail) bool { return len(m) > 0 }))
	}
}

func (w *town) happens(m townMove) {
	n := len(w.chats)
	switch m.what {
	case "deliver":
		w.deliver(m.from)
		return
	case "tick":
		w.step(m.from, nobody, Tick{})
		return
	case "clock":
		w.now = w.next()
	case "crash":
		w.crash()
	case "start":
		w.step(n, customerOf(m.from), Start{Chat: w.chats[m.from].ID, Source: "web", Queue: "support"})
	case "customer ends":
		w.step(m.from, customerOf(m.from), EndChat{})
	default:
		w.agentDoes(m, n+1+m.from)
	}
	switch m.what {
	case "clock", "crash":
		w.done[m.what]++
	case "start", "not ready", "available", "session lost":
		w.done[fmt.Sprint(m.what, m.from)]++
	}
}

// crash takes the node down and up again: what was in flight is lost, and each
// machine comes back from what is durable of it and from the index.
func (w *town) crash() {
	w.wires = make([][]mail, len(w.wires))
	n := len(w.chats)
	var waiting []Enqueue
	for i, c := range w.chats {
		w.chats[i] = &Chat{ID: c.ID, ChatState: decoded[ChatState](c.ChatState)}
		if c.Phase == PhaseNew {
			w.done[fmt.Sprint("start", i)] = 0 // who has heard nothing tries again
		}
		if q := c.Waiting(); q != nil {
			waiting = append(waiting, *q)
		}
	}
	w.queue = NewQueue("support")
	w.step(n, nobody, Restore{Waiting: waiting})
	for j, old := range w.agents {
		w.agents[j] = NewAgent(old.id)
		w.agents[j].Import(decoded[DeskState](old.Export()))
		var rows []SlotRow
		for _, c := range w.chats {
			for _, row := range c.SlotRows() {
				if row.Agent == old.id {
					rows = append(rows, row)
				}
			}
		}
		w.step(n+1+j, nobody, Restore{Slots: rows})
	}
	for i := range w.size() {
		for _, s := range w.machine(i).Pending() {
			to := i*w.size() + w.number(s.To)
			w.wires[to] = append(w.wires[to], mail{cmd: s.Cmd})
		}
	}
}

func (w *town) agentDoes(m townMove, at int) {
	a := w.agents[m.from]
	by, c := agentPrincipal(a), w.chats[m.to]
	switch m.what {
	case "accept":
		w.step(at, by, AcceptOffer{a.slotOf(c.ID).Offer})
	case "reject":
		w.step(at, by, RejectOffer{Offer: a.slotOf(c.ID).Offer})
	case "agent ends":
		w.step(m.to, by, EndChat{})
	case "transfer", "transfer blind", "transfer back", "invite", "consult", "hand over", "take over", "leave", "cancel":
		w.flows(m, a, c)
	case "wrap up":
		w.step(at, by, Wrapup{Chat: c.ID, Code: "solved"})
	case "not ready":
		w.step(at, by, SetPresence{State: NotReady})
	case "available":
		w.step(at, by, SetPresence{State: Available})
	case "session lost":
		w.step(at, nobody, SessionClosed{"s"})
	case "session back":
		w.step(at, nobody, SessionOpened{Session: "s", Alerting: true})
	default:
		panic("nobody knows how to " + m.what)
	}
}

// check is what must hold in every state, and more in a quiet one.
func (w *town) check() error {
	for i := range w.size() {
		if err := w.machine(i).Check(); err != nil {
			return err
		}
	}
	for _, c := range w.chats {
		if c.Phase == PhaseNew {
			continue
		}
		if err := settledChat(c); err != nil {
			return err
		}
	}
	for j, a := range w.agents {
		if used := a.used(); used > 1 && w.done[fmt.Sprint("late", j)] == 0 {
			return fmt.Errorf("I2: agent %s has %d units of 1", a.id, used)
		}
		for i, c := range w.chats {
			slot := a.slotOf(c.ID)
			if slot == nil || slot.State != SlotConnected || c.joined(a.id) != nil {
				continue
			}
			if len(w.wires[i*w.size()+len(w.chats)+1+j]) == 0 {
				return fmt.Errorf("agent %s serves chat %s, which knows nothing of it and says nothing", a.id, c.ID)
			}
		}
	}
	if w.quiet() {
		return w.checkQuiet()
	}
	return nil
}

// checkQuiet: with nothing in flight, all three say the same.
func (w *town) checkQuiet() error {
	for _, c := range w.chats {
		entry := w.queue.line.chats.get(c.ID)
		switch {
		case (entry != nil) != (c.Leg != nil):
			return fmt.Errorf("I5: chat %s waits: %t, in the queue: %t", c.ID, c.Leg != nil, entry != nil)
		case entry != nil && (!entry.stays(c.Leg.ID) || len(entry.granted()) != c.ringing()):
			return fmt.Errorf("I5: chat %s waits as %+v with offers %v, the queue has %+v granted %q", c.ID, c.Leg, c.Offers, entry.stay(), entry.granted())
		}
		for _, a := range w.agents {
			if chat, agent := chatSays(c, a.id), agentSays(a, c.ID); chat != agent {
				return fmt.Errorf("chat %s says of agent %s: %q, he says %q", c.ID, a.id, chat, agent)
			}
		}
		if err := w.checkServed(c, entry); err != nil {
			return err
		}
	}
	if n := len(w.queue.open); n > 0 {
		return fmt.Errorf("%d reservations are open and nobody will answer", n)
	}
	return nil
}

// checkServed: nobody waits while somebody is free for him.
func (w *town) checkServed(c *Chat, entry *waiter) error {
	if entry == nil || len(entry.granted()) > 0 || due(w.queue.Deadline(), w.now) || due(c.Deadline(), w.now) {
		return nil
	}
	for _, a := range w.agents {
		free := a.state.Presence.State == Available && a.link == linkOnline && a.used() == 0 && !w.now.Before(a.state.ReadyAt) &&
			!due(a.Deadline(), w.now)
		known := w.queue.roster.byID[a.id]
		if free && !c.excluded(a.id, w.now) && !entry.excludes(a.id, w.now.UnixMilli()) && known.retry == 0 {
			return fmt.Errorf("chat %s waits and agent %s is free; the queue holds him for %+v", c.ID, a.id, known)
		}
	}
	return nil
}

func chatSays(c *Chat, a AgentID) string {
	for _, row := range c.SlotRows() {
		if row.Agent == a {
			return strings.TrimSpace(string(row.State) + " " + string(row.Offer))
		}
	}
	return ""
}

func agentSays(a *Agent, c ChatID) string {
	if slot := a.slotOf(c); slot != nil {
		return strings.TrimSpace(string(slot.State) + " " + string(slot.Offer))
	}
	if debt := a.state.debt(c); debt != nil {
		return strings.TrimSpace(string(SlotReleased) + " " + string(debt.Offer))
	}
	return ""
}
