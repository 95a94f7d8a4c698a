package acd

import (
	"testing"
	"time"
)

// A grant may come to its chat once more, long after the chat had no use for it
// and gave the slot back.
func TestAGrantThatCameOnceMoreRingsWhereItsSlotWasGivenBack(t *testing.T) {
	d, p := newDesk(t), newPlay(t).start()
	ad := d.reserve()
	late := p.grant(ann)
	late.Offer = ad
	p.must(nobody, p.grant(bob))
	refused := p.do(nobody, late)
	toDesk := func(out Outcome) {
		for i := 0; i < 3; i++ { // until they have no more to say
			var next Outcome
			for _, s := range out.Sends {
				if s.To == AgentID("ann").Address() {
					for _, back := range d.do(nobodyHere, s.Cmd).Sends {
						if back.To == p.chat.ID.Address() {
							next.Sends = append(next.Sends, p.do(nobody, back.Cmd).Sends...)
						}
					}
				}
			}
			out = next
		}
	}
	if toDesk(refused); len(d.view().Slots) != 0 {
		t.Fatalf("the slot of a grant that was refused is kept: %+v", d.view().Slots)
	}
	p.must(bob, Reject{Offer: p.chat.Offers[0].ID, Agent: "bob"})
	toDesk(p.must(nobody, late))
	if v := d.view(); len(v.Slots) != 1 || v.Slots[0].State != SlotAlerting || v.Slots[0].Offer != ad {
		t.Fatalf("it rings for the chat, and she has %+v", v.Slots)
	}
	toDesk(p.must(ann, Accept{Offer: ad, Agent: "ann"}))
	if v := d.view(); len(v.Slots) != 1 || v.Slots[0].State != SlotConnected || v.Used != 1 {
		t.Fatalf("she serves it, and has %+v", v.Slots)
	}
	d.wait(time.Second)
}
