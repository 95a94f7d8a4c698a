package actors

import (
	"testing"

	"github.com/parley-engine/parley/actors/acd"
)

func TestWhatNobodyHasAskedForYetIsNotShownAsItWasBefore(t *testing.T) {
	b := newBoard(&Engine{runtime: newLive()})
	b.queues.put("sales", acd.QueueView{Queue: "sales", Waiting: 3}) // whoever watched before has seen it
	w := &watching{boards: WatchBoards{Queues: true}}
	b.watchers[&Session{}] = w
	if all := b.boardsFor(w, ""); len(all) != 0 {
		t.Errorf("shown before the queues are asked: %+v", all)
	}
	if cfg := (&acd.Config{}); !b.isNew(acd.KindQueue, cfg) {
		t.Error("the queues are not asked")
	}
	if all := b.boardsFor(w, ""); len(all) != 1 || all[0].(acd.CountersShown).Queues[0].Waiting != 3 {
		t.Errorf("shown when they have been: %+v", all)
	}
}
