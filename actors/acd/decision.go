package acd

import (
	"strconv"
	"time"
)

const (
	// explainNamed is how many agents a decision names who were passed over.
	explainNamed = 16
	// explainWalk bounds how many are looked at for that. Who is beyond it is
	// counted from what the roster keeps anyway, so that a decision costs the
	// same with fifty agents as with five thousand.
	explainWalk = 64
)

// decide records why c gets the chat and the others do not, at the moment
// before his slot is asked for. In a small team everybody is looked at; else
// the first in the order of the strategy, and for the others among the free
// "behind" says that nobody came to ask.
func (q *Queue) decide(s *queueTurn, w *waiter, c *candidate) *Decision {
	e := explanation{waiter: w, winner: c, now: s.now}
	r := &q.roster
	if r.all.len() <= explainWalk {
		r.all.scan(e.pass)
	} else if t := r.rarest(w.class.needs); t != nil {
		if w.class.prefer == "" {
			t.scan(e.pass)
			e.count(passSkill, r.free.len()-t.len())
			e.count(passBehind, t.len()-1-e.passed)
		} else {
			e.count(passOther, r.free.len()-1)
		}
		for st, n := range r.count {
			if st := standing(st); st != standsFree {
				e.count(st.reason(), n)
			}
		}
	}
	return &Decision{
		Queue: q.id, Strategy: q.policy.Strategy, At: s.Now, Version: s.Config.Version,
		Winner: c.Agent, Why: r.measure(c, w.class, s.now), Passed: e.named, More: e.more,
		Step: w.step(),
	}
}

// explanation gathers who was passed over.
type explanation struct {
	waiter *waiter
	winner *candidate
	now    int64
	passed int
	named  []PassedBy
	more   []PassCount
}

// pass looks at one agent, and reports whether to go on.
func (e *explanation) pass(c *candidate) bool {
	if c == e.winner {
		return true
	}
	e.passed++
	why := c.misfit(e.waiter.class)
	switch {
	case why != "":
	case c.rings(e.waiter):
		why = passRings
	case c.barred(e.waiter, e.now):
		why = passExcluded
	default:
		why = passBehind
	}
	if why == passFailed && len(e.named) < explainNamed {
		_, text := e.waiter.class.match.find(c)
		why += ": " + text
	}
	if len(e.named) < explainNamed {
		e.named = append(e.named, PassedBy{Agent: c.Agent, Why: why})
	} else {
		e.count(why, 1)
	}
	return e.passed < explainWalk
}

func (e *explanation) count(why string, n int) {
	if n <= 0 {
		return
	}
	for i := range e.more {
		if e.more[i].Why == why {
			e.more[i].Count += n
			return
		}
	}
	e.more = append(e.more, PassCount{Why: why, Count: n})
}

// measure is why the winner came first: whether he was waited for, his tier if
// it is not the first, and what the strategy liked in him.
func (r *roster) measure(c *candidate, k *class, now int64) string {
	if k.prefer != "" {
		return "preferred, " + r.liked(c, k, now)
	}
	if c.rank.tier > 1 {
		return "tier " + strconv.FormatInt(c.rank.tier, 10) + ", " + r.liked(c, k, now)
	}
	return r.liked(c, k, now)
}

func (r *roster) liked(c *candidate, k *class, now int64) string {
	switch r.policy.Strategy {
	case LeastBusy:
		return "load " + strconv.Itoa(c.Used+c.held()) + "/" + strconv.Itoa(c.Capacity)
	case RoundRobin:
		if c.turn == 0 {
			return "never had one"
		}
		return "last had one " + tenths(now-c.given) + " ago"
	case Proficiency:
		return "proficiency " + strconv.Itoa(r.score(c, k)) + ", idle " + tenths(now-c.idleSince())
	case LeastHandled:
		return "handled " + strconv.FormatInt(c.handled, 10) + ", idle " + tenths(now-c.idleSince())
	case Random:
		return "by chance"
	default: // LongestIdle
		return "idle " + tenths(now-c.idleSince())
	}
}

// tenths writes milliseconds as a person reads them: "12.5s".
func tenths(ms int64) string {
	return (time.Duration(max(ms, 0)) * time.Millisecond).Round(100 * time.Millisecond).String()
}
