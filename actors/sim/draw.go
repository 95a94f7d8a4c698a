package sim

import (
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// The names that worlds are made of.
var (
	skillNames = []string{"latin", "greek", "billing"}
	codes      = []acd.WrapupCode{{Code: "resolved", Name: "Resolved"}, {Code: "other", Name: "Other"}}
)

// savior is the agent who signs on at the end of every world and can serve
// whoever waits: with him there, nobody may wait for long.
const savior = acd.AgentID("savior")

// drawConfig draws what the operator decides.
func drawConfig(d *dice) *acd.Config {
	c := &acd.Config{Queues: map[acd.QueueID]*acd.QueuePolicy{}, Agents: map[acd.AgentID]*acd.AgentProfile{},
		Sources: map[acd.SourceID]*acd.Source{}, Channels: map[acd.Channel]*acd.ChannelPolicy{
			"livechat": drawChannel(d), "social": drawChannel(d)}}
	var queues []acd.QueueID
	for i := range d.between(1, 4) {
		queues = append(queues, acd.QueueID(fmt.Sprintf("q%d", i+1)))
	}
	for _, id := range queues {
		c.Queues[id] = drawQueue(d, id, queues)
	}
	for i := range d.between(1, 3) {
		id := acd.SourceID(fmt.Sprintf("web%d", i+1))
		c.Sources[id] = &acd.Source{ID: id, Name: string(id), Channel: pick[acd.Channel](d, "livechat", "livechat", "social"), Queue: pick(d, queues...)}
		if d.chance(4) {
			c.Sources[id].Skills = some(d, skillNames)
		}
	}
	for i := range d.between(2, 8) {
		id := acd.AgentID(fmt.Sprintf("a%d", i+1))
		c.Agents[id] = drawAgent(d, id, queues)
	}
	c.Agents[savior] = drawSavior(queues)
	c.Reasons = []acd.PresenceReason{{Code: "break", Name: "Break"}}
	drawDesk(d, &c.Desk)
	return c
}

func drawSavior(queues []acd.QueueID) *acd.AgentProfile {
	p := &acd.AgentProfile{ID: savior, Name: "Savior", Queues: queues, Skills: skillNames, Capacity: 50, Levels: map[string]int{}}
	for _, s := range skillNames {
		p.Levels[s] = 10
	}
	return p
}

func drawChannel(d *dice) *acd.ChannelPolicy {
	p := &acd.ChannelPolicy{Weight: d.between(1, 2)}
	if d.chance(2) {
		p.CustomerGrace = acd.CustomerGrace{Waiting: d.span(5*time.Second, time.Minute), Served: d.span(10*time.Second, 3*time.Minute)}
	}
	return p
}

func drawIdle(d *dice) (p acd.IdlePolicy) {
	if d.chance(3) {
		p.CustomerWarn, p.CustomerClose = d.span(10*time.Second, time.Minute), d.span(2*time.Minute, 5*time.Minute)
	}
	if d.chance(3) {
		p.Inactive = d.span(10*time.Second, time.Minute)
	}
	if d.chance(3) {
		p.Agent = d.span(5*time.Second, time.Minute)
	}
	return p
}

func drawQueue(d *dice, id acd.QueueID, all []acd.QueueID) *acd.QueuePolicy {
	q := &acd.QueuePolicy{ID: id, Name: string(id), Strategy: pick(d, acd.LongestIdle, acd.LeastBusy, acd.RoundRobin, acd.Proficiency, acd.LeastHandled, acd.Random),
		OfferTimeout: d.span(3*time.Second, 20*time.Second), MinAlert: d.span(time.Millisecond, 2*time.Second),
		RejectHold: d.span(time.Second, 20*time.Second), MaxWait: d.span(20*time.Second, 5*time.Minute), Idle: drawIdle(d)}
	if d.chance(3) {
		q.MaxWait = -1
	}
	if d.chance(4) {
		q.MaxSize = d.between(2, 6)
	}
	if d.chance(3) {
		q.RingCount = d.between(2, 3)
	}
	q.AutoAccept = q.RingCount == 0 && d.chance(8)
	if d.chance(3) {
		q.OnMaxWait = acd.OnMaxWait{Queue: pick(d, all...), Text: "please hold"}
	}
	if d.chance(4) {
		q.Overflow = acd.Overflow{Queue: pick(d, all...), At: d.between(0, 3)}
	}
	if d.chance(4) {
		q.Skills = some(d, skillNames)
		q.Steps = []acd.Step{{After: d.span(2*time.Second, 20*time.Second), DropSkills: skillNames}}
	}
	if d.chance(4) {
		q.NoAgentWait = d.span(10*time.Second, time.Minute)
	}
	if d.chance(6) {
		q.JoinEmpty = pick(d, acd.JoinLoggedIn, acd.JoinAvailable, acd.JoinSkilled)
	}
	q.DirectWait, q.LastAgent = d.span(time.Second, 15*time.Second), d.span(0, 10*time.Second)
	if d.chance(3) {
		q.RatingWindow = d.span(5*time.Second, time.Minute)
	}
	if d.chance(3) {
		q.TransferText, q.TransferBoost = "one moment", d.span(0, time.Minute)
	}
	q.Wrapup = drawWrapup(d)
	q.Flows = acd.FlowPolicy{TransferMode: pick(d, acd.Warm, acd.Blind), OnFail: pick(d, acd.ReturnToQueue, acd.ReturnToSender, acd.EndOnFail),
		Accept: d.span(3*time.Second, 20*time.Second), EndConference: pick(d, "leave", "drop_invitee", "end_chat"), AnyoneEnds: d.chance(3),
		QueueTransfer: pick(d, acd.Stay, acd.Blind), Interrupted: d.span(10*time.Second, 2*time.Minute)}
	if d.chance(3) {
		q.Flows.MaxAgents = 2
	}
	return q
}

func drawWrapup(d *dice) acd.WrapupPolicy {
	w := acd.WrapupPolicy{Mode: pick(d, acd.WrapupNone, acd.WrapupOptional, acd.WrapupMandatory, acd.WrapupTimed), Codes: codes, Notes: d.chance(2),
		SkipUntouched: d.chance(3), Blocking: pick(d, "slot", "agent"), Limit: d.span(2*time.Second, 30*time.Second), Extend: 5 * time.Second}
	return w
}

func drawAgent(d *dice, id acd.AgentID, queues []acd.QueueID) *acd.AgentProfile {
	p := &acd.AgentProfile{ID: id, Name: string(id), Queues: some(d, queues), Capacity: d.between(1, 4), Skills: some(d, skillNames)}
	if d.chance(3) {
		p.Channels = map[acd.Channel]int{"livechat": d.between(1, 2)}
	}
	if d.chance(3) {
		p.Tiers = map[acd.QueueID]int{pick(d, queues...): 2}
	}
	return p
}

func drawDesk(d *dice, p *acd.DeskPolicy) {
	p.Grace = d.span(2*time.Second, 30*time.Second)
	p.RejectDelay, p.NoAnswerDelay = d.span(100*time.Millisecond, 5*time.Second), d.span(100*time.Millisecond, 10*time.Second)
	sticky := d.chance(2)
	p.StickyRONA, p.KeepOffers = &sticky, d.chance(2)
	p.MaxNoAnswer = d.between(1, 3)
	if d.chance(2) {
		p.RONAReturn = d.span(time.Second, 20*time.Second)
	}
	if d.chance(4) {
		p.OfflineStrikes = d.between(2, 5)
	}
	if d.chance(4) {
		p.MaxRejects = d.between(1, 4)
	}
	if d.chance(3) {
		p.WrapupMax = d.span(30*time.Second, 5*time.Minute)
	}
	if d.chance(3) {
		p.ChooseWithin = d.span(time.Millisecond, 200*time.Millisecond)
	}
	p.LostTo = pick(d, acd.Offline, acd.NotReady)
	if d.chance(5) {
		p.Idle = d.span(20*time.Second, 5*time.Minute)
	}
}

// drawOptions draws how the node runs; small numbers, so that what is rare in
// the field happens often here.
func drawOptions(d *dice) actors.Options {
	return actors.Options{RecoveryHold: d.span(100*time.Millisecond, 10*time.Second), ResumeDesk: d.span(20*time.Second, 10*time.Minute),
		ResumeCustomer: d.span(time.Minute, time.Hour), PassivateAfter: d.span(2*time.Second, time.Minute), SnapshotEvery: d.between(1, 32),
		RecoverRecords: d.between(50, 50_000), CustomerChats: d.between(1, 3), Tail: d.between(1, 50)}
}

// mutate draws another configuration out of one, and says what is harsh about
// it for who is in a chat. It is harsh only where that is a fault to be played.
func mutate(d *dice, old *acd.Config, harsh bool) (next *acd.Config, what string) {
	c := *old
	c.Version = 0
	var queues []acd.QueueID
	c.Queues = map[acd.QueueID]*acd.QueuePolicy{}
	for _, id := range sorted(old.Queues) {
		queues = append(queues, id)
		c.Queues[id] = old.Queues[id]
	}
	changed := pick(d, queues...)
	switch d.below(6) {
	case 0:
		c.Queues[changed] = drawQueue(d, changed, queues)
	case 1:
		q := *c.Queues[changed]
		if q.Mode = acd.QueueOpen; harsh {
			q.Mode = pick(d, acd.QueueOpen, acd.QueueClosed, acd.QueueDraining, acd.QueueDeleted)
			what = "queue " + string(q.Mode)
		}
		q.OnClosed, q.OnDeleted = drawDismissal(d, queues), drawDismissal(d, queues)
		c.Queues[changed] = &q
	case 2:
		c.Sources = map[acd.SourceID]*acd.Source{}
		gone := pick(d, sorted(old.Sources)...)
		for id, s := range old.Sources {
			if id != gone || len(old.Sources) == 1 {
				c.Sources[id] = s
			}
		}
	default:
		what = mutateAgent(d, &c, queues, harsh)
	}
	return &c, what
}

// mutateAgent gives an agent other skills, queues and room, or takes him out.
func mutateAgent(d *dice, c *acd.Config, queues []acd.QueueID, harsh bool) (what string) {
	all := map[acd.AgentID]*acd.AgentProfile{}
	for id, a := range c.Agents {
		all[id] = a
	}
	who := pick(d, sorted(all)...)
	c.Agents = all
	switch was := all[who]; {
	case who == savior:
	case harsh && d.chance(4):
		delete(all, who)
		return "agent removed"
	case harsh && d.chance(3) && was.Capacity > 1:
		lowered := *was
		lowered.Capacity = d.between(1, was.Capacity-1)
		all[who] = &lowered
		return "capacity lowered"
	default:
		all[who] = drawAgent(d, who, queues)
	}
	return ""
}

func drawDismissal(d *dice, queues []acd.QueueID) acd.Dismissal {
	switch d.below(3) {
	case 0:
		return acd.Dismissal{Do: acd.KeepWaiting}
	case 1:
		return acd.Dismissal{Do: acd.EndWaiting, Text: "we are closed"}
	}
	return acd.Dismissal{Do: acd.MoveWaiting, Queue: pick(d, queues...)}
}

// calm is the configuration of a world's end: every queue is open and nobody is
// sent away.
func calm(first *acd.Config) *acd.Config {
	c := *first
	c.Version = 0
	c.Queues = map[acd.QueueID]*acd.QueuePolicy{}
	for id, old := range first.Queues {
		q := *old
		q.Mode, q.MaxWait, q.NoAgentWait, q.MaxSize, q.Overflow, q.JoinEmpty = acd.QueueOpen, -1, 0, 0, acd.Overflow{}, acd.JoinAlways
		c.Queues[id] = &q
	}
	return &c
}
