package acd

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// mall is one agent and the queues he serves, with their mail. Between two of
// them the mail keeps its order; else any letter may come first.
type mall struct {
	t       *testing.T
	chance  *rand.Rand
	config  *Config
	now     time.Time
	agent   *Agent
	queues  map[QueueID]*Queue
	mail    []letter
	granted []ChatID
}

type letter struct {
	from, to Address
	cmd      Command
}

func newMall(t *testing.T, seed uint64) *mall {
	m := &mall{t: t, chance: rand.New(rand.NewPCG(seed, 9)), now: deskDay, agent: NewAgent("ann"), queues: map[QueueID]*Queue{}}
	ann := &AgentProfile{ID: "ann", Capacity: 1 + m.chance.IntN(2), Weights: map[QueueID]int{}}
	m.config = &Config{Queues: map[QueueID]*QueuePolicy{}, Agents: map[AgentID]*AgentProfile{"ann": ann}}
	for i := range 2 + m.chance.IntN(3) {
		id := QueueID(fmt.Sprintf("q%d", i))
		m.queues[id], m.config.Queues[id] = NewQueue(id), &QueuePolicy{ID: id}
		ann.Queues, ann.Weights[id] = append(ann.Queues, id), 1+m.chance.IntN(3)
	}
	m.config.Normalize()
	return m
}

func (m *mall) step(to Address, cmd Command) {
	by, machine := Principal{}, Machine(m.agent)
	if to.Kind == KindQueue {
		machine = m.queues[QueueID(to.ID)]
	}
	switch cmd.(type) {
	case SetPresence, SessionOpened:
		by = Principal{Role: RoleAgent, ID: "ann"}
	}
	out := machine.Step(Turn{Now: m.now, By: by, Config: m.config, Entropy: m.chance.Uint64()}, cmd)
	if out.Err != nil {
		m.t.Fatalf("%s refuses %T: %v", to, cmd, out.Err)
	}
	for _, s := range out.Sends {
		if g, ok := s.Cmd.(OfferGrant); ok {
			m.granted = append(m.granted, g.Offer.chat())
			continue
		}
		m.mail = append(m.mail, letter{to, s.To, s.Cmd})
	}
}

func (o OfferID) chat() ChatID { c, _ := o.Chat(); return c }

// deliver hands out all mail, in an order that chance makes.
func (m *mall) deliver() {
	for len(m.mail) > 0 {
		i := m.chance.IntN(len(m.mail))
		l := m.mail[i]
		i = slices.IndexFunc(m.mail, func(x letter) bool { return x.from == l.from && x.to == l.to })
		l = m.mail[i]
		m.mail = slices.Delete(m.mail, i, i+1)
		m.step(l.to, l.cmd)
	}
}

// TestAnAgentsNextChatIsTheBestOfAllHisQueuesWhicheverMessageComesFirst holds
// the default against a sort of all who wait: by his weight for the queue, then
// by the place that priority and age give them.
func TestAnAgentsNextChatIsTheBestOfAllHisQueuesWhicheverMessageComesFirst(t *testing.T) {
	for seed := range uint64(300) {
		m := newMall(t, seed)
		var waiting []Enqueue
		for i := range 1 + m.chance.IntN(6) {
			of := m.config.Agents["ann"].Queues
			q := of[m.chance.IntN(len(of))]
			e := Enqueue{Chat: ChatID(fmt.Sprintf("c%d", i)), Channel: "livechat", Weight: 1, Leg: Leg{ID: "stay", Queue: q,
				EnteredAt: m.now, Key: m.now.Add(-time.Duration(m.chance.IntN(600)) * time.Second)}}
			waiting = append(waiting, e)
			m.step(q.Address(), e)
		}
		m.mail = nil // news of places
		ann := AgentID("ann").Address()
		m.step(ann, Restore{})
		m.step(ann, SessionOpened{Session: "s1", Alerting: true})
		m.deliver()
		m.step(ann, SetPresence{State: Available})
		m.deliver()

		weights := m.config.Agents["ann"].Weights
		better := func(a, b Enqueue) int {
			return cmp.Or(cmp.Compare(weights[b.Leg.Queue], weights[a.Leg.Queue]), a.Leg.Key.Compare(b.Leg.Key))
		}
		var granted []Enqueue // those of one choice come in any order
		for _, chat := range m.granted {
			granted = append(granted, waiting[slices.IndexFunc(waiting, func(e Enqueue) bool { return e.Chat == chat })])
		}
		slices.SortFunc(waiting, better)
		slices.SortFunc(granted, better)
		for i, got := range granted {
			best := waiting[i]
			if weights[got.Leg.Queue] != weights[best.Leg.Queue] || !got.Leg.Key.Equal(best.Leg.Key) {
				t.Fatalf("seed %d: chat %d is %s of %s, the best was %s of %s", seed, i+1, got.Chat, got.Leg.Queue, best.Chat, best.Leg.Queue)
			}
		}
		if want := min(len(waiting), m.config.Agents["ann"].Capacity); len(m.granted) != want {
			t.Fatalf("seed %d: %d chats are granted, expected %d", seed, len(m.granted), want)
		}
	}
}
