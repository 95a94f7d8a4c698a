package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Request is what somebody asks the stream for.
type Request struct {
	Filter
	// By is who asks; he may have so many streams and no more.
	By acd.Principal
	// Words says that he wants what people have said and are known by.
	Words bool
	// After is where he is; Now that he wants only what comes from now on.
	After Cursor
	Now   bool
	// Follow goes on for ever. Without it one page of up to Limit events comes,
	// after at most Wait if there is nothing yet.
	Follow bool
	Limit  int
	Wait   time.Duration
	// Lines are written instead of server-sent events, or of a JSON object.
	Lines, SSE bool
}

// RequestError says which part of a request is wrong.
type RequestError struct{ Field, Text string }

func (e *RequestError) Error() string { return e.Field + ": " + e.Text }

// Bounds of a page.
const (
	pageMost    = 1000
	pageUsual   = 100
	waitMost    = 60 * time.Second
	readAtOnce  = 256 // records
	writeWithin = 30 * time.Second
)

const (
	typeSSE   = "text/event-stream"
	typeLines = "application/x-ndjson"
	typeJSON  = "application/json"
)

// ReadRequest reads after, kinds, queues, chats, agents, words, follow, limit
// and wait, and the headers Accept and Last-Event-ID.
func ReadRequest(r *http.Request) (q Request, err error) {
	v := r.URL.Query()
	q.SSE = accepts(r, typeSSE)
	q.Lines = !q.SSE && accepts(r, typeLines)
	q.Kinds = list[string](v, "kinds")
	q.Queues, q.Chats, q.Agents = list[acd.QueueID](v, "queues"), list[acd.ChatID](v, "chats"), list[acd.AgentID](v, "agents")
	if field, err := q.Check(); err != nil {
		return q, &RequestError{"query." + field, err.Error()}
	}
	for name, flag := range map[string]*bool{"words": &q.Words, "follow": &q.Follow} {
		if *flag, err = readFlag(v, name); err != nil {
			return q, err
		}
	}
	q.Follow = q.Follow || q.SSE
	if q.Limit, err = readNumber(v, "limit", pageUsual, 1, pageMost); err != nil {
		return q, err
	}
	seconds, err := readNumber(v, "wait", 0, 0, int(waitMost.Seconds()))
	if err != nil {
		return q, err
	}
	q.Wait = time.Duration(seconds) * time.Second
	return q, q.place(r.Header.Get("Last-Event-ID"), v.Get("after"))
}

// place reads where somebody is. A browser that comes back knows better than
// the address that it comes back to.
func (q *Request) place(last, after string) (err error) {
	field, text := "query.after", after
	if last != "" {
		field, text = "header.Last-Event-ID", last
	}
	switch text {
	case "", "start":
		return nil
	case "now":
		q.Now = true
		return nil
	}
	if q.After, err = ParseCursor(text); err != nil {
		return &RequestError{field, err.Error() + ", start or now"}
	}
	return nil
}

func accepts(r *http.Request, kind string) bool {
	return strings.Contains(strings.ToLower(r.Header.Get("Accept")), kind)
}

func list[T ~string](v url.Values, name string) (out []T) {
	for _, text := range v[name] {
		for one := range strings.SplitSeq(text, ",") {
			if one = strings.TrimSpace(one); one != "" {
				out = append(out, T(one))
			}
		}
	}
	return out
}

func readFlag(v url.Values, name string) (bool, error) {
	switch text := v.Get(name); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, &RequestError{"query." + name, fmt.Sprintf("is %.40q, expected true or false", text)}
	}
}

func readNumber(v url.Values, name string, usual, least, most int) (int, error) {
	text := v.Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, &RequestError{"query." + name, fmt.Sprintf("is %.40q, expected a number from %d to %d", text, least, most)}
	}
	return n, nil
}

// ErrBusy refuses a stream when there are as many as there may be.
var ErrBusy = errors.New("as many streams are open as may be, of all or of this principal; close one, or ask for pages")

// Serve answers a request. An error comes before anything was written; what
// goes wrong later ends the answer, and the receiver comes back to where he
// was. Still is asked now and then whether he may go on.
func (o *Outbound) Serve(w http.ResponseWriter, r *http.Request, q Request, still func(context.Context) error) error {
	f, err := o.begin(q)
	if err != nil {
		return err
	}
	if !q.Follow {
		return o.page(w, r, q, f)
	}
	if !o.streams.enter(q.By) {
		return ErrBusy
	}
	defer o.streams.leave(q.By)
	s := &stream{outbound: o, feed: f, w: w, out: http.NewResponseController(w), sse: q.SSE, still: still}
	s.follow(r.Context())
	return nil
}

// begin finds where a request begins.
func (o *Outbound) begin(q Request) (*feed, error) {
	_, newest, err := o.engine.Tap().Ends()
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	at := q.After
	switch {
	case q.Now:
		at = behind(newest)
	case at.Position > newest:
		return nil, &RequestError{"query.after", fmt.Sprintf("%s is behind the last event of this journal, %s", at, behind(newest))}
	}
	return o.feed(q.Filter, q.Words, at), nil
}

// pageBody is one page. Next is where the one after it begins.
type pageBody struct {
	Events []json.RawMessage `json:"events"`
	Next   string            `json:"next"`
}

// page answers with what there is, or what comes within the time that the
// asker waits.
func (o *Outbound) page(w http.ResponseWriter, r *http.Request, q Request, f *feed) error {
	ctx, cancel := context.WithTimeout(r.Context(), q.Wait)
	defer cancel()
	events, next, err := o.gather(ctx, f, q.Limit)
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Parley-Next-Cursor", next.String())
	if q.Lines {
		h.Set("Content-Type", typeLines)
		for _, e := range events {
			if _, err := w.Write(append(e.Body, '\n')); err != nil {
				return nil // the asker has gone
			}
		}
		return nil
	}
	h.Set("Content-Type", typeJSON)
	body := pageBody{Events: make([]json.RawMessage, len(events)), Next: next.String()}
	for i, e := range events {
		body.Events[i] = e.Body
	}
	_ = json.NewEncoder(w).Encode(body) // the asker may have gone
	return nil
}

// gather reads until there is a page, or something when the time is over.
func (o *Outbound) gather(ctx context.Context, f *feed, limit int) (page []*Event, next Cursor, err error) {
	for {
		grown := o.engine.Grown()
		before := f.at
		events, err := f.read(min(readAtOnce, limit))
		if err != nil {
			return nil, before, err
		}
		if room := limit - len(page); len(events) > room {
			page = append(page, events[:room]...)
			return page, page[limit-1].Cursor, nil
		}
		page = append(page, events...)
		if len(page) == limit || f.at == before && len(page) > 0 {
			return page, f.at, nil
		}
		if f.at != before {
			continue
		}
		if o.rest(ctx, grown) {
			return page, f.at, nil
		}
	}
}

// rest waits for more to read; true says that there will be none.
func (o *Outbound) rest(ctx context.Context, grown <-chan struct{}) (over bool) {
	select {
	case <-grown:
		return false
	case <-o.stopped:
		return true
	case <-ctx.Done():
		return true
	}
}

// stream is one receiver who stays.
type stream struct {
	outbound *Outbound
	feed     *feed
	w        io.Writer
	out      *http.ResponseController
	sse      bool
	still    func(context.Context) error
}

func (s *stream) follow(ctx context.Context) {
	s.head()
	beat := time.NewTicker(s.outbound.options.Beat)
	defer beat.Stop()
	for {
		grown := s.outbound.engine.Grown()
		before := s.feed.at
		events, err := s.feed.read(readAtOnce)
		if err != nil || s.write(events) != nil {
			s.note(err)
			return
		}
		if s.feed.at != before {
			select {
			case <-ctx.Done():
				return
			case <-s.outbound.stopped:
				return
			case <-beat.C:
				if s.beat(ctx) != nil {
					return
				}
			default:
			}
			continue
		}
		select {
		case <-grown:
		case <-beat.C:
			if s.beat(ctx) != nil {
				return
			}
		case <-ctx.Done():
			return
		case <-s.outbound.stopped:
			return
		}
	}
}

func (s *stream) note(err error) {
	if err != nil {
		s.outbound.options.Log.Error("event stream ended", "err", err)
	}
}

func (s *stream) head() {
	h := s.w.(http.ResponseWriter).Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	h.Set("Content-Type", typeLines)
	if s.sse {
		h.Set("Content-Type", typeSSE)
	}
	_ = s.out.Flush() // who has gone is noticed at the next write
}

// write writes events and sends them off. A receiver who takes nothing for a
// while is let go; he comes back to where he was.
func (s *stream) write(events []*Event) error {
	if len(events) == 0 {
		return nil
	}
	var b []byte
	for _, e := range events {
		b = s.appendEvent(b, e)
	}
	return s.send(b)
}

func (s *stream) appendEvent(b []byte, e *Event) []byte {
	if !s.sse {
		return append(append(b, e.Body...), '\n')
	}
	b = fmt.Appendf(b, "id: %s\nevent: %s%s\ndata: ", e.ID(), typePrefix, e.Kind)
	return append(append(b, e.Body...), "\n\n"...)
}

func (s *stream) send(b []byte) error {
	if err := s.out.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	return s.out.Flush()
}

// beat shows that the stream lives and how far it is, and asks whether the
// receiver may go on.
func (s *stream) beat(ctx context.Context) error {
	if err := s.still(ctx); err != nil {
		return err
	}
	if s.sse {
		return s.send(fmt.Appendf(nil, "id: %s\n: beat\n\n", s.feed.at))
	}
	return s.send([]byte("\n"))
}
