package client

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/parley-engine/parley/transport/wire"
)

func TestAnEventThatIsSentAgainIsHandedOutOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		for i := range 3 {
			s.publish(numbers(1, 3)[i])
		}
		s.each(func(p *peer) {
			s.write(p, wire.AppendSeq(nil, 3, s.events[2])) // the last one
			s.write(p, wire.AppendSeq(nil, 1, s.events[0])) // one before it
		})
		s.publish("4")
		if got := texts(t, c, "4"); !slices.Equal(got, numbers(1, 4)) {
			t.Errorf("got %q", got)
		}
		if n := count(s, func() int { return len(s.hellos) }); n != 1 {
			t.Errorf("%d hellos: an event that came twice is no reason for a new link", n)
		}
	})
}

func TestALinkThatWasReplacedIsNotHeardAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		current := func() *link {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.link
		}
		old := current()
		s.say(&wire.Goodbye{Reason: wire.GoodbyeDrain})
		synctest.Wait()
		if current() == old {
			t.Fatal("the link was not replaced")
		}
		// What the old one had read before it left: a frame without a number,
		// and one that would be the next of the stream.
		for _, frame := range [][]byte{
			wire.AppendEvent(nil, &wire.TypingEvent{Chat: "c", By: "a", On: true}),
			wire.AppendSeq(nil, 1, wire.AppendEvent(nil, &wire.TypingEvent{Chat: "c", By: "a"})),
		} {
			if err := c.receive(old, frame); err != nil {
				t.Errorf("%s from the old link: %v", frame, err)
			}
		}
		s.publish("1")
		for {
			got, err := c.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			switch ev := got.Event.(type) {
			case *wire.CustomerSnapshot:
				continue
			case *wire.MessageEvent:
				if ev.Text != "1" || got.Seq != 1 {
					t.Errorf("got %q as number %d", ev.Text, got.Seq)
				}
				return
			default:
				t.Fatalf("the old link was heard: %+v", ev)
			}
		}
	})
}

// A server that is left may have said to try again later. The command has been
// sent again by then, and what it comes to is the new link's to say.
func TestALinkThatWasReplacedAnswersNothingThatWasSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		s.mu.Lock()
		s.deaf = true
		s.mu.Unlock()
		old := c.link
		start := make(chan answer, 1)
		go func() {
			ok, err := c.Do(t.Context(), &wire.Start{ID: "s", Source: "web"})
			start <- answer{ok, err}
		}()
		synctest.Wait()
		old.goodbye <- &wire.Goodbye{Reason: wire.GoodbyeDrain}
		synctest.Wait() // the new link has carried it, and nobody has answered
		late := wire.AppendEvent(nil, &wire.Error{Re: "s", Code: wire.CodeOverloaded, Message: "going down", RetryAfterS: 1})
		if err := c.receive(old, late); err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		s.deaf = false
		s.mu.Unlock()
		s.say(&wire.Ok{Re: "s", Chat: "c"})
		if a := <-start; a.err != nil || a.ok.Chat != "c" {
			t.Errorf("the start was answered %+v, expected chat c", a)
		}
	})
}

func TestAnIDThatIsOnItsWayIsRefusedUntilItIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		c := s.dial(s.options())
		defer c.Close()
		// The answer to the first is held back.
		s.mu.Lock()
		s.deaf = true
		s.mu.Unlock()
		first := make(chan error, 1)
		go func() {
			_, err := c.Do(t.Context(), &wire.Send{ID: "mine", Chat: "c", Text: "one"})
			first <- err
		}()
		synctest.Wait()
		second := make(chan error, 1)
		go func() {
			_, err := c.Do(t.Context(), &wire.Send{ID: "mine", Chat: "c", Text: "two"})
			second <- err
		}()
		synctest.Wait()
		select {
		case err := <-second:
			if err == nil || !strings.Contains(err.Error(), `"mine" is on its way already`) {
				t.Errorf("a second command under the id: %v", err)
			}
		default:
			t.Error("a second command was taken under an id that is on its way")
		}
		if n := count(s, func() int { return len(s.received) }); n != 1 {
			t.Errorf("%d commands were sent, want the first one alone", n)
		}
		s.mu.Lock()
		s.deaf = false
		s.mu.Unlock()
		s.say(&wire.Ok{Re: "mine"})
		if err := <-first; err != nil {
			t.Errorf("the first command: %v", err)
		}
		if _, err := c.Do(t.Context(), &wire.Send{ID: "mine", Chat: "c", Text: "one"}); err != nil {
			t.Errorf("the id after its answer: %v", err)
		}
	})
}
