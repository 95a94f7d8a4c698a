package acd

import (
	"fmt"
	"testing"
	"time"
)

// serve has a chat asked for, granted to whoever it was, and taken by him.
func (h *hall) serve(chat ChatID) AgentID {
	h.t.Helper()
	a := h.grant(h.step(h.entry(chat))).Agent
	h.step(h.advert(a)) // he does not count it himself: his chats are over at once
	h.step(Withdraw{Chat: chat, ID: EnqueueID("stay-" + chat), Reason: Taken, Agent: a})
	h.pass(time.Second)
	return a
}

func TestWhoHasTakenFewestChatsGetsTheNext(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.Strategy = LeastHandled })
	h.step(h.advert("alice"))
	for _, chat := range []ChatID{"c1", "c2", "c3"} {
		if a := h.serve(chat); a != "alice" {
			t.Fatalf("%s took %s", a, chat)
		}
	}
	h.step(h.advert("bob", away))
	h.step(h.advert("bob", idle(h.now))) // who comes later has nothing to make up for
	h.step(h.advert("alice", idle(h.now.Add(-time.Hour))))
	if a := h.serve("c4"); a != "alice" {
		t.Fatalf("%s took c4, it was alice's: both count three, and she was idle longer", a)
	}
	h.step(h.advert("alice", idle(h.now.Add(-time.Hour))))
	for i, want := range []AgentID{"bob", "alice", "bob"} {
		h.step(h.advert("alice", idle(h.now.Add(-time.Hour))))
		if a := h.serve(ChatID(fmt.Sprint("d", i))); a != want {
			t.Fatalf("%s took d%d, want %s", a, i, want)
		}
	}
}

func TestAChatThatSomebodyMissedCountsForNobody(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.Strategy = LeastHandled })
	h.step(h.advert("alice", idle(h.now.Add(-time.Hour))))
	h.step(h.advert("bob"))
	if g := h.grant(h.step(h.entry("c1"))); g.Agent != "alice" {
		t.Fatalf("%s was asked", g.Agent)
	}
	h.step(Withdraw{Chat: "c1", ID: "stay-c1", Reason: Abandoned})
	h.step(h.advert("alice", idle(h.now.Add(-time.Hour))))
	h.wantAsked(h.step(h.entry("c2")), "alice:c2")
}

func TestChanceFavoursNobodyAndIsTheTurns(t *testing.T) {
	const chats = 3000
	drawn := func() ([]AgentID, map[AgentID]int) {
		h := newHall(t, func(p *QueuePolicy) { p.Strategy = Random })
		h.quick = true
		for _, a := range []AgentID{"alice", "bob", "carol"} {
			h.step(h.advert(a, units(chats, chats)))
		}
		list, count := make([]AgentID, 0, chats), map[AgentID]int{}
		for i := range chats {
			chat := ChatID(fmt.Sprint("c", i))
			g := h.grant(h.step(h.entry(chat)))
			if g.Decision.Why != "by chance" || len(g.Decision.Passed) != 2 || g.Decision.Passed[0].Why != passBehind {
				t.Fatalf("decided %+v", g.Decision)
			}
			h.step(Withdraw{Chat: chat, ID: EnqueueID("stay-" + chat), Reason: Taken, Agent: g.Agent})
			h.step(h.advert(g.Agent, units(chats, chats)))
			list, count[g.Agent] = append(list, g.Agent), count[g.Agent]+1
		}
		return list, count
	}
	first, count := drawn()
	for a, n := range count {
		if n < chats/3-150 || n > chats/3+150 { // six times what chance deviates by
			t.Errorf("%s got %d of %d", a, n, chats)
		}
	}
	if again, _ := drawn(); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Error("the same turns drew otherwise")
	}
}

func TestChanceStaysWithinTheTierThatIsAsked(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.Strategy = Random })
	tiers := map[AgentID]int{"alice": 2, "bob": 1, "carol": 2, "dave": 1, "erin": 2}
	for _, a := range []AgentID{"alice", "bob", "carol", "dave", "erin"} {
		h.step(h.advert(a, func(ad *AgentAdvert) { ad.Tier = tiers[a] }))
	}
	for i, want := range []int{1, 1, 2, 2, 2} {
		if a := h.grant(h.step(h.entry(ChatID(fmt.Sprint("c", i))))).Agent; tiers[a] != want {
			t.Errorf("chat %d went to %s of tier %d, want tier %d", i, a, tiers[a], want)
		}
	}
}
