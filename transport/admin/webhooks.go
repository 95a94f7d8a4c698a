package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/outbound"
)

// WebhookSpec is what an operator says of a webhook.
type WebhookSpec struct {
	URL    string   `json:"url" maxLength:"2000" example:"https://hooks.example.com/parley" doc:"Takes the events, by POST. https, and not in a private network unless that is allowed."`
	Note   string   `json:"note,omitempty" maxLength:"200" doc:"What it is for."`
	Kinds  []string `json:"kinds,omitempty" example:"[\"chat.*\"]" doc:"chat.started, chat.* and so on; else all."`
	Queues []string `json:"queues,omitempty" doc:"Only what is about chats of these."`
	Chats  []string `json:"chats,omitempty"`
	Agents []string `json:"agents,omitempty" doc:"Only what is about these."`
	Words  bool     `json:"words,omitempty" doc:"With what people have said and are known by."`
	Paused bool     `json:"paused,omitempty" doc:"Sends nothing; what happens meanwhile goes out later."`
}

// WebhookInfo is a webhook as it is shown.
type WebhookInfo struct {
	ID string `json:"id"`
	WebhookSpec
	CreatedAt   time.Time  `json:"created_at"`
	CreatedBy   string     `json:"created_by,omitempty"`
	Status      string     `json:"status" enum:"delivering,failing,paused,gone" doc:"failing: nothing has been taken for a while. gone: the receiver has answered 410; a change begins again."`
	Cursor      string     `json:"cursor" doc:"The event before which all are settled."`
	Oldest      *time.Time `json:"oldest_pending_at,omitempty" doc:"When the oldest event happened that is not settled."`
	Pending     int        `json:"pending"`
	Delivered   uint64     `json:"delivered" doc:"Since the node started, or the webhook was changed."`
	Failed      uint64     `json:"failed_attempts"`
	Buried      uint64     `json:"given_up"`
	LastSuccess *time.Time `json:"last_success_at,omitempty"`
	LastFailure *time.Time `json:"last_failure_at,omitempty"`
	LastError   string     `json:"last_error,omitempty"`
	OldKeyUntil *time.Time `json:"old_secret_until,omitempty" doc:"Until when the secret before signs too."`
}

// secretBody is the one answer that has the secret in it.
type secretBody struct {
	WebhookInfo
	Secret string `json:"secret,omitempty" doc:"whsec_…, to check signatures with. It is shown this once."`
}

func (b secretBody) without() any { b.Secret = ""; return b }

// rotation says how long the secret before is good.
type rotation struct {
	Seconds *int `json:"keep_old_seconds,omitempty" minimum:"0" maximum:"604800" doc:"86400 if it is not said."`
}

// attemptBody is one try to deliver an event.
type attemptBody struct {
	outbound.Attempt
	Milliseconds int64 `json:"took_ms"`
	Taken        bool  `json:"taken"`
}

// replaying says from where on events go out again.
type replaying struct {
	From string `json:"from" example:"start" doc:"start, now, or the id of the event behind which it begins."`
}

type cursorBody struct {
	Cursor string `json:"cursor"`
}

type attemptList struct {
	Items []attemptBody `json:"items"`
}

// webhookRoutes describe and answer all about webhooks.
func (a *API) webhookRoutes() {
	const tag = "webhooks"
	out := a.options.Events
	bad := []int{http.StatusUnprocessableEntity}
	a.read(operation{id: "list-webhooks", tag: tag, path: "/webhooks", summary: "List the webhooks", params: paging(),
		result: a.page("WebhookPage", of[WebhookInfo](a)), errors: bad}, a.listWebhooks)
	a.write(operation{id: "create-webhook", method: http.MethodPost, tag: tag, path: "/webhooks", summary: "Create a webhook", made: true,
		about:  "Events are CloudEvents 1.0, signed by the Standard Webhooks convention: webhook-id is the event's, the same however often it comes.",
		params: []*huma.Param{query("from", "start, now, or the id of the event that it goes on behind; now.", &huma.Schema{Type: huma.TypeString})},
		body:   of[WebhookSpec](a), result: of[secretBody](a)}, a.createWebhook)
	a.read(operation{id: "get-webhook", tag: tag, path: "/webhooks/{webhook}", summary: "Get a webhook and how it is doing", result: of[WebhookInfo](a)},
		func(_ context.Context, c *call) (*reply, error) { return a.webhook(c.path("webhook")) })
	a.write(operation{id: "put-webhook", tag: tag, path: "/webhooks/{webhook}", summary: "Change a webhook; it goes on from where it is",
		body: of[WebhookSpec](a), result: of[WebhookInfo](a), params: conditions(false), errors: conditional}, a.putWebhook)
	a.write(operation{id: "delete-webhook", tag: tag, path: "/webhooks/{webhook}", summary: "Delete a webhook and its dead letters", result: of[closedBody](a)},
		func(_ context.Context, c *call) (*reply, error) {
			id := c.path("webhook")
			return &reply{body: closedBody{id}}, out.DeleteWebhook(id)
		})
	a.write(operation{id: "rotate-secret", method: http.MethodPost, tag: tag, path: "/webhooks/{webhook}/rotate", summary: "Give a webhook a new secret",
		about: "Both sign until the old one has run out.", body: of[rotation](a), result: of[secretBody](a)}, a.rotate)
	a.write(operation{id: "replay-webhook", method: http.MethodPost, tag: tag, path: "/webhooks/{webhook}/replay", summary: "Send events again, with their ids",
		body: of[replaying](a), result: of[cursorBody](a)}, func(_ context.Context, c *call) (*reply, error) {
		var r replaying
		if err := c.decode(&r); err != nil {
			return nil, err
		}
		if r.From == "" {
			return nil, fieldProblem("body.from", "is missing, expected the id of an event, start or now")
		}
		at, err := out.Replay(c.path("webhook"), r.From)
		return &reply{body: cursorBody{at.String()}}, a.wrongEvent(err)
	})
	a.deliveryRoutes()
}

// deliveryRoutes are about what was sent and what was not taken.
func (a *API) deliveryRoutes() {
	const tag = "webhooks"
	out := a.options.Events
	a.try(operation{id: "test-webhook", tag: tag, path: "/webhooks/{webhook}/test", summary: "Send a test event and say what came of it"},
		func(ctx context.Context, c *call) (outbound.Attempt, error) { return out.Ping(ctx, c.path("webhook")) })
	a.read(operation{id: "list-deliveries", tag: tag, path: "/webhooks/{webhook}/deliveries", summary: "List the last 100 attempts of this process, the newest first",
		result: of[attemptList](a)}, func(_ context.Context, c *call) (*reply, error) {
		list, err := out.Attempts(c.path("webhook"))
		body := attemptList{make([]attemptBody, 0, len(list))}
		for _, one := range list {
			body.Items = append(body.Items, attemptOf(one))
		}
		return &reply{body: body}, err
	})
	a.read(operation{id: "list-dead-letters", tag: tag, path: "/webhooks/{webhook}/dead-letters", summary: "List the events that were given up, the oldest first",
		params: paging(), result: a.page("DeadLetterPage", of[outbound.DeadLetter](a)), errors: []int{http.StatusUnprocessableEntity}}, a.listDead)
	a.try(operation{id: "redeliver", tag: tag, path: "/webhooks/{webhook}/dead-letters/{event}/redeliver", summary: "Deliver a dead letter once more",
		about: "When it is taken it is none any more."},
		func(ctx context.Context, c *call) (outbound.Attempt, error) {
			return out.Redeliver(ctx, c.path("webhook"), c.path("event"))
		})
	a.write(operation{id: "discard", method: http.MethodDelete, tag: tag, path: "/webhooks/{webhook}/dead-letters/{event}", summary: "Let a dead letter go",
		result: of[closedBody](a)}, func(_ context.Context, c *call) (*reply, error) {
		event := c.path("event")
		return &reply{body: closedBody{event}}, out.Discard(c.path("webhook"), event)
	})
}

// try registers what asks a receiver. It may take as long as he does, so it
// holds up no other request, and it is done each time that it is asked for.
func (a *API) try(o operation, do func(context.Context, *call) (outbound.Attempt, error)) {
	o.method, o.result = http.MethodPost, of[attemptBody](a)
	op := a.op(o)
	op.Parameters = withoutKeys(op.Parameters)
	huma.Register(a.huma, op, func(ctx context.Context, in *reading) (*output, error) {
		got, err := do(ctx, &in.c)
		if err != nil {
			return nil, a.refusal(err)
		}
		return (&reply{body: attemptOf(got)}).render()
	})
}

func attemptOf(one outbound.Attempt) attemptBody {
	return attemptBody{one, one.Took.Milliseconds(), one.Error == ""}
}

// wrongEvent makes a problem of what outbound says is wrong.
func (a *API) wrongEvent(err error) error {
	wrong := new(outbound.RequestError)
	switch {
	case errors.As(err, &wrong):
		return fieldProblem(wrong.Field, wrong.Text)
	case errors.Is(err, outbound.ErrTooMany):
		return problem(http.StatusConflict, err.Error())
	}
	return err
}

func (s *WebhookSpec) spec() outbound.WebhookSpec {
	return outbound.WebhookSpec{URL: s.URL, Note: s.Note, Words: s.Words, Paused: s.Paused, Filter: outbound.Filter{
		Kinds: s.Kinds, Queues: ids[acd.QueueID](s.Queues), Chats: ids[acd.ChatID](s.Chats), Agents: ids[acd.AgentID](s.Agents)}}
}

func specOf(w *outbound.WebhookSpec) WebhookSpec {
	return WebhookSpec{URL: w.URL, Note: w.Note, Words: w.Words, Paused: w.Paused, Kinds: w.Kinds,
		Queues: ids[string](w.Queues), Chats: ids[string](w.Chats), Agents: ids[string](w.Agents)}
}

// ids names the same with another type.
func ids[To, From ~string](list []From) (out []To) {
	for _, id := range list {
		out = append(out, To(id))
	}
	return out
}

func (a *API) webhookOf(w outbound.Webhook, s outbound.State) WebhookInfo {
	b := WebhookInfo{ID: w.ID, WebhookSpec: specOf(&w.WebhookSpec), CreatedAt: w.CreatedAt, CreatedBy: w.CreatedBy, Status: "delivering",
		Cursor: s.Cursor.String(), Oldest: unlessZero(s.Oldest), Pending: s.Pending, Delivered: s.Delivered, Failed: s.Failed, Buried: s.Buried,
		LastSuccess: unlessZero(s.LastSuccess), LastFailure: unlessZero(s.LastFailure), LastError: s.LastError, OldKeyUntil: unlessZero(w.OldKeyUntil(a.options.Now()))}
	switch {
	case w.Gone:
		b.Status = "gone"
	case w.Paused:
		b.Status = "paused"
	case s.Failing:
		b.Status = "failing"
	}
	return b
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// webhook shows one. Its ETag is of what an operator has said of it.
func (a *API) webhook(id string) (*reply, error) {
	w, s, err := a.options.Events.Webhook(id)
	if err != nil {
		return nil, err
	}
	etag, err := tag(specOf(&w.WebhookSpec))
	return &reply{etag: etag, body: a.webhookOf(w, s)}, err
}

func (a *API) listWebhooks(_ context.Context, c *call) (*reply, error) {
	limit, after, err := c.page()
	if err != nil {
		return nil, err
	}
	var all []WebhookInfo
	for _, w := range a.options.Events.Webhooks() {
		if _, s, err := a.options.Events.Webhook(w.ID); err == nil { // else it has just been deleted
			all = append(all, a.webhookOf(w, s))
		}
	}
	page, err := pageFrom(all, func(w WebhookInfo) string { return w.ID }, limit, after)
	return &reply{body: page}, err
}

func (a *API) createWebhook(_ context.Context, c *call) (*reply, error) {
	var s WebhookSpec
	if err := c.decode(&s); err != nil {
		return nil, err
	}
	w, secret, err := a.options.Events.CreateWebhook(s.spec(), c.query.Get("from"), named(c.who))
	if wrong := new(outbound.RequestError); errors.As(err, &wrong) && wrong.Field == "body.from" {
		wrong.Field = "query.from"
	}
	if err != nil {
		return nil, a.wrongEvent(err)
	}
	r, err := a.webhook(w.ID)
	if err != nil {
		return nil, err
	}
	r.status, r.place = http.StatusCreated, root+"/webhooks/"+w.ID
	r.body = secretBody{r.body.(WebhookInfo), secret}
	return r, nil
}

func (a *API) putWebhook(_ context.Context, c *call) (*reply, error) {
	var s WebhookSpec
	if err := c.decode(&s); err != nil {
		return nil, err
	}
	id := c.path("webhook")
	is, err := a.webhook(id)
	if err != nil {
		return nil, err
	}
	if err := c.precondition(is.etag); err != nil {
		return nil, err
	}
	if _, err := a.options.Events.UpdateWebhook(id, s.spec()); err != nil {
		return nil, a.wrongEvent(err)
	}
	return a.webhook(id)
}

// keepOld is how long the old secret is good if nobody says.
const keepOld = 24 * time.Hour

func (a *API) rotate(_ context.Context, c *call) (*reply, error) {
	var r rotation
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	keep := keepOld
	if r.Seconds != nil {
		if *r.Seconds < 0 || *r.Seconds > 604800 {
			return nil, fieldProblem("body.keep_old_seconds", fmt.Sprintf("%d is out of range, expected 0 to 604800", *r.Seconds))
		}
		keep = time.Duration(*r.Seconds) * time.Second
	}
	w, secret, err := a.options.Events.RotateKey(c.path("webhook"), keep)
	if err != nil {
		return nil, err
	}
	answer, err := a.webhook(w.ID)
	if err == nil {
		answer.body = secretBody{answer.body.(WebhookInfo), secret}
	}
	return answer, err
}

func (a *API) listDead(_ context.Context, c *call) (*reply, error) {
	limit, after, err := c.page()
	if err != nil {
		return nil, err
	}
	id := c.path("webhook")
	if _, _, err := a.options.Events.Webhook(id); err != nil {
		return nil, err
	}
	found, err := a.options.Events.DeadLetters(id, after, limit)
	if err != nil {
		return nil, err
	}
	page := pageOf[outbound.DeadLetter]{Items: append([]outbound.DeadLetter{}, found...)}
	if len(found) == limit {
		page.Next = cursorAfter(found[limit-1].Event)
	}
	return &reply{body: page}, nil
}
