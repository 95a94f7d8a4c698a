// Package traces makes an OpenTelemetry trace of each chat's way: a span for
// the chat, and in it one for each wait, offer, talk and wrap-up, with transfers
// as events of the chat's span. It says which queue, agent and source, never
// what people have said or what customers are known by.
//
// It follows the journal behind its durable end, as any reader from outside
// does: the engine does not know of it and never waits for it, and the times of
// spans are those of the events. Without a place to send spans to nothing is
// started, and costs nothing.
//
// A span is sent once it is over, that of the chat when the chat is closed.
// Ids follow from the chat and the place of the event in the journal. After a
// restart the follower reads again from where its oldest open chat began and
// sends what had not been sent; after a crash spans of the last second may go
// out once more, with the same ids. The follower does not ask the journal to
// keep its order for it: when it comes back to a gap, the traces of chats that
// were open at that time stay without what was still to come.
package traces

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"net/url"

	"github.com/parley-engine/parley/actors"
)

// Follower reads the journal and sends spans. Start makes one.
type Follower struct {
	options  Options
	tap      *actors.Tap
	shelf    *actors.Shelf
	exporter sdktrace.SpanExporter
	cancel   context.CancelFunc
	done     chan struct{}

	sent, dropped, skipped *metrics.Counter

	// What follows belongs to run.
	provider *sdktrace.TracerProvider
	maker    *maker
	at       uint64 // all up to here was read
	saved    place
	savedAt  time.Time
}

// place is how far the follower came, as it is kept.
type place struct {
	Seen uint64 `json:"seen"` // all spans that end up to here were sent
	From uint64 `json:"from"` // behind it stands the beginning of every open chat
}

const (
	shelfPart, placeKey = "traces", "place"
	records             = 512 // in a reading
	saveEvery           = time.Second
	sendWithin          = 15 * time.Second
	stopWithin          = 2 * time.Second
)

// Start begins to follow the journal where an earlier follower has stopped, at
// first at its end. Without a place to send spans to it returns nil, which can
// be stopped as any other.
func Start(ctx context.Context, o Options) (*Follower, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("traces options: %w", err)
	}
	if !o.on() {
		return nil, nil
	}
	o = o.withDefaults()
	f := &Follower{options: o, tap: o.Engine.Tap(), shelf: o.Engine.Shelf(shelfPart), exporter: o.Exporter, done: make(chan struct{})}
	if err := f.resume(); err != nil {
		return nil, err
	}
	if f.exporter == nil {
		var err error
		if f.exporter, err = otlp(ctx, o); err != nil {
			return nil, fmt.Errorf("traces endpoint: %w", err)
		}
	}
	f.sent = o.Metrics.NewCounter(`parley_trace_spans_total{outcome="sent"}`)
	f.dropped = o.Metrics.NewCounter(`parley_trace_spans_total{outcome="dropped"}`)
	f.skipped = o.Metrics.NewCounter("parley_trace_chats_skipped_total")
	ready := &gatherer{}
	f.provider = sdktrace.NewTracerProvider(sdktrace.WithIDGenerator(ids{}), sdktrace.WithSampler(sdktrace.AlwaysSample()), sdktrace.WithSpanProcessor(ready),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "parley"), attribute.String("service.version", o.Version))))
	f.maker = newMaker(f.provider.Tracer("github.com/parley-engine/parley/transport/traces"), ready, o, f.skipped)
	f.maker.seen = f.saved.Seen
	var following context.Context
	following, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go f.run(following)
	return f, nil
}

// otlp is the exporter to an endpoint. It tries once: trying again is run's.
func otlp(ctx context.Context, o Options) (sdktrace.SpanExporter, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		return nil, err
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	with := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(u.String()), otlptracehttp.WithTimeout(sendWithin),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{Enabled: false}), otlptracehttp.WithCompression(otlptracehttp.GzipCompression)}
	if len(o.Headers) > 0 {
		with = append(with, otlptracehttp.WithHeaders(o.Headers))
	}
	return otlptracehttp.New(ctx, with...)
}

// resume finds where to go on.
func (f *Follower) resume() error {
	body, err := f.shelf.Get(placeKey)
	if err == nil && body != nil {
		err = json.Unmarshal(body, &f.saved)
	} else if err == nil {
		_, f.saved.Seen, err = f.tap.Ends()
		f.saved.From = f.saved.Seen
	}
	if err != nil {
		return fmt.Errorf("traces place: %w", err)
	}
	f.at = f.saved.From
	return nil
}

// Stop ends it. What has been read has a moment to be sent; the rest is sent
// after the next start. The engine must still be there.
func (f *Follower) Stop() {
	if f == nil {
		return
	}
	f.cancel()
	<-f.done
}

func (f *Follower) run(ctx context.Context) {
	defer close(f.done)
	defer f.end()
	for ctx.Err() == nil {
		grown := f.options.Engine.Grown()
		n, err := f.read()
		if err != nil {
			f.options.Log.Error("the journal cannot be read for traces", "err", err)
			sleep(ctx, f.options.Retry)
			continue
		}
		if !f.send(ctx) {
			return
		}
		f.save(false)
		if n == records {
			continue
		}
		f.wait(ctx, grown)
	}
}

// wait is over when there is more to read, or something to save.
func (f *Follower) wait(ctx context.Context, grown <-chan struct{}) {
	var due <-chan time.Time
	if f.here() != f.saved {
		timer := time.NewTimer(saveEvery)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-grown:
	case <-due:
	case <-ctx.Done():
	}
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// read takes the next records, and returns how many there were.
func (f *Follower) read() (int, error) {
	taken, err := f.tap.After(f.at, records, false)
	if err != nil {
		return 0, err
	}
	if taken.From > f.at {
		f.options.Log.Warn("traces have a gap", "from", f.at, "to", taken.From, "chats", len(f.maker.chats))
		f.maker.forget()
	}
	for i := range taken.Events {
		f.maker.take(&taken.Events[i])
	}
	f.at = taken.Last
	return taken.Records, nil
}

// send brings what is ready to the exporter, again and again until it is taken
// or given up; false is the end of the follower before that.
func (f *Follower) send(ctx context.Context) bool {
	spans := f.maker.ready.spans
	if len(spans) == 0 {
		return true
	}
	for first, failed := time.Now(), false; ; sleep(ctx, f.options.Retry) {
		err := f.export(ctx, spans)
		switch {
		case err == nil:
			f.sent.Add(len(spans))
			if failed {
				f.options.Log.Info("spans are taken again")
			}
		case ctx.Err() != nil:
			return false
		case time.Since(first) >= f.options.GiveUp:
			f.options.Log.Error("spans are dropped", "spans", len(spans), "err", err)
			f.dropped.Add(len(spans))
		default:
			if !failed {
				f.options.Log.Warn("spans are not taken", "spans", len(spans), "err", err)
			}
			failed = true
			continue
		}
		f.maker.ready.spans = nil
		return true
	}
}

// export is one attempt. A stop leaves it a moment.
func (f *Follower) export(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	trying, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendWithin)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, cancel) })()
	return f.exporter.ExportSpans(trying, spans)
}

// here is how far everything has been sent.
func (f *Follower) here() place {
	return place{Seen: max(f.at, f.saved.Seen), From: f.maker.from(f.at)}
}

// save keeps how far it came, now and then.
func (f *Follower) save(last bool) {
	at, now := f.here(), time.Now()
	if at == f.saved || !last && now.Sub(f.savedAt) < saveEvery || f.at < f.saved.Seen {
		return
	}
	body, err := json.Marshal(at)
	if err == nil {
		err = f.shelf.Put(actors.Kept{Key: placeKey, Value: body})
	}
	if f.savedAt = now; err != nil { // what was kept before is still right
		f.options.Log.Error("the place of the traces cannot be kept", "err", err)
		return
	}
	f.saved = at
}

// end keeps how far it came, if all of that was sent, and lets go.
func (f *Follower) end() {
	if len(f.maker.ready.spans) == 0 {
		f.save(true)
	}
	within, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if err := f.exporter.Shutdown(within); err != nil {
		f.options.Log.Warn("the exporter of traces does not end", "err", err)
	}
	_ = f.provider.Shutdown(within) // its processor is ours and holds nothing
}
