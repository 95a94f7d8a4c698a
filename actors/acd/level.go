package acd

import "time"

// levelMinutes is how far back a service level looks.
const levelMinutes = 60

// level counts who was served how, minute by minute, in a ring.
type level struct {
	minute int64
	ring   [levelMinutes]ServiceLevel
}

// left counts one who left the queue after that wait. Who gave up within
// moments says nothing about the service.
func (l *level) left(now int64, reason WithdrawReason, waited time.Duration, p *QueuePolicy) {
	if p == nil {
		return
	}
	l.turn(now)
	c := &l.ring[l.minute%levelMinutes]
	switch {
	case reason == Taken:
		c.Answered++
		if waited <= p.ServiceLevel {
			c.Within++
		}
	case reason == Abandoned && waited > p.ShortAbandon:
		c.Abandoned++
	}
}

// turn empties the minutes that have come round.
func (l *level) turn(now int64) {
	minute := now / time.Minute.Milliseconds()
	if minute-l.minute >= levelMinutes {
		l.ring, l.minute = [levelMinutes]ServiceLevel{}, minute
	}
	for l.minute < minute {
		l.minute++
		l.ring[l.minute%levelMinutes] = ServiceLevel{}
	}
}

// sum is the last hour.
func (l *level) sum(now int64) (all ServiceLevel) {
	l.turn(now)
	for i := range l.ring {
		all.Answered += l.ring[i].Answered
		all.Within += l.ring[i].Within
		all.Abandoned += l.ring[i].Abandoned
	}
	return all
}
