package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/parley-engine/parley/transport/wire"
)

// ErrClosed is why a client ended that was closed by its user.
var ErrClosed = errors.New("client: closed")

// State is where a client stands in its stream: persist it after handling an
// event, and hand it to Options.Resume after a restart.
type State struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

// Client is one logical connection of one principal. Its methods may be called
// from any goroutine; Next from one at a time.
type Client struct {
	options Options
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	work    sync.WaitGroup
	done    chan struct{} // closed when the client has ended

	mu      sync.Mutex
	err     error // why it ended
	link    *link // the websocket that counts; frames of any other are not heard
	welcome *wire.Welcome
	stream  stream
	pending []*pending // unanswered commands in the order of Do

	troubles int // links in a row that ended in a server's trouble; only keep touches it
}

// Dial connects once and returns when the server has said welcome. Later
// failures are mended by the client itself; the first one is the caller's.
func Dial(ctx context.Context, o Options) (*Client, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("client: options: %w", err)
	}
	o = o.withDefaults()
	c := &Client{options: o, done: make(chan struct{}), stream: newStream(o.Resume, o.Unread)}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	l, err := c.open(ctx, o.URL)
	if err != nil {
		c.cancel()
		return nil, fmt.Errorf("client: dial %s: %w", o.URL, err)
	}
	c.work.Go(func() { c.keep(l) })
	return c, nil
}

// Close ends the client: Next and Do return ErrClosed. It returns when all
// goroutines of the client are gone.
func (c *Client) Close() {
	c.cancel()
	c.work.Wait()
}

// Done is closed when the client has ended: by Close, or because the server
// said not to come back.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err is why the client ended, nil while it lives: ErrClosed, a *CloseError or
// a *HandshakeError.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Welcome is the server's answer to the last hello: who this is, and the limits.
func (c *Client) Welcome() *wire.Welcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.welcome
}

// keep holds one link up until the client is closed or told not to come back.
func (c *Client) keep(l *link) {
	for {
		url := c.options.URL
		select {
		case <-c.ctx.Done():
			l.leave()
			c.finish(ErrClosed)
			return
		case <-l.done:
		case <-c.stream.drained:
			if !c.lags() {
				continue // a new link has brought them meanwhile
			}
			l.end(errLagging)
		case g := <-l.goodbye:
			c.options.Logger.Info("server says goodbye", "reason", g.Reason)
			url = elsewhere(url, g.Address)
			c.pause(time.Duration(g.ReconnectAfterS*float64(time.Second)), l.done)
		}
		next, err := c.replace(l, url)
		if err != nil {
			l.leave()
			c.finish(err)
			return
		}
		c.work.Go(l.leave)
		l = next
	}
}

// replace opens a link in the place of one that broke or is about to. Until the
// new one is welcome, the old one goes on as long as it can.
func (c *Client) replace(old *link, url string) (*link, error) {
	for attempt := c.firstAttempt(old); ; attempt++ {
		if old.ended() && !reconnects(old.err) {
			return nil, old.err
		}
		if attempt >= 0 && !c.pause(c.options.Backoff(attempt), nil) {
			return nil, ErrClosed
		}
		l, err := c.open(c.ctx, url)
		switch {
		case err == nil:
			c.options.Logger.Info("connected again", "attempt", attempt)
			return l, nil
		case c.ctx.Err() != nil:
			return nil, ErrClosed
		case !reconnects(err):
			return nil, err
		}
		c.options.Logger.Warn("not connected", "attempt", attempt, "err", err)
		url = c.options.URL // an address from a goodbye gets one attempt
	}
}

// firstAttempt is 0 after a broken link, -1, which is at once, where server or
// client wanted a new one, and later where links end in trouble again and again.
func (c *Client) firstAttempt(old *link) int {
	switch {
	case !old.ended(), errors.Is(old.err, errLagging):
		return -1
	case inTrouble(old.err):
		c.troubles++
	default:
		c.troubles = 0
	}
	return c.troubles
}

func (c *Client) lags() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stream.lagging
}

// pause waits for d and reports false if the client was closed meanwhile. A
// channel that closes earlier ends the wait too.
func (c *Client) pause(d time.Duration, early <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-early:
	case <-c.ctx.Done():
	}
	return c.ctx.Err() == nil
}

// finish tells everybody who waits why it is over.
func (c *Client) finish(err error) {
	c.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	for _, p := range c.pending {
		p.answered <- answer{err: err}
	}
	c.pending = nil
	close(c.done)
}

// elsewhere is the address of a goodbye: a whole one, or a host.
func elsewhere(here, address string) string {
	if address == "" || strings.Contains(address, "://") {
		return cmp.Or(address, here)
	}
	u, err := url.Parse(here)
	if err != nil {
		return here
	}
	u.Host = address
	return u.String()
}
