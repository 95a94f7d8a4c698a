package acd

import "testing"

func TestC26AnInvitationRingsAndIsShownAsRequested(t *testing.T) { // W14, M15
	p := served(t)
	ask := Invite{Agent: "bob", Note: "a second pair of eyes"}
	p.expect(alice, ask, `forward agent/bob Reserve invite`)
	p.expect(alice, SlotGranted{Offer: "c1.2", Agent: "bob", Name: "Bob", Then: ask}, `
		event Offered c1.2 bob invite
		event Labelled conference_requested
		news agent/bob offered Offered
		news agent/alice agent Labelled
		send agent/bob OfferStart c1.2
		ok`)
	if o := p.chat.Offers[0]; !o.Deadline.Equal(morning.Add(transferAccept)) || o.From != "alice" || o.Note != "a second pair of eyes" {
		t.Errorf("the offer is %+v", o)
	}
}

func TestC27WhoAcceptsAnInvitationTalksToAll(t *testing.T) { // B5
	p := served(t)
	p.rings(alice, Invite{Agent: "bob"})
	p.expect(bob, Accept{Offer: "c1.2", Agent: "bob"}, `
		event Accepted c1.2 bob invite
		event MessageSent 1 system all
		event Labelled conference
		news customer/kim customer Accepted
		news agent/bob offered Accepted
		news agent/bob agent Accepted
		news agent/alice others Accepted
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		news agent/bob agent MessageSent
		news agent/alice agent Labelled
		news agent/bob agent Labelled
		send agent/bob Assigned
		ok c1`)
	p.shows(PhaseActive, "alice", LabelConference)
	p.must(bob, SendText{Text: "hello, I am Bob"})
	p.refused(bob, EndChat{}, errOwnerEnds)
}

func TestC28AnInvitationThatNobodyTakesChangesNothing(t *testing.T) {
	for _, kind := range []OfferKind{OfferInvite, OfferConsult} {
		for _, c := range []struct {
			by     Principal
			cmd    Command
			why    string
			answer string
		}{
			{bob, Reject{Offer: "c1.2", Agent: "bob"}, "rejected", "ok c1"},
			{nobody, Tick{}, "rona", ""},
			{nobody, OfferAborted{Offer: "c1.2", Agent: "bob", Why: AgentGone}, "agent_lost", ""},
			{alice, CancelInvite{"c1.2"}, "cancelled", "ok"},
			{sue, CancelInvite{"c1.2"}, "cancelled", "ok"},
		} {
			p := served(t)
			p.rings(alice, map[OfferKind]Command{OfferInvite: Invite{Agent: "bob"}, OfferConsult: Consult{"bob"}}[kind])
			if c.why == "rona" {
				p.at(transferAccept)
			}
			p.expect(c.by, c.cmd, `
				event OfferEnded c1.2 bob `+c.why+`
				event InviteFailed c1.2 `+string(kind)+` by alice `+c.why+`
				event Labelled active
				news agent/bob offered OfferEnded
				news agent/alice sender InviteFailed
				news agent/alice agent Labelled
				send agent/bob OfferOver c1.2 `+c.why+`
				`+c.answer)
			p.shows(PhaseActive, "alice", LabelActive)
			if p.chat.excluded("bob", p.now) {
				t.Errorf("%s %s: no queue may ask bob", kind, c.why)
			}
			p.refused(alice, CancelInvite{"c1.2"}, ErrTooLate)
		}
	}
}

func TestAnInvitationWhoseSenderHasGoneFailsToTheNextOwner(t *testing.T) {
	p := conference(t)
	p.rings(alice, Invite{Agent: "carol"})
	p.must(alice, LeaveChat{})
	p.expect(carol, Reject{Offer: "c1.3", Agent: "carol"}, `
		event OfferEnded c1.3 carol rejected
		event InviteFailed c1.3 invite by bob rejected
		event Labelled active
		news agent/carol offered OfferEnded
		news agent/bob sender InviteFailed
		news agent/bob agent Labelled
		send agent/carol OfferOver c1.3 rejected
		ok c1`)
}

func TestWhoMayBeInvited(t *testing.T) {
	in, full := refusal("bad_target", "he is in the chat already"), func(c *Config) { c.Queues["support"].Flows.MaxAgents = 2 }
	for name, c := range map[string]struct {
		p    *play
		by   Principal
		cmd  Command
		want error
	}{
		"the owner":             {served(t), alice, Invite{Agent: "alice"}, in},
		"who talks":             {conference(t), alice, Invite{Agent: "bob"}, in},
		"who talks, to consult": {conference(t), alice, Consult{"bob"}, in},
		"who is consulted":      {consulting(t), alice, Consult{"bob"}, in},
		"nobody":                {served(t), alice, Invite{Agent: "zoe"}, refusal("bad_target", "no agent named zoe")},
		"by a guest":            {conference(t), bob, Invite{Agent: "carol"}, refusal("forbidden", "only the owner of the chat may do that")},
		"by a stranger":         {served(t), bob, Invite{Agent: "carol"}, ErrNotParticipant},
		"by the customer":       {served(t), kim, Invite{Agent: "bob"}, ErrForbidden},
		"one too many":          {conference(t, full), alice, Invite{Agent: "carol"}, ErrConferenceFull},
		"while it waits":        {newPlay(t).start(), sue, Invite{Agent: "bob"}, badState("nobody serves the chat yet")},
	} {
		t.Run(name, func(t *testing.T) { c.p.refused(c.by, c.cmd, c.want) })
	}
	conference(t, full).ask(alice, Consult{"carol"}) // who is consulted does not talk
	p := consulting(t, func(c *Config) { c.Queues["support"].Flows.MaxAgents = 1 })
	p.refused(alice, HandOver{"bob"}, ErrConferenceFull)
	p.refused(alice, Invite{Agent: "bob"}, ErrConferenceFull)
}

func TestNoMoreThanAFewAreAskedAtOnce(t *testing.T) {
	p := served(t, func(c *Config) {
		for n := range maxOffers + 1 {
			id := AgentID(rune('p' + n))
			c.Agents[id] = &AgentProfile{ID: id}
		}
	})
	for n := range maxOffers {
		p.rings(alice, Consult{AgentID(rune('p' + n))})
	}
	p.refused(alice, Consult{AgentID(rune('p' + maxOffers))}, ErrConferenceFull)
}

func TestC29AnInvitedAgentLeavesAndTheChatGoesOn(t *testing.T) { // M18
	for _, cmd := range []Command{EndConference{}, LeaveChat{}} {
		p := conference(t)
		p.expect(bob, cmd, `
			event Left bob left owner=alice mandatory
			event Labelled active
			news customer/kim customer Left
			news agent/bob agent Left
			news agent/alice others Left
			news agent/alice agent Labelled
			send agent/bob Released mandatory left
			ok`)
		p.shows(PhaseActive, "alice", LabelActive)
	}
}

func TestC30TheOwnerEndsAConferenceAsThePolicySays(t *testing.T) { // M17, W17
	policy := func(p string) func(*Config) {
		return func(c *Config) { c.Queues["support"].Flows.EndConference = p }
	}
	conference(t).expect(alice, EndConference{}, `
		event Left alice left owner=bob mandatory
		event OwnerSet bob
		event Labelled active
		news customer/kim customer Left
		news agent/alice agent Left
		news agent/bob others Left
		news agent/bob agent OwnerSet
		news agent/bob agent Labelled
		send agent/alice Released mandatory left
		ok`)
	conference(t, policy("drop_invitee")).expect(alice, EndConference{}, `
		event Left bob dropped owner=alice mandatory
		event Labelled active
		news customer/kim customer Left
		news agent/bob agent Left
		news agent/alice others Left
		news agent/alice agent Labelled
		send agent/bob Released mandatory dropped
		ok`)
	conference(t, policy("end_chat")).expect(alice, EndConference{}, `
		event ChatEnded by agent agent debt=alice debt=bob
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		news agent/bob agent ChatEnded
		send agent/alice Released mandatory agent
		send agent/bob Released mandatory agent
		ok`)
}

func TestC30WithoutAnotherAgentThereIsNoConference(t *testing.T) {
	no := badState("this is no conference: nobody else serves the chat")
	served(t).refused(alice, EndConference{}, no)
	p := consulting(t)
	p.refused(alice, EndConference{}, no)
	p.refused(bob, EndConference{}, no)
	p.refused(carol, EndConference{}, ErrNotParticipant)
	p = served(t)
	p.must(sue, Monitor{Talk}) // she talks, and could not own the chat
	p.refused(alice, EndConference{}, no)
	p.must(kim, EndChat{})
	p.expect(alice, EndConference{}, "ok already_ended")
}

func TestTheOwnerDropsWhoServesTheChatAndNobodyElse(t *testing.T) {
	p := conference(t)
	p.must(sue, Monitor{Monitoring})
	no := refusal("bad_target", "not somebody else who is in the chat")
	for _, a := range []AgentID{"alice", "carol", "sue"} {
		p.refused(alice, DropAgent{a}, no) // who monitors is not there
	}
	p.refused(bob, DropAgent{"alice"}, refusal("forbidden", "only the owner of the chat may do that"))
	p.expect(alice, DropAgent{"bob"}, `
		event Left bob dropped owner=alice mandatory
		event Labelled active
		news customer/kim customer Left
		news agent/bob agent Left
		news agent/alice others Left
		news agent/sue others Left
		news agent/alice agent Labelled
		news agent/sue agent Labelled
		send agent/bob Released mandatory dropped
		ok`)
	p.must(root, DropAgent{"sue"})
}

func TestHandOverMakesAParticipantTheOwnerWithoutAnOffer(t *testing.T) {
	p := conference(t)
	p.expect(alice, HandOver{"bob"}, `
		event OwnerSet bob
		news agent/alice agent OwnerSet
		news agent/bob agent OwnerSet
		ok`)
	p.refused(alice, HandOver{"bob"}, refusal("forbidden", "only the owner of the chat may do that"))
	p.must(bob, HandOver{"alice"})

	p = consulting(t)
	p.must(alice, HandOver{"bob"})
	p.shows(PhaseActive, "bob", LabelConference)
	no := refusal("bad_target", "not an agent who serves the chat beside its owner")
	for _, mode := range []Mode{Monitoring, Whisper, Talk} {
		p := served(t)
		p.must(sue, Monitor{mode}) // without a slot of her own
		p.refused(alice, HandOver{"sue"}, no)
		p.refused(alice, HandOver{"alice"}, no)
	}
}

func TestC31AConsultationIsUnknownToTheCustomer(t *testing.T) { // B4
	p := served(t)
	p.rings(alice, Consult{"bob"})
	p.expect(bob, Accept{Offer: "c1.2", Agent: "bob"}, `
		event Accepted c1.2 bob consult
		news agent/bob offered Accepted
		news agent/bob agent Accepted
		news agent/alice others Accepted
		send agent/bob Assigned
		ok c1`)
	p.refused(bob, SendText{Text: "hello"}, refusal("forbidden", "who consults or whispers writes to agents, who monitors to nobody"))
	p.expect(bob, SendText{Text: "refund her", To: ForAgents}, `
		event MessageSent 1 agent agents alice=1
		news agent/alice agent MessageSent
		news agent/alice unread MessageSent
		news agent/bob agent MessageSent
		ok message 1`)
	p.expect(alice, SendText{Text: "thank you", To: ForAgents}, `
		event MessageSent 2 agent agents alice=0 bob=1
		news agent/alice agent MessageSent
		news agent/alice unread MessageSent
		news agent/bob agent MessageSent
		news agent/bob unread MessageSent
		ok message 2`)
	if out := p.must(bob, Typing{On: true}); len(out.News) != 1 || out.News[0].To != "agent/alice" {
		t.Errorf("bob's typing is shown to %+v", out.News)
	}
}

func TestC31WhoIsConsultedNeedsNoSecondAccept(t *testing.T) {
	p := consulting(t)
	p.expect(alice, Invite{Agent: "bob"}, `
		event Joined bob talk was consult
		event MessageSent 1 system all
		event Labelled conference
		news customer/kim customer Joined
		news agent/bob agent Joined
		news agent/alice others Joined
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		news agent/bob agent MessageSent
		news agent/alice agent Labelled
		news agent/bob agent Labelled
		ok`)
	p.shows(PhaseActive, "alice", LabelConference)
}

func TestEndConsultEndsTheSideTalkForAllOrForOneself(t *testing.T) {
	two := func() *play {
		p := consulting(t)
		p.rings(alice, Consult{"carol"})
		return p
	}
	two().expect(alice, EndConsult{}, `
		event OfferEnded c1.3 carol cancelled
		event InviteFailed c1.3 consult by alice cancelled
		event Left bob consult_ended owner=alice none
		event Labelled active
		news agent/carol offered OfferEnded
		news agent/alice sender InviteFailed
		news agent/bob agent Left
		news agent/alice others Left
		news agent/alice agent Labelled
		send agent/carol OfferOver c1.3 cancelled
		send agent/bob Released none consult_ended
		ok`)
	p := two()
	p.accepts(carol)
	p.must(bob, EndConsult{})
	p.shows(PhaseActive, "alice", LabelConsulting)
	if p.chat.joined("carol") == nil {
		t.Error("carol's talk has ended with bob's")
	}
	p = served(t)
	p.refused(alice, EndConsult{}, badState("nobody is consulted"))
	p.refused(bob, EndConsult{}, ErrNotParticipant)
}

func TestAChatThatIsLeftWithoutAnOwnerKeepsNobodyBesideIt(t *testing.T) {
	p := consulting(t)
	p.rings(alice, Invite{Agent: "carol"})
	p.expect(nobody, AgentLost{"c1", "alice"}, `
		event Left alice lost owner= none
		event OfferEnded c1.3 carol moved
		event Left bob consult_ended owner= none
		event Queued support agent_lost
		event Labelled active
		news customer/kim customer Left
		news agent/alice agent Left
		news agent/bob others Left
		news agent/carol offered OfferEnded
		news agent/bob agent Left
		news customer/kim customer Queued
		send agent/alice Released none lost
		send agent/carol OfferOver c1.3 moved
		send agent/bob Released none consult_ended
		send queue/support Enqueue`)
}
