package actors

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// pile is a mailbox that nobody empties.
type pile struct{ in []any }

func (h *pile) Send(msg any) { h.in = append(h.in, msg) }
func (h *pile) Stop()        {}
func (h *pile) Waiting() int { return len(h.in) }

func TestWhatWaitsInMailboxesIsCountedAlsoWhatIsHeldForTheNextLife(t *testing.T) {
	d := newDirectory(func(acd.Address, uint64) Mailbox { return &pile{} })
	now := time.Unix(1000, 0)
	for _, to := range []acd.Address{acd.ChatID("a").Address(), acd.ChatID("b").Address(), acd.ChatID("b").Address(), acd.AgentID("x").Address()} {
		d.tell(to, "news", now)
	}
	got := d.count()
	if got[acd.KindChat] != (crowd{2, 3, 2}) || got[acd.KindAgent] != (crowd{1, 1, 1}) || got[acd.KindQueue] != (crowd{}) {
		t.Errorf("there are %+v", got)
	}
	d.idle(acd.KindAgent, now.Add(time.Minute)) // it is told to leave
	d.tell(acd.AgentID("x").Address(), "held", now)
	if got := d.count()[acd.KindAgent]; got != (crowd{1, 3, 3}) {
		t.Errorf("of one that leaves there are %+v", got)
	}
	d.quarantine(acd.AgentID("x").Address(), "bad")
	if got := d.count()[acd.KindAgent]; got != (crowd{}) {
		t.Errorf("of one in quarantine there are %+v", got)
	}
}

func TestNewsOfAnEarlierLifeIsDroppedAndCounted(t *testing.T) {
	e := &Engine{}
	e.counters = newCounters(e)
	defer e.counters.unregister()
	s := &shell{engine: e, addr: acd.ChatID("a").Address(), life: 7}
	s.Receive(alarm{6}) // of this life it would step a machine that is not there
	s.Receive(repeat{5})
	if n := e.counters.stale[acd.KindChat].Get(); n != 2 {
		t.Errorf("%d are counted", n)
	}
	if n := e.counters.stale[acd.KindAgent].Get(); n != 0 {
		t.Errorf("%d of an agent are counted", n)
	}
}
