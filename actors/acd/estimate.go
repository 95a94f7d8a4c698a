package acd

import (
	"math"
	"time"
)

const (
	// tellEvery is how often one customer hears of his place, at most.
	tellEvery = 15 * time.Second
	// tellSoon is how long after a change those hear of it who may.
	tellSoon = time.Second
	// tellAtOnce is how many hear of it in one step, and tellPause how long the
	// others who want something of the queue have it to themselves before the next.
	tellAtOnce = 2048
	tellPause  = 10 * time.Millisecond
	// paceWindow is how far back the pace is measured, in paceBuckets steps,
	// and paceLeast how many must have been served in it: a wait is measured
	// or not given at all.
	paceWindow  = 10 * time.Minute
	paceBuckets = 60
	paceStep    = int64(paceWindow/time.Millisecond) / paceBuckets
	paceLeast   = 3
)

// QueueStats counts those who left a queue since its process began.
type QueueStats struct {
	Taken     int
	Abandoned int
	Other     int           // moved on, or waited too long
	Waited    time.Duration // of the taken, in sum
}

// Stats returns the counts, for metrics.
func (q *Queue) Stats() QueueStats { return q.pace.QueueStats }

// pace is how fast chats are taken out of a queue: counts of the last steps of
// time, in a ring.
type pace struct {
	QueueStats
	since  int64 // Unix ms
	step   int64 // number of the newest step of time
	recent int   // sum of ring
	ring   [paceBuckets]int
}

// begin starts the measure, or moves it on.
func (p *pace) begin(now int64) {
	step := now / paceStep
	if p.since == 0 {
		p.since, p.step = now, step
	}
	if step-p.step >= paceBuckets {
		p.ring, p.recent, p.step = [paceBuckets]int{}, 0, step
	}
	for p.step < step {
		p.step++
		i := p.step % paceBuckets
		p.recent -= p.ring[i]
		p.ring[i] = 0
	}
}

// left counts one who left.
func (p *pace) left(reason WithdrawReason, waited time.Duration) {
	switch reason {
	case Taken:
		p.Taken++
		p.Waited += waited
		p.ring[p.step%paceBuckets]++
		p.recent++
	case Abandoned:
		p.Abandoned++
	case MovedOn, GaveUp:
		p.Other++
	}
}

// wait estimates how long who stands at a place waits still: as long as it
// takes to serve that many at the measured pace. The band is the one that so
// few counts leave open: a count of n is certain to about its square root. Nil
// is not known.
func (p *pace) wait(place int, now int64) *WaitBand {
	if p.recent < paceLeast {
		return nil
	}
	oldest := (p.step - paceBuckets + 1) * paceStep
	measured := time.Duration(max(now-max(p.since, oldest), 1000)) * time.Millisecond
	n := float64(p.recent)
	mean := float64(place) * float64(measured) / n
	doubt := 1 / math.Sqrt(n)
	return &WaitBand{Low: wholeSeconds(mean / (1 + doubt)), High: wholeSeconds(mean / (1 - doubt))}
}

func wholeSeconds(d float64) time.Duration {
	return time.Duration(d).Round(time.Second)
}

// tellPlace tells one customer where he stands.
func (q *Queue) tellPlace(s *queueTurn, w *waiter, place int) {
	w.tell(place, s.now)
	s.out.News = append(s.out.News, News{
		To:        w.Customer.Stream(),
		View:      ToCustomer,
		Event:     PositionTold{Chat: w.Chat, Position: place, Wait: q.pace.wait(place, s.now)},
		Ephemeral: true,
	})
}

// forgetTold has a customer's place told anew, with those of the others that
// have changed: what he was told has gone with the connection that heard it. So
// it costs no walk of its own, however many come back at once.
func (q *Queue) forgetTold(chat ChatID) {
	if w := q.line.chats.get(chat); w != nil {
		w.told, q.line.shifted = 0, true
	}
}

// tellPlaces tells everybody whose place has changed and who has not heard for
// a while (Q13), and comes again when the next of them may hear. It is one walk
// over all who wait, from the front; when many have to hear, it stops after the
// first of them and begins again soon, so that nobody waits for the rest.
func (q *Queue) tellPlaces(s *queueTurn) {
	var next int64
	place, told, due := 0, 0, s.now-tellEvery.Milliseconds()
	q.line.order.scan(func(w *waiter) bool {
		place++
		switch {
		case int(w.told) == place:
		case w.toldAt() > due:
			next = earlier(next, w.toldAt()+tellEvery.Milliseconds())
		case told == tellAtOnce:
			next = s.now + tellPause.Milliseconds()
			return false
		default:
			q.tellPlace(s, w, place)
			told++
		}
		return true
	})
	q.line.shifted = false
	if q.tellAt = next; next != 0 && told < tellAtOnce {
		q.tellAt = max(next, s.now+tellSoon.Milliseconds())
	}
}

// arm has the places told soon after they have changed. In between is what
// bounds the walks: a line of thousands from which somebody goes at every moment.
func (q *Queue) arm(now int64) {
	if q.line.shifted {
		q.tellAt, q.line.shifted = earlier(q.tellAt, now+tellSoon.Milliseconds()), false
	}
	if q.line.len() == 0 {
		q.tellAt = 0
	}
}
