package acd

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// asksOfStay are the stays that an outcome asks chats about.
func asksOfStay(out Outcome) string {
	var ids []string
	for _, s := range out.Sends {
		if m, ok := s.Cmd.(AskStay); ok {
			ids = append(ids, string(m.ID))
		}
	}
	return strings.Join(ids, " ")
}

func TestAQueueAsksTheChatOfAStayThatItCannotBeSureOf(t *testing.T) {
	h := newHall(t, nil)
	h.config.Sources = map[SourceID]*Source{"web": {ID: "web", Channel: "livechat"}}
	begins := Start{Chat: "c1", Source: "web"}
	h.step(begins)
	e := h.entry("c1")
	for _, c := range []struct {
		name  string
		do    func() Outcome
		asked string
	}{
		{"a place is held for it", func() Outcome { return h.step(e) }, ""},
		{"it is known", func() Outcome { return h.step(e) }, ""},
		{"it rings where the queue has nobody", func() Outcome { e.Offer = "c1.9"; return h.step(e) }, "stay-c1"},
		{"it rings there as the queue knows", func() Outcome { return h.step(e) }, ""},
		{"it rings elsewhere, too", func() Outcome { e.More = []OfferID{"c1.8"}; return h.step(e) }, "stay-c1"},
		{"it is over", func() Outcome { return h.stepAll(Withdraw{Chat: "c1", ID: "stay-c1"}, h.entry("c1")) }, "stay-c1"},
		{"a start that came twice has held a place", func() Outcome {
			return h.stepAll(begins, Withdraw{Chat: "c1", ID: "stay-c1"}, h.entry("c1"))
		}, "stay-c1"},
		{"a place is held for another stay", func() Outcome {
			h.step(Withdraw{Chat: "c1", ID: "stay-c1"})
			late := h.entry("c1")
			h.pass(h.config.Desk.ReserveWait + time.Millisecond)
			return h.stepAll(begins, late)
		}, "stay-c1"},
	} {
		if got := asksOfStay(c.do()); got != c.asked {
			t.Errorf("%s: asks of %q, expected %q", c.name, got, c.asked)
		}
	}
}

func TestALateWordOfAStayThatIsOverKeepsNoPlace(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(*play) // after the first stay
		want string      // the stay that the queue has in the end
	}{
		{"the chat is served", func(p *play) {
			p.must(nobody, p.grant(alice))
			p.must(alice, Accept{Offer: p.chat.Offers[0].ID, Agent: "alice"})
		}, ""},
		{"the chat is over", func(p *play) { p.must(sue, ForceEnd{Reason: "enough"}) }, ""},
		{"the chat waits here again", func(p *play) { p.must(sue, Requeue{Queue: "support"}) }, "the present one"},
		{"the chat waits elsewhere", func(p *play) { p.must(sue, Requeue{Queue: "sales"}) }, ""},
	} {
		p, h := newPlay(t).start(), newHall(t, nil)
		late := *p.chat.Waiting()
		h.step(late)
		c.then(p)
		if now := p.chat.Waiting(); now != nil && now.Leg.Queue == "support" {
			h.step(*now)
		} else {
			h.step(Withdraw{Chat: late.Chat, ID: late.Leg.ID})
		}
		ask, _ := the[AskStay](t, h.step(late))
		for _, s := range p.do(nobody, ask).Sends {
			h.step(s.Cmd)
		}
		got := ""
		if w := h.q.line.chats.get(late.Chat); w != nil && p.chat.Leg != nil && w.stays(p.chat.Leg.ID) {
			got = "the present one"
		} else if w != nil {
			got = string(w.stay())
		}
		if got != c.want {
			t.Errorf("%s: the queue has %q, expected %q", c.name, got, c.want)
		}
	}
}

func TestAChatSaysWhatIsSoOnlyToAQueueThatHasItWrong(t *testing.T) {
	p := newPlay(t).start()
	stay := p.chat.Leg.ID
	p.must(nobody, p.grant(alice))
	rings := p.chat.Offers[0].ID
	for _, c := range []struct {
		name string
		ask  AskStay
		want string
	}{
		{"it is so", AskStay{Queue: "support", ID: stay, Offers: []OfferID{rings}}, ""},
		{"another one rings", AskStay{Queue: "support", ID: stay, Offers: []OfferID{"c1.0"}}, fmt.Sprintf("Enqueue %s %s", stay, rings)},
		{"another stay", AskStay{Queue: "support", ID: "old"}, fmt.Sprintf("OfferVoid old, Enqueue %s %s", stay, rings)},
		{"of another queue", AskStay{Queue: "billing", ID: "old"}, "OfferVoid old"},
	} {
		var got []string
		for _, s := range p.do(nobody, c.ask).Sends {
			if s.To != c.ask.Queue.Address() {
				t.Errorf("%s: tells %s", c.name, s.To)
			}
			switch m := s.Cmd.(type) {
			case OfferVoid:
				got = append(got, "OfferVoid "+string(m.ID))
			case Enqueue:
				got = append(got, fmt.Sprintf("Enqueue %s %s", m.Leg.ID, m.Offer))
			}
		}
		if told := strings.Join(got, ", "); told != c.want {
			t.Errorf("%s: tells %q, expected %q", c.name, told, c.want)
		}
	}
	if out := NewChat("none").Step(Turn{Now: deskDay, Config: &Config{}}, AskStay{Queue: "support", ID: "old"}); len(out.Events) > 0 || len(out.Sends) != 1 {
		t.Errorf("a chat that never was answers %+v", out)
	}
}
