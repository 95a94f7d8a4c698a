package actors_test

import (
	"testing"

	"github.com/parley-engine/parley/actors/acd"
)

func TestAStartThatIsSentAgainAfterItsChatHasEndedOpensNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		starts := map[string]acd.Start{}
		for _, id := range []string{"first", "second", "third"} {
			starts[id] = acd.Start{Chat: acd.ChatID(id), Source: "web", Queue: "support"}
			ann.doAs(id, acd.QueueID("support").Address(), starts[id])
			ann.must(acd.ChatID(id).Address(), acd.EndChat{})
		}
		for id, start := range starts {
			if a := ann.doAs(id, acd.QueueID("support").Address(), start); a.Result.Chat != start.Chat {
				t.Fatalf("sent again, %s is answered with %+v", id, a)
			}
		}
		ann.starts()
		if chats := w.customer("ann").welcome.Snapshot.Chats; len(chats) != 1 {
			t.Errorf("ann has %d chats, expected the one that is open", len(chats))
		}
	})
}
