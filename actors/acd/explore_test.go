package acd

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the state diagrams anew")

// The small world of the exploration: all times are multiples of its step.
const (
	exploreStep    = 20 * time.Second
	exploreOffers  = 3
	exploreReturns = 1 // of an agent's loss
)

func exploreConfig() *Config {
	c := chatConfig()
	for _, q := range c.Queues {
		q.OfferTimeout, q.RejectHold, q.MaxWait = exploreStep, exploreStep, 2*exploreStep
	}
	c.Queues["support"].OnMaxWait.Queue = "sales"
	c.Queues["support"].Wrapup.SkipUntouched = true
	c.Queues["sales"].Wrapup = WrapupPolicy{Mode: WrapupNone}
	for _, ch := range c.Channels {
		ch.CustomerGrace = CustomerGrace{Waiting: exploreStep, Served: 2 * exploreStep}
	}
	return c
}

// move is one thing that can happen in the small world.
type move struct {
	by   Principal
	cmd  Command
	pass time.Duration // time alone passes
}

func (m move) String() string {
	if m.pass > 0 {
		return "time passes"
	}
	return fmt.Sprintf("%s %+v", m.by.ID, m.cmd)
}

// moves are all that anybody may try in a state, sensible or not.
func moves(c *Chat) []move {
	if c.Phase == PhaseNew {
		return []move{{by: kim, cmd: Start{Chat: "c1", Source: "web", Queue: "support", Admitted: true}}, {by: sue, cmd: ForceEnd{}}}
	}
	ms := []move{{pass: exploreStep}, {cmd: Tick{}}, {cmd: CustomerSeen{Online: true}}, {cmd: CustomerSeen{Online: false}},
		{by: kim, cmd: EndChat{}}, {by: sue, cmd: ForceEnd{}}, {by: kim, cmd: SendText{Text: "hello"}},
		{cmd: EnqueueRefused{ID: c.LastLeg.ID, Reason: "deleted"}}}
	for _, a := range []Principal{alice, bob} {
		id := AgentID(a.ID)
		ms = append(ms, move{by: a, cmd: EndChat{}}, move{by: a, cmd: LeaveChat{}}, move{by: a, cmd: SendText{Text: "hello"}},
			move{cmd: WrapupFiled{Chat: "c1", Agent: id, Code: "solved"}})
		if c.LastLeg.ID != fmt36(1+exploreReturns) {
			ms = append(ms, move{cmd: AgentLost{Chat: "c1", Agent: id}})
		}
		for n := range exploreOffers {
			offer := offerNumber(n)
			ms = append(ms, move{by: a, cmd: Accept{offer, id}}, move{by: a, cmd: Reject{Offer: offer, Agent: id}},
				move{cmd: OfferAborted{Offer: offer, Agent: id, Why: AgentGone}})
			known := c.offer(offer) != nil || c.past(offer) != nil
			if known && agentOf(c, offer) == id || !known && n == c.Attempts {
				ms = append(ms, grantMove(c.LastLeg.ID, offer, id), grantMove("stale", offer, id))
			}
		}
	}
	return ms
}

func grantMove(leg EnqueueID, offer OfferID, a AgentID) move {
	return move{cmd: OfferGrant{Offer: offer, Agent: a, ID: leg, Decision: &Decision{Queue: "support"}}}
}

func agentOf(c *Chat, id OfferID) AgentID {
	if o := c.offer(id); o != nil {
		return o.Agent
	}
	return c.past(id).Agent
}

func fmt36(n uint64) EnqueueID { return EnqueueID(Turn{Entropy: n}.id(0)) }

// cloneChat copies a chat so that a step leaves the original alone.
func cloneChat(c *Chat) *Chat {
	n := *c
	if c.Leg != nil {
		leg := *c.Leg
		n.Leg = &leg
	}
	last := *c.LastLeg
	n.LastLeg = &last
	n.Excluded, n.Offers, n.Past = slices.Clone(c.Excluded), slices.Clone(c.Offers), slices.Clone(c.Past)
	n.Participants, n.Owing, n.Filed = slices.Clone(c.Participants), slices.Clone(c.Owing), slices.Clone(c.Filed)
	for i := range n.Participants {
		n.Participants[i].Pending = slices.Clone(n.Participants[i].Pending)
	}
	return &n
}

// forget drops what makes no difference to what can happen next: how many
// messages there are, who has read them, and why what is over is over.
func forget(c *Chat) {
	c.Messages, c.CustomerRead, c.Filed = 0, 0, nil
	for i := range c.Past {
		c.Past[i].Reason = "over"
	}
	for i := range c.Participants {
		p := &c.Participants[i]
		p.Read, p.Unread, p.Pending = 0, 0, nil
	}
	if c.EndReason != "" {
		c.EndReason, c.Policy, c.Attempts = "over", LegPolicy{}, 0
	}
}

// rebase makes morning the present time of a chat whose clock shows
// morning+passed: what is ahead comes closer, what is due stays due, and when
// something was makes no difference any more.
func rebase(c *Chat, passed time.Duration) {
	ahead := func(t *time.Time) {
		if !t.IsZero() {
			if *t = t.Add(-passed); t.Before(morning) {
				*t = morning
			}
		}
	}
	behind := func(ts ...*time.Time) {
		for _, t := range ts {
			if !t.IsZero() {
				*t = morning
			}
		}
	}
	behind(&c.StartedAt, &c.EndedAt, &c.LastLeg.Key, &c.LastLeg.EnteredAt)
	ahead(&c.AwayUntil)
	ahead(&c.Policy.GiveUpAt)
	if c.Leg == nil {
		c.Policy.GiveUpAt = time.Time{}
	} else {
		behind(&c.Leg.Key, &c.Leg.EnteredAt)
	}
	for i := range c.Offers {
		behind(&c.Offers[i].Started)
		ahead(&c.Offers[i].Deadline)
	}
	for i := range c.Participants {
		behind(&c.Participants[i].Since)
	}
	for i := range c.Owing {
		behind(&c.Owing[i].Since)
	}
	for i := range c.Excluded {
		c.Excluded[i].Until -= passed.Milliseconds()
	}
	c.Excluded = slices.DeleteFunc(c.Excluded, func(x Exclusion) bool { return x.Until <= morning.UnixMilli() })
}

// explored is the whole graph of a chat in the small world.
type explored struct {
	chats []*Chat
	ids   map[string]int
	edges [][]int // where moves lead
	moves int
	names map[[2]string]map[string]bool // the diagram: labels of moves between labels of states
}

// TestExploreEveryReachableStateOfAChat visits all that can become of one chat
// with two agents and a few offers, and draws the diagram of it.
func TestExploreEveryReachableStateOfAChat(t *testing.T) {
	g := &explored{ids: map[string]int{}, names: map[[2]string]map[string]bool{}}
	config, limit := exploreConfig(), 1<<30
	if testing.Short() {
		limit = 3000
	}
	g.visit(t, NewChat("c1"))
	for at := 0; at < len(g.chats) && at < limit; at++ {
		for _, m := range moves(g.chats[at]) {
			g.take(t, config, at, m)
		}
	}
	t.Logf("%d states, %d moves", len(g.chats), g.moves)
	if testing.Short() {
		return
	}
	g.noDeadEnds(t)
	golden(t, "testdata/chat.mmd", g.diagram())
}

// visit returns the number of a state, new or known, after a look at it.
func (g *explored) visit(t *testing.T, c *Chat) int {
	key := encoded(t, c.ChatState)
	if id, known := g.ids[key]; known {
		return id
	}
	if err := settledChat(c); err != nil {
		t.Fatalf("%v in\n%+v", err, c.ChatState)
	}
	g.ids[key] = len(g.chats)
	g.chats = append(g.chats, c)
	g.edges = append(g.edges, nil)
	return len(g.chats) - 1
}

// settledChat is what holds for a chat at rest: I4 and R8, nothing is stuck. Who
// is kept beyond the longest wait waits without an end, as his queue wants it.
func settledChat(c *Chat) error {
	err := c.Check()
	switch {
	case err != nil:
	case c.Live() && c.serving(c.Owner) == nil && c.Leg == nil && len(c.Offers) == 0 && c.returnDue().IsZero():
		return fmt.Errorf("I4: nobody has it")
	case (len(c.Offers) > 0 || c.Phase == PhaseQueued || c.Leg != nil || c.Live() && c.Interrupted) && c.Deadline().IsZero() &&
		!(c.Leg != nil && c.waitPolicy().GiveUpKeep):
		return fmt.Errorf("I4: no timer would end the wait")
	case c.Phase == PhaseActive && c.Transfer != nil && c.Leg == nil && c.openOffer(OfferTransfer) == nil:
		return fmt.Errorf("a transfer is open, and neither rings nor waits")
	case c.Transfer == nil && c.openOffer(OfferTransfer) != nil, c.Leg == nil && c.NextPolicy != nil:
		return fmt.Errorf("what belongs to a transfer has outlived it")
	case c.Phase == PhaseEnded && len(c.Owing) == 0 && c.Deadline().IsZero():
		return fmt.Errorf("ended, and nothing closes it")
	}
	return err
}

func (g *explored) take(t *testing.T, config *Config, at int, m move) {
	from := g.chats[at]
	c := cloneChat(from)
	var out Outcome
	if m.pass == 0 {
		stays := uint64(1)
		for c.LastLeg.ID >= fmt36(stays) {
			stays++
		}
		out = c.Step(Turn{Now: morning, By: m.by, Config: config, Entropy: stays}, m.cmd)
		if _, tick := m.cmd.(Tick); tick && due(c.Deadline(), morning) {
			t.Fatalf("after a tick it is still due:\n%+v", c.ChatState)
		}
	}
	g.moves++
	if m.pass == 0 && len(out.Events) == 0 {
		if !reflect.DeepEqual(c, from) {
			t.Fatalf("without an event %v made\n%+v of\n%+v", m, c.ChatState, from.ChatState)
		}
		return
	}
	rebase(c, m.pass)
	forget(c)
	to := g.visit(t, c)
	if !slices.Contains(g.edges[at], to) {
		g.edges[at] = append(g.edges[at], to)
	}
	g.name(from, c, m, out)
}

// noDeadEnds: whatever has happened, the chat can still be closed.
func (g *explored) noDeadEnds(t *testing.T) {
	back := make([][]int, len(g.chats))
	var closing []int
	for from, tos := range g.edges {
		for _, to := range tos {
			back[to] = append(back[to], from)
		}
		if g.chats[from].Phase == PhaseClosed {
			closing = append(closing, from)
		}
	}
	reached := map[int]bool{}
	for len(closing) > 0 {
		at := closing[len(closing)-1]
		closing = closing[:len(closing)-1]
		if !reached[at] {
			reached[at] = true
			closing = append(closing, back[at]...)
		}
	}
	if len(reached) != len(g.chats) {
		t.Errorf("from %d of %d states the chat cannot be closed", len(g.chats)-len(reached), len(g.chats))
	}
}

// label is a state as the diagram shows it.
func label(c *Chat) string {
	switch {
	case c.Phase == PhaseNew:
		return "[*]"
	case len(c.Offers) > 0:
		return string(c.Phase) + "_offer_open"
	}
	return string(c.Phase)
}

func (g *explored) name(from, to *Chat, m move, out Outcome) {
	edge := [2]string{label(from), label(to)}
	if edge[0] == edge[1] {
		return
	}
	if g.names[edge] == nil {
		g.names[edge] = map[string]bool{}
	}
	g.names[edge][moveWords(m.cmd, out)] = true
}

// moveWords names a move by its command and, where that says too little, by
// what came of it.
func moveWords(cmd Command, out Outcome) string {
	words := strings.TrimPrefix(fmt.Sprintf("%T", cmd), "acd.")
	if _, tick := cmd.(Tick); !tick {
		return words
	}
	var why []string
	for _, e := range out.Events {
		switch e := e.(type) {
		case OfferEnded:
			why = append(why, string(e.Reason))
		case WaitedLong:
			why = append(why, "max wait")
		case TransferFailed:
			why = append(why, e.Reason)
		case ChatEnded:
			why = append(why, string(e.Reason))
		}
	}
	return words + " (" + strings.Join(slices.Compact(why), ", ") + ")"
}

func (g *explored) diagram() string {
	return mermaid("TestExploreEveryReachableStateOfAChat: what leads from one kind of state to another", g.names) + "    closed --> [*]\n"
}

// mermaid draws names of moves between names of states.
func mermaid(by string, names map[[2]string]map[string]bool) string {
	edges := slices.SortedFunc(maps.Keys(names), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var b strings.Builder
	fmt.Fprintf(&b, "%%%% Drawn by %s.\nstateDiagram-v2\n", by)
	for _, e := range edges {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", e[0], e[1], strings.Join(slices.Sorted(maps.Keys(names[e])), "<br/>"))
	}
	return b.String()
}

// golden compares got with a file, or writes the file with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run the test with -update", err)
	}
	if string(want) != got {
		t.Errorf("%s is out of date: run the test with -update\n%s", path, got)
	}
}
