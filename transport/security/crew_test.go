package security_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/outbound"
	"github.com/parley-engine/parley/transport/wire"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// crew is the people and chats of one stage, with queues of their own. In the
// queue "home" w serves a chat that p has joined and that o is being invited
// to; a serves the queue too; v serves another chat of it, and t is there to be
// sent chats. x serves a chat of the queue "far", which nobody of home does.
type crew struct {
	t      *testing.T
	world  *world
	n      int
	waits  bool // the chats are those that nobody serves yet
	people map[string]*person
	chats  map[string]chatOf
	hook   string
}

// chatOf is a chat, with the offer that is open on it.
type chatOf struct{ id, offer string }

// agents of a crew, by their queue.
var agents = map[string]string{"w": "home", "p": "home", "o": "home", "a": "home", "v": "home", "u": "home", "t": "home", "s": "home", "x": "far", "z": "far"}

func (c *crew) name(who string) string { return fmt.Sprintf("%s-%d", who, c.n) }

// person is a connection of somebody. Its frames are read when they are asked
// for, by one goroutine.
type person struct {
	t     *testing.T
	ws    *websocket.Conn
	asked int
	lines []string
	seen  []map[string]any
}

// dial opens a connection without a word.
func (w *world) dial(t *testing.T) *person {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(w.public.URL, "http")+"/v1/ws", &websocket.DialOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(-1)
	t.Cleanup(func() { _ = ws.CloseNow() })
	return &person{t: t, ws: ws}
}

// enter dials and says hello.
func (w *world) enter(t *testing.T, token string) *person {
	t.Helper()
	p := w.dial(t)
	if got := p.ask(frame{"type": "hello", "token": token}); got != "ok" {
		t.Fatalf("hello: %s", got)
	}
	return p
}

// frame is a command on its way.
type frame map[string]any

// next is the next frame, nil when the connection has ended.
func (p *person) next() (map[string]any, error) {
	for len(p.lines) == 0 {
		ctx, cancel := context.WithTimeout(p.t.Context(), patience)
		_, data, err := p.ws.Read(ctx)
		cancel()
		if err != nil {
			return nil, err
		}
		p.lines = strings.Split(string(data), "\n")
	}
	line := p.lines[0]
	p.lines = p.lines[1:]
	var f map[string]any
	if err := json.Unmarshal([]byte(line), &f); err != nil {
		p.t.Fatalf("%v: %s", err, line)
	}
	return f, nil
}

// ask sends a command and returns ok, or the code of the refusal.
func (p *person) ask(f frame) string {
	got, _ := p.answer(f)
	return got
}

func (p *person) answer(f frame) (string, map[string]any) {
	p.t.Helper()
	p.asked++
	f["id"] = fmt.Sprintf("k%d", p.asked)
	text, err := json.Marshal(f)
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	if err := p.ws.Write(ctx, websocket.MessageText, text); err != nil {
		p.t.Fatalf("%s: %v", text, err)
	}
	for {
		got, err := p.next()
		if err != nil {
			p.t.Fatalf("waiting for the answer to %s: %v", text, err)
		}
		switch {
		case got["re"] != f["id"]:
			p.seen = append(p.seen, got)
		case got["type"] == "error":
			return got["code"].(string), got
		default:
			return "ok", got
		}
	}
}

// must sends a command that has to be obeyed.
func (p *person) must(f frame) map[string]any {
	p.t.Helper()
	got, answer := p.answer(f)
	if got != "ok" {
		p.t.Fatalf("%v: %v", f, answer)
	}
	return answer
}

// await is the first event of a kind, of those that have come and those to come.
func (p *person) await(kind string) map[string]any {
	p.t.Helper()
	for {
		for i, f := range p.seen {
			if f["type"] == kind {
				p.seen = p.seen[i+1:]
				return f
			}
		}
		p.seen = nil
		f, err := p.next()
		if err != nil {
			p.t.Fatalf("waiting for %s: %v", kind, err)
		}
		p.seen = append(p.seen, f)
	}
}

// agent is a connection of one of the crew's agents, who signs in with it.
func (c *crew) agent(who string) *person {
	return c.join(who, func() string { return c.world.token(c.t, acd.RoleAgent, c.name(who)) })
}

func (c *crew) join(who string, token func() string) *person {
	p := c.people[who]
	if p == nil {
		p = c.world.enter(c.t, token())
		c.people[who] = p
	}
	return p
}

func (c *crew) customer(who string) *person {
	return c.join(who, func() string { return c.world.token(c.t, acd.RoleCustomer, c.name(who)) })
}

func (c *crew) available(who string) *person {
	p := c.agent(who)
	p.must(frame{"type": "set_presence", "state": "available"})
	return p
}

// start opens a chat of a customer's in one of the crew's queues.
func (c *crew) start(who, queue string) string {
	answer := c.customer(who).must(frame{"type": "start", "source": c.name(queue), "name": "Ann"})
	return answer["chat"].(string)
}

// served is a chat that owner has, with an open invitation of guest.
func (c *crew) served(customer, queue, owner, guest string, joined ...string) chatOf {
	p := c.available(owner)
	id := c.start(customer, queue)
	p.must(frame{"type": "accept", "offer": p.await("offer")["offer"]})
	for _, who := range joined {
		c.invite(id, p, who)
		c.agent(who).must(frame{"type": "accept", "offer": c.agent(who).await("offer")["offer"]})
	}
	c.invite(id, p, guest)
	return chatOf{id, c.agent(guest).await("offer")["offer"].(string)}
}

func (c *crew) invite(chat string, by *person, who string) {
	c.available(who)
	by.must(frame{"type": "invite", "chat": chat, "agent": c.name(who)})
}

// right is the chat that the roles are named after.
func (c *crew) right() chatOf {
	return c.chat("right", func() chatOf { return c.served("c", "home", "w", "o", "p") })
}

// chat returns one of the crew's, made when it is needed first.
func (c *crew) chat(name string, make func() chatOf) chatOf {
	one, ok := c.chats[name]
	if !ok {
		one = make()
		c.chats[name] = one
	}
	return one
}

// situation prepares a chat and returns it: the right one, another one of the
// same queue, the right one when it is over, one of another queue.
func (c *crew) situation(name string) chatOf {
	right := c.right()
	switch name {
	case "right":
		if c.waits {
			return c.chat("waiting", func() chatOf { return chatOf{c.start("cw", "home"), right.offer} })
		}
		return right
	case "other":
		return c.chat("other", func() chatOf { return c.served("c2", "home", "v", "u") })
	case "ended":
		return c.chat("ended", func() chatOf {
			c.agent("w").must(frame{"type": "end", "chat": right.id})
			return right
		})
	case "scope":
		if c.waits {
			return c.chat("far waiting", func() chatOf { return chatOf{c.start("cfw", "far"), right.offer} })
		}
		return c.chat("far", func() chatOf { return c.served("c3", "far", "x", "z") })
	}
	panic("no situation " + name)
}

// webhook is the crew's, which sends nothing by itself.
func (c *crew) webhook() string {
	if c.hook == "" {
		made, _, err := c.world.events.CreateWebhook(outbound.WebhookSpec{URL: c.world.receiver.URL, Paused: true}, "now", "the test")
		if err != nil {
			c.t.Fatal(err)
		}
		c.hook = made.ID
	}
	return c.hook
}

// leave closes the connections of a crew that has done its part.
func (c *crew) leave() {
	for _, one := range c.people {
		_ = one.ws.CloseNow()
	}
}

// stranger is what a supervisor, an administrator, a service and the operator
// get for another chat: they have none of their own, so it is one that is not
// there.
func (c *crew) stranger() chatOf {
	return chatOf{"no-such-chat-" + c.name("id"), "no-such-chat.1"}
}

// supervisor is of the crew's home queue alone.
func (c *crew) supervisor() string {
	made, err := transport.MintDev(secret, acd.RoleSupervisor, c.name("s"), "", 10*time.Minute, acd.QueueID(c.name("home")))
	if err != nil {
		c.t.Fatal(err)
	}
	return made
}
