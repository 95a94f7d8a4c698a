package transport

import (
	"fmt"
	"sync/atomic"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// edgeMetrics are what the edge knows; names are those of the model. Labels
// are from closed lists, so that nobody can grow them from outside.
type edgeMetrics struct {
	set *metrics.Set

	sessions  map[acd.Role]*atomic.Int64
	resumed   map[string]*metrics.Counter
	errors    map[wire.ErrorCode]*metrics.Counter
	refusals  map[string]*metrics.Counter
	slow      *metrics.Counter
	framesIn  *metrics.Counter
	framesOut *metrics.Counter
	minted    *metrics.Counter
}

var refusalReasons = []string{"draining", "not_ready", "overloaded", "full", "origin", "address", "handshake"}

func newEdgeMetrics(set *metrics.Set, open func() int) *edgeMetrics {
	m := &edgeMetrics{
		set: set, sessions: map[acd.Role]*atomic.Int64{}, resumed: map[string]*metrics.Counter{},
		errors: map[wire.ErrorCode]*metrics.Counter{}, refusals: map[string]*metrics.Counter{},
		slow:      set.GetOrCreateCounter("parley_slow_consumers_total"),
		framesIn:  set.GetOrCreateCounter("parley_frames_in_total"),
		framesOut: set.GetOrCreateCounter("parley_frames_out_total"),
		minted:    set.GetOrCreateCounter("parley_customer_tokens_total"),
	}
	set.GetOrCreateGauge("parley_connections", func() float64 { return float64(open()) })
	for _, role := range []acd.Role{acd.RoleCustomer, acd.RoleAgent, acd.RoleSupervisor, acd.RoleAdmin} {
		n := new(atomic.Int64)
		m.sessions[role] = n
		set.GetOrCreateGauge(fmt.Sprintf("parley_sessions{role=%q}", role), func() float64 { return float64(n.Load()) })
	}
	for _, result := range []string{"resumed", "snapshot"} {
		m.resumed[result] = set.GetOrCreateCounter(fmt.Sprintf("parley_resume_total{result=%q}", result))
	}
	for _, code := range wire.ErrorCode("").Values() {
		m.errors[wire.ErrorCode(code)] = set.GetOrCreateCounter(fmt.Sprintf("parley_errors_total{code=%q}", code))
	}
	for _, reason := range refusalReasons {
		m.refusals[reason] = set.GetOrCreateCounter(fmt.Sprintf("parley_handshakes_refused_total{reason=%q}", reason))
	}
	return m
}

// opened counts a session, and what came of its wish to resume.
func (m *edgeMetrics) opened(role acd.Role, resumed, asked bool) {
	m.sessions[role].Add(1)
	switch {
	case resumed:
		m.resumed["resumed"].Inc()
	case asked:
		m.resumed["snapshot"].Inc()
	}
}

// closed counts the end of a connection; role is empty if it had no session.
func (m *edgeMetrics) closed(role acd.Role, code wire.CloseCode) {
	if role != "" {
		m.sessions[role].Add(-1)
	}
	if code == wire.CloseSlowConsumer {
		m.slow.Inc()
	}
	if code.Text() != "" {
		m.set.GetOrCreateCounter(fmt.Sprintf(`parley_closes_total{code="%d"}`, code)).Inc()
	}
}

func (m *edgeMetrics) refusal(code wire.ErrorCode) {
	if c := m.errors[code]; c != nil {
		c.Inc()
	}
}

func (m *edgeMetrics) refused(reason string) { m.refusals[reason].Inc() }
