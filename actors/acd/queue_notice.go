package acd

import "slices"

// Notice is what a queue lets a chat know that goes on waiting: a text to be
// shown, once in a stay for each reason, and until when those who have declined
// it are left out at most.
type Notice struct {
	ID     EnqueueID
	Reason string
	Text   string
	Retry  int64 // Unix ms; 0 changes nothing
}

func (Notice) command() {}

// Why somebody who waits is sent away or told something.
const (
	whyClosed   = "closed"
	whyDeleted  = "deleted"
	whyNoAgents = "no_agents"
	whyDeclined = "all_declined"
)

// notice tells a chat that stays what the policy wants it told, if anything.
func (q *Queue) notice(s *queueTurn, w *waiter, d Dismissal, why string, retry int64) {
	if d.Text != "" || retry != 0 {
		s.send(w.Chat.Address(), Notice{ID: w.stay(), Reason: why, Text: d.Text, Retry: retry})
	}
}

// minds reports whether it makes a difference that all have declined a chat.
// While people come back after a restart nobody knows who all are, and it is
// looked at when they had their time to.
func (q *Queue) minds(s *queueTurn) bool {
	if q.policy == nil {
		return false
	}
	d := q.policy.OnAllDeclined
	if d.Do == KeepWaiting && d.Text == "" && q.policy.DeclineCooldown <= 0 {
		return false
	}
	if s.Now.Before(s.Held) {
		q.mindAt = s.Held.UnixMilli()
		return false
	}
	return true
}

// declinedByAll reports whether somebody has rejected or missed the chat and
// nobody is left who takes offers, busy or not, and could have it, now or after
// the last step.
func (q *Queue) declinedByAll(w *waiter, now int64) bool {
	if len(w.granted())+len(w.asked()) > 0 || q.prefers(w, now) != "" {
		return false
	}
	declined := func(a AgentID) bool { return w.declined()[a] > now }
	if !slices.ContainsFunc(w.excluded(), func(x exclusion) bool { return declined(x.agent) }) {
		return false
	}
	left, could := false, q.couldTake(w.wish)
	q.roster.all.scan(func(a *candidate) bool {
		left = could(a) && !declined(a.Agent) && !slices.Contains(a.Chats, w.Chat)
		return !left
	})
	return !left
}

// couldTake says who takes offers, busy or not, and has what is asked for after
// the last step.
func (q *Queue) couldTake(asked *wish) func(*candidate) bool {
	w := &waiter{wish: asked}
	w.stepTo(len(q.steps()), 0)
	needs, tier := q.asks(w)
	match, _ := q.conditionOf(w)
	return func(a *candidate) bool {
		return a.Available && a.has(needs) && a.has(q.roster.needs) && (tier == 0 || a.rank.tier <= int64(tier)) &&
			match.judge(a) == ""
	}
}

// allDeclined does what the policy says about a chat that everybody has
// declined, and reports whether it is sent away (Q12).
func (q *Queue) allDeclined(s *queueTurn, w *waiter) bool {
	if !q.minds(s) || !q.declinedByAll(w, s.now) {
		return false
	}
	d := q.policy.OnAllDeclined
	if d.Do == KeepWaiting {
		var retry int64
		if q.policy.DeclineCooldown > 0 {
			retry = s.now + q.policy.DeclineCooldown.Milliseconds()
		}
		q.notice(s, w, d, whyDeclined, retry)
		return false
	}
	q.remove(s, w)
	q.dismiss(s, w.Chat, w.stay(), d, whyDeclined)
	return true
}

// lacking looks at those who have been declined when somebody who might have
// taken them takes offers no more.
func (q *Queue) lacking(s *queueTurn) {
	q.mindAt = 0
	if !q.minds(s) {
		return
	}
	for _, w := range q.line.order.items() {
		if len(w.declined()) > 0 {
			q.allDeclined(s, w)
		}
	}
}
