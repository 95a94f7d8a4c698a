package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// sink is where a consumer's events go. It is called by many goroutines at
// once, never with two events of one subject.
type sink interface {
	// send delivers an event. With any error it is tried again, later if it is a
	// *laterError; with errGone nothing is sent any more.
	send(ctx context.Context, e *Event) error
}

// errGone is the answer of a receiver who wants no event ever again.
var errGone = errors.New("the receiver is gone for good")

// laterError is that of one who says when to come again.
type laterError struct {
	err   error
	after time.Duration
}

func (e *laterError) Error() string { return e.err.Error() }

func (e *laterError) Unwrap() error { return e.err }

// consumer brings events to one receiver, from its own durable cursor. Events of
// one subject go one after the other, each until it is taken; those of
// different subjects go beside each other, and one that is refused holds up no
// others until the window is full of them.
//
// The cursor stands behind the last event before which all were settled. After
// a crash some behind it go out once more, with the same ids and in the same
// order.
type consumer struct {
	out      *Outbound
	name     string // of its cursor
	sink     sink
	feed     *feed
	parallel int // sends at once
	window   int // events in memory
	// bury keeps what cannot be delivered; tried is told of every attempt; gone
	// of the end.
	bury  func(e *Event, attempts int, cause error) error
	tried func(Attempt)
	gone  func()

	results chan result
	quit    chan struct{}
	done    chan struct{}
	cancel  context.CancelFunc

	// What follows belongs to run.
	entries  []*entry // in order, the first is not settled
	lanes    map[string]*lane
	ready    []*lane
	later    []*lane
	sending  int
	failures int       // in a row
	outages  int       // attempts in a row that failed after a pause of their own
	paused   time.Time // when the last pause began
	pause    time.Time // no attempt before, while the receiver fails altogether
	success  time.Time
	saved    Cursor
	savedAt  time.Time

	mu    sync.Mutex
	state State
}

// State is how a consumer is doing.
type State struct {
	// Cursor is the last event before which all are settled; Oldest is when the
	// first one after it happened that is not.
	Cursor      Cursor
	Oldest      time.Time
	Pending     int // in memory
	Delivered   uint64
	Failed      uint64 // attempts
	Buried      uint64
	LastSuccess time.Time
	LastFailure time.Time
	LastError   string
	Failing     bool // nothing has been taken for a while
}

type entry struct {
	event   *Event
	settled bool
	first   time.Time // attempt
	last    time.Time
	mark    time.Time // the attempt that was counted last, or the first one
	tries   int
	counted int // failures of its own, not of the receiver
}

// lane is the queue of one subject.
type lane struct {
	entries []*entry
	due     time.Time // of the next attempt
}

type result struct {
	lane *lane
	err  error
	took time.Duration
}

// Attempt is one try to deliver an event.
type Attempt struct {
	Event   string        `json:"event"`
	Kind    string        `json:"kind"`
	Subject string        `json:"subject,omitempty"`
	At      time.Time     `json:"at"`
	Try     int           `json:"try"`
	Took    time.Duration `json:"-"`
	Error   string        `json:"error,omitempty"` // nothing when it was taken
}

// soonTries is after how many attempts an event is not asked for again as soon
// as its receiver has taken another one, but a first pause after it was refused.
const soonTries = 4

// failingFrom is how many attempts fail in a row until a receiver counts as
// failing: then it is asked for one event at a time, with longer and longer
// pauses, and no event is given up for it.
const failingFrom = 8

// Bounds of a consumer's saving.
const (
	saveEvery = time.Second
	saveAfter = 512 // events
)

// arriveWithin is how long what is on its way at a stop has to arrive.
const arriveWithin = 2 * time.Second

func (c *consumer) start(at Cursor) {
	var ctx context.Context
	ctx, c.cancel = context.WithCancel(context.Background())
	c.results, c.quit, c.done = make(chan result, c.parallel), make(chan struct{}), make(chan struct{})
	c.lanes, c.saved = map[string]*lane{}, at
	c.state.Cursor = at
	go c.run(ctx)
}

// stop ends it. What is on its way has a moment to arrive; what is cut off then
// will go out again.
func (c *consumer) stop() {
	close(c.quit)
	<-c.done
}

// State returns how it is doing.
func (c *consumer) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

func (c *consumer) run(ctx context.Context) {
	defer close(c.done)
	defer c.drain()
	for {
		grown := c.out.engine.Grown()
		more, err := c.fill()
		if err != nil {
			c.out.options.Log.Error("events cannot be read", "for", c.name, "err", err)
			more = false
			if c.sleep(c.out.options.Retry.First) {
				return
			}
		}
		c.send(ctx)
		c.advance()
		if more {
			grown = closed
		}
		if len(c.entries) >= c.window {
			grown = nil
		}
		if c.step(grown) {
			return
		}
	}
}

// closed is always ready.
var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// step waits for the next thing to do; true is the end.
func (c *consumer) step(grown <-chan struct{}) bool {
	timer := time.NewTimer(c.idle())
	defer timer.Stop()
	select {
	case r := <-c.results:
		return c.settle(r)
	case <-grown:
	case <-timer.C:
	case <-c.quit:
		return true
	}
	return false
}

// idle is how long there is nothing to do by the clock.
func (c *consumer) idle() time.Duration {
	now, wait := c.out.options.now(), time.Minute
	if c.saved != c.State().Cursor {
		wait = saveEvery
	}
	for _, l := range c.later {
		wait = min(wait, latest(l.due, c.pause).Sub(now))
	}
	if len(c.ready) > 0 && c.sending == 0 && c.failures >= failingFrom {
		wait = min(wait, c.pause.Sub(now))
	}
	return max(wait, 0)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// sleep waits; true is the end of the consumer.
func (c *consumer) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-c.quit:
		return true
	}
}

// advance moves the cursor behind what is settled, and saves it now and then.
func (c *consumer) advance() {
	n := 0
	for n < len(c.entries) && c.entries[n].settled {
		n++
	}
	at := c.State().Cursor
	if n > 0 {
		at = c.entries[n-1].event.Cursor
		c.entries = slices.Delete(c.entries, 0, n)
	}
	if len(c.entries) == 0 {
		at = c.feed.at
	}
	var oldest time.Time
	if len(c.entries) > 0 {
		oldest = c.entries[0].event.At
	}
	c.count(func(s *State) { s.Cursor, s.Oldest, s.Pending = at, oldest, len(c.entries) })
	now := c.out.options.now()
	if at != c.saved && (now.Sub(c.savedAt) >= saveEvery || at.Position-c.saved.Position >= saveAfter<<12) {
		c.save(at, now)
	}
}

// place is a cursor as it is kept.
type place struct {
	Cursor string    `json:"cursor"`
	At     time.Time `json:"at"`
}

func (c *consumer) save(at Cursor, now time.Time) {
	body, err := json.Marshal(place{at.String(), now})
	if err == nil {
		err = c.out.shelf.Put(kept("cursor/"+c.name, body))
	}
	if err != nil { // what it saved before is still right
		c.out.options.Log.Error("a cursor cannot be kept", "for", c.name, "err", err)
		return
	}
	c.saved, c.savedAt = at, now
}

// saved is where a consumer stood, and whether it ever did.
func (o *Outbound) savedCursor(name string) (at Cursor, found bool, err error) {
	body, err := o.shelf.Get("cursor/" + name)
	if err != nil || body == nil {
		return at, false, err
	}
	var p place
	if err = json.Unmarshal(body, &p); err == nil {
		at, err = ParseCursor(p.Cursor)
	}
	if err != nil {
		return at, false, fmt.Errorf("cursor of %s: %w", name, err)
	}
	return at, true, nil
}

// drain waits a moment for what is under way and saves how far it came.
func (c *consumer) drain() {
	cut := time.AfterFunc(arriveWithin, c.cancel)
	defer cut.Stop()
	defer c.cancel()
	for ; c.sending > 0; c.sending-- {
		if r := <-c.results; r.err == nil {
			r.lane.entries[0].settled = true
		}
	}
	c.advance()
	if at := c.State().Cursor; at != c.saved {
		c.save(at, c.out.options.now())
	}
}
