package acd

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"
)

const (
	benchAgents  = 5_000
	benchWaiting = 50_000
)

// BenchmarkMatch is one chat served in a full queue: an agent becomes free, the
// queue asks him, he grants, the chat is told and taken, and a new one enters.
func BenchmarkMatch(b *testing.B) {
	benchServed(b, func(int) []string { return nil }, func(int) []string { return nil })
}

// BenchmarkMatchManySkills is the same with two of fifty skills for each chat
// and eight for each agent: 1,225 classes.
func BenchmarkMatchManySkills(b *testing.B) {
	chance := rand.New(rand.NewPCG(1, 2))
	some := func(n int) func(int) []string {
		return func(int) []string {
			skills := make([]string, n)
			for i, k := range chance.Perm(50)[:n] {
				skills[i] = fmt.Sprintf("skill%02d", k)
			}
			return skills
		}
	}
	benchServed(b, some(2), some(8))
}

func benchServed(b *testing.B, needs, knows func(int) []string) {
	h := newHall(b, nil)
	h.quick = true
	chats := make([]Enqueue, benchWaiting)
	for i := range chats {
		h.pass(time.Millisecond)
		chats[i] = h.entry(ChatID(fmt.Sprintf("chat%06d", i)), needing(needs(i)...))
		chats[i].Leg.ID = EnqueueID(Turn{Entropy: lotOf(i)}.id(1)) // as a chat makes it
		h.step(chats[i])
	}
	agents := make([]AgentAdvert, benchAgents)
	for i := range agents {
		agents[i] = h.advert(AgentID(fmt.Sprintf("agent%04d", i)), busy, knowing(knows(i)...)).Advert
		h.step(Advert{agents[i]})
	}
	serve := func(i int) bool {
		h.pass(time.Millisecond)
		ad := &agents[i*7919%benchAgents]
		ad.Gen, ad.Free, ad.Used, ad.IdleSince = ad.Gen+1, 1, 0, h.now
		out := h.step(Advert{*ad})
		if len(out.Sends) == 0 {
			return false
		}
		r := out.Sends[0].Cmd.(Reserve)
		g := h.step(Reserved{Offer: r.Offer, Agent: ad.Agent}).Sends[0].Cmd.(OfferGrant)
		ad.Gen, ad.Free, ad.Used = ad.Gen+1, 0, 1
		h.step(Advert{*ad})
		h.step(Withdraw{Chat: r.Chat, ID: g.ID, Reason: Taken})
		n, _ := strconv.Atoi(string(r.Chat[len("chat"):]))
		next := chats[n]
		next.Leg.Key, next.Leg.EnteredAt = h.now, h.now
		h.step(next)
		return true
	}
	took := make([]time.Duration, 0, b.N)
	collectAsServed(b)
	warmUp(b, serve)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		began := time.Now()
		if serve(i) {
			took = append(took, time.Since(began))
		}
	}
	b.StopTimer()
	matched := len(took)
	if matched == 0 {
		b.Fatal("nothing was matched")
	}
	slices.Sort(took)
	b.ReportMetric(float64(matched)/b.Elapsed().Seconds(), "matches/s")
	b.ReportMetric(float64(took[matched/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[matched*99/100].Nanoseconds()), "p99-ns")
}

// lotOf spreads numbers over all that are possible.
func lotOf(i int) uint64 { return uint64(i+1) * 0x9e3779b97f4a7c15 }

// headroom is what a node allocates between two garbage collections at least:
// the rule of cmd/parley.
const headroom = 192 << 20

// collectAsServed has the process collect as the program does, unless GOGC says
// otherwise.
func collectAsServed(b *testing.B) {
	if os.Getenv("GOGC") != "" {
		return
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	old := debug.SetGCPercent(int(max(100, 100*headroom/max(m.HeapAlloc, headroom/20))))
	b.Cleanup(func() { debug.SetGCPercent(old) })
}

// warmUp serves until the heap has been through a collection. Until then all that
// is allocated is memory that the operating system has to hand out first, which
// takes longer than a match; a queue that has served for a while has that behind it.
func warmUp(b *testing.B, serve func(int) bool) {
	if b.N == 1 { // only to see what it takes
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	for before, i := m.NumGC, 0; m.NumGC == before && m.Sys < 1<<30; i++ {
		serve(i)
		if i%1000 == 0 {
			runtime.ReadMemStats(&m)
		}
	}
}

// BenchmarkMatchIdle is the other end: nobody waits, everybody is free, and a
// chat comes.
func BenchmarkMatchIdle(b *testing.B) {
	h := newHall(b, nil)
	h.quick = true
	agents := map[AgentID]*AgentAdvert{}
	for i := range benchAgents {
		ad := h.advert(AgentID(fmt.Sprintf("agent%04d", i)), idle(opening.Add(-time.Duration(i)*time.Second))).Advert
		agents[ad.Agent] = &ad
		h.step(Advert{ad})
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		h.pass(time.Millisecond)
		out := h.step(h.entry("c1"))
		send := out.Sends[len(out.Sends)-1] // after the question whether the chat is here
		r := send.Cmd.(Reserve)
		ad := agents[AgentID(send.To.ID)]
		g := h.step(Reserved{Offer: r.Offer, Agent: ad.Agent}).Sends[0].Cmd.(OfferGrant)
		h.step(Withdraw{Chat: r.Chat, ID: g.ID, Reason: Taken})
		ad.Gen, ad.IdleSince = ad.Gen+1, h.now
		h.step(Advert{*ad})
	}
}
