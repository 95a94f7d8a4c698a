package acd

import (
	"slices"
	"time"
)

// maxDenials is how often agents may deny a chat's reservations before the
// last of them is left out for a while, so that an agent who advertises what
// he then denies keeps nobody busy.
const maxDenials = 8

// reservation is a slot that an agent has been asked for. While it is in
// Queue.open it waits for his answer; while it is in his holds his advert does
// not count it yet. Either may end first.
type reservation struct {
	offer    OfferID
	waiter   *waiter
	agent    *candidate
	weight   int
	channel  Channel
	at, due  int64  // Unix ms
	gen      uint64 // of the advert that it trusted
	granted  bool
	decision *Decision // until it is granted
}

// offer makes an offer's id.
func (s *queueTurn) offer(chat ChatID) OfferID {
	b := append(append(make([]byte, 0, 64), chat...), '.')
	b = appendID(b, s.Entropy, s.ids)
	s.ids++
	return OfferID(b)
}

// reserve asks c for a slot for w.
func (q *Queue) reserve(s *queueTurn, w *waiter, c *candidate) {
	r := &reservation{
		offer:    s.offer(w.Chat),
		waiter:   w,
		agent:    c,
		weight:   w.class.weight,
		channel:  w.channel,
		at:       s.now,
		due:      s.now + s.Config.Desk.ReserveWait.Milliseconds(),
		gen:      c.Gen,
		decision: q.decide(s, w, c),
	}
	q.open[r.offer] = r
	q.agenda.set(alarm{r.due, alarmReserve, string(r.offer)})
	q.roster.hold(c, r)
	w.ask(r)
	q.line.shelve(w)
	s.send(c.Agent.Address(), Reserve{
		Offer: r.offer, Chat: w.Chat, From: q.id, Channel: r.channel, Weight: r.weight, Kind: OfferRoute,
		Key: time.UnixMicro(w.key).UTC(),
	})
}

// answered ends the wait for an answer; its chat wants another agent.
func (q *Queue) answered(r *reservation) {
	q.close(r)
	q.line.shelve(r.waiter)
}

// close ends the wait for an answer, and leaves it to the caller to say what its
// chat wants then.
func (q *Queue) close(r *reservation) {
	delete(q.open, r.offer)
	q.agenda.delete(alarm{r.due, alarmReserve, string(r.offer)})
	r.waiter.unask(r)
}

// giveBack ends a reservation that is no longer wanted.
func (q *Queue) giveBack(s *queueTurn, r *reservation) {
	q.answered(r)
	q.roster.drop(r.agent, r)
	s.send(r.agent.Agent.Address(), SlotRelease{Offer: r.offer})
	s.idle = append(s.idle, r.agent)
}

// advertised takes an agent's word for what he can take.
func (q *Queue) advertised(s *queueTurn, ad *AgentAdvert) {
	if ad.Ask {
		s.asker, s.asked = ad.Agent, ad.Gen
	}
	c, offered, newer := q.roster.advertise(ad)
	if !newer {
		return
	}
	q.unretry(c)
	if q.conditional && len(q.roster.kinds.numbers) > 2*len(q.roster.byID)+slackKinds {
		q.regroup()
	}
	s.idle = append(s.idle, c)
	q.regain(s, c)
	if offered && !c.Available {
		q.lacking(s)
	}
	for _, w := range q.line.fond[c.Agent] { // he may have come or gone
		q.resuit(w, s.now)
		if w.loose() {
			s.loose = append(s.loose, w)
		}
	}
}

// reserved hands the agent's slot to the chat, or gives it back (Q5). The same
// answer twice is one answer.
func (q *Queue) reserved(s *queueTurn, c Reserved) {
	r := q.open[c.Offer]
	if r == nil || r.agent.Agent != c.Agent {
		if !q.handedOn(c) {
			s.send(c.Agent.Address(), SlotRelease{Offer: c.Offer})
		}
		return
	}
	w := r.waiter
	q.close(r)
	r.granted = true
	w.grant(r.offer)
	w.calls.denials = 0 // and as many ring or are asked as before: it stands where it stood
	s.out.Sends = append(s.out.Sends, Send{
		To:  w.Chat.Address(),
		Key: "grant/" + string(r.offer),
		Cmd: OfferGrant{Offer: r.offer, Agent: c.Agent, Name: c.Name, ID: w.stay(), Decision: r.decision},
	})
}

// handedOn reports whether the slot has gone to the chat already.
func (q *Queue) handedOn(c Reserved) bool {
	if chat, ok := c.Offer.Chat(); ok {
		if w := q.line.chats.get(chat); w != nil && slices.Contains(w.granted(), c.Offer) {
			return true
		}
	}
	agent := q.roster.byID[c.Agent]
	return agent != nil && slices.ContainsFunc(agent.holds, func(r *reservation) bool {
		return r.granted && r.offer == c.Offer
	})
}

// denied looks for another agent (Q6). The one who denied counts as busy until
// his next advert, unless that one has already come.
func (q *Queue) denied(s *queueTurn, c ReserveDenied) {
	r := q.open[c.Offer]
	if r == nil || r.agent.Agent != c.Agent {
		return
	}
	w := r.waiter
	q.answered(r)
	q.roster.drop(r.agent, r)
	if r.agent.Gen == r.gen {
		q.roster.mute(r.agent)
	} else {
		s.idle = append(s.idle, r.agent)
	}
	if w.calls.denials++; w.calls.denials >= maxDenials {
		w.calls.denials = 0
		q.leaveOut(s, w, r.agent.Agent)
	}
	s.loose = append(s.loose, w)
}

// leaveOut keeps an agent from a chat for a reservation's time.
func (q *Queue) leaveOut(s *queueTurn, w *waiter, a AgentID) {
	until := s.now + s.Config.Desk.ReserveWait.Milliseconds()
	if w.calling().bars == nil {
		w.calls.bars = &bars{}
	}
	w.calls.bars.excluded = slices.DeleteFunc(w.calls.bars.excluded, func(x exclusion) bool {
		if x.agent == a {
			until = max(until, x.until)
		}
		return x.agent == a
	})
	i, _ := slices.BinarySearchFunc(w.calls.bars.excluded, a, exclusion.compare)
	w.calls.bars.excluded = slices.Insert(w.calls.bars.excluded, i, exclusion{a, until})
	q.wake(w)
	q.resuit(w, s.now)
}

// unanswered forgets a reservation (Q7); the agent has a time limit of his own.
// He is not asked again before that has passed, unless he speaks.
func (q *Queue) unanswered(s *queueTurn, o OfferID) {
	r := q.open[o]
	q.answered(r)
	q.roster.drop(r.agent, r)
	s.loose = append(s.loose, r.waiter)
	q.unretry(r.agent)
	r.agent.retry = s.now + s.Config.Desk.ReserveTTL.Milliseconds()
	q.agenda.set(alarm{r.agent.retry, alarmSilence, string(r.agent.Agent)})
	q.roster.mute(r.agent)
}

func (q *Queue) unretry(c *candidate) {
	if c.retry != 0 {
		q.agenda.delete(alarm{c.retry, alarmSilence, string(c.Agent)})
		c.retry = 0
	}
}
