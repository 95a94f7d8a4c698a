package check

import (
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

// recount is the checker's own count of what reports show: from a list of all
// that happened, with the words of their definitions and none of their code.
type recount struct {
	first, last time.Time
	counts      map[countKey]int64
	chats       map[acd.ChatID]*recounted
	desks       map[acd.AgentID]acd.PresenceSet
}

// countKey is a quarter of an hour, of a queue or an agent, and what is counted.
type countKey struct {
	at   int64
	by   report.By
	key  string
	what string
}

// recounted is what has to be known of a chat to count on.
type recounted struct {
	stay    *acd.Queued // that nothing has ended yet
	serving map[acd.AgentID]*serving
	owner   acd.AgentID
}

type serving struct {
	since time.Time
	talks bool
}

func newRecount() *recount {
	return &recount{counts: map[countKey]int64{}, chats: map[acd.ChatID]*recounted{}, desks: map[acd.AgentID]acd.PresenceSet{}}
}

const quarter = 15 * time.Minute

func (r *recount) add(at time.Time, by report.By, key, what string, n int64) {
	r.counts[countKey{at.Truncate(quarter).Unix(), by, key, what}] += n
}

// record counts one record.
func (r *recount) record(kind, id string, w *actors.Written) {
	if r.first.IsZero() || w.At.Before(r.first) {
		r.first = w.At
	}
	if w.At.After(r.last) {
		r.last = w.At
	}
	for _, e := range w.Events {
		switch kind {
		case "chat":
			r.chat(acd.ChatID(id), w.At, e)
		case "agent":
			r.agent(acd.AgentID(id), e)
		}
	}
}

func (r *recount) agent(a acd.AgentID, e acd.Event) {
	p, ok := e.(acd.PresenceSet)
	if !ok {
		return
	}
	was, known := r.desks[a]
	r.desks[a] = p
	if !known || was.State == acd.Offline {
		return
	}
	for t := was.Since; t.Before(p.Since); t = t.Truncate(quarter).Add(quarter) {
		end := t.Truncate(quarter).Add(quarter)
		if end.After(p.Since) {
			end = p.Since
		}
		r.add(t, report.ByAgent, string(a), "signed_in_s", end.Sub(t).Milliseconds())
	}
}

func (r *recount) chat(id acd.ChatID, at time.Time, e acd.Event) {
	c := r.chats[id]
	if c == nil {
		c = &recounted{serving: map[acd.AgentID]*serving{}}
		r.chats[id] = c
	}
	switch e := e.(type) {
	case acd.Queued:
		c.stay = &e
		r.add(at, report.ByQueue, string(e.Leg.Queue), "entered", 1)
	case acd.WaitedLong:
		if e.Moved != "" {
			r.leaves(c, at, "overflowed")
		}
	case acd.LegDropped:
		r.leaves(c, at, "withdrawn")
	case acd.Offered:
		r.add(at, report.ByAgent, string(e.Offer.Agent), "offers", 1)
	case acd.OfferEnded:
		if e.Reason == acd.OfferRONA {
			r.add(at, report.ByAgent, string(e.Agent), "rona", 1)
		}
	case acd.Accepted:
		r.accepted(c, at, e)
	case acd.Joined:
		r.joined(c, at, e)
	case acd.OwnerSet:
		c.owner = e.Owner
	case acd.Left:
		r.leftBy(c, e.Agent, at)
		c.owner = e.Owner
	case acd.ChatEnded:
		r.ended(c, at, e)
	}
}

// leaves ends a stay in a queue.
func (r *recount) leaves(c *recounted, at time.Time, how string) {
	if c.stay == nil {
		return
	}
	queue := string(c.stay.Leg.Queue)
	r.add(at, report.ByQueue, queue, how, 1)
	wait := max(at.Sub(c.stay.Leg.EnteredAt), 0) // the clock may have been set back
	if how == "answered" || how == "abandoned" {
		r.add(at, report.ByQueue, queue, how+"_wait_s", wait.Milliseconds())
		if wait <= c.stay.Policy.ServiceLevel {
			r.add(at, report.ByQueue, queue, how+"_within", 1)
		}
		if how == "abandoned" && wait <= c.stay.Policy.ShortAbandon {
			r.add(at, report.ByQueue, queue, "abandoned_short", 1)
		}
	}
	c.stay = nil
}

func (r *recount) accepted(c *recounted, at time.Time, e acd.Accepted) {
	if e.Kind == acd.OfferRoute || e.Kind == "" {
		r.leaves(c, at, "answered")
	}
	s := c.serving[e.Agent]
	if s == nil {
		s = &serving{since: at}
		c.serving[e.Agent] = s
	}
	s.talks = e.Mode == acd.Talk || e.Mode == ""
	if e.Kind != acd.OfferInvite && e.Kind != acd.OfferConsult {
		c.owner = e.Agent
	}
}

func (r *recount) joined(c *recounted, at time.Time, e acd.Joined) {
	s := c.serving[e.Agent]
	switch {
	case s == nil && !e.Owner:
		return // he looks on
	case s == nil:
		s = &serving{since: at}
		c.serving[e.Agent] = s
	}
	s.talks = e.Mode == acd.Talk
	if e.Owner {
		c.owner = e.Agent
	}
}

func (r *recount) leftBy(c *recounted, a acd.AgentID, at time.Time) {
	if s := c.serving[a]; s != nil && s.talks {
		r.add(at, report.ByAgent, string(a), "segments", 1)
		r.add(at, report.ByAgent, string(a), "talk_s", max(at.Sub(s.since), 0).Milliseconds())
	}
	delete(c.serving, a)
}

func (r *recount) ended(c *recounted, at time.Time, e acd.ChatEnded) {
	if e.Reason == acd.EndAbandoned || e.Reason == acd.EndDisconnected && c.owner == "" {
		r.leaves(c, at, "abandoned")
	}
	r.leaves(c, at, "ended_waiting")
	for a := range c.serving { // the order of a sum does not matter
		r.leftBy(c, a, at)
	}
}

// of is what is counted by what.
var recountOf = map[report.By][]report.Figure{
	report.ByQueue: {report.Entered, report.Answered, report.AnsweredWithin, report.AnsweredWait, report.Abandoned, report.AbandonedWithin,
		report.AbandonedShort, report.AbandonedWait, report.Overflowed, report.Withdrawn, report.EndedWaiting},
	report.ByAgent: {report.Offers, report.RONA, report.Segments, report.TalkTime, report.SignedInTime},
}

// figures holds the report of a whole journal against the recount.
func (c *Checker) figures(j actors.Journal, r *recount) {
	if r.first.IsZero() {
		return
	}
	for _, by := range []report.By{report.ByQueue, report.ByAgent} {
		lines, err := actors.NewPast(j).Report(report.Question{From: r.first.Add(-24 * time.Hour), To: r.last.Add(time.Hour), By: by})
		if err != nil {
			c.fail("figures", acd.Address{}, "%v", err)
			return
		}
		for i := range lines {
			for _, which := range recountOf[by] {
				k := countKey{lines[i].Start.Unix(), by, lines[i].Key, report.Names[which]}
				if is := lines[i].Figures[which]; is != r.counts[k] {
					c.fail("figures", acd.Address{}, "%s %s at %s has %s %d, the records say %d", by, k.key, lines[i].Start, k.what, is, r.counts[k])
				}
				delete(r.counts, k)
			}
		}
	}
	for k, n := range r.counts {
		if n != 0 {
			c.fail("figures", acd.Address{}, "%s", fmt.Sprintf("%s %s has no %s in the report, the records say %d", k.by, k.key, k.what, n))
			return
		}
	}
}
