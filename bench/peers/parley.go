package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-engine/parley/bench/child"
	"github.com/parley-engine/parley/transport/client"
	"github.com/parley-engine/parley/transport/wire"
)

// parley is Parley itself, driven by its own client.
type parley struct{ binary string }

// parleyConfig lifts the limits that protect a server from one peer.
const parleyConfig = `tokens: {issuer: peers, audience: peers, secret: %s, max_customer_lifetime: 24h, max_desk_lifetime: 24h}
limits:
  customer: {per_second: 1000000, burst: 1000000, unanswered: 1000, inbound_frames: 1000000, inbound_bytes: 67108864}
  desk: {per_second: 1000000, burst: 1000000, unanswered: 10000, inbound_frames: 1000000, inbound_bytes: 67108864}
  address: {connections: 1000000, per_second: 1000000, burst: 1000000, trust_loopback: true}
channels:
  - {id: livechat, max_chars: 4000}
`

// node is a server of Parley's and those who are connected to it.
type node struct {
	*child.Server
	secret  string
	mu      sync.Mutex
	clients []*client.Client
}

// serve starts a server with a queue, a source and an agent for each place. An
// agent of shared places serves them all.
func (p parley) serve(ctx context.Context, dir string, places int, shared bool) (*node, error) {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	n := &node{secret: hex.EncodeToString(secret)}
	var queues, sources, agents strings.Builder
	for i := range places {
		queue := i
		if shared {
			queue = 0
		}
		if queue == i {
			fmt.Fprintf(&queues, "  - {id: q%d, offer_timeout: 20s, wrapup: {mode: none}}\n", i)
			fmt.Fprintf(&sources, "  - {id: s%d, name: Site, channel: livechat, queue: q%d}\n", i, i)
		}
		fmt.Fprintf(&agents, "  - {id: a%d, name: Agent, capacity: 1, queues: [q%d]}\n", i, queue)
	}
	config := fmt.Sprintf(parleyConfig, n.secret) + "queues:\n" + queues.String() + "sources:\n" + sources.String() + "agents:\n" + agents.String()
	server, err := child.Start(ctx, child.Options{Binary: p.binary, Dir: dir, Config: []byte(config)})
	if err != nil {
		return nil, err
	}
	n.Server = server
	return n, nil
}

// Usage is what the server has taken.
func (n *node) Usage() (Usage, error) {
	u, err := n.Server.Usage()
	return Usage{u.CPU, u.RSS}, err
}

// Close ends all connections and the server.
func (n *node) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.Kill()
	for _, c := range n.clients {
		c.Close()
	}
}

// person connects somebody.
func (n *node) person(ctx context.Context, role, name string) (*client.Client, error) {
	now := time.Now()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": "peers", "aud": "peers", "sub": name, "role": role,
		"name": name, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(12 * time.Hour).Unix()}).SignedString([]byte(n.secret))
	if err != nil {
		return nil, err
	}
	c, err := client.Dial(ctx, client.Options{URL: n.URL(), Token: token})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", role, name, err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.clients = append(n.clients, c)
	return c, nil
}

// agent is somebody who accepts whatever rings.
func (n *node) agent(ctx context.Context, name string) (*client.Client, error) {
	c, err := n.person(ctx, "agent", name)
	if err != nil {
		return nil, err
	}
	_, err = c.Do(ctx, &wire.SetPresence{State: wire.ChooseAvailable})
	return c, err
}

// Talk implements talker.
func (p parley) Talk(ctx context.Context, dir string, load Talk) (run, error) {
	n, err := p.serve(ctx, dir, load.Pairs, false)
	if err != nil {
		return nil, err
	}
	ends := make([][2]end, load.Pairs)
	for i := range ends {
		if ends[i], err = n.pair(ctx, i); err != nil {
			n.Close()
			return nil, err
		}
	}
	return talk(load, ends, n.Usage, n.Close), nil
}

// pair makes a chat of a customer and the one agent of his queue.
func (n *node) pair(ctx context.Context, i int) ([2]end, error) {
	agent, err := n.agent(ctx, fmt.Sprintf("a%d", i))
	if err != nil {
		return [2]end{}, err
	}
	customer, err := n.person(ctx, "customer", fmt.Sprintf("c%d", i))
	if err != nil {
		return [2]end{}, err
	}
	started, err := customer.Do(ctx, &wire.Start{Source: fmt.Sprintf("s%d", i)})
	if err != nil {
		return [2]end{}, err
	}
	desk, tab := &parleyEnd{newEar(), agent, started.Chat}, &parleyEnd{newEar(), customer, started.Chat}
	taken := make(chan error, 1)
	go desk.listen(false, func(err error) { taken <- err })
	go tab.listen(true, nil)
	select {
	case err := <-taken:
		return [2]end{tab, desk}, err
	case <-ctx.Done():
		return [2]end{}, ctx.Err()
	case <-time.After(patience):
		return [2]end{}, errors.New("no offer came")
	}
}

type parleyEnd struct {
	ear
	client *client.Client
	chat   string
}

// Say implements end.
func (e *parleyEnd) Say(ctx context.Context, text string) error {
	_, err := e.client.Do(ctx, &wire.Send{Chat: e.chat, Text: text})
	return err
}

// listen hears what the other side says, and accepts on the way.
func (e *parleyEnd) listen(customer bool, taken func(error)) {
	ctx := context.Background() // until the client is closed
	for {
		got, err := e.client.Next(ctx)
		if err != nil {
			return
		}
		switch m := got.Event.(type) {
		case *wire.OfferEvent:
			_, err := e.client.Do(ctx, &wire.Accept{Offer: m.Offer.Offer})
			taken(err)
		case *wire.MessageEvent:
			if (m.Author.Kind == "customer") != customer {
				e.hears()
			}
		}
	}
}

// Offers implements offerer: start, offer, accept, end by the customer.
func (p parley) Offers(ctx context.Context, dir string, load Lifecycle) (run, error) {
	n, err := p.serve(ctx, dir, load.AtOnce, true)
	if err != nil {
		return nil, err
	}
	customers := make([]*client.Client, load.AtOnce)
	for i := range customers {
		agent, err := n.agent(ctx, fmt.Sprintf("a%d", i))
		if err == nil {
			go (&parleyEnd{newEar(), agent, ""}).listen(false, func(error) {}) // a refused accept is an offer that ends, and comes again
			customers[i], err = n.person(ctx, "customer", fmt.Sprintf("c%d", i))
		}
		if err != nil {
			n.Close()
			return nil, err
		}
	}
	life := func(ctx context.Context, i int) error { return parleyLife(ctx, customers[i]) }
	return repeat(load, life, n.Usage, n.Close), nil
}

// parleyLife is one chat: it is offered, accepted, and its customer leaves.
func parleyLife(ctx context.Context, c *client.Client) error {
	started, err := c.Do(ctx, &wire.Start{Source: "s0"})
	if full := new(wire.Error); errors.As(err, &full) && full.Code == wire.CodeOverloaded {
		// The node sheds what it cannot serve in time: it is as full as it gets.
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
		return parleyLife(ctx, c)
	}
	if err != nil {
		return err
	}
	for {
		got, err := c.Next(ctx)
		if err != nil {
			return err
		}
		switch m := got.Event.(type) {
		case *wire.AgentJoinedEvent:
			if m.Chat != started.Chat {
				continue
			}
			if _, err := c.Do(ctx, &wire.End{Chat: m.Chat}); err != nil {
				return err
			}
		case *wire.EndedEvent:
			if m.Chat == started.Chat {
				return nil
			}
		}
	}
}
