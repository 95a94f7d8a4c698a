package actors_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// fluent is true of agents who have the chat's language.
type fluent struct{}

func (*fluent) String() string                    { return "chat.language in agent.languages" }
func (*fluent) MarshalText() ([]byte, error)      { return []byte("fluent"), nil }
func (*fluent) ChatKey(c *acd.ChatFacts) string   { return c.Language }
func (*fluent) AgentKey(a *acd.AgentFacts) string { return a.ID }
func (*fluent) Holds(c *acd.ChatFacts, a *acd.AgentFacts) (bool, error) {
	return slices.Contains(a.Languages, c.Language), nil
}

func TestAConditionHoldsAfterACrashForWhoWaited(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = func(c *acd.Config) {
			c.Queues["support"].Match = &fluent{}
			c.Agents["alice"].Languages, c.Agents["bob"].Languages = []string{"de"}, []string{"it"}
		}
		w.crash()
		ann := w.customer("ann")
		ann.must(acd.QueueID("support").Address(), acd.Start{Chat: "c1", Source: "web", Queue: "support",
			Attributes: map[string]string{"language": "it"}})
		w.crash()
		w.customer("ann")
		alice, bob := w.agent("alice"), w.agent("bob")
		alice.ready()
		bob.ready()
		w.pass(time.Second)
		if got := bob.offered(); got.Popover.Attributes["language"] != "it" {
			t.Errorf("bob is offered %+v", got)
		}
		if told[acd.Offered](alice) > 0 {
			t.Error("alice is offered what she does not speak")
		}
	})
}
