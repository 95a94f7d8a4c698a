package actors_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// crowd is the large number of chats; -short leaves it out.
var crowd = flag.Int("crowd", 100_000, "how many chats are there in the benchmarks of scale, beside 1,000")

// crowds are the sizes that the benchmarks of scale are run with.
func crowds() []int {
	if testing.Short() {
		return []int{1_000}
	}
	return []int{1_000, *crowd}
}

// BenchmarkGrowth plays lifecycles beside chats that are there and quiet. The
// processor time of a chat must not depend on how many there are.
func BenchmarkGrowth(b *testing.B) {
	for _, n := range crowds() {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			j := openCounted(b, "pebble")
			e := startScale(b, j, time.Hour)
			hold(b, e, n, "quiet")
			playbill{agents: 64, guests: 256, messages: 10}.play(b, e, j)
		})
	}
}

// BenchmarkMemory says what a live chat holds of memory in an actor, its place in
// its queue included, its customer's session not.
func BenchmarkMemory(b *testing.B) {
	for _, n := range crowds() {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			e := startScale(b, openCounted(b, "pebble"), time.Hour)
			empty := heap()
			hold(b, e, n, "quiet")
			b.ReportMetric(float64(heap()-empty)/float64(n), "B/live-chat")
		})
	}
}

// BenchmarkMemoryAsleep says what one holds that has left its actor.
func BenchmarkMemoryAsleep(b *testing.B) {
	for _, n := range crowds() {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			e := startScale(b, openCounted(b, "pebble"), time.Second)
			empty := heap()
			hold(b, e, n, "quiet")
			asleep(b, e)
			b.ReportMetric(float64(heap()-empty)/float64(n), "B/asleep-chat")
		})
	}
}

// asleep waits until no chat is in an actor.
func asleep(b *testing.B, e *actors.Engine) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(5 * time.Minute)
	for e.Live()[acd.KindChat] > 0 {
		select {
		case <-tick.C:
		case <-deadline:
			b.Fatalf("%d chats do not sleep", e.Live()[acd.KindChat])
		}
	}
}

// BenchmarkBoot opens a journal with live chats, starts an engine on it and
// signs an agent in: how long until the first chat is offered.
func BenchmarkBoot(b *testing.B) {
	for _, n := range crowds() {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			dir := b.TempDir()
			prepare(b, dir, n)
			b.ResetTimer()
			for range b.N {
				boot(b, dir)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s-to-offer")
		})
	}
}

func prepare(b *testing.B, dir string, n int) {
	store, err := persistence.Open(dir, persistence.Options{})
	if err != nil {
		b.Fatal(err)
	}
	e := startScale(b, store, time.Hour)
	hold(b, e, n, "sales")
	e.Stop()
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	debug.FreeOSMemory() // a start has a process of its own
}

func boot(b *testing.B, dir string) {
	store, err := persistence.Open(dir, persistence.Options{})
	if err != nil {
		b.Fatal(err)
	}
	e := startScale(b, store, time.Hour)
	offered := make(chan struct{})
	var session *actors.Session
	var agent *player
	s := &stage{b: b, engine: e, called: make(chan *player, 1)}
	agent = s.enter(acd.Principal{Role: acd.RoleAgent, ID: string(benchAgent("sales", 0)), Name: "A"})
	session = agent.session
	session.Do("ready", 1, acd.AgentID(agent.by.ID).Address(), acd.SetPresence{State: acd.Available})
	go func() {
		var inbox []actors.Delivery
		for range s.called {
			agent.waiting.Store(false)
			for inbox = session.Next(inbox[:0]); len(inbox) > 0; inbox = session.Next(inbox[:0]) {
				for _, d := range inbox {
					if d.News != nil && isOffer(d.News.Event) {
						close(offered)
						return
					}
				}
			}
		}
	}()
	select {
	case <-offered:
	case <-time.After(time.Minute):
		b.Fatal("nobody is offered anything within a minute")
	}
	b.StopTimer()
	e.Stop()
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	b.StartTimer()
}

func isOffer(e acd.Event) bool { _, ok := e.(acd.Offered); return ok }

func startScale(b *testing.B, j actors.Journal, passivate time.Duration) *actors.Engine {
	cfg := benchConfig(64)
	quiet := *cfg.Queues["sales"]
	quiet.ID = "quiet" // which nobody serves
	cfg.Queues["quiet"] = &quiet
	for _, id := range []acd.QueueID{"sales", "quiet"} {
		cfg.Queues[id].MaxWait = -1
	}
	e, err := actors.New(actors.Options{Journal: j, Config: cfg, CustomerChats: 1 << 30, PassivateAfter: passivate})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.Start(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Stop)
	return e
}

// heap is what is alive now.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// holders is how many customers the quiet chats are of, and holdersAtOnce how
// many starts each has on its way.
const (
	holders       = 100
	holdersAtOnce = 16
)

// heldChats is what the names of quiet chats begin with.
const heldChats = "held"

// hold opens n chats that wait in a queue.
func hold(b *testing.B, e *actors.Engine, n int, queue acd.QueueID) {
	s := &stage{b: b, engine: e, called: make(chan *player, holders), over: make(chan struct{})}
	b.Cleanup(func() { close(s.over) })
	for range stageHands {
		go s.serve()
	}
	var left, missing atomic.Int64
	left.Store(int64(n))
	missing.Store(int64(n))
	done := make(chan struct{})
	var next func(*player, acd.Result)
	open := func(p *player) {
		i := left.Add(-1)
		if i < 0 {
			return
		}
		chat := acd.ChatID(heldChats + strconv.FormatInt(i, 36))
		p.do(queue.Address(), acd.Start{Chat: chat, Source: "web", Queue: queue, Name: "Ann Other"}, next)
	}
	next = func(p *player, _ acd.Result) {
		if missing.Add(-1) == 0 {
			close(done)
		}
		open(p)
	}
	for i := range holders {
		p := s.enter(acd.Principal{Role: acd.RoleCustomer, ID: fmt.Sprintf("holder%d", i), Name: "H"})
		p.mu.Lock()
		for range holdersAtOnce {
			open(p)
		}
		p.mu.Unlock()
	}
	<-done
}
