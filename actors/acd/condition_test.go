package acd

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// speaks is true of agents who have the chat's language. It counts how often it
// was asked.
type speaks struct{ asked int }

func (*speaks) String() string                { return "chat.language in agent.languages" }
func (*speaks) ChatKey(c *ChatFacts) string   { return c.Language }
func (*speaks) AgentKey(a *AgentFacts) string { return strings.Join(a.Languages, ",") }
func (s *speaks) Holds(c *ChatFacts, a *AgentFacts) (bool, error) {
	s.asked++
	if c.Language == "?" {
		return false, errors.New("no language")
	}
	return slices.Contains(a.Languages, c.Language), nil
}

// anybody is always true.
type anybody struct{}

func (*anybody) String() string                              { return "true" }
func (*anybody) ChatKey(*ChatFacts) string                   { return "" }
func (*anybody) AgentKey(*AgentFacts) string                 { return "" }
func (*anybody) Holds(*ChatFacts, *AgentFacts) (bool, error) { return true, nil }

func in(language string) func(*Enqueue) {
	return func(e *Enqueue) { e.Facts = Facts{"web", map[string]string{"language": language}} }
}

func speaking(languages ...string) func(*AgentAdvert) {
	return func(a *AgentAdvert) { a.Languages = languages }
}

func conditional(m Condition) func(*QueuePolicy) {
	return func(p *QueuePolicy) { p.Match = m }
}

func TestOnlyAnAgentOfWhomTheConditionIsTrueGetsTheChat(t *testing.T) {
	h := newHall(t, conditional(&speaks{}))
	h.step(h.advert("alice", speaking("de"), idle(h.now.Add(-time.Hour))))
	h.step(h.advert("bob", speaking("de", "it")))
	h.wantAsked(h.step(h.entry("c1", in("it"))), "bob:c1")
	h.wantAsked(h.step(h.entry("c2", in("fr"))))
	h.wantAsked(h.step(h.advert("carol", speaking("fr"))), "carol:c2")
}

func TestWhomTheConditionKeepsOutIsExplainedAndSoIsWhyItFailed(t *testing.T) {
	h := newHall(t, conditional(&speaks{}))
	h.step(h.advert("alice", speaking("de")))
	h.step(h.advert("bob", speaking("it")))
	g := h.grant(h.step(h.entry("c1", in("it"))))
	if want := (PassedBy{"alice", "expression"}); !slices.Contains(g.Decision.Passed, want) {
		t.Errorf("passed over are %v, want %v", g.Decision.Passed, want)
	}
	h.wantAsked(h.step(h.entry("c2", in("?"))))
	if v := h.q.line.chats.get("c2").class.match.judge(h.q.roster.byID["alice"]); v != passFailed {
		t.Errorf("alice is judged %q", v)
	}
	e := explanation{waiter: h.q.line.chats.get("c2")}
	e.pass(h.q.roster.byID["alice"])
	if want := []PassedBy{{"alice", "expression_failed: no language"}}; !slices.Equal(e.named, want) {
		t.Errorf("explained as %v, want %v", e.named, want)
	}
}

func TestAStepMayAskForAnotherConditionOrForNoneAnyMore(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) {
		p.Match, p.Steps = &speaks{}, []Step{{After: 10 * time.Second, MinLevel: 1}, {After: 20 * time.Second, Match: &anybody{}}}
	})
	h.step(h.advert("alice", speaking("de")))
	h.wantAsked(h.step(h.entry("c1", in("it"))))
	h.wantAsked(h.tick(10 * time.Second))
	h.pass(10 * time.Second)
	if g := h.grant(h.step(Tick{})); g.Agent != "alice" || g.Decision.Step != 2 {
		t.Errorf("granted %+v", g)
	}
}

func TestAnotherAttributeOfAChatOrAnAgentIsJudgedAnew(t *testing.T) {
	h := newHall(t, conditional(&speaks{}))
	h.step(h.advert("alice", speaking("de")))
	h.wantAsked(h.step(h.entry("c1", in("it"))))
	h.wantAsked(h.step(h.entry("c1", in("de"))), "alice:c1")
	h.wantAsked(h.step(h.entry("c2", in("fr"))))
	h.wantAsked(h.step(h.advert("bob", speaking("it"))))
	h.wantAsked(h.step(h.advert("bob", speaking("fr"))), "bob:c2")
}

func TestAReservationForWhatTheChatWasIsTakenBack(t *testing.T) {
	h := newHall(t, conditional(&speaks{}))
	h.step(h.advert("alice", speaking("de")))
	r, _ := the[Reserve](t, h.step(h.entry("c1", in("de"))))
	released, _ := the[SlotRelease](t, h.step(h.entry("c1", in("it"))))
	if released.Offer != r.Offer {
		t.Errorf("took back %s, want %s", released.Offer, r.Offer)
	}
}

func TestAQueueThatStartsAgainAsksWhoWaitsWhatTheyAre(t *testing.T) {
	h := newHall(t, conditional(&anybody{}))
	out := h.step(Restore{Waiting: []Enqueue{h.entry("c1")}})
	if asked, to := the[Introduce](t, out); asked.Queue != "support" || to.To != ChatID("c1").Address() {
		t.Errorf("asked %v of %v", asked, to)
	}
	h = newHall(t, nil)
	if out := h.step(Restore{Waiting: []Enqueue{h.entry("c1")}}); len(out.Sends) > 0 && out.Sends[0].To == ChatID("c1").Address() {
		t.Error("asked, with nothing that would read the answer")
	}
	h.configure(conditional(&anybody{}))
	the[Introduce](t, h.step(Tick{}))
}

func TestAQueueThatGetsItsLineInPartsAsksWhenItHasAll(t *testing.T) {
	h := newHall(t, conditional(&anybody{}))
	if out := h.step(Restore{Waiting: []Enqueue{h.entry("c1")}, More: true}); len(out.Sends) > 0 {
		t.Fatalf("told %v before the rest is there", out.Sends)
	}
	out := h.step(Restore{Waiting: []Enqueue{h.entry("c2")}})
	wantSends(t, out, "chat/c1 acd.Introduce", "chat/c2 acd.Introduce")
}

func TestAChatOfWhichNothingIsKnownWaitsUntilItSpeaks(t *testing.T) {
	h := newHall(t, conditional(&anybody{}))
	h.step(h.advert("alice"))
	h.wantAsked(h.step(h.entry("c1")))
	h.wantAsked(h.step(h.entry("c1", in("it"))), "alice:c1")
}

func TestWhoIsPreferredIsWaitedForOnlyIfTheConditionIsTrueOfHim(t *testing.T) {
	prefers := func(h *hall) func(*Enqueue) {
		return func(e *Enqueue) { e.Leg.Prefer, e.Leg.PreferUntil = "alice", h.now.Add(time.Minute) }
	}
	h := newHall(t, conditional(&speaks{}))
	h.step(h.advert("alice", speaking("it"), busy))
	h.step(h.advert("bob", speaking("de", "it"), units(3, 3)))
	h.wantAsked(h.step(h.entry("c1", in("de"), prefers(h))), "bob:c1")
	h.wantAsked(h.step(h.entry("c2", in("it"), prefers(h))))
	h.wantAsked(h.step(h.advert("alice", speaking("it"))), "alice:c2")
}

func TestAQueueThatWantsSkilledAgentsAdmitsByItsCondition(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.Match, p.JoinEmpty = &speaks{}, JoinSkilled })
	h.step(h.advert("alice", speaking("de")))
	start := func(language string) error {
		return h.step(Start{Chat: ChatID("in-" + language), Source: "web", Attributes: map[string]string{"language": language}}).Err
	}
	if err := start("de"); err != nil {
		t.Errorf("de: %v", err)
	}
	if err := start("it"); !errors.Is(err, ErrNoAgents) {
		t.Errorf("it: %v", err)
	}
}

func TestAConditionIsAskedOnceForEachKindOfAgentAndChat(t *testing.T) {
	m := &speaks{}
	h := newHall(t, conditional(m))
	for i := range 40 {
		h.step(h.advert(AgentID(fmt.Sprintf("a%02d", i)), speaking([]string{"de", "it", "fr"}[i%3])))
	}
	for i := range 200 {
		h.step(h.entry(ChatID(fmt.Sprintf("c%03d", i)), in([]string{"en", "es"}[i%2])))
	}
	if m.asked > 6 {
		t.Errorf("asked %d times about 3 kinds of agents and 2 of chats", m.asked)
	}
}

func TestKindsThatAreGoneAreForgotten(t *testing.T) {
	h := newHall(t, conditional(&speaks{}))
	h.quick = true
	h.step(h.entry("c1", in("none")))
	for i := range 5000 {
		h.step(h.advert("alice", speaking("l"+strconv.Itoa(i))))
	}
	if n := len(h.q.roster.kinds.numbers); n > slackKinds+3 {
		t.Errorf("%d kinds are numbered for one agent", n)
	}
	h.wantAsked(h.step(h.advert("alice", speaking("none"))), "alice:c1")
}

// TestNobodyWaitsWhileAnAgentTheConditionIsTrueOfIsFree is held against a search
// through everything, after each of many random steps.
func TestNobodyWaitsWhileAnAgentTheConditionIsTrueOfIsFree(t *testing.T) {
	languages := []string{"de", "it", "fr", "?"}
	for seed := range uint64(20) {
		chance := rand.New(rand.NewPCG(seed, 5))
		h := newHall(t, conditional(&speaks{}))
		for i := range 200 {
			switch chance.IntN(4) {
			case 0, 1:
				h.step(h.entry(ChatID(fmt.Sprintf("c%d", i)), in(languages[chance.IntN(4)])))
			case 2:
				h.step(h.advert(AgentID(fmt.Sprintf("a%d", chance.IntN(8))), speaking(languages[chance.IntN(3)]), units(chance.IntN(3), 3)))
			default:
				h.pass(time.Second)
				h.step(Tick{})
			}
			h.q.line.order.scan(func(w *waiter) bool {
				for _, c := range h.q.roster.byID {
					if v, _ := w.class.match.find(c); w.loose() && v == holds && c.standing == standsFree && !c.barred(w, h.now.UnixMilli()) {
						t.Fatalf("seed %d: %s waits while %s is free", seed, w.Chat, c.Agent)
					}
				}
				return true
			})
		}
	}
}
