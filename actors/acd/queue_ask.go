package acd

import "slices"

// AskStay asks a chat whether it still waits as its queue has it. The chat says
// something only if it does not: that there is no such stay, and what there is
// instead.
type AskStay struct {
	Queue  QueueID
	ID     EnqueueID
	Offers []OfferID // that ring, as the queue knows
}

func (AskStay) command() {}

// sure reports whether e can be no old word: the stay is known, and so are the
// offers that it is said to have, or a place has just been held for it. What is
// told may come late and more than once, and of a stay that is over the queue
// keeps nothing to tell an old word from a new one by.
func (q *Queue) sure(s *queueTurn, e *Enqueue) bool {
	if w := q.line.chats.get(e.Chat); w != nil && w.stays(e.Leg.ID) {
		known := func(o OfferID) bool { return slices.Contains(w.granted(), o) }
		return (e.Offer == "" || known(e.Offer)) && !slices.ContainsFunc(e.More, func(o OfferID) bool { return !known(o) })
	}
	_, held := q.held[e.Chat]
	return held && s.Now.Sub(e.Leg.EnteredAt) <= s.Config.Desk.ReserveWait
}

// askStay has the chat object to w if it is not so. Until then w waits like any
// other, since most often it is so: a chat that was moved here.
func (q *Queue) askStay(s *queueTurn, w *waiter, stay EnqueueID) {
	ask := AskStay{Queue: q.id, ID: stay, Offers: slices.Clone(w.granted())}
	s.out.Sends = append(s.out.Sends, Send{To: w.Chat.Address(), Key: "stay/" + string(stay), Cmd: ask})
}

// stayAsked tells a queue what is so now, if that is not what it has. The answer
// is not repeated: whoever fails over it starts again from the index.
func (s *chatStep) stayAsked(m AskStay) {
	now := s.Waiting()
	if now != nil && now.Leg.ID == m.ID && slices.Equal(now.offers(), m.Offers) {
		return
	}
	if now == nil || now.Leg.ID != m.ID {
		s.tell(Send{To: m.Queue.Address(), Cmd: OfferVoid{Chat: s.ID, ID: m.ID}})
	}
	if now != nil && now.Leg.Queue == m.Queue {
		s.tell(Send{To: m.Queue.Address(), Cmd: *now})
	}
}

// offers are the offers of this stay that ring.
func (e *Enqueue) offers() []OfferID {
	if e.Offer == "" {
		return nil
	}
	return append([]OfferID{e.Offer}, e.More...)
}
