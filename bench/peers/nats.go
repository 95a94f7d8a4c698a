package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// jet is NATS JetStream with a file store: a text is a publish that the stream
// acknowledges, and both ends read it from the stream by an ordered consumer.
// It knows no chats, offers or people.
type jet struct{ always bool }

// serveJet is the server's process.
func serveJet(always bool, dir string) error {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir,
		SyncAlways: always, SyncInterval: 2 * time.Minute, NoSigs: true, NoLog: true})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		return fmt.Errorf("not ready within %v", patience)
	}
	fmt.Fprintln(os.Stdout, s.ClientURL())
	s.WaitForShutdown()
	return nil
}

// Talk implements talker.
func (j jet) Talk(ctx context.Context, dir string, load Talk) (run, error) {
	p, url, err := self(ctx, dir, "serve", "jetstream", fmt.Sprint(j.always), dir)
	if err != nil {
		return nil, err
	}
	var open []*nats.Conn
	shut := func() {
		p.Close()
		for _, c := range open {
			c.Close()
		}
	}
	ends := make([][2]end, load.Pairs)
	for i := range ends {
		for side := range 2 {
			e, err := newJetEnd(ctx, url, i, side)
			if err != nil {
				shut()
				return nil, err
			}
			open = append(open, e.conn)
			ends[i][side] = e
		}
	}
	return talk(load, ends, p.Usage, shut), nil
}

type jetEnd struct {
	ear
	conn    *nats.Conn
	stream  jetstream.JetStream
	subject string // of own texts
}

func newJetEnd(ctx context.Context, url string, pair, side int) (*jetEnd, error) {
	conn, err := nats.Connect(url, nats.NoReconnect())
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, err
	}
	e := &jetEnd{ear: newEar(), conn: conn, stream: js, subject: fmt.Sprintf("chat.%d.%d", pair, side)}
	stream, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "chats", Subjects: []string{"chat.>"}, Storage: jetstream.FileStorage})
	if err == nil {
		err = e.follow(ctx, stream, fmt.Sprintf("chat.%d.*", pair))
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return e, nil
}

// follow reads the pair's texts, own ones too, as Parley's ends do.
func (e *jetEnd) follow(ctx context.Context, stream jetstream.Stream, subject string) error {
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{subject}})
	if err != nil {
		return err
	}
	_, err = consumer.Consume(func(m jetstream.Msg) {
		if m.Subject() != e.subject {
			e.hears()
		}
	})
	return err
}

// Say implements end.
func (e *jetEnd) Say(ctx context.Context, text string) error {
	_, err := e.stream.Publish(ctx, e.subject, []byte(text))
	return err
}
