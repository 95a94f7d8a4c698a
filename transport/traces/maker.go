package traces

import (
	"context"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// maker turns the events of chats into spans. It belongs to one goroutine.
type maker struct {
	tracer  trace.Tracer
	ready   *gatherer
	sampler sdktrace.Sampler
	most    int
	skipped *metrics.Counter
	chats   map[acd.ChatID]*chat
	seen    uint64    // what ends up to here was sent in an earlier life
	last    time.Time // of the events
}

func newMaker(tracer trace.Tracer, ready *gatherer, o Options, skipped *metrics.Counter) *maker {
	return &maker{tracer: tracer, ready: ready, sampler: sdktrace.TraceIDRatioBased(o.Sample), most: o.Chats, skipped: skipped, chats: map[acd.ChatID]*chat{}}
}

// longest is how long ago a chat may have begun to be followed over a restart:
// the follower reads everything again that has happened since.
const longest = 24 * time.Hour

// take is told of every event, in order.
func (m *maker) take(h *actors.Happening) {
	if h.From.Kind != acd.KindChat {
		return
	}
	id := acd.ChatID(h.From.ID)
	m.last = h.At
	if e, ok := h.Event.(acd.ChatStarted); ok {
		m.begin(id, h, e)
		return
	}
	c := m.chats[id]
	if c == nil {
		return // not sampled, or begun before there were traces
	}
	c.apply(h)
	if _, ok := h.Event.(acd.ChatClosed); ok {
		c.close(h)
		delete(m.chats, id)
	}
}

func (m *maker) begin(id acd.ChatID, h *actors.Happening, e acd.ChatStarted) {
	if m.sampler.ShouldSample(sdktrace.SamplingParameters{TraceID: TraceID(id)}).Decision != sdktrace.RecordAndSample {
		return
	}
	if len(m.chats) >= m.most {
		m.skipped.Inc()
		return
	}
	m.chats[id] = &chat{maker: m, id: id, before: h.Position - 1, trace: TraceID(id), parts: map[string]*part{},
		root: part{name: "chat", key: "chat", from: h.At, about: []attribute.KeyValue{
			chatID.String(string(id)), source.String(string(e.Source)), channel.String(string(e.Channel))}}}
}

// from is the place before all chats that are followed over a restart.
func (m *maker) from(at uint64) uint64 {
	for _, c := range m.chats {
		if m.last.Sub(c.root.from) < longest {
			at = min(at, c.before)
		}
	}
	return at
}

// forget is for a gap: what has become of the open chats is not known.
func (m *maker) forget() { clear(m.chats) }

// emit makes a span of a part that is over.
func (m *maker) emit(c *chat, p *part, h *actors.Happening) {
	if h.Position <= m.seen {
		return
	}
	ctx := context.WithValue(context.Background(), idsKey{}, idPair{c.trace, spanID(c.id, p.key)})
	if p != &c.root {
		ctx = trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: c.trace, SpanID: spanID(c.id, c.root.key), TraceFlags: trace.FlagsSampled}))
	}
	_, span := m.tracer.Start(ctx, p.name, trace.WithTimestamp(p.from), trace.WithAttributes(p.about...))
	for _, e := range p.events {
		span.AddEvent(e.name, trace.WithTimestamp(e.at), trace.WithAttributes(e.about...))
	}
	span.End(trace.WithTimestamp(h.At))
}

// gatherer holds the spans that are ready to be sent.
type gatherer struct{ spans []sdktrace.ReadOnlySpan }

// OnStart implements sdktrace.SpanProcessor.
func (*gatherer) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd implements sdktrace.SpanProcessor, on the follower's goroutine.
func (g *gatherer) OnEnd(s sdktrace.ReadOnlySpan) { g.spans = append(g.spans, s) }

// Shutdown implements sdktrace.SpanProcessor.
func (*gatherer) Shutdown(context.Context) error { return nil }

// ForceFlush implements sdktrace.SpanProcessor.
func (*gatherer) ForceFlush(context.Context) error { return nil }
