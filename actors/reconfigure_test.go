package actors_test

import (
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// reconfigure puts a changed configuration in place.
func (w *world) reconfigure(change func(*acd.Config)) error {
	cfg := testConfig()
	change(cfg)
	return w.engine.Reconfigure(cfg)
}

// removes takes the only source away, so that another one is left.
func removes(c *acd.Config) {
	c.Sources = map[acd.SourceID]*acd.Source{"kiosk": {ID: "kiosk", Channel: "livechat", Queue: "support"}}
}

func TestANewConfigurationIsDecidedUnderAndAnOldDecisionNamesItsOwn(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann, ben := w.agent("alice"), w.customer("ann"), w.customer("ben")
		alice.ready()
		old := ann.starts()
		alice.accepts()
		before := w.engine.Config().Version
		if err := w.reconfigure(func(c *acd.Config) { c.Queues["support"].OfferTimeout = time.Second }); err != nil {
			t.Fatal(err)
		}
		if v := w.engine.Config().Version; v != before+1 {
			t.Fatalf("version %d after %d", v, before)
		}
		fresh := ben.starts()
		if o := alice.offered().Offer; o.Deadline.Sub(o.Started) != time.Second {
			t.Errorf("the offer rings for %s", o.Deadline.Sub(o.Started))
		}
		for chat, want := range map[acd.ChatID]uint64{old: before, fresh: before + 1} {
			if v := w.decidedUnder(chat); v != want {
				t.Errorf("%s was decided under version %d, expected %d", chat, v, want)
			}
		}
	})
}

// decidedUnder is the version of a chat's first record.
func (w *world) decidedUnder(chat acd.ChatID) (version uint64) {
	w.t.Helper()
	err := w.engine.Past().Replay(chat, 0, func(m actors.Moment) error {
		if version == 0 {
			version = m.Config
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return version
}

func TestTheSameConfigurationAgainIsTheSameVersion(t *testing.T) {
	inWorld(t, func(w *world) {
		before := w.engine.Config().Version
		if err := w.reconfigure(func(*acd.Config) {}); err != nil || w.engine.Config().Version != before {
			t.Errorf("version %d after %d, %v", w.engine.Config().Version, before, err)
		}
		if err := w.reconfigure(removes); err != nil {
			t.Fatal(err)
		}
		if err := w.reconfigure(func(*acd.Config) {}); err != nil || w.engine.Config().Version != before+2 {
			t.Errorf("back again is version %d after %d, %v", w.engine.Config().Version, before, err)
		}
		w.crash()
		if v := w.engine.Config().Version; v != before+2 {
			t.Errorf("after a crash it is version %d", v)
		}
	})
}

func TestAConfigurationThatLeadsNowhereIsRefusedWhole(t *testing.T) {
	inWorld(t, func(w *world) {
		before := w.engine.Config()
		err := w.reconfigure(func(c *acd.Config) {
			delete(c.Queues, "sales")
			c.Queues["support"].OnMaxWait.Queue = "nowhere"
			c.Sources["web"].Queue = "sales"
			c.Agents["carol"] = nil
		})
		for _, want := range []string{
			`queue support names the queue "nowhere"`, `source web names the queue "sales"`,
			`agent alice names the queue "sales"`, `agent "carol" has no profile`,
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("no %q in %v", want, err)
			}
		}
		if w.engine.Config() != before {
			t.Error("something of it was taken")
		}
		if err := w.engine.Reconfigure(nil); err == nil {
			t.Error("nothing at all was taken")
		}
	})
}

func TestAQueueThatIsGoneSendsAwayWhoWaits(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		ann.starts()
		err := w.reconfigure(func(c *acd.Config) {
			delete(c.Queues, "support")
			c.Sources["web"].Queue = "sales"
			for _, a := range c.Agents {
				a.Queues = []acd.QueueID{"sales"}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if e, _ := last[acd.ChatEnded](ann); e.Reason != acd.EndRefused {
			t.Errorf("ann's chat ended with %q", e.Reason)
		}
	})
}

func TestChatsOfARemovedSourceAreInterrupted(t *testing.T) {
	inWorld(t, func(w *world) {
		w.removedFromBoth(func() {
			if err := w.reconfigure(removes); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestASourceThatIsGoneAfterARestartInterruptsItsChatsToo(t *testing.T) {
	inWorld(t, func(w *world) {
		w.removedFromBoth(func() {
			w.change = removes
			w.crash()
		})
	})
}

// removedFromBoth holds what a chat that is served and one that waits make of
// the loss of their source.
func (w *world) removedFromBoth(remove func()) {
	w.t.Helper()
	alice, ann, ben := w.agent("alice"), w.customer("ann"), w.customer("ben")
	alice.ready()
	served := ann.starts()
	alice.accepts()
	alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
	ben.starts()
	remove()
	alice, ann, ben = alice.again(), ann.again(), ben.again()

	if e, _ := last[acd.Interrupted](alice); e.Reason != "source_removed" {
		w.t.Errorf("alice is told %+v", e)
	}
	last[acd.Interrupted](ann)
	if e, _ := last[acd.ChatEnded](ben); e.Reason != acd.EndSourceGone {
		w.t.Errorf("ben's chat ended with %q", e.Reason)
	}
	ann.refused("source_removed", served.Address(), acd.SendText{Text: "hello?"})
	alice.must(served.Address(), acd.EndChat{})
	alice.must(alice.desk(), acd.Wrapup{Chat: served, Code: "resolved"})
	ann.refused("not_found", acd.QueueID("support").Address(), acd.Start{Chat: "late", Source: "web", Queue: "support"})
}

func TestChatsOfOtherSourcesGoOn(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = func(c *acd.Config) {
			c.Sources["kiosk"] = &acd.Source{ID: "kiosk", Channel: "livechat", Queue: "support"}
		}
		w.crash()
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		ann.must(acd.QueueID("support").Address(), acd.Start{Chat: "kiosk1", Source: "kiosk", Queue: "support"})
		alice.accepts()
		if err := w.reconfigure(removes); err != nil {
			t.Fatal(err)
		}
		ann.says("kiosk1", "hello")
		if n := told[acd.Interrupted](alice); n != 0 {
			t.Errorf("interrupted %d times", n)
		}
	})
}

// A turn that has begun ends under the configuration that it began with. A chat
// that is being started while its source goes has no row in the index when the
// source's chats are looked for, so they are looked for once more.
func TestAChatThatIsStartedWhileItsSourceGoesIsEndedToo(t *testing.T) {
	inWorld(t, func(w *world) {
		var turns atomic.Int64 // until the one that waits
		gate := make(chan struct{})
		w.opts.Entropy = func() uint64 {
			if turns.Add(-1) == 0 {
				<-gate // its configuration is chosen, its events are not
			}
			return rand.Uint64()
		}
		w.crash()
		ann := w.customer("ann")
		turns.Store(2) // the queue admits, then the chat starts
		start := acd.Start{Chat: "late", Source: "web", Queue: "support"}
		ann.session.Do("start", digestOf(start), acd.QueueID("support").Address(), start)
		synctest.Wait()
		if err := w.reconfigure(removes); err != nil {
			t.Fatal(err)
		}
		close(gate)
		if ann.read(); ann.answers["start"] == nil || ann.answers["start"].Result.Chat != "late" {
			t.Fatalf("the start is answered with %+v", ann.answers["start"])
		}
		w.pass(time.Minute)
		if e, _ := last[acd.ChatEnded](ann); e.Reason != acd.EndSourceGone {
			t.Errorf("ended %+v", e)
		}
	})
}
