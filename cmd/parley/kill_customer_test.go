package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/parley-engine/parley/transport/wire"
)

// customer starts chats, talks, and ends them or leaves that to the agent.
type customer struct {
	*person
	patient bool // leaves the ending to the agent

	know  sync.Mutex
	chats map[string]visit // open ones
	over  map[string]bool
}

// visit is a chat as its customer sees it.
type visit struct {
	served bool
	heard  uint64 // the last message
}

// hear keeps the customer's own picture of his chats, from what he is told.
func (c *customer) hear(e wire.Event) {
	c.know.Lock()
	defer c.know.Unlock()
	switch e := e.(type) {
	case *wire.CustomerSnapshot:
		c.chats = map[string]visit{}
		for _, chat := range e.Chats {
			c.chats[chat.Chat] = visit{chat.Phase == wire.PhaseActive, chat.MessageSeq}
		}
	case *wire.QueuedEvent:
		c.chats[e.Chat] = visit{false, c.chats[e.Chat].heard}
	case *wire.AgentJoinedEvent:
		c.chats[e.Chat] = visit{true, c.chats[e.Chat].heard}
	case *wire.MessageEvent:
		c.chats[e.Chat] = visit{c.chats[e.Chat].served, e.MessageSeq}
	case *wire.EndedEvent:
		c.over[e.Chat] = true
		delete(c.chats, e.Chat)
	}
}

// some returns one of the open chats, and how many there are.
func (c *customer) some() (chat string, v visit, open int) {
	c.know.Lock()
	defer c.know.Unlock()
	all := slices.Sorted(maps.Keys(c.chats))
	if len(all) == 0 {
		return "", v, 0
	}
	chat = all[c.dice.IntN(len(all))]
	return chat, c.chats[chat], len(all)
}

// act is the customer's life.
func (c *customer) act() {
	defer c.busy.Wait()
	for c.think() {
		chat, v, open := c.some()
		closing := c.closing.Load()
		switch {
		case !closing && (open == 0 || open == 1 && c.chance(3)):
			source := []string{"web", "shop", "portal", "door"}[c.dice.IntN(4)]
			c.begin(&wire.Start{ID: c.next(), Source: source, Attributes: map[string]string{"visit": c.next()}})
		case open == 0:
		case c.chance(55):
			c.say(chat)
		case c.chance(15) && v.heard > 0:
			c.start(&wire.Read{ID: c.next(), Chat: chat, Upto: v.heard})
		case c.chance(10):
			c.start(&wire.Typing{ID: c.next(), Chat: chat, On: c.chance(50)})
		case c.chance(10) && !c.patient, closing && c.chance(20):
			c.start(&wire.End{ID: c.next(), Chat: chat})
		case c.chance(10):
			c.again()
		case c.stays():
		case c.chance(8):
			c.drop()
		case c.chance(4) && !closing:
			c.vanish(time.Duration(c.dice.Int64N(int64(5 * time.Second))))
		}
	}
}

// begin opens a chat, which is there when the answer is, whatever else was
// heard meanwhile.
func (c *customer) begin(start *wire.Start) {
	o := c.do(start)
	c.know.Lock()
	defer c.know.Unlock()
	if o == nil || o.ok == nil || c.over[o.ok.Chat] {
		return
	}
	if _, heard := c.chats[o.ok.Chat]; !heard {
		c.chats[o.ok.Chat] = visit{}
	}
}

func (c *customer) say(chat string) {
	id := c.next()
	c.start(&wire.Send{ID: id, Chat: chat, Text: fmt.Sprintf("%s says this <once>", id)})
}

// quiet reports whether the customer waits for nothing.
func (c *customer) quiet() bool {
	c.know.Lock()
	defer c.know.Unlock()
	return len(c.chats) == 0 && c.answered()
}
