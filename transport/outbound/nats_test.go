package outbound

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// natsServer is a server of its own, on a port that is free or on one again.
func natsServer(t *testing.T, dir string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return s
}

func takeStream(t *testing.T, s *server.Server) (jetstream.Stream, func()) {
	t.Helper()
	conn, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "PARLEY", Subjects: []string{"parley.>"}})
	if err != nil {
		t.Fatal(err)
	}
	return stream, conn.Close
}

// published reads n events of a stream.
func published(t *testing.T, stream jetstream.Stream, n int) (events []seen) {
	t.Helper()
	c, err := stream.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for len(events) < n {
		m, err := c.Next(jetstream.FetchMaxWait(10 * time.Second))
		if err != nil {
			t.Fatalf("%d of %d events: %v, %v", len(events), n, err, ctx.Err())
		}
		e := readEvent(t, m.Data())
		if m.Headers().Get("Nats-Msg-Id") != e.ID || m.Subject() != e.Type {
			t.Errorf("event %s %s is published as %s with the id %s", e.ID, e.Type, m.Subject(), m.Headers().Get("Nats-Msg-Id"))
		}
		events = append(events, e)
	}
	return events
}

func TestEventsArePublishedOnceAndInOrderAcrossAnOutageOfTheServer(t *testing.T) {
	dir := t.TempDir()
	s := natsServer(t, dir, -1)
	stream, closed := takeStream(t, s)
	o := quick()
	o.NATS = NATS{URL: s.ClientURL()}
	o.Retry.Timeout = time.Second
	w := newWorld(t, o)
	for i := range 4 {
		w.customer(fmt.Sprint("c", i)).starts("sales", "one")
	}
	published(t, stream, 4*3)
	closed()
	address := s.Addr().String()
	s.Shutdown()
	s.WaitForShutdown()
	for i := range 4 {
		w.customer(fmt.Sprint("d", i)).starts("support", "one", "two")
	}
	var port int
	if _, err := fmt.Sscan(address[strings.LastIndex(address, ":")+1:], &port); err != nil {
		t.Fatal(err)
	}
	s = natsServer(t, dir, port)
	t.Cleanup(s.Shutdown)
	stream, closed = takeStream(t, s)
	defer closed()
	want := w.all("")
	holds(t, want, published(t, stream, len(want)))
	if info, err := stream.Info(t.Context()); err != nil || info.State.Msgs != uint64(len(want)) {
		t.Errorf("the stream has %d messages of %d events, %v", info.State.Msgs, len(want), err)
	}
}

func TestAWrongPublisherIsNamed(t *testing.T) {
	for _, n := range []NATS{{URL: "nowhere"}, {URL: "nats://x", Subject: "a b"}, {URL: "nats://x", Filter: Filter{Kinds: []string{"?"}}}} {
		if err := n.withDefaults().validate(); err == nil {
			t.Errorf("%+v is taken", n)
		}
	}
}
