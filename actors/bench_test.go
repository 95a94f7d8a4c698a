package actors_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// BenchmarkLifecycle plays whole chats in process, without sockets, every
// change durable before its answer: start, offer, accept, ten messages, end,
// wrap-up. One operation is one chat.
func BenchmarkLifecycle(b *testing.B) {
	for _, journal := range []string{"pebble", "memory"} {
		b.Run(journal, func(b *testing.B) {
			j := openJournal(b, journal)
			cfg := benchConfig(64)
			e, err := actors.New(actors.Options{Journal: j, Config: cfg})
			if err != nil {
				b.Fatal(err)
			}
			if err := e.Start(context.Background()); err != nil {
				b.Fatal(err)
			}
			defer e.Stop()
			play(b, e, 64)
		})
	}
}

func openJournal(b *testing.B, kind string) interface {
	actors.Journal
	Close() error
} {
	if kind == "memory" {
		return persistence.NewMemory()
	}
	store, err := persistence.Open(b.TempDir(), persistence.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	return store
}

func benchConfig(agents int) *acd.Config {
	cfg := testConfig()
	for i := range agents {
		id := acd.AgentID(fmt.Sprintf("agent%d", i))
		cfg.Agents[id] = &acd.AgentProfile{ID: id, Name: string(id), Queues: []acd.QueueID{"support"}, Capacity: 1}
	}
	return cfg
}

// play lets as many guests as agents open one chat after the other, and the
// agents serve whatever comes.
func play(b *testing.B, e *actors.Engine, agents int) {
	var left atomic.Int64
	left.Store(int64(b.N))
	over := make(chan struct{})
	var desks, guests sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for i := range agents {
		desks.Go(func() {
			desk := newPlayer(b, e, acd.Principal{Role: acd.RoleAgent, ID: fmt.Sprintf("agent%d", i), Name: "A"})
			desk.do(acd.AgentID(desk.by.ID).Address(), acd.SetPresence{State: acd.Available})
			desk.over = over
			for desk.serve(10) {
			}
		})
		guests.Go(func() {
			guest := newPlayer(b, e, acd.Principal{Role: acd.RoleCustomer, ID: fmt.Sprintf("guest%d", i), Name: "G"})
			for left.Add(-1) >= 0 {
				guest.start()
				guest.until(func(d actors.Delivery) bool { return d.News != nil && isEnd(d.News.Event) })
			}
		})
	}
	guests.Wait()
	b.StopTimer()
	close(over)
	desks.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "chats/s")
}

// player is a person who acts as fast as the answers come.
type player struct {
	b       *testing.B
	by      acd.Principal
	session *actors.Session
	wake    chan struct{}
	inbox   []actors.Delivery
	n       int
	over    chan struct{} // closed when nothing more comes
}

func newPlayer(b *testing.B, e *actors.Engine, by acd.Principal) *player {
	p := &player{b: b, by: by, wake: make(chan struct{}, 1)}
	s, _, err := e.Open(context.Background(), actors.Hello{Principal: by, Alerting: true, Evict: func(actors.EvictReason) {},
		Wake: func() {
			select {
			case p.wake <- struct{}{}:
			default:
			}
		}})
	if err != nil {
		b.Error(err)
	}
	p.session = s
	return p
}

// until takes deliveries until one fits; the zero Delivery says that it is over.
func (p *player) until(fits func(actors.Delivery) bool) actors.Delivery {
	for {
		for i, d := range p.inbox {
			if fits(d) {
				p.inbox = append(p.inbox[:0], p.inbox[i+1:]...)
				return d
			}
		}
		p.inbox = p.session.Next(p.inbox[:0])
		if len(p.inbox) == 0 {
			select {
			case <-p.wake:
			case <-p.over:
				return actors.Delivery{}
			case <-time.After(30 * time.Second):
				p.b.Fatalf("%s waits for ever", p.by.ID)
			}
		}
	}
}

func (p *player) do(to acd.Address, cmd acd.Command) acd.Result {
	p.n++
	id := fmt.Sprintf("%s-%d", p.by.ID, p.n)
	p.session.Do(id, uint64(p.n), to, cmd)
	d := p.until(func(d actors.Delivery) bool { return d.Re == id })
	if d.Answer == nil {
		return acd.Result{}
	}
	if d.Answer.Refusal != nil {
		p.b.Errorf("%T: %v", cmd, d.Answer.Refusal)
	}
	return d.Answer.Result
}

func (p *player) start() {
	p.n++
	p.do(acd.QueueID("support").Address(), acd.Start{Chat: acd.ChatID(fmt.Sprintf("%s-%d-%d", p.by.ID, p.b.N, p.n)), Source: "web", Queue: "support"})
}

// serve serves the next chat; false says that none comes.
func (p *player) serve(messages int) bool {
	d := p.until(func(d actors.Delivery) bool { return d.News != nil && isOffer(d.News.Event) })
	if d.News == nil {
		return false
	}
	offer := d.News.Event.(acd.Offered).Offer.ID
	desk := acd.AgentID(p.by.ID).Address()
	chat := p.do(desk, acd.AcceptOffer{Offer: offer}).Chat
	for range messages {
		p.do(chat.Address(), acd.SendText{Text: "a message of an ordinary length, as people write them in chats"})
	}
	p.do(chat.Address(), acd.EndChat{})
	p.until(func(d actors.Delivery) bool {
		if d.News == nil {
			return false
		}
		_, ok := d.News.Event.(acd.WrapupStarted)
		return ok
	})
	p.do(desk, acd.Wrapup{Chat: chat, Code: "resolved"})
	return true
}

func isOffer(e acd.Event) bool { _, ok := e.(acd.Offered); return ok }

func isEnd(e acd.Event) bool { _, ok := e.(acd.ChatEnded); return ok }
