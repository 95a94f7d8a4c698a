package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// lastAgents lets support wait for who served the customer last.
func lastAgents(c *acd.Config) { c.Queues["support"].LastAgent = time.Minute }

func TestACustomerComesBackToWhoServedHimLast(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*acd.Config)
		erase  bool
		want   string
	}{
		"by policy":               {lastAgents, false, "alice"},
		"not without the policy":  {func(*acd.Config) {}, false, "bob"},
		"not after he was erased": {lastAgents, true, "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.change = c.change
				w.crash()
				alice, ann := w.agent("alice"), w.customer("ann")
				alice.ready()
				w.lives(alice, ann, "hello")
				if c.erase {
					if _, _, err := w.engine.Erase("ann"); err != nil {
						t.Fatal(err)
					}
				}
				w.crash()
				alice, bob, ann := w.agent("alice"), w.agent("bob"), w.customer("ann")
				bob.ready() // idle for longer
				w.pass(time.Second)
				alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
				alice.ready()
				w.pass(time.Second)
				ann.starts()
				got := map[bool]string{true: "alice", false: "bob"}[told[acd.Offered](alice) > 0]
				if got != c.want || told[acd.Offered](alice)+told[acd.Offered](bob) != 1 {
					t.Errorf("the chat is offered to %s, want %s", got, c.want)
				}
			})
		})
	}
}
