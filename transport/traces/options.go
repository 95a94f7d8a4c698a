package traces

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/VictoriaMetrics/metrics"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/parley-engine/parley/actors"
)

// Engine is what is needed of the engine.
type Engine interface {
	Tap() *actors.Tap
	// Grown is closed when more is durable.
	Grown() <-chan struct{}
	Shelf(part string) *actors.Shelf
}

// Options of a Follower. Without Endpoint and Exporter nothing is traced; with
// one of them Engine is needed, and the zero value of all else works.
type Options struct {
	Engine Engine
	// Endpoint is where spans are sent by OTLP over HTTP, such as
	// http://collector:4318; /v1/traces is added to one without a path.
	Endpoint string
	// Headers go with each request: what the collector wants to see, such as a key.
	Headers map[string]string
	// Exporter takes the spans instead of an Endpoint; Stop shuts it down.
	Exporter sdktrace.SpanExporter
	// Sample is the part of all chats that is traced, above 0 and up to 1; 1. Which
	// ones follows from their ids alone.
	Sample float64
	// Version of the program, for the resource.
	Version string
	// Chats is how many open ones are followed at once; 50 000. Those beyond are
	// not traced.
	Chats int
	// Retry is the pause before spans that were not taken are sent again; 10 s.
	// After GiveUp, 1 h, they are dropped. Meanwhile nothing is read.
	Retry, GiveUp time.Duration
	Log           *slog.Logger // discards
	Metrics       *metrics.Set // a new one
}

func (o Options) on() bool { return o.Endpoint != "" || o.Exporter != nil }

func (o Options) withDefaults() Options {
	o.Sample = cmp.Or(o.Sample, 1)
	o.Version = cmp.Or(o.Version, "unknown")
	o.Chats = cmp.Or(o.Chats, 50_000)
	o.Retry = cmp.Or(o.Retry, 10*time.Second)
	o.GiveUp = cmp.Or(o.GiveUp, time.Hour)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = metrics.NewSet()
	}
	return o
}

// Validate names all that is wrong with the options.
func (o Options) Validate() error {
	var errs []error
	if o.on() && o.Engine == nil {
		errs = append(errs, errors.New("traces: Engine is missing"))
	}
	if o.Endpoint != "" {
		if u, err := url.Parse(o.Endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			errs = append(errs, errors.New("traces: Endpoint is no address, expected one like http://collector:4318"))
		}
	}
	if !(o.Sample >= 0 && o.Sample <= 1) {
		errs = append(errs, fmt.Errorf("traces: Sample is %v, expected above 0 and up to 1", o.Sample))
	}
	if o.Chats < 0 || min(o.Retry, o.GiveUp) < 0 {
		errs = append(errs, errors.New("traces: a negative number of Chats, Retry or GiveUp"))
	}
	return errors.Join(errs...)
}
