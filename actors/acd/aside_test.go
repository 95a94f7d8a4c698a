package acd

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestWhatIsSaidAsideIsHeardByBothAndKeptByWhoWasSpokenTo(t *testing.T) {
	d := newDesk(t)
	out := d.do(bea, Direct{Text: "are you free?"})
	want := DirectSaid{From: "bea", Name: "Bea", Text: "are you free?"}
	if len(out.Events) != 1 || out.Events[0] != want {
		t.Fatalf("events %+v, want %+v", out.Events, want)
	}
	var heard []Stream
	for _, n := range out.News {
		if n.View != ToOwnDesk || n.Ephemeral {
			t.Errorf("news %+v", n)
		}
		heard = append(heard, n.To)
	}
	if !reflect.DeepEqual(heard, []Stream{"agent/ann", "agent/bea"}) {
		t.Errorf("heard by %v", heard)
	}
}

func TestNobodySpeaksAsideToWhoCannotBeReached(t *testing.T) {
	away, unknown := coldDesk(t), coldDesk(t, func(c *Config) { delete(c.Agents, "ann") })
	away.do(nobodyHere, Restore{})
	unknown.do(nobodyHere, Restore{})
	here := newDesk(t)
	for _, c := range []struct {
		name string
		desk *desk
		by   Principal
		text string
		want error
	}{
		{"signed out", away, bea, "x", ErrUnavailable},
		{"nobody of that name", unknown, bea, "x", ErrNotFound},
		{"himself", here, ann, "x", ErrBadTarget},
		{"a customer", here, stranger, "x", ErrForbidden},
		{"too long", here, bea, strings.Repeat("é", maxAside+1), ErrTooLong},
	} {
		if out := c.desk.do(c.by, Direct{Text: c.text}); !errors.Is(out.Err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, out.Err, c.want)
		}
	}
}

func TestASupervisorSignsAnAgentOutWhateverHeHas(t *testing.T) {
	d := newDesk(t)
	d.do(nobodyHere, Assigned{Slot: SlotRow{Chat: "c1", Agent: "ann", State: SlotConnected, Weight: 1, Since: d.now}, Sure: true})
	if out := d.do(ann, SetPresence{State: Offline}); !errors.Is(out.Err, ErrLiveChats) {
		t.Fatalf("she signed out of a live chat herself: %v", out.Err)
	}
	out := d.do(chief, SetPresence{State: Offline, Reason: "end of shift"})
	if out.Err != nil || d.a.state.Presence.State != Offline || d.a.state.Presence.By != bySupervisor {
		t.Fatalf("%v, presence %+v", out.Err, d.a.state.Presence)
	}
	lost := 0
	for _, s := range out.Sends {
		if s.Cmd == (AgentLost{Chat: "c1", Agent: "ann"}) && s.Key != "" {
			lost++
		}
	}
	if lost != 1 {
		t.Errorf("her chat was told %d times that she is gone: %+v", lost, out.Sends)
	}
}

func TestACallForAssistanceStaysOpenUntilSomebodyComes(t *testing.T) {
	p := newPlay(t).start()
	p.refused(alice, Assist{}, ErrNotParticipant)
	p.must(nobody, p.grant(alice))
	p.must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	p.refused(kim, Assist{}, ErrNotParticipant)
	out := p.must(alice, Assist{Text: "he wants his money", To: []Overseer{{Agent: "sue"}, {Agent: "root"}, {Agent: "alice"}}})
	var called []Stream
	for _, n := range out.News {
		if n.View == ToOverseer {
			called = append(called, n.To)
		}
	}
	if !reflect.DeepEqual(called, []Stream{"agent/sue", "agent/root"}) {
		t.Errorf("called %v", called)
	}
	want := AssistAsked{Agent: "alice", Name: "Alice", Text: "he wants his money", Since: p.now, Queue: "support", QueueName: "Support", Customer: "Kim"}
	if got := p.chat.View("sue").Assist; got == nil || *got != want {
		t.Errorf("the view shows %+v, want %+v", got, want)
	}
	p.must(sue, Monitor{Mode: Monitoring})
	if got := p.chat.Assist; got != nil {
		t.Errorf("still called for: %+v", got)
	}
}

func TestAnAnnouncementReachesWhoWaitsAndWhoIsServed(t *testing.T) {
	p := newPlay(t).start()
	said := func(queue QueueID) uint64 {
		t.Helper()
		return p.must(sue, Announce{Queue: queue, Text: "we close at six"}).Result.(Result).MessageSeq
	}
	if n := said("support"); n != 1 {
		t.Errorf("in a chat that waits: message %d", n)
	}
	if n := said("sales"); n != 0 {
		t.Errorf("of another queue: message %d", n)
	}
	p.must(nobody, p.grant(alice))
	p.must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	if n := said("support"); n != 2 {
		t.Errorf("in a chat that is served: message %d", n)
	}
	if u := p.chat.View("alice").Unread; u != 0 {
		t.Errorf("the agent has %d to read", u)
	}
	p.refused(alice, Announce{Queue: "support", Text: "x"}, ErrForbidden)
	p.must(alice, EndChat{})
	if n := said("support"); n != 0 {
		t.Errorf("after the end: message %d", n)
	}
}

func TestATextForManyChatsIsHeldAgainstTheStrictestChannel(t *testing.T) {
	c := chatConfig()
	if err := c.Announceable(strings.Repeat("x", 1000)); err != nil {
		t.Error(err)
	}
	if err := c.Announceable(strings.Repeat("x", 1001)); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long for facebook: %v", err)
	}
	if err := c.Announceable("<b>"); !errors.Is(err, ErrReserved) {
		t.Errorf("reserved: %v", err)
	}
}

func TestWhatIsSaidAsideSurvivesTheJournal(t *testing.T) {
	for _, e := range []Event{DirectSaid{}, AlertRaised{}, AssistAsked{}} {
		full := reflect.New(reflect.TypeOf(e)).Elem()
		fill(full, new(int))
		want := full.Interface().(Event)
		if got := journalled(want); !reflect.DeepEqual(got, want) {
			t.Errorf("the journal made\n%+v of\n%+v", got, want)
		}
	}
}

func TestAServiceLevelForgetsAfterAnHourAndCountsNoShortAbandon(t *testing.T) {
	policy := &QueuePolicy{}
	policy.normalize()
	var l level
	at := func(d time.Duration) int64 { return morning.Add(d).UnixMilli() }
	l.left(at(0), Taken, 20*time.Second, policy)
	l.left(at(time.Minute), Taken, 21*time.Second, policy)
	l.left(at(time.Minute), Abandoned, 5*time.Second, policy)
	l.left(at(2*time.Minute), Abandoned, 6*time.Second, policy)
	l.left(at(2*time.Minute), MovedOn, time.Minute, policy)
	got := l.sum(at(59 * time.Minute))
	if want := (ServiceLevel{Answered: 2, Within: 1, Abandoned: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if share, known := got.Share(); !known || share != 1.0/3 {
		t.Errorf("share %v, %v", share, known)
	}
	if got := l.sum(at(61 * time.Minute)); got != (ServiceLevel{Abandoned: 1}) {
		t.Errorf("two minutes later: %+v", got)
	}
	if _, known := l.sum(at(3 * time.Hour)).Share(); known {
		t.Error("a level of nobody")
	}
}
