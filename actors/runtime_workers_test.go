package actors

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// held is a message whose turn lasts until it is let go.
type held struct{ begun, over *sync.WaitGroup }

type occupied struct{}

func (occupied) Receive(msg any) {
	if h, ok := msg.(held); ok {
		h.begun.Done()
		h.over.Wait()
	}
}

func TestWorkersThatARushHasLeftEndAndAFewStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rush = 4 * workersKept
		l := newLive()
		defer l.workers.stop()
		var boxes []Mailbox
		for i := range rush {
			boxes = append(boxes, l.Spawn("actor"+string(rune('a'+i)), occupied{}))
		}
		together := func(n int) {
			var begun, over sync.WaitGroup
			begun.Add(n)
			over.Add(1)
			for _, b := range boxes[:n] {
				b.Send(held{&begun, &over})
			}
			begun.Wait() // so many at the same time
			over.Done()
			synctest.Wait()
		}
		idle := func() int {
			l.workers.mu.Lock()
			defer l.workers.mu.Unlock()
			return len(l.workers.idle)
		}
		together(rush)
		if n := idle(); n < rush {
			t.Fatalf("%d workers are idle after %d turns at once", n, rush)
		}
		for range 8 {
			time.Sleep(workersRest/2 - time.Millisecond)
			together(2 * workersKept)
		}
		if n := idle(); n != 3*workersKept {
			t.Errorf("%d workers are kept while %d are wanted now and then, expected %d", n, 2*workersKept, 3*workersKept)
		}
		time.Sleep(3 * workersRest)
		synctest.Wait()
		if n := idle(); n != workersKept {
			t.Errorf("%d workers are kept when nothing is wanted, expected %d", n, workersKept)
		}
		together(rush) // whoever has ended is not asked
	})
}
