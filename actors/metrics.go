package actors

import (
	"errors"
	"io"
	"reflect"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/actors/acd"
)

// counters are the engine's metrics; the names are those of the model. Each
// engine has a set of its own.
type counters struct {
	set *metrics.Set

	started, passivations, restarts, quarantined *metrics.Counter
	repeated, duplicates, resumed, snapshots     *metrics.Counter
	replayed, rejected                           *metrics.Counter
	accept, handle, wrapup                       *metrics.Histogram
	delivery, assigned, firstRing                *metrics.Histogram

	mu    sync.RWMutex
	found map[[5]string]*metrics.Counter // by name and labels

	// stale counts what an actor has sent itself and a later life dropped.
	stale map[acd.Kind]*metrics.Counter

	lives [acd.KindQueue + 1]atomic.Uint32 // begun, by kind
}

func newCounters(e *Engine) *counters {
	s := metrics.NewSet()
	c := &counters{
		set: s, stale: map[acd.Kind]*metrics.Counter{}, found: map[[5]string]*metrics.Counter{},
		started:      s.NewCounter("parley_chats_started_total"),
		passivations: s.NewCounter("parley_passivations_total"),
		restarts:     s.NewCounter("parley_actor_restarts_total"),
		quarantined:  s.NewCounter("parley_quarantined"),
		repeated:     s.NewCounter("parley_repeated_messages_total"),
		duplicates:   s.NewCounter("parley_dup_commands_total"),
		rejected:     s.NewCounter("parley_sign_ins_refused_total"),
		resumed:      s.NewCounter(`parley_hello_total{result="resumed"}`),
		snapshots:    s.NewCounter(`parley_hello_total{result="snapshot"}`),
		replayed:     s.NewCounter("parley_replay_events"),
		accept:       s.NewHistogram("parley_accept_seconds"),
		handle:       s.NewHistogram("parley_handle_seconds"),
		wrapup:       s.NewHistogram("parley_wrapup_seconds"),
		delivery:     s.NewHistogram("parley_message_delivery_seconds"),
		assigned:     s.NewHistogram("parley_accept_to_assigned_seconds"),
		firstRing:    s.NewHistogram("parley_offer_latency_seconds"),
	}
	s.NewGauge("parley_commands_waiting", func() float64 { return float64(e.admission.waiting.Load()) })
	s.NewGauge("parley_admitted_share", func() float64 { return float64(e.admission.share.Load()) / wholeShare })
	s.NewGauge("parley_starts_shed_total", func() float64 { return float64(e.admission.shed.Load()) })
	for _, k := range kindsOfActors {
		c.stale[k] = s.NewCounter(series("parley_stale_messages_total", "kind", k.String()))
	}
	c.known()
	return c
}

var kindsOfActors = []acd.Kind{acd.KindChat, acd.KindAgent, acd.KindQueue}

// known makes the counters whose labels come from closed lists, so that each is
// zero before it first counts: a rate over a counter that appears is blind to
// the first.
func (c *counters) known() {
	for _, reason := range []acd.EndReason{acd.EndedByAgent, acd.EndedByCustomer, acd.EndAbandoned, acd.EndDisconnected, acd.EndMaxWait, acd.EndRefused,
		acd.EndForced, acd.EndSourceGone, acd.EndTransfer, acd.EndCustomerIdle} {
		c.set.GetOrCreateCounter(series("parley_chats_ended_total", "reason", string(reason)))
	}
	for _, mode := range []acd.TransferMode{acd.Warm, acd.Blind, acd.Stay} {
		for _, result := range []string{"done", "failed", "cancelled"} {
			c.set.GetOrCreateCounter(series("parley_transfers_total", "mode", string(mode), "result", result))
		}
	}
	for _, result := range []string{"asked", "joined"} {
		c.set.GetOrCreateCounter(series("parley_conferences_total", "result", result))
	}
	for n := 1; n <= invariants; n++ {
		c.set.GetOrCreateCounter(series("parley_invariant_violations_total", "id", "I"+strconv.Itoa(n)))
	}
}

// writeCrowds writes how many actors there are, and what waits in their
// mailboxes: for all of a kind, and for the one for whom most waits.
func (e *Engine) writeCrowds(w io.Writer) {
	n := e.directory.count()
	for _, k := range kindsOfActors {
		metrics.WriteGaugeUint64(w, series("parley_actors", "kind", k.String()), uint64(n[k].live))
		metrics.WriteGaugeUint64(w, series("parley_mailbox_depth", "kind", k.String()), uint64(n[k].waiting))
		metrics.WriteGaugeUint64(w, series("parley_mailbox_longest", "kind", k.String()), uint64(n[k].longest))
	}
}

// WriteMetrics writes the engine's metrics in the Prometheus text format.
func (e *Engine) WriteMetrics(w io.Writer) {
	if e.ready.Load() {
		e.figures.toMetrics()
		e.writeCensus(w)
	}
	e.writeCrowds(w)
	e.counters.set.WritePrometheus(w)
}

func (c *counters) unregister() { c.set.UnregisterAllMetrics() }

// count counts what a durable turn was about; what reports count too is counted
// from their facts.
func (c *counters) count(w *turn) {
	for _, e := range w.out.Events {
		switch e := e.(type) {
		case acd.ChatStarted:
			c.started.Inc()
		case acd.MessageSent:
			c.delivery.Update(w.shell.engine.now().Sub(w.at).Seconds())
		case acd.Accepted:
			c.assigned.Update(w.shell.engine.now().Sub(w.at).Seconds())
		case acd.Offered:
			if e.Offer.Attempt == 1 && e.Offer.Kind == acd.OfferRoute {
				c.firstRing.Update(max(w.at.Sub(e.Popover.ReceivedAt), 0).Seconds())
			}
		case acd.ChatEnded:
			c.labelled("parley_chats_ended_total", "reason", string(e.Reason))
		}
	}
	if w.out.Err != nil && w.shell.addr.Kind == acd.KindQueue {
		var r *acd.Refusal
		if errors.As(w.out.Err, &r) {
			c.labelled("parley_queue_admission_refused_total", "queue", w.shell.addr.ID, "reason", r.Code)
		}
	}
}

// stepSample is how many steps of a machine come to one that is timed.
const stepSample = 64

// place is where a life begins to count its steps: most lives of chats are short,
// so the first step of one in stepSample is timed, and that of the first of all,
// which gives a quiet node figures, too.
func (c *counters) place(k acd.Kind) uint32 { return c.lives[k].Add(1) - 1 }

// begin starts the time of a step, if it is one that is timed; zero is not.
func (c *counters) begin(s *shell) time.Duration {
	if s.steps++; s.steps%stepSample != 1 {
		return 0
	}
	return max(s.engine.runtime.Elapsed(), 1)
}

// stepped times a step. The kinds of commands are a closed list.
func (c *counters) stepped(s *shell, cmd acd.Command, began time.Duration) {
	if began == 0 {
		return
	}
	name := series("parley_actor_step_seconds", "kind", s.addr.Kind.String(), "cmd", reflect.TypeOf(cmd).Name())
	c.set.GetOrCreateHistogram(name).Update((s.engine.runtime.Elapsed() - began).Seconds())
}

// labelled counts one of a counter with labels, which come in pairs. Their values
// are from closed lists or from the configuration.
func (c *counters) labelled(name string, labels ...string) {
	c.counter(name, labels...).Inc()
}

// counter finds a counter by what it is made of: to write its name out for each
// time that it counts took longer than all else about it.
func (c *counters) counter(name string, labels ...string) *metrics.Counter {
	var key [5]string
	key[0] = name
	if copy(key[1:], labels) < len(labels) {
		return c.set.GetOrCreateCounter(series(name, labels...))
	}
	c.mu.RLock()
	found := c.found[key]
	c.mu.RUnlock()
	if found == nil {
		found = c.set.GetOrCreateCounter(series(name, labels...))
		c.mu.Lock()
		c.found[key] = found
		c.mu.Unlock()
	}
	return found
}

func series(name string, labels ...string) string {
	b := append([]byte(name), '{')
	for i := 0; i+1 < len(labels); i += 2 {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, labels[i]...), '=')
		b = strconv.AppendQuote(b, labels[i+1])
	}
	return string(append(b, '}'))
}

// Live returns how many machines of each kind are in memory.
func (e *Engine) Live() map[acd.Kind]int {
	n := map[acd.Kind]int{}
	for k, of := range e.directory.count() {
		n[k] = of.live
	}
	return n
}
