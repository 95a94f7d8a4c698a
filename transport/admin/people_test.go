package admin_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/client"
	"github.com/parley-engine/parley/transport/wire"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// person is somebody who is connected.
type person struct {
	t    testing.TB
	conn *client.Client
}

func (n *node) dial(role acd.Role, subject string) *person {
	n.t.Helper()
	return n.dialAs(token(n.t, role, subject))
}

func (n *node) dialAs(token string) *person {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	c, err := client.Dial(ctx, client.Options{URL: "ws" + strings.TrimPrefix(n.public.URL, "http") + "/v1/ws", Token: token,
		HTTPClient: &http.Client{Transport: &http.Transport{}}})
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(c.Close)
	return &person{n.t, c}
}

// do sends a command that has to be obeyed.
func (p *person) do(cmd wire.Command) *wire.Ok {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	ok, err := p.conn.Do(ctx, cmd)
	if err != nil {
		p.t.Fatalf("%s: %v", cmd.FrameType(), err)
	}
	return ok
}

// until waits for an event of a kind.
func until[E wire.Event](p *person) E {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	for {
		got, err := p.conn.Next(ctx)
		if err != nil {
			var none E
			p.t.Fatalf("waiting for %T: %v", none, err)
		}
		if e, ok := got.Event.(E); ok {
			return e
		}
	}
}

// gone waits until the server has closed the connection for good.
func (p *person) gone() error {
	p.t.Helper()
	select {
	case <-p.conn.Done():
		return p.conn.Err()
	case <-time.After(patience):
		return errors.New("still connected")
	}
}
