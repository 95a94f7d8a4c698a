package acd

import "testing"

// What each side hears when a chat has more than one agent.

// bobAsked lets bob grant alice the slot that cmd wants, and returns the offer.
func bobAsked(p *play, cmd Command) OfferID {
	p.Helper()
	forward := p.must(alice, cmd).Forward
	if forward == nil {
		p.Fatalf("%T asks nobody", cmd)
	}
	r := forward.Cmd.(Reserve)
	p.must(alice, SlotGranted{Offer: r.Offer, Agent: "bob", Name: "Bob", Then: r.Then})
	return r.Offer
}

func TestACustomerHearsOfAnInvitedAgentAsOfOneMore(t *testing.T) { // B5, W16
	p := served(t)
	offer := bobAsked(p, Invite{Agent: "bob"})
	out := p.must(bob, Accept{Offer: offer, Agent: "bob"})
	if accepted := out.Events[0].(Accepted); accepted.Replaces {
		t.Error("he is said to replace alice, who still serves the chat")
	}
}

func TestACustomerHearsOfTheNextAgentAsOfAnother(t *testing.T) {
	p := served(t)
	offer := bobAsked(p, TransferChat{ToAgent: "bob", Mode: Warm})
	out := p.must(bob, Accept{Offer: offer, Agent: "bob"})
	if accepted := out.Events[0].(Accepted); !accepted.Replaces {
		t.Error("he is said to come beside alice, who is gone")
	}
	if hears(out, kim, "Left") {
		t.Error("a customer who has heard of the next agent hears that the last one is gone")
	}
}

func TestACustomerHearsThatASenderIsGoneWhoseChatWasBobsToo(t *testing.T) {
	p := shared(t)
	out := p.must(alice, TransferChat{ToAgent: "bob"})
	if p.chat.Owner != "bob" || !hears(out, kim, "Left") {
		t.Errorf("the owner is %q, and the customer was told %+v", p.chat.Owner, out.News)
	}
}

func TestWhoIsInAChatHearsWhoServesItNow(t *testing.T) { // B7
	p := shared(t)
	p.must(sue, Monitor{Mode: Monitoring})
	if out := p.must(alice, LeaveChat{}); !hears(out, bob, "OwnerSet") || !hears(out, sue, "OwnerSet") {
		t.Errorf("nobody said who serves the chat: %+v", out.News)
	}
	if out := p.must(sue, TakeOver{}); !hears(out, sue, "Joined") {
		t.Errorf("who took over was told %+v", out.News)
	}
}

func TestWhoComesAloneHearsOnlyOnceWhoseTheChatIs(t *testing.T) {
	out := ringing(t).must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	if hears(out, alice, "OwnerSet") {
		t.Errorf("told twice: %+v", out.News)
	}
}

func hears(out Outcome, who Principal, event string) bool {
	for _, n := range out.News {
		if words := eventWords(n.Event); n.To == who.Stream() && (words == event || len(words) > len(event) && words[:len(event)+1] == event+" ") {
			return true
		}
	}
	return false
}

func TestWhoPicksAndCannotIsToldWhyNot(t *testing.T) { // G19
	for why, want := range map[string]error{
		deniedWrapup: ErrWrapupPending, deniedCapacity: ErrCapacity, deniedChannel: ErrCapacity, deniedOffline: ErrUnavailable,
	} {
		p := newPlay(t, func(c *Config) { c.Agents["bob"].Queues = []QueueID{"support"} }).start()
		r := p.must(bob, Pick{}).Forward.Cmd.(Reserve)
		p.refused(bob, SlotDenied{Offer: r.Offer, Agent: "bob", Reason: why, Then: r.Then}, want)
	}
}
