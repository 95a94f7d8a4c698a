package acd

import (
	"testing"
	"time"
)

var wantStart = Start{Chat: "c1", Source: "web", Queue: "support", Name: "Kim K.", Attributes: map[string]string{"plan": "gold"},
	Subject: "billing", Priority: 2, Skills: []string{"french"}, Auth: "signed", Admitted: true}

func TestC1AndC2AStartedChatWaitsInItsQueue(t *testing.T) {
	p := newPlay(t)
	p.expect(kim, wantStart, `
		event ChatStarted
		event Queued support
		news customer/kim customer Queued
		send queue/support Enqueue
		ok c1`)
	c := p.chat
	if c.Phase != PhaseQueued || c.Customer.Name != "Kim K." || c.Channel != "livechat" || c.SourceName != "Web site" || c.Weight != 1 {
		t.Errorf("the chat is %+v", c.ChatState)
	}
	if want := morning.Add(-2 * time.Minute); !c.Leg.Key.Equal(want) || !c.Leg.EnteredAt.Equal(morning) {
		t.Errorf("two steps of priority give the key %v, entered %v; want %v, %v", c.Leg.Key, c.Leg.EnteredAt, want, morning)
	}
	if want := morning.Add(maxWait); !c.Deadline().Equal(want) {
		t.Errorf("it waits until %v, want %v", c.Deadline(), want)
	}
}

func TestC1AStartSentAgainIsTheSameChat(t *testing.T) {
	p := newPlay(t).start()
	p.expect(kim, wantStart, `ok c1`)
	p.must(kim, EndChat{})
	p.expect(kim, wantStart, `ok c1`)
	p.refused(lee, wantStart, ErrForbidden)
}

func TestC1WhatAStartMustBring(t *testing.T) {
	for name, c := range map[string]struct {
		by     Principal
		change func(*Start)
		want   string
	}{
		"an agent starts no chat":        {alice, func(*Start) {}, "forbidden: this role may not do that"},
		"the engine starts no chat":      {nobody, func(*Start) {}, "forbidden: this role may not do that"},
		"no queue has admitted it":       {kim, func(s *Start) { s.Admitted = false }, "forbidden: this role may not do that"},
		"the source does not exist":      {kim, func(s *Start) { s.Source = "fax" }, "not_found: no source named fax"},
		"the queue does not exist":       {kim, func(s *Start) { s.Queue = "beer" }, "not_found: no queue named beer"},
		"more attributes than are kept":  {kim, func(s *Start) { s.Attributes = map[string]string{"k": string(make([]byte, maxAttributes))} }, "too_long: the attributes are too long"},
		"as many attributes as are kept": {kim, func(s *Start) { s.Attributes = map[string]string{"k": string(make([]byte, maxAttributes-1))} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, m := newPlay(t), wantStart
			c.change(&m)
			out := p.do(c.by, m)
			if got := errText(out.Err); got != c.want {
				t.Errorf("refused with %q, want %q", got, c.want)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAChatThatHasNotStartedIsNotFound(t *testing.T) {
	for _, cmd := range []Command{SendText{Text: "hi"}, MarkRead{1}, Typing{true}, EndChat{}, LeaveChat{}, ForceEnd{}, SetAttributes{}, ViewChat{}} {
		newPlay(t).refused(sue, cmd, ErrNotFound)
	}
	for _, cmd := range []Command{Tick{}, CustomerSeen{true}, CustomerSeen{false}, AgentLost{"c1", "alice"},
		WrapupFiled{Chat: "c1", Agent: "alice"}, EnqueueRefused{ID: "1"}, OfferAborted{Offer: "c1.1", Agent: "alice"}} {
		newPlay(t).expect(nobody, cmd, "")
	}
	newPlay(t).refused(alice, Accept{Offer: "c1.1", Agent: "alice"}, ErrNotFound)
}

func TestC3AChatThatItsQueueDoesNotHaveEnds(t *testing.T) {
	p := newPlay(t).start()
	p.expect(nobody, EnqueueRefused{ID: "stale", Reason: "deleted"}, "")
	p.expect(nobody, EnqueueRefused{ID: p.chat.Leg.ID, Reason: "deleted"}, `
		event ChatEnded by system queue_refused
		event ChatClosed
		news customer/kim customer ChatEnded
		send queue/support Withdraw ended`)
}

func TestC4AGrantRingsAtItsAgentWithAllThatThePopoverShows(t *testing.T) {
	p := newPlay(t)
	p.must(kim, wantStart)
	p.must(kim, SendText{Text: "my bill is wrong"})
	p.at(7*time.Second).expect(nobody, p.grant(alice), `
		event Offered c1.1 alice
		news agent/alice offered Offered
		send agent/alice OfferStart c1.1`)
	o := p.chat.Offers[0]
	if want := morning.Add(27 * time.Second); !o.Deadline.Equal(want) || o.Attempt != 1 || !p.chat.Deadline().Equal(want) {
		t.Errorf("the offer is %+v, the chat's deadline %v; want %v", o, p.chat.Deadline(), want)
	}
	open := p.must(alice, ViewOffers{}).Result.([]Offered)
	if len(open) != 1 {
		t.Fatalf("alice sees the offers %+v", open)
	}
	pop := open[0].Popover // W2, W3, M1, B20
	if pop.Customer != "Kim K." || pop.QueueName != "Support" || pop.SourceName != "Web site" || pop.Attributes["plan"] != "gold" ||
		!pop.ReceivedAt.Equal(morning) || pop.Thread != 1 || open[0].Offer.Name != "Alice" {
		t.Errorf("the popover shows %+v", pop)
	}
}

func TestOffersAreShownToTheirAgentAlone(t *testing.T) {
	p := ringing(t)
	for _, by := range []Principal{bob, sue, kim, {Role: RoleCustomer, ID: "alice"}} {
		if open := p.must(by, ViewOffers{}).Result.([]Offered); len(open) != 0 {
			t.Errorf("%s %s sees %+v", by.Role, by.ID, open)
		}
	}
}

func TestC5AStaleGrantGivesItsSlotBack(t *testing.T) {
	void := `
		send agent/bob SlotRelease c1.9
		send queue/support OfferVoid c1.9`
	again := void + `
		send queue/support Enqueue`
	stale := OfferGrant{Offer: "c1.9", Agent: "bob", ID: "stale", Decision: &Decision{Queue: "support"}}
	t.Run("of an earlier stay", func(t *testing.T) { newPlay(t).start().expect(nobody, stale, again) })
	t.Run("while it rings elsewhere", func(t *testing.T) {
		p := ringing(t)
		g := p.grant(bob)
		g.Offer = "c1.9"
		p.expect(nobody, g, void)
	})
	t.Run("of a chat that is served", func(t *testing.T) { served(t).expect(nobody, stale, void) })
	t.Run("of a chat that has ended", func(t *testing.T) {
		p := served(t)
		p.must(kim, EndChat{})
		p.expect(nobody, stale, void)
	})
	t.Run("of a chat that never was", func(t *testing.T) { newPlay(t).expect(nobody, stale, void) })
	t.Run("to an agent whom the chat avoids", func(t *testing.T) {
		p := ringing(t)
		p.must(alice, Reject{Offer: "c1.1", Agent: "alice"})
		g := p.grant(alice)
		p.at(rejectHold-1).expect(nobody, g, `
			send agent/alice SlotRelease c1.2
			send queue/support OfferVoid c1.2
			send queue/support Enqueue without=alice`)
		p.at(rejectHold).must(nobody, g)
		if len(p.chat.Offers) != 1 {
			t.Error("at its end the exclusion still holds")
		}
	})
	t.Run("to an agent who is in the chat", func(t *testing.T) {
		p := legged(t)
		p.expect(nobody, p.grant(alice), `
			send agent/alice SlotRelease c1.2
			send queue/support OfferVoid c1.2
			send queue/support Enqueue`)
	})
}

func TestC6AnAcceptOfAnOpenOfferMakesItsAgentTheOwner(t *testing.T) {
	p := ringing(t)
	p.at(3*time.Second).expect(alice, Accept{Offer: "c1.1", Agent: "alice"}, `
		event Accepted c1.1 alice
		news customer/kim customer Accepted
		news agent/alice offered Accepted
		news agent/alice agent Accepted
		send agent/alice Assigned
		send queue/support Withdraw taken
		ok c1`)
	if c := p.chat; c.Owner != "alice" || c.Phase != PhaseActive || c.Leg != nil || !c.Deadline().IsZero() {
		t.Errorf("the chat is %+v, its deadline %v", c.ChatState, c.Deadline())
	}
}

func TestC6TheAcceptedEventCarriesTheChatAsItsAgentFindsIt(t *testing.T) {
	p := newPlay(t)
	p.must(kim, wantStart)
	p.must(kim, SendText{Text: "hello?"})
	p.must(nobody, p.grant(alice))
	v := p.must(alice, Accept{Offer: "c1.1", Agent: "alice"}).Events[0].(Accepted).View
	if v.Owner != "alice" || v.Phase != PhaseActive || v.Messages != 1 || v.Read != 1 || v.Unread != 0 || v.Customer != "Kim K." || len(v.Participants) != 1 {
		t.Errorf("alice finds %+v", v)
	}
}

func TestC6AnOfferIsItsAgentsAlone(t *testing.T) {
	p := ringing(t)
	p.refused(bob, Accept{Offer: "c1.1", Agent: "bob"}, ErrNotFound)
	p.refused(bob, Reject{Offer: "c1.1", Agent: "bob"}, ErrNotFound)
	p.refused(alice, Accept{Offer: "c1.7", Agent: "alice"}, ErrNotFound)
	p.expect(nobody, OfferAborted{Offer: "c1.1", Agent: "bob", Why: AgentGone}, "")
}

func TestC7ARejectedChatWaitsAtTheSamePlaceWithoutThatAgent(t *testing.T) {
	p := ringing(t)
	leg := *p.chat.Leg
	p.at(4*time.Second).expect(alice, Reject{Offer: "c1.1", Agent: "alice"}, `
		event OfferEnded c1.1 alice rejected
		news agent/alice offered OfferEnded
		send agent/alice OfferOver c1.1 rejected
		send queue/support Enqueue without=alice
		ok c1`)
	if c := p.chat; c.Phase != PhaseQueued || !c.Leg.Key.Equal(leg.Key) || !c.Leg.EnteredAt.Equal(leg.EnteredAt) || c.Leg.ID != leg.ID {
		t.Errorf("the stay was %+v and is %+v", leg, c.Leg)
	}
	p.must(nobody, p.grant(bob)) // B13: the next agent
	p.must(bob, Accept{Offer: "c1.2", Agent: "bob"})
	if p.chat.Owner != "bob" || p.chat.Attempts != 2 {
		t.Errorf("after %d attempts %q owns it", p.chat.Attempts, p.chat.Owner)
	}
}

func TestC8AnOfferThatNobodyAnswersIsRedirected(t *testing.T) {
	p := ringing(t)
	leg := *p.chat.Leg
	p.at(offerTimeout-1).expect(nobody, Tick{}, "")
	p.at(offerTimeout).expect(nobody, Tick{}, `
		event OfferEnded c1.1 alice rona
		news agent/alice offered OfferEnded
		send agent/alice OfferOver c1.1 rona
		send queue/support Enqueue without=alice`)
	if c := p.chat; !c.Leg.Key.Equal(leg.Key) || !c.Leg.EnteredAt.Equal(leg.EnteredAt) {
		t.Errorf("the stay was %+v and is %+v", leg, c.Leg)
	}
	p.expect(nobody, Tick{}, "")
}

func TestC9AnAbortedOfferIsNobodysStrikeAndAvoidsNobody(t *testing.T) {
	for _, why := range []OfferReason{AgentState, AgentGone, AgentOffline} {
		p := ringing(t)
		p.expect(nobody, OfferAborted{Offer: "c1.1", Agent: "alice", Why: why}, `
			event OfferEnded c1.1 alice `+string(why)+`
			news agent/alice offered OfferEnded
			send agent/alice OfferOver c1.1 `+string(why)+`
			send queue/support Enqueue`)
		p.expect(nobody, OfferAborted{Offer: "c1.1", Agent: "alice", Why: AgentGone}, `send agent/alice OfferOver c1.1 `+string(why))
	}
}

func TestC10ACustomerWhoLeavesTheQueueHasAbandonedTheChat(t *testing.T) {
	for _, cmd := range []Command{EndChat{}, LeaveChat{}} {
		newPlay(t).start().expect(kim, cmd, `
			event ChatEnded by customer abandoned
			event ChatClosed
			news customer/kim customer ChatEnded
			send queue/support Withdraw abandoned
			ok`)
		ringing(t).expect(kim, cmd, `
			event OfferEnded c1.1 alice customer_gone
			event ChatEnded by customer abandoned
			event ChatClosed
			news agent/alice offered OfferEnded
			news customer/kim customer ChatEnded
			send agent/alice OfferOver c1.1 customer_gone
			send queue/support Withdraw abandoned
			ok`)
	}
}

func TestC10ACustomerWhoDoesNotComeBackHasLeft(t *testing.T) {
	p := ringing(t).at(time.Second)
	p.expect(nobody, CustomerSeen{Online: false}, `event CustomerAway`)
	p.expect(nobody, CustomerSeen{Online: false}, "")
	p.must(alice, Reject{Offer: "c1.1", Agent: "alice"})
	if want := morning.Add(time.Second + graceWaiting); !p.chat.Deadline().Equal(want) {
		t.Errorf("the deadline is %v, want the end of the grace %v", p.chat.Deadline(), want)
	}
	p.at(time.Second+graceWaiting).expect(nobody, Tick{}, `
		event ChatEnded by customer disconnected
		event ChatClosed
		news customer/kim customer ChatEnded
		send queue/support Withdraw abandoned`)
}

func TestACustomerWhoIsServedHasTheLongerGrace(t *testing.T) {
	p := served(t)
	p.expect(nobody, CustomerSeen{Online: false}, `
		event CustomerAway
		news agent/alice agent CustomerAway`)
	p.at(graceServed-1).expect(nobody, Tick{}, "")
	p.expect(nobody, CustomerSeen{Online: true}, `
		event CustomerBack
		news agent/alice agent CustomerBack`)
	p.expect(nobody, CustomerSeen{Online: true}, "")
	p.at(time.Hour).expect(nobody, Tick{}, "")
}

func TestAGraceFollowsTheChatFromWaitingToServedAndBack(t *testing.T) {
	p := ringing(t)
	p.must(nobody, CustomerSeen{Online: false})
	p.at(10*time.Second).must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	if want := morning.Add(10*time.Second + graceServed); !p.chat.AwayUntil.Equal(want) {
		t.Errorf("served, the grace ends %v, want %v", p.chat.AwayUntil, want)
	}
	p.at(20*time.Second).must(nobody, AgentLost{"c1", "alice"})
	if want := morning.Add(20*time.Second + graceWaiting); !p.chat.AwayUntil.Equal(want) {
		t.Errorf("waiting again, the grace ends %v, want %v", p.chat.AwayUntil, want)
	}
}

func TestC11WhoHasWaitedTooLongEnds(t *testing.T) {
	p := newPlay(t, func(c *Config) { c.Queues["support"].OnMaxWait.Text = "nobody is there" }).start()
	p.at(maxWait-1).expect(nobody, Tick{}, "")
	p.at(maxWait).expect(nobody, Tick{}, `
		event WaitedLong
		event MessageSent 1 queue all
		event ChatEnded by system max_wait
		event ChatClosed
		news customer/kim customer MessageSent
		news customer/kim customer ChatEnded
		send queue/support Withdraw ended`)
}

func TestC11WhoHasWaitedTooLongMovesOnWithHisAge(t *testing.T) {
	p := newPlay(t, func(c *Config) { c.Queues["support"].OnMaxWait = OnMaxWait{Queue: "sales", Text: "one moment"} }).start()
	old := *p.chat.Leg
	p.at(maxWait).expect(nobody, Tick{}, `
		event WaitedLong sales
		event MessageSent 1 queue all
		event Queued sales overflow
		news customer/kim customer MessageSent
		news customer/kim customer Queued
		send queue/support Withdraw moved
		send queue/sales Enqueue`)
	c := p.chat
	if !c.Leg.EnteredAt.Equal(old.EnteredAt) || !c.Leg.Key.Equal(old.Key) || c.Leg.ID == old.ID || !c.Deadline().Equal(morning.Add(2*maxWait)) {
		t.Errorf("the stay was %+v and is %+v until %v", old, *c.Leg, c.Deadline())
	}
	p.expect(nobody, OfferGrant{Offer: "c1.8", Agent: "bob", ID: old.ID, Decision: &Decision{Queue: "support"}}, `
		send agent/bob SlotRelease c1.8
		send queue/support OfferVoid c1.8
		send queue/sales Enqueue`)
}

func TestC11AnOverflowToAQueueThatIsGoneEndsTheChat(t *testing.T) {
	p := newPlay(t, func(c *Config) { c.Queues["support"].OnMaxWait.Queue = "beer" }).start()
	p.at(maxWait).expect(nobody, Tick{}, `
		event WaitedLong
		event ChatEnded by system max_wait
		event ChatClosed
		news customer/kim customer ChatEnded
		send queue/support Withdraw ended`)
}

func TestAQueueWithoutALongestWaitIsWaitedInForEver(t *testing.T) {
	p := newPlay(t, func(c *Config) { c.Queues["support"].MaxWait = -1 }).start()
	p.at(1000*time.Hour).expect(nobody, Tick{}, "")
	if !p.chat.Deadline().IsZero() {
		t.Errorf("the deadline is %v", p.chat.Deadline())
	}
}

func TestAQueueMayHaveItsOffersAcceptedAtOnce(t *testing.T) {
	p := newPlay(t, func(c *Config) { c.Queues["support"].AutoAccept = true }).start()
	g := p.grant(alice)
	p.expect(nobody, g, `
		event Offered c1.1 alice
		event Accepted c1.1 alice
		news agent/alice offered Offered
		news customer/kim customer Accepted
		news agent/alice offered Accepted
		news agent/alice agent Accepted
		send agent/alice Assigned
		send queue/support Withdraw taken`)
	p.expect(nobody, g, `send agent/alice OfferOver c1.1 accepted`)
	p.expect(alice, Accept{Offer: "c1.1", Agent: "alice"}, "ok already_accepted")
}
