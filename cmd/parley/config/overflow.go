package config

import "strings"

// checkOverflow holds the ways from queue to queue to lead somewhere.
func (f *file) checkOverflow(c *checker, q queue, at string) {
	c.number(at+".at", q.Overflow.At, 1, 1_000_000)
	to := q.Overflow.Queue
	if to == "" {
		if q.Overflow.At != nil {
			c.say(at+".at", "has no effect without a queue")
		}
		return
	}
	c.known(at+".queue", "queue", to, f.queues())
	next := map[string]string{}
	for _, other := range f.Queues {
		next[other.ID] = other.Overflow.Queue
	}
	way := []string{q.ID}
	for ; to != "" && len(way) <= len(f.Queues); to = next[to] {
		way = append(way, to)
		if to == q.ID {
			c.say(at+".queue", "goes round in a circle: %s", strings.Join(way, ", "))
			return
		}
	}
}
