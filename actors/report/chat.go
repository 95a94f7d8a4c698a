package report

import (
	"slices"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Fact is one thing to count: N of a figure at a time, or, with Until, each
// millisecond from At until then, N times. Times are Unix milliseconds.
type Fact struct {
	Figure    Figure
	At, Until int64
	N         int64
	Queue     acd.QueueID
	Agent     acd.AgentID
	Source    acd.SourceID
	// Detail tells apart what is one figure: why an offer ended, how a chat was
	// handed on, whether a wait was short, within its threshold or late. Metrics show it.
	Detail string
	// Presence, if set, is what the agent is from At on; nothing else counts.
	Presence acd.PresenceState
}

// Chat is as much of a chat's state as counting needs. The zero value is a chat
// that has not started; it is used by one goroutine.
type Chat struct {
	source   acd.SourceID
	queue    acd.QueueID // that it belongs to
	owner    acd.AgentID
	weight   int64
	leg      leg
	transfer acd.TransferMode // of the open one
	offers   []ring
	parts    []part
	owing    []owed

	at     int64
	facts  []Fact
	detail string // of the facts that come next
}

// leg is an open stay in a queue; without a queue there is none.
type leg struct {
	queue                  acd.QueueID
	entered, within, short int64
}

type ring struct {
	id      acd.OfferID
	agent   acd.AgentID
	kind    acd.OfferKind
	started int64
}

// part is an agent who serves the chat or speaks in it.
type part struct {
	agent acd.AgentID
	mode  acd.Mode
	slot  bool
	since int64
}

type owed struct {
	agent acd.AgentID
	since int64
}

// See takes from a chat's state what Fold goes on from: the same that the fold
// of all its events so far has come to.
func (c *Chat) See(s *acd.Chat) {
	*c = Chat{source: s.Source, queue: s.LastLeg.Queue, owner: s.Owner, weight: int64(s.Weight),
		offers: c.offers[:0], parts: c.parts[:0], owing: c.owing[:0]}
	if s.Leg != nil {
		policy := &s.Policy
		if s.NextPolicy != nil {
			policy = s.NextPolicy
		}
		c.leg = legOf(s.Leg, policy)
	}
	if s.Transfer != nil {
		c.transfer = s.Transfer.Mode
	}
	for i := range s.Offers {
		o := &s.Offers[i]
		c.offers = append(c.offers, ring{o.ID, o.Agent, o.Kind, o.Started.UnixMilli()})
	}
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined {
			c.parts = append(c.parts, part{p.Agent, p.Mode, p.Slot, p.Since.UnixMilli()})
		}
	}
	for i := range s.Owing {
		c.owing = append(c.owing, owed{s.Owing[i].Agent, s.Owing[i].Since.UnixMilli()})
	}
}

// Same reports whether two would count alike from here on. Who came back into a
// chat stands elsewhere in its state than in a fold, which makes no difference.
func (c *Chat) Same(o *Chat) bool {
	return c.source == o.source && c.queue == o.queue && c.owner == o.owner && c.weight == o.weight && c.leg == o.leg &&
		c.transfer == o.transfer && slices.Equal(c.offers, o.offers) && slices.Equal(c.owing, o.owing) && len(c.parts) == len(o.parts) &&
		!slices.ContainsFunc(c.parts, func(p part) bool { return !slices.Contains(o.parts, p) })
}

// legOf reads a stay. One that began before thresholds were written down counts
// with the defaults of that time.
func legOf(l *acd.Leg, p *acd.LegPolicy) leg {
	within, short := p.ServiceLevel, p.ShortAbandon
	if within == 0 {
		within, short = 20*time.Second, 5*time.Second
	}
	return leg{l.Queue, l.EnteredAt.UnixMilli(), within.Milliseconds(), short.Milliseconds()}
}

// Fold applies what happened at a time and appends to facts what is to be
// counted of it.
func (c *Chat) Fold(facts []Fact, at time.Time, events []acd.Event) []Fact {
	c.at, c.facts = at.UnixMilli(), facts
	for _, e := range events {
		c.apply(e)
	}
	facts, c.facts = c.facts, nil
	return facts
}

func (c *Chat) apply(e acd.Event) {
	switch e := e.(type) {
	case acd.ChatStarted:
		c.source, c.weight = e.Source, int64(e.Weight)
		c.count(Started, 1, "")
	case acd.Queued:
		c.queued(e)
	case acd.Offered:
		c.offers = append(c.offers, ring{e.Offer.ID, e.Offer.Agent, e.Offer.Kind, e.Offer.Started.UnixMilli()})
		c.count(Offers, 1, e.Offer.Agent)
		if e.Offer.Kind == acd.OfferInvite {
			c.count(Invites, 1, e.Offer.From)
		}
	case acd.OfferEnded:
		c.offerEnded(e)
	case acd.Accepted:
		c.accepted(e)
	case acd.Joined:
		c.join(part{e.Agent, e.Mode, e.Owner, c.at})
		if e.Owner {
			c.owner = e.Agent
		}
	case acd.OwnerSet:
		c.owner = e.Owner
	case acd.Left:
		c.left(e)
	case acd.WaitedLong:
		if e.Moved != "" {
			c.legOver(Overflowed)
		}
	case acd.LegDropped:
		c.legOver(Withdrawn)
	case acd.ChatEnded:
		c.ended(e)
	case acd.WrapupRecorded:
		c.wrappedUp(e)
	case acd.Rated:
		c.count(Ratings, 1, "")
		c.count(RatingSum, int64(e.Score), "")
	default:
		c.transferred(e)
	}
}

// count counts a figure now, for the queue that the chat belongs to.
func (c *Chat) count(f Figure, n int64, agent acd.AgentID) {
	c.countIn(c.queue, f, n, agent)
}

func (c *Chat) countIn(queue acd.QueueID, f Figure, n int64, agent acd.AgentID) {
	c.facts = append(c.facts, Fact{Figure: f, At: c.at, N: n, Queue: queue, Agent: agent, Source: c.source, Detail: c.detail})
}

// told counts with a detail.
func (c *Chat) told(detail string, f Figure, agent acd.AgentID) {
	c.detail = detail
	c.count(f, 1, agent)
	c.detail = ""
}

// spent counts the time from since until now, for each unit of the chat's weight.
func (c *Chat) spent(f Figure, since int64, agent acd.AgentID) {
	if since < c.at && c.weight > 0 {
		c.facts = append(c.facts, Fact{Figure: f, At: since, Until: c.at, N: c.weight, Queue: c.queue, Agent: agent, Source: c.source})
	}
}

func (c *Chat) queued(e acd.Queued) {
	c.legOver(Moved)
	c.leg = legOf(&e.Leg, &e.Policy)
	if c.owner == "" {
		c.queue = e.Leg.Queue
	}
	c.countIn(e.Leg.Queue, Entered, 1, "")
	switch e.Reason {
	case "overflow":
		c.countIn(e.Leg.Queue, EnteredOverflow, 1, "")
	case "transfer":
		c.countIn(e.Leg.Queue, EnteredTransfer, 1, "")
	case "agent_lost", "requeued":
		c.countIn(e.Leg.Queue, EnteredAgain, 1, "")
	}
}

// legOver ends the stay in a queue, if there is one.
func (c *Chat) legOver(how Figure) {
	if c.leg.queue != "" {
		c.countIn(c.leg.queue, how, 1, "")
		c.leg = leg{}
	}
}

// How a wait was, as the detail of Answered and Abandoned.
const (
	Within = "within" // the threshold of the stay
	Late   = "late"
	Short  = "short" // the customer gave up within a moment
)

// waited ends the stay with a wait that is measured: answered by an agent, or
// abandoned.
func (c *Chat) waited(how, within, sum Figure, by int, agent acd.AgentID) {
	l, wait := c.leg, max(c.at-c.leg.entered, 0)
	if l.queue == "" {
		return
	}
	c.leg = leg{}
	if c.detail = Late; wait <= l.within {
		c.detail = Within
	}
	if how == Abandoned && wait <= l.short {
		c.detail = Short
	}
	c.countIn(l.queue, how, 1, agent)
	c.detail = ""
	c.countIn(l.queue, sum, wait, agent)
	c.countIn(l.queue, WaitMost, wait, agent)
	c.countIn(l.queue, Figure(by+bound(wait)), 1, agent)
	if wait <= l.within {
		c.countIn(l.queue, within, 1, agent)
	}
	if how == Abandoned && wait <= l.short {
		c.countIn(l.queue, AbandonedShort, 1, agent)
	}
}

// bound is the index of the first bound that a wait is not longer than.
func bound(wait int64) int {
	for i, seconds := range bounds {
		if wait <= seconds*1000 {
			return i
		}
	}
	return len(bounds)
}

// closeOffer takes an offer out; known is false for one that never rang.
func (c *Chat) closeOffer(id acd.OfferID) (o ring, known bool) {
	i := slices.IndexFunc(c.offers, func(o ring) bool { return o.id == id })
	if i < 0 {
		return o, false
	}
	o = c.offers[i]
	c.offers = slices.Delete(c.offers, i, i+1)
	c.spent(AlertingTime, o.started, o.agent)
	return o, true
}

func (c *Chat) offerEnded(e acd.OfferEnded) {
	c.closeOffer(e.Offer)
	switch e.Reason {
	case acd.OfferRONA:
		c.count(RONA, 1, e.Agent)
	case acd.OfferRejected:
		c.count(Rejected, 1, e.Agent)
	default:
		c.told(string(e.Reason), OffersVoid, e.Agent)
	}
}

func (c *Chat) accepted(e acd.Accepted) {
	beside := e.Kind == acd.OfferInvite || e.Kind == acd.OfferConsult
	if !beside && e.Kind != acd.OfferTransfer && c.leg.queue != "" {
		c.queue = c.leg.queue
		c.waited(Answered, AnsweredWithin, AnsweredWait, answeredBy, e.Agent)
	}
	if o, rang := c.closeOffer(e.Offer); rang {
		c.count(Accepted, 1, e.Agent)
		c.count(RingTime, max(c.at-o.started, 0), e.Agent)
	}
	switch e.Kind {
	case acd.OfferInvite:
		c.count(Conferences, 1, e.Agent)
	case acd.OfferConsult:
		c.count(Consults, 1, e.Agent)
	case acd.OfferRoute, acd.OfferTransfer:
	}
	mode := e.Mode
	if mode == "" {
		mode = acd.Talk
	}
	c.join(part{e.Agent, mode, true, c.at})
	if !beside {
		c.owner = e.Agent
	}
}

// join brings an agent in, or changes how he takes part.
func (c *Chat) join(p part) {
	for i := range c.parts {
		old := &c.parts[i]
		if old.agent != p.agent {
			continue
		}
		if p.slot && !old.slot {
			old.since = p.since
		}
		old.mode, old.slot = p.mode, old.slot || p.slot
		return
	}
	c.parts = append(c.parts, p)
}

// segmentOver counts what an agent has served.
func (c *Chat) segmentOver(p part) {
	if !p.slot {
		return
	}
	c.spent(ConnectedTime, p.since, p.agent)
	if p.mode == acd.Talk {
		c.count(Segments, 1, p.agent)
		c.count(TalkTime, max(c.at-p.since, 0), p.agent)
	}
}

func (c *Chat) left(e acd.Left) {
	if i := slices.IndexFunc(c.parts, func(p part) bool { return p.agent == e.Agent }); i >= 0 {
		c.segmentOver(c.parts[i])
		c.parts = slices.Delete(c.parts, i, i+1)
	}
	if c.owner != e.Owner {
		if c.owner = e.Owner; c.owner == "" && c.leg.queue != "" {
			c.queue = c.leg.queue
		}
		if c.owner == "" && c.transfer == acd.Warm {
			c.transfer = acd.Blind
		}
	}
	c.owe(e.Wrapup, e.Agent)
}

func (c *Chat) owe(spec acd.WrapupPolicy, agents ...acd.AgentID) {
	if spec.Mode == acd.WrapupNone || spec.Mode == "" {
		return
	}
	for _, a := range agents {
		c.owing = append(c.owing, owed{a, c.at})
	}
}

// endings are the figures of why chats ended.
var endings = map[acd.EndReason]Figure{
	acd.EndedByAgent: EndedAgent, acd.EndedByCustomer: EndedCustomer, acd.EndAbandoned: EndedAbandoned, acd.EndDisconnected: EndedDisconnected,
	acd.EndMaxWait: EndedMaxWait, acd.EndRefused: EndedRefused, acd.EndForced: EndedForced, acd.EndSourceGone: EndedSource,
	acd.EndTransfer: EndedTransfer, acd.EndCustomerIdle: EndedIdle,
}

func (c *Chat) ended(e acd.ChatEnded) {
	if f, known := endings[e.Reason]; known {
		c.count(f, 1, e.Agent)
	}
	gaveUp := e.Reason == acd.EndAbandoned || e.Reason == acd.EndDisconnected
	if gaveUp && c.owner == "" {
		c.waited(Abandoned, AbandonedWithin, AbandonedWait, abandonedBy, "")
	}
	c.legOver(EndedWaiting)
	for _, p := range c.parts {
		c.segmentOver(p)
	}
	c.parts, c.owner, c.transfer = c.parts[:0], "", ""
	c.owe(e.Wrapup, e.Debts...)
	for _, o := range e.Apart {
		c.owe(o.Spec, o.Agent)
	}
}

func (c *Chat) wrappedUp(e acd.WrapupRecorded) {
	i := slices.IndexFunc(c.owing, func(o owed) bool { return o.agent == e.Agent })
	if i < 0 {
		return
	}
	o := c.owing[i]
	c.owing = slices.DeleteFunc(c.owing, func(o owed) bool { return o.agent == e.Agent })
	c.spent(WrapupOpenTime, o.since, o.agent)
	c.count(Wrapups, 1, o.agent)
	c.count(WrapupTime, max(c.at-o.since, 0), o.agent)
	if e.By == "timeout" {
		c.count(WrapupsByClock, 1, o.agent)
	}
}

func (c *Chat) transferred(e acd.Event) {
	switch e := e.(type) {
	case acd.TransferStarted:
		c.transfer = e.Transfer.Mode
		asked := TransfersWarm
		switch e.Transfer.Mode {
		case acd.Blind:
			asked = TransfersBlind
		case acd.Stay:
			asked = TransfersStay
		case acd.Warm:
		}
		c.count(asked, 1, e.Transfer.From)
	case acd.TransferDone:
		c.told(string(c.transfer), TransfersDone, e.From)
		c.transfer = ""
		c.count(TransfersReceived, 1, e.To)
	case acd.TransferFailed:
		c.told(string(c.transfer), TransfersFailed, e.From)
		c.transfer = ""
	case acd.TransferCancelled:
		c.told(string(c.transfer), TransfersTaken, e.From)
		c.transfer = ""
	}
}

// Presences appends what is to be counted of an agent's events: what he is, from
// when on.
func Presences(facts []Fact, agent acd.AgentID, events []acd.Event) []Fact {
	for _, e := range events {
		if p, ok := e.(acd.PresenceSet); ok {
			facts = append(facts, Fact{At: p.Since.UnixMilli(), Agent: agent, Presence: p.State})
		}
	}
	return facts
}
