package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/parley-engine/parley/transport/wire"
)

// maxPending bounds the commands that wait for an answer.
const maxPending = 1024

// ErrBusy is a command that was not sent, since too many are unanswered.
var ErrBusy = fmt.Errorf("client: %d commands are unanswered", maxPending)

// pending is a command that was not answered yet.
type pending struct {
	id       string
	line     []byte
	sent     *link // on which it was sent last
	answered chan answer
}

type answer struct {
	ok  *wire.Ok
	err error
}

// Do sends a command and waits for its answer, over as many links as it takes:
// the server carries it out once. An empty id is filled in, on a copy. A refusal
// is a *wire.Error. When ctx ends first, the command may have taken effect or
// not; the same command with the same id finds out.
//
// Commands are sent in the order in which Do was called.
func (c *Client) Do(ctx context.Context, command wire.Command) (*wire.Ok, error) {
	switch command.(type) {
	case *wire.Hello, *wire.Pong:
		return nil, fmt.Errorf("client: %s is not a user's to send", command.FrameType())
	}
	command = identified(command)
	p := &pending{id: command.CommandID(), line: wire.AppendCommand(nil, command), answered: make(chan answer, 1)}
	if err := c.submit(p); err != nil {
		return nil, err
	}
	select {
	case a := <-p.answered:
		return a.ok, a.err
	case <-ctx.Done():
		c.forget(p)
		return nil, fmt.Errorf("client: %s %s: %w", command.FrameType(), p.id, ctx.Err())
	}
}

func (c *Client) submit(p *pending) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.err != nil:
		return c.err
	case len(c.pending) >= maxPending:
		return ErrBusy
	case slices.ContainsFunc(c.pending, func(q *pending) bool { return q.id == p.id }):
		return fmt.Errorf("client: id %q is on its way already", p.id)
	}
	c.pending = append(c.pending, p)
	c.pump()
	return nil
}

// pump puts on the link what it has not carried yet, as far as the server takes
// unanswered commands. The mutex is held.
func (c *Client) pump() {
	window := c.link.limits.UnansweredCommands
	for i, p := range c.pending {
		if window > 0 && i >= window {
			return
		}
		if p.sent != c.link {
			p.sent = c.link
			c.link.enqueue(p.line)
		}
	}
}

// answer is what the server said on a link. Of a command that another link has
// carried since it is not the last word: that one brings the same, unless this
// was to try again later.
func (c *Client) answer(l *link, re string, a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.pending, func(p *pending) bool { return p.id == re })
	if i < 0 || c.pending[i].sent != l {
		return
	}
	c.pending[i].answered <- a
	c.pending = slices.Delete(c.pending, i, i+1)
	c.pump()
}

func (c *Client) forget(p *pending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = slices.DeleteFunc(c.pending, func(q *pending) bool { return q == p })
	c.pump()
}

// pong acknowledges the events that Next has returned.
func (c *Client) pong(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	seq := uint64(0)
	if c.stream.taken.Epoch == c.stream.at.Epoch { // else it is a number of another stream
		seq = c.stream.taken.Seq
	}
	l.enqueue(wire.AppendCommand(nil, &wire.Pong{Seq: seq}))
}

// renew hands in a new token before the old one expires.
func (c *Client) renew() {
	token, err := c.options.TokenSource(c.ctx)
	if err == nil {
		_, err = c.Do(c.ctx, &wire.Refresh{Token: token})
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		c.options.Logger.Warn("token not renewed", "err", err)
	}
}

// identified is the command, or a copy of it with a new id where it has none.
func identified(command wire.Command) wire.Command {
	if command.CommandID() != "" {
		return command
	}
	filled := reflect.New(reflect.TypeOf(command).Elem())
	filled.Elem().Set(reflect.ValueOf(command).Elem())
	filled.Elem().FieldByName("ID").SetString(newID())
	return filled.Interface().(wire.Command)
}

func newID() string { return rand.Text() }
