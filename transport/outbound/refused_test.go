package outbound

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// refusing is a receiver that takes everything but the queueing of the first
// chat, and a second chat whose messages it takes one after the other.
type refusing struct {
	*receiver
	hook  Webhook
	takes func(n int) // n messages more
}

func refusingOne(t *testing.T, o Options) (w *world, r refusing) {
	w = newWorld(t, o)
	r.receiver = newReceiver(t, func(e seen, _ int) int {
		if e.Type == "parley.chat.queued" && e.Subject == "chat/chat1" {
			return http.StatusBadRequest
		}
		return http.StatusOK
	})
	r.hook = w.hookTo(r.receiver, WebhookSpec{Filter: Filter{Kinds: []string{"chat.*"}}}, "start")
	w.customer("ann").starts("sales")
	bob := w.customer("bob")
	chat := bob.starts("sales")
	r.takes = func(n int) {
		t.Helper()
		for range n {
			had := len(r.now().order)
			bob.must(chat.Address(), acd.SendText{Text: "more"})
			r.has(had + 1)
		}
	}
	r.has(3) // both have started, and one is queued
	r.until("a refusal", func(got intake) bool { return got.refused() > 0 })
	return w, r
}

// refused counts the attempts for what was not taken.
func (g intake) refused() (n int) {
	for id, tries := range g.tries {
		if !g.have[id] {
			n += tries
		}
	}
	return n
}

func TestWhatIsRefusedWhileOthersAreTakenInBetweenIsGivenUp(t *testing.T) {
	o := quick()
	o.Retry.First, o.Retry.Most, o.Retry.Attempts = 20*time.Millisecond, 20*time.Millisecond, 6
	w, r := refusingOne(t, o)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 20 {
		before := r.now().refused()
		r.takes(1)
		for r.now().refused() == before {
			<-tick.C
			letters, err := w.out.DeadLetters(r.hook.ID, "", 10)
			if err != nil {
				t.Fatal(err)
			} else if len(letters) == 1 {
				return
			}
		}
	}
	t.Errorf("it is asked for still, after %d refusals and 20 events that were taken in between", r.now().refused())
}

func TestWhatIsRefusedIsAskedForAtItsPaceHoweverManyOthersAreTaken(t *testing.T) {
	o := quick()
	o.Retry.First, o.Retry.Most, o.Retry.Attempts = time.Hour, time.Hour, 2
	w, r := refusingOne(t, o)
	r.takes(20)
	if n := r.now().refused(); n > soonTries {
		t.Errorf("it was refused %d times within an hour's pause, expected %d at most", n, soonTries)
	}
	if letters, err := w.out.DeadLetters(r.hook.ID, "", 10); err != nil || len(letters) > 0 {
		t.Errorf("it is given up within an hour's pause: %v, %v", letters, err)
	}
}

// TestWhatWasOnItsWayWhenAReceiverFailedMakesNoPauseLonger: eight attempts at
// once, and those that took their places, are one failure of the receiver.
func TestWhatWasOnItsWayWhenAReceiverFailedMakesNoPauseLonger(t *testing.T) {
	o := quick()
	o.Retry.First, o.Retry.Most = 500*time.Millisecond, time.Hour // a pause for each would be half a minute at least
	w := newWorld(t, o)
	for i := range 16 {
		w.customer(fmt.Sprint("c", i)).starts("sales")
	}
	var calls atomic.Int64
	together, taken := make(chan struct{}), make(chan string, 100)
	r := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		n := calls.Add(1)
		if n == hookParallel {
			close(together)
		}
		<-together
		if n < 2*hookParallel {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		taken <- req.Header.Get("webhook-id")
	}))
	defer r.Close()
	began := time.Now()
	if _, _, err := w.out.CreateWebhook(WebhookSpec{URL: r.URL, Filter: Filter{Kinds: []string{"chat.started"}}}, "start", "admin/root"); err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for len(have) < 16 {
		select {
		case id := <-taken:
			have[id] = true
		case <-time.After(40 * time.Second):
			t.Fatalf("%d of 16 events came, after %d calls: the pause is long", len(have), calls.Load())
		}
	}
	if took := time.Since(began); took > 25*time.Second {
		t.Errorf("16 events took %s, with a first pause of 500ms", took)
	}
}
