package bench

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-engine/parley/bench/profiles"
)

// small is the reference lifecycle, a few times.
func small(t *testing.T) *profiles.Profile {
	t.Helper()
	p, err := profiles.Builtin("reference")
	if err != nil {
		t.Fatal(err)
	}
	p.Duration, p.Warmup = 300*time.Millisecond, 0
	p.Arrivals.Process, p.Arrivals.Rate = "even", 30
	p.Agents.LoginOver, p.Customers.Pool = 0, 2
	return p
}

// load waits for chats that will end, and drain at most for others.
func load(t *testing.T, address string, drain time.Duration) *Result {
	t.Helper()
	p := small(t)
	p.Drain = drain
	return play(t, p, address)
}

// play runs a profile against a server of two agents.
func play(t *testing.T, p *profiles.Profile, address string) *Result {
	t.Helper()
	r, err := Run(t.Context(), Options{
		Profile: p, Address: address, Key: Key{Secret: []byte("a secret of a server that does not look at it")},
		Agents: []string{"a0", "a1"}, Sources: []string{"web"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAServerThatKeepsItsPromisesIsFoundClean(t *testing.T) {
	r := load(t, startLiar(t, nil).URL, time.Minute)
	if !r.Correctness.Clean() || len(r.Errors) > 0 {
		t.Errorf("counted %+v, errors %v", r.Correctness, r.Errors)
	}
	if r.Chats.Completed != r.Chats.Arrived || r.Chats.Completed < 5 || r.Chats.Unfinished > 0 {
		t.Errorf("chats %+v", r.Chats)
	}
	if r.Chats.Messages != 10*r.Chats.Completed || r.Chats.Transfers != r.Chats.Completed {
		t.Errorf("%d messages and %d transfers in %d chats", r.Chats.Messages, r.Chats.Transfers, r.Chats.Completed)
	}
	for _, name := range []string{"start_to_offer", "accept_to_assigned", "send_to_delivered", "transfer_to_accepted"} {
		if q := r.LatencyMs[name]; q.Count == 0 || q.P50 <= 0 || q.Max > 5000 {
			t.Errorf("%s: %+v", name, q)
		}
	}
}

// busy is a liar who lets in whom it is told to, by how many have knocked.
func busy(t *testing.T, lets func(knock int64) bool) *httptest.Server {
	l := &liar{t: t}
	l.start()
	var knocks atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !lets(knocks.Add(1)) {
			http.Error(w, "service unavailable: overloaded", http.StatusServiceUnavailable)
			return
		}
		l.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// TestWhoIsThereBeforeTheChatsComesAgainToABusyServer, agents and customers
// alike. There is one for each chat: a slow machine has them all at once.
func TestWhoIsThereBeforeTheChatsComesAgainToABusyServer(t *testing.T) {
	p := small(t)
	p.Customers.Pool, p.Drain = 20, time.Minute
	r := play(t, p, busy(t, func(knock int64) bool { return knock%2 == 0 }).URL)
	if r.Chats.Completed != r.Chats.Arrived || r.Chats.Completed < 5 || len(r.Errors) > 0 || r.Links.Retries == 0 {
		t.Errorf("chats %+v, errors %v, connections %+v", r.Chats, r.Errors, r.Links)
	}
}

// TestAChatWhoseCustomerIsNotLetInIsAnError, and no later chat: with him it would
// be missing in what the server was asked for.
func TestAChatWhoseCustomerIsNotLetInIsAnError(t *testing.T) {
	p := small(t)
	p.Customers.PerChat, p.Drain = true, time.Minute
	r := play(t, p, busy(t, func(knock int64) bool { return knock <= 2 }).URL)
	if r.Chats.Arrived < 5 || r.Errors["not_connected"] != r.Chats.Arrived || r.Links.Retries > 0 {
		t.Errorf("chats %+v, errors %v, connections %+v", r.Chats, r.Errors, r.Links)
	}
}

// TestABacklogComesNoFasterThanItIsTaken by a server that answers a round of
// starts when it is sure that no more of them come.
func TestABacklogComesNoFasterThanItIsTaken(t *testing.T) {
	const all = 3*backlogAtOnce + 5
	l := &liar{t: t}
	var waiting []func()
	most, came := 0, 0
	l.hold = func(answer func()) {
		waiting = append(waiting, answer)
		most = max(most, len(waiting))
		if came++; came%backlogAtOnce == 0 || came == all {
			time.AfterFunc(30*time.Millisecond, func() {
				l.mu.Lock()
				defer l.mu.Unlock()
				for _, answer := range waiting {
					answer()
				}
				waiting = nil
			})
		}
	}
	p := small(t)
	p.Drain, p.Arrivals.Process, p.Queues.Backlog, p.Customers.Pool = time.Minute, "none", all, all
	r := play(t, p, l.start().URL)
	if r.Chats.Accepted != all || r.Chats.Completed != all || !r.Correctness.Clean() {
		t.Errorf("chats %+v, counted %+v", r.Chats, r.Correctness)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if most != backlogAtOnce {
		t.Errorf("%d starts were on their way at once, expected %d", most, backlogAtOnce)
	}
}

func TestATransferToSomebodyWhoIsFullGoesToAnotherAndIsNoError(t *testing.T) {
	for reason, errors := range map[string]int64{"capacity": 0, "wrapup": 0, "starting": 1} {
		r := load(t, (&liar{t: t, unavailable: reason}).start().URL, time.Minute)
		if r.Chats.Declined != 1-errors || r.Errors["target_unavailable"] != errors {
			t.Errorf("%s: %d declined, errors %v", reason, r.Chats.Declined, r.Errors)
		}
		if r.Chats.Transfers != r.Chats.Completed || r.Chats.Completed != r.Chats.Arrived || !r.Correctness.Clean() {
			t.Errorf("%s: chats %+v, counted %+v", reason, r.Chats, r.Correctness)
		}
	}
}

func TestTransfersThatAreAskedForAtOnceGoToDifferentAgents(t *testing.T) {
	c := newCrowd(t.Context(), small(t))
	c.names = []string{"a0", "a1", "a2", "a3", "a4"}
	c.hire()
	for _, a := range c.agents {
		a.here.Store(true)
	}
	w := &worker{}
	for n := range 40 { // nobody has been offered anything yet
		k := c.newChat(n, 0)
		k.id, k.owner = "c", c.agents[0]
		k.transfer(w, 0)
		if n%2 == 1 {
			k.transferAgain(w) // the server has refused it
		}
	}
	for _, a := range c.agents[1:] {
		if load := a.load.Load(); load < 3 || load > 7 {
			t.Errorf("%s is believed to have %d chats, expected about 5", a.peer.subject, load)
		}
	}
}

// once lets a lie happen at the first event of a kind after some others.
func once(kind string, skip int, lie func(l *liar, to *ear, event map[string]any) []map[string]any) func(*liar, *ear, map[string]any) []map[string]any {
	return func(l *liar, to *ear, event map[string]any) []map[string]any {
		if event["type"] == kind && !l.told {
			if skip--; skip < 0 {
				l.told = true
				return lie(l, to, event)
			}
		}
		return []map[string]any{event}
	}
}

func TestEachBrokenPromiseIsCountedAsWhatItIs(t *testing.T) {
	for name, tt := range map[string]struct {
		lie  func(*liar, *ear, map[string]any) []map[string]any
		want func(c Correctness) bool
	}{
		"an event twice": {once("message", 3, func(_ *liar, _ *ear, e map[string]any) []map[string]any {
			return []map[string]any{e, e}
		}), func(c Correctness) bool { return c.Repeated == 1 && c.Lost+c.OutOfOrder+c.DoubleAssignments == 0 }},
		"a message twice, as two events": {once("message", 3, func(_ *liar, to *ear, e map[string]any) []map[string]any {
			to.seq++
			again := maps.Clone(e)
			again["seq"] = to.seq
			return []map[string]any{e, again}
		}), func(c Correctness) bool { return c.Repeated == 1 && c.Lost+c.OutOfOrder+c.DoubleAssignments == 0 }},
		"an event never": {once("chat_ended", 0, func(*liar, *ear, map[string]any) []map[string]any {
			return nil
		}), func(c Correctness) bool { return c.Lost == 1 && c.Repeated+c.OutOfOrder+c.DoubleAssignments == 0 }},
		"an accepted message never, without a gap": {once("message", 2, func(_ *liar, to *ear, _ map[string]any) []map[string]any {
			to.seq--
			return nil
		}), func(c Correctness) bool { return c.Lost == 1 && c.Repeated+c.OutOfOrder+c.DoubleAssignments == 0 }},
		"the end of a chat never": {func(l *liar, to *ear, e map[string]any) []map[string]any {
			if e["type"] == "ended" && e["chat"] == "c1" {
				to.seq--
				return nil
			}
			return []map[string]any{e}
		}, func(c Correctness) bool { return c.Lost == 1 && c.Repeated+c.OutOfOrder+c.DoubleAssignments == 0 }},
		"two events in each other's place": {func(l *liar, _ *ear, e map[string]any) []map[string]any {
			switch {
			case e["type"] == "offer_ended" && !l.told:
				l.told, l.spare = true, e
				return nil
			case l.spare != nil && e["type"] == "assigned":
				late := l.spare
				l.spare = nil
				return []map[string]any{e, late}
			}
			return []map[string]any{e}
		}, func(c Correctness) bool { return c.OutOfOrder == 1 && c.Lost+c.Repeated+c.DoubleAssignments == 0 }},
		"a chat to two agents": {once("assigned", 0, func(l *liar, to *ear, e map[string]any) []map[string]any {
			for _, other := range l.agents {
				if other != to.subject {
					chat := maps.Clone(e["chat"].(map[string]any))
					chat["owner"] = other
					l.write(to, e)
					l.tell(other, "assigned", map[string]any{"chat": chat})
				}
			}
			return nil
		}), func(c Correctness) bool { return c.DoubleAssignments == 1 && c.Repeated+c.OutOfOrder == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r := load(t, startLiar(t, tt.lie).URL, 500*time.Millisecond); !tt.want(r.Correctness) {
				t.Errorf("counted %+v, errors %v, chats %+v", r.Correctness, r.Errors, r.Chats)
			}
		})
	}
}
