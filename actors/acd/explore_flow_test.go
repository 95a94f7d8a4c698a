package acd

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// The second small world of the exploration: one chat, two agents and a
// supervisor who do all that can be done with a chat among themselves. Slots
// are granted at once or denied; ids, places and what is over are forgotten.

func flowConfig() *Config {
	c := exploreConfig()
	c.Desk.ReserveWait = exploreStep
	for _, q := range c.Queues {
		q.Wrapup = WrapupPolicy{Mode: WrapupNone}
		q.MaxWait, q.OnMaxWait.Queue = exploreStep, ""
		q.Flows.Accept, q.Flows.Interrupted = exploreStep, exploreStep
	}
	return c
}

// crew are who takes part; colleagues are those who can be asked to.
var crew, colleagues = []Principal{alice, bob, sue}, []Principal{alice, bob}

// flowMoves are all that anybody may try among themselves.
func flowMoves(c *Chat) []move {
	ms := []move{{pass: exploreStep}, {cmd: Tick{}}, {by: kim, cmd: EndChat{}}, {by: sue, cmd: ForceEnd{}}, {cmd: SourceRemoved{"web"}},
		{by: sue, cmd: Monitor{Talk}}, {by: sue, cmd: Unmonitor{}}, {by: sue, cmd: TakeOver{}}, {by: sue, cmd: Requeue{Queue: "sales"}}}
	if c.Leg != nil {
		ms = append(ms, move{cmd: EnqueueRefused{ID: c.Leg.ID, Reason: "deleted"}})
	}
	for _, a := range crew {
		id := AgentID(a.ID)
		offer := flowOffer(id)
		ms = append(ms, move{by: a, cmd: EndChat{}}, move{by: a, cmd: LeaveChat{}}, move{by: a, cmd: EndConference{}}, move{cmd: AgentLost{"c1", id}})
		if x := c.Transfer; x != nil && !x.Until.IsZero() && x.From == id {
			then := ReturnChat{x.ID}
			ms = append(ms, move{cmd: SlotGranted{offer, id, a.Name, then}}, move{cmd: SlotDenied{offer, id, "capacity", then}})
		}
		if a == sue && c.offerTo(id) == nil {
			continue
		}
		ms = append(ms, move{by: a, cmd: EndConsult{}}, move{by: a, cmd: Accept{offer, id}}, move{by: a, cmd: Reject{Offer: offer, Agent: id}},
			move{cmd: OfferAborted{Offer: offer, Agent: id, Why: AgentGone}}, move{by: a, cmd: Pick{}}, move{by: sue, cmd: AssignTo{Agent: id}})
		if c.Leg != nil {
			ms = append(ms, grantMove(c.Leg.ID, offer, id))
		}
	}
	return append(ms, ownerMoves(c)...)
}

// ownerMoves are what the owner may ask for.
func ownerMoves(c *Chat) []move {
	owner := Principal{Role: RoleAgent, ID: string(c.Owner)}
	if c.Owner == "" {
		return nil
	}
	cmds := []Command{CancelTransfer{"x"}, TransferChat{ToQueue: "sales"}, TransferChat{ToQueue: "sales", Mode: Blind}}
	for _, a := range colleagues {
		id := AgentID(a.ID)
		cmds = append(cmds, TransferChat{ToAgent: id}, Invite{Agent: id}, Consult{id}, CancelInvite{flowOffer(id)}, DropAgent{id}, HandOver{id})
		for _, fail := range []OnTransferFail{ReturnToQueue, ReturnToSender, EndOnFail} {
			cmds = append(cmds, TransferChat{ToAgent: id, Mode: Blind, OnFail: fail})
		}
	}
	var ms []move
	for _, cmd := range cmds {
		ms = append(ms, move{by: owner, cmd: cmd})
	}
	return ms
}

// flowOffer is the only offer that is ever open at an agent.
func flowOffer(a AgentID) OfferID { return OfferID("c1." + string(a)) }

// flowStep takes a step, and the next one when somebody is asked and says yes.
func flowStep(c *Chat, config *Config, m move) Outcome {
	turn := Turn{Now: morning, By: m.by, Config: config, Entropy: 1}
	out := c.Step(turn, m.cmd)
	f := out.Forward
	if f == nil {
		return out
	}
	switch ask := f.Cmd.(type) {
	case Admit:
		return c.Step(turn, Admitted{Queue: QueueID(f.To.ID), Then: ask.Then})
	case Reserve:
		id := AgentID(f.To.ID)
		return c.Step(turn, SlotGranted{Offer: flowOffer(id), Agent: id, Name: named[id], Then: ask.Then})
	}
	panic(fmt.Sprintf("nobody answers a %T", f.Cmd))
}

// forgetFlow makes states equal that differ in names and places alone.
func forgetFlow(c *Chat) {
	forget(c)
	c.Past, c.Excluded, c.Attempts, c.EndReason = nil, nil, 0, ""
	c.LastLeg = &Leg{ID: "leg", Queue: "support", Key: morning, EnteredAt: morning}
	if c.Leg != nil {
		leg := *c.LastLeg
		c.Leg = &leg
	}
	if c.Transfer != nil {
		c.Transfer.ID = "x"
	}
	c.Offers = slices.Clone(c.Offers)
	for i := range c.Offers {
		c.Offers[i].Attempt, c.Offers[i].FromName = 0, ""
	}
	c.Participants = slices.DeleteFunc(c.Participants, func(p Participant) bool { return !p.Joined })
	for i := range c.Participants {
		c.Participants[i].Wrote, c.Participants[i].Wrapup, c.Participants[i].Name = false, nil, ""
	}
	if c.Phase == PhaseClosed {
		c.Interrupted, c.Policy, c.Participants = false, LegPolicy{}, nil
	}
}

// rebaseFlow moves the deadlines of the flows as rebase does the others.
func rebaseFlow(c *Chat, passed time.Duration) {
	ahead := func(at time.Time) time.Time {
		if at.IsZero() || !at.Add(-passed).Before(morning) {
			return at.Add(-passed)
		}
		return morning
	}
	if x := c.Transfer; x != nil {
		y := *x
		if !y.Until.IsZero() {
			y.Until = ahead(y.Until)
		}
		c.Transfer = &y
	}
	if p := c.NextPolicy; p != nil {
		q := *p
		q.GiveUpAt = ahead(q.GiveUpAt)
		c.NextPolicy = &q
	}
	if !c.CloseAt.IsZero() {
		c.CloseAt = ahead(c.CloseAt)
	}
	rebase(c, passed)
}

// TestExploreWhatSeveralDoWithOneChat visits all that two agents and a
// supervisor can make of a chat, and draws how it is labelled.
func TestExploreWhatSeveralDoWithOneChat(t *testing.T) {
	g := &explored{ids: map[string]int{}, names: map[[2]string]map[string]bool{}}
	config, limit := flowConfig(), 1<<30
	if testing.Short() {
		limit = 1000
	}
	c := NewChat("c1")
	c.Step(Turn{Now: morning, By: kim, Config: config, Entropy: 1}, Start{Chat: "c1", Source: "web", Queue: "support", Admitted: true})
	forgetFlow(c)
	g.visit(t, c)
	for at := 0; at < len(g.chats) && at < limit; at++ {
		for _, m := range flowMoves(g.chats[at]) {
			g.takeFlow(t, config, at, m)
		}
	}
	t.Logf("%d states, %d moves", len(g.chats), g.moves)
	if testing.Short() {
		return
	}
	g.noDeadEnds(t)
	golden(t, "testdata/chat_flow.mmd", mermaid("TestExploreWhatSeveralDoWithOneChat: what two agents and a supervisor make of a chat", g.names)+"    closed --> [*]\n")
}

func (g *explored) takeFlow(t *testing.T, config *Config, at int, m move) {
	from := g.chats[at]
	if from.Phase == PhaseClosed {
		return
	}
	c := cloneChat(from)
	var out Outcome
	if m.pass == 0 {
		out = flowStep(c, config, m)
		if len(out.Events) == 0 {
			return
		}
		if err := settledChat(c); err != nil {
			t.Fatalf("%v made of\n%+v\n%v:\n%+v", m, from.ChatState, err, c.ChatState)
		}
		if _, tick := m.cmd.(Tick); tick && due(c.Deadline(), morning) {
			t.Fatalf("after a tick it is still due:\n%+v", c.ChatState)
		}
	}
	g.moves++
	rebaseFlow(c, m.pass)
	forgetFlow(c)
	to := g.visit(t, c)
	if !slices.Contains(g.edges[at], to) {
		g.edges[at] = append(g.edges[at], to)
	}
	g.nameFlow(from, c, m, out)
}

// flowLabel is a state as this diagram shows it.
func flowLabel(c *Chat) string {
	switch {
	case !c.Live():
		return string(c.Phase)
	case c.Phase == PhaseQueued && c.Leg == nil && len(c.Offers) == 0:
		return "queued_sender_asked"
	case c.Phase == PhaseQueued && c.Leg == nil:
		return "queued_transfer_rings"
	case c.Phase == PhaseQueued:
		return "queued"
	}
	return string(c.labelNow())
}

func (g *explored) nameFlow(from, to *Chat, m move, out Outcome) {
	edge := [2]string{flowLabel(from), flowLabel(to)}
	if edge[0] == edge[1] {
		return
	}
	if g.names[edge] == nil {
		g.names[edge] = map[string]bool{}
	}
	g.names[edge][moveWords(m.cmd, out)] = true
}
