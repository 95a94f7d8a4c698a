package check

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// reading is a fold of a few records, and what it finds.
func reading(cfg *acd.Config, records ...any) string {
	k := New(func() int64 { return 1 })
	k.Configured(cfg)
	f := &fold{checker: k, chats: map[acd.ChatID]*chat{}, desks: map[acd.AgentID]*desk{}, stays: map[string][]*stay{}}
	waits := f.chat("c")
	waits.started, waits.leg, waits.weight = true, true, 1
	chat, at := acd.ChatID("c").Address(), time.Unix(1000, 0)
	for _, r := range records {
		switch e := r.(type) {
		case acd.Struck:
			f.desk("alice").apply(f, acd.AgentID("alice").Address(), e)
		case acd.Event:
			f.chat(acd.ChatID(chat.ID)).record(f, chat, &actors.Written{At: at, Events: []acd.Event{e}})
		}
	}
	if k.violated == nil {
		return ""
	}
	return k.violated.Rule
}

func TestStrikesAndReasonsAreHeldAgainstTheChat(t *testing.T) {
	cfg := &acd.Config{Queues: map[acd.QueueID]*acd.QueuePolicy{"q": {MinAlert: 2 * time.Second}},
		Agents: map[acd.AgentID]*acd.AgentProfile{"alice": {Capacity: 2}}}
	offer := acd.Offered{Offer: acd.Offer{ID: "c.1", Agent: "alice", Kind: acd.OfferRoute}, Decision: acd.Decision{Winner: "alice"}}
	missed := acd.OfferEnded{Offer: "c.1", Agent: "alice", Reason: acd.OfferRONA, Rang: 3 * time.Second}
	strike := acd.Struck{Offer: "c.1", Reason: acd.OfferRONA}
	brief, other, wrong := missed, missed, offer
	brief.Rang, other.Agent, wrong.Decision = time.Second, "bob", acd.Decision{Winner: "bob"}
	twice := offer
	twice.Decision.Passed = []acd.PassedBy{{Agent: "bob", Why: "busy"}, {Agent: "bob", Why: "busy"}}
	for _, c := range []struct {
		name    string
		records []any
		breaks  string
	}{
		{"missed", []any{offer, missed, strike}, ""},
		{"struck twice", []any{offer, missed, strike, strike}, "I8"},
		{"struck while it rings", []any{offer, strike}, "I8"},
		{"struck for a moment", []any{offer, brief, strike}, "I8"},
		{"struck for another one's", []any{offer, other, strike}, "I8"},
		{"decided for another one", []any{wrong}, "decision"},
		{"passed over twice", []any{twice}, "decision"},
	} {
		if got := reading(cfg, c.records...); got != c.breaks {
			t.Errorf("%s: breaks %q, expected %q", c.name, got, c.breaks)
		}
	}
}

func TestAWrapUpThatKeepsItsSlotCountsAsLoad(t *testing.T) {
	k := New(func() int64 { return 1 })
	k.capacity["alice"] = 2
	f := &fold{checker: k, chats: map[acd.ChatID]*chat{}, desks: map[acd.AgentID]*desk{}, stays: map[string][]*stay{}}
	f.chat("d").ended = true
	f.desk("alice").owes["d"] = acd.Debt{Chat: "d", Weight: 2, Spec: acd.WrapupPolicy{Mode: acd.WrapupMandatory, Blocking: "slot"}}
	c := f.chat("c")
	c.weight, c.offers["c.1"] = 1, acd.Offer{ID: "c.1", Agent: "alice"}
	if f.carries(acd.ChatID("c").Address(), c, "alice"); k.violated == nil || k.violated.Rule != "I2" {
		t.Errorf("three units of two are %v", k.violated)
	}
}

func TestAChatThatIsGivenToSomebodyWhileItIsParkedTakesNothingOfHim(t *testing.T) {
	cfg := &acd.Config{Agents: map[acd.AgentID]*acd.AgentProfile{"alice": {Capacity: 1}}}
	given := acd.Joined{Agent: "alice", Mode: acd.Talk, Owner: true}
	for _, c := range []struct {
		name   string
		before []any
		breaks string
	}{
		{"it weighs", []any{given}, "I2"},
		{"it is parked", []any{acd.Parked{}, given}, ""},
		{"it was parked before his time", []any{acd.Parked{}, acd.Unparked{}, given}, "I2"},
	} {
		k := New(func() int64 { return 1 })
		k.Configured(cfg)
		f := &fold{checker: k, chats: map[acd.ChatID]*chat{}, desks: map[acd.AgentID]*desk{}, stays: map[string][]*stay{}}
		for _, id := range []acd.ChatID{"c", "d"} {
			waits := f.chat(id)
			waits.started, waits.leg, waits.weight = true, true, 1
		}
		at := time.Unix(1000, 0)
		for _, e := range append(c.before, acd.Unparked{}) {
			f.chat("c").record(f, acd.ChatID("c").Address(), &actors.Written{At: at, Events: []acd.Event{e.(acd.Event)}})
		}
		f.chat("d").record(f, acd.ChatID("d").Address(), &actors.Written{At: at, Events: []acd.Event{acd.Offered{Offer: acd.Offer{ID: "d.1", Agent: "alice"}}}})
		got := ""
		if k.violated != nil {
			got = k.violated.Rule
		}
		if got != c.breaks {
			t.Errorf("%s: breaks %q, expected %q", c.name, got, c.breaks)
		}
	}
}
