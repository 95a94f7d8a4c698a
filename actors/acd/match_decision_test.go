package acd

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestADecisionSaysWhyEachOtherAgentWasPassedOver(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.Skills = []string{"law"} })
	knows := knowing("law", "latin")
	h.step(h.advert("fred", knows, func(a *AgentAdvert) { a.IdleSince = h.now.Add(-time.Hour) }))
	h.step(h.entry("c0", needing("latin")))
	h.step(h.advert("alice", knows, away))
	h.step(h.advert("bob", knows, busy))
	h.step(h.advert("carol", knows, func(a *AgentAdvert) { a.Room = map[Channel]int{"livechat": 0} }))
	h.step(h.advert("dave", knowing("law")))
	h.step(h.advert("erin", knows))
	h.step(h.advert("gina", knows))
	h.step(h.advert("hugo", knows, idle(h.now)))
	h.step(h.advert("ivan", knowing("latin")))
	h.step(h.advert("judy", knows, func(a *AgentAdvert) { a.Chats = []ChatID{"c1"} }))
	g := h.grant(h.step(h.entry("c1", needing("latin"), h.barring("erin", time.Minute))))
	want := &Decision{
		Queue: "support", Strategy: LongestIdle, At: h.now, Version: 1, Winner: "gina", Why: "idle 1m0s",
		Passed: []PassedBy{
			{"alice", "not_available"}, {"bob", "busy"}, {"carol", "channel"}, {"dave", "skill"}, {"erin", "excluded"},
			{"fred", "reserved"}, {"hugo", "behind"}, {"ivan", "skill"}, {"judy", "excluded"},
		},
	}
	if !reflect.DeepEqual(g.Decision, want) {
		t.Fatalf("decided\n%+v, want\n%+v", g.Decision, want)
	}
}

func TestADecisionAmongManyNamesSomeAndCountsEverybody(t *testing.T) {
	h := newHall(t, nil)
	h.quick = true
	for i := range 1000 {
		id := AgentID(fmt.Sprintf("a%03d", i))
		switch {
		case i < 500:
			h.step(h.advert(id, away))
		case i < 700:
			h.step(h.advert(id, busy))
		case i < 900:
			h.step(h.advert(id, knowing("greek")))
		default:
			h.step(h.advert(id, knowing("latin")))
		}
	}
	d := h.grant(h.step(h.entry("c1", needing("latin")))).Decision
	if d.Winner != "a900" || d.Passed[0] != (PassedBy{"a901", "behind"}) {
		t.Fatalf("decided %+v", d)
	}
	wantPassed(t, d, map[string]int{"not_available": 500, "busy": 200, "skill": 200, "behind": 99})
}

func TestADecisionCountsRightWhenTheWinnerCameLate(t *testing.T) {
	h := newHall(t, nil)
	h.quick = true
	for i := range 200 {
		h.step(h.advert(AgentID(fmt.Sprintf("a%03d", i)), func(a *AgentAdvert) {
			if i < 150 {
				a.Room = map[Channel]int{"livechat": 0}
			}
		}))
	}
	d := h.grant(h.step(h.entry("c1"))).Decision
	if d.Winner != "a150" {
		t.Fatalf("decided %+v", d)
	}
	wantPassed(t, d, map[string]int{"channel": explainWalk, "behind": 199 - explainWalk})
}

// wantPassed counts the named and the others by reason.
func wantPassed(t *testing.T, d *Decision, want map[string]int) {
	t.Helper()
	if len(d.Passed) != explainNamed {
		t.Fatalf("named %d, want %d", len(d.Passed), explainNamed)
	}
	got := map[string]int{}
	for _, p := range d.Passed {
		got[p.Why]++
	}
	for _, m := range d.More {
		got[m.Why] += m.Count
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("counted %v, want %v", got, want)
	}
}
