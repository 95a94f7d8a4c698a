package acd

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// townNode is a state by how it was reached: cheap to keep, and taken up again
// by doing the same once more.
type townNode struct {
	parent int
	move   townMove
}

// townMap is what has been seen of one small world.
type townMap struct {
	chats, agents int
	limits        townLimits
	nodes         []townNode
	edges         map[townEdge]bool
}

// townEdge is how the first agent stood before and after a move.
type townEdge struct{ from, to, what string }

func newTownMap(chats, agents int, limits townLimits) *townMap {
	return &townMap{chats, agents, limits, []townNode{{}}, map[townEdge]bool{}}
}

func (g *townMap) add(parent int, m townMove) { g.nodes = append(g.nodes, townNode{parent, m}) }

func (g *townMap) path(at int) []townMove {
	var path []townMove
	for ; at > 0; at = g.nodes[at].parent {
		path = append(path, g.nodes[at].move)
	}
	slices.Reverse(path)
	return path
}

func (g *townMap) rebuild(at int) *town {
	w := newTown(g.chats, g.agents, g.limits)
	for _, m := range g.path(at) {
		w.do(m)
	}
	return w
}

// words names a move as a diagram does.
func (w *town) words(m townMove) string {
	if m.what != "tick" {
		return m.what
	}
	switch w.machine(m.from).(type) {
	case *Chat:
		return "timer of the chat"
	case *Queue:
		return "timer of the queue"
	default:
		return "timer of the agent"
	}
}

// story tells how the last state was reached.
func (g *townMap) story() string {
	var b strings.Builder
	w := newTown(g.chats, g.agents, g.limits)
	for _, m := range g.path(len(g.nodes) - 1) {
		switch m.what {
		case "deliver":
			cmd := w.wires[m.from][0].cmd
			fmt.Fprintf(&b, "%d -> %d: %T %+v\n", m.from/w.size(), m.from%w.size(), cmd, cmd)
		default:
			fmt.Fprintf(&b, "%s %d %d at +%v\n", m.what, m.from, m.to, w.now.Sub(morning))
		}
		w.do(m)
	}
	return b.String()
}

// explore goes broad, up to limit states.
func (g *townMap) explore(t *testing.T, limit int) {
	seed, seen := maphash.MakeSeed(), map[uint64]bool{}
	quiet, moved, at := 0, 0, 0
	for ; at < len(g.nodes) && at < limit; at++ {
		w := g.rebuild(at)
		if w.asked > uint64(g.limits.asks) {
			continue
		}
		for _, m := range w.moves() {
			next := g.rebuild(at)
			next.do(m)
			moved++
			g.edges[townEdge{standsAs(w.agents[0]), standsAs(next.agents[0]), w.words(m)}] = true
			key := maphash.Bytes(seed, next.key())
			if seen[key] {
				continue
			}
			seen[key] = true
			g.add(at, m)
			if err := next.check(); err != nil {
				t.Fatalf("%v\n%s", err, g.story())
			}
			if next.quiet() {
				quiet++
			}
		}
	}
	t.Logf("%d chats, %d agents: %d states, up to %d moves from the beginning, %d of them quiet, %d moves, all visited: %t",
		g.chats, g.agents, len(g.nodes), len(g.path(len(g.nodes)-1)), quiet, moved, at == len(g.nodes))
}

// TestExploreChatsQueueAndAgentsTogether visits what can become of a few chats
// and agents when everything that is under way may be late.
func TestExploreChatsQueueAndAgentsTogether(t *testing.T) {
	limit := 6000
	if testing.Short() {
		limit = 500
	}
	for _, small := range []struct {
		name          string
		chats, agents int
		limits        townLimits
	}{
		{"one chat and one agent who comes and goes", 1, 1, townLimits{asks: 1, clocks: 1, times: 1}},
		{"one chat and two agents", 1, 2, townLimits{asks: 2, clocks: 2}},
		{"two chats and one agent", 2, 1, townLimits{asks: 2, clocks: 1}},
	} {
		t.Run(small.name, func(t *testing.T) { newTownMap(small.chats, small.agents, small.limits).explore(t, limit) })
	}
}

// TestExploreAWorldWithoutDelays visits all of a world in which every letter
// arrives at once, and draws what can become of an agent.
func TestExploreAWorldWithoutDelays(t *testing.T) {
	limit := 1 << 30
	if testing.Short() {
		limit = 300
	}
	newTownMap(1, 2, townLimits{asks: 3, clocks: 3, prompt: true}).explore(t, limit)
	newTownMap(2, 1, townLimits{asks: 3, clocks: 2, prompt: true}).explore(t, limit)
	g := newTownMap(1, 1, townLimits{asks: 2, clocks: 3, times: 1, prompt: true})
	if g.explore(t, limit); len(g.nodes) < limit {
		golden(t, "testdata/agent.mmd", g.agentDiagram())
	}
}

// agentDiagram draws how the first agent stands before and after each move.
func (g *townMap) agentDiagram() string {
	names := map[[2]string]map[string]bool{}
	for e := range g.edges {
		if e.from != e.to {
			edge := [2]string{e.from, e.to}
			if names[edge] == nil {
				names[edge] = map[string]bool{}
			}
			names[edge][e.what] = true
		}
	}
	return mermaid("TestExploreAWorldWithoutDelays: presence and work of an agent with room for one chat", names)
}

// standsAs is an agent's presence and what he has to do.
func standsAs(a *Agent) string {
	words := []string{string(a.state.Presence.State)}
	if a.link != linkOnline {
		words = append(words, "away")
	}
	for i := range a.slots {
		words = append(words, string(a.slots[i].State))
	}
	for range a.state.Debts {
		words = append(words, "wrapup")
	}
	return strings.Join(words, "_")
}

// What happens less often on a walk than the rest, and how much.
var seldom = map[string]int{"customer ends": 40, "agent ends": 4, "clock": 4, "session lost": 20, "not ready": 20, "crash": 200,
	"take over": 8, "leave": 3, "cancel": 6}

// What is done every other time that it is possible, since it seldom is.
var eager = []string{"hand over", "transfer back"}

// choose draws the next move of a walk.
func choose(ms []townMove, chance *rand.Rand) townMove {
	if i := slices.IndexFunc(ms, func(m townMove) bool { return slices.Contains(eager, m.what) }); i >= 0 && chance.IntN(2) == 0 {
		return ms[i]
	}
	return ms[chance.IntN(len(ms))]
}

// TestWalksThroughAWorldOfChatsQueueAndAgents goes deep where the exploration
// goes broad: from the beginning of the day until nothing can happen any more.
func TestWalksThroughAWorldOfChatsQueueAndAgents(t *testing.T) {
	walks := 3000
	if testing.Short() {
		walks = 300
	}
	quiet, moved, ends, flows := 0, 0, map[EndReason]int{}, map[string]int{}
	for seed := range walks {
		chance := rand.New(rand.NewPCG(uint64(seed), 1))
		g := newTownMap(1+chance.IntN(3), 1+chance.IntN(2), townLimits{clocks: 60, times: 3, crashes: seed % 3, flows: seed % 4})
		w := newTown(g.chats, g.agents, g.limits)
		w.config.Queues["support"].PreferReturning, w.walks = seed%2 == 1, true
		for ms := w.moves(); len(ms) > 0 && len(g.nodes) < 500; ms = w.moves() {
			m := choose(ms, chance)
			if rare := seldom[m.what]; rare > 0 && len(ms) > 1 && chance.IntN(rare) > 0 {
				continue
			}
			g.add(len(g.nodes)-1, m)
			w.do(m)
			moved++
			flows[m.what]++
			if err := w.check(); err != nil {
				t.Fatalf("walk %d: %v\n%s", seed, err, g.story())
			}
			if w.quiet() {
				quiet++
			}
		}
		for _, c := range w.chats {
			if ends[c.EndReason]++; c.Phase != PhaseClosed && len(w.moves()) == 0 {
				t.Fatalf("walk %d: nothing can happen any more and chat %s is %s\n%s", seed, c.ID, c.Phase, g.story())
			}
		}
	}
	t.Logf("%d walks, %d moves, %d quiet states, chats ended %v", walks, moved, quiet, ends)
	for _, what := range []string{"transfer", "transfer blind", "invite", "consult", "take over", "leave", "cancel"} {
		if flows[what] == 0 {
			t.Errorf("nobody ever did this: %s", what)
		}
	}
	for _, what := range eager {
		if flows[what] < walks/100 {
			t.Errorf("%s happened %d times in %d walks", what, flows[what], walks)
		}
	}
	for _, why := range []EndReason{EndAbandoned, EndedByCustomer, EndedByAgent, EndMaxWait} {
		if ends[why] == 0 {
			t.Errorf("no chat ended by %s", why)
		}
	}
}
