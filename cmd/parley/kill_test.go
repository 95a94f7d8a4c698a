package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

var (
	killSeed  = flag.Uint64("kill.seed", 0, "seed of the kill test, 0 for another one each time")
	killTimes = flag.Int("kill.times", 0, "how often the kill test kills, 0 for as often as the kind of run asks for")
)

// TestNothingAcknowledgedIsLostByKill9 drives a real server with customers and
// agents, kills it again and again in the middle of their work, and holds what
// everybody was told, on whatever connection, against the disk.
func TestNothingAcknowledgedIsLostByKill9(t *testing.T) {
	t.Parallel()
	seed := chaosSeed(t)
	dice := rand.New(rand.NewPCG(seed, 0))
	kills := 11
	switch {
	case *killTimes > 0:
		kills = *killTimes
	case thorough:
		kills = 200
	case testing.Short():
		kills = 5
	}
	s := newServer(t)
	s.start()
	s.serving()
	c := newCrowd(t, s, seed)
	for i := range kills {
		if long := i%8 == 7; long || dice.IntN(5) > 0 {
			s.serving()
			c.during(lifetimeOf(dice, long))
			c.rush.Store(true) // so that the kill finds something on its way everywhere
			c.during(time.Duration(dice.Int64N(int64(100 * time.Millisecond))))
		} else {
			c.during(time.Duration(dice.Int64N(int64(300 * time.Millisecond)))) // while it starts
		}
		s.kill()
		c.rush.Store(false)
		if i%6 == 4 {
			audit(t, s, fmt.Sprintf("after kill %d", i+1))
		}
		if i%20 == 19 {
			t.Logf("%d of %d kills", i+1, kills)
		}
		s.start()
	}
	enough := func() bool { return len(c.lacking()) == 0 }
	if !testing.Short() && !c.comes(enough, 2*patience) {
		t.Errorf("too little has happened to prove anything: no %v", c.lacking())
	}
	f := c.settle(s)
	f.Kills = kills
	f.tell(t)
	if !testing.Short() && (f.Resent < 20 || f.Resumed < 100) {
		t.Errorf("too little has happened to prove anything: %d commands sent again, %d streams resumed", f.Resent, f.Resumed)
	}
}

// lacking are the turns of a chat's life that nobody has been told of yet.
func (c *crowd) lacking() []string {
	happened := c.happened()
	return slices.DeleteFunc([]string{"offer accepted", "offer rejected", "offer rona", "offer customer_gone", "ended agent", "ended customer",
		"ended abandoned", "wrapup_extended"}, func(what string) bool { return happened[what] > 0 })
}

// lifetimeOf is how long the server lives until it is killed. A long life
// outlasts the time in which no old deadline fires.
func lifetimeOf(dice *rand.Rand, long bool) time.Duration {
	if long {
		return 13 * time.Second
	}
	return time.Duration(dice.Int64N(int64(2200 * time.Millisecond)))
}

func newCrowd(t *testing.T, s *server, seed uint64, with ...func(*crowd)) *crowd {
	return newCrowdAt(t, s, seed, s.address, with...)
}

// newCrowdAt lets the crowd reach the server in a roundabout way.
func newCrowdAt(t *testing.T, s *server, seed uint64, address string, with ...func(*crowd)) *crowd {
	t.Helper()
	c := &crowd{t: t, server: s, seed: seed, url: s.scheme() + address + "/v1/ws", moved: make(chan struct{}, 1)}
	c.ctx, c.leave = context.WithCancel(t.Context())
	for _, change := range with {
		change(c)
	}
	t.Cleanup(c.part)
	for i := range 8 {
		who := &customer{person: c.person(acd.RoleCustomer, fmt.Sprintf("customer%d", i+1), seed), patient: i%3 == 0, chats: map[string]visit{}, over: map[string]bool{}}
		c.customers = append(c.customers, who)
		c.work.Go(func() { who.live(who.hear) })
		c.work.Go(who.act)
	}
	for _, name := range []string{"alice", "bob", "carol", "dave"} {
		who := &agent{person: c.person(acd.RoleAgent, name, seed)}
		who.begin(&wire.AgentSnapshot{})
		c.agents = append(c.agents, who)
		c.work.Go(func() { who.live(who.hear) })
		c.work.Go(who.act)
	}
	return c
}

// during lets the crowd work for a while.
func (c *crowd) during(d time.Duration) {
	select {
	case <-time.After(d):
	case <-c.server.exit:
		c.server.exit <- nil
		c.t.Fatalf("the server ended by itself:\n%s", c.server.tail())
	}
}

// pause is during for a server that may end meanwhile.
func (c *crowd) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-c.ctx.Done():
	}
}

// close lets everybody finish, and waits until all is done.
func (c *crowd) close() {
	c.t.Helper()
	c.closing.Store(true)
	c.stir()
	if !c.comes(c.quiet, 45*time.Second) {
		c.t.Fatalf("it never came to an end: %s", c.left())
	}
}

// comes waits until something is so, and reports whether it was in time.
func (c *crowd) comes(so func() bool, within time.Duration) bool {
	for end := time.After(within); !so(); {
		select {
		case <-c.moved:
		case <-end:
			return false
		}
	}
	return true
}

// quiet reports whether nobody has anything left to do, the server included.
func (c *crowd) quiet() bool {
	for _, who := range c.customers {
		if !who.quiet() {
			return false
		}
	}
	for _, who := range c.agents {
		if !who.quiet() {
			return false
		}
	}
	if c.open() == 0 {
		return true
	}
	c.stir() // ask again
	return false
}

// left says what people still have.
func (c *crowd) left() (text string) {
	for _, who := range c.customers {
		who.know.Lock()
		text += fmt.Sprintf("\n%s: chats %v, answered %t", who.name, who.chats, who.answered())
		who.know.Unlock()
	}
	for _, who := range c.agents {
		who.know.Lock()
		text += fmt.Sprintf("\n%s is %s: offers %v, chats %v, debts %v, answered %t", who.name, who.presence, who.offers, who.chats, who.debts, who.answered())
		who.know.Unlock()
	}
	return text + "\n" + c.server.tail()
}

// part sends everybody home and waits until they are.
func (c *crowd) part() {
	c.leave()
	c.work.Wait()
}
