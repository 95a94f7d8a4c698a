package actors_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// stage is where the players of a benchmark act. A player is no goroutine: he
// is called when his session has something for him, answers, and leaves, so
// that the benchmark measures the engine and not its audience.
type stage struct {
	b      *testing.B
	engine *actors.Engine
	bill   playbill
	called chan *player
	over   chan struct{} // nobody is called any more
	done   chan struct{} // when all chats have been played
	guests []*player
	left   atomic.Int64 // chats to open
	debts  atomic.Int64 // wrap-ups to come
}

// stageHands is how many goroutines serve the players.
const stageHands = 2

func newStage(b *testing.B, e *actors.Engine, bill playbill) *stage {
	s := &stage{b: b, engine: e, bill: bill, done: make(chan struct{}), over: make(chan struct{})}
	s.called = make(chan *player, bill.guests+2*bill.agents)
	for range stageHands {
		go s.serve()
	}
	var ready sync.WaitGroup
	for _, queue := range []acd.QueueID{"support", "sales"} {
		for i := range bill.agents {
			id := string(benchAgent(queue, i))
			p := s.enter(acd.Principal{Role: acd.RoleAgent, ID: id, Name: id})
			p.second = queue == "sales"
			ready.Add(1)
			p.do(acd.AgentID(id).Address(), acd.SetPresence{State: acd.Available}, func(*player, acd.Result) { ready.Done() })
		}
	}
	for i := range bill.guests {
		s.guests = append(s.guests, s.enter(acd.Principal{Role: acd.RoleCustomer, ID: "guest" + strconv.Itoa(i), Name: "G"}))
	}
	ready.Wait()
	b.Cleanup(func() { close(s.over) })
	return s
}

// run plays n chats to their last wrap-up.
func (s *stage) run(n int) {
	s.left.Store(int64(n))
	s.debts.Store(int64(n))
	if s.bill.transfer {
		s.debts.Store(2 * int64(n))
	}
	for _, g := range s.guests {
		g.mu.Lock()
		g.start()
		g.mu.Unlock()
	}
	select {
	case <-s.done:
	case <-time.After(5 * time.Minute):
		s.b.Fatalf("%d wrap-ups are missing", s.debts.Load())
	}
}

func (s *stage) serve() {
	for {
		select {
		case p := <-s.called:
			p.act()
		case <-s.over:
			return
		}
	}
}

// player is a person who acts as fast as the answers come.
type player struct {
	stage   *stage
	by      acd.Principal
	session *actors.Session
	waiting atomic.Bool // to be called; set by Wake

	mu    sync.Mutex // one call at a time
	inbox []actors.Delivery
	n     uint64
	then  []asked
	sent  map[acd.ChatID]int // messages of the chats that an agent serves
	// second says that he serves who is transferred.
	second bool
}

// asked is a command whose answer is awaited, and what to do with it.
type asked struct {
	id   string
	then func(*player, acd.Result)
}

func (s *stage) enter(by acd.Principal) *player {
	p := &player{stage: s, by: by}
	if by.Role == acd.RoleAgent {
		p.sent = map[acd.ChatID]int{}
	}
	session, _, err := s.engine.Open(context.Background(), actors.Hello{
		Principal: by, Alerting: true, Wake: p.wake,
		Evict: func(why actors.EvictReason) { s.b.Errorf("%s is sent away: %s", by.ID, why) },
	})
	if err != nil {
		s.b.Fatal(err)
	}
	p.mu.Lock()
	p.session = session
	p.mu.Unlock()
	return p
}

func (p *player) wake() {
	if !p.waiting.Swap(true) {
		select {
		case p.stage.called <- p:
		case <-p.stage.over:
		}
	}
}

// act takes what the session has.
func (p *player) act() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting.Store(false)
	if p.session == nil {
		return // woken before Open has returned; nothing is asked yet
	}
	for {
		p.inbox = p.session.Next(p.inbox[:0])
		if len(p.inbox) == 0 {
			return
		}
		for i := range p.inbox {
			if d := &p.inbox[i]; d.Answer != nil {
				p.answered(d)
			} else {
				p.hears(d.News)
			}
		}
	}
}

func (p *player) do(to acd.Address, cmd acd.Command, then func(*player, acd.Result)) {
	p.n++
	id := strconv.FormatUint(p.n, 10)
	p.then = append(p.then, asked{id, then})
	p.session.Do(id, p.n, to, cmd)
}

func (p *player) answered(d *actors.Delivery) {
	if d.Answer.Refusal != nil {
		p.stage.b.Errorf("%s: command %s is refused: %v", p.by.ID, d.Re, d.Answer.Refusal)
	}
	for i := range p.then {
		if p.then[i].id == d.Re {
			then := p.then[i].then
			last := len(p.then) - 1
			p.then[i], p.then[last] = p.then[last], asked{}
			p.then = p.then[:last]
			if then != nil {
				then(p, d.Answer.Result)
			}
			return
		}
	}
}

func (p *player) start() {
	s := p.stage
	n := s.left.Add(-1)
	if n < 0 {
		return
	}
	chat := acd.ChatID("c" + strconv.FormatInt(n, 36))
	p.do(acd.QueueID("support").Address(), acd.Start{Chat: chat, Source: "web", Queue: "support"}, nil)
}

const line = "a message of an ordinary length, as people write them in chats"

// hears is how a player reacts to news.
func (p *player) hears(n *actors.Note) {
	if p.sent == nil {
		p.guestHears(n)
		return
	}
	desk := acd.AgentID(p.by.ID).Address()
	switch e := n.Event.(type) {
	case acd.Offered:
		p.do(desk, acd.AcceptOffer{Offer: e.Offer.ID}, (*player).accepted)
	case acd.MessageSent:
		if n.View == acd.ToAgent && e.Message.Author.Kind == "customer" && !p.second {
			p.goOn(acd.ChatID(n.From.ID))
		}
	case acd.WrapupStarted:
		chat := e.Debt.Chat
		p.do(desk, acd.Wrapup{Chat: chat, Code: "resolved"}, func(p *player, _ acd.Result) { p.wrapped(chat) })
	}
}

func (p *player) guestHears(n *actors.Note) {
	if p.stage.bill.guests == 0 {
		return // holds his chats and says nothing
	}
	switch e := n.Event.(type) {
	case acd.MessageSent:
		if p.stage.bill.talk && e.Message.Author.Kind == "agent" {
			p.do(n.From, acd.SendText{Text: line}, nil)
		}
	case acd.ChatEnded:
		p.start()
	}
}

// accepted begins the talk, or ends it when the chat has come from another.
func (p *player) accepted(r acd.Result) {
	if strings.HasPrefix(string(r.Chat), heldChats) {
		p.stage.b.Errorf("%s serves %s, which was to wait", p.by.ID, r.Chat)
	}
	p.sent[r.Chat] = 0
	if p.second {
		p.do(r.Chat.Address(), acd.EndChat{}, nil)
		return
	}
	p.goOn(r.Chat)
}

// goOn says the next thing, or is done.
func (p *player) goOn(chat acd.ChatID) {
	bill, sent := &p.stage.bill, p.sent[chat]
	switch {
	case sent < bill.messages && bill.talk:
		p.sent[chat] = sent + 2 // with the customer's answer
		p.do(chat.Address(), acd.SendText{Text: line}, nil)
	case sent < bill.messages:
		p.sent[chat] = sent + 1
		p.do(chat.Address(), acd.SendText{Text: line}, func(p *player, _ acd.Result) { p.goOn(chat) })
	case bill.transfer:
		p.do(chat.Address(), acd.TransferChat{ToQueue: "sales", Mode: acd.Blind}, nil)
	default:
		p.do(chat.Address(), acd.EndChat{}, nil)
	}
}

func (p *player) wrapped(chat acd.ChatID) {
	if _, serves := p.sent[chat]; !serves {
		p.stage.b.Errorf("%s wraps %s up twice", p.by.ID, chat)
		return
	}
	delete(p.sent, chat)
	if p.stage.debts.Add(-1) == 0 {
		close(p.stage.done)
	}
}
