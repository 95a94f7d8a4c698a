package acd

import (
	"slices"
	"time"
)

// giveUp is C11: the longest wait is over.
func (s *chatStep) giveUp() {
	if s.waitPolicy().GiveUpKeep {
		s.emit(WaitedLong{Kept: true})
		if s.Owner == "" {
			s.say(s.Policy.GiveUpText)
		}
		return
	}
	if s.Owner != "" {
		s.legFailed(string(EndMaxWait))
		return
	}
	old, text := *s.Leg, s.Policy.GiveUpText
	if to := s.Policy.OverflowTo; to != "" {
		if leg, policy, ok := s.leg(to, old.EnteredAt, old.Priority, old.Skills, 0); ok {
			s.emit(WaitedLong{Moved: to})
			s.say(text)
			s.tell(s.sendQueue(old.Queue, Withdraw{Chat: s.ID, ID: old.ID, Reason: MovedOn}))
			s.enqueue(leg, policy, "overflow")
			return
		}
	}
	s.emit(WaitedLong{})
	s.say(text)
	s.finish(ChatEnded{By: "system", Reason: EndMaxWait}, OfferEndedChat)
}

// waitsOn takes the end from the present wait.
func (c *Chat) waitsOn() {
	if c.NextPolicy != nil {
		policy := *c.NextPolicy
		policy.GiveUpAt = time.Time{}
		c.NextPolicy = &policy
		return
	}
	c.Policy.GiveUpAt = time.Time{}
}

// legFailed ends a transfer to a queue that came to nothing while its sender
// still serves the chat.
func (s *chatStep) legFailed(why string) {
	s.dropLeg(why)
	if x := s.Transfer; x != nil {
		s.emit(TransferFailed{ID: x.ID, From: x.From, Reason: why, Note: s.saidTo(why)})
	}
}

// tried are the queues that send a chat on that is sent on now: closed ones that
// name each other must not pass it round for ever.
func (l *Leg) tried(now time.Time) []QueueID {
	if now.Sub(l.MovedAt) >= time.Second {
		return []QueueID{l.Queue}
	}
	return append(slices.Clone(l.Tried), l.Queue)
}

// say is the queue speaking to the customer.
func (s *chatStep) say(text string) {
	if text != "" {
		s.message(Author{Kind: "queue", Name: s.Policy.QueueName}, ForAll, text)
	}
}

// customerSeen is the customer's connection: away starts the grace, back ends it.
func (s *chatStep) customerSeen(m CustomerSeen) error {
	if m.Online && s.Live() && s.Leg != nil {
		s.tell(s.sendQueue(s.Leg.Queue, AskPlace{s.ID}))
	}
	switch {
	case !s.Live():
	case m.Online && !s.AwayUntil.IsZero():
		s.emit(CustomerBack{})
	case !m.Online && s.AwayUntil.IsZero():
		grace := s.Grace.Waiting
		if s.Phase == PhaseActive {
			grace = s.Grace.Served
		}
		s.emit(CustomerAway{Until: s.t.Now.Add(grace)})
	}
	return nil
}
