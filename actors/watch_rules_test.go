package actors

import (
	"testing"

	"github.com/parley-engine/parley/actors/acd"
)

func TestWhatNobodyHasAskedForYetIsNotShownAsItWasBefore(t *testing.T) {
	b := newBoard(&Engine{runtime: newLive()})
	b.queues.put("sales", acd.QueueView{Queue: "sales", Waiting: 3}) // whoever watched before has seen it
	w := &watching{boards: WatchBoards{Queues: true}}
	s := &Session{engine: b.engine, stream: &stream{}}
	b.watchers[s] = w
	b.showBoards(s, w, map[boardAsked]*Note{})
	if len(s.shown) != 0 {
		t.Errorf("shown before the queues are asked: %+v", s.shown[0].Event)
	}
	if cfg := (&acd.Config{}); !b.isNew(acd.KindQueue, cfg) {
		t.Error("the queues are not asked")
	}
	b.showBoards(s, w, map[boardAsked]*Note{})
	if len(s.shown) != 1 || s.shown[0].Event.(acd.CountersShown).Queues[0].Waiting != 3 {
		t.Errorf("shown when they have been: %d notes", len(s.shown))
	}
}
