package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// chat is what the journal says of one chat.
type chat struct {
	id                     acd.ChatID
	started, ended, closed bool
	customer               acd.CustomerID
	owner                  acd.AgentID
	joined                 map[acd.AgentID]acd.Mode
	slots                  map[acd.AgentID]bool
	offers                 map[acd.OfferID]acd.Offer
	over                   map[acd.OfferID]ended
	leg, transfer          bool
	parked                 map[acd.AgentID]bool // with whom it was, in his time: what it weighs follows from who has written since
	quiet                  bool                 // parked now: it takes nothing, of nobody
	queue                  acd.QueueID          // of the leg
	stays                  map[string]*stay     // where it counts now
	messages               uint64
	weight                 int
	entered                time.Time
	stood                  time.Time // where he came in who is served, while a transfer waits
	idle                   time.Time // waits, and rings nowhere, since then
}

func newChat(id acd.ChatID) *chat {
	return &chat{id: id, joined: map[acd.AgentID]acd.Mode{}, slots: map[acd.AgentID]bool{}, offers: map[acd.OfferID]acd.Offer{}, over: map[acd.OfferID]ended{},
		parked: map[acd.AgentID]bool{}, stays: map[string]*stay{}}
}

// waitingMost is how long a chat may wait while somebody is there who could
// take it: the longest preference for another one, and some more.
const waitingMost = 45 * time.Second

// record applies one record and holds the chat to the invariants after it.
func (c *chat) record(f *fold, from acd.Address, w *actors.Written) {
	fail := func(rule, format string, args ...any) { f.checker.fail(rule, from, format, args...) }
	c.overdue(f, fail, w.At)
	for i, e := range w.Events {
		c.order(fail, e)
		c.offered(f, from, e)
		c.apply(fail, w.At, e)
		c.told(fail, w, i)
	}
	c.held(fail)
	c.patience(f, fail, w.At)
	f.counts(c, w.At)
}

// order is I7.
func (c *chat) order(fail func(string, string, ...any), e acd.Event) {
	files := false
	switch e.(type) {
	case acd.ChatStarted:
		if c.started {
			fail("I7", "started twice")
		}
		c.started = true
		return
	case acd.WrapupRecorded, acd.Rated, acd.ChatClosed, acd.ReadMarked:
		files = true
	}
	switch {
	case !c.started:
		fail("I7", "%T before the start", e)
	case c.closed:
		fail("I7", "%T after the close", e)
	case c.ended && !files:
		fail("I7", "%T after the end", e)
	}
}

// offered is I3 and I2.
func (c *chat) offered(f *fold, from acd.Address, e acd.Event) {
	switch e := e.(type) {
	case acd.Offered:
		if _, open := c.offers[e.Offer.ID]; open || c.over[e.Offer.ID].reason != "" {
			f.checker.fail("I3", from, "offer %s was made twice", e.Offer.ID)
		}
		c.offers[e.Offer.ID] = e.Offer
		f.carries(from, c, e.Offer.Agent)
		c.explained(f.checker, from, &e)
	case acd.OfferEnded:
		c.close(f.checker, from, e.Offer, ended{e.Reason, e.Agent, e.Rang})
	case acd.Accepted:
		if _, open := c.offers[e.Offer]; open || e.Offer != "" && e.Kind != "" {
			c.close(f.checker, from, e.Offer, ended{reason: acd.OfferAccepted, agent: e.Agent})
		}
		c.takes(e.Agent)
		f.carries(from, c, e.Agent)
	}
}

// takes notes that an agent has the chat from now on, and whether it takes
// something of him.
func (c *chat) takes(a acd.AgentID) {
	if !c.slots[a] {
		delete(c.parked, a)
	}
	if c.slots[a] = true; c.quiet {
		c.parked[a] = true
	}
}

func (c *chat) close(k *Checker, from acd.Address, id acd.OfferID, why ended) {
	if _, open := c.offers[id]; !open && c.over[id].reason != "" {
		k.fail("I3", from, "offer %s ended as %s and again as %s", id, c.over[id].reason, why.reason)
	}
	delete(c.offers, id)
	c.over[id] = why
}

// explained holds the reasons of an offer to themselves: who won is who is rung
// at, and nobody is passed over twice, or for having won.
func (c *chat) explained(k *Checker, from acd.Address, e *acd.Offered) {
	d := &e.Decision
	if e.Offer.Kind != acd.OfferRoute || d.Winner == "" {
		return
	}
	if d.Winner != e.Offer.Agent {
		k.fail("decision", from, "offer %s rings at %s and was decided for %s", e.Offer.ID, e.Offer.Agent, d.Winner)
	}
	named := map[acd.AgentID]bool{d.Winner: true}
	for _, p := range d.Passed {
		if named[p.Agent] || p.Why == "" {
			k.fail("decision", from, "offer %s was decided for %s, and %s was passed over for %q", e.Offer.ID, d.Winner, p.Agent, p.Why)
		}
		named[p.Agent] = true
	}
}

// carries is I2: what rings at an agent, what he serves and what he has to wrap up
// fits into what he may carry. The chats that supervisors have forced on him, and what was parked in
// his time and came back, he carries beside it.
func (f *fold) carries(from acd.Address, c *chat, a acd.AgentID) {
	most, known := f.checker.capacity[a]
	if !known {
		return
	}
	load, with := f.owed(a), []string{fmt.Sprintf("%d for wrap-ups", f.owed(a))}
	for _, o := range f.chats {
		rings := o.slots[a]
		for _, open := range o.offers {
			rings = rings || open.Agent == a
		}
		if rings && !o.ended && !o.parked[a] && !f.checker.forced[slot{o.id, a}] {
			load += o.weight
			with = append(with, fmt.Sprintf("%s (%d)", o.id, o.weight))
		}
	}
	if load > most {
		f.checker.fail("I2", from, "%s carries %d units of %d with it: %s", a, load, most, strings.Join(with, ", "))
	}
}

func (c *chat) apply(fail func(string, string, ...any), at time.Time, e acd.Event) {
	switch e := e.(type) {
	case acd.ChatStarted:
		c.customer, c.weight = e.Customer.ID, e.Weight
	case acd.Queued:
		if !c.entered.IsZero() && e.Leg.EnteredAt.After(c.entered) && e.Reason != "transfer" {
			fail("I5", "entered at %s, and then at %s (%s)", c.entered, e.Leg.EnteredAt, e.Reason)
		}
		if e.Reason == "transfer" {
			c.stood = c.entered
		}
		if e.Leg.EnteredAt.After(at) {
			fail("I5", "entered at %s, which is after %s (%s)", e.Leg.EnteredAt, at, e.Reason)
		}
		c.leg, c.entered, c.queue = true, e.Leg.EnteredAt, e.Leg.Queue
	case acd.WaitedLong:
		if e.Moved != "" {
			c.leg = false
		}
	case acd.LegDropped:
		c.leg = false
	case acd.Accepted:
		c.accepted(e)
	case acd.Joined:
		c.joined[e.Agent] = e.Mode
		if e.Owner {
			c.takes(e.Agent)
			c.owner = e.Agent
		}
	case acd.OwnerSet:
		c.owner = e.Owner
	case acd.Left:
		delete(c.joined, e.Agent)
		delete(c.slots, e.Agent)
		if c.owner == e.Agent {
			c.owner = ""
		}
		if e.Owner != "" {
			c.owner = e.Owner
		}
	case acd.TransferStarted, acd.TransferReturning:
		c.transfer = true
	case acd.TransferDone:
		c.transfer, c.stood = false, time.Time{}
	case acd.TransferFailed, acd.TransferCancelled:
		c.transfer = false
		if c.stood.After(c.entered) { // by a clock that was set back; the stay before counts again
			c.entered = c.stood
		}
		c.stood = time.Time{}
	case acd.MessageSent:
		if c.messages++; e.Message.Seq != c.messages {
			fail("I6", "message %d follows message %d", e.Message.Seq, c.messages-1)
		}
	case acd.ChatEnded:
		c.ended, c.owner, c.leg, c.transfer = true, "", false, false
		clear(c.joined)
		clear(c.slots)
	case acd.ChatClosed:
		c.closed = true
	case acd.Unparked:
		c.quiet = false
	case acd.Parked:
		c.quiet = true
		for a := range c.slots {
			c.parked[a] = true
		}
		for a := range c.joined {
			c.parked[a] = true
		}
	}
}

func (c *chat) accepted(e acd.Accepted) {
	mode := e.Mode
	if mode == "" {
		mode = acd.Talk
	}
	c.joined[e.Agent] = mode
	if e.Kind == acd.OfferInvite || e.Kind == acd.OfferConsult {
		return
	}
	c.owner = e.Agent
	if e.Kind != acd.OfferTransfer {
		c.leg = false
	}
}

// held is I1 and I4, of the state after a record.
func (c *chat) held(fail func(string, string, ...any)) {
	live := c.started && !c.ended
	switch {
	case c.owner != "" && c.joined[c.owner] != acd.Talk:
		fail("I1", "%s owns the chat and does not serve it", c.owner)
	case live && c.owner == "" && !c.leg && len(c.offers) == 0 && !c.transfer:
		fail("I4", "nobody has it, it waits nowhere and rings nowhere")
	case !live && len(c.offers) > 0:
		fail("I3", "it is over and %d offers are open", len(c.offers))
	}
}

// told is I11 and I13 of the i-th event of a record, when it has happened and
// the next one has not: news goes to whom it is for.
func (c *chat) told(fail func(string, string, ...any), w *actors.Written, i int) {
	e := w.Events[i]
	for _, n := range w.News {
		if n.Event != i {
			continue
		}
		if n.View == acd.ToCustomer && n.To != c.customer.Stream() {
			fail("I13", "%T in the customer's view for %s, the customer is %s", e, n.To, c.customer)
		}
		m, ok := e.(acd.MessageSent)
		switch {
		case !ok:
		case n.To != c.customer.Stream():
			if !c.serves(n.To) {
				fail("I11", "message %d goes to %s, who is not in the chat", m.Message.Seq, n.To)
			}
		case m.Message.To == acd.ForAgents:
			fail("I13", "message %d is for agents and goes to %s", m.Message.Seq, n.To)
		}
	}
}

func (c *chat) serves(to acd.Stream) bool {
	for a := range c.joined {
		if a.Stream() == to {
			return true
		}
	}
	return false
}

// lateMost is how long after its time an alarm may ring: actors lie still, fail
// and start again.
const lateMost = 20 * time.Second

// heldMost is the longest that a node which has just started lets old deadlines
// wait.
const heldMost = 10 * time.Second

// overdue is the timer's half of I4: an offer that is open has ended soon after
// its time, whoever has forgotten it.
func (c *chat) overdue(f *fold, fail func(string, string, ...any), at time.Time) {
	for id, o := range c.offers {
		due := o.Deadline
		if due.IsZero() {
			continue // it rings until somebody takes it back
		}
		if up := f.began.Add(heldMost); up.After(due) {
			due = up
		}
		if late := at.Sub(due); late > lateMost {
			fail("I4", "offer %s is open %s after its time", id, late)
		}
	}
}

// patience is liveness: with somebody free who can serve everybody, nobody
// waits for long.
func (c *chat) patience(f *fold, fail func(string, string, ...any), at time.Time) {
	waits := c.started && !c.ended && c.owner == "" && len(c.offers) == 0
	if !c.idle.IsZero() && !f.saved.IsZero() {
		since := c.idle
		if since.Before(f.saved) { // by a clock that was set back since it is after: what was to end by then ends as much later
			since = f.saved
		}
		if waited := at.Sub(since); waited > waitingMost {
			fail("liveness", "waited %s while somebody was free", waited)
		}
	}
	switch {
	case !waits:
		c.idle = time.Time{}
	case c.idle.IsZero():
		c.idle = at
	}
}
