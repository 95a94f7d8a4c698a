package config

import (
	"strings"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// checkOverflow holds the ways from queue to queue to lead somewhere.
func (f *file) checkOverflow(c *checker, q queue, at string) {
	c.number(at+".at", q.Overflow.At, 1, 1_000_000)
	c.note(at+".queue", Facts{Refers: "queue"})
	to := q.Overflow.Queue
	if to == "" {
		if q.Overflow.At != nil {
			c.say(at+".at", "has no effect without a queue")
		}
		return
	}
	c.known(at+".queue", "queue", to, f.queues())
	f.circle(c, at+".queue", q.ID, to, func(q queue) string { return q.Overflow.Queue })
}

// circle says so when the way from a queue comes back to it.
func (f *file) circle(c *checker, at, from, to string, next func(queue) string) {
	way, by := []string{from}, map[string]string{}
	for _, q := range f.Queues {
		by[q.ID] = next(q)
	}
	for ; to != "" && len(way) <= len(f.Queues); to = by[to] {
		way = append(way, to)
		if to == from {
			c.say(at, "goes round in a circle: %s", strings.Join(way, ", "))
			return
		}
	}
}

// checkDismissals does the same for who is sent away. A queue sends on at once
// as its mode says.
func (f *file) checkDismissals(c *checker, q queue, at func(string) string) {
	c.durationOrNever(at("no_agent_wait"), q.NoAgentWait, time.Second, day)
	for _, d := range []struct {
		name string
		dismissal
		of func(queue) string
	}{
		{"on_closed", q.OnClosed, func(q queue) string { return q.sendsOn() }},
		{"on_deleted", q.OnDeleted, func(q queue) string { return q.sendsOn() }},
		{"on_no_agents", q.OnNoAgents, func(queue) string { return "" }},
		{"on_all_declined", q.OnAllDeclined, func(queue) string { return "" }},
	} {
		c.choice(at(d.name+".do"), d.Do, acd.KeepWaiting, acd.MoveWaiting, acd.EndWaiting)
		c.text(at(d.name+".text"), d.Text, textChars)
		c.note(at(d.name+".queue"), Facts{Refers: "queue"})
		if to := at(d.name + ".queue"); d.Queue != "" {
			c.known(to, "queue", d.Queue, f.queues())
			f.circle(c, to, q.ID, d.Queue, d.of)
		}
		if (d.Do == acd.MoveWaiting) != (d.Queue != "") && d.Do != "" {
			c.say(at(d.name+".do"), "do: move and a queue go together")
		}
	}
}

// sendsOn is where the queue's present mode sends who waits.
func (q queue) sendsOn() string {
	switch q.Mode {
	case string(acd.QueueClosed):
		return q.OnClosed.Queue
	case string(acd.QueueDeleted):
		return q.OnDeleted.Queue
	}
	return ""
}

func (d dismissal) policy() acd.Dismissal {
	return acd.Dismissal{Do: d.Do, Queue: acd.QueueID(d.Queue), Text: d.Text}
}
