package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/outbound"
)

// eventPage is a page of events. What is in an event depends on its type.
type eventPage struct {
	Events []cloudEvent `json:"events"`
	Next   string       `json:"next" doc:"What after has to be for the page behind this one."`
}

// cloudEvent is an event of CloudEvents 1.0.
type cloudEvent struct {
	SpecVersion  string         `json:"specversion" enum:"1.0"`
	ID           string         `json:"id" doc:"The same however often it is delivered; where to go on is named by it."`
	Source       string         `json:"source"`
	Type         string         `json:"type" doc:"parley.chat.started and so on."`
	Subject      string         `json:"subject,omitempty" doc:"Whose it is: chat/ID, agent/ID. Events of one subject come in their order."`
	Time         string         `json:"time" format:"date-time"`
	ContentType  string         `json:"datacontenttype"`
	Sequence     string         `json:"sequence"`
	PartitionKey string         `json:"partitionkey,omitempty"`
	Queue        string         `json:"queue,omitempty"`
	Actor        string         `json:"actor,omitempty" doc:"Who made it happen: agent/alice."`
	Record       uint64         `json:"record,omitempty" doc:"The number of its record in the journal of its subject."`
	Data         map[string]any `json:"data"`
}

const eventsTag = "events"

// eventRoutes offer what happens, as it happens, to other systems.
func (a *API) eventRoutes() {
	out := a.options.Events
	if out == nil {
		return
	}
	text, flag := &huma.Schema{Type: huma.TypeString}, &huma.Schema{Type: huma.TypeBoolean}
	whole := func(least, most float64) *huma.Schema {
		return &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most}
	}
	op := a.op(operation{id: "read-events", method: http.MethodGet, tag: eventsTag, path: "/events", summary: "Read or follow what happens, in order",
		about: "Accept chooses the form: text/event-stream follows for ever, application/x-ndjson is a line an event, else it is one page. " +
			"At least once, in order within a subject; who comes back names the last id that he has. " +
			"Supervisors get what is of the queues that they oversee, services need the right events, and export as well for words.",
		params: []*huma.Param{
			query("after", "The id of the last event that was seen, start or now; start.", text), header("Last-Event-ID", "The same, as browsers say it; it counts more."),
			query("kinds", "chat.started, chat.* and so on, with commas.", text), query("queues", "With commas.", text), query("chats", "With commas.", text),
			query("agents", "With commas.", text), query("words", "true adds what people have said and are known by, while it is not erased.", flag),
			query("follow", "true goes on for ever, as lines.", flag), query("limit", "Events of a page; 100.", whole(1, 1000)),
			query("wait", "Seconds to wait for a page to have something in it; 0.", whole(0, 60))},
		result: of[eventPage](a), also: []string{"application/x-ndjson", "text/event-stream"}, errors: []int{http.StatusUnprocessableEntity, http.StatusTooManyRequests}})
	huma.Register(a.huma, op, func(_ context.Context, in *reading) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) { a.stream(ctx, &in.c) }}, nil
	})
	a.webhookRoutes()
}

// stream answers a request for events.
func (a *API) stream(ctx huma.Context, c *call) {
	r, w := humago.Unwrap(ctx)
	q, err := outbound.ReadRequest(r)
	if err == nil {
		err = c.bound(&q)
	}
	if err == nil {
		if q.Follow && a.options.Trail != nil { // the line at its end may come in a month
			a.options.Trail.Note(actors.TrailEntry{Who: c.who.ID, Role: c.who.Role, What: "follow-events", On: r.URL.RawQuery,
				Address: addressOf(r.RemoteAddr), Outcome: actors.TrailOK})
		}
		err = a.options.Events.Serve(w, r, q, func(context.Context) error { return a.still(ctx) })
	}
	wrong, refused := new(outbound.RequestError), new(huma.ErrorModel)
	switch {
	case err == nil:
	case errors.As(err, &refused):
		writeProblem(ctx, refused)
	case errors.As(err, &wrong):
		writeProblem(ctx, fieldProblem(wrong.Field, wrong.Text))
	case errors.Is(err, outbound.ErrBusy):
		writeProblem(ctx, problem(http.StatusTooManyRequests, err.Error()))
	default:
		a.options.Log.Error("events cannot be read", "err", err)
		writeProblem(ctx, problem(http.StatusInternalServerError, "the journal cannot be read"))
	}
}

// bound keeps a request within what its asker may read: the queues that he
// oversees, and words only where he could read a transcript too.
func (c *call) bound(q *outbound.Request) error {
	if q.Words && c.who.Role == acd.RoleService && !c.may(transport.RightExport) {
		return problem(http.StatusForbidden, "words are for a service with the right export as well")
	}
	for _, queue := range q.Queues {
		if !c.who.Scope.Covers(queue) {
			return problem(http.StatusForbidden, fmt.Sprintf("query.queues: %.40q is none of the queues that this token oversees", string(queue)))
		}
	}
	q.Within = c.who.Scope
	q.By = acd.Principal{Role: c.who.Role, ID: c.who.ID} // whatever his token says beside
	return nil
}

// still says why who follows may not go on: his token has expired, or has been
// revoked.
func (a *API) still(ctx huma.Context) error {
	if _, refused := a.bearer(ctx); refused != nil {
		return refused
	}
	return nil
}
