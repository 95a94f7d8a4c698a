package actors

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// held is a message whose turn lasts until it is let go.
type held struct{ over chan struct{} }

// occupied counts the turns that have begun.
type occupied struct{ begun *atomic.Int64 }

func (o occupied) Receive(msg any) {
	if h, ok := msg.(held); ok {
		o.begun.Add(1)
		<-h.over
	}
}

// rush is many actors, each with a turn that lasts until it is let go.
func rush(t *testing.T, l *live, actors int) (begun *atomic.Int64, over []chan struct{}) {
	begun = new(atomic.Int64)
	var boxes []Mailbox
	for i := range actors {
		boxes = append(boxes, l.Spawn("actor/"+strconv.Itoa(i), occupied{begun}))
	}
	synctest.Wait() // they have started
	for _, b := range boxes {
		over = append(over, make(chan struct{}))
		b.Send(held{over[len(over)-1]})
	}
	synctest.Wait()
	if n := begun.Load(); n != int64(l.workers.least) {
		t.Fatalf("%d turns are under way of %d, expected %d", n, actors, l.workers.least)
	}
	return begun, over
}

func (w *workers) counts() (most, working, idle int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.most, w.working, len(w.idle)
}

func TestWhoEndsATurnTakesTheNextInLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLive()
		defer l.workers.stop()
		least := l.workers.least
		begun, over := rush(t, l, 3*least)
		for i, c := range over { // no time passes
			close(c)
			synctest.Wait()
			if n, want := begun.Load(), int64(min(least+i+1, len(over))); n != want {
				t.Fatalf("%d turns have begun when %d are over, expected %d", n, i+1, want)
			}
		}
		if _, working, idle := l.workers.counts(); working != 0 || idle != least {
			t.Errorf("%d work and %d are idle after it, expected 0 and %d", working, idle, least)
		}
	})
}

func TestTurnsThatWaitHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLive()
		defer l.workers.stop()
		least := l.workers.least
		begun, over := rush(t, l, 3*least)
		time.Sleep(time.Duration(2*least+1) * workersHeld)
		synctest.Wait()
		if n := begun.Load(); n != int64(3*least) {
			t.Errorf("%d turns have begun while all wait, expected %d", n, 3*least)
		}
		for _, c := range over {
			close(c)
		}
		time.Sleep(2 * workersHeld)
		synctest.Wait()
		if most, working, idle := l.workers.counts(); most != least || working != 0 || idle != least {
			t.Errorf("afterwards %d may work, %d do and %d are idle, expected %d, 0 and %d", most, working, idle, least, least)
		}
		_, over = rush(t, l, least+1) // again no more than that work, and who has ended is not asked
		for _, c := range over {
			close(c)
		}
		synctest.Wait()
	})
}

func TestMailboxesComeOutOfTheLineAsTheyWentIn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var line mailboxes
		var want []*mailbox
		outside := []*mailbox{{}, {}, {}, {}}
		for range rapid.IntRange(1, 50).Draw(rt, "steps") {
			if len(outside) > 0 && rapid.Bool().Draw(rt, "comes") {
				m := outside[0]
				outside, want = outside[1:], append(want, m)
				line.push(m)
				continue
			}
			got := line.pop()
			if len(want) == 0 {
				if got != nil {
					rt.Fatal("somebody came out of a line that was empty")
				}
				continue
			}
			if got != want[0] {
				rt.Fatal("not the first one came out")
			}
			outside, want = append(outside, got), want[1:]
		}
	})
}

func TestEachMessageHasOneTurnHoweverManyAreInLine(t *testing.T) {
	l := newLive()
	defer l.workers.stop()
	const actors, each = 500, 200
	var all sync.WaitGroup
	all.Add(actors * each)
	alone := make([]atomic.Int32, actors)
	for i := range actors {
		box := l.Spawn("actor/"+strconv.Itoa(i), single{t, &alone[i], &all})
		go func() {
			for range each {
				box.Send("turn")
			}
		}()
	}
	all.Wait()
}

// single reports two turns of one actor at the same time.
type single struct {
	t     *testing.T
	alone *atomic.Int32
	all   *sync.WaitGroup
}

func (a single) Receive(msg any) {
	if msg != "turn" {
		return
	}
	if a.alone.Add(1) != 1 {
		a.t.Error("two turns at the same time")
	}
	a.alone.Add(-1)
	a.all.Done()
}
