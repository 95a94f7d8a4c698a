package acd

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestC12ACustomerWhoWaitsMayWriteAlready(t *testing.T) {
	newPlay(t).start().expect(kim, SendText{Text: "hello?"}, `
		event MessageSent 1 customer all
		news customer/kim customer MessageSent
		ok message 1`)
	ringing(t).expect(kim, SendText{Text: "hello?"}, `
		event MessageSent 1 customer all
		news customer/kim customer MessageSent
		ok message 1`)
}

func TestC12OnlyWhoTakesPartMayWrite(t *testing.T) {
	p := ringing(t)
	p.refused(alice, SendText{Text: "hi"}, ErrNotParticipant) // an offer is no seat
	p.must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	p.refused(bob, SendText{Text: "hi"}, ErrNotParticipant)
	p.refused(sue, SendText{Text: "hi"}, ErrNotParticipant)
	p.refused(root, SendText{Text: "hi"}, ErrNotParticipant)
	p.refused(nobody, SendText{Text: "hi"}, ErrNotParticipant)
	p.refused(lee, SendText{Text: "hi"}, ErrNotFound)
}

func TestAPersonIsHisRoleAndNotHisNameAlone(t *testing.T) {
	p := served(t)
	p.must(kim, SendText{Text: "hi"})
	namesake := Principal{Role: RoleCustomer, ID: "alice"}
	vip := SetAttributes{map[string]string{"vip": "yes"}}
	for _, cmd := range []Command{SendText{Text: "x"}, MarkRead{1}, EndChat{}, LeaveChat{}, ViewChat{}, Typing{true}, vip} {
		p.refused(namesake, cmd, ErrNotFound)
	}
	p.refused(Principal{Role: RoleAgent, ID: "kim"}, SendText{Text: "x"}, ErrNotParticipant)
	p.refused(Principal{Role: RoleAdmin, ID: "alice"}, SendText{Text: "x"}, ErrNotParticipant)
}

func TestACustomerCalledLikeAnAgentSeesNothingOfHis(t *testing.T) {
	p := newPlay(t)
	namesake := Principal{Role: RoleCustomer, ID: "alice"}
	p.must(namesake, Start{Chat: "c1", Source: "web", Queue: "support", Admitted: true})
	p.must(nobody, p.grant(alice))
	p.must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	p.must(namesake, SendText{Text: "hi"})
	if v := p.must(namesake, ViewChat{}).Result.(ChatView); v.Unread != 0 || v.CustomerRead != 1 {
		t.Errorf("the customer sees unread %d, read %d", v.Unread, v.CustomerRead)
	}
}

func TestACustomerNeverHearsASideNote(t *testing.T) { // I13
	p := shared(t)
	p.expect(alice, SendText{Text: "he is difficult", To: ForAgents}, `
		event MessageSent 1 agent agents bob=1
		news agent/alice agent MessageSent
		news agent/bob agent MessageSent
		news agent/bob unread MessageSent
		ok message 1`)
	p.refused(kim, SendText{Text: "psst", To: ForAgents}, ErrForbidden)
}

func TestAMessageForAnAudienceThatDoesNotExistIsRefused(t *testing.T) {
	p := shared(t)
	p.refused(alice, SendText{Text: "psst", To: "agent"}, ErrBadTarget)
	p.refused(kim, SendText{Text: "psst", To: "everybody"}, ErrBadTarget)
	p.must(kim, SendText{Text: "hi", To: ForAll})
}

func TestM7ATextIsCountedInCodePoints(t *testing.T) {
	from := func(source SourceID) *play {
		p := newPlay(t)
		p.must(kim, Start{Chat: "c1", Source: source, Queue: "support", Admitted: true})
		p.must(nobody, p.grant(alice))
		p.must(alice, Accept{Offer: "c1.1", Agent: "alice"})
		return p
	}
	for _, c := range []struct {
		source SourceID
		most   int
	}{{"facebook", 1000}, {"web", 4000}} {
		for _, letter := range []string{"a", "ö", "漢", "👍"} {
			for _, by := range []Principal{kim, alice} {
				p := from(c.source)
				p.must(by, SendText{Text: strings.Repeat(letter, c.most)})
				out := p.do(by, SendText{Text: strings.Repeat(letter, c.most+1)})
				r, ok := out.Err.(*Refusal)
				if !ok || r.Code != "too_long" || r.Max != c.most || r.Got != c.most+1 {
					t.Errorf("%d times %q on %s by %s gave %+v", c.most+1, letter, c.source, by.ID, out.Err)
				}
			}
		}
	}
}

func TestW8ReservedCharactersAreRefusedInAgentsTextsAlone(t *testing.T) {
	p := served(t)
	for text, index := range map[string]int{"a < b": 2, "öö>": 2, "<": 0, "👍<>": 1} {
		for _, to := range []Audience{ForAll, ForAgents} {
			r, ok := p.do(alice, SendText{Text: text, To: to}).Err.(*Refusal)
			if !ok || r.Code != "reserved_character" || r.Chars != "<>" || r.Index != index {
				t.Errorf("%q gave %+v", text, r)
			}
		}
	}
	text := "is 1 < 2 > 0 ?"
	m := p.must(kim, SendText{Text: text}).Events[0].(MessageSent).Message
	if m.Text != text {
		t.Errorf("the customer's text became %q", m.Text)
	}
}

func TestATextIsKeptAsItCameWithItsAuthorAndTime(t *testing.T) { // M5
	p := served(t).at(42 * time.Second)
	m := p.must(alice, SendText{Text: "  hi\n"}).Events[0].(MessageSent).Message
	want := Message{Seq: 1, Author: Author{Kind: "agent", ID: "alice", Name: "Alice"}, To: ForAll, SentAt: p.now, Text: "  hi\n"}
	if m != want {
		t.Errorf("the message is %+v, want %+v", m, want)
	}
}

func TestG11ToG13TheUnreadCountRisesAndFallsOnAllDesks(t *testing.T) {
	p := served(t)
	for i := 1; i <= 3; i++ {
		p.must(kim, SendText{Text: "hello?"})
		if got := p.chat.participant("alice").Unread; got != i {
			t.Fatalf("after %d messages %d are unread", i, got)
		}
	}
	p.expect(alice, MarkRead{2}, `
		event ReadMarked alice 2
		news agent/alice agent ReadMarked
		news customer/kim customer ReadMarked
		news agent/alice unread ReadMarked
		ok unread 1`)
	p.expect(alice, MarkRead{1}, "ok unread 1")
	p.must(alice, SendText{Text: "here I am"})
	if got := p.chat.participant("alice"); got.Unread != 0 || got.Read != 4 {
		t.Errorf("who has answered still has %d unread from %d", got.Unread, got.Read)
	}
	p.expect(alice, MarkRead{99}, "ok")
}

func TestACustomersMarkerIsAReceiptForTheAgents(t *testing.T) {
	p := served(t)
	p.must(alice, SendText{Text: "hello"})
	p.expect(kim, MarkRead{7}, `
		event ReadMarked customer 1
		news agent/alice agent ReadMarked
		ok`)
	p.expect(kim, MarkRead{1}, "ok")
	p.refused(lee, MarkRead{1}, ErrNotFound)
	p.refused(bob, MarkRead{1}, ErrNotParticipant)
	p.must(kim, EndChat{})
	p.expect(alice, MarkRead{1}, "ok already_ended")
	p.expect(kim, MarkRead{1}, "ok")
}

func TestUnreadMessagesAreToldApartUpToALimit(t *testing.T) {
	p := served(t)
	turn := Turn{Now: p.now, By: kim, Config: p.config}
	for range maxPending + 5 {
		p.chat.Step(turn, SendText{Text: "!"})
	}
	a := p.chat.participant("alice")
	if a.Unread != maxPending || len(a.Pending) != maxPending || a.Pending[0] != 6 || a.Pending[maxPending-1] != maxPending+5 {
		t.Errorf("%d are unread, from %d", a.Unread, a.Pending[0])
	}
	out := p.chat.Step(Turn{Now: p.now, By: alice, Config: p.config}, MarkRead{maxPending})
	if r := out.Result.(Result); r.Unread != 5 {
		t.Errorf("after reading %d are unread", r.Unread)
	}
}

func TestTypingIsShownToTheOthersAndForgotten(t *testing.T) {
	p := shared(t)
	p.expect(kim, Typing{true}, `
		news agent/alice agent TypingShown
		news agent/bob agent TypingShown`)
	out := p.must(alice, Typing{true})
	if got := told(out); got != "news customer/kim customer TypingShown\nnews agent/bob agent TypingShown\n" {
		t.Errorf("alice typing gave\n%s", got)
	}
	for _, n := range out.News {
		if !n.Ephemeral {
			t.Errorf("%+v is kept", n)
		}
	}
	newPlay(t).start().expect(kim, Typing{true}, "")
	p.refused(sue, Typing{true}, ErrNotParticipant)
}

func TestAttributesAreAddedAndRemovedByWhoServesOrOversees(t *testing.T) {
	p := served(t)
	p.expect(alice, SetAttributes{map[string]string{"plan": "gold", "vip": "yes"}}, `
		event AttributesSet
		news agent/alice agent AttributesSet
		ok`)
	p.must(sue, SetAttributes{map[string]string{"vip": ""}})
	if got := fmt.Sprint(p.chat.Customer.Attributes); got != "map[plan:gold]" {
		t.Errorf("the attributes are %s", got)
	}
	p.refused(bob, SetAttributes{map[string]string{"vip": "yes"}}, ErrNotParticipant)
	p.refused(kim, SetAttributes{map[string]string{"vip": "yes"}}, ErrForbidden)
	out := p.do(alice, SetAttributes{map[string]string{"k": strings.Repeat("x", maxAttributes)}})
	if r, ok := out.Err.(*Refusal); !ok || r.Code != "too_long" || r.Max != maxAttributes {
		t.Errorf("too many attributes gave %v", out.Err)
	}
	p.must(kim, EndChat{})
	p.refused(alice, SetAttributes{map[string]string{"vip": "yes"}}, ErrEnded)
	p.refused(sue, SetAttributes{map[string]string{"vip": "yes"}}, ErrEnded)
}

func TestAChatIsShownToItsPeopleAndToWhoOversees(t *testing.T) {
	p := served(t)
	p.must(kim, SendText{Text: "hello"})
	for _, c := range []struct {
		by   Principal
		want string
	}{
		{kim, ""}, {alice, ""}, {sue, ""}, {root, ""},
		{bob, ErrNotParticipant.Error()}, {lee, ErrNotFound.Error()},
	} {
		out := p.do(c.by, ViewChat{})
		if got := errText(out.Err); got != c.want {
			t.Errorf("%s is answered %q, want %q", c.by.ID, got, c.want)
		}
		v, _ := out.Result.(ChatView)
		if c.by == alice && v.Unread != 1 || c.by != alice && v.Unread != 0 {
			t.Errorf("%s sees %d unread", c.by.ID, v.Unread)
		}
	}
}

func TestAfterARestartEverybodyIsToldThePresentTruth(t *testing.T) {
	p := newPlay(t).start()
	pending := func(want string) {
		t.Helper()
		if got := told(Outcome{Sends: p.chat.Pending()}); got != unindent(want) {
			t.Errorf("pending is\n%swant\n%s", got, unindent(want))
		}
	}
	pending(`send queue/support Enqueue`)
	p.must(nobody, p.grant(alice))
	pending(`
		send queue/support Enqueue
		send agent/alice OfferStart c1.1`)
	p.must(alice, Reject{Offer: "c1.1", Agent: "alice"})
	pending(`
		send queue/support Enqueue without=alice
		send agent/alice OfferOver c1.1 rejected`)
	p.must(nobody, p.grant(bob))
	p.must(bob, Accept{Offer: "c1.2", Agent: "bob"})
	pending(`
		send agent/bob Assigned
		send agent/alice OfferOver c1.1 rejected`)
	p.must(bob, EndChat{})
	pending(`send agent/bob Released mandatory`)
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "bob"})
	pending("")
}
