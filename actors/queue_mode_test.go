package actors_test

import (
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestAModeThatASupervisorHasSetSurvivesACrashAndIsAudited(t *testing.T) {
	inWorld(t, func(w *world) {
		support := acd.QueueID("support").Address()
		w.supervisor("sue").must(support, acd.SetQueueMode{Mode: acd.QueueClosed})
		w.customer("ann").refused("queue_closed", support, acd.Start{Chat: "c1", Source: "web", Queue: "support"})
		w.crash()
		w.customer("ben").refused("queue_closed", support, acd.Start{Chat: "c2", Source: "web", Queue: "support"})

		set := events(t, w.journal, support)
		if e, ok := set[0].(acd.QueueModeSet); !ok || len(set) != 1 || e.By != "sue" || e.Mode != acd.QueueClosed {
			t.Errorf("the journal has %+v", set)
		}
		w.supervisor("sue").must(support, acd.SetQueueMode{Mode: acd.QueueAuto})
		w.crash()
		w.customer("ann").starts()
		if _, err := actors.Audit(w.journal, func(err error) { t.Error(err) }); err != nil {
			t.Error(err)
		}
	})
}
