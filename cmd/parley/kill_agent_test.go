package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/parley-engine/parley/transport/wire"
)

// agent takes chats or does not, talks, ends them and wraps up.
type agent struct {
	*person

	know     sync.Mutex
	presence wire.PresenceState
	offers   map[string]bool // true: decided
	chats    map[string]uint64
	debts    map[string]wire.WrapupMode
}

// hear keeps the agent's own picture of his desk, from what he is told.
func (a *agent) hear(e wire.Event) {
	a.know.Lock()
	defer a.know.Unlock()
	switch e := e.(type) {
	case *wire.AgentSnapshot:
		a.begin(e)
	case *wire.PresenceEvent:
		a.presence = e.State
	case *wire.OfferEvent:
		a.offers[e.Offer.Offer] = false
	case *wire.OfferEndedEvent:
		delete(a.offers, e.Offer)
	case *wire.AssignedEvent:
		a.chats[e.Chat.Chat] = e.Chat.MessageSeq
	case *wire.MessageEvent:
		if _, mine := a.chats[e.Chat]; mine {
			a.chats[e.Chat] = e.MessageSeq
		}
	case *wire.LeftEvent:
		if e.Participant == a.name {
			delete(a.chats, e.Chat)
		}
	case *wire.ChatEndedEvent:
		delete(a.chats, e.Chat)
	case *wire.WrapupStartedEvent:
		a.debts[e.Chat] = e.Mode
	case *wire.WrapupDoneEvent:
		delete(a.debts, e.Chat)
	}
}

func (a *agent) begin(s *wire.AgentSnapshot) {
	a.presence = s.Presence.State
	a.offers, a.chats, a.debts = map[string]bool{}, map[string]uint64{}, map[string]wire.WrapupMode{}
	for _, o := range s.Offers {
		a.offers[o.Offer] = false
	}
	for _, c := range s.Chats {
		if c.Phase == wire.PhaseActive {
			a.chats[c.Chat] = c.MessageSeq
		}
	}
	for _, w := range s.Wrapups {
		a.debts[w.Chat] = w.Mode
	}
}

// act is the agent's life.
func (a *agent) act() {
	defer a.busy.Wait()
	for a.think() {
		switch command := a.choose(); {
		case command != nil:
			a.start(command)
		case a.closing.Load():
		case a.chance(4):
			a.again()
		case a.stays():
		case a.chance(3):
			a.drop()
		case a.chance(2):
			a.vanish(time.Duration(a.dice.Int64N(int64(5 * time.Second))))
		}
	}
}

// choose is the next thing to do, nil for nothing.
func (a *agent) choose() wire.Command {
	a.know.Lock()
	defer a.know.Unlock()
	id := a.next()
	if a.presence != "" && a.presence != wire.PresenceAvailable && a.chance(30) {
		return &wire.SetPresence{ID: id, State: wire.ChooseAvailable}
	}
	for _, offer := range slices.Sorted(maps.Keys(a.offers)) {
		if command := a.decide(id, offer); command != nil {
			return command
		}
	}
	for _, chat := range slices.Sorted(maps.Keys(a.debts)) {
		patience := 20
		if a.debts[chat] == wire.WrapupTimed {
			patience = 3 // the clock may be faster
		}
		if a.chance(patience) || a.closing.Load() {
			return a.wrap(id, chat)
		}
	}
	if len(a.chats) > 0 && a.chance(70) {
		all := slices.Sorted(maps.Keys(a.chats))
		return a.talk(id, all[a.dice.IntN(len(all))])
	}
	if !a.closing.Load() && a.chance(1) {
		return &wire.SetPresence{ID: id, State: wire.ChooseNotReady, Reason: "break"}
	}
	return nil
}

// decide accepts, rejects, or lets an offer ring until it ends. When the test
// closes, what was let ring is taken after all.
func (a *agent) decide(id, offer string) wire.Command {
	decided := a.offers[offer]
	switch closing := a.closing.Load(); {
	case decided && !(closing && a.chance(5)):
		return nil
	case closing, a.chance(55):
		a.offers[offer] = true
		return &wire.Accept{ID: id, Offer: offer}
	case a.chance(30):
		a.offers[offer] = true
		return &wire.Reject{ID: id, Offer: offer}
	case a.chance(50):
		a.offers[offer] = true
	}
	return nil
}

func (a *agent) wrap(id, chat string) wire.Command {
	switch timed := a.debts[chat] == wire.WrapupTimed; {
	case timed && a.chance(30):
		return &wire.ExtendWrapUp{ID: id, Chat: chat}
	case timed && a.chance(50):
		return &wire.SaveWrapUp{ID: id, Chat: chat, Code: "other"}
	}
	return &wire.WrapUp{ID: id, Chat: chat, Code: "solved"}
}

func (a *agent) talk(id, chat string) wire.Command {
	switch closing := a.closing.Load(); {
	case closing && a.chance(30), a.chance(8):
		return &wire.End{ID: id, Chat: chat}
	case a.chance(10):
		return &wire.Focus{ID: id, Chat: &chat}
	case a.chance(15) && a.chats[chat] > 0:
		return &wire.Read{ID: id, Chat: chat, Upto: a.chats[chat]}
	case a.chance(5):
		return &wire.Leave{ID: id, Chat: chat}
	case a.chance(5):
		return &wire.Opened{ID: id, Chat: chat, On: a.chance(50)}
	case a.chance(10):
		return &wire.Send{ID: id, Chat: chat, Text: fmt.Sprintf("%s tells colleagues alone", id), To: wire.ToAgents}
	}
	return &wire.Send{ID: id, Chat: chat, Text: fmt.Sprintf("%s answers once", id)}
}

// quiet reports whether nothing is left on the agent's desk.
func (a *agent) quiet() bool {
	a.know.Lock()
	defer a.know.Unlock()
	return len(a.offers) == 0 && len(a.chats) == 0 && len(a.debts) == 0 && a.answered()
}
