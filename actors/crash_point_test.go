package actors_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// TestCrashPoint takes the node down at each of the points that the model
// names: at the first eight by a journal that stops at that very record, once with
// the record on disk and nobody told, once with the record lost; the last three
// are of damage to what is stored.
func TestCrashPoint(t *testing.T) {
	for _, p := range []struct {
		name string
		play func(*testing.T)
	}{
		{"01 a chat is started and nobody is told", at(crash01Started)},
		{"02 a chat waits and its queue is not told", at(crash02Queued)},
		{"03 a slot is reserved and nobody is told", at(crash03Reserved)},
		{"04 a chat is offered and the agent is not told", at(crash04Offered)},
		{"05 an offer is accepted and the agent is not told", at(crash05Accepted)},
		{"06 an offer is missed and the agent is not told", at(crash06Missed)},
		{"07 one leaves and another owns", at(crash07Moved)},
		{"08 a wrap-up is done and the chat is not told", at(crash08WrappedUp)},
		{"09 the last record is torn", crash09Torn},
		{"10 a snapshot is damaged", crash10Damaged},
		{"11 a record cannot be read", in(crash11Poisoned)},
	} {
		t.Run(p.name, p.play)
	}
}

func at(story func(*point)) func(*testing.T) {
	return func(t *testing.T) { crashPoint(t, story) }
}

var toSupport = acd.QueueID("support").Address()

func crash01Started(p *point) {
	start := acd.Start{Chat: "c1", Source: "web", Queue: "support"}
	stopsAt[acd.ChatStarted](p, "chat")
	p.ann.sends("start", toSupport, start)
	p.down()
	if r := p.again(p.ann, "start", toSupport, start); r.Chat != "c1" {
		p.t.Errorf("started %q", r.Chat)
	}
	has[acd.ChatStarted](p, acd.ChatID("c1").Address(), 1)
	if chats := p.customer("ann").welcome.Snapshot.Chats; len(chats) != 1 {
		p.t.Errorf("ann has %d chats", len(chats))
	}
	p.alice.ready()
	if p.alice.accepts() != "c1" {
		p.t.Error("another chat was offered")
	}
}

func crash02Queued(p *point) {
	narrow(p)
	bert, clara := p.customer("bert"), p.customer("clara")
	first := bert.starts()
	p.pass(time.Second)
	start := acd.Start{Chat: "c1", Source: "web", Queue: "support"}
	stopsAt[acd.Queued](p, "chat")
	p.ann.sends("start", toSupport, start)
	p.down()
	p.pass(time.Second)
	clara = clara.again()
	last := clara.starts()
	p.pass(time.Second)
	p.again(p.ann, "start", toSupport, start)
	p.alice.ready()
	want := []acd.ChatID{first, last, "c1"} // it was lost: her place is where she came again
	if p.durable {
		want = []acd.ChatID{first, "c1", last} // she was in the queue before it had heard of her
	}
	if got := servesAll(p, 3); !slices.Equal(got, want) {
		p.t.Errorf("served in the order %v, expected %v", got, want)
	}
	has[acd.Queued](p, acd.ChatID("c1").Address(), 1)
}

// The reservation is in no record: what has become of it follows from the chat.
func crash03Reserved(p *point) {
	narrow(p)
	p.alice.ready()
	start := acd.Start{Chat: "c1", Source: "web", Queue: "support"}
	stopsAt[acd.Offered](p, "chat") // alice has given her slot to it
	if p.durable {
		stopsAt[acd.Queued](p, "chat") // she gives it, and not even the offer is written
	}
	p.ann.sends("start", toSupport, start)
	if !p.durable {
		p.ann.read()
	}
	p.down()
	p.again(p.ann, "start", toSupport, start)
	if p.alice.accepts() != "c1" {
		p.t.Error("another chat was offered")
	}
	if v := p.alice.view(); v.Used != 1 || len(v.Slots) != 1 {
		p.t.Errorf("alice has used %d units for %+v", v.Used, v.Slots)
	}
	has[acd.Offered](p, acd.ChatID("c1").Address(), 1)
}

func crash04Offered(p *point) {
	chat := p.ann.starts()
	p.alice.read()
	stopsAt[acd.Offered](p, "chat")
	p.alice.sends("ready", p.alice.desk(), acd.SetPresence{State: acd.Available})
	p.alice.read() // her own word is on disk and answered
	p.down()
	o := p.alice.offered()
	if n := told[acd.Offered](p.alice); n != 1 || len(fold(p.t, p.journal, chat).Offers) != 1 {
		p.t.Errorf("she is told of %d offers", n)
	}
	p.pass(9 * time.Second)
	if got := p.alice.must(p.alice.desk(), acd.AcceptOffer{Offer: o.Offer.ID}); got.Chat != chat {
		p.t.Errorf("accepted %+v", got)
	}
	has[acd.Offered](p, chat.Address(), 1)
}

func crash05Accepted(p *point) {
	p.alice.ready()
	chat := p.ann.starts()
	accept := acd.AcceptOffer{Offer: p.alice.offered().Offer.ID}
	stopsAt[acd.Accepted](p, "chat")
	p.alice.sends("accept", p.alice.desk(), accept)
	p.down()
	if r := p.again(p.alice, "accept", p.alice.desk(), accept); r.Chat != chat {
		p.t.Errorf("answered %+v", r)
	}
	if c := fold(p.t, p.journal, chat); c.Owner != "alice" {
		p.t.Errorf("%q owns the chat", c.Owner)
	}
	if v := p.alice.view(); len(v.Slots) != 1 || v.Slots[0].State != acd.SlotConnected || v.Focus != chat {
		p.t.Errorf("alice's desk shows %+v", v)
	}
	if told[acd.Accepted](p.ann) != 1 || p.ann.says(chat, "hello") != 1 {
		p.t.Errorf("ann is told of %d accepts", told[acd.Accepted](p.ann))
	}
	has[acd.Accepted](p, chat.Address(), 1)
}

func crash06Missed(p *point) {
	p.alice.ready()
	chat := p.ann.starts()
	p.alice.offered()
	stopsAt[acd.OfferEnded](p, "chat")
	p.pass(21 * time.Second)
	p.down()
	p.pass(time.Minute)
	if n := p.alice.strikes(); n != 1 {
		p.t.Errorf("alice was struck %d times for one offer", n)
	}
	if e, _ := last[acd.OfferEnded](p.alice); e.Reason != acd.OfferRONA || told[acd.OfferEnded](p.alice) != 1 {
		p.t.Errorf("told %d times, last %+v", told[acd.OfferEnded](p.alice), e)
	}
	p.alice.isNow(acd.InRONA)
	p.bob.ready()
	if p.bob.accepts() != chat {
		p.t.Error("another chat was offered to bob")
	}
	has[acd.OfferEnded](p, chat.Address(), 1)
}

func crash07Moved(p *point) {
	p.alice.ready()
	chat := p.ann.starts()
	p.alice.accepts()
	p.bob.ready()
	p.alice.must(chat.Address(), acd.TransferChat{ToAgent: "bob"})
	accept := acd.AcceptOffer{Offer: p.bob.offered().Offer.ID}
	stopsAt[acd.Accepted](p, "chat")
	p.bob.sends("accept", p.bob.desk(), accept)
	p.down()
	owner, debts := acd.AgentID("alice"), 0
	if p.durable {
		owner, debts = "bob", 1
	}
	if c := serves(p, chat, owner); len(c.Owing) != debts {
		p.t.Errorf("half moved, with the debts %+v", c.Owing)
	}
	p.again(p.bob, "accept", p.bob.desk(), accept)
	serves(p, chat, "bob")
	if told[acd.TransferDone](p.alice) != 1 || !p.alice.owes(chat) || p.bob.says(chat, "mine") != 1 {
		p.t.Errorf("alice is told of %d transfers", told[acd.TransferDone](p.alice))
	}
	has[acd.TransferDone](p, chat.Address(), 1)
}

func crash08WrappedUp(p *point) {
	p.alice.ready()
	chat := p.ann.starts()
	p.alice.accepts()
	p.alice.must(chat.Address(), acd.EndChat{})
	done := acd.Wrapup{Chat: chat, Code: "resolved", Notes: "fine"}
	stopsAt[acd.WrapupDone](p, "agent")
	p.alice.sends("done", p.alice.desk(), done)
	p.down()
	p.pass(2 * time.Second)
	if c := fold(p.t, p.journal, chat); (c.Phase == acd.PhaseClosed) != p.durable {
		p.t.Errorf("the chat is %s", c.Phase)
	}
	p.again(p.alice, "done", p.alice.desk(), done)
	p.pass(time.Second)
	filed(p.world, chat, "resolved")
	if n := told[acd.WrapupDone](p.alice); n != 1 {
		p.t.Errorf("alice is told %d times", n)
	}
	has[acd.WrapupRecorded](p, chat.Address(), 1)
}
