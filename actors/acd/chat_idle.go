package acd

import "time"

// IdlePolicy says what silence means. A queue's field that is zero takes the
// channel's; what is zero in both, or negative, is off.
type IdlePolicy struct {
	// CustomerWarn warns a customer who has not answered for that long, and
	// CustomerClose ends his chat. Without a warning of its own an end is
	// announced at half its time.
	CustomerWarn  time.Duration `cbor:"1,keyasint,omitempty"`
	CustomerClose time.Duration `cbor:"2,keyasint,omitempty"`
	// Inactive frees the capacity that his chat takes; it is taken again when
	// he writes.
	Inactive time.Duration `cbor:"3,keyasint,omitempty"`
	// Agent reminds the owner of a customer who has waited that long for an
	// answer.
	Agent time.Duration `cbor:"4,keyasint,omitempty"`
}

// idle is what holds for a chat of this channel in that queue.
func (c *Config) idle(q QueueID, ch Channel) IdlePolicy {
	of := c.channel(ch).Idle
	if p := c.Queues[q]; p != nil {
		of = IdlePolicy{or(p.Idle.CustomerWarn, of.CustomerWarn), or(p.Idle.CustomerClose, of.CustomerClose),
			or(p.Idle.Inactive, of.Inactive), or(p.Idle.Agent, of.Agent)}
	}
	of = IdlePolicy{of.CustomerWarn, max(of.CustomerClose, 0), max(of.Inactive, 0), max(of.Agent, 0)}
	if of.CustomerClose > 0 && (of.CustomerWarn == 0 || of.CustomerWarn >= of.CustomerClose) {
		of.CustomerWarn = of.CustomerClose / 2
	}
	of.CustomerWarn = max(of.CustomerWarn, 0)
	return of
}

// IdleState is whose turn it is and what has come of his silence. Nothing runs
// while the chat waits: a customer in a queue owes nobody an answer, nor does
// one whose own question is not answered yet.
type IdleState struct {
	// Silent is since when the customer could answer, Unanswered since when
	// somebody should answer him. At most one of them is set.
	Silent     time.Time `cbor:"1,keyasint,omitzero"`
	Unanswered time.Time `cbor:"2,keyasint,omitzero"`
	Warned     bool      `cbor:"3,keyasint,omitempty"`
	CloseAt    time.Time `cbor:"4,keyasint,omitzero"` // as the warning said
	Nudged     bool      `cbor:"5,keyasint,omitempty"`
	Parked     bool      `cbor:"6,keyasint,omitempty"` // takes no capacity
}

// Events of silence.
type (
	// IdleWarned tells a silent customer, and who serves him, when the chat ends.
	IdleWarned struct {
		CloseAt time.Time `cbor:"1,keyasint,omitzero"` // zero: it does not end by itself
	}
	// AgentIdled reminds the owner of a customer who waits for an answer.
	AgentIdled struct {
		Since time.Time `cbor:"1,keyasint"`
		Agent AgentID   `cbor:"2,keyasint"`
		Queue QueueID   `cbor:"3,keyasint,omitempty"` // that the chat came from
	}
	// Parked frees the capacity that the chat takes of its agents, Unparked
	// takes it again: the customer has written.
	Parked   struct{}
	Unparked struct{}
)

// idles reports whether silence is measured now.
func (c *Chat) idles() bool {
	return c.Phase == PhaseActive && !c.Interrupted && c.Policy.Idle != (IdlePolicy{})
}

// idleDue is the first thing that silence brings about.
func (c *Chat) idleDue() time.Time {
	if !c.idles() {
		return time.Time{}
	}
	at := sooner(c.nudgeDue(), c.parkDue())
	return sooner(at, sooner(c.warnDue(), c.idleCloseDue()))
}

func after(from time.Time, d time.Duration) time.Time {
	if from.IsZero() || d <= 0 {
		return time.Time{}
	}
	return from.Add(d)
}

func (c *Chat) nudgeDue() time.Time {
	if c.Idle.Nudged {
		return time.Time{}
	}
	return after(c.Idle.Unanswered, c.Policy.Idle.Agent)
}

func (c *Chat) warnDue() time.Time {
	if c.Idle.Warned {
		return time.Time{}
	}
	return after(c.Idle.Silent, c.Policy.Idle.CustomerWarn)
}

func (c *Chat) parkDue() time.Time {
	if c.Idle.Parked {
		return time.Time{}
	}
	return after(c.Idle.Silent, c.Policy.Idle.Inactive)
}

// idleCloseDue: nobody is sent away who has not been warned, also when the
// node was down while it was time to.
func (c *Chat) idleCloseDue() time.Time {
	if c.Policy.Idle.CustomerWarn > 0 {
		return c.Idle.CloseAt
	}
	return after(c.Idle.Silent, c.Policy.Idle.CustomerClose)
}

// idleTick is C38 and C39.
func (s *chatStep) idleTick() {
	if !s.idles() {
		return
	}
	if due(s.nudgeDue(), s.t.Now) {
		s.emit(AgentIdled{Since: s.Idle.Unanswered, Agent: s.Owner, Queue: s.LastLeg.Queue})
	}
	if due(s.warnDue(), s.t.Now) {
		s.emit(IdleWarned{CloseAt: s.idleEnd()})
	}
	if due(s.parkDue(), s.t.Now) {
		s.emit(Parked{})
		s.reweigh()
	}
	if due(s.idleCloseDue(), s.t.Now) {
		s.finish(ChatEnded{By: "system", Reason: EndCustomerIdle}, CustomerGone)
	}
}

// idleEnd is when a customer who is warned now will be sent away: as long after
// the warning as the policy leaves him.
func (s *chatStep) idleEnd() time.Time {
	p := s.Policy.Idle
	if p.CustomerClose == 0 {
		return time.Time{}
	}
	end, least := s.Idle.Silent.Add(p.CustomerClose), s.t.Now.Add(p.CustomerClose-p.CustomerWarn)
	if end.Before(least) {
		return least
	}
	return end
}

// revive takes the capacity again that a silent customer's chat had given back.
func (s *chatStep) revive(author Author) {
	if s.Idle.Parked && author.Kind == "customer" {
		s.emit(Unparked{})
		s.reweigh()
	}
}

// reweigh tells the agents what the chat takes of them now.
func (s *chatStep) reweigh() {
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined && p.Slot {
			s.tell(s.sendAgent(p.Agent, Assigned{Slot: s.connectedRow(p)}))
		}
	}
}

// weight is what the chat takes of each agent who serves it.
func (c *Chat) weight() int {
	if c.Idle.Parked {
		return 0
	}
	return c.Weight
}

// idleMessage passes the turn on: whoever has written waits for the other.
func (c *Chat) idleMessage(m Message) {
	if c.Policy.Idle == (IdlePolicy{}) {
		return
	}
	i := &c.Idle
	switch {
	case m.Author.Kind == "customer":
		*i = IdleState{Unanswered: i.Unanswered, Nudged: i.Nudged, Parked: i.Parked}
		if i.Unanswered.IsZero() {
			i.Unanswered, i.Nudged = m.SentAt, false
		}
	case counts(m) && m.To == ForAll:
		*i = IdleState{Silent: m.SentAt, Parked: i.Parked}
	}
}

// Unanswered is the alert that an owner who was reminded has still not
// answered, and whether there is one to be raised.
func (c *Chat) Unanswered() (al Alert, open bool) {
	if !c.idles() || !c.Idle.Nudged || c.Owner == "" {
		return Alert{}, false
	}
	return AgentIdled{Since: c.Idle.Unanswered, Agent: c.Owner, Queue: c.LastLeg.Queue}.Alert(c.ID), true
}

// Alert is what supervisors are told of it.
func (e AgentIdled) Alert(chat ChatID) Alert {
	return Alert{Kind: AlertAgentIdle, Chat: chat, Agent: e.Agent, Queue: e.Queue, Text: "a customer waits for an answer", Since: e.Since}
}

// EndsUnanswered reports whether an event of the chat ends that agent's
// silence: he has answered, another one serves the chat, or nobody does.
func EndsUnanswered(e Event, of AgentID) bool {
	switch m := e.(type) {
	case MessageSent:
		return m.Message.Author.Kind != customerPart && counts(m.Message) && m.Message.To == ForAll
	case Accepted:
		return m.Kind != OfferInvite && m.Kind != OfferConsult
	case Joined:
		return m.Owner
	case OwnerSet:
		return m.Owner != of
	case Left:
		return m.Agent == of
	case ChatEnded, Interrupted, EndDeclined:
		return true
	}
	return false
}

// idleServed starts the clocks anew for somebody who serves from now on.
func (c *Chat) idleServed(at time.Time) {
	if c.Policy.Idle == (IdlePolicy{}) {
		return
	}
	if c.Idle.Unanswered.IsZero() {
		c.Idle = IdleState{Silent: at, Parked: c.Idle.Parked}
		return
	}
	c.Idle = IdleState{Unanswered: at, Parked: c.Idle.Parked}
}

// idleWaits stops the clocks while nobody serves the chat.
func (c *Chat) idleWaits() {
	c.Idle = IdleState{Unanswered: c.Idle.Unanswered, Parked: c.Idle.Parked}
}

// applyCare is Apply for what the customer's side brings: silence, the end by
// agreement and the rating.
func (c *Chat) applyCare(at time.Time, e Event) {
	switch e := e.(type) {
	case IdleWarned:
		c.Idle.Warned, c.Idle.CloseAt = true, e.CloseAt
	case AgentIdled:
		c.Idle.Nudged = true
	case Parked:
		c.Idle.Parked = true
	case Unparked:
		c.Idle.Parked = false
	case EndProposed:
		c.Ending = e.By
	case EndDeclined: // whoever answers is there
		c.Ending = ""
		c.idleServed(at)
	case Rated:
		c.Rating = &e
	}
}

// careAudience says who hears of it.
func (s *chatStep) careAudience(e Event) {
	switch m := e.(type) {
	case IdleWarned, EndProposed:
		s.newsCustomer(e)
		s.newsAgents(e, nil)
	case AgentIdled:
		s.news(m.Agent.Stream(), ToAgent, e)
	case Parked, Unparked, EndDeclined:
		s.newsAgents(e, nil)
	case Rated: // ratedAudience: who watches comes with the command
	}
}

func (IdleWarned) event() {}
func (AgentIdled) event() {}
func (Parked) event()     {}
func (Unparked) event()   {}
