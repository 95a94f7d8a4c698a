package transport

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestABadFrameIsAnsweredAndTheConnectionStays(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleAgent, "alice")
	for _, tt := range []struct{ say, code string }{
		{`not json`, "bad_frame"},
		{``, "bad_frame"},
		{`{"type":"end","id":"1"}`, "bad_frame"},
		{`{"type":"end","id":"1","chat":7}`, "bad_frame"},
		{`{"type":"end","id":"1","id":"2","chat":"c"}`, "bad_frame"},
		{"{\"type\":\"end\",\"id\":\"1\",\"chat\":\"\xff\"}", "bad_frame"},
		{`{"type":"end","id":"1","chat":"c"`, "bad_frame"},
		{strings.Repeat(`[`, 30), "bad_frame"},
		{`{"type":"dance","id":"1"}`, "unknown_type"},
		{`{"type":"hello","id":"1"}`, "bad_state"},
		{strings.Repeat("{}\n", 70), "bad_frame"},
	} {
		p.say(tt.say)
		p.expect(`"type":"error"`, `"code":"`+tt.code+`"`)
	}
	p.say(`{"type":"end","id":"9","chat":"c"}`)
	p.expect(`"type":"ok"`, `"re":"9"`)
}

func TestTooManyBadFramesEndTheConnection(t *testing.T) {
	e := onLoopback(t, func(o *Options) { o.BadFrames = 5 })
	p := e.hello(acd.RoleAgent, "alice")
	for range 5 {
		p.say("?")
		p.expect(`"code":"bad_frame"`)
	}
	p.expectClose(wire.CloseProtocolError)
}

func TestSeveralFramesOfOneMessageAreTakenInOrder(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleAgent, "alice")
	p.say(`{"type":"accept","id":"1","offer":"c.1"}`, `?`, `{"type":"send","id":"2","chat":"c","text":"hi"}`, `{"type":"pong","seq":77}`,
		`{"type":"end","id":"3","chat":"c"}`)
	seen := map[string]bool{}
	for range 4 {
		line := p.expect(`"type":`)
		for _, part := range []string{`"re":"1"`, `"re":"2"`, `"re":"3"`, `"bad_frame"`} {
			seen[part] = seen[part] || strings.Contains(line, part)
		}
	}
	if len(seen) != 4 || !seen[`"re":"1"`] || !seen[`"re":"2"`] || !seen[`"re":"3"`] || !seen[`"bad_frame"`] {
		t.Errorf("answers: %v", seen)
	}
	s := e.engine.last(t)
	got := s.commands()
	want := []acd.Command{acd.AcceptOffer{Offer: "c.1"}, acd.SendText{Text: "hi", To: acd.ForAll}, acd.EndChat{}}
	for i := range want {
		if got[i].cmd != want[i] {
			t.Errorf("command %d is %+v, want %+v", i, got[i].cmd, want[i])
		}
	}
	if s.acked != 77 {
		t.Errorf("acked %d, want 77", s.acked)
	}
}

func TestWhatIsReadyGoesIntoOneMessage(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleCustomer, "maria")
	var news []actors.Delivery
	for i := range 8 {
		news = append(news, message(uint64(i+1), "hello"))
	}
	e.engine.last(t).send(news...)
	_, data, err := p.ws.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	if len(lines) != 8 {
		t.Fatalf("%d frames in the first message, want 8", len(lines))
	}
	for i, line := range lines {
		if want := fmt.Sprintf(`{"type":"message","seq":%d,`, i+1); !strings.HasPrefix(line, want) {
			t.Errorf("frame %d is %s", i, line)
		}
	}
}

func TestMessagesAreCutAtSixteenKiBAndNothingIsLost(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleAgent, "alice")
	text := strings.Repeat("x", 3000)
	var news []actors.Delivery
	for i := range 100 {
		news = append(news, message(uint64(i+1), text))
	}
	e.engine.last(t).send(news...)
	for seq := 1; seq <= 100; {
		_, data, err := p.ws.Read(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > messageBytes {
			t.Errorf("a message of %d bytes", len(data))
		}
		for _, line := range strings.Split(string(data), "\n") {
			if !strings.Contains(line, fmt.Sprintf(`"seq":%d,`, seq)) {
				t.Fatalf("expected seq %d in %.80s", seq, line)
			}
			seq++
		}
	}
}

func message(seq uint64, text string) actors.Delivery {
	return actors.Delivery{Seq: seq, News: &actors.Note{
		From: acd.ChatID("c").Address(), At: time.Now(), View: acd.ToCustomer,
		Event: acd.MessageSent{Message: acd.Message{Seq: seq, Author: acd.Author{Kind: "agent", ID: "alice", Name: "Alice"},
			To: acd.ForAll, SentAt: time.Now(), Text: text}},
	}}
}

func TestABinaryMessageIsClosedWith1003(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleAgent, "alice")
	if err := p.ws.Write(context.Background(), websocket.MessageBinary, []byte(`{"type":"pong"}`)); err != nil {
		t.Fatal(err)
	}
	p.expectClose(1003)
	if why := <-e.engine.last(t).closed; why != "text frames only" {
		t.Errorf("the engine heard %q", why)
	}
}

func TestAMessageAboveTheLimitIsClosedWith1009(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleAgent, "alice")
	largest := `{"type":"send","id":"1","chat":"c","text":"`
	largest += strings.Repeat("x", wire.MaxMessageBytes-len(largest)-2) + `"}`
	p.say(largest)
	p.expect(`"type":"ok"`)
	p.say(largest + " ")
	p.expectClose(1009)
}

func TestARoleMaySendItsOwnCommandsOnly(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleCustomer, "maria")
	p.say(`{"type":"set_presence","id":"1","state":"available"}`, `{"type":"force_end","id":"2","chat":"c","reason":"x"}`,
		`{"type":"send","id":"3","chat":"c","text":"x","to":"agents"}`, `{"type":"explain","id":"4","chat":"c"}`)
	for range 4 {
		p.expect(`"type":"error"`, `"code":"forbidden"`)
	}
	if got := e.engine.last(t).commands(); len(got) != 0 {
		t.Errorf("the engine was asked %+v", got)
	}
}

func TestTypingIsAnsweredHereAndShownByTheEngine(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleCustomer, "maria")
	p.say(`{"type":"typing","id":"1","chat":"c","on":true}`)
	p.expect(`"type":"ok"`, `"re":"1"`)
	if got := e.engine.last(t).commands(); len(got) != 1 || got[0].cmd != (acd.Typing{On: true}) {
		t.Errorf("the engine was asked %+v", got)
	}
}

func TestACommandSentAgainHasTheSameDigestAndAnotherOneHasNot(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleCustomer, "maria")
	for _, say := range []string{
		`{"type":"start","id":"1","source":"web","name":"Maria"}`,
		`{"name":"Maria", "type":"start","source":"web","id":"1","unknown":1}`,
		`{"type":"start","id":"1","source":"web","name":"Mario"}`,
	} {
		p.say(say)
		p.expect(`"type":"ok"`)
	}
	got := e.engine.last(t).commands()
	if got[0].digest != got[1].digest || got[0].digest == got[2].digest {
		t.Errorf("digests %x %x %x; want the first two alike", got[0].digest, got[1].digest, got[2].digest)
	}
	first, second := got[0].cmd.(acd.Start), got[1].cmd.(acd.Start)
	if first.Chat == second.Chat || len(first.Chat) != 26 {
		t.Errorf("chat ids %q and %q", first.Chat, second.Chat)
	}
	if got[0].to != acd.QueueID("support").Address() {
		t.Errorf("start went to %v", got[0].to)
	}
}

// notedTrail keeps the lines that it is given.
type notedTrail struct {
	unnoted
	mu    sync.Mutex
	lines []string
}

func (n *notedTrail) Note(e actors.TrailEntry) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, e.What+" "+e.Outcome)
}

// What a command names may have been there when it came first: the engine knows
// its answer, and only what is refused now stands in the audit trail.
func TestACommandThatNamesWhatIsNotThereIsTheEnginesToRefuse(t *testing.T) {
	for answered, want := range map[bool]string{false: `"code":"not_found"`, true: `"type":"ok"`} {
		trail := &notedTrail{}
		e := onLoopback(t, func(o *Options) { o.Trail = trail })
		e.engine.answered = answered
		sue, maria := e.hello(acd.RoleSupervisor, "sue"), e.hello(acd.RoleCustomer, "maria")
		sue.say(`{"type":"queue_mode","id":"1","queue":"nowhere","mode":"closed"}`)
		sue.expect(`"re":"1"`, want)
		maria.say(`{"type":"start","id":"1","source":"nowhere"}`)
		maria.expect(`"re":"1"`, want)
		trail.mu.Lock()
		if got := strings.Join(trail.lines, ", "); (got == "queue_mode not_found") == answered {
			t.Errorf("answered before: %t, and noted: %q", answered, got)
		}
		trail.mu.Unlock()
	}
}

func TestAnExplanationNamesItsChatAndItsOffer(t *testing.T) {
	e := onLoopback(t, nil)
	e.engine.silent = true
	p := e.hello(acd.RoleSupervisor, "sue")
	p.say(`{"type":"explain","id":"1","offer":"c7.x"}`, `{"type":"explain","id":"2","chat":"c8"}`, `{"type":"explain","id":"3","offer":"x"}`)
	p.expect(`"re":"3"`, `"code":"not_found"`)
	why := []actors.Decided{{Chat: "c7", Offer: "c7.x", Decision: acd.Decision{Queue: "support", Winner: "alice", More: []acd.PassCount{{Why: "busy", Count: 4}}}}}
	e.engine.last(t).send(actors.Delivery{Re: "1", Answer: &actors.Answer{Explain: why}}, actors.Delivery{Re: "2", Answer: &actors.Answer{}})
	p.expect(`"re":"1"`, `"chat":"c7"`, `"offer":"c7.x"`, `"winner":"alice"`, `"more":{"busy":4}`)
	p.expect(`"re":"2"`)
}

func TestWhoSendsTooFastIsToldWhenToComeBack(t *testing.T) {
	e := onLoopback(t, func(o *Options) { o.Customer.Burst = 3; o.Customer.PerSecond = 1 })
	p := e.hello(acd.RoleCustomer, "maria")
	var lines []string
	for i := range 5 {
		lines = append(lines, fmt.Sprintf(`{"type":"end","id":"%d","chat":"c"}`, i))
	}
	p.say(lines...)
	ok, limited := 0, 0
	for range 5 {
		line := p.expect(`"type":`)
		switch {
		case strings.Contains(line, `"type":"ok"`):
			ok++
		case strings.Contains(line, `"code":"rate_limited"`) && strings.Contains(line, `"retry_after_s":`):
			limited++
		}
	}
	if ok != 3 || limited != 2 {
		t.Errorf("%d ok and %d rate_limited, want 3 and 2", ok, limited)
	}
}

func TestTheRateIsThePrincipalsAndNotTheConnections(t *testing.T) {
	e := onLoopback(t, func(o *Options) { o.Customer.Burst = 1; o.Customer.PerSecond = 1 })
	p, q := e.hello(acd.RoleCustomer, "maria"), e.hello(acd.RoleCustomer, "maria")
	began := time.Now()
	limited := func(p *peer, id string) {
		t.Helper()
		p.say(`{"type":"end","id":"` + id + `","chat":"c"}`)
		if line := p.expect(`"re":"` + id + `"`); !strings.Contains(line, `"code":"rate_limited"`) && time.Since(began) < time.Second {
			t.Errorf("within a second: %s", line) // later there is a command for him again
		}
	}
	p.say(`{"type":"end","id":"1","chat":"c"}`)
	p.expect(`"type":"ok"`)
	limited(q, "2")
	_ = p.ws.Close(1000, "")
	_ = q.ws.Close(1000, "")
	limited(e.hello(acd.RoleCustomer, "maria"), "3")
}

func TestAFloodOfCommandsEndsInsideOneSecond(t *testing.T) {
	e := onLoopback(t, func(o *Options) { o.Customer.Burst = 1; o.Customer.PerSecond = 1 })
	p := e.hello(acd.RoleCustomer, "maria")
	var lines []string
	for i := range 60 {
		lines = append(lines, fmt.Sprintf(`{"type":"end","id":"%d","chat":"c"}`, i))
	}
	p.say(lines...)
	p.expectClose(wire.CloseRateLimited)
}

func TestUnansweredCommandsAreBounded(t *testing.T) {
	e := onLoopback(t, func(o *Options) { o.Desk.Unanswered = 2 })
	e.engine.silent = true
	p := e.hello(acd.RoleAgent, "alice")
	p.say(`{"type":"end","id":"1","chat":"c"}`, `{"type":"end","id":"2","chat":"c"}`, `{"type":"end","id":"3","chat":"c"}`)
	p.expect(`"re":"3"`, `"code":"rate_limited"`)
	e.engine.last(t).send(actors.Delivery{Re: "1", Answer: &actors.Answer{Refusal: acd.ErrEnded}})
	p.expect(`"re":"1"`, `"code":"ended"`)
	p.say(`{"type":"end","id":"4","chat":"c"}`, `{"type":"end","id":"5","chat":"c"}`)
	p.expect(`"re":"5"`, `"code":"rate_limited"`)
}

func TestAHundredThousandEmptyContinuationsAreAFlood(t *testing.T) {
	e := onLoopback(t, nil)
	raw := e.rawHello(t)
	// text frame without FIN, then empty continuation frames, all masked with zeros
	flood := []byte{0x01, 0x80, 0, 0, 0, 0}
	for range 1000 {
		flood = append(flood, 0x00, 0x80, 0, 0, 0, 0)
	}
	if _, err := raw.Write(flood[:6]); err != nil {
		t.Fatal(err)
	}
	go func() {
		for range 100 {
			if _, err := raw.Write(flood[6:]); err != nil {
				return
			}
		}
	}()
	if why := <-e.engine.last(t).closed; why != "rate limited" {
		t.Errorf("the engine heard %q", why)
	}
}

func TestFramesAreCountedEvenWhenTheyAreEmpty(t *testing.T) {
	empty := []byte{0x00, 0x80, 0, 0, 0, 0}
	m := newMeter(1<<20, 100)
	for i := range 100 {
		if !m.take(empty) {
			t.Fatalf("frame %d was refused", i)
		}
	}
	if m.take(empty) {
		t.Error("the 101st frame was taken")
	}
}

func TestAQuarterOfWhatAPeerMaySendComesBackEachSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(1000, 8)
		if !m.spend(1000, 8) || m.spend(1, 0) || m.spend(0, 1) {
			t.Fatal("what may be sent at once is not 1000 bytes and 8 frames")
		}
		time.Sleep(time.Second)
		if m.spend(251, 0) || !m.spend(250, 2) || m.spend(0, 1) {
			t.Error("after a second it is not 250 bytes and 2 frames")
		}
		time.Sleep(time.Hour)
		if m.spend(1001, 0) || !m.spend(1000, 8) {
			t.Error("after a long time it is not as much as at first")
		}
	})
}

func TestWhatBecomesReadyWhileTheWriterStopsIsStillWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := onPipes(t, nil)
		p := e.hello(acd.RoleCustomer, "maria")
		s := e.engine.last(t)
		synctest.Wait()
		s.mu.Lock()
		s.idle = func() { s.send(message(2, "just in time")) }
		s.mu.Unlock()
		s.send(message(1, "first"))
		p.expect("first")
		p.expect("just in time")
	})
}

func TestMoreThanIsGivenAtOnceIsWrittenWithOneWake(t *testing.T) {
	for _, many := range []int{actors.DeliveriesAtOnce - 1, actors.DeliveriesAtOnce, 2 * actors.DeliveriesAtOnce, 3*actors.DeliveriesAtOnce + 1} {
		synctest.Test(t, func(t *testing.T) {
			e := onPipes(t, nil)
			p := e.hello(acd.RoleCustomer, "maria")
			s := e.engine.last(t)
			synctest.Wait()
			var all []actors.Delivery
			for n := range many {
				all = append(all, message(uint64(n+1), fmt.Sprintf("number %d.", n)))
			}
			s.send(all...)
			for n := range many {
				p.expect(fmt.Sprintf("number %d.", n))
			}
		})
	}
}

func TestAMessageThatTheNetworkCutsOffIsNeverDone(t *testing.T) {
	e := onLoopback(t, nil)
	raw := e.rawHello(t)
	body := `{"type":"end","id":"1","chat":"c"}`
	frame := append([]byte{0x81, 0x80 | 100, 0, 0, 0, 0}, body[:len(body)-1]...)
	if _, err := raw.Write(frame); err != nil {
		t.Fatal(err)
	}
	_ = raw.Close()
	s := e.engine.last(t)
	if why := <-s.closed; why != "" {
		t.Errorf("the engine heard %q of a peer who is gone", why)
	}
	if got := s.commands(); len(got) != 0 {
		t.Errorf("the engine was asked %+v", got)
	}
}

// rawHello opens a websocket by hand, so that a test can break the framing.
func (e *edge) rawHello(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	hello := `{"type":"hello","token":"` + e.token(acd.RoleCustomer, "maria", 10*time.Minute) + `"}`
	frame := append([]byte{0x81, 0x80 | 126, byte(len(hello) >> 8), byte(len(hello)), 0, 0, 0, 0}, hello...)
	// the first frame comes with the request: a peer may be that quick
	request := "GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: parley.v1\r\n\r\n"
	if _, err := c.Write(append([]byte(request), frame...)); err != nil {
		t.Fatal(err)
	}
	var got []byte
	buf := make([]byte, 4096)
	for !strings.Contains(string(got), `"type":"snapshot"`) {
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		got = append(got, buf[:n]...)
	}
	return c
}
