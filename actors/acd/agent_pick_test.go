package acd

import "testing"

func TestAnAgentPicksByHandWithoutBeingAvailableButNotFromRONA(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*desk)
		want bool
	}{
		{"not ready", func(d *desk) { d.do(ann, SetPresence{State: NotReady}) }, true},
		{"available", func(*desk) {}, true},
		{"owes a wrap-up that blocks him", func(d *desk) {
			blocking := mandatory
			blocking.Blocking = "agent"
			d.owe(blocking)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			c.set(d)
			out := d.do(nobody, Reserve{Offer: "px.1", Chat: "px", Channel: "livechat", Weight: 1, Kind: OfferRoute, Then: Pick{}})
			_, granted := out.Forward.Cmd.(SlotGranted)
			if granted != c.want {
				t.Errorf("the slot was answered with %+v", out.Forward.Cmd)
			}
		})
	}
}
