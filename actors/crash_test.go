package actors_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// TestAStoryEndsTheSameWhicheverRecordTheDiskStopsAt plays one story again and
// again, with a disk that stops at the first, second, third … write. Each time
// the node starts again on what was durable, people come back, resume, send
// again what was not answered, and go on. Every story has to end alike.
func TestAStoryEndsTheSameWhicheverRecordTheDiskStopsAt(t *testing.T) { atEveryWrite(t, (*story).play) }

// atEveryWrite plays a story once for each write that it makes, and once whole.
func atEveryWrite(t *testing.T, play func(*story)) {
	t.Helper()
	var undisturbed string
	inWorld(t, func(w *world) {
		s := &story{world: w, alice: w.agent("alice"), bob: w.agent("bob"), ann: w.customer("ann")}
		play(s)
		undisturbed = s.outcome("c1")
	})
	each := 1
	if testing.Short() {
		each = 4
	}
	for stop := 0; ; stop += each {
		var struck bool
		t.Run(fmt.Sprintf("stops at write %d", stop), func(t *testing.T) {
			inWorld(t, func(w *world) {
				s := &story{world: w, alice: w.agent("alice"), bob: w.agent("bob"), ann: w.customer("ann")}
				w.journal.FailAfter(stop, errDisk)
				play(s)
				if got := s.outcome("c1"); got != undisturbed {
					t.Errorf("it came to\n%s\nundisturbed to\n%s", got, undisturbed)
				}
				struck = s.crashes > 0
			})
		})
		if t.Failed() || !struck {
			t.Logf("the story has fewer than %d writes", stop)
			return
		}
	}
}

// outcome is the state that a story comes to, without what may differ after a
// crash: times, ids made by chance, how often the chat was offered, and the
// presence of who missed an offer while the node was down.
func (s *story) outcome(chat acd.ChatID) string {
	c := fold(s.t, s.journal, chat)
	var b strings.Builder
	s.ann.session.History("outcome", chat, 0, 100)
	if s.ann.read(); s.ann.answers["outcome"] == nil || s.ann.answers["outcome"].History == nil {
		s.t.Fatalf("the transcript: %+v", s.ann.answers["outcome"])
	}
	for _, m := range s.ann.answers["outcome"].History.Messages {
		fmt.Fprintf(&b, "%d %s %q: %q\n", m.Seq, m.Author.Kind, m.Author.Name, m.Text)
	}
	fmt.Fprintf(&b, "%s %s owner=%q messages=%d offers=%d owing=%d\n", c.Phase, c.EndReason, c.Owner, c.Messages, len(c.Offers), len(c.Owing))
	filed := slices.Clone(c.Filed)
	slices.SortFunc(filed, func(a, b acd.WrapupRecorded) int { return strings.Compare(string(a.Agent), string(b.Agent)) })
	for _, f := range filed {
		fmt.Fprintf(&b, "%s filed %s %q by %s\n", f.Agent, f.Code, f.Notes, f.By)
	}
	for _, p := range []*person{s.alice, s.bob} {
		v := p.view()
		fmt.Fprintf(&b, "%s slots=%d debts=%d used=%d focus=%q strikes=%d\n", p.by.ID, len(v.Slots), len(v.Debts), v.Used, v.Focus, p.strikes())
	}
	return b.String()
}

// story is a chat that is missed by one agent and served by another.
type story struct {
	*world
	alice, bob, ann *person
	crashes         int
	ids             int
}

func (s *story) people() []**person { return []**person{&s.alice, &s.bob, &s.ann} }

// recover starts the node again if its disk has stopped.
func (s *story) recover() {
	select {
	case <-s.journal.Failed():
	default:
		return
	}
	s.crashes++
	s.crash()
	for _, p := range s.people() {
		got := (*p).got
		*p = (*p).again()
		(*p).got = got
	}
}

// sure sends a command until it is answered, under one id.
func (s *story) sure(p **person, to acd.Address, cmd acd.Command) *actors.Answer {
	s.t.Helper()
	s.ids++
	id := fmt.Sprintf("story-%d", s.ids)
	for range 3 {
		(*p).session.Do(id, digestOf(cmd), to, cmd)
		(*p).read()
		if a := (*p).answers[id]; a != nil {
			return a
		}
		s.recover()
	}
	s.t.Fatalf("%T was never answered", cmd)
	return nil
}

func (s *story) must(p **person, to acd.Address, cmd acd.Command) acd.Result {
	s.t.Helper()
	a := s.sure(p, to, cmd)
	if a.Refusal != nil {
		s.t.Fatalf("%T was refused: %v", cmd, a.Refusal)
	}
	return a.Result
}

// until lets time pass, through a crash if there is one, until it is so.
func (s *story) until(what string, so func() bool) {
	s.t.Helper()
	for range 240 {
		for _, p := range s.people() {
			(*p).read()
		}
		if so() {
			return
		}
		s.pass(time.Second)
		s.recover()
	}
	s.t.Fatalf("it never came to this: %s", what)
}

// rings returns the offer that is open at p, from what he was told.
func rings(p *person) (acd.Offer, bool) {
	for _, o := range p.welcomeOffers() {
		p.open[o.Offer.ID] = o.Offer
	}
	for _, d := range p.got {
		if d.News == nil {
			continue
		}
		switch e := d.News.Event.(type) {
		case acd.Offered:
			p.open[e.Offer.ID] = e.Offer
		case acd.OfferEnded:
			delete(p.open, e.Offer)
			p.over[e.Offer] = true
		case acd.Accepted:
			delete(p.open, e.Offer)
			p.over[e.Offer] = true
		}
	}
	for id, o := range p.open {
		if !p.over[id] {
			return o, true
		}
	}
	return acd.Offer{}, false
}

func (s *story) play() {
	t := s.t
	s.must(&s.alice, s.alice.desk(), acd.SetPresence{State: acd.Available})
	chat := s.must(&s.ann, acd.QueueID("support").Address(), acd.Start{Chat: "c1", Source: "web", Queue: "support"}).Chat
	s.must(&s.ann, chat.Address(), acd.SendText{Text: "is anybody there"})
	s.until("alice is offered the chat", func() bool { _, ok := rings(s.alice); return ok })
	s.until("alice has missed it", func() bool { return s.alice.presence() == acd.InRONA })
	s.must(&s.bob, s.bob.desk(), acd.SetPresence{State: acd.Available})
	var taken acd.ChatID
	s.until("bob has taken it", func() bool {
		o, ok := rings(s.bob)
		if !ok {
			if s.bob.presence() == acd.InRONA { // he missed one while the node was down
				s.must(&s.bob, s.bob.desk(), acd.SetPresence{State: acd.Available})
			}
			return false
		}
		a := s.sure(&s.bob, s.bob.desk(), acd.AcceptOffer{Offer: o.ID})
		taken = a.Result.Chat
		return a.Refusal == nil
	})
	if taken != chat {
		t.Fatalf("bob took %q", taken)
	}
	s.must(&s.bob, chat.Address(), acd.SendText{Text: "yes"})
	s.must(&s.ann, chat.Address(), acd.SendText{Text: "good"})
	s.must(&s.bob, chat.Address(), acd.EndChat{})
	s.until("bob owes a wrap-up", func() bool { return s.bob.owes(chat) })
	s.must(&s.bob, s.bob.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
	s.pass(3 * time.Second)
	s.recover()
	s.ends(chat)
}

// ends holds the end of the story against what it has to be.
func (s *story) ends(chat acd.ChatID) {
	t := s.t
	s.bob.session.History("h", chat, 0, 100)
	synctest.Wait()
	s.bob.read()
	a := s.bob.answers["h"]
	if a == nil || a.History == nil {
		t.Fatalf("history: %+v", a)
	}
	var texts []string
	for i, m := range a.History.Messages {
		texts = append(texts, m.Text)
		if m.Seq != uint64(i+1) {
			t.Errorf("message %d has number %d", i+1, m.Seq)
		}
	}
	if got, want := fmt.Sprint(texts), "[is anybody there yes good]"; got != want {
		t.Errorf("transcript %s, expected %s", got, want)
	}
	c := fold(t, s.journal, chat)
	if c.Phase != acd.PhaseClosed || len(c.Filed) != 1 || c.Filed[0].Code != "resolved" {
		t.Errorf("the chat is %q with wrap-ups %+v", c.Phase, c.Filed)
	}
	if n := s.alice.strikes(); n != 1 {
		t.Errorf("alice was struck %d times for one missed offer", n)
	}
}
