package acd

import "time"

// dismissal is what becomes of who waits here now, and why.
func (q *Queue) dismissal(now time.Time) (Dismissal, string) {
	switch mode := q.mode(now); {
	case q.policy == nil:
		return Dismissal{Do: EndWaiting}, "deleted"
	case mode == QueueDeleted:
		return q.policy.OnDeleted, "deleted"
	case mode == QueueClosed:
		return q.policy.OnClosed, "closed"
	}
	return Dismissal{Do: KeepWaiting}, ""
}

// dismiss sends one chat away, to another queue or to its end (Q8, Q10, Q11).
func (q *Queue) dismiss(s *queueTurn, e Enqueue, d Dismissal, why string) {
	refused := EnqueueRefused{ID: e.Leg.ID, Reason: why, Text: d.Text}
	if d.Do == MoveWaiting {
		refused.To = d.Queue
	}
	s.send(e.Chat.Address(), refused)
}

// armLost keeps in sight until when who waits hopes for somebody available.
func (q *Queue) armLost(now int64) {
	switch {
	case q.policy == nil || q.policy.NoAgentWait <= 0 || q.line.len() == 0 || q.roster.available > 0:
		q.lostAt = 0
	case q.lostAt == 0:
		q.lostAt = now + q.policy.NoAgentWait.Milliseconds()
	}
}

// giveUp sends away who waits in a queue that nobody has served for so long.
// Who comes after that waits as long again.
func (q *Queue) giveUp(s *queueTurn) {
	if q.lostAt == 0 || s.now < q.lostAt {
		return
	}
	q.lostAt = 0
	if q.policy != nil && q.roster.available == 0 && q.policy.OnNoAgents.Do != KeepWaiting {
		q.dissolve(s, q.policy.OnNoAgents, "no_agents")
	}
}
