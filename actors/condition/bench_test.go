package condition

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

const (
	benchAgents  = 5_000
	benchWaiting = 20_000
)

// BenchmarkMatch is one chat served in a full queue that asks for a language, of
// ten, and for a level: an agent becomes free, gets the first chat that he may
// have, and a new one enters. "every" is the worst that can be asked: no two
// chats and no two agents are the same to the expression.
func BenchmarkMatch(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"none", ""},
		{"languages", `chat.language in agent.languages && (chat.attributes.vip != "yes" || agent.skills.sales >= 7)`},
		{"every", `chat.language in agent.languages && chat.attributes.order != agent.id`},
	} {
		b.Run(bench.name, func(b *testing.B) { benchServed(b, bench.text) })
	}
}

func benchServed(b *testing.B, text string) {
	policy := &acd.QueuePolicy{ID: "support"}
	if text != "" {
		m, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		policy.Match = m
	}
	h := &hall{q: acd.NewQueue("support"), now: time.UnixMilli(1_800_000_000_000).UTC(),
		config: &acd.Config{Queues: map[acd.QueueID]*acd.QueuePolicy{"support": policy}}}
	h.config.Normalize()
	for i := range benchWaiting {
		h.step(h.chat(i))
	}
	agents := make([]acd.AgentAdvert, benchAgents)
	for i := range agents {
		agents[i] = acd.AgentAdvert{Agent: acd.AgentID("agent" + strconv.Itoa(i)), Gen: 1, SignedIn: true, Available: true, Used: 1, Capacity: 1,
			Languages: []string{fmt.Sprint("l", i%10), fmt.Sprint("l", i%7)}, Skills: []string{"sales"},
			Levels: map[string]int{"sales": i%10 + 1}, IdleSince: h.now}
		h.step(acd.Advert{Advert: agents[i]})
	}
	matched := 0
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		ad := &agents[i*7919%benchAgents]
		ad.Gen, ad.Free, ad.Used, ad.IdleSince = ad.Gen+1, 1, 0, h.now
		out := h.step(acd.Advert{Advert: *ad})
		if len(out.Sends) == 0 {
			b.Fatalf("%s gets nothing", ad.Agent)
		}
		r := out.Sends[0].Cmd.(acd.Reserve)
		g := h.step(acd.Reserved{Offer: r.Offer, Agent: ad.Agent}).Sends[0].Cmd.(acd.OfferGrant)
		ad.Gen, ad.Free, ad.Used = ad.Gen+1, 0, 1
		h.step(acd.Advert{Advert: *ad})
		h.step(acd.Withdraw{Chat: r.Chat, ID: g.ID, Reason: acd.Taken})
		n, _ := strconv.Atoi(string(r.Chat[len("chat"):]))
		h.step(h.chat(n))
		matched++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(matched, 1)), "ns/match")
}

// BenchmarkNobodyFits is a chat that comes while 5,000 agents are free of whom
// the expression is not true.
func BenchmarkNobodyFits(b *testing.B) {
	m, err := Parse(`chat.language in agent.languages`)
	if err != nil {
		b.Fatal(err)
	}
	h := &hall{q: acd.NewQueue("support"), now: time.UnixMilli(1_800_000_000_000).UTC(),
		config: &acd.Config{Queues: map[acd.QueueID]*acd.QueuePolicy{"support": {ID: "support", Match: m}}}}
	h.config.Normalize()
	for i := range benchAgents {
		h.step(acd.Advert{Advert: acd.AgentAdvert{Agent: acd.AgentID("agent" + strconv.Itoa(i)), Gen: 1, SignedIn: true, Available: true,
			Free: 1, Capacity: 1, Languages: []string{fmt.Sprint("other", i%40)}, IdleSince: h.now}})
	}
	h.step(h.chat(0)) // the first one of a kind pays for all of them
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		h.step(h.chat(10))
		h.step(acd.Withdraw{Chat: "chat10", ID: "stay10", Reason: acd.Abandoned})
	}
}

// BenchmarkHolds is one evaluation.
func BenchmarkHolds(b *testing.B) {
	e, err := Parse(`chat.language in agent.languages && (chat.attributes.vip != "yes" || agent.skills.sales >= 7)`)
	if err != nil {
		b.Fatal(err)
	}
	chat, agent := vipChat(), italian()
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := e.Holds(chat, agent); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

// hall is a queue with its clock.
type hall struct {
	q      *acd.Queue
	config *acd.Config
	now    time.Time
	turns  uint64
}

func (h *hall) step(cmd acd.Command) acd.Outcome {
	h.turns++
	h.now = h.now.Add(time.Millisecond)
	return h.q.Step(acd.Turn{Now: h.now, Config: h.config, Entropy: h.turns}, cmd)
}

func (h *hall) chat(i int) acd.Enqueue {
	vip := "no"
	if i%50 == 0 {
		vip = "yes"
	}
	return acd.Enqueue{Chat: acd.ChatID("chat" + strconv.Itoa(i)), Channel: "livechat", Weight: 1,
		Leg: acd.Leg{ID: acd.EnqueueID("stay" + strconv.Itoa(i)), Queue: "support", Key: h.now, EnteredAt: h.now},
		Facts: acd.Facts{Source: "web", Attributes: map[string]string{
			"language": "l" + strconv.Itoa(i%10), "vip": vip, "order": "o" + strconv.Itoa(i)}}}
}
