package acd

import (
	"testing"
	"time"
)

func ofTier(n int) func(*AgentAdvert) { return func(a *AgentAdvert) { a.Tier = n } }

func TestALaterTierIsAskedOnlyWhenNobodyOfAnEarlierOneIsFree(t *testing.T) {
	for _, by := range []Strategy{LongestIdle, LeastBusy, RoundRobin, Proficiency, LeastHandled, Random} {
		t.Run(string(by), func(t *testing.T) {
			h := newHall(t, func(p *QueuePolicy) { p.Strategy = by })
			hour := idle(h.now.Add(-time.Hour))
			expert := func(a *AgentAdvert) { a.Skills, a.Levels = []string{"latin"}, map[string]int{"latin": 10} }
			h.step(h.advert("alice", ofTier(3), hour, expert, units(4, 4)))
			h.step(h.advert("bob", ofTier(2), hour, expert, units(4, 4)))
			h.step(h.advert("carol", knowing("latin"), units(2, 4)))
			h.grant(h.step(h.entry("c1", needing("latin"))))
			h.step(h.advert("carol", busy))
			h.wantAsked(h.step(h.entry("c2", needing("latin"))), "bob:c2")
		})
	}
}

func TestAStepWidensWhoIsAsked(t *testing.T) {
	for _, c := range []struct {
		name  string
		needs []string
		step  Step
		agent func(*AgentAdvert)
		tiers int
	}{
		{"a skill is dropped", []string{"latin", "law"}, Step{DropSkills: []string{"latin"}}, knowing("law"), 0},
		{"the queue's own skill is dropped", nil, Step{DropSkills: []string{"house"}}, knowing("latin"), 0},
		{"a lower level will do", []string{"latin>=9"}, Step{MinLevel: 3}, knowing("latin", "house"), 0},
		{"another tier is asked", nil, Step{MaxTier: 2}, ofTier(2), 1},
	} {
		for _, first := range []string{"agent", "chat"} {
			t.Run(c.name+", "+first+" first", func(t *testing.T) {
				h := newHall(t, func(p *QueuePolicy) {
					p.MaxTier, p.Steps = c.tiers, []Step{c.step}
					p.Steps[0].After = 30 * time.Second
					if len(c.step.DropSkills) > 0 && c.needs == nil {
						p.Skills = []string{"house"}
					}
				})
				order := []Command{h.entry("c1", needing(c.needs...)), h.advert("alice", c.agent)}
				if first == "agent" {
					order[0], order[1] = order[1], order[0]
				}
				h.wantAsked(h.stepAll(order...))
				h.pass(15 * time.Second)
				h.step(Tick{})
				h.pass(14999 * time.Millisecond)
				h.wantAsked(h.step(Tick{}))
				g := h.grant(h.tick(time.Millisecond))
				if g.Agent != "alice" || g.Decision.Step != 1 {
					t.Fatalf("granted %+v", g)
				}
			})
		}
	}
}

func TestStepsAreCountedFromWhenTheChatEntered(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) {
		p.MaxTier, p.Steps = 1, []Step{{After: 30 * time.Second, MaxTier: 2}, {After: time.Minute, MaxTier: 3}}
	})
	h.step(h.advert("alice", ofTier(3)))
	h.step(h.advert("bob", ofTier(2), busy))
	old := h.entry("c1", func(e *Enqueue) { e.Leg.EnteredAt = h.now.Add(-time.Minute) })
	out := h.step(old)
	h.wantAsked(out, "alice:c1")
	if d := h.grant(out).Decision; d.Step != 2 || d.Why != "tier 3, idle 1m0s" {
		t.Fatalf("decided %+v", d)
	}
}

func TestADecisionSaysWhoseTierWasNotAskedYet(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.MaxTier = 1 })
	h.step(h.advert("alice"))
	h.step(h.advert("bob", ofTier(2)))
	d := h.grant(h.step(h.entry("c1"))).Decision
	if d.Why != "idle 1m0s" || len(d.Passed) != 1 || d.Passed[0] != (PassedBy{"bob", "tier"}) {
		t.Fatalf("decided %+v", d)
	}
}

func TestAnotherPolicyHoldsForWhoWaitsAlready(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.MaxTier = 1 })
	h.step(h.entry("c1", needing("latin>=8")))
	h.wantAsked(h.step(h.advert("alice", ofTier(2), knowing("latin"))))
	h.configure(func(p *QueuePolicy) { p.Steps = []Step{{MinLevel: 5}} })
	h.wantAsked(h.step(ConfigChanged{}), "alice:c1")
}
