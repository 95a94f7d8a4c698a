package traces

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// collector is an exporter that keeps what it is sent.
type collector struct {
	mu      sync.Mutex
	spans   []sdktrace.ReadOnlySpan
	refuse  bool
	refused int
	changed chan struct{}
}

func newCollector() *collector { return &collector{changed: make(chan struct{}, 1)} }

func (c *collector) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case c.changed <- struct{}{}:
	default:
	}
	if c.refuse {
		c.refused++
		return errors.New("the collector is away")
	}
	c.spans = append(c.spans, spans...)
	return nil
}

func (*collector) Shutdown(context.Context) error { return nil }

func (c *collector) away(is bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = is
}

// until waits for what it looks like.
func (c *collector) until(t *testing.T, found func() bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		c.mu.Lock()
		yes := found()
		c.mu.Unlock()
		if yes {
			return
		}
		select {
		case <-c.changed:
		case <-late:
			t.Fatal("it never came so far")
		}
	}
}

// of waits for the span of a chat and returns all of that chat in their order.
func (c *collector) of(t *testing.T, chat acd.ChatID) (spans []sdktrace.ReadOnlySpan) {
	t.Helper()
	c.until(t, func() bool {
		spans = nil
		for _, s := range c.spans {
			if s.SpanContext().TraceID() == TraceID(chat) {
				spans = append(spans, s)
			}
		}
		return len(spans) > 0 && spans[len(spans)-1].Name() == "chat"
	})
	return spans
}

func names(spans []sdktrace.ReadOnlySpan) string {
	var out []string
	for _, s := range spans {
		out = append(out, s.Name())
	}
	return strings.Join(out, " ")
}

// said are the attributes of a span as text.
func said(s sdktrace.ReadOnlySpan) string {
	about := map[string]string{}
	for _, a := range s.Attributes() {
		about[strings.TrimPrefix(string(a.Key), "parley.")] = a.Value.AsString()
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(about)) {
		out = append(out, k+"="+about[k])
	}
	return strings.Join(out, " ")
}

// world is an engine with people.
type world struct {
	t        *testing.T
	journal  *persistence.Memory
	engine   *actors.Engine
	commands int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, journal: persistence.NewMemory()}
	w.begin()
	t.Cleanup(func() {
		w.engine.Stop()
		if err := w.journal.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) begin() {
	w.t.Helper()
	timed := acd.WrapupPolicy{Mode: acd.WrapupMandatory, Codes: []acd.WrapupCode{{Code: "sold", Name: "Sold"}}, Notes: true}
	queue := func(id acd.QueueID) *acd.QueuePolicy {
		return &acd.QueuePolicy{ID: id, Name: string(id), Wrapup: timed}
	}
	agent := func(id acd.AgentID) *acd.AgentProfile {
		return &acd.AgentProfile{ID: id, Name: "Name of " + string(id), Queues: []acd.QueueID{"sales"}, Capacity: 8}
	}
	var err error
	w.engine, err = actors.New(actors.Options{Journal: w.journal, CustomerChats: 1000, RecoveryHold: -1, Config: &acd.Config{
		Queues:   map[acd.QueueID]*acd.QueuePolicy{"sales": queue("sales")},
		Agents:   map[acd.AgentID]*acd.AgentProfile{"alice": agent("alice"), "bert": agent("bert")},
		Sources:  map[acd.SourceID]*acd.Source{"web": {ID: "web", Channel: "livechat", Queue: "sales"}},
		Channels: map[acd.Channel]*acd.ChannelPolicy{"livechat": {}},
	}})
	if err == nil {
		err = w.engine.Start(context.Background())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// follow starts a follower; its stop is the test's.
func (w *world) follow(c *collector, with func(*Options)) *Follower {
	w.t.Helper()
	o := Options{Engine: w.engine, Exporter: c, Version: "v1.2.3", Retry: time.Millisecond}
	if with != nil {
		with(&o)
	}
	f, err := Start(w.t.Context(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// person is one session.
type person struct {
	w       *world
	id      string
	session *actors.Session
	woken   chan struct{}
	offers  []acd.Offered
}

func (w *world) open(role acd.Role, id string) *person {
	w.t.Helper()
	p := &person{w: w, id: id, woken: make(chan struct{}, 1)}
	var err error
	p.session, _, err = w.engine.Open(w.t.Context(), actors.Hello{Principal: acd.Principal{Role: role, ID: id, Name: "Name of " + id}, Alerting: true,
		Evict: func(actors.EvictReason) {}, Wake: func() {
			select {
			case p.woken <- struct{}{}:
			default:
			}
		}})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// take waits until what the person is told has something in it.
func (p *person) take(found func(actors.Delivery) bool) {
	p.w.t.Helper()
	late := time.After(20 * time.Second)
	for {
		yes := false
		for _, d := range p.session.Next(nil) {
			if d.News != nil {
				if o, ok := d.News.Event.(acd.Offered); ok {
					p.offers = append(p.offers, o)
				}
			}
			yes = found(d) || yes
		}
		if yes {
			return
		}
		select {
		case <-p.woken:
		case <-late:
			p.w.t.Fatal("nothing came")
		}
	}
}

// must sends a command and waits for its answer.
func (p *person) must(to acd.Address, cmd acd.Command) {
	p.w.t.Helper()
	p.w.commands++
	id := fmt.Sprintf("c%d", p.w.commands)
	p.session.Do(id, uint64(p.w.commands), to, cmd)
	p.take(func(d actors.Delivery) bool {
		if d.Re == id && d.Answer.Refusal != nil {
			p.w.t.Fatalf("%T was refused: %v", cmd, d.Answer.Refusal)
		}
		return d.Re == id
	})
}

// ready is an agent who takes chats.
func (w *world) ready(id acd.AgentID) *person {
	w.t.Helper()
	p := w.open(acd.RoleAgent, string(id))
	p.must(id.Address(), acd.SetPresence{State: acd.Available})
	return p
}

func (p *person) starts(chat acd.ChatID) {
	p.w.t.Helper()
	p.must(acd.QueueID("sales").Address(), acd.Start{Chat: chat, Source: "web", Queue: "sales", Subject: "a private matter"})
}

// accepts waits for the next offer and takes it.
func (p *person) accepts() {
	p.w.t.Helper()
	if len(p.offers) == 0 {
		p.take(func(actors.Delivery) bool { return len(p.offers) > 0 })
	}
	o := p.offers[0].Offer
	p.offers = p.offers[1:]
	p.must(acd.AgentID(p.id).Address(), acd.AcceptOffer{Offer: o.ID})
}

// at are the times of a chat's events by type, in their order.
func (w *world) at(chat acd.ChatID) map[string][]time.Time {
	w.t.Helper()
	taken, err := w.engine.Tap().After(0, 10_000, false)
	if err != nil {
		w.t.Fatal(err)
	}
	times := map[string][]time.Time{}
	for _, h := range taken.Events {
		if h.From == chat.Address() {
			name := strings.TrimPrefix(fmt.Sprintf("%T", h.Event), "acd.")
			times[name] = append(times[name], h.At)
		}
	}
	return times
}
