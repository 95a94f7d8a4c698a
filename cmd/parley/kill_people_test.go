package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/client"
	"github.com/parley-engine/parley/transport/wire"
)

// crowd is everybody who drives the server.
type crowd struct {
	seed      uint64
	t         *testing.T
	server    *server
	url       string
	ctx       context.Context
	leave     context.CancelFunc
	work      sync.WaitGroup
	closing   atomic.Bool   // no new chats, no mischief
	done      atomic.Bool   // nothing at all any more
	rush      atomic.Bool   // as much as possible on its way
	stay      atomic.Bool   // who is steady does not go away
	moved     chan struct{} // something has changed
	customers []*customer
	agents    []*agent

	moves *moves // of the steady ones from one process to the next, nil if nobody counts

	mu    sync.Mutex
	wrong []string
}

// fault notes what must not be; the first few are told.
func (c *crowd) fault(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
	if len(c.wrong) <= 20 {
		c.t.Error(c.wrong[len(c.wrong)-1])
	}
}

func (c *crowd) stir() {
	select {
	case c.moved <- struct{}{}:
	default:
	}
}

// person is somebody who stays himself through all connections.
type person struct {
	*crowd
	role    acd.Role
	name    string
	token   string
	dice    *rand.Rand // of the goroutine that acts
	witness *witness
	steady  bool // stays when the crowd is asked to

	mu     sync.Mutex
	client *client.Client
	turn   chan struct{} // closed when client changes
	socket net.Conn
	away   time.Duration // to stay away after the next end of the client
	orders []*order
	busy   sync.WaitGroup
	flying atomic.Int32
}

// order is a command that a person has given, and what came of it.
type order struct {
	command wire.Command
	ok      *wire.Ok
	refused *wire.Error

	call, answered int64 // when; see since
}

func (c *crowd) person(role acd.Role, name string, seed uint64) *person {
	token, err := transport.MintDev(c.server.secret, role, name, name, 4*time.Hour) // longer than 200 kills take
	if err != nil {
		c.t.Fatal(err)
	}
	p := &person{crowd: c, role: role, name: name, token: token, turn: make(chan struct{}), steady: (len(c.customers)+len(c.agents))%2 == 0}
	p.dice = rand.New(rand.NewPCG(seed, uint64(len(c.customers)*100+len(c.agents))))
	p.witness = newWitness(name, c.fault)
	return p
}

// live keeps a client connected and hands on what it hears. A person who goes
// away comes back with a new client, which goes on where the old one stood.
func (p *person) live(hear func(wire.Event)) {
	var state *client.State
	for p.ctx.Err() == nil {
		c, err := client.Dial(p.ctx, p.options(state))
		if err != nil {
			p.wait(20 * time.Millisecond) // the server is down
			continue
		}
		p.arrive(c)
		p.timed().arrive(p.name, time.Now())
		for err == nil {
			var got wire.Received
			if got, err = c.Next(p.ctx); err == nil {
				hear(got.Event)
				p.stir()
			}
		}
		c.Close()
		if !errors.Is(c.Err(), client.ErrClosed) {
			p.fault("%s was sent away: %v", p.name, c.Err())
		}
		p.timed().forget(p.name)
		state = forgetful(c.State())
		p.wait(p.depart())
	}
}

// forgetful is where a client stands that has not kept all it was told: it is
// told again, and the witness compares.
func forgetful(s client.State) *client.State {
	s.Seq -= min(s.Seq, rand.Uint64N(40))
	return &s
}

func (p *person) options(state *client.State) client.Options {
	return client.Options{
		URL: p.url, Token: p.token, Resume: state, Logger: p.timed().of(p.name),
		Backoff: func(int) time.Duration { return 5*time.Millisecond + rand.N(40*time.Millisecond) },
		HTTPClient: &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext:       p.connect,
			DialTLSContext:    p.connect, // the witness hears what is inside
		}},
	}
}

// timed is where the person's moves are counted, nil if they are not.
func (p *person) timed() *moves {
	if !p.steady {
		return nil
	}
	return p.moves
}

// stays reports whether the person may not go away now.
func (p *person) stays() bool { return p.steady && p.stay.Load() }

// connect is a person's way to the server, with the witness on it.
func (p *person) connect(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.socket = conn
	p.mu.Unlock()
	if trust := p.server.trust; trust != nil {
		secure := tls.Client(conn, trust)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		conn = secure
	}
	return p.witness.listen(p.timed().watch(conn, p.name)), nil
}

func (p *person) arrive(c *client.Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.client = c
	close(p.turn)
	p.turn = make(chan struct{})
}

func (p *person) depart() (away time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.client = nil
	away, p.away = p.away, 0
	return away
}

// vanish ends the client in good order; its person is back after a while.
func (p *person) vanish(away time.Duration) {
	p.mu.Lock()
	c := p.client
	p.away = away
	p.mu.Unlock()
	if c != nil {
		c.Close()
	}
}

// drop breaks the socket without a word.
func (p *person) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.socket != nil {
		_ = p.socket.Close()
	}
}

func (p *person) wait(d time.Duration) {
	select {
	case <-p.ctx.Done():
	case <-time.After(d):
	}
}

// think is the time that a person takes before he does the next thing.
func (p *person) think() bool {
	d := 5*time.Millisecond + time.Duration(p.dice.Int64N(int64(45*time.Millisecond)))
	if p.rush.Load() {
		d /= 40
	}
	p.wait(d)
	return p.ctx.Err() == nil && !p.done.Load()
}

// next is the id of the person's next command.
func (p *person) next() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("%s-%d", p.name, len(p.orders)+1)
}

// do gives a command until it is answered, over as many clients as it takes.
// It returns nil when the test ends before.
func (p *person) do(command wire.Command) *order {
	o := &order{command: command, call: since()}
	p.mu.Lock()
	p.orders = append(p.orders, o)
	p.mu.Unlock()
	return p.carry(o)
}

// start gives a command and does not wait for its answer, unless many are on
// their way.
func (p *person) start(command wire.Command) {
	o := &order{command: command, call: since()}
	p.mu.Lock()
	p.orders = append(p.orders, o)
	p.mu.Unlock()
	if p.flying.Load() > 5 {
		p.carry(o)
		return
	}
	p.flying.Add(1)
	p.busy.Go(func() {
		defer p.flying.Add(-1)
		p.carry(o)
	})
}

func (p *person) carry(o *order) *order {
	for {
		c := p.connected()
		if c == nil {
			return nil
		}
		ok, err := c.Do(p.ctx, o.command)
		var refused *wire.Error
		switch {
		case err == nil || errors.As(err, &refused):
			p.mu.Lock()
			o.ok, o.refused, o.answered = ok, refused, since()
			p.mu.Unlock()
			p.stir()
			return o
		case p.ctx.Err() != nil:
			return nil
		case !errors.Is(err, client.ErrClosed):
			p.fault("%s: %s was not carried out: %v", p.name, o.command.FrameType(), err)
			return nil
		}
	}
}

// connected waits for a client that lives.
func (p *person) connected() *client.Client {
	for p.ctx.Err() == nil {
		p.mu.Lock()
		c, turn := p.client, p.turn
		p.mu.Unlock()
		if c != nil && c.Err() == nil {
			return c
		}
		select {
		case <-turn:
		case <-p.ctx.Done():
		}
	}
	return nil
}

// again gives an old command once more, whatever came of it.
func (p *person) again() {
	p.mu.Lock()
	var o *order
	if n := len(p.orders); n > 0 {
		o = p.orders[p.dice.IntN(n)]
	}
	settled := o != nil && (o.ok != nil || o.refused != nil)
	p.mu.Unlock()
	if !settled {
		return
	}
	switch o.command.(type) {
	case *wire.Start, *wire.Send, *wire.End, *wire.Accept, *wire.Reject, *wire.WrapUp, *wire.SetPresence:
		p.carry(&order{command: o.command}) // the witness compares the answers
	}
}

// answered reports whether nothing of this person is on its way.
func (p *person) answered() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.orders {
		if o.ok == nil && o.refused == nil {
			return false
		}
	}
	return true
}

// chance is true n times of a hundred.
func (p *person) chance(n int) bool { return p.dice.IntN(100) < n }
