package outbound

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"
)

// fill reads on while there is room; more says that there may be more.
func (c *consumer) fill() (more bool, err error) {
	if len(c.entries) >= c.window {
		return false, nil
	}
	before := c.feed.at
	events, err := c.feed.read(readAtOnce)
	if err != nil {
		return false, err
	}
	for _, e := range events {
		c.add(&entry{event: e})
	}
	return c.feed.at != before, nil
}

func (c *consumer) add(e *entry) {
	c.entries = append(c.entries, e)
	l := c.lanes[e.event.Subject]
	if l == nil {
		l = &lane{}
		c.lanes[e.event.Subject] = l
	}
	if l.entries = append(l.entries, e); len(l.entries) == 1 {
		c.ready = append(c.ready, l)
	}
}

// send begins with as many attempts as may be under way.
func (c *consumer) send(ctx context.Context) {
	now := c.out.options.now()
	c.later = slices.DeleteFunc(c.later, func(l *lane) bool {
		if l.due.After(now) {
			return false
		}
		c.ready = append(c.ready, l)
		return true
	})
	most := c.parallel
	if c.failures >= failingFrom {
		if most = 1; c.pause.After(now) {
			return
		}
	}
	for len(c.ready) > 0 && c.sending < most {
		l := c.ready[0]
		c.ready = c.ready[1:]
		e := l.entries[0]
		if e.last = now; e.tries == 0 {
			e.first, e.mark = now, now
		}
		e.tries++
		c.sending++
		go func() {
			began := time.Now()
			err := c.sink.send(ctx, e.event)
			c.results <- result{l, err, time.Since(began)}
		}()
	}
}

// settle takes the end of an attempt; true is the end of the consumer.
func (c *consumer) settle(r result) (over bool) {
	c.sending--
	now := c.out.options.now()
	e := r.lane.entries[0]
	c.note(e, r, now)
	if errors.Is(r.err, errGone) {
		c.gone()
		return true
	}
	if r.err == nil {
		c.sooner(now)
		c.failures, c.outages, c.success = 0, 0, now
		c.pause = time.Time{}
		c.pop(r.lane)
		return false
	}
	c.failures++
	c.blame(e, now)
	if c.failures >= failingFrom && !e.last.Before(c.paused) { // else it was on its way when the pause began
		c.outages++
		c.paused, c.pause = now, now.Add(c.out.options.Retry.pause(c.outages))
	}
	if c.given(e, now) {
		if err := c.bury(e.event, e.tries, r.err); err != nil {
			c.out.options.Log.Error("a dead letter cannot be kept", "for", c.name, "event", e.event.ID(), "err", err)
		} else {
			c.count(func(s *State) { s.Buried++ })
			c.pop(r.lane)
			return false
		}
	}
	r.lane.due = now.Add(c.out.options.Retry.pause(e.tries))
	if l := new(laterError); errors.As(r.err, &l) {
		r.lane.due = latest(r.lane.due, now.Add(min(l.after, c.out.options.Retry.Most)))
	}
	c.later = append(c.later, r.lane)
	return false
}

// sooner has those asked for again that wait, since the receiver takes events:
// at once if it took none for a while, or if they were hardly tried.
func (c *consumer) sooner(now time.Time) {
	for _, l := range c.later {
		due := now
		if e := l.entries[0]; c.failures < failingFrom && e.tries >= soonTries {
			due = latest(now, e.last.Add(c.out.options.Retry.First))
		}
		if due.Before(l.due) {
			l.due = due
		}
	}
}

// blame counts a failure against the event itself if others were taken since
// the one before that was counted. That goes at the pace of the pauses, however
// often it was asked for meanwhile: who is out of order for a minute loses
// nothing.
func (c *consumer) blame(e *entry, now time.Time) {
	paused := e.counted == 0 || !now.Before(e.mark.Add(c.out.options.Retry.pause(e.counted)))
	if paused && c.success.After(e.mark) {
		e.counted++
		e.mark = e.last
	}
}

// given reports whether an event is given up: its receiver takes others and
// not this one, or all of it has lasted too long.
func (c *consumer) given(e *entry, now time.Time) bool {
	retry := &c.out.options.Retry
	return e.counted >= retry.Attempts || now.Sub(e.first) >= retry.GiveUp
}

// pause before the attempt after n: twice as long each time, and up to a half
// of it shorter, so that not all come back at once.
func (r *Retry) pause(n int) time.Duration {
	d := r.Most
	if n < 32 {
		d = min(r.Most, r.First<<(n-1))
	}
	return d - rand.N(d/2+1)
}

// pop settles the first of a lane.
func (c *consumer) pop(l *lane) {
	l.entries[0].settled = true
	subject := l.entries[0].event.Subject
	if l.entries = l.entries[1:]; len(l.entries) > 0 {
		c.ready = append(c.ready, l)
		return
	}
	delete(c.lanes, subject)
}

// note counts an attempt and tells of it.
func (c *consumer) note(e *entry, r result, now time.Time) {
	a := Attempt{Event: e.event.ID(), Kind: e.event.Kind, Subject: e.event.Subject, At: now, Try: e.tries, Took: r.took}
	c.count(func(s *State) {
		if r.err == nil {
			s.Delivered++
			s.LastSuccess, s.Failing = now, false
			return
		}
		a.Error = r.err.Error()
		s.Failed++
		s.LastFailure, s.LastError, s.Failing = now, a.Error, c.failures+1 >= failingFrom
	})
	c.tried(a)
}

func (c *consumer) count(change func(*State)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.state)
}
