package actors_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// sluggish is a journal that takes its time for each answer.
type sluggish struct {
	actors.Journal
	line chan func()
	took atomic.Int64
}

func (s *sluggish) Append(e actors.Entry) {
	done := e.Done
	e.Done = func(err error) {
		s.line <- func() { done(err) }
	}
	s.Journal.Append(e)
}

// answer lets one answer after the other out, in order, each after a while.
func (s *sluggish) answer() {
	for done := range s.line {
		time.Sleep(time.Duration(s.took.Load()))
		done()
	}
}

// TestANodeThatIsBehindRefusesNewChatsAndServesThoseItHas also shows that a
// refused start is no outcome: the same command is taken when there is room.
func TestANodeThatIsBehindRefusesNewChatsAndServesThoseItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &sluggish{line: make(chan func(), 10_000)}
		go slow.answer()
		w := &world{t: t, journal: persistence.NewMemory()}
		w.wrap = func(j actors.Journal) actors.Journal { slow.Journal = j; return slow }
		w.opts.AnswerTarget = 20 * time.Millisecond
		w.start()
		var crowd []*person
		for i := range 60 {
			k := w.customer(fmt.Sprintf("k%d", i))
			k.starts()
			crowd = append(crowd, k)
		}
		late := w.customer("late")
		slow.took.Store(int64(5 * time.Millisecond)) // 300 ms for all of them
		for range 5 {
			for i, k := range crowd {
				w.commands++
				cmd := acd.SendText{Text: "is anybody there?"}
				k.session.Do(fmt.Sprintf("say-%d", w.commands), digestOf(cmd), acd.ChatID(fmt.Sprintf("chat%d", i+1)).Address(), cmd)
			}
			time.Sleep(100 * time.Millisecond)
		}
		queue, start := acd.QueueID("support").Address(), acd.Start{Chat: "late", Source: "web", Queue: "support"}
		if a := late.doAs("start", queue, start); a.Refusal == nil || a.Refusal.Code != "overloaded" {
			t.Errorf("a new chat was answered with %+v, expected overloaded", a)
		}
		slow.took.Store(0)
		w.pass(time.Second)
		for _, k := range crowd {
			k.read()
			for id, a := range k.answers {
				if a.Refusal != nil {
					t.Errorf("%s: %s was refused: %v", k.by.ID, id, a.Refusal)
				}
			}
			if len(k.answers) != 6 {
				t.Errorf("%s has %d answers, expected 6", k.by.ID, len(k.answers))
			}
		}
		if a := late.doAs("start", queue, start); a.Refusal != nil || a.Result.Chat != "late" {
			t.Errorf("when there is room again the same start is answered with %+v", a)
		}
		w.stop()
		close(slow.line)
		time.Sleep(2 * time.Second) // protoactor's dead-letter throttle
	})
}
