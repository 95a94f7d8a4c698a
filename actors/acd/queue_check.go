package acd

import (
	"fmt"
	"slices"
)

// Check names the first invariant that the books break: every chat stands once
// in the order and, while it is loose, once in its class; reservations and
// chats point at each other; what agents have and what is counted agree.
func (q *Queue) Check() error {
	for _, check := range []func() error{q.checkLine, q.checkClasses, q.checkReservations, q.checkRoster, q.checkAgenda} {
		if err := check(); err != nil {
			return fmt.Errorf("queue %s: %w", q.id, err)
		}
	}
	return nil
}

func (q *Queue) checkLine() error {
	if a, b := q.line.order.len(), q.line.chats.len(); a != b {
		return fmt.Errorf("order has %d chats, the line %d", a, b)
	}
	for _, w := range q.line.order.items() {
		switch shelved := w.class.loose.has(w); {
		case q.line.chats.get(w.Chat) != w:
			return fmt.Errorf("chat %s stands in the order twice", w.Chat)
		case shelved != w.loose():
			return fmt.Errorf("chat %s: shelved in its class %t, loose %t", w.Chat, shelved, w.loose())
		case w.asksOthers() > 0 && w.asksOthers()+len(w.granted()) > w.rings():
			return fmt.Errorf("chat %s is to ring at %d, %d are asked and %d ring", w.Chat, w.rings(), len(w.asked()), len(w.granted()))
		case w.class != q.line.classes[w.class.classKey] || w.step() > len(q.steps()):
			return fmt.Errorf("chat %s is in a class that is gone, at step %d", w.Chat, w.step())
		case (w.turns() != 0) != (w.step() < len(q.steps()) || w.class.prefer != ""):
			return fmt.Errorf("chat %s has taken %d of %d steps, alarm at %d", w.Chat, w.step(), len(q.steps()), w.turns())
		case slices.ContainsFunc(w.asked(), func(r *reservation) bool { return r.waiter != w || q.open[r.offer] != r }):
			return fmt.Errorf("chat %s: a reservation is not its own", w.Chat)
		case (w.wakesAt() != 0) != (len(w.excluded()) > 0):
			return fmt.Errorf("chat %s: %d exclusions, alarm at %d", w.Chat, len(w.excluded()), w.wakesAt())
		}
	}
	return nil
}

func (q *Queue) checkClasses() error {
	for a, list := range q.line.fond {
		for _, w := range list {
			if q.line.chats.get(w.Chat) != w || w.prefer != a {
				return fmt.Errorf("chat %s would rather have %s, and does not wait", w.Chat, a)
			}
		}
	}
	for a, list := range q.line.lost {
		for _, w := range list {
			if q.line.chats.get(w.Chat) != w || w.returning != a {
				return fmt.Errorf("chat %s goes back to %s, and does not wait", w.Chat, a)
			}
		}
	}
	members := map[*class]int{}
	loose := 0
	q.line.chats.all(func(w *waiter) {
		members[w.class]++
		if w.loose() {
			loose++
		}
	})
	shelved, headed, filed := 0, 0, 0
	for key, k := range q.line.classes {
		head := k.loose.first()
		if k.classKey != key || k.members != members[k] || k.members == 0 || k.head != head {
			return fmt.Errorf("class %+v has %d members, keeps %d, its head is %v", key, members[k], k.members, k.head)
		}
		if shelved += k.loose.len(); head != nil {
			headed++
		}
	}
	for skill, file := range q.line.files {
		filed += file.len()
		for _, k := range file.items() {
			if k.file != skill || q.line.classes[k.classKey] != k || !file.has(k) {
				return fmt.Errorf("class %+v is misfiled under %q", k.classKey, skill)
			}
		}
	}
	if len(members) != len(q.line.classes) || headed != filed || loose != shelved {
		return fmt.Errorf("%d classes, %d in use; %d wait, %d filed; %d loose, %d shelved",
			len(q.line.classes), len(members), headed, filed, loose, shelved)
	}
	return nil
}

func (q *Queue) checkReservations() error {
	for id, r := range q.open {
		switch {
		case r.offer != id || !slices.Contains(r.waiter.asked(), r) || q.line.chats.get(r.waiter.Chat) != r.waiter:
			return fmt.Errorf("reservation %s: its chat does not wait for it", id)
		case q.roster.byID[r.agent.Agent] != r.agent:
			return fmt.Errorf("reservation %s: agent %s is not known", id, r.agent.Agent)
		case r.granted:
			return fmt.Errorf("reservation %s is open and granted", id)
		}
	}
	for _, c := range q.roster.byID {
		for _, r := range c.holds {
			if r.agent != c || !r.granted && q.open[r.offer] != r {
				return fmt.Errorf("agent %s holds %s, which is over", c.Agent, r.offer)
			}
		}
		if c.Gen != 0 && c.held() > 0 && c.standing == standsFree && c.held() >= c.Free {
			return fmt.Errorf("agent %s is free with %d of %d units asked for", c.Agent, c.held(), c.Free)
		}
	}
	return nil
}

func (q *Queue) checkRoster() error {
	r := &q.roster
	var count [standings]int
	signedIn, available, with := 0, 0, map[string]int{}
	for _, c := range r.all.items() {
		count[c.standing]++
		if c.SignedIn {
			signedIn++
		}
		if c.Available {
			available++
		}
		free := r.free.has(c)
		switch {
		case r.byID[c.Agent] != c:
			return fmt.Errorf("agent %s is known twice", c.Agent)
		case c.standing != r.standingOf(c) || c.rank != r.rankOf(c):
			return fmt.Errorf("agent %s stands at %d %v, should at %d %v", c.Agent, c.standing, c.rank, r.standingOf(c), r.rankOf(c))
		case free != (c.standing == standsFree) || free != c.listed:
			return fmt.Errorf("agent %s: among the free %t, standing %d", c.Agent, free, c.standing)
		}
		for _, skill := range c.Skills {
			if t := r.freeWith[skill]; free {
				with[skill] = t.len()
				if !t.has(c) {
					return fmt.Errorf("agent %s is not listed under %s", c.Agent, skill)
				}
			}
		}
	}
	if r.all.len() != len(r.byID) || count != r.count || signedIn != r.signedIn || available != r.available ||
		r.free.len() != count[standsFree] || len(with) != len(r.freeWith) {
		return fmt.Errorf("agents are miscounted: %v %d %d, kept as %v %d %d", count, signedIn, available, r.count, r.signedIn, r.available)
	}
	return nil
}

func (q *Queue) checkAgenda() error {
	want := len(q.open) + len(q.held)
	q.line.chats.all(func(w *waiter) {
		if w.wakesAt() != 0 {
			want++
		}
		if w.turns() != 0 {
			want++
		}
	})
	for _, c := range q.roster.byID {
		if c.retry != 0 {
			want++
		}
	}
	for _, a := range q.agenda.items() {
		due := int64(0)
		switch a.kind {
		case alarmReserve:
			if r := q.open[OfferID(a.ref)]; r != nil {
				due = r.due
			}
		case alarmExclusion:
			if w := q.line.chats.get(ChatID(a.ref)); w != nil {
				due = w.wakesAt()
			}
		case alarmStep:
			if w := q.line.chats.get(ChatID(a.ref)); w != nil {
				due = w.turns()
			}
		case alarmPlace:
			due = q.held[ChatID(a.ref)]
		case alarmSilence:
			if c := q.roster.byID[AgentID(a.ref)]; c != nil {
				due = c.retry
			}
		}
		if due != a.at {
			return fmt.Errorf("alarm %v is for nothing", a)
		}
	}
	if got := q.agenda.len(); got != want {
		return fmt.Errorf("%d alarms set, %d needed", got, want)
	}
	place, at := 0, q.tellAt
	for _, w := range q.line.order.items() {
		if place++; int(w.told) != place && at == 0 {
			return fmt.Errorf("chat %s waits at place %d, was told %d, and places are not told again", w.Chat, place, w.told)
		}
	}
	return nil
}
