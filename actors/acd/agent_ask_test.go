package acd

import (
	"strings"
	"testing"
)

// stays has ann serve a chat under an offer, with nothing between her and it.
func (d *desk) stays(offer OfferID) {
	d.Helper()
	d.do(nobodyHere, Assigned{Slot: deskRow(offer, SlotConnected, d.now), Sure: true})
}

func TestTheEndOfAnEarlierStayComesAgainAndLeavesTheNextOneAlone(t *testing.T) {
	for _, c := range []struct {
		name     string
		forgets  bool // she starts again before it comes
		released Released
		want     string
		then     Released // the chat's answer, if she asks
	}{
		{"without a wrap-up", false, Released{Chat: "c1", Offer: "c1.1"}, "", Released{}},
		{"with one that is filed", false, Released{Chat: "c1", Offer: "c1.1", Spec: mandatory}, "", Released{}},
		{"without one, after a new start", true, Released{Chat: "c1", Offer: "c1.1"}, "→ chat/c1 asks of c1.1 | → chat/c1 asks of c1.2",
			Released{Chat: "c1", Offer: "c1.1", Sure: true}},
	} {
		d := newDesk(t)
		d.stays("c1.1")
		d.do(nobodyHere, Released{Chat: "c1", Offer: "c1.1"})
		d.stays("c1.2")
		if c.forgets {
			d.restart(deskRow("c1.2", SlotConnected, d.now))
		}
		d.expect(nobodyHere, c.released, c.want)
		if c.then.Chat != "" {
			d.expect(nobodyHere, c.then, "")
		}
		if v := d.view(); len(v.Slots) != 1 || v.Slots[0].Offer != "c1.2" || len(v.Debts) != 0 {
			t.Errorf("%s: slots %+v, owes %+v", c.name, v.Slots, v.Debts)
		}
		d.expect(nobodyHere, Released{Chat: "c1", Offer: "c1.2"}, "freed c1")
	}
}

func TestAnAssignmentOfTheWayBackTakesNoSlot(t *testing.T) {
	d := newDesk(t)
	d.stays("c1.1")
	d.do(nobodyHere, Released{Chat: "c1", Offer: "c1.1", Spec: mandatory})
	d.restart()
	d.expect(nobodyHere, Assigned{Slot: deskRow("c1.0", SlotConnected, d.now)}, "→ chat/c1 asks of c1.0")
	if v := d.view(); len(v.Slots) != 0 || len(v.Debts) != 1 {
		t.Errorf("slots %+v, owes %+v", v.Slots, v.Debts)
	}
}

func TestAWrapupIsOwedThoughTheStayBeforeItWasNotHeardOf(t *testing.T) {
	d := newDesk(t)
	d.stays("c1.1")
	d.do(nobodyHere, Released{Chat: "c1", Offer: "c1.1"})
	d.expect(nobodyHere, Assigned{Slot: deskRow("c1.2", SlotConnected, d.now)}, "→ chat/c1 asks of c1.2")
	d.expect(nobodyHere, Released{Chat: "c1", Offer: "c1.2", Spec: mandatory}, "owes c1 mandatory")
	d.expect(nobodyHere, Released{Chat: "c1", Offer: "c1.2", Spec: mandatory}, "")
}

func TestAChatIsAskedWhatHeHasOfIt(t *testing.T) {
	rings := func(p *play) { p.start().must(nobody, p.grant(alice)) }
	served := func(p *play) {
		rings(p)
		p.must(alice, Accept{Offer: p.chat.Offers[0].ID, Agent: "alice"})
	}
	left := func(p *play) {
		served(p)
		p.must(alice, EndChat{})
	}
	for _, c := range []struct {
		name  string
		give  func(*play)
		offer OfferID // of the slot that he asks about; the one that he was made, if empty
		state SlotState
		has   bool
		want  string
	}{
		{"he serves it", served, "", SlotConnected, true, "Assigned"},
		{"he serves it, and has it of another time", served, "c1.0", SlotConnected, true, "Released none, Assigned"},
		{"he serves it, and has heard of another time", served, "c1.0", SlotConnected, false, "Assigned"},
		{"it rings at him", rings, "", SlotAlerting, false, "OfferStart"},
		{"it does not ring any more", served, "c1.0", SlotAlerting, true, "OfferOver moved, Assigned"},
		{"he owes its wrap-up", left, "", SlotConnected, true, "Released mandatory, Released mandatory"},
		{"he has never had it", func(p *play) { p.start() }, "c1.0", SlotConnected, false, ""},
		{"it never was", func(*play) {}, "c1.0", SlotConnected, true, "Released none"},
	} {
		p := newPlay(t)
		c.give(p)
		if c.offer == "" && len(p.chat.Offers) > 0 {
			c.offer = p.chat.Offers[0].ID
		} else if c.offer == "" {
			c.offer = p.chat.Past[0].ID
		}
		var got []string
		for _, s := range p.do(nobody, AskSlot{Slot: SlotRow{Chat: "c1", Agent: "alice", Offer: c.offer, State: c.state}, Has: c.has}).Sends {
			switch m := s.Cmd.(type) {
			case Assigned:
				got = append(got, "Assigned")
			case OfferStart:
				got = append(got, "OfferStart")
			case Released:
				got = append(got, "Released "+string(m.Spec.Mode))
			case OfferOver:
				got = append(got, "OfferOver "+string(m.Reason))
			}
		}
		if told := strings.Join(got, ", "); told != c.want {
			t.Errorf("%s: is told %q, expected %q", c.name, told, c.want)
		}
	}
}
