package acd

import "slices"

// always is what the policy wants of everybody, at every step. Under steps each
// chat asks for the queue's skills by itself, since they may change for it.
func (p *QueuePolicy) always() []need {
	if len(p.Steps) > 0 {
		return nil
	}
	return needsOf(p.Skills)
}

// steps are the policy's, none without a policy.
func (q *Queue) steps() []Step {
	if q.policy == nil {
		return nil
	}
	return q.policy.Steps
}

// ringsOf is how many may ring for w at once: as many as the policy wants now,
// and no more than the chat lets in this stay, which began under another policy
// perhaps.
func (q *Queue) ringsOf(w *waiter) int {
	switch {
	case q.policy == nil:
		return 1
	case w.atOnce > 0:
		return min(w.atOnce, q.policy.RingCount)
	}
	return q.policy.RingCount
}

// suit finds the class of who asks for what w asks for now, and sets the alarm
// for the moment when that changes.
func (q *Queue) suit(w *waiter, now int64) {
	q.unstep(w)
	w.ringAt(q.ringsOf(w))
	steps, entered := q.steps(), w.enteredAt()
	step, next := 0, int64(0)
	for ; step < len(steps); step++ {
		if at := entered + steps[step].After.Milliseconds(); at > now {
			next = at
			break
		}
	}
	w.stepTo(step, next)
	var match *condition
	key, needs := classKey{channel: w.channel, weight: max(w.weight, 1)}, []need(nil)
	if key.prefer = q.prefers(w, now); key.prefer != "" {
		w.stepTo(step, earlier(next, w.preferUntil))
	} else {
		needs, key.tier = q.asks(w)
		key.skills = needsKey(needs)
		if match, key.facts = q.conditionOf(w); match != nil {
			key.rule = match.Condition
		}
	}
	if at := w.turns(); at != 0 {
		q.agenda.set(alarm{at, alarmStep, string(w.Chat)})
	}
	w.class = q.line.classOf(key, needs, match, q.roster.known)
	w.class.members++
}

// asks is what w asks of an agent after the steps it has taken.
func (q *Queue) asks(w *waiter) (needs []need, tier int) {
	if q.policy == nil {
		return needsOf(w.skills), 0
	}
	tier = q.policy.MaxTier
	if len(q.policy.Steps) == 0 {
		return needsOf(w.skills), tier
	}
	needs = needsOf(w.skills, q.policy.Skills)
	for _, step := range q.policy.Steps[:w.step()] {
		needs = slices.DeleteFunc(needs, func(n need) bool { return slices.Contains(step.DropSkills, n.skill) })
		for i := range needs {
			needs[i].least = orInt(step.MinLevel, needs[i].least)
		}
		tier = orInt(step.MaxTier, tier)
	}
	return needs, tier
}

// prefers is the agent whom w waits for: nobody else is asked then, whatever
// his skills and tier. Who takes no offers, who is not fit for the queue and who
// has rejected or missed the chat is not waited for.
func (q *Queue) prefers(w *waiter, now int64) AgentID {
	a := w.prefer
	if a == "" || w.preferUntil <= now || w.excludes(a, now) {
		return ""
	}
	if c := q.roster.byID[a]; c == nil || !c.Available || !c.has(q.roster.needs) {
		return ""
	} else if match, _ := q.conditionOf(w); match.judge(c) != "" {
		return ""
	}
	return a
}

// earlier returns the earlier of two times, of which zero is never.
func earlier(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func (q *Queue) unstep(w *waiter) {
	if at := w.turns(); at != 0 {
		q.agenda.delete(alarm{at, alarmStep, string(w.Chat)})
		w.stepTo(w.step(), 0)
	}
}

// resuit moves w to the class that it belongs to by now.
func (q *Queue) resuit(w *waiter, now int64) {
	q.line.leave(w)
	q.suit(w, now)
	q.line.shelve(w)
}

// refit does it for all who wait: what is asked for may be another under
// another policy.
func (q *Queue) refit(s *queueTurn) {
	for _, w := range q.line.order.items() {
		q.resuit(w, s.now)
		q.unask(s, w, w.wanted())
	}
}

// stepped widens what is looked for, or ends the wait for one agent.
func (q *Queue) stepped(s *queueTurn, c ChatID) {
	w := q.line.chats.get(c)
	q.resuit(w, s.now)
	if w.loose() {
		s.loose = append(s.loose, w)
	}
}
