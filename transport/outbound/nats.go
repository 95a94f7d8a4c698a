package outbound

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// NATS says where events are published with JetStream, beside all else. The
// stream is the operator's; it has to take the subjects.
type NATS struct {
	// URL of a server or of some of them, nats://… or tls://…, with commas;
	// nowhere if it is empty.
	URL string
	// Credentials is a file of NATS credentials, if the server wants any.
	Credentials string
	// Subject is what the subjects begin with; parley. An event is published as
	// parley.chat.started.
	Subject string
	Filter
	// Words says that what people have said and are known by goes there too.
	Words bool
}

func (n NATS) withDefaults() NATS {
	n.Subject = cmp.Or(n.Subject, "parley")
	return n
}

var subjectForm = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)

func (n NATS) validate() error {
	if n.URL == "" {
		return nil
	}
	var errs []error
	for one := range strings.SplitSeq(n.URL, ",") {
		if u, err := url.Parse(strings.TrimSpace(one)); err != nil || u.Host == "" {
			errs = append(errs, errors.New("outbound: NATS: URL is no address, expected one like nats://nats.example.com:4222"))
		}
	}
	if !subjectForm.MatchString(n.Subject) {
		errs = append(errs, fmt.Errorf("outbound: NATS: Subject is %q, expected words with dots between them", n.Subject))
	}
	if field, err := n.Check(); err != nil {
		errs = append(errs, fmt.Errorf("outbound: NATS: %s: %w", field, err))
	}
	return errors.Join(errs...)
}

// Bounds of the publisher.
const (
	natsParallel = 64
	natsWindow   = 4096
	natsName     = "nats"
)

// publisher publishes events with JetStream. Nats-Msg-Id is the event's id, by
// which the server takes it once, as far back as its stream looks.
type publisher struct {
	conn    *nats.Conn
	stream  jetstream.JetStream
	options *Options
}

func (p *publisher) send(ctx context.Context, e *Event) error {
	ctx, cancel := context.WithTimeout(ctx, p.options.Retry.Timeout)
	defer cancel()
	m := &nats.Msg{Subject: p.options.NATS.Subject + "." + e.Kind, Data: e.Body, Header: nats.Header{
		"Content-Type": {"application/cloudevents+json; charset=utf-8"},
	}}
	if _, err := p.stream.PublishMsg(ctx, m, jetstream.WithMsgID(e.ID()), jetstream.WithRetryAttempts(0)); err != nil {
		return fmt.Errorf("nats: %w", err)
	}
	return nil
}

// publish begins to publish, from where it was, or from now on when it never
// has. A server that is not there is waited for.
func (o *Outbound) publish() error {
	n := o.options.NATS
	if n.URL == "" {
		return nil
	}
	at, found, err := o.savedCursor(natsName)
	if err == nil && !found {
		at, err = o.now()
	}
	if err != nil {
		return err
	}
	with := []nats.Option{nats.Name("parley"), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1)}
	if n.Credentials != "" {
		with = append(with, nats.UserCredentials(n.Credentials))
	}
	conn, err := nats.Connect(n.URL, with...)
	if err != nil {
		return fmt.Errorf("nats: %w", err)
	}
	stream, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return fmt.Errorf("nats: %w", err)
	}
	p := &publisher{conn: conn, stream: stream, options: &o.options}
	o.nats = &consumer{out: o, name: natsName, sink: p, feed: o.feed(n.Filter, n.Words, at), parallel: natsParallel, window: natsWindow,
		bury: o.skip, tried: func(a Attempt) { o.tried(a.Error == "") }, gone: func() {}}
	o.nats.start(at)
	o.disconnect = conn.Close
	return nil
}

// skip gives an event up that the server refuses while it takes others, such as
// one of a subject that no stream takes.
func (o *Outbound) skip(e *Event, attempts int, cause error) error {
	o.dead.Inc()
	o.options.Log.Warn("nats refuses an event", "event", e.ID(), "kind", e.Kind, "attempts", attempts, "err", cause)
	return nil
}
