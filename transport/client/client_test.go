package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/transport/wire"
)

// texts reads messages until the last one that is wanted.
func texts(t *testing.T, c *Client, last string) []string {
	t.Helper()
	var got []string
	for {
		r, err := c.Next(t.Context())
		if err != nil {
			t.Fatalf("after %q: %v", got, err)
		}
		if m, ok := r.Event.(*wire.MessageEvent); ok {
			got = append(got, m.Text)
			if m.Text == last {
				return got
			}
		}
	}
}

func numbers(from, to int) (all []string) {
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprint(i))
	}
	return all
}

func TestEventsArriveOnceAndInOrderHoweverOftenTheLinkIsCut(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const events = 200
				s := serve(t)
				dice := rand.New(rand.NewPCG(seed, 1))
				welcomed := false // the first connection's welcome is the caller's affair
				s.cut = func([]byte) bool {
					first := !welcomed
					welcomed = true
					return !first && dice.IntN(12) == 0
				}
				c := s.dial(s.options())
				defer c.Close()
				pauses := rand.New(rand.NewPCG(seed, 2))
				var publisher sync.WaitGroup
				defer publisher.Wait()
				publisher.Go(func() {
					for i := range events {
						s.publish(fmt.Sprint(i + 1))
						time.Sleep(time.Duration(pauses.IntN(300)) * time.Millisecond)
					}
				})
				// The first snapshot may have been cut off and stand later in the stream.
				got := texts(t, c, fmt.Sprint(events))
				from := events - len(got) + 1
				if !slices.Equal(got, numbers(from, events)) {
					t.Fatalf("got %q", got)
				}
				snapshot, _ := snapshotSeq(c.Snapshot())
				if int(snapshot) != from-1 {
					t.Errorf("snapshot at %d, then event %d", snapshot, from)
				}
				if state := c.State(); state != (State{"e1", events}) {
					t.Errorf("state %+v", state)
				}
				if lost := count(s, func() int { return s.lost }); lost < 5 {
					t.Errorf("only %d sockets were cut", lost)
				}
			})
		})
	}
}

func TestACommandIsSentAgainUnchangedAndInOrderUntilItIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		cuts := 0
		s.cut = func(frame []byte) bool {
			cuts++
			return bytes.HasPrefix(frame, []byte(`{"type":"ok"`)) && cuts < 8
		}
		c := s.dial(s.options())
		defer c.Close()
		answers := make([]*wire.Ok, 3)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				ok, err := c.Do(t.Context(), &wire.Send{Chat: "c", Text: fmt.Sprint(i)})
				if err != nil {
					t.Error(err)
				}
				answers[i] = ok
			})
			synctest.Wait()
		}
		all.Wait()
		for i, ok := range answers {
			if ok == nil || ok.MessageSeq != uint64(i+1) {
				t.Errorf("command %d took effect as number %+v", i, ok)
			}
		}
		if n := count(s, func() int { return len(s.effects) }); n != 3 {
			t.Errorf("%d effects of three commands", n)
		}
		distinct := map[string]bool{}
		for _, line := range s.received {
			distinct[string(line)] = true
		}
		if len(distinct) != 3 || len(s.received) < 5 {
			t.Errorf("expected three lines, some of them again, got %d: %q", len(s.received), s.received)
		}
	})
}

func TestManyUnansweredCommandsAreSplitIntoMessagesThatTheServerTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		s.each(func(p *peer) { p.ws.CloseNow() })
		synctest.Wait()
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() {
				if _, err := c.Do(t.Context(), &wire.Typing{Chat: "c"}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

func TestALinkThatBreaksBeforeItsSnapshotIsNotResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		s.publish("1")
		s.cut = func(frame []byte) bool { return s.lost == 0 && bytes.HasPrefix(frame, []byte(`{"type":"snapshot"`)) }
		c := s.dial(s.options())
		defer c.Close()
		got, err := c.Next(t.Context())
		if seq, ok := snapshotSeq(got.Event); err != nil || !ok || seq != 1 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestARefusalIsTheAnswersError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		_, err := c.Do(t.Context(), &wire.Send{Chat: "c", Text: "<"})
		var refusal *wire.Error
		if !errors.As(err, &refusal) || refusal.Code != wire.CodeReservedCharacter {
			t.Errorf("got %v", err)
		}
		if _, err := c.Do(t.Context(), &wire.Pong{}); err == nil {
			t.Error("a pong was taken as a command")
		}
	})
}

func TestOnlyAsManyCommandsAreSentAsTheServerTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		s.window, s.deaf = 2, true
		c := s.dial(s.options())
		defer c.Close()
		ctx, give := context.WithTimeout(t.Context(), time.Second)
		defer give()
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if _, err := c.Do(ctx, &wire.Typing{Chat: "c"}); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("unanswered command: %v", err)
				}
			})
		}
		synctest.Wait()
		if n := count(s, func() int { return len(s.received) }); n != 2 {
			t.Errorf("%d commands were sent, the server takes 2", n)
		}
		all.Wait()
	})
}

func TestTheWaitBeforeAnAttemptHasABoundThatDoublesUpToTwentySeconds(t *testing.T) {
	bounds := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 20 * time.Second, 20 * time.Second}
	for attempt, bound := range bounds {
		if got := fullJitter(attempt, 1); got != bound {
			t.Errorf("attempt %d: at most %v, want %v", attempt, got, bound)
		}
		if got := fullJitter(attempt, 0); got != 0 {
			t.Errorf("attempt %d: at least %v, want 0", attempt, got)
		}
	}
	if got := fullJitter(1000, 0.5); got != 10*time.Second {
		t.Errorf("attempt 1000, half of the bound: %v", got)
	}
}

func TestTheCloseCodeDecidesWhetherAClientComesBack(t *testing.T) {
	codes := append(wire.CloseCodes(), 1000, 1001, 1002, 1003, 1007, 1009, 1012, 1013)
	for _, code := range codes {
		t.Run(fmt.Sprint(int(code)), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t)
				c := s.dial(s.options())
				defer c.Close()
				s.each(func(p *peer) { go p.ws.Close(websocket.StatusCode(code), "test") })
				time.Sleep(time.Minute)
				hellos := count(s, func() int { return len(s.hellos) })
				if back := hellos > 1; back != code.Reconnect() {
					t.Errorf("came back: %t, want %t", back, code.Reconnect())
				}
				var end *CloseError
				if gone := errors.As(c.Err(), &end) && end.Code == code; gone == code.Reconnect() {
					t.Errorf("ended with %v", c.Err())
				}
			})
		})
	}
}

func TestAClientThatIsRefusedAtReturnEndsAndSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		s.greet = func(*wire.Hello) wire.CloseCode { return wire.CloseUnauthenticated }
		s.each(func(p *peer) { p.ws.CloseNow() })
		_, err := c.Do(t.Context(), &wire.Typing{Chat: "c"})
		var end *CloseError
		if !errors.As(err, &end) || end.Code != wire.CloseUnauthenticated {
			t.Errorf("a command that waited ended with %v", err)
		}
		for err = nil; err == nil; {
			_, err = c.Next(t.Context())
		}
		if !errors.As(err, &end) {
			t.Errorf("Next ended with %v", err)
		}
	})
}

func TestASnapshotReplacesTheStreamAfterANewEpoch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		s.publish("old")
		texts(t, c, "old")
		s.mu.Lock()
		s.epoch, s.events = "e2", make([][]byte, 7)
		s.mu.Unlock()
		s.each(func(p *peer) { p.ws.CloseNow() })
		got, err := c.Next(t.Context())
		if seq, ok := snapshotSeq(got.Event); err != nil || !ok || seq != 7 {
			t.Fatalf("got %+v, %v", got, err)
		}
		if state := c.State(); state != (State{"e2", 7}) {
			t.Errorf("state %+v", state)
		}
		s.publish("new")
		texts(t, c, "new")
		if state := c.State(); state != (State{"e2", 8}) {
			t.Errorf("state %+v", state)
		}
	})
}

func TestAResyncIsFollowedByASnapshotInThePlaceOfEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		s.say(&wire.Resync{Reason: wire.ResyncTooFarBehind, Epoch: "e9"})
		s.publish("in the snapshot")
		s.say(&wire.CustomerSnapshot{Seq: 1, Chats: []wire.CustomerChat{}})
		s.publish("after it")
		if got := texts(t, c, "after it"); len(got) != 1 {
			t.Errorf("got %q", got)
		}
		if state := c.State(); state != (State{"e9", 2}) {
			t.Errorf("state %+v", state)
		}
	})
}

func TestAStateThatWasKeptIsResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		for i := range 5 {
			s.publish(fmt.Sprint(i + 1))
		}
		o := s.options()
		o.Resume = &State{Epoch: "e1", Seq: 3}
		c := s.dial(o)
		defer c.Close()
		if got := texts(t, c, "5"); !slices.Equal(got, numbers(4, 5)) {
			t.Errorf("got %q", got)
		}
		if c.Snapshot() != nil {
			t.Error("a resumed stream has a snapshot")
		}
	})
}

func TestAGoodbyeOpensASecondLinkBeforeTheFirstIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		s.say(&wire.Goodbye{Reason: wire.GoodbyeDrain, ReconnectAfterS: 3})
		s.publish("1")
		time.Sleep(2 * time.Second)
		s.publish("2") // still on the first
		if n := count(s, func() int { return len(s.hellos) }); n != 1 {
			t.Errorf("%d hellos before the time has come", n)
		}
		first := count(s, func() *peer { return oneOf(s.open) })
		time.Sleep(2 * time.Second)
		s.publish("3") // on both, or on the second
		if got := texts(t, c, "3"); !slices.Equal(got, numbers(1, 3)) {
			t.Errorf("got %q", got)
		}
		synctest.Wait()
		if open := count(s, func() int { return len(s.open) }); open != 1 {
			t.Errorf("%d links are open, want one", open)
		}
		if count(s, func() bool { return s.open[first] }) {
			t.Error("the first link is still open")
		}
		if r := s.hellos[1].Resume; r == nil || r.Seq != 2 {
			t.Errorf("the second link resumed at %+v", r)
		}
	})
}

func oneOf(open map[*peer]bool) *peer {
	for p := range open {
		return p
	}
	return nil
}

func TestASilentLinkIsDeadFiveSecondsAfterItsHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		o := s.options()
		o.Backoff = func(int) time.Duration { return 0 }
		c := s.dial(o)
		defer c.Close()
		time.Sleep(20 * time.Second)
		s.say(&wire.Ping{}) // the last sign of life
		time.Sleep(30*time.Second - time.Millisecond)
		if n := count(s, func() int { return len(s.hellos) }); n != 1 {
			t.Errorf("%d hellos before the link is dead", n)
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if n := count(s, func() int { return len(s.hellos) }); n != 2 {
			t.Errorf("%d hellos after the link was dead", n)
		}
	})
}

func TestAPongTellsTheLastEventThatWasTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		for i := range 3 {
			s.publish(fmt.Sprint(i + 1))
		}
		texts(t, c, "2")
		s.say(&wire.Ping{})
		synctest.Wait()
		if pongs := count(s, func() []uint64 { return s.pongs }); !slices.Equal(pongs, []uint64{2}) {
			t.Errorf("pongs %v", pongs)
		}
	})
}

func TestEventsBeyondTheBoundAreFetchedWhenTheOthersAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		o := s.options()
		o.Unread = 4
		c := s.dial(o)
		defer c.Close()
		for i := range 20 {
			s.publish(fmt.Sprint(i + 1))
		}
		synctest.Wait()
		if _, err := c.Do(t.Context(), &wire.Typing{Chat: "c"}); err != nil {
			t.Errorf("answers wait for events to be taken: %v", err)
		}
		if got := texts(t, c, "20"); !slices.Equal(got, numbers(1, 20)) {
			t.Errorf("got %q", got)
		}
	})
}

func TestAGapInTheStreamIsMendedByResuming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		s.publish("1")
		s.mu.Lock()
		s.events = append(s.events, s.events[0]) // an event that nobody is told of
		s.mu.Unlock()
		s.publish("3")
		if got := texts(t, c, "3"); !slices.Equal(got, []string{"1", "1", "3"}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestAnExpiringTokenIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		o := s.options()
		asked := 0
		o.TokenSource = func(context.Context) (string, error) { asked++; return fmt.Sprint("token ", asked), nil }
		c := s.dial(o)
		defer c.Close()
		s.say(&wire.TokenExpiring{ExpiresAt: 1})
		synctest.Wait()
		if len(s.received) != 1 || !bytes.Contains(s.received[0], []byte(`"token":"token 2"`)) {
			t.Errorf("received %q", s.received)
		}
	})
}

func TestDialReturnsTheFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		s.greet = func(*wire.Hello) wire.CloseCode { return wire.CloseForbidden }
		_, err := Dial(t.Context(), s.options())
		var end *CloseError
		if !errors.As(err, &end) || end.Code != wire.CloseForbidden {
			t.Errorf("got %v", err)
		}
		if _, err := Dial(t.Context(), Options{URL: "nonsense", Unread: -1}); err == nil || len(errors.Unwrap(err).(interface{ Unwrap() []error }).Unwrap()) != 3 {
			t.Errorf("expected three problems at once, got %v", err)
		}
	})
}
