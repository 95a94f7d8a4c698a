package acd

import (
	"testing"
	"time"
)

// missed lets an offer ring out at ann, whose sessions are as set, and reports
// whether it counts against her.
func missed(t *testing.T, set func(*desk)) bool {
	t.Helper()
	d := newDesk(t)
	set(d)
	d.do(nobodyHere, Reserve{Offer: "c1.1", Chat: "c1", From: "support", Channel: "livechat", Weight: 1, Kind: OfferRoute})
	d.do(nobodyHere, OfferStart{Slot: SlotRow{Chat: "c1", Agent: "ann", State: SlotAlerting, Offer: "c1.1", Kind: OfferRoute, Channel: "livechat", Weight: 1,
		Since: d.now, Deadline: d.now.Add(20 * time.Second)}})
	d.now = d.now.Add(20 * time.Second)
	d.do(nobodyHere, OfferOver{Offer: "c1.1", Chat: "c1", Reason: OfferRONA, MinAlert: 3 * time.Second, At: d.now, Rang: 20 * time.Second})
	return d.a.state.Presence.State == InRONA
}

func TestADeskThatRingsNowhereMissesNoOffer(t *testing.T) {
	quiet := SessionOpened{Session: "s1", Alerting: false}
	for _, tt := range []struct {
		name string
		set  func(*desk)
		want bool
	}{
		{"a session that rings", func(*desk) {}, true},
		{"the same that cannot ring any more", func(d *desk) { d.do(ann, quiet) }, false},
		{"one of two that rings", func(d *desk) { d.do(ann, SessionOpened{Session: "s2", Alerting: false}) }, true},
		{"the one that rang has gone", func(d *desk) {
			d.do(ann, SessionOpened{Session: "s2", Alerting: false})
			d.do(ann, SessionClosed{Session: "s1"})
		}, false},
	} {
		if got := missed(t, tt.set); got != tt.want {
			t.Errorf("%s: missed %v, want %v", tt.name, got, tt.want)
		}
	}
}
