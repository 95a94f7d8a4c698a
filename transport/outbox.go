package transport

import (
	"errors"
	"os"
	"sync"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/transport/wire"
)

// writeBytes is how much goes into one system call, but for the last frame in it.
const writeBytes = 64 << 10

// outbox is what a connection has to say. One goroutine at a time writes, and
// only while something is ready. Frames of our own (answers to bad frames,
// pings) wait here, bounded; those of the engine wait in the session until
// there is room.
type outbox struct {
	c *conn

	mu      sync.Mutex
	own     []byte // frames, one a line
	session Session
	running bool
	again   bool // something came while running
	closed  bool
	stopped chan struct{} // of close, while it waits for a run to end
}

func (o *outbox) init(c *conn) { o.c = c }

// push says something of our own. A peer who leaves too much of it unread is
// a slow consumer.
func (o *outbox) push(ev wire.Event) { o.add(ev, o.c.limits.OutboundBytes) }

// open says what a session begins with, whatever its size, and lets the
// session's deliveries follow.
func (o *outbox) open(s Session, first ...wire.Event) {
	for _, ev := range first {
		o.add(ev, 0)
	}
	o.mu.Lock()
	o.session = s
	o.mu.Unlock()
	o.wake()
}

func (o *outbox) add(ev wire.Event, limit int) {
	o.c.server.metrics.framesOut.Inc()
	buf := messages.Get().(*[]byte)
	defer messages.Put(buf)
	*buf = wire.AppendEvent((*buf)[:0], ev)
	o.mu.Lock()
	if len(o.own) > 0 {
		o.own = append(o.own, '\n')
	}
	o.own = append(o.own, *buf...)
	full := limit > 0 && len(o.own) > limit
	o.mu.Unlock()
	if full {
		o.c.shut(wire.CloseSlowConsumer)
		return
	}
	o.wake()
}

// wake sees to it that somebody writes what is there now. It never blocks.
func (o *outbox) wake() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	if o.running {
		o.again = true
		return
	}
	o.running = true
	o.c.server.writers.run(o)
}

// run writes until nothing is ready.
func (o *outbox) run() {
	b := batches.Get().(*batch)
	for {
		own, session, done := o.take(b)
		if done {
			break
		}
		if err := o.c.say(b, own, session); err != nil {
			o.fail(err)
		}
	}
	b.release()
}

// fail ends the writing: what a part has been written of cannot be continued.
func (o *outbox) fail(err error) {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		o.c.shut(wire.CloseSlowConsumer)
	} else {
		o.c.shut(closeGone)
	}
}

// take ends the run, or hands over our own frames.
func (o *outbox) take(b *batch) (own []byte, s Session, done bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || b.idle && !o.again {
		o.running = false
		if o.stopped != nil {
			close(o.stopped)
		}
		return nil, nil, true
	}
	o.again, b.idle = false, false
	own, o.own = o.own, nil
	return own, o.session, false
}

// close ends the writing for good; a last word of our own is still said. It
// waits for a write that is under way, for WriteTimeout at most.
func (o *outbox) close(lastWord bool) {
	o.mu.Lock()
	o.closed = true
	var running chan struct{}
	if o.running {
		running = make(chan struct{})
		o.stopped = running
	}
	o.mu.Unlock()
	if running != nil {
		<-running
	}
	o.mu.Lock()
	own := o.own
	o.own = nil
	o.mu.Unlock()
	if lastWord && len(own) > 0 {
		b := batches.Get().(*batch)
		_ = o.c.say(b, own, nil) // the peer may have gone
		b.release()
	}
}

// say writes our own frames and what the session has ready.
func (c *conn) say(b *batch, own []byte, s Session) error {
	if len(own) > 0 {
		b.add(own)
	}
	b.deliveries = b.deliveries[:0]
	if s != nil {
		b.deliveries = s.Next(b.deliveries)
	}
	b.idle = len(b.deliveries) < actors.DeliveriesAtOnce // what comes from now on wakes
	for i := range b.deliveries {
		if b.deliveries[i].Answer != nil {
			c.unanswered.Add(-1) // before he can know of it and send the next one
		}
		c.deliver(b, &b.deliveries[i])
		if len(b.buf) >= writeBytes {
			if err := c.write(b); err != nil {
				return err
			}
		}
	}
	clear(b.deliveries)
	if err := c.write(b); err != nil {
		return err
	}
	if c.leaving.Load() && c.unanswered.Load() <= 0 {
		c.shut(wire.CloseDrain)
	}
	return nil
}

// deliver turns one delivery of the engine into a frame.
func (c *conn) deliver(b *batch, d *actors.Delivery) {
	c.server.metrics.framesOut.Inc()
	if d.Answer != nil {
		ev := answerFrame(d.Re, d.Answer, c.who.Role, &b.ok)
		if refused, ok := ev.(*wire.Error); ok {
			c.server.metrics.refusal(refused.Code)
		}
		b.begin()
		b.buf = wire.AppendEvent(b.buf, ev)
		b.finish()
		return
	}
	b.begin()
	b.buf = appendNote(b.buf, d.Seq, d.News, c.who)
	b.finish()
}

// write puts the batch on the network, if it can in one system call. Who has no
// room for it is waited for, by this goroutine, while others write to others.
func (c *conn) write(b *batch) error {
	b.cut()
	if len(b.buf) == 0 {
		return nil
	}
	err := c.net.send(&b.attempt, b.buf, c.server.writers)
	b.reset()
	return err
}
