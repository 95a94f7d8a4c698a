package acd

import (
	"testing"
	"time"
)

func TestASkillIsAskedForAtItsLevelOrBetter(t *testing.T) {
	at := func(levels map[string]int) func(*AgentAdvert) {
		return func(a *AgentAdvert) { a.Skills, a.Levels = []string{"latin", "law"}, levels }
	}
	for _, c := range []struct {
		name  string
		needs []string
		agent func(*AgentAdvert)
		fits  bool
	}{
		{"better", []string{"latin>=7"}, at(map[string]int{"latin": 8}), true},
		{"just as good", []string{"latin>=7"}, at(map[string]int{"latin": 7}), true},
		{"not as good", []string{"latin>=7"}, at(map[string]int{"latin": 6}), false},
		{"any level", []string{"latin"}, at(map[string]int{"latin": 1}), true},
		{"no level given is five", []string{"latin>=5"}, at(nil), true},
		{"no level given is not six", []string{"latin>=6"}, at(nil), false},
		{"the higher of two", []string{"latin>=8", "latin>=3"}, at(map[string]int{"latin": 7}), false},
		{"each of two", []string{"latin>=8", "law>=2"}, at(map[string]int{"latin": 8, "law": 1}), false},
		{"a level of a skill that he does not have", []string{"greek>=1"}, at(map[string]int{"greek": 9}), false},
		{"a level that is none is a skill that nobody has", []string{"latin>=eleven"}, at(nil), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, nil)
			h.step(h.entry("c1", needing(c.needs...)))
			want := []string{}
			if c.fits {
				want = append(want, "alice:c1")
			}
			h.wantAsked(h.step(h.advert("alice", c.agent)), want...)
		})
	}
}

func TestTheBestMatchIsWhoIsBestAtWhatIsAskedFor(t *testing.T) {
	knows := func(latin, law int, since time.Duration) func(*AgentAdvert) {
		return func(a *AgentAdvert) {
			a.Skills, a.Levels = []string{"latin", "law"}, map[string]int{"latin": latin, "law": law}
			a.IdleSince = opening.Add(-since)
		}
	}
	for _, c := range []struct {
		name  string
		queue []string
		needs []string
		want  string
		why   string
	}{
		{"in one skill", nil, []string{"law"}, "bob", "proficiency 9, idle 1s"},
		{"in both", nil, []string{"law", "latin>=2"}, "carol", "proficiency 14, idle 2s"},
		{"in the queue's own too", []string{"latin"}, []string{"law"}, "carol", "proficiency 14, idle 2s"},
		{"of equals the longest idle", nil, nil, "alice", "proficiency 0, idle 3s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, func(p *QueuePolicy) { p.Strategy, p.Skills = Proficiency, c.queue })
			h.step(h.advert("alice", knows(8, 2, 3*time.Second)))
			h.step(h.advert("bob", knows(1, 9, time.Second)))
			h.step(h.advert("carol", knows(7, 7, 2*time.Second)))
			g := h.grant(h.step(h.entry("c1", needing(c.needs...))))
			if string(g.Agent) != c.want || g.Decision.Why != c.why || g.Decision.Strategy != Proficiency {
				t.Fatalf("%s gets it, because of %q", g.Agent, g.Decision.Why)
			}
		})
	}
}

func TestAnotherLevelIsAnotherAdvert(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.entry("c1", needing("latin>=7")))
	h.wantAsked(h.step(h.advert("alice", knowing("latin"))))
	h.wantAsked(h.step(h.advert("alice", knowing("latin"), func(a *AgentAdvert) { a.Levels = map[string]int{"latin": 7} })), "alice:c1")
}
