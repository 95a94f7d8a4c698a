package actors_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestAnAnswerComesAfterTheEventsThatWereOutBefore(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		ann.read()
		alice.says(chat, "are you there?") // ann has not read it when she writes
		cmd := acd.SendText{Text: "yes"}
		ann.session.Do("yes", digestOf(cmd), chat.Address(), cmd)
		synctest.Wait()
		got := ann.session.Next(nil)
		answer := slices.IndexFunc(got, func(d actors.Delivery) bool { return d.Answer != nil })
		event := slices.IndexFunc(got, func(d actors.Delivery) bool { return d.Seq == ann.seq+1 })
		if answer < 0 || event < 0 || answer < event {
			t.Errorf("of %d deliveries the answer is at %d and the event before it at %d", len(got), answer, event)
		}
	})
}
