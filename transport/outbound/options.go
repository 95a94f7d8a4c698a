package outbound

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// Options of an Outbound. Engine is needed; the zero value of all else works.
type Options struct {
	Engine Engine
	// Source names this deployment in every event, a URI reference; /parley.
	Source string
	// KeepFor is how long the journal is asked to keep for a webhook or publisher
	// that is behind, 1 minute at least; 72 h. Then it is told of the gap.
	KeepFor time.Duration
	// Networks are those that webhooks may reach although they are private, such
	// as 10.1.0.0/16. Only there they may do without TLS.
	Networks []netip.Prefix
	// Streams is how many streams may be open at once; 64. StreamsEach is how many
	// of them one principal may have, so that nobody shuts out the others; 8.
	Streams, StreamsEach int
	// Webhooks is how many there may be; 50.
	Webhooks int
	// NATS is where events are published as well; nowhere.
	NATS    NATS
	Log     *slog.Logger // discards
	Metrics *metrics.Set // a new one

	Retry Retry
	// Beat is how often a quiet stream shows that it lives; 15 s.
	Beat time.Duration
	// now is the clock; tests bring their own.
	now func() time.Time
}

// Retry says how a delivery is tried again.
type Retry struct {
	// First is the pause before the second attempt; each one is twice as long as
	// the one before, up to Most, and a random part of itself shorter. 1 s, 5 min.
	First, Most time.Duration
	// Attempts is after how many an event becomes a dead letter, if its receiver
	// has taken others meanwhile; 16.
	Attempts int
	// GiveUp is after how long it becomes one in any case; 24 h.
	GiveUp time.Duration
	// Timeout of one attempt; 15 s.
	Timeout time.Duration
}

func (r Retry) withDefaults() Retry {
	r.First = cmp.Or(r.First, time.Second)
	r.Most = cmp.Or(r.Most, 5*time.Minute)
	r.Attempts = cmp.Or(r.Attempts, 16)
	r.GiveUp = cmp.Or(r.GiveUp, 24*time.Hour)
	r.Timeout = cmp.Or(r.Timeout, 15*time.Second)
	return r
}

func (o Options) withDefaults() Options {
	o.Source = cmp.Or(o.Source, "/parley")
	o.KeepFor = cmp.Or(o.KeepFor, 72*time.Hour)
	o.Streams, o.StreamsEach = cmp.Or(o.Streams, 64), cmp.Or(o.StreamsEach, 8)
	o.Webhooks = cmp.Or(o.Webhooks, 50)
	o.Beat = cmp.Or(o.Beat, 15*time.Second)
	o.Retry = o.Retry.withDefaults()
	o.NATS = o.NATS.withDefaults()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = metrics.NewSet()
	}
	if o.now == nil {
		o.now = time.Now
	}
	return o
}

// Validate names all that is wrong with the options.
func (o Options) Validate() error {
	var errs []error
	if o.Engine == nil {
		errs = append(errs, errors.New("outbound: Engine is missing"))
	}
	o = o.withDefaults()
	if _, err := url.Parse(o.Source); err != nil {
		errs = append(errs, fmt.Errorf("outbound: Source: %w", err))
	}
	if o.KeepFor < time.Minute {
		errs = append(errs, fmt.Errorf("outbound: KeepFor is %s, expected at least 1m", o.KeepFor))
	}
	if o.Streams < 0 || o.StreamsEach < 0 || o.Webhooks < 0 || o.Retry.Attempts < 1 {
		errs = append(errs, errors.New("outbound: a negative number of Streams, StreamsEach, Webhooks or Attempts"))
	}
	if min(o.Retry.First, o.Retry.Most, o.Retry.GiveUp, o.Retry.Timeout, o.Beat) <= 0 {
		errs = append(errs, errors.New("outbound: a negative time of Retry or Beat"))
	}
	return errors.Join(append(errs, o.NATS.validate())...)
}
