package acd

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// states are chats in each of the ways in which one can stand.
func states(t testing.TB) map[string]*play {
	withReturn := func() *play {
		p, g := returning(t)
		p.must(nobody, g)
		return p
	}
	asked, _ := returning(t)
	invited, consulted, stayRings, left := served(t), served(t), staying(t), staying(t)
	invited.rings(alice, Invite{Agent: "bob"})
	consulted.rings(alice, Consult{"bob"})
	stayRings.must(nobody, stayRings.grant(bob))
	left.must(alice, LeaveChat{})
	stayed := staying(t)
	stayed.must(nobody, stayed.grant(bob))
	stayed.accepts(bob)
	interrupted := served(t)
	interrupted.must(nobody, SourceRemoved{"web"})
	overseen := served(t)
	overseen.must(sue, Monitor{Monitoring})
	taken := served(t)
	taken.must(sue, TakeOver{})
	return map[string]*play{
		"waiting": newPlay(t).start(), "ringing": ringing(t), "served": served(t), "warm": warm(t),
		"blind to the queue": blind(t, ReturnToQueue), "blind to its end": blind(t, EndOnFail), "sender asked": asked, "returning": withReturn(),
		"staying": staying(t), "staying and ringing": stayRings, "left to the queue": left, "stayed": stayed,
		"invited": invited, "conference": conference(t), "asked to consult": consulted, "consulting": consulting(t),
		"interrupted": interrupted, "overseen": overseen, "taken over": taken,
	}
}

// inEach does what follows to a chat in each of its states, in an order.
func inEach(t *testing.T, do func(t *testing.T, name string, p *play)) {
	all := states(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p := all[name]
		t.Run(name, func(t *testing.T) {
			p.TB = t
			do(t, name, p)
		})
	}
}

// over holds a chat that has ended against what must hold for all of those.
func (p *play) over(out Outcome, reason EndReason) {
	p.Helper()
	c := p.chat
	if c.Live() || c.EndReason != reason || c.Transfer != nil || c.Leg != nil || len(c.Offers) > 0 || !c.Deadline().IsZero() {
		p.Errorf("the chat is %+v", c.ChatState)
	}
	if n := strings.Count(told(out), "event ChatEnded"); n != 1 {
		p.Errorf("it ends %d times:\n%s", n, told(out))
	}
	for _, o := range slices.Clone(c.Owing) {
		p.must(nobody, WrapupFiled{Chat: "c1", Agent: o.Agent, Code: "solved"})
	}
	if c.Phase != PhaseClosed {
		p.Errorf("with every wrap-up filed it is %s", c.Phase)
	}
}

func TestC40AForcedEndWorksInEveryState(t *testing.T) { // race 54
	inEach(t, func(t *testing.T, _ string, p *play) {
		p.over(p.must(root, ForceEnd{"spam"}), EndForced)
		p.expect(root, ForceEnd{"spam"}, "ok already_ended")
	})
}

func TestC10AndC14TheCustomerEndsInEveryState(t *testing.T) { // races 26, 27, 28
	inEach(t, func(t *testing.T, name string, p *play) {
		reason := EndedByCustomer
		if p.chat.Phase == PhaseQueued {
			reason = EndAbandoned
		}
		ringing := slices.Clone(p.chat.Offers)
		out := p.must(kim, EndChat{})
		for _, o := range ringing {
			p.refused(Principal{Role: RoleAgent, ID: string(o.Agent)}, Accept{Offer: o.ID, Agent: o.Agent}, offerGone(CustomerGone))
		}
		p.over(out, reason)
		p.expect(kim, EndChat{}, "ok already_ended")
	})
}

func TestC34ASourceThatIsRemovedLeavesNothingOpenInAnyState(t *testing.T) {
	inEach(t, func(t *testing.T, name string, p *play) {
		waits := p.chat.Phase == PhaseQueued
		out := p.must(nobody, SourceRemoved{"web"})
		switch {
		case waits:
			p.over(out, EndSourceGone)
		case len(p.chat.Offers) > 0 || p.chat.Leg != nil || p.chat.Transfer != nil || p.chat.labelNow() != LabelInterrupted:
			t.Errorf("left open: %+v", p.chat.ChatState)
		}
	})
}

// whoever is lost, in whatever state, the chat has an owner, a queue or an
// offer, and something that ends its wait.
func TestC37WhoeverIsLostTheChatIsHeldInEveryState(t *testing.T) {
	for _, who := range []AgentID{"alice", "bob", "sue"} {
		inEach(t, func(t *testing.T, name string, p *play) {
			in := p.chat.serving(who) != nil
			for _, o := range slices.Clone(p.chat.Offers) {
				if o.Agent == who {
					p.must(nobody, OfferAborted{Offer: o.ID, Agent: who, Why: AgentGone})
				}
			}
			p.must(nobody, AgentLost{"c1", who})
			if in && p.chat.serving(who) != nil {
				t.Error("he is still in it")
			}
			if !p.chat.Live() {
				return // interrupted, or a transfer that was to end so
			}
			if p.chat.Phase == PhaseQueued && p.chat.Deadline().IsZero() {
				t.Error("nothing ends the wait")
			}
			if p.chat.Owner == "" && p.chat.Leg == nil && len(p.chat.Offers) == 0 && p.chat.returnDue().IsZero() {
				t.Errorf("nobody has it: %+v", p.chat.ChatState)
			}
		})
	}
}

func TestEveryStateIsToldAgainAfterARestart(t *testing.T) {
	inEach(t, func(t *testing.T, name string, p *play) {
		told := map[string]int{}
		for _, s := range p.chat.Pending() {
			told[s.To.String()]++
			if s.Key == "" {
				t.Errorf("%T to %s is told once and not again", s.Cmd, s.To)
			}
		}
		for _, row := range p.chat.SlotRows() {
			if told[row.Agent.Address().String()] == 0 {
				t.Errorf("%s is not told that his slot is %s", row.Agent, row.State)
			}
		}
		if leg := p.chat.Leg; leg != nil && told[leg.Queue.Address().String()] != 1 {
			t.Errorf("its queue is told %d times", told[leg.Queue.Address().String()])
		}
	})
}
