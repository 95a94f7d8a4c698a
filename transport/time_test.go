package transport

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestWhoDoesNotSayHelloInTimeIsClosedWith4502(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		p := e.dial()
		start := time.Now()
		p.expectClose(wire.CloseNoHello)
		if got := time.Since(start); got != 5*time.Second {
			t.Errorf("closed after %s, want 5s", got)
		}
	})
}

func TestEachHeartbeatHasAPingAndAPongKeepsTheConnection(t *testing.T) {
	for _, tt := range []struct {
		role  acd.Role
		every time.Duration
	}{{acd.RoleAgent, 10 * time.Second}, {acd.RoleSupervisor, 10 * time.Second}, {acd.RoleCustomer, 25 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			e := onPipes(t, nil)
			p := e.hello(tt.role, "somebody")
			last := time.Now()
			for i := range 4 {
				p.expect(`{"type":"ping"}`)
				gap := time.Since(last)
				if i > 0 && gap != tt.every || i == 0 && (gap <= 0 || gap > tt.every) {
					t.Errorf("%s: ping %d after %s", tt.role, i, gap)
				}
				last = time.Now()
				time.Sleep(4 * time.Second) // of the bubble's clock
				p.say(`{"type":"pong","seq":7}`)
				last = last.Add(0)
			}
		})
	}
}

func TestAnyFrameCountsAsALifeSign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		p := e.hello(acd.RoleAgent, "alice")
		p.expect(`{"type":"ping"}`)
		p.say(`{"type":"end","id":"1","chat":"c"}`)
		p.expect(`"type":"ok"`)
		p.expect(`{"type":"ping"}`)
	})
}

func TestAPeerThatIsSilentForFiveSecondsIsClosedWith4002(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		p := e.hello(acd.RoleAgent, "alice")
		p.expect(`{"type":"ping"}`)
		asked := time.Now()
		p.expectClose(wire.CloseHeartbeatMissed)
		if got := time.Since(asked); got != 5*time.Second {
			t.Errorf("closed after %s, want 5s", got)
		}
		if why := <-e.engine.last(t).closed; why != "heartbeat missed" {
			t.Errorf("the engine heard %q", why)
		}
	})
}

func TestAPeerThatDoesNotReadIsClosedWith4003AndNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		e.hello(acd.RoleCustomer, "maria") // and reads nothing more
		other := e.hello(acd.RoleCustomer, "otto")
		slow := e.engine.sessions[0]
		start := time.Now()
		slow.send(message(1, "one"))
		synctest.Wait()
		slow.send(message(2, "two")) // must not block
		e.engine.sessions[1].send(message(1, "for otto"))
		other.expect("for otto")
		if time.Since(start) != 0 {
			t.Errorf("otto waited %s", time.Since(start))
		}
		if why := <-slow.closed; why != "slow consumer" {
			t.Errorf("the engine heard %q", why)
		}
		if got := time.Since(start); got != 5*time.Second {
			t.Errorf("closed after %s, want 5s", got)
		}
		synctest.Wait()
		if _, page := get(e.server.AdminHandler(), "/metrics"); !strings.Contains(page, "parley_slow_consumers_total 1") {
			t.Error("the slow consumer is not counted")
		}
	})
}

func TestPeersThatDoNotReadHoldUpNobodyHoweverManyTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		many := 4 * newWriters().most
		for i := range many {
			e.hello(acd.RoleCustomer, "deaf"+strconv.Itoa(i)) // and reads nothing more
		}
		other := e.hello(acd.RoleCustomer, "otto")
		start := time.Now()
		for _, s := range e.engine.sessions[:many] {
			s.send(message(1, "one"))
		}
		e.engine.sessions[many].send(message(1, "for otto"))
		other.expect("for otto")
		if time.Since(start) != 0 {
			t.Errorf("otto waited %s", time.Since(start))
		}
		for _, s := range e.engine.sessions[:many] {
			if why := <-s.closed; why != "slow consumer" {
				t.Errorf("the engine heard %q", why)
			}
		}
	})
}

func TestAPeerThatAsksAndNeverReadsIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, func(o *Options) { o.Customer.OutboundBytes = 2000; o.BadFrames = 1 << 20; o.WriteTimeout = time.Hour })
		p := e.hello(acd.RoleCustomer, "maria")
		start := time.Now()
		for p.write("?") == nil {
			if time.Since(start) > 0 {
				break
			}
		}
		if why := <-e.engine.last(t).closed; why != "slow consumer" {
			t.Errorf("the engine heard %q", why)
		}
	})
}

func TestATokenIsRefreshedInTimeOrTheSessionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		p := e.hello(acd.RoleCustomer, "maria") // 10 minutes
		start := time.Now()
		expiring := func() {
			t.Helper()
			for {
				line, err := p.next()
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(line, `"type":"token_expiring"`) {
					return
				}
				p.say(`{"type":"pong"}`)
			}
		}
		expiring()
		if got := time.Since(start); got != 9*time.Minute {
			t.Errorf("token_expiring after %s, want 9m", got)
		}
		p.say(`{"type":"refresh","id":"1","token":"` + e.token(acd.RoleCustomer, "otto", 10*time.Minute) + `"}`)
		p.expect(`"re":"1"`, `"code":"forbidden"`)
		p.say(`{"type":"refresh","id":"2","token":"junk"}`)
		p.expect(`"re":"2"`, `"code":"unauthenticated"`)
		p.say(`{"type":"refresh","id":"3","token":"` + e.token(acd.RoleCustomer, "maria", 10*time.Minute) + `"}`)
		p.expect(`"type":"ok"`, `"re":"3"`, `"expires_at":`)
		expiring()
		if got := time.Since(start); got != 18*time.Minute {
			t.Errorf("the second token_expiring after %s, want 18m", got)
		}
		for {
			line, err := p.next()
			if err != nil {
				break
			}
			if strings.Contains(line, "ping") {
				p.say(`{"type":"pong"}`)
			}
		}
		if why := <-e.engine.last(t).closed; why != "token expired" {
			t.Errorf("the engine heard %q", why)
		}
		if got := time.Since(start); got != 19*time.Minute {
			t.Errorf("closed after %s, want 19m", got)
		}
	})
}

func TestThreeRefusedSecondsOfAMinuteEndTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, func(o *Options) { o.Customer.Burst = 1; o.Customer.PerSecond = 1 })
		p := e.hello(acd.RoleCustomer, "maria")
		two := []string{`{"type":"end","id":"1","chat":"c"}`, `{"type":"end","id":"2","chat":"c"}`}
		for i := range 3 {
			p.say(two...)
			p.expect(`"type":`)
			if i < 2 {
				p.expect(`"type":`)
			}
			time.Sleep(time.Second) // of the bubble's clock
		}
		p.expectClose(wire.CloseRateLimited)
	})
}

func TestADrainSaysGoodbyeFinishesWhatIsInFlightAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		e.engine.silent = true
		idle, busy := e.hello(acd.RoleAgent, "alice"), e.hello(acd.RoleCustomer, "maria")
		unknown := e.dial()
		working := e.engine.sessions[1]
		busy.say(`{"type":"end","id":"1","chat":"c"}`)
		synctest.Wait()
		drained := make(chan error, 1)
		go func() { drained <- e.server.Drain(context.Background(), wire.GoodbyeDrain) }()
		unknown.expectClose(wire.CloseDrain)
		idle.expect(`"type":"goodbye"`, `"reason":"drain"`, `"reconnect_after_s":`)
		busy.expect(`"type":"goodbye"`)
		if code, body := get(e.server.Handler(), "/readyz"); code != 503 || body != `{"state":"draining"}`+"\n" {
			t.Errorf("readyz is %d %s in a drain", code, body)
		}
		if code, _ := get(e.server.Handler(), "/healthz"); code != 200 {
			t.Errorf("healthz is %d in a drain", code)
		}
		_, resp, err := e.tryDial(nil, wire.Subprotocol)
		if err == nil || resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
			t.Errorf("a new connection: %v %v", resp, err)
		}
		idle.expectClose(wire.CloseDrain)
		time.Sleep(5 * time.Second) // of the bubble's clock: its moment has passed, its answer has not come
		select {
		case <-drained:
			t.Fatal("drained with a command in flight")
		default:
		}
		working.send(actors.Delivery{Re: "1", Answer: &actors.Answer{}})
		busy.expect(`"type":"ok"`, `"re":"1"`)
		busy.expectClose(wire.CloseDrain)
		if err := <-drained; err != nil {
			t.Error(err)
		}
	})
}

// A start may have been answered on a connection that broke: whether this one is
// new is the engine's to say.
func TestAStartInADrainIsTheEnginesToAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		maria := e.hello(acd.RoleCustomer, "maria")
		drained := make(chan error, 1)
		go func() { drained <- e.server.Drain(context.Background(), wire.GoodbyeDrain) }()
		maria.expect(`"type":"goodbye"`)
		maria.say(`{"type":"start","id":"1","source":"web"}`)
		maria.expect(`"type":"ok"`, `"re":"1"`)
		maria.expectClose(wire.CloseDrain)
		if err := <-drained; err != nil {
			t.Error(err)
		}
	})
}

func TestADrainThatTakesTooLongClosesEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		e.engine.silent = true
		p := e.hello(acd.RoleCustomer, "maria")
		p.say(`{"type":"end","id":"1","chat":"c"}`)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
		defer cancel()
		drained := make(chan error, 1)
		go func() { drained <- e.server.Drain(ctx, wire.GoodbyeUpgrade) }()
		p.expect(`"type":"goodbye"`, `"reason":"upgrade"`)
		start := time.Now()
		p.expectClose(wire.CloseDrain)
		if err := <-drained; err == nil {
			t.Error("a drain that was cut short says nothing")
		}
		if got := time.Since(start); got > 9*time.Second {
			t.Errorf("took %s", got)
		}
	})
}
