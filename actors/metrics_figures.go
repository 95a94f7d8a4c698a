package actors

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

// toMetrics counts what is still in line, so that who reads the metrics sees
// it.
func (f *figures) toMetrics() {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.add(false)                                         // it says itself when it stops
	for _, q := range sortedKeys(f.engine.Config().Queues) { // a queue is there before anything happens in it
		for _, name := range []string{"parley_queue_entered_total", "parley_answered_total", "parley_sl_in_total", "parley_sl_out_total"} {
			f.engine.counters.set.GetOrCreateCounter(series(name, "queue", string(q)))
		}
		for _, short := range []string{"false", "true"} {
			f.engine.counters.set.GetOrCreateCounter(series("parley_abandoned_total", "queue", string(q), "short", short))
		}
		for _, reason := range []acd.OfferReason{acd.OfferAccepted, acd.OfferRONA, acd.OfferRejected} {
			f.engine.counters.set.GetOrCreateCounter(series("parley_offers_total", "queue", string(q), "reason", string(reason)))
		}
		f.engine.counters.set.GetOrCreateCounter(series("parley_rona_total", "queue", string(q)))
		for _, refused := range []*acd.Refusal{acd.ErrQueueClosed, acd.ErrQueueFull, acd.ErrNoAgents} {
			f.engine.counters.set.GetOrCreateCounter(series("parley_queue_admission_refused_total", "queue", string(q), "reason", refused.Code))
		}
	}
}

// fact counts what a report counts.
func (c *counters) fact(f *report.Fact) {
	queue := string(f.Queue)
	switch f.Figure {
	case report.Entered:
		c.labelled("parley_queue_entered_total", "queue", queue)
	case report.Answered:
		c.labelled("parley_answered_total", "queue", queue)
		c.level(queue, f.Detail)
	case report.AnsweredWait:
		c.set.GetOrCreateHistogram(series("parley_wait_seconds", "queue", queue)).Update(float64(f.N) / 1000)
	case report.Abandoned:
		short := "false"
		if f.Detail == report.Short {
			short = "true"
		}
		c.labelled("parley_abandoned_total", "queue", queue, "short", short)
		if f.Detail == report.Late {
			c.level(queue, f.Detail)
		}
	case report.Accepted:
		c.offer(queue, string(acd.OfferAccepted))
	case report.RONA:
		c.offer(queue, string(acd.OfferRONA))
		c.labelled("parley_rona_total", "queue", queue)
	case report.Rejected:
		c.offer(queue, string(acd.OfferRejected))
	case report.OffersVoid:
		c.offer(queue, f.Detail)
	case report.RingTime:
		c.accept.Update(float64(f.N) / 1000)
	case report.TalkTime:
		c.handle.Update(float64(f.N) / 1000)
	case report.WrapupTime:
		c.wrapup.Update(float64(f.N) / 1000)
	case report.TransfersDone:
		c.labelled("parley_transfers_total", "mode", f.Detail, "result", "done")
	case report.TransfersFailed:
		c.labelled("parley_transfers_total", "mode", f.Detail, "result", "failed")
	case report.TransfersTaken:
		c.labelled("parley_transfers_total", "mode", f.Detail, "result", "cancelled")
	case report.Invites:
		c.labelled("parley_conferences_total", "result", "asked")
	case report.Conferences:
		c.labelled("parley_conferences_total", "result", "joined")
	}
}

// level counts for the service level: within the threshold, or not.
func (c *counters) level(queue, how string) {
	name := "parley_sl_out_total"
	if how == report.Within {
		name = "parley_sl_in_total"
	}
	c.labelled(name, "queue", queue)
}

func (c *counters) offer(queue, why string) {
	c.labelled("parley_offers_total", "queue", queue, "reason", why)
}

// census is what the index says of the moment. It is taken when somebody asks
// for metrics, at most every censusEvery.
type census struct {
	mu      sync.Mutex
	taken   time.Time
	waiting map[acd.QueueID]int
	oldest  map[acd.QueueID]time.Time
	queued  map[acd.QueueID]int // chats that wait and that nobody serves; of no queue those that ring at somebody directly
	active  map[acd.QueueID]int // that somebody serves, by the queue that they are in or were in last
	ended   map[acd.QueueID]int // that are over and not closed; of no queue when no wrap-up is owed
	slots   map[acd.SlotState]int
	units   map[acd.AgentID]int // that an agent's chats, offers and wrap-ups take
	busy    map[acd.AgentID]acd.SlotState
	agents  map[agentIs]int
}

type agentIs struct{ presence, routing string }

func (a agentIs) compare(b agentIs) int {
	return cmp.Or(cmp.Compare(a.presence, b.presence), cmp.Compare(a.routing, b.routing))
}

const censusEvery = 5 * time.Second

// take counts the rows of the index.
func (c *census) take(e *Engine) error {
	c.waiting, c.oldest, c.queued = map[acd.QueueID]int{}, map[acd.QueueID]time.Time{}, map[acd.QueueID]int{}
	c.slots, c.units, c.busy = map[acd.SlotState]int{}, map[acd.AgentID]int{}, map[acd.AgentID]acd.SlotState{}
	in := holding{served: map[acd.ChatID]acd.QueueID{}, rings: map[acd.ChatID]acd.QueueID{}, over: map[acd.ChatID]acd.QueueID{}}
	if err := e.scan(rowSlot, "", func(_, v []byte) error {
		s, err := decodeRow[slotRow](v)
		c.slot(&s.SlotRow)
		in.slot(&s)
		return err
	}); err != nil {
		return err
	}
	if err := e.scan(rowWaiting, "", func(_, v []byte) error {
		w, err := decodeRow[acd.Enqueue](v)
		q := w.Leg.Queue
		if c.waiting[q]++; c.waiting[q] == 1 || w.Leg.EnteredAt.Before(c.oldest[q]) {
			c.oldest[q] = w.Leg.EnteredAt
		}
		if _, is := in.served[w.Chat]; !is {
			c.queued[q]++
		}
		delete(in.rings, w.Chat)
		delete(in.over, w.Chat)
		return err
	}); err != nil {
		return err
	}
	if err := c.phases(e, in); err != nil {
		return err
	}
	c.people(e)
	return nil
}

// slot counts what an agent's slot is taken by.
func (c *census) slot(s *acd.SlotRow) {
	c.slots[s.State]++
	c.units[s.Agent] += s.Weight
	if was := c.busy[s.Agent]; was == "" || s.State == acd.SlotConnected || was == acd.SlotAlerting {
		c.busy[s.Agent] = s.State
	}
}

// holding are the chats that stand in slots, with their queues.
type holding struct {
	served, rings, over map[acd.ChatID]acd.QueueID
}

func (in *holding) slot(s *slotRow) {
	switch s.State {
	case acd.SlotConnected:
		in.served[s.Chat] = s.Queue
	case acd.SlotAlerting, acd.SlotReserved:
		in.rings[s.Chat] = s.Queue
	case acd.SlotReleased:
		in.over[s.Chat] = s.Queue
	}
}

// phases tells the chats that are not closed apart: by whom they are served, by
// what they wait in, and the rest is over.
func (c *census) phases(e *Engine, in holding) error {
	c.active, c.ended = map[acd.QueueID]int{}, map[acd.QueueID]int{}
	for _, q := range in.served {
		c.active[q]++
	}
	for chat := range in.rings {
		if _, is := in.served[chat]; !is {
			c.queued[""]++ // a transfer to somebody who has to take it, by who has left
		}
	}
	for chat, q := range in.over { // else one agent has left it and others go on
		_, served := in.served[chat]
		if _, rings := in.rings[chat]; !served && !rings {
			c.ended[q]++
		}
	}
	rest := 0
	if err := e.scan(rowLive, "", func(_, _ []byte) error { rest++; return nil }); err != nil {
		return err
	}
	for _, known := range []map[acd.QueueID]int{c.queued, c.active, c.ended} {
		for _, n := range known {
			rest -= n
		}
	}
	c.ended[""] += max(rest, 0) // rows change while they are read
	return nil
}

// people says what all agents are: present as they said, and doing what their
// slots say.
func (c *census) people(e *Engine) {
	c.agents = map[agentIs]int{}
	e.figures.mu.Lock()
	defer e.figures.mu.Unlock()
	desks := e.figures.book.Desks()
	for a := range e.Config().Agents {
		state := cmp.Or(desks[a].State, acd.Offline)
		is := agentIs{string(state), "off_queue"}
		switch c.busy[a] {
		case acd.SlotConnected:
			is.routing = "interacting"
		case acd.SlotReleased:
			is.routing = "wrapup"
		case acd.SlotAlerting:
			is.routing = "alerting"
		default:
			switch state {
			case acd.Available:
				is.routing = "idle"
			case acd.InRONA:
				is.routing = "not_responding"
			case acd.Offline, acd.NotReady, acd.Draining:
			}
		}
		c.agents[is]++
	}
}

// occupied is the share of the capacity of agents who are signed in that is in
// use now: of all, and of those of each queue.
func (c *census) occupied(e *Engine) (teams []string, used, able map[string]int) {
	used, able = map[string]int{}, map[string]int{}
	e.figures.mu.Lock()
	defer e.figures.mu.Unlock()
	for a, p := range e.Config().Agents {
		if d := e.figures.book.Desks()[a]; d.State == "" || d.State == acd.Offline {
			continue
		}
		for _, team := range append([]string{"all"}, names(p.Queues)...) {
			used[team] += c.units[a]
			able[team] += p.Capacity
		}
	}
	return slices.Sorted(maps.Keys(able)), used, able
}

// writeCensus writes gauges of the moment.
func (e *Engine) writeCensus(w io.Writer) {
	c := &e.census
	c.mu.Lock()
	defer c.mu.Unlock()
	now := e.now()
	if now.Sub(c.taken) >= censusEvery || c.taken.IsZero() {
		if err := c.take(e); err != nil {
			e.log.Error("cannot count who waits", "err", err)
			return
		}
		c.taken = now
	}
	gauge := func(v float64, name string, labels ...string) {
		metrics.WriteGaugeFloat64(w, series(name, labels...), v)
	}
	for _, q := range sortedKeys(e.Config().Queues) {
		oldest := 0.0
		if at, waits := c.oldest[q]; waits {
			oldest = max(now.Sub(at), 0).Seconds()
		}
		gauge(float64(c.waiting[q]), "parley_queue_waiting", "queue", string(q))
		gauge(oldest, "parley_queue_oldest_seconds", "queue", string(q))
	}
	c.writePhases(e.Config(), gauge)
	gauge(float64(c.slots[acd.SlotConnected]), "parley_agent_slots", "state", "connected")
	gauge(float64(c.slots[acd.SlotAlerting]), "parley_agent_slots", "state", "alerting")
	gauge(float64(c.slots[acd.SlotReleased]), "parley_agent_slots", "state", "wrapup")
	for _, is := range slices.SortedFunc(maps.Keys(c.agents), agentIs.compare) {
		gauge(float64(c.agents[is]), "parley_agents", "presence", is.presence, "routing", is.routing)
	}
	teams, used, able := c.occupied(e)
	for _, team := range teams {
		gauge(float64(used[team])/float64(max(able[team], 1)), "parley_occupancy_ratio", "team", team)
	}
}

// writePhases writes how many chats are in each phase, by queue. Those of no
// queue, and of one that the configuration does not have any more, have no label.
func (c *census) writePhases(cfg *acd.Config, gauge func(v float64, name string, labels ...string)) {
	for _, of := range []struct {
		phase acd.Phase
		n     map[acd.QueueID]int
	}{{acd.PhaseQueued, c.queued}, {acd.PhaseActive, c.active}, {acd.PhaseEnded, c.ended}} {
		rest := 0
		for q, n := range of.n {
			if cfg.Queues[q] == nil {
				rest += n
			}
		}
		gauge(float64(rest), "parley_chats", "phase", string(of.phase))
		for _, q := range sortedKeys(cfg.Queues) {
			gauge(float64(of.n[q]), "parley_chats", "phase", string(of.phase), "queue", string(q))
		}
	}
}

func names[T ~string](all []T) []string {
	list := make([]string, len(all))
	for i, s := range all {
		list[i] = string(s)
	}
	return list
}
