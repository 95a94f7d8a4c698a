package acd

import "testing"

func TestASupervisorAssignsAChatByHand(t *testing.T) {
	p := ringing(t)
	p.expect(sue, AssignTo{Agent: "bob"}, `forward agent/bob Reserve transfer`)
	p.expect(sue, AssignTo{Agent: "bob", Force: true}, `forward agent/bob Reserve transfer force`)
	p.expect(sue, SlotGranted{Offer: "c1.2", Agent: "bob", Name: "Bob", Then: AssignTo{Agent: "bob"}}, `
		event OfferEnded c1.1 alice moved
		event LegDropped support moved
		event Joined bob talk owner
		news agent/alice offered OfferEnded
		news customer/kim customer Joined
		news agent/bob agent Joined
		send agent/alice OfferOver c1.1 moved
		send queue/support Withdraw moved
		send agent/bob Assigned
		ok c1`)
	p.expect(sue, AssignTo{Agent: "bob"}, "ok already_owner")
	p.refused(sue, AssignTo{Agent: "zoe"}, refusal("bad_target", "no agent named zoe"))
	p.refused(sue, SlotDenied{Agent: "carol", Reason: "capacity", Then: AssignTo{Agent: "carol"}}, ErrUnavailable)

	p = conference(t)
	p.expect(sue, AssignTo{Agent: "bob"}, `
		event Joined bob talk was talk owner
		event Left alice reassigned owner=bob mandatory
		event Labelled active
		news agent/bob agent Joined
		news agent/alice others Joined
		news customer/kim customer Left
		news agent/alice agent Left
		news agent/bob others Left
		news agent/bob agent Labelled
		send agent/bob Assigned
		send agent/alice Released mandatory reassigned
		ok c1`)
	p = served(t)
	g := p.yes(p.ask(sue, AssignTo{Agent: "bob"}))
	p.must(nobody, SourceRemoved{"web"})
	p.expect(sue, g, "send agent/bob SlotRelease c1.2\nrefused "+ErrSourceRemoved.Error())
}

func TestWhomTheChatRingsAlreadyIsGivenItWithoutBeingAskedAgain(t *testing.T) {
	p := ringing(t)
	p.must(sue, AssignTo{Agent: "alice", Force: true})
	p.shows(PhaseActive, "alice", LabelActive)
	p.refused(alice, Reject{Offer: "c1.1", Agent: "alice"}, offerGone(OfferAccepted))

	p = served(t)
	p.rings(alice, TransferChat{ToAgent: "bob"})
	p.must(sue, AssignTo{Agent: "bob"})
	p.shows(PhaseActive, "bob", LabelActive)

	for _, asks := range []Command{Invite{Agent: "bob"}, Consult{Agent: "bob"}} { // joins beside alice, then alone
		p = served(t)
		p.rings(alice, asks)
		p.must(sue, AssignTo{Agent: "bob"})
		p.shows(PhaseActive, "bob", LabelActive)
		if j := p.chat.joined("bob"); j == nil || j.Mode != Talk || p.chat.joined("alice") != nil {
			t.Errorf("after %T bob is %+v, alice %+v", asks, j, p.chat.joined("alice"))
		}
	}
}
