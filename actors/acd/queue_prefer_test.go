package acd

import (
	"fmt"
	"testing"
	"time"
)

// for a while, the chat would rather have that agent.
func (h *hall) preferring(a AgentID, d time.Duration) func(*Enqueue) {
	return func(e *Enqueue) { e.Leg.Prefer, e.Leg.PreferUntil = a, h.now.Add(d) }
}

func TestAChatWaitsForItsPreferredAgent(t *testing.T) {
	const patience = 30 * time.Second
	for _, c := range []struct {
		name   string
		alice  func(*AgentAdvert) // the preferred one; nil is not known
		at     []string           // asked when the chat comes
		freed  []string           // when alice says that she is free
		needs  []string
		tiers  int
		change func(*hall, *Enqueue)
	}{
		{name: "who is free gets it, though another is idle longer", alice: idle(opening), at: []string{"alice:c1"}, freed: []string{}},
		{name: "who is busy is waited for", alice: busy, at: []string{}, freed: []string{"alice:c1"}},
		{name: "who is away is not", alice: away, at: []string{"bob:c1"}, freed: []string{}},
		{name: "who is unknown is not", at: []string{"bob:c1"}, freed: []string{}},
		{name: "who lacks a skill is waited for all the same", alice: busy, needs: []string{"latin"}, at: []string{}, freed: []string{"alice:c1"}},
		{name: "who is of a later tier is waited for all the same", alice: func(a *AgentAdvert) { busy(a); a.Tier = 2 }, tiers: 1,
			at: []string{}, freed: []string{"alice:c1"}},
		{name: "who rejected it is not", alice: idle(opening), at: []string{"bob:c1"}, freed: []string{},
			change: func(h *hall, e *Enqueue) { h.barring("alice", time.Minute)(e) }},
		{name: "nobody is waited for when the time is over", alice: busy, at: []string{"bob:c1"}, freed: []string{},
			change: func(h *hall, e *Enqueue) { e.Leg.PreferUntil = h.now }},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, func(p *QueuePolicy) { p.MaxTier = c.tiers })
			h.step(h.advert("bob", idle(opening.Add(-time.Hour)), knowing("latin")))
			if c.alice != nil {
				h.step(h.advert("alice", c.alice))
			}
			e := h.entry("c1", h.preferring("alice", patience), needing(c.needs...))
			if c.change != nil {
				c.change(h, &e)
			}
			h.wantAsked(h.step(e), c.at...)
			h.wantAsked(h.step(h.advert("alice", idle(opening), ofTier(max(c.tiers+1, 1)))), c.freed...)
		})
	}
}

func TestThePreferredAgentHoldsUpNobodyElse(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice", busy))
	h.step(h.entry("c1", h.preferring("alice", time.Minute)))
	h.pass(time.Second)
	h.step(h.entry("c2"))
	h.wantAsked(h.step(h.advert("bob")), "bob:c2")
	h.wantAsked(h.step(h.advert("alice")), "alice:c1")
}

func TestAfterTheWaitForOneAgentTheOthersAreAsked(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(*hall) Outcome
	}{
		{"the time is over", func(h *hall) Outcome {
			h.pass(29999 * time.Millisecond)
			h.wantAsked(h.step(Tick{}))
			return h.tick(time.Millisecond)
		}},
		{"he has gone", func(h *hall) Outcome { return h.step(h.advert("alice", away)) }},
		{"he is no longer fit for the queue", func(h *hall) Outcome {
			h.configure(func(p *QueuePolicy) { p.Skills = []string{"law"} })
			return h.step(ConfigChanged{})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, nil)
			h.step(h.advert("alice", busy))
			h.step(h.advert("bob", knowing("law")))
			h.wantAsked(h.step(h.entry("c1", h.preferring("alice", 30*time.Second))))
			h.wantAsked(c.then(h), "bob:c1")
		})
	}
}

func TestWhoHasComeBackIsPreferredAgain(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice", away))
	h.step(h.entry("c1", h.preferring("alice", time.Minute)))
	h.step(h.advert("alice", busy))
	h.wantAsked(h.step(h.advert("bob")))
	h.wantAsked(h.step(h.advert("alice")), "alice:c1")
}

func TestADecisionSaysThatTheChatWaitedForTheAgent(t *testing.T) {
	for _, others := range []int{2, 100} {
		h := newHall(t, nil)
		h.quick = true
		for i := range others {
			h.step(h.advert(AgentID(fmt.Sprintf("a%03d", i))))
		}
		h.step(h.advert("zoe", idle(h.now)))
		d := h.grant(h.step(h.entry("c1", h.preferring("zoe", time.Minute)))).Decision
		passed := map[string]int{}
		for _, p := range d.Passed {
			passed[p.Why]++
		}
		for _, m := range d.More {
			passed[m.Why] += m.Count
		}
		if d.Winner != "zoe" || d.Why != "preferred, idle 0s" || len(passed) != 1 || passed["preferred"] != others {
			t.Fatalf("of %d decided %+v", others, d)
		}
	}
}

func TestAQueueSaysHowLongAnAgentIsWaitedFor(t *testing.T) {
	for _, c := range []struct {
		name   string
		start  Start
		prefer AgentID
		wait   time.Duration
	}{
		{"whom the customer asks for", Start{Agent: "alice", Last: "bob"}, "alice", time.Minute},
		{"who served him last", Start{Last: "bob"}, "bob", 2 * time.Minute},
		{"nobody", Start{}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, func(p *QueuePolicy) { p.LastAgent = 2 * time.Minute })
			c.start.Chat = "c1"
			on := h.step(c.start).Forward.Cmd.(Start)
			if on.Prefer != c.prefer || c.wait > 0 && !on.PreferUntil.Equal(h.now.Add(c.wait)) {
				t.Fatalf("handed on %+v", on)
			}
		})
	}
	h := newHall(t, nil)
	if on := h.step(Start{Chat: "c1", Last: "bob"}).Forward.Cmd.(Start); on.Prefer != "" {
		t.Fatalf("the policy does not ask for the last agent: %+v", on)
	}
}

func TestAChatTakesWhomItWaitsForIntoItsStay(t *testing.T) {
	h := newHall(t, nil)
	h.config.Sources = map[SourceID]*Source{"web": {ID: "web", Channel: "livechat", Queue: "support"}}
	on := h.step(Start{Chat: "c1", Source: "web", Agent: "alice"}).Forward.Cmd.(Start)
	ann := Principal{Role: RoleCustomer, ID: "ann"}
	chat := NewChat("c1")
	out := chat.Step(Turn{Now: h.now, By: ann, Config: h.config, Entropy: 1}, on)
	e, _ := the[Enqueue](t, out)
	if e.Leg.Prefer != "alice" || !e.Leg.PreferUntil.Equal(h.now.Add(time.Minute)) {
		t.Fatalf("waits as %+v", e.Leg)
	}
	h.step(h.advert("alice", busy))
	h.step(h.advert("bob"))
	h.wantAsked(h.step(e))
}
