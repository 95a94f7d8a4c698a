package acd

import (
	"slices"
	"time"
)

// admit decides whether a new chat may come (Q1), and hands it on to itself:
// the chat begins its life only when there is a place for it. The place is held
// for a while, until the chat's own Enqueue comes.
func (q *Queue) admit(s *queueTurn, c Start) {
	if !q.expects(c.Chat) {
		err := q.refusesStart(s, c)
		if to := q.passesTo(s, c, err); to != "" {
			c.Queue, c.Tried = to, append(slices.Clone(c.Tried), q.id)
			s.out.Forward = &Send{To: to.Address(), Cmd: c}
			return
		}
		if err != nil {
			s.out.Err = err
			return
		}
	}
	q.release(c.Chat)
	until := s.now + s.Config.Desk.ReserveWait.Milliseconds()
	q.held[c.Chat] = until
	q.agenda.set(alarm{until, alarmPlace, string(c.Chat)})
	q.fill(s, &c)
	s.out.Forward = &Send{To: c.Chat.Address(), Cmd: c}
}

// fill completes a start that is admitted: by what its source says of all of
// its chats, and whom it waits for first.
func (q *Queue) fill(s *queueTurn, c *Start) {
	c.Admitted, c.Queue = true, q.id
	if src := s.Config.Sources[c.Source]; src != nil {
		c.Skills = slices.Concat(c.Skills, src.Skills)
		c.Priority += src.Priority
	}
	switch {
	case c.Agent != "":
		c.Prefer, c.PreferUntil = c.Agent, s.Now.Add(q.policy.DirectWait)
	case c.Last != "" && q.policy.LastAgent > 0:
		c.Prefer, c.PreferUntil = c.Last, s.Now.Add(q.policy.LastAgent)
	}
}

// passesTo is the queue that a chat goes to instead; none if it stays, or has
// nowhere to go where it has not been.
func (q *Queue) passesTo(s *queueTurn, c Start, err error) QueueID {
	if q.policy == nil {
		return ""
	}
	over := q.policy.Overflow
	many := over.At > 0 && q.line.len()+len(q.held) >= over.At
	if over.Queue == q.id || err == nil && !many || s.Config.Queues[over.Queue] == nil || slices.Contains(c.Tried, over.Queue) {
		return ""
	}
	return over.Queue
}

// refusesStart says why a new chat may not come, for what it needs too.
func (q *Queue) refusesStart(s *queueTurn, c Start) error {
	if err := q.refuses(s.Now); err != nil || q.policy.JoinEmpty != JoinSkilled {
		return err
	}
	q.fill(s, &c)
	asks := &wish{skills: c.Skills, queue: q.id, priority: c.Priority, facts: Facts{c.Source, c.Attributes}}
	if src := s.Config.Sources[c.Source]; src != nil {
		asks.channel = src.Channel
	}
	served, could := false, q.couldTake(asks)
	q.roster.all.scan(func(a *candidate) bool {
		served = could(a)
		return !served
	})
	if !served {
		return ErrNoAgents
	}
	return nil
}

// admitTransfer says whether a chat that is served may come to wait here too.
// It holds no place: the chat looks again, and then is here.
func (q *Queue) admitTransfer(s *queueTurn, c Admit) {
	if err := q.refuses(s.Now); err != nil {
		s.out.Err = err
		return
	}
	s.out.Forward = &Send{To: c.Chat.Address(), Cmd: Admitted{Queue: q.id, Then: c.Then}}
}

// pickNext sends an agent to the first chat that nobody is being asked for. Who
// may pick is the chat's to say.
func (q *Queue) pickNext(s *queueTurn) {
	var first *waiter
	q.line.order.scan(func(w *waiter) bool {
		if w.loose() {
			first = w
		}
		return first == nil
	})
	if first == nil {
		s.out.Err = refusal(ErrNotFound.Code, "nobody waits here whom you could take")
		return
	}
	s.out.Forward = &Send{To: first.Chat.Address(), Cmd: Pick{}}
}

// expects reports whether the chat has its place already, so that a start sent
// twice is admitted once.
func (q *Queue) expects(c ChatID) bool {
	_, held := q.held[c]
	return held || q.line.chats.get(c) != nil
}

func (q *Queue) refuses(now time.Time) error {
	p, mode := q.policy, q.mode(now)
	switch {
	case mode == QueueDeleted:
		return ErrNotFound
	case mode != QueueOpen:
		return q.closed(now)
	case p.MaxSize > 0 && q.line.len()+len(q.held) >= p.MaxSize:
		return ErrQueueFull
	case p.JoinEmpty == JoinLoggedIn && q.roster.signedIn == 0,
		p.JoinEmpty == JoinAvailable && q.roster.available == 0:
		return ErrNoAgents
	}
	return nil
}

// release gives up the place held for a chat, if there is one.
func (q *Queue) release(c ChatID) {
	if until, ok := q.held[c]; ok {
		delete(q.held, c)
		q.agenda.delete(alarm{until, alarmPlace, string(c)})
	}
}
