package outbound

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// quick is for receivers on this machine, without patience.
func quick() Options {
	return Options{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Retry: Retry{First: time.Millisecond, Most: 20 * time.Millisecond, Attempts: 100}}
}

// receiver is somebody's server. It keeps what it has taken, once per id.
type receiver struct {
	*httptest.Server
	t      *testing.T
	more   chan struct{}
	mu     sync.Mutex                // over what follows: calls come while a test looks
	answer func(e seen, try int) int // status of the try for the event
	secret string                    // that signatures are checked with, if any
	got    intake
}

// intake is what has come to a receiver.
type intake struct {
	calls int
	tries map[string]int  // by id
	order []seen          // as taken, without repeats
	have  map[string]bool // ids
}

func newReceiver(t *testing.T, answer func(e seen, try int) int) *receiver {
	r := &receiver{t: t, answer: answer, more: make(chan struct{}, 1), got: intake{tries: map[string]int{}, have: map[string]bool{}}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // cut off by a stop
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.secret != "" {
		hook, err := standardwebhooks.NewWebhook(r.secret)
		if err == nil {
			err = hook.Verify(body, req.Header)
		}
		if err != nil {
			r.t.Errorf("%s: %v", req.Header.Get("webhook-id"), err)
		}
	}
	e := readEvent(r.t, body)
	if e.ID != req.Header.Get("webhook-id") {
		r.t.Errorf("event %s has the dedupe id %s", e.ID, req.Header.Get("webhook-id"))
	}
	r.got.calls++
	r.got.tries[e.ID]++
	status := r.answer(e, r.got.tries[e.ID])
	if status == http.StatusOK && !r.got.have[e.ID] {
		r.got.have[e.ID] = true
		r.got.order = append(r.got.order, e)
	}
	w.WriteHeader(status)
	select {
	case r.more <- struct{}{}:
	default:
	}
}

// now is a copy of what has come so far.
func (r *receiver) now() intake {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.got
	g.tries, g.order, g.have = maps.Clone(g.tries), slices.Clone(g.order), maps.Clone(g.have)
	return g
}

// set changes what answer goes by.
func (r *receiver) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// until waits until something is true of what was received, and returns it.
func (r *receiver) until(what string, is func(intake) bool) intake {
	r.t.Helper()
	late := time.After(30 * time.Second)
	for {
		got := r.now()
		if is(got) {
			return got
		}
		select {
		case <-r.more:
		case <-late:
			r.t.Fatalf("%s: not within 30 s, %d calls, %d events", what, got.calls, len(got.order))
		}
	}
}

func (r *receiver) has(n int) intake {
	r.t.Helper()
	return r.until(fmt.Sprint(n, " events"), func(got intake) bool { return len(got.order) >= n })
}

// gets waits for all of these events, and holds them to their order subject by
// subject.
func (r *receiver) gets(want []seen) {
	r.t.Helper()
	got := r.until(fmt.Sprint(len(want), " events of the order"), func(got intake) bool { return got.all(want) })
	holds(r.t, want, got.order)
}

// all says whether each of the events was taken.
func (g intake) all(want []seen) bool {
	return !slices.ContainsFunc(want, func(e seen) bool { return !g.have[e.ID] })
}

// holds compares what was taken with the order, subject by subject.
func holds(t *testing.T, want, taken []seen) {
	t.Helper()
	bySubject := func(events []seen) map[string][]string {
		m := map[string][]string{}
		for _, e := range events {
			m[e.Subject] = append(m[e.Subject], e.ID)
		}
		return m
	}
	got, wanted := bySubject(taken), bySubject(want)
	for subject, ids := range wanted {
		if came := got[subject]; len(came) < len(ids) || !slices.Equal(came[:len(ids)], ids) {
			t.Errorf("%s came as\n%v\nexpected\n%v", subject, got[subject], ids)
		}
	}
	if len(got) != len(wanted) {
		t.Errorf("%d subjects came, expected %d", len(got), len(wanted))
	}
}

// settled waits until a webhook has nothing under way: what lies behind an event
// that is not settled when it stops goes out again, and rightly so.
func (w *world) settled(h Webhook) {
	w.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.After(30 * time.Second); ; {
		_, state, err := w.out.Webhook(h.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		if state.Pending == 0 && !state.LastSuccess.IsZero() {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			w.t.Fatalf("%d events are not settled within 30 s", state.Pending)
		}
	}
}

func takesAll(seen, int) int { return http.StatusOK }

func (w *world) hookTo(r *receiver, spec WebhookSpec, from string) Webhook {
	w.t.Helper()
	spec.URL = r.URL
	h, secret, err := w.out.CreateWebhook(spec, from, "admin/root")
	if err != nil {
		w.t.Fatal(err)
	}
	r.set(func() { r.secret = secret })
	return h
}

func TestAReceiverThatFailsHalfOfTheTimeGetsEverythingOnceAndInOrder(t *testing.T) {
	w := newWorld(t, quick())
	dice := 0
	r := newReceiver(t, func(seen, int) int {
		if dice++; dice%2 == 0 || dice%7 == 0 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	w.hookTo(r, WebhookSpec{}, "start")
	for i := range 12 {
		w.customer(fmt.Sprint("c", i)).starts("sales", "one", "two", "three", "four")
	}
	r.gets(w.all(""))
	for _, h := range w.out.Webhooks() {
		if letters, err := w.out.DeadLetters(h.ID, "", 10); err != nil || len(letters) > 0 {
			t.Errorf("dead letters: %v, %v", letters, err)
		}
	}
	if calls := r.now().calls; calls < 2*12*6 {
		t.Errorf("%d calls for %d events: the receiver has hardly failed", calls, 12*6)
	}
}

func TestOneChatThatIsRefusedHoldsUpNoOther(t *testing.T) {
	w := newWorld(t, quick())
	r := newReceiver(t, func(e seen, _ int) int {
		if e.Subject == "chat/chat1" {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	w.hookTo(r, WebhookSpec{Filter: Filter{Kinds: []string{"chat.*"}}}, "start")
	for i := range 4 {
		w.customer(fmt.Sprint("c", i)).starts("sales", "one")
	}
	if r.has(3 * 3).have["0000000000000002-0000"] {
		t.Error("the refused event was taken")
	}
}

func TestWhatIsRefusedAgainAndAgainBecomesADeadLetterAndTheChatGoesOn(t *testing.T) {
	o := quick()
	o.Retry.Attempts = 3
	w := newWorld(t, o)
	var mended bool
	r := newReceiver(t, func(e seen, _ int) int {
		if e.Type == "parley.chat.queued" && e.Subject == "chat/chat1" && !mended {
			return http.StatusBadRequest
		}
		return http.StatusOK
	})
	h := w.hookTo(r, WebhookSpec{}, "start")
	ann, bob := w.customer("ann"), w.customer("bob")
	ann.starts("sales", "one")
	other := bob.starts("sales")
	r.until("what is behind a dead letter", func(got intake) bool { // others have to be taken meanwhile
		if has(got.order, "chat/chat1", "parley.chat.message_sent") {
			return true
		}
		bob.must(other.Address(), acd.SendText{Text: "more"})
		return false
	})
	letters, err := w.out.DeadLetters(h.ID, "", 10)
	if err != nil || len(letters) != 1 || letters[0].Kind != "chat.queued" || letters[0].Attempts < 3 || !strings.Contains(letters[0].Error, "400") {
		t.Fatalf("the dead letters are %+v, %v", letters, err)
	}
	if a, err := w.out.Redeliver(t.Context(), h.ID, letters[0].Event); err != nil || !strings.Contains(a.Error, "400") {
		t.Errorf("delivered again it is %+v, %v, expected to be refused", a, err)
	}
	r.set(func() { mended = true })
	if a, err := w.out.Redeliver(t.Context(), h.ID, letters[0].Event); err != nil || a.Error != "" || !r.now().have[letters[0].Event] {
		t.Errorf("delivered again it is %+v, %v, expected to be taken", a, err)
	}
	if letters, _ = w.out.DeadLetters(h.ID, "", 10); len(letters) != 0 {
		t.Errorf("the dead letters are still %+v", letters)
	}
	if err := w.out.Discard(h.ID, "0000000000000002-0001"); !errors.Is(err, acd.ErrNotFound) {
		t.Errorf("what is not there is discarded with %v", err)
	}
}

func has(events []seen, subject, kind string) bool {
	return slices.ContainsFunc(events, func(e seen) bool { return e.Subject == subject && e.Type == kind })
}

func TestADeadReceiverLosesNothingAndIsAskedForOneEventAtATime(t *testing.T) {
	o := quick()
	o.Retry.Attempts = 2
	w := newWorld(t, o)
	dead := true
	r := newReceiver(t, func(seen, int) int {
		if dead {
			return http.StatusBadGateway
		}
		return http.StatusOK
	})
	h := w.hookTo(r, WebhookSpec{}, "start")
	for i := range 20 {
		w.customer(fmt.Sprint("c", i)).starts("sales", "one")
	}
	r.until("it is asked again and again", func(got intake) bool { return got.calls > 60 })
	_, state, err := w.out.Webhook(h.ID)
	if err != nil || !state.Failing || state.Pending == 0 || state.Buried > 0 || state.Delivered > 0 {
		t.Errorf("the state is %+v, %v", state, err)
	}
	r.set(func() { dead = false })
	r.gets(w.all(""))
}

// TestTheEngineDoesNotWaitForAReceiverWhoNeverAnswers counts what is kept, since
// a time would prove nothing.
func TestTheEngineDoesNotWaitForAReceiverWhoNeverAnswers(t *testing.T) {
	o := quick()
	o.Retry.Timeout = time.Hour
	w := newWorld(t, o)
	stuck := make(chan struct{})
	r := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { <-stuck }))
	t.Cleanup(r.Close)
	t.Cleanup(func() { close(stuck) })
	h, _, err := w.out.CreateWebhook(WebhookSpec{URL: r.URL}, "start", "")
	if err != nil {
		t.Fatal(err)
	}
	ann := w.customer("ann")
	chat := ann.starts("sales")
	for i := range 3 * hookWindow { // each is answered, or the test ends here
		ann.must(chat.Address(), acd.SendText{Text: fmt.Sprint(i)})
	}
	_, state, err := w.out.Webhook(h.ID)
	if err != nil || state.Pending > hookWindow+readAtOnce || state.Delivered != 0 {
		t.Errorf("the state is %+v, %v: expected at most %d events in memory", state, err, hookWindow+readAtOnce)
	}
}

func TestAWebhookGoesOnWhereItWasAfterARestartAndACrash(t *testing.T) {
	w := newWorld(t, quick())
	tries := 0
	r := newReceiver(t, func(seen, int) int {
		if tries++; tries%3 == 0 {
			return http.StatusTooManyRequests
		}
		return http.StatusOK
	})
	h := w.hookTo(r, WebhookSpec{}, "start")
	for i := range 6 {
		w.customer(fmt.Sprint("c", i)).starts("sales", "one", "two")
	}
	r.has(5)
	// The power goes: what was not saved goes out again.
	memory := w.journal.(*persistence.Memory)
	left := memory.Crash()
	w.out.Stop()
	w.engine.Stop()
	w.server.Close()
	w.journal = left
	w.begin()
	for i := range 6 {
		w.customer(fmt.Sprint("d", i)).starts("support", "one")
	}
	r.gets(w.all(""))
	w.settled(h) // what it had before the crash, and gets again, it may still be getting
	w.out.Stop()
	before := r.now()
	w.server.Close()
	w.engine.Stop()
	w.begin()
	w.customer("last").starts("support")
	r.gets(w.all(""))
	after := r.now()
	if more, fresh := after.calls-before.calls, len(after.order)-len(before.order); more > 2*fresh+1 {
		t.Errorf("after a stop in good order %d calls were made for %d events", more, fresh)
	}
}

func TestAReplaySendsTheSameEventsAgain(t *testing.T) {
	w := newWorld(t, quick())
	r := newReceiver(t, takesAll)
	h := w.hookTo(r, WebhookSpec{Filter: Filter{Queues: []acd.QueueID{"sales"}}}, "start")
	w.customer("ann").starts("sales", "one")
	w.customer("bob").starts("support", "one")
	taken := r.has(3).order
	if _, err := w.out.Replay(h.ID, taken[0].ID); err != nil {
		t.Fatal(err)
	}
	tries := r.until("two of three come again", func(got intake) bool { return got.calls == 5 }).tries
	if tries[taken[0].ID] != 1 || tries[taken[2].ID] != 2 {
		t.Errorf("tries are %v", tries)
	}
	if _, err := w.out.Replay(h.ID, "yesterday"); err == nil || !strings.Contains(err.Error(), "body.from") {
		t.Errorf("a replay from yesterday: %v", err)
	}
}

func TestBothKeysSignUntilTheOldOneHasRunOut(t *testing.T) {
	w := newWorld(t, quick())
	r := newReceiver(t, takesAll)
	h := w.hookTo(r, WebhookSpec{}, "")
	ping := func(secret string) {
		t.Helper()
		r.set(func() { r.secret = secret })
		if a, err := w.out.Ping(t.Context(), h.ID); err != nil || a.Error != "" {
			t.Errorf("the test is answered with %+v, %v", a, err)
		}
	}
	old := r.secret
	_, fresh, err := w.out.RotateKey(h.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ping(old)
	ping(fresh)
	if _, fresh, err = w.out.RotateKey(h.ID, 0); err != nil {
		t.Fatal(err)
	}
	ping(fresh)
	is, _, err := w.out.Webhook(h.ID)
	if list := is.secrets(time.Now()); err != nil || len(list) != 1 || list[0] != fresh {
		t.Errorf("%d keys sign, %v, expected the new one alone", len(list), err)
	}
}

func TestAReceiverWhoSaysThatHeIsGoneIsLeftAlone(t *testing.T) {
	w := newWorld(t, quick())
	r := newReceiver(t, func(seen, int) int { return http.StatusGone })
	h := w.hookTo(r, WebhookSpec{}, "start")
	w.customer("ann").starts("sales", "one")
	at, err := w.out.hook(h.ID)
	if err != nil {
		t.Fatal(err)
	}
	<-at.consumer.done
	if is, calls := at.spec(), r.now().calls; !is.Gone || calls > hookParallel {
		t.Errorf("%d calls to somebody who is gone", calls)
	}
	if is, err := w.out.UpdateWebhook(h.ID, WebhookSpec{URL: r.URL, Paused: true}); err != nil || is.Gone {
		t.Errorf("changed it is %+v, %v", is, err)
	}
	if err := w.out.DeleteWebhook(h.ID); err != nil {
		t.Error(err)
	}
	if _, _, err := w.out.Webhook(h.ID); !errors.Is(err, acd.ErrNotFound) {
		t.Errorf("deleted it is %v", err)
	}
}

// The example of the Standard Webhooks specification and its libraries.
func TestSignaturesAreThoseOfTheConvention(t *testing.T) {
	got, err := sign([]string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("the signature is %s, %v, expected %s", got, err, want)
	}
	if _, err := sign([]string{"whsec_?"}, "m", time.Unix(0, 0), nil); err == nil {
		t.Error("a key that is none signs")
	}
}
