package acd

import "time"

// dismissal is what becomes of who waits here now, and why.
func (q *Queue) dismissal(now time.Time) (Dismissal, string) {
	switch mode := q.mode(now); {
	case q.policy == nil:
		return Dismissal{Do: EndWaiting}, whyDeleted
	case mode == QueueDeleted:
		return q.policy.OnDeleted, whyDeleted
	case mode == QueueClosed:
		return q.policy.OnClosed, whyClosed
	}
	return Dismissal{Do: KeepWaiting}, ""
}

// dismiss sends one chat away, to another queue or to its end (Q8, Q10, Q11).
func (q *Queue) dismiss(s *queueTurn, chat ChatID, stay EnqueueID, d Dismissal, why string) {
	refused := EnqueueRefused{ID: stay, Reason: why, Text: d.Text}
	if d.Do == MoveWaiting {
		refused.To = d.Queue
	}
	s.send(chat.Address(), refused)
}

// armLost keeps in sight until when who waits hopes for somebody. After a
// restart it counts from when people have had their time to come back.
func (q *Queue) armLost(s *queueTurn) {
	switch {
	case q.policy == nil || q.policy.NoAgentWait <= 0 || q.line.len() == 0 || q.served():
		q.lostAt = 0
	case q.lostAt == 0:
		from := s.now
		if s.Now.Before(s.Held) {
			from = s.Held.UnixMilli()
		}
		q.lostAt = from + q.policy.NoAgentWait.Milliseconds()
	}
}

// served reports whether somebody is there, as the policy means it.
func (q *Queue) served() bool {
	if q.policy.NoAgentsMeans == JoinLoggedIn {
		return q.roster.signedIn > 0
	}
	return q.roster.available > 0
}

// giveUp sends away who waits in a queue that nobody has served for so long.
// Who comes after that waits as long again.
func (q *Queue) giveUp(s *queueTurn) {
	if q.lostAt == 0 || s.now < q.lostAt {
		return
	}
	q.lostAt = 0
	if q.policy != nil && !q.served() {
		q.dissolve(s, q.policy.OnNoAgents, whyNoAgents)
	}
}
