package actors

import (
	"io"
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
	replayed, rona                               *metrics.Counter
	rejected                                     *metrics.Counter
	wait, accept, handle                         *metrics.Histogram
}

func newCounters(e *Engine) *counters {
	s := metrics.NewSet()
	c := &counters{
		set:          s,
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
		rona:         s.NewCounter("parley_rona_total"),
		accept:       s.NewHistogram("parley_accept_seconds"),
		wait:         s.NewHistogram("parley_wait_seconds"),
		handle:       s.NewHistogram("parley_handle_seconds"),
	}
	s.NewGauge("parley_commands_waiting", func() float64 { return float64(e.admission.waiting.Load()) })
	s.NewGauge("parley_admitted_share", func() float64 { return float64(e.admission.share.Load()) / wholeShare })
	s.NewGauge("parley_starts_shed_total", func() float64 { return float64(e.admission.shed.Load()) })
	for _, k := range []acd.Kind{acd.KindChat, acd.KindAgent, acd.KindQueue} {
		s.NewGauge(`parley_actors{kind="`+k.String()+`"}`, func() float64 { return float64(e.directory.count()[k]) })
	}
	return c
}

// WriteMetrics writes the engine's metrics in the Prometheus text format.
func (e *Engine) WriteMetrics(w io.Writer) { e.counters.set.WritePrometheus(w) }

func (c *counters) unregister() { c.set.UnregisterAllMetrics() }

// count counts what a durable turn was about.
func (c *counters) count(w *turn) {
	for _, e := range w.out.Events {
		switch e := e.(type) {
		case acd.ChatStarted:
			c.started.Inc()
		case acd.OfferEnded:
			c.offer(e.Reason)
			if e.Reason == acd.OfferRONA {
				c.rona.Inc()
			}
		case acd.Accepted:
			c.offer(acd.OfferAccepted)
			c.wait.Update(w.at.Sub(e.View.ReceivedAt).Seconds())
		case acd.ChatEnded:
			c.set.GetOrCreateCounter(`parley_chats_ended_total{reason="` + string(e.Reason) + `"}`).Inc()
		case acd.WrapupDone:
			c.handle.Update(max(w.at.Sub(e.At), time.Duration(0)).Seconds())
		}
	}
}

func (c *counters) offer(why acd.OfferReason) {
	c.set.GetOrCreateCounter(`parley_offers_total{reason="` + string(why) + `"}`).Inc()
}

// Live returns how many machines of each kind are in memory.
func (e *Engine) Live() map[acd.Kind]int { return e.directory.count() }
