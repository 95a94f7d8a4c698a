package acd

import (
	"testing"
	"time"
)

func TestAStrategyPicksTheAgent(t *testing.T) {
	cases := []struct {
		name   string
		by     Strategy
		change map[AgentID]func(*AgentAdvert)
		want   string
		why    string
	}{
		{"the longest idle", LongestIdle, map[AgentID]func(*AgentAdvert){
			"alice": idle(opening.Add(-10 * time.Second)), "bob": idle(opening.Add(-12500 * time.Millisecond)),
		}, "bob", "idle 12.5s"},
		{"the first id of equally idle ones", LongestIdle, map[AgentID]func(*AgentAdvert){
			"bob": idle(opening), "alice": idle(opening),
		}, "alice", "idle 0s"},
		{"the least busy for his capacity", LeastBusy, map[AgentID]func(*AgentAdvert){
			"alice": units(1, 2), "bob": units(3, 5),
		}, "bob", "load 2/5"},
		{"the longest idle of those who have handled as many", LeastHandled, map[AgentID]func(*AgentAdvert){
			"alice": idle(opening.Add(-10 * time.Second)), "bob": idle(opening.Add(-12500 * time.Millisecond)),
		}, "bob", "handled 0, idle 12.5s"},
		{"who never had one", RoundRobin, map[AgentID]func(*AgentAdvert){"bob": nil}, "bob", "never had one"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, func(p *QueuePolicy) { p.Strategy = c.by })
			for _, a := range []AgentID{"bob", "alice"} {
				if change, ok := c.change[a]; ok {
					ad := h.advert(a)
					if change != nil {
						change(&ad.Advert)
					}
					h.step(ad)
				}
			}
			out := h.step(h.entry("c1"))
			h.wantAsked(out, c.want+":c1")
			if g := h.grant(out); g.Decision.Why != c.why || g.Decision.Winner != AgentID(c.want) || g.Agent != AgentID(c.want) {
				t.Fatalf("decided %+v", g.Decision)
			}
		})
	}
}

func TestRoundRobinGoesRoundWhoeverIsIdleLongest(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.Strategy = RoundRobin })
	agents := []AgentID{"alice", "bob", "carol"}
	for _, a := range agents {
		h.step(h.advert(a))
	}
	for i := range 7 {
		chat := ChatID(rune('a' + i))
		out := h.step(h.entry(chat))
		a := agents[i%3]
		h.wantAsked(out, string(a)+":"+string(chat))
		h.grant(out)
		h.step(h.advert(a, idle(opening.Add(-time.Hour))))
		h.step(Withdraw{Chat: chat, ID: EnqueueID("stay-" + chat), Reason: Taken})
		h.pass(time.Second)
	}
}

func TestAnAgentGetsOnlyWhatHeFits(t *testing.T) {
	cases := []struct {
		name  string
		entry func(*Enqueue)
		agent func(*AgentAdvert)
		fits  bool
	}{
		{"all skills", needing("latin", "law"), knowing("law", "greek", "latin"), true},
		{"one of two skills", needing("latin", "law"), knowing("law"), false},
		{"a skill asked for twice", needing("law", "law"), knowing("law"), true},
		{"enough units", weighing(2), units(2, 4), true},
		{"too few units", weighing(3), units(2, 4), false},
		{"a channel without a limit", on("facebook"), func(a *AgentAdvert) { a.Room = map[Channel]int{"livechat": 0} }, true},
		{"a channel with room", on("facebook"), func(a *AgentAdvert) { a.Room = map[Channel]int{"facebook": 1} }, true},
		{"a closed channel", on("facebook"), func(a *AgentAdvert) { a.Room = map[Channel]int{"facebook": 0} }, false},
		{"a chat he has already", nil, func(a *AgentAdvert) { a.Chats = []ChatID{"c1"} }, false},
		{"another chat he has", nil, func(a *AgentAdvert) { a.Chats = []ChatID{"c0"} }, true},
		{"nothing free", nil, busy, false},
		{"not available", nil, away, false},
		{"not available, whatever is free", nil, func(a *AgentAdvert) { a.Available = false }, false},
	}
	for _, c := range cases {
		for _, first := range []string{"agent", "chat"} {
			t.Run(c.name+", "+first+" first", func(t *testing.T) {
				h := newHall(t, nil)
				e, ad := h.entry("c1"), h.advert("alice")
				if c.entry != nil {
					c.entry(&e)
				}
				if c.agent != nil {
					c.agent(&ad.Advert)
				}
				order := []Command{e, ad}
				if first == "agent" {
					order = []Command{ad, e}
				}
				want := []string{}
				if c.fits {
					want = append(want, "alice:c1")
				}
				h.wantAsked(h.stepAll(order...), want...)
			})
		}
	}
}

func TestAQueueOfSkillsWantsThemOfEverybody(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.Skills = []string{"law"} })
	h.step(h.advert("alice", knowing("greek")))
	h.wantAsked(h.step(h.entry("c1")))
	h.wantAsked(h.step(h.advert("bob", knowing("law"))), "bob:c1")
	h.wantAsked(h.step(h.entry("c2")))
	h.configure(nil)
	h.wantAsked(h.step(ConfigChanged{}), "alice:c2")
}

func TestAnotherStrategyHoldsFromTheNextChatOn(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice", units(1, 4)))
	h.step(h.advert("bob", units(4, 4), idle(h.now)))
	h.configure(func(p *QueuePolicy) { p.Strategy = LeastBusy })
	h.wantAsked(h.step(h.entry("c1")), "bob:c1")
}

func TestAnUnmatchableHeadHoldsUpNobody(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.entry("c1", needing("latin")))
	h.pass(time.Second)
	h.step(h.entry("c2"))
	h.wantAsked(h.step(h.advert("alice")), "alice:c2")
}

func TestLookingPastExcludedChatsIsBounded(t *testing.T) {
	for _, c := range []struct {
		scan int
		want []string
	}{{1, nil}, {2, []string{"alice:c3"}}} {
		h := newHall(t, func(p *QueuePolicy) { p.MatchScan = c.scan })
		for _, chat := range []ChatID{"c1", "c2"} {
			h.step(h.entry(chat, h.barring("alice", time.Hour)))
		}
		h.step(h.entry("c3"))
		h.wantAsked(h.step(h.advert("alice")), c.want...)
	}
}

func TestOneFreeUnitIsAskedForOnce(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice", units(2, 4)))
	h.wantAsked(h.step(h.entry("c1")), "alice:c1")
	h.wantAsked(h.step(h.entry("c2")), "alice:c2")
	h.wantAsked(h.step(h.entry("c3")))
	h.wantAsked(h.step(h.advert("alice", units(2, 4))))
	h.wantAsked(h.step(h.advert("alice", units(1, 4), func(a *AgentAdvert) { a.Chats = []ChatID{"c1", "c2"} })), "alice:c3")
}

func TestRoomInAChannelIsAskedForOnce(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice", units(4, 4), func(a *AgentAdvert) { a.Room = map[Channel]int{"facebook": 1} }))
	h.wantAsked(h.step(h.entry("c1", on("facebook"))), "alice:c1")
	h.wantAsked(h.step(h.entry("c2", on("facebook"))))
	h.wantAsked(h.step(h.entry("c3", on("livechat"))), "alice:c3")
}

func TestChatsThatComeAtOnceAreSpreadOverTheIdle(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice", units(4, 4), idle(h.now.Add(-time.Hour))))
	h.step(h.advert("bob", units(4, 4), idle(h.now.Add(-time.Minute))))
	h.wantAsked(h.step(h.entry("c1")), "alice:c1")
	h.wantAsked(h.step(h.entry("c2")), "bob:c2")
}

func TestAnOlderAdvertIsNotBelieved(t *testing.T) {
	h := newHall(t, nil)
	old := h.advert("alice")
	h.stepAll(h.advert("alice", away), old)
	h.wantAsked(h.step(h.entry("c1")))
}

func TestAGrantTellsTheChatOnce(t *testing.T) {
	h := newHall(t, nil)
	r, _ := the[Reserve](t, h.stepAll(h.advert("alice"), h.entry("c1")))
	if chat, ok := r.Offer.Chat(); !ok || chat != "c1" || r.From != "support" || r.Kind != OfferRoute || r.Weight != 1 || r.Channel != "livechat" {
		t.Fatalf("asked for %+v", r)
	}
	yes := Reserved{Offer: r.Offer, Agent: "alice", Name: "Alice"}
	g, send := the[OfferGrant](t, h.step(yes))
	if send.To != ChatID("c1").Address() || send.Key != "grant/"+string(r.Offer) {
		t.Fatalf("sent to %v under %q", send.To, send.Key)
	}
	if g.Offer != r.Offer || g.Agent != "alice" || g.Name != "Alice" || g.ID != "stay-c1" || g.Decision.Version != 1 {
		t.Fatalf("granted %+v", g)
	}
	wantSends(t, h.step(yes))
	h.step(Withdraw{Chat: "c1", ID: "stay-c1", Reason: Taken})
	wantSends(t, h.step(yes))
	wantSends(t, h.step(Reserved{Offer: "c1.other", Agent: "alice"}), "agent/alice acd.SlotRelease")
}

func TestWhoDeniesIsBusyUntilHisNextAdvert(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice", idle(h.now.Add(-time.Hour))))
	h.step(h.advert("bob"))
	r, _ := the[Reserve](t, h.step(h.entry("c1")))
	h.wantAsked(h.step(ReserveDenied{Offer: r.Offer, Agent: "alice", Reason: "capacity"}), "bob:c1")
	h.wantAsked(h.step(h.entry("c2")))
	h.wantAsked(h.step(h.advert("alice")), "alice:c2")
	if out := h.step(ReserveDenied{Offer: r.Offer, Agent: "alice"}); len(out.Sends) > 0 {
		t.Fatalf("denied twice: %v", out.Sends)
	}
}

func TestADenialAfterAFreshAdvertDoesNotSilenceIt(t *testing.T) {
	h := newHall(t, nil)
	r, _ := the[Reserve](t, h.stepAll(h.advert("alice"), h.entry("c1", h.barring("bob", time.Hour))))
	h.step(h.advert("alice"))
	h.wantAsked(h.step(ReserveDenied{Offer: r.Offer, Agent: "alice"}), "alice:c1")
}

func TestAnAgentWhoAdvertisesWhatHeDeniesIsLeftOutForAWhile(t *testing.T) {
	h := newHall(t, nil)
	e := h.entry("c1")
	out := h.stepAll(h.advert("alice"), e)
	rounds := 0
	for ; len(asked(out)) > 0 && rounds < 100; rounds++ {
		r, _ := the[Reserve](t, out)
		h.step(e)
		h.step(ReserveDenied{Offer: r.Offer, Agent: "alice"})
		out = h.step(h.advert("alice"))
	}
	if rounds != maxDenials {
		t.Fatalf("went on for %d rounds, want %d", rounds, maxDenials)
	}
	h.wantAsked(h.tick(2*time.Second), "alice:c1")
}

func TestWhoDoesNotAnswerIsForgottenAndTriedAgainLater(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice", idle(h.now.Add(-time.Hour))))
	h.step(h.advert("bob"))
	r, _ := the[Reserve](t, h.step(h.entry("c1")))
	h.pass(1999 * time.Millisecond)
	wantSends(t, h.step(Tick{}))
	h.wantAsked(h.tick(time.Millisecond), "bob:c1")
	wantSends(t, h.step(Reserved{Offer: r.Offer, Agent: "alice"}), "agent/alice acd.SlotRelease")
	h.wantAsked(h.step(h.entry("c2")))
	bobs := h.q.line.chats.get("c1").asked()[0]
	h.step(Reserved{Offer: bobs.offer, Agent: "bob"})
	h.wantAsked(h.tick(5*time.Second), "alice:c2")
}

func TestAnExclusionRunsOutAtItsTime(t *testing.T) {
	h := newHall(t, nil)
	h.step(h.advert("alice"))
	h.wantAsked(h.step(h.entry("c1", h.barring("alice", 10*time.Second))))
	h.pass(9999 * time.Millisecond)
	h.wantAsked(h.step(Tick{}))
	h.wantAsked(h.tick(time.Millisecond), "alice:c1")
}

func TestAnExclusionThatComesWhileTheAgentIsAskedTakesItBack(t *testing.T) {
	h := newHall(t, nil)
	e := h.entry("c1")
	h.stepAll(h.advert("alice"), e)
	h.barring("alice", time.Minute)(&e)
	wantSends(t, h.step(e), "agent/alice acd.SlotRelease")
	h.wantAsked(h.step(h.entry("c2")), "alice:c2")
}

func TestAStaleTickChangesNothing(t *testing.T) {
	h := newHall(t, nil)
	h.stepAll(h.advert("alice"), h.entry("c1"))
	at := h.q.Deadline()
	if out := h.step(Tick{}); len(out.Sends)+len(out.News) > 0 || !h.q.Deadline().Equal(at) {
		t.Fatalf("got %+v", out)
	}
}
