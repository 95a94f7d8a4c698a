package actors

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// alerts are what supervisors should look at now. They are derived, from
// durable events and by looking round, and so kept in memory alone: what is
// still wrong after a restart is found again. What a supervisor was told of
// them is an event in his own journal.
type alerts struct {
	engine *Engine
	mu     sync.Mutex
	open   map[alertKey]acd.Alert
	silent atomic.Int32 // of them about agents who do not answer: most chats need not look for theirs
}

type alertKey struct {
	kind acd.AlertKind
	of   acd.Address
}

// How often it is looked round, and when what is due is overdue.
const (
	alertEvery = 5 * time.Second
	stuckEvery = 30 * time.Second
	stuckAfter = 30 * time.Second
)

func newAlerts(e *Engine) *alerts { return &alerts{engine: e, open: map[alertKey]acd.Alert{}} }

// raise opens an alert and tells the overseers of its queues, once; fresh says that it was
// not open yet. It never blocks.
func (a *alerts) raise(al acd.Alert) (fresh bool) {
	k := alertKey{al.Kind, al.Subject()}
	a.mu.Lock()
	_, open := a.open[k]
	if !open {
		a.open[k] = al
		a.count(k.kind, 1)
	}
	a.mu.Unlock()
	if !open {
		a.tell(al, false)
	}
	return !open
}

// over closes it, if it was open.
func (a *alerts) over(kind acd.AlertKind, of acd.Address) {
	k := alertKey{kind, of}
	a.mu.Lock()
	al, open := a.open[k]
	if open {
		delete(a.open, k)
		a.count(k.kind, -1)
	}
	a.mu.Unlock()
	if open {
		a.tell(al, true)
	}
}

func (a *alerts) count(kind acd.AlertKind, n int32) {
	if kind == acd.AlertAgentIdle {
		a.silent.Add(n)
	}
}

func (a *alerts) tell(al acd.Alert, over bool) {
	within := a.engine.alertQueues(al)
	for _, o := range a.engine.overseers.list() {
		if o.Scope.Covers(within...) {
			a.engine.tell(o.Agent.Address(), &envelope{cmd: acd.Raise{Alert: al, Over: over}})
		}
	}
}

// list returns the open alerts within a scope, oldest first.
func (a *alerts) list(within acd.Scope) []acd.Alert {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]acd.Alert, 0, len(a.open))
	for _, al := range a.open {
		if !within.Covers(a.engine.alertQueues(al)...) {
			continue
		}
		list = append(list, al)
	}
	slices.SortFunc(list, func(x, y acd.Alert) int {
		return cmp.Or(x.Since.Compare(y.Since), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Subject().ID, y.Subject().ID))
	})
	return list
}

// observe looks at a durable turn. It is called in the journal's order, and only
// hands messages over.
func (e *Engine) observe(w *turn) {
	switch w.shell.addr.Kind {
	case acd.KindAgent:
		e.observeAgent(w)
	case acd.KindChat:
		e.alerts.observeChat(w)
	case acd.KindQueue: // has no events that anybody is warned of
	}
}

// observeChat raises the alarm for a customer whose agent does not answer, and
// ends it with whatever ends his silence.
func (a *alerts) observeChat(w *turn) {
	chat := acd.ChatID(w.shell.addr.ID)
	for _, ev := range w.out.Events {
		if idle, ok := ev.(acd.AgentIdled); ok {
			a.raise(idle.Alert(chat))
		} else if a.silent.Load() > 0 {
			a.answered(chat, ev)
		}
	}
}

func (a *alerts) answered(chat acd.ChatID, ev acd.Event) {
	a.mu.Lock()
	al, open := a.open[alertKey{acd.AlertAgentIdle, chat.Address()}]
	a.mu.Unlock()
	if open && acd.EndsUnanswered(ev, al.Agent) {
		a.over(al.Kind, al.Subject())
	}
}

func (e *Engine) observeAgent(w *turn) {
	id := acd.AgentID(w.shell.addr.ID)
	for _, ev := range w.out.Events {
		p, ok := ev.(acd.PresenceSet)
		if !ok {
			continue
		}
		if p.ByStrikes() {
			e.alerts.raise(acd.Alert{Kind: acd.AlertStrikes, Agent: id, Text: "does not answer offers", Since: p.Since})
		} else {
			e.alerts.over(acd.AlertStrikes, id.Address())
		}
		if p.Dismissed() {
			e.streams.get(id.Stream()).dismiss()
		}
	}
}

// dismiss evicts all sessions of somebody whom a supervisor has signed out. A
// nil stream has none.
func (s *stream) dismiss() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sess := range s.sessions {
		sess.evictLocked(EvictSignedOut)
	}
}

// quarantined tells of a machine that failed again and again.
func (a *alerts) quarantined(of acd.Address) {
	al := about(of, acd.Alert{Kind: acd.AlertQuarantined, Text: "it failed again and again", Since: a.engine.now()})
	if al.Chat != "" { // which cannot say so itself
		var err error
		if al.Queue, err = NewPast(a.engine.journal).Queue(al.Chat); err != nil {
			a.engine.log.Error("cannot tell the queue of a chat", "chat", string(al.Chat), "err", err)
		}
	}
	a.raise(al)
}

// about names the machine in an alert.
func about(of acd.Address, al acd.Alert) acd.Alert {
	switch of.Kind {
	case acd.KindChat:
		al.Chat = acd.ChatID(of.ID)
	case acd.KindAgent:
		al.Agent = acd.AgentID(of.ID)
	case acd.KindQueue:
		al.Queue = acd.QueueID(of.ID)
	}
	return al
}

// watch looks round while somebody may be told of what it finds.
func (a *alerts) watch() {
	inspected := a.engine.now()
	a.engine.every(alertEvery, func() {
		if len(a.engine.overseers.list()) == 0 {
			return
		}
		a.serviceLevels()
		if now := a.engine.now(); now.Sub(inspected) >= stuckEvery {
			inspected = now
			a.engine.directory.each(inspect{})
		}
	})
}

// serviceLevels looks at who waits longest in each queue.
func (a *alerts) serviceLevels() {
	e := a.engine
	queues := e.board.everyone(acd.KindQueue)
	said := e.askAll(context.Background(), queues, acd.ViewQueue{})
	if e.barrier() != nil {
		return // the journal has failed; the process is stopping
	}
	for _, of := range queues {
		v, answered := said[of]
		if !answered {
			continue
		}
		q, ok := v.(acd.QueueView)
		if !ok || q.Oldest.IsZero() || e.now().Sub(q.Oldest) <= q.Level.Threshold {
			a.over(acd.AlertSLA, of)
			continue
		}
		a.raise(acd.Alert{Kind: acd.AlertSLA, Queue: q.Queue, Text: "waiting longer than " + q.Level.Threshold.String(),
			Since: q.Oldest.Add(q.Level.Threshold)})
	}
}

// inspect asks a shell to look at itself.
type inspect struct{}

// inspected raises the alarm when the machine breaks a rule, or has not done
// what was due: a timer that was lost, or another one that does not answer.
func (s *shell) inspected() {
	if c, ok := s.machine.(*acd.Chat); ok {
		if al, open := c.Unanswered(); open { // also when that was said before a restart
			s.engine.alerts.raise(al)
		} else {
			s.engine.alerts.over(acd.AlertAgentIdle, s.addr)
		}
	}
	why := s.trouble()
	if why == "" {
		if !s.sound { // also when it was an earlier life that was not
			s.engine.alerts.over(acd.AlertStuck, s.addr)
		}
		s.sound = true
		return
	}
	s.sound = false
	al := about(s.addr, acd.Alert{Kind: acd.AlertStuck, Text: why, Since: s.engine.now()})
	if c, ok := s.machine.(*acd.Chat); ok {
		al.Queue = c.LastLeg.Queue
	}
	if s.engine.alerts.raise(al) {
		s.engine.log.Error("actor stuck", "actor", s.addr.String(), "err", why)
		s.engine.counters.labelled("parley_actors_stuck_total", "kind", s.addr.Kind.String())
	}
}

func (s *shell) trouble() string {
	before := s.engine.now().Add(-stuckAfter)
	if err := s.machine.Check(); err != nil {
		s.engine.counters.labelled("parley_invariant_violations_total", "id", invariant(err))
		return err.Error()
	}
	if at := s.machine.Deadline(); !at.IsZero() && at.Before(before) && s.engine.holdUntil.Before(before) {
		return "what was due has not been done"
	}
	for _, t := range s.outbox.before(before) {
		if !s.engine.directory.quarantinedNow(t.to) {
			return t.to.String() + " does not answer"
		}
	}
	return ""
}

// each sends msg to every chat and agent that is in memory and stays.
func (d *directory) each(msg any) {
	for _, a := range d.find(func(a acd.Address, e *entry) bool { return a.Kind != acd.KindQueue }) {
		d.poke(a, msg)
	}
}

// invariants is how many invariants the model has.
const invariants = 13

// invariant is the name of the invariant that an error is of, for a label: I1 to
// I13, or other.
func invariant(err error) string {
	name, _, _ := strings.Cut(err.Error(), " ")
	name = strings.TrimSuffix(name, ":")
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "I")); err == nil && name[0] == 'I' && n >= 1 && n <= invariants {
		return name
	}
	return "other"
}
