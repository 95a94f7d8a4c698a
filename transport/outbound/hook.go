package outbound

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Bounds of one webhook.
const (
	hookParallel = 8
	hookWindow   = 1024
	hookLog      = 100 // attempts that are shown
)

// hook is a webhook at work.
type hook struct {
	out *Outbound
	id  string

	mu       sync.Mutex
	is       Webhook
	log      []Attempt
	consumer *consumer // nil while it is paused or gone
	last     State     // of a consumer that is over
}

func (h *hook) spec() Webhook {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.is
}

// post is how the webhook sends at the moment.
func (h *hook) post() *post {
	is := h.spec()
	client := h.out.secure
	if u, err := url.Parse(is.URL); err == nil && u.Scheme == "http" {
		client = h.out.clear
	}
	now := h.out.options.now
	return &post{client: client, url: is.URL, limit: h.out.options.Retry.Timeout, now: now, keys: func() []string {
		is := h.spec()
		return is.secrets(now())
	}}
}

// begin starts to deliver from a cursor on, unless that is not wanted.
func (h *hook) begin(at Cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = State{Cursor: at, Oldest: h.out.options.now()}
	if h.is.Paused || h.is.Gone {
		return
	}
	h.consumer = &consumer{out: h.out, name: h.name(), sink: h, feed: h.out.feed(h.is.Filter, h.is.Words, at),
		parallel: hookParallel, window: hookWindow, bury: h.bury, tried: h.tried, gone: h.left}
	h.consumer.start(at)
}

// send implements sink.
func (h *hook) send(ctx context.Context, e *Event) error {
	return h.post().deliver(ctx, e.ID(), e.Body)
}

func (h *hook) name() string { return "webhook/" + h.id }

// end stops to deliver and returns where it stood.
func (h *hook) end() Cursor {
	h.mu.Lock()
	c := h.consumer
	h.consumer = nil
	h.mu.Unlock()
	if c != nil {
		c.stop()
		h.mu.Lock()
		defer h.mu.Unlock()
		h.last = c.State()
	}
	return h.last.Cursor
}

// state is how it is doing.
func (h *hook) state() State {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.consumer != nil {
		return h.consumer.State()
	}
	return h.last
}

// tried keeps the last attempts.
func (h *hook) tried(a Attempt) {
	h.out.tried(a.Error == "")
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.log = append(h.log, a); len(h.log) > hookLog {
		h.log = slices.Delete(h.log, 0, len(h.log)-hookLog)
	}
}

// left: the receiver has said that he is gone. It is called by the consumer.
func (h *hook) left() {
	h.mu.Lock()
	h.is.Gone = true
	is := h.is
	h.mu.Unlock()
	h.out.options.Log.Warn("webhook is gone, as its receiver says", "webhook", h.id)
	if err := h.out.keep(&is, is.Keys); err != nil {
		h.out.options.Log.Error("webhook", "webhook", h.id, "err", err)
	}
}

// attempt delivers one event beside all others.
func (h *hook) attempt(ctx context.Context, e *Event, try int) Attempt {
	a := Attempt{Event: e.ID(), Kind: e.Kind, Subject: e.Subject, At: h.out.options.now(), Try: try}
	began := time.Now()
	if err := h.post().deliver(ctx, e.ID(), e.Body); err != nil {
		a.Error = err.Error()
	}
	a.Took = time.Since(began)
	h.tried(a)
	return a
}

// ping tries the receiver out.
func (h *hook) ping(ctx context.Context) (Attempt, error) {
	e := &Event{Kind: KindTest, Subject: "webhook/" + h.id, At: h.out.options.now(), named: "test-" + uuid.NewString()}
	if err := e.seal(h.out.options.Source, "", 0, map[string]string{"webhook": h.id}); err != nil {
		return Attempt{}, err
	}
	return h.attempt(ctx, e, 1), nil
}
