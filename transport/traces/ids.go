package traces

import (
	"context"
	"crypto/sha256"

	"go.opentelemetry.io/otel/trace"

	"github.com/parley-engine/parley/actors/acd"
)

// TraceID is the id of a chat's trace. It follows from the chat's id alone, so
// that who knows the chat finds its trace, and a span that is sent twice is the
// same span both times.
func TraceID(chat acd.ChatID) (id trace.TraceID) {
	sum := sha256.Sum256([]byte("trace/" + chat))
	copy(id[:], sum[:])
	return id
}

// spanID is that of a part of a chat: its key is given once in a chat's life.
func spanID(chat acd.ChatID, key string) (id trace.SpanID) {
	sum := sha256.Sum256([]byte("span/" + string(chat) + "/" + key))
	copy(id[:], sum[:])
	return id
}

// ids gives the tracer the ids that its caller has put into the context.
type ids struct{}

type idsKey struct{}

type idPair struct {
	trace trace.TraceID
	span  trace.SpanID
}

func (ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	p, _ := ctx.Value(idsKey{}).(idPair)
	return p.trace, p.span
}

func (ids) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	p, _ := ctx.Value(idsKey{}).(idPair)
	return p.span
}
