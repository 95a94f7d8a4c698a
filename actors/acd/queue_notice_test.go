package acd

import (
	"testing"
	"time"
)

// declines is the chat back from an agent who has rejected it.
func (h *hall) declines(chat ChatID, by ...AgentID) Enqueue {
	e := h.entry(chat)
	e.Exclude = map[AgentID]int64{}
	for _, a := range by {
		e.Exclude[a] = h.now.Add(time.Minute).UnixMilli()
	}
	return e
}

func TestAChatThatEverybodyHasDeclinedIsSentOn(t *testing.T) {
	for _, c := range []struct {
		name    string
		adverts func(*hall) []Command
		gone    bool
	}{
		{"the only one there is", func(h *hall) []Command { return []Command{h.advert("alice")} }, true},
		{"the only one, and he is in rona", func(h *hall) []Command { return []Command{h.advert("alice", away)} }, true},
		{"another is free", func(h *hall) []Command { return []Command{h.advert("alice"), h.advert("bob")} }, false},
		{"another is busy", func(h *hall) []Command { return []Command{h.advert("alice"), h.advert("bob", busy)} }, false},
		{"another takes no offers", func(h *hall) []Command { return []Command{h.advert("alice"), h.advert("bob", away)} }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, func(p *QueuePolicy) { p.OnAllDeclined = Dismissal{Queue: "sales", Text: "one moment"} })
			h.stepAll(c.adverts(h)...)
			out := h.step(h.declines("c1", "alice"))
			if !c.gone {
				if h.q.line.chats.len() != 1 {
					t.Fatalf("it is gone: %v", out.Sends)
				}
				return
			}
			if r, _ := the[EnqueueRefused](t, out); r.To != "sales" || r.Reason != whyDeclined || r.Text != "one moment" {
				t.Fatalf("sent away with %+v", r)
			}
		})
	}
}

func TestWhoLacksTheSkillAtEveryStepIsNobodyWhoIsLeft(t *testing.T) {
	for _, steps := range [][]Step{nil, {{After: time.Hour, DropSkills: []string{"law"}}}} {
		h := newHall(t, func(p *QueuePolicy) { p.OnAllDeclined.Do, p.Steps = EndWaiting, steps })
		h.stepAll(h.advert("alice", knowing("law")), h.advert("bob"))
		e := h.declines("c1", "alice")
		e.Leg.Skills = []string{"law"}
		h.step(e)
		if gone := h.q.line.chats.len() == 0; gone != (steps == nil) {
			t.Errorf("steps %v: sent away %t", steps, gone)
		}
	}
}

func TestTheLastOneWhoCouldHaveItGoes(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.OnAllDeclined.Do = EndWaiting })
	h.stepAll(h.advert("alice"), h.advert("bob", busy), h.declines("c1", "alice"), h.entry("c2"))
	out := h.step(h.advert("bob", away))
	if r, send := the[EnqueueRefused](t, out); send.To != ChatID("c1").Address() || r.Reason != whyDeclined {
		t.Fatalf("sent %v", out.Sends)
	}
	if h.q.line.chats.get("c2") == nil {
		t.Error("who was not declined is gone too")
	}
}

func TestAChatThatEverybodyHasDeclinedIsToldAndAskedAgainSooner(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.OnAllDeclined.Text, p.DeclineCooldown = "we try again", 10*time.Second })
	h.step(h.advert("alice"))
	n, _ := the[Notice](t, h.step(h.declines("c1", "alice")))
	if n.ID != "stay-c1" || n.Text != "we try again" || n.Retry != h.now.Add(10*time.Second).UnixMilli() {
		t.Fatalf("told %+v", n)
	}
	e := h.declines("c1")
	e.Exclude["alice"] = n.Retry
	h.step(e)
	h.pass(10 * time.Second)
	h.wantAsked(h.step(Tick{}), "alice:c1")
}

func TestNobodyHasDeclinedForGoodWhilePeopleComeBackAfterARestart(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.OnAllDeclined.Do, p.NoAgentWait = EndWaiting, 5*time.Second })
	turn := Turn{Now: h.now, Config: h.config, Began: h.now, Held: h.now.Add(10 * time.Second)}
	wantSends(t, h.q.Step(turn, h.declines("c1", "alice")), "chat/c1 acd.AskStay")
	defer func() {
		h.pass(10 * time.Second)
		turn.Now = h.now
		if r, _ := the[EnqueueRefused](t, h.q.Step(turn, Tick{})); r.Reason != whyDeclined {
			t.Errorf("sent away with %+v when they had their time", r)
		}
	}()
	if at, want := h.q.lostAt, h.now.Add(15*time.Second).UnixMilli(); at != want {
		t.Errorf("given up at %d, want %d", at, want)
	}
}

func TestNobodyIsThereAsThePolicyMeansIt(t *testing.T) {
	for _, means := range []JoinEmpty{JoinAvailable, JoinLoggedIn} {
		h := newHall(t, func(p *QueuePolicy) {
			p.NoAgentWait, p.NoAgentsMeans, p.OnNoAgents = time.Minute, means, Dismissal{Do: KeepWaiting, Text: "nobody is here"}
		})
		h.stepAll(h.advert("alice", away), h.entry("c1"))
		h.pass(time.Minute)
		out := h.step(Tick{})
		if told := len(out.Sends) > 0; told != (means == JoinAvailable) {
			t.Errorf("%s: somebody is signed in and takes no offers: %v", means, out.Sends)
		}
		h.stepAll(h.advert("alice", func(a *AgentAdvert) { a.SignedIn, a.Available, a.Free = false, false, 0 }))
		h.pass(time.Minute)
		if n, _ := the[Notice](t, h.step(Tick{})); n.Reason != whyNoAgents || n.Text != "nobody is here" {
			t.Errorf("%s: told %+v", means, n)
		}
	}
}

// lostBy is a chat whose agent has gone.
func lostBy(a AgentID) func(*Enqueue) { return func(e *Enqueue) { e.Leg.Returning = a } }

func TestAnAgentWhoReturnsIsAskedForHisChatThoughItRings(t *testing.T) {
	h := newHall(t, nil)
	h.grant(h.stepAll(h.advert("bob"), h.entry("c1", lostBy("alice"))))
	out := h.step(h.advert("alice"))
	h.wantAsked(out, "alice:c1")
	h.wantAsked(h.step(h.advert("alice"))) // once
	if g := h.grant(out); g.Agent != "alice" || g.ID != "stay-c1" {
		t.Errorf("granted %+v", g)
	}
}

func TestAnAgentWhoReturnsWithoutRoomIsNotAsked(t *testing.T) {
	h := newHall(t, nil)
	h.grant(h.stepAll(h.advert("bob"), h.entry("c1", lostBy("alice"))))
	for _, how := range []func(*AgentAdvert){busy, away, func(a *AgentAdvert) { a.Room = map[Channel]int{"livechat": 0} }} {
		h.wantAsked(h.step(h.advert("alice", how)))
	}
}
