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
}

func newTownMap(chats, agents int, limits townLimits) *townMap {
	return &townMap{chats, agents, limits, []townNode{{}}}
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

// What happens less often on a walk than the rest, and how much.
var seldom = map[string]int{"customer ends": 40, "agent ends": 4, "clock": 4, "session lost": 20, "not ready": 20, "crash": 200}

// TestWalksThroughAWorldOfChatsQueueAndAgents goes deep where the exploration
// goes broad: from the beginning of the day until nothing can happen any more.
func TestWalksThroughAWorldOfChatsQueueAndAgents(t *testing.T) {
	walks := 3000
	if testing.Short() {
		walks = 300
	}
	quiet, moved, ends := 0, 0, map[EndReason]int{}
	for seed := range walks {
		chance := rand.New(rand.NewPCG(uint64(seed), 1))
		g := newTownMap(1+chance.IntN(3), 1+chance.IntN(2), townLimits{clocks: 60, times: 3, crashes: seed % 3})
		w := newTown(g.chats, g.agents, g.limits)
		for ms := w.moves(); len(ms) > 0 && len(g.nodes) < 500; ms = w.moves() {
			m := ms[chance.IntN(len(ms))]
			if rare := seldom[m.what]; rare > 0 && len(ms) > 1 && chance.IntN(rare) > 0 {
				continue
			}
			g.add(len(g.nodes)-1, m)
			w.do(m)
			moved++
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
	for _, why := range []EndReason{EndAbandoned, EndedByCustomer, EndedByAgent, EndMaxWait} {
		if ends[why] == 0 {
			t.Errorf("no chat ended by %s", why)
		}
	}
}
