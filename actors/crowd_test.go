package actors

import (
	"strconv"
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
	d := newDirectory(func(acd.Address, uint64, any) Mailbox { return &pile{} })
	now := time.Unix(1000, 0)
	for _, to := range []acd.Address{acd.ChatID("a").Address(), acd.ChatID("b").Address(), acd.ChatID("b").Address(), acd.AgentID("x").Address()} {
		d.tell(to, "news", now)
	}
	got := d.count()
	if got[acd.KindChat] != (crowd{2, 3, 2}) || got[acd.KindAgent] != (crowd{1, 1, 1}) || got[acd.KindQueue] != (crowd{}) {
		t.Errorf("there are %+v", got)
	}
	d.idle(acd.KindAgent, now.Add(time.Minute), nil) // it is told to leave
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

// last is a mailbox whose end lets another actor go.
type last struct {
	pile
	end func()
}

func (l *last) Stop() { l.end() }

func TestAnActorMayLeaveWhileAllAreStopped(t *testing.T) {
	d := newDirectory(nil)
	now := time.Unix(1000, 0)
	first, other := acd.ChatID("a").Address(), acd.ChatID("b").Address()
	for i := 0; d.shard(other) == d.shard(first); i++ { // both are locked at a time
		other = acd.ChatID("b" + string(rune('0'+i))).Address()
	}
	stopped := 0
	d.spawn = func(a acd.Address, _ uint64, _ any) Mailbox {
		return &last{end: func() {
			stopped++
			if a == first {
				d.gone(other, now)
			}
		}}
	}
	d.tell(first, "news", now)
	d.tell(other, "news", now)
	d.dismiss(other, func(*entry) bool { return true })
	d.stop(func() {})
	if stopped != 1 {
		t.Errorf("%d actors are stopped, one of which has left", stopped)
	}
}

func TestActorsAreStoppedAFewAtATime(t *testing.T) {
	const crowd = 3 * stopAtOnce
	var stopping int
	d := newDirectory(nil)
	d.spawn = func(acd.Address, uint64, any) Mailbox { return &last{end: func() { stopping++ }} }
	for i := range crowd {
		d.tell(acd.ChatID(strconv.Itoa(i)).Address(), "news", time.Unix(1000, 0))
	}
	over := 0
	d.stop(func() { over++ })
	for n := 1; n <= crowd; n++ {
		if most := min(n-1+stopAtOnce, crowd); stopping != most {
			t.Fatalf("%d have been stopped when %d have ended, want %d", stopping, n-1, most)
		}
		if d.tell(acd.ChatID(strconv.Itoa(crowd-1)).Address(), "late news", time.Unix(1000, 0)) {
			t.Fatal("one that is to be stopped is told something")
		}
		if over != 0 {
			t.Fatalf("the stop is over when %d of %d have ended", n-1, crowd)
		}
		d.ended()
	}
	if over != 1 {
		t.Errorf("the end of the stop is told %d times", over)
	}
}

func TestIdleActorsAreAskedToLeaveAFewAtATime(t *testing.T) {
	boxes := []*pile{}
	d := newDirectory(func(acd.Address, uint64, any) Mailbox {
		boxes = append(boxes, &pile{})
		return boxes[len(boxes)-1]
	})
	now := time.Unix(1000, 0)
	for i := range 3 * idleAtOnce {
		d.tell(acd.ChatID(strconv.Itoa(i)).Address(), "news", now)
	}
	asked := func() (n int) {
		for _, b := range boxes {
			n += len(b.in) - 1
		}
		return n
	}
	rests := 0
	d.idle(acd.KindChat, now.Add(time.Minute), func() bool {
		rests++
		if n := asked(); n != rests*idleAtOnce {
			t.Errorf("%d have been asked before rest %d", n, rests)
		}
		return rests < 2
	})
	if n := asked(); rests != 2 || n != 2*idleAtOnce {
		t.Errorf("%d have been asked when the second of %d rests ends it", n, rests)
	}
}
