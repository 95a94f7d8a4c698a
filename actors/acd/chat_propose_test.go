package acd

import "testing"

func TestAnEndIsProposedAndTheCustomerConfirms(t *testing.T) {
	p := served(t)
	p.expect(alice, ProposeEnd{}, `
		event EndProposed
		news customer/kim customer EndProposed
		news agent/alice agent EndProposed
		ok`)
	p.expect(alice, ProposeEnd{}, `ok already_proposed`)
	p.expect(kim, ConfirmEnd{}, `
		event ChatEnded by customer customer debt=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/alice Released mandatory customer
		ok`)
	p.expect(kim, ConfirmEnd{}, `ok already_ended`)
	p.expect(alice, ProposeEnd{}, `ok already_ended`)
	p.refused(kim, DeclineEnd{}, ErrEnded)
}

func TestACustomerWhoDeclinesIsAskedAgainAndNeverGuardsTheEnd(t *testing.T) {
	p := served(t)
	p.refused(kim, ConfirmEnd{}, badState("nobody has asked for the end"))
	p.must(alice, ProposeEnd{})
	p.expect(kim, DeclineEnd{}, `
		event EndDeclined
		news agent/alice agent EndDeclined
		ok`)
	p.refused(kim, DeclineEnd{}, badState("nobody has asked for the end"))
	p.must(alice, ProposeEnd{})
	p.must(alice, EndChat{})
	if p.chat.EndReason != EndedByAgent {
		t.Errorf("ended as %q", p.chat.EndReason)
	}
}

func TestOnlyWhoTalksProposesTheEndAndOnlyTheCustomerAnswers(t *testing.T) {
	p := served(t)
	p.refused(bob, ProposeEnd{}, ErrNotParticipant)
	p.refused(kim, ProposeEnd{}, ErrNotParticipant)
	p.must(sue, Monitor{Mode: Whisper})
	p.refused(sue, ProposeEnd{}, refusal("forbidden", "the customer does not hear you"))
	p.must(alice, ProposeEnd{})
	p.refused(alice, ConfirmEnd{}, ErrForbidden)
	p.refused(lee, ConfirmEnd{}, ErrNotFound)
}

func TestAProposalGoesWithItsAgent(t *testing.T) {
	p := shared(t)
	p.must(bob, ProposeEnd{})
	p.must(bob, LeaveChat{})
	p.refused(kim, ConfirmEnd{}, badState("nobody has asked for the end"))
}
