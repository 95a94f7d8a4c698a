package acd

import (
	"errors"
	"strings"
	"testing"
)

func TestWhyAnAgentRejectsStandsInTheRecordAndIsToldToWhoAskedHim(t *testing.T) {
	const why = "I know nothing of bills."
	reject := func(p *play, offer OfferID) []Event {
		return p.must(bob, Reject{Offer: offer, Agent: "bob", Reason: why}).Events
	}
	invited := func(t *testing.T) *play {
		p := served(t)
		p.rings(alice, Invite{Agent: "bob"})
		return p
	}
	for name, events := range map[string][]Event{
		"a transfer":       reject(warm(t), "c1.2"),
		"a blind transfer": reject(blind(t, ReturnToQueue), "c1.2"),
		"an invitation":    reject(invited(t), "c1.2"),
	} {
		t.Run(name, func(t *testing.T) {
			noted, told := "", ""
			for _, e := range events {
				switch e := e.(type) {
				case OfferEnded:
					noted = e.Note
				case TransferFailed:
					told = e.Note
				case InviteFailed:
					told = e.Note
				}
			}
			if noted != why || told != why {
				t.Errorf("noted %q, told %q, want %q in both", noted, told, why)
			}
		})
	}
}

func TestARejectThatSaysTooMuchIsRefused(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	var refused *Refusal
	out := d.do(ann, RejectOffer{Offer: offer, Reason: strings.Repeat("語", maxRejectNote+1)})
	if !errors.As(out.Err, &refused) || refused.Code != ErrTooLong.Code || refused.Max != maxRejectNote || refused.Got != maxRejectNote+1 {
		t.Errorf("it answers %v", out.Err)
	}
	if out = d.do(ann, RejectOffer{Offer: offer, Reason: strings.Repeat("語", maxRejectNote)}); out.Err != nil || out.Forward == nil {
		t.Errorf("one that says just enough is answered with %v", out.Err)
	}
}
