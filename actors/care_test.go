package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// caring restarts the world under a configuration that minds its customers.
func (w *world) caring() {
	w.change = func(c *acd.Config) {
		q := c.Queues["support"]
		q.Idle = acd.IdlePolicy{CustomerWarn: 5 * time.Minute, CustomerClose: 10 * time.Minute, Inactive: 6 * time.Minute}
		q.RatingWindow = 10 * time.Minute
		c.Agents["alice"].Capacity = 1
	}
	w.crash()
}

func (w *world) sound() {
	w.t.Helper()
	if _, err := actors.Audit(w.journal, func(err error) { w.t.Error(err) }); err != nil {
		w.t.Error(err)
	}
}

func TestASilentCustomerIsSentAwayAcrossARestart(t *testing.T) {
	inWorld(t, func(w *world) {
		w.caring()
		alice, kim := w.agent("alice"), w.customer("kim")
		alice.ready()
		kim.starts()
		chat := alice.accepts()
		alice.says(chat, "which order?")
		w.pass(7 * time.Minute)
		if n := told[acd.IdleWarned](kim); n != 1 {
			t.Fatalf("warned %d times", n)
		}
		if used := alice.view().Used; used != 0 {
			t.Errorf("a silent customer's chat takes %d units", used)
		}
		w.sound()
		w.crash()
		alice, kim = alice.again(), kim.again()
		if used := alice.view().Used; used != 0 {
			t.Errorf("after the restart it takes %d units", used)
		}
		w.pass(4 * time.Minute)
		if e, _ := last[acd.ChatEnded](kim); e.Reason != acd.EndCustomerIdle {
			t.Errorf("ended as %q", e.Reason)
		}
		w.sound()
	})
}

func TestACustomerWhoComesBackTakesHisUnitAlthoughItWasGivenAway(t *testing.T) {
	inWorld(t, func(w *world) {
		w.caring()
		alice, kim, lee := w.agent("alice"), w.customer("kim"), w.customer("lee")
		alice.ready()
		kim.starts()
		first := alice.accepts()
		alice.says(first, "which order?")
		w.pass(7 * time.Minute)
		lee.starts()
		alice.accepts()
		kim.says(first, "this one")
		w.pass(time.Second)
		if used := alice.view().Used; used != 2 {
			t.Errorf("both take %d units", used)
		}
		w.sound()
	})
}

func TestARatingIsKeptAcrossARestartAndTheChatClosesAfterIt(t *testing.T) {
	inWorld(t, func(w *world) {
		w.caring()
		alice, kim := w.agent("alice"), w.customer("kim")
		alice.ready()
		kim.starts()
		chat := alice.accepts()
		alice.must(chat.Address(), acd.EndChat{})
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		w.pass(2 * time.Minute)
		w.crash()
		kim = kim.again()
		kim.must(chat.Address(), acd.Rate{Score: 4, Text: "quick"})
		kim.refused("too_late", chat.Address(), acd.Rate{Score: 1})
		w.crash()
		c := fold(t, w.journal, chat)
		if c.Phase != acd.PhaseClosed || c.Rating == nil || c.Rating.Score != 4 {
			t.Errorf("%s, rated %+v", c.Phase, c.Rating)
		}
		w.sound()
	})
}

func TestAChatThatNobodyRatesClosesThoughItSleeps(t *testing.T) {
	inWorld(t, func(w *world) {
		w.caring()
		alice, kim := w.agent("alice"), w.customer("kim")
		alice.ready()
		kim.starts()
		chat := alice.accepts()
		kim.must(chat.Address(), acd.LeaveChat{})
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		w.pass(11 * time.Minute)
		if c := fold(t, w.journal, chat); c.Phase != acd.PhaseClosed {
			t.Errorf("%s after its time for a rating", c.Phase)
		}
		w.sound()
	})
}

func TestARatingIsToldOnceToEachSupervisorWhoWatches(t *testing.T) {
	inWorld(t, func(w *world) {
		w.caring()
		alice, kim := w.agent("alice"), w.customer("kim")
		sue, both, gone, away := w.supervisor("sue"), w.supervisor("both"), w.supervisor("gone"), w.supervisor("away")
		alice.ready()
		kim.starts()
		chat := alice.accepts()
		for _, p := range []*person{sue, both, gone} {
			p.must(chat.Address(), acd.Monitor{Mode: acd.Monitoring})
		}
		gone.must(chat.Address(), acd.Unmonitor{})
		alice.must(chat.Address(), acd.EndChat{})
		both.look(actors.WatchBoards{Chats: true})
		w.pass(2 * time.Second)
		kim.must(chat.Address(), acd.Rate{Score: 4, Text: "quick"})
		w.pass(time.Second)
		for p, want := range map[*person]int{sue: 1, both: 1, gone: 0, away: 0, alice: 0} {
			if got := told[acd.Rated](p); got != want {
				t.Errorf("%s was told %d times, want %d", p.by.ID, got, want)
			}
		}
		if e, view := last[acd.Rated](sue); e.Score != 4 || e.Text != "quick" || view != acd.ToOverseer {
			t.Errorf("sue was told %+v in view %d", e, view)
		}
		w.sound()
	})
}
