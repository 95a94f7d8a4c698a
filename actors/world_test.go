package actors_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// world is an engine over a memory journal, with people.
type world struct {
	t       *testing.T
	journal *persistence.Memory
	engine  *actors.Engine
	opts    actors.Options
	change  func(*acd.Config) // of the configuration at each start
	wrap    func(actors.Journal) actors.Journal
	chats   int
	// disk takes the place of the memory journal, for tests of damage to it.
	disk *persistence.Store
	// stopper stands before the journal, for tests that stop it at a record.
	stopper *stopper
	// commands numbers what people do, so that no id comes twice.
	commands int
}

func testConfig() *acd.Config {
	codes := []acd.WrapupCode{{Code: "resolved", Name: "Resolved"}, {Code: "other", Name: "Other"}}
	queue := func(id acd.QueueID) *acd.QueuePolicy {
		return &acd.QueuePolicy{ID: id, Name: strings.ToUpper(string(id)), OfferTimeout: 20 * time.Second,
			Wrapup: acd.WrapupPolicy{Mode: acd.WrapupMandatory, Codes: codes, Notes: true}}
	}
	agent := func(id acd.AgentID) *acd.AgentProfile {
		return &acd.AgentProfile{ID: id, Name: strings.ToUpper(string(id)), Queues: []acd.QueueID{"support", "sales"}, Capacity: 3}
	}
	return &acd.Config{
		Queues:  map[acd.QueueID]*acd.QueuePolicy{"support": queue("support"), "sales": queue("sales")},
		Agents:  map[acd.AgentID]*acd.AgentProfile{"alice": agent("alice"), "bob": agent("bob")},
		Sources: map[acd.SourceID]*acd.Source{"web": {ID: "web", Name: "Web site", Channel: "livechat", Queue: "support"}},
		Channels: map[acd.Channel]*acd.ChannelPolicy{
			"livechat": {ReservedChars: "<>"},
		},
	}
}

// inWorld runs a story in a bubble of virtual time.
func inWorld(t *testing.T, story func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, journal: persistence.NewMemory()}
		w.start()
		story(w)
		w.stop()
		// protoactor's dead-letter throttle sleeps for a second.
		time.Sleep(2 * time.Second)
	})
}

func (w *world) start() {
	w.t.Helper()
	w.stopper = &stopper{Memory: w.journal}
	w.opts.Journal, w.opts.Config = w.stopper, testConfig()
	switch {
	case w.disk != nil:
		w.opts.Journal = w.disk
	case w.wrap != nil:
		w.opts.Journal = w.wrap(w.stopper)
	}
	if w.change != nil {
		w.change(w.opts.Config)
	}
	w.opts.Logger = slog.New(slog.NewTextHandler(testWriter{w.t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	engine, err := actors.New(w.opts)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := engine.Start(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.engine = engine
	synctest.Wait()
}

func (w *world) stop() {
	w.engine.Stop()
	w.journal.Close()
}

// crash loses everything that was not durable and starts again on the rest.
func (w *world) crash() { w.crashKeeping(0) }

// crashKeeping is a crash after n of the entries that the journal holds back
// have reached the disk and before anybody was told.
func (w *world) crashKeeping(n int) {
	left := w.journal.CrashKeeping(n)
	w.stopper.crash()
	w.engine.Stop()
	w.journal.Close()
	w.journal = left
	w.start()
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// person is one session of somebody.
type person struct {
	w       *world
	by      acd.Principal
	session *actors.Session
	welcome actors.Welcome
	epoch   string
	seq     uint64
	got     []actors.Delivery
	answers map[string]*actors.Answer
	evicted actors.EvictReason
	open    map[acd.OfferID]acd.Offer
	over    map[acd.OfferID]bool
}

func (w *world) customer(id string) *person {
	return w.open(acd.Principal{Role: acd.RoleCustomer, ID: id, Name: id}, nil)
}

func (w *world) agent(id string) *person {
	return w.open(acd.Principal{Role: acd.RoleAgent, ID: id, Name: id}, nil)
}

func (w *world) supervisor(id string) *person {
	return w.open(acd.Principal{Role: acd.RoleSupervisor, ID: id, Name: id}, nil)
}

// open opens a session, resuming where old stopped if it is given.
func (w *world) open(by acd.Principal, old *person) *person {
	w.t.Helper()
	p := &person{w: w, by: by, answers: map[string]*actors.Answer{}, open: map[acd.OfferID]acd.Offer{}, over: map[acd.OfferID]bool{}}
	h := actors.Hello{Principal: by, Alerting: true, Wake: func() {}, Evict: func(r actors.EvictReason) { p.evicted = r }}
	if old != nil {
		h.Resume, h.Epoch, h.Seq = true, old.epoch, old.seq
	}
	var err error
	p.session, p.welcome, err = w.engine.Open(context.Background(), h)
	if err != nil {
		w.t.Fatalf("%s cannot open a session: %v", by.ID, err)
	}
	p.epoch, p.seq = p.welcome.Epoch, p.welcome.Seq
	synctest.Wait()
	return p
}

func (p *person) again() *person { p.w.t.Helper(); return p.w.open(p.by, p) }

// read takes what is there and holds the numbers to their order.
func (p *person) read() []actors.Delivery {
	p.w.t.Helper()
	synctest.Wait()
	var fresh []actors.Delivery
	for {
		n := len(fresh)
		fresh = p.session.Next(fresh)
		if len(fresh) == n {
			break
		}
	}
	for _, d := range fresh {
		switch {
		case d.Answer != nil:
			p.answers[d.Re] = d.Answer
		case d.Seq > 0:
			if d.Seq != p.seq+1 {
				p.w.t.Fatalf("%s got event %d after %d", p.by.ID, d.Seq, p.seq)
			}
			p.seq = d.Seq
		}
	}
	p.got = append(p.got, fresh...)
	return fresh
}

// reads takes what is there.
func (p *person) reads() *person { p.w.t.Helper(); p.read(); return p }

func digestOf(v any) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%#v", v)
	return h.Sum64()
}

// do sends a command under the next id and returns its answer.
func (p *person) do(to acd.Address, cmd acd.Command) *actors.Answer {
	p.w.t.Helper()
	p.w.commands++
	return p.doAs(fmt.Sprintf("cmd-%d", p.w.commands), to, cmd)
}

func (p *person) doAs(id string, to acd.Address, cmd acd.Command) *actors.Answer {
	p.w.t.Helper()
	delete(p.answers, id)
	p.session.Do(id, digestOf(cmd), to, cmd)
	p.read()
	a := p.answers[id]
	if a == nil {
		p.w.t.Fatalf("%s got no answer to %T", p.by.ID, cmd)
	}
	return a
}

// must is do for what has to work.
func (p *person) must(to acd.Address, cmd acd.Command) acd.Result {
	p.w.t.Helper()
	a := p.do(to, cmd)
	if a.Refusal != nil {
		p.w.t.Fatalf("%s: %T was refused: %v", p.by.ID, cmd, a.Refusal)
	}
	return a.Result
}

// refused is do for what must not work.
func (p *person) refused(code string, to acd.Address, cmd acd.Command) *acd.Refusal {
	p.w.t.Helper()
	a := p.do(to, cmd)
	if a.Refusal == nil || a.Refusal.Code != code {
		p.w.t.Fatalf("%s: %T was answered with %+v, expected %s", p.by.ID, cmd, a, code)
	}
	return a.Refusal
}

func (p *person) desk() acd.Address { return acd.AgentID(p.by.ID).Address() }

func (p *person) ready() { p.w.t.Helper(); p.must(p.desk(), acd.SetPresence{State: acd.Available}) }

// starts opens a chat in the support queue.
func (p *person) starts() acd.ChatID {
	p.w.t.Helper()
	p.w.chats++
	id := acd.ChatID(fmt.Sprintf("chat%d", p.w.chats))
	if r := p.must(acd.QueueID("support").Address(), acd.Start{Chat: id, Source: "web", Queue: "support"}); r.Chat != id {
		p.w.t.Fatalf("started %q, expected %q", r.Chat, id)
	}
	return id
}

// last returns the last event of a type that the person was told, and its view.
func last[E acd.Event](p *person) (e E, view acd.View) {
	p.w.t.Helper()
	p.read()
	for i := len(p.got) - 1; i >= 0; i-- {
		if n := p.got[i].News; n != nil {
			if e, ok := n.Event.(E); ok {
				return e, n.View
			}
		}
	}
	p.w.t.Fatalf("%s was never told %T", p.by.ID, e)
	return e, 0
}

func told[E acd.Event](p *person) (n int) {
	p.read()
	for _, d := range p.got {
		if d.News != nil {
			if _, ok := d.News.Event.(E); ok {
				n++
			}
		}
	}
	return n
}

// offered waits for nothing: the offer is there or the test fails.
func (p *person) offered() acd.Offered {
	p.w.t.Helper()
	o, _ := last[acd.Offered](p)
	return o
}

func (p *person) accepts() acd.ChatID {
	p.w.t.Helper()
	o := p.offered()
	return p.must(p.desk(), acd.AcceptOffer{Offer: o.Offer.ID}).Chat
}

func (p *person) says(chat acd.ChatID, text string) uint64 {
	p.w.t.Helper()
	return p.must(chat.Address(), acd.SendText{Text: text}).MessageSeq
}

func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (p *person) welcomeOffers() []acd.Offered {
	if p.welcome.Snapshot == nil {
		return nil
	}
	return p.welcome.Snapshot.Offers
}

// presence is what the person was told last of himself.
func (p *person) presence() acd.PresenceState {
	state := acd.Offline
	if s := p.welcome.Snapshot; s != nil && s.Agent != nil {
		state = s.Agent.Presence.State
	}
	for _, d := range p.got {
		if d.News != nil {
			if e, ok := d.News.Event.(acd.PresenceSet); ok && (p.welcome.Snapshot == nil || d.Seq > p.welcome.Seq) {
				state = e.State
			}
		}
	}
	return state
}

// owes says whether the person was told of an open wrap-up.
func (p *person) owes(chat acd.ChatID) bool {
	if s := p.welcome.Snapshot; s != nil && s.Agent != nil {
		for _, d := range s.Agent.Debts {
			if d.Chat == chat {
				return true
			}
		}
	}
	for _, d := range p.got {
		if d.News != nil {
			if e, ok := d.News.Event.(acd.WrapupStarted); ok && e.Debt.Chat == chat {
				return true
			}
		}
	}
	return false
}

// strikes counts how often the person's desk has been struck, in his journal.
func (p *person) strikes() (n int) {
	p.w.t.Helper()
	for _, e := range events(p.w.t, p.w.journal, p.desk()) {
		if s, ok := e.(acd.Struck); ok && s.Reason == acd.OfferRONA {
			n++
		}
	}
	return n
}

// events reads what the journal has of a machine.
func events(t *testing.T, j *persistence.Memory, a acd.Address) (all []acd.Event) {
	t.Helper()
	err := j.Replay(a.String(), 0, func(_ uint64, b []byte) error {
		_, events, err := actors.ReadRecord(j, a.String(), b)
		all = append(all, events...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// fold replays a chat from its records alone.
func fold(t *testing.T, j *persistence.Memory, chat acd.ChatID) *acd.Chat {
	t.Helper()
	c := acd.NewChat(chat)
	err := j.Replay(chat.Address().String(), 0, func(_ uint64, b []byte) error {
		at, events, err := actors.ReadRecord(j, chat.Address().String(), b)
		for _, e := range events {
			c.Apply(at, e)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var errDisk = errors.New("the disk is gone")

// view asks what the desk shows to somebody who comes in now.
func (p *person) view() acd.AgentView {
	p.w.t.Helper()
	other := p.w.open(p.by, nil)
	defer other.session.Close("")
	return *other.welcome.Snapshot.Agent
}
