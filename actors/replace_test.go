package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
)

// single runs a story of agents who may have one session.
func single(story func(*world)) func(*testing.T) {
	return in(func(w *world) {
		cfg := testConfig()
		cfg.Desk.SingleSession = true
		w.restart(cfg)
		story(w)
	})
}

func race53NewFirst(w *world) {
	old, _, chat := w.served()
	young := w.agent("alice")
	if old.evicted != actors.EvictReplaced || young.evicted != "" {
		w.t.Fatalf("evicted: the old one %q, the new one %q", old.evicted, young.evicted)
	}
	old.session.Close("replaced")
	w.pass(2 * time.Minute) // longer than the grace
	if young.says(chat, "from here") != 1 {
		w.t.Error("the chat is not hers any more")
	}
	young.session.Close("")
	if again := young.again(); again.welcome.ClosedBecause != "" {
		w.t.Errorf("the new one was told that %q", again.welcome.ClosedBecause)
	}
}

func race53OldFirst(w *world) {
	old, _, chat := w.served()
	old.session.Close("")
	young := w.agent("alice")
	w.pass(2 * time.Minute)
	if old.evicted != "" || young.evicted != "" {
		w.t.Errorf("evicted: the old one %q, the new one %q", old.evicted, young.evicted)
	}
	if young.says(chat, "from here") != 1 {
		w.t.Error("the chat is not hers any more")
	}
}

func TestASingleSessionIsOneOfEachAgentAlone(t *testing.T) {
	single(func(w *world) {
		ann, tab := w.customer("ann"), w.customer("ann")
		sue, board := w.supervisor("sue"), w.supervisor("sue")
		alice, bob := w.agent("alice"), w.agent("bob")
		for _, p := range []*person{ann, tab, sue, board, alice, bob} {
			if p.evicted != "" {
				t.Errorf("%s is evicted: %s", p.by.ID, p.evicted)
			}
		}
	})(t)
}
