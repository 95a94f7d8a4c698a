package client

import (
	"context"
	"fmt"

	"github.com/parley-engine/parley/transport/wire"
)

// stream is the order of the principal's events, and those that wait for Next.
// The client's mutex guards it.
type stream struct {
	// at is the last event, or snapshot, that was queued: where a new link
	// resumes. The zero State stands for nothing yet.
	at State
	// epoch is set while a snapshot of that epoch is awaited; events do not
	// count until it is there.
	epoch string
	// taken is the last one that Next has returned.
	taken    State
	snapshot wire.Event

	queue []item
	room  int
	// lagging says that events were let go, since nobody took those before.
	lagging bool
	wake    chan struct{} // something was queued
	drained chan struct{} // all that was queued has been taken, and events were let go
}

// item is a frame, and where the stream stands after it.
type item struct {
	got wire.Received
	at  State
}

func newStream(resume *State, room int) stream {
	s := stream{room: room, wake: make(chan struct{}, 1), drained: make(chan struct{}, 1)}
	if resume != nil {
		s.at, s.taken = *resume, *resume
	}
	return s
}

// resume is what the next hello asks for.
func (c *Client) resume() *wire.Resume {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stream.at.Epoch == "" {
		return nil
	}
	return &wire.Resume{Epoch: c.stream.at.Epoch, Seq: c.stream.at.Seq}
}

func (s *stream) welcome(w *wire.Welcome) {
	s.lagging = false
	s.epoch = ""
	if !w.Resumed {
		s.epoch = w.Epoch
	}
}

// State is where the events stand that Next has returned.
func (c *Client) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stream.taken
}

// Snapshot is the last snapshot that Next has returned, nil before the first
// one. It is not kept up with the events after it.
func (c *Client) Snapshot() wire.Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stream.snapshot
}

// Next waits for the next frame: an event of the stream, each exactly once and
// in order; an ephemeral one, where none is promised; or a snapshot, which
// replaces all that came before it, and comes first unless the stream was
// resumed. When the client has ended it returns what is left, and then why.
func (c *Client) Next(ctx context.Context) (wire.Received, error) {
	for {
		if got, ok := c.take(); ok {
			return got, nil
		}
		select {
		case <-c.stream.wake:
		case <-ctx.Done():
			return wire.Received{}, fmt.Errorf("client: next: %w", ctx.Err())
		case <-c.done:
			if got, ok := c.take(); ok {
				return got, nil
			}
			return wire.Received{}, c.Err()
		}
	}
}

func (c *Client) take() (wire.Received, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &c.stream
	if len(s.queue) == 0 {
		return wire.Received{}, false
	}
	first := s.queue[0]
	s.queue[0] = item{}
	s.queue = s.queue[1:]
	s.taken = first.at
	if _, ok := snapshotSeq(first.got.Event); ok {
		s.snapshot = first.got.Event
	}
	if len(s.queue) == 0 && s.lagging {
		signal(s.drained)
	}
	return first.got, true
}

// receive is one line of the server. An error says that the link is of no use.
func (c *Client) receive(l *link, line []byte) error {
	got, err := wire.DecodeEvent(line)
	if err != nil {
		return fmt.Errorf("%w: %w", errFrame, err)
	}
	switch f := got.Event.(type) {
	case *wire.Ping:
		c.pong(l)
	case *wire.Ok:
		c.answer(l, f.Re, answer{ok: f})
	case *wire.Error:
		c.answer(l, f.Re, answer{err: f})
	case *wire.Goodbye:
		select {
		case l.goodbye <- f:
		default: // said twice
		}
	case *wire.TokenExpiring:
		c.work.Go(c.renew)
	default:
		return c.hear(l, got)
	}
	return nil
}

// hear puts what belongs to the stream in its place.
func (c *Client) hear(l *link, got wire.Received) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != l {
		return nil // the link that took its place brings the same
	}
	s := &c.stream
	if resync, ok := got.Event.(*wire.Resync); ok {
		s.epoch = resync.Epoch
		return nil
	}
	if seq, ok := snapshotSeq(got.Event); ok {
		if s.epoch == "" { // of the epoch that goes on
			s.epoch = s.at.Epoch
		}
		s.push(got, State{s.epoch, seq})
		return nil
	}
	switch {
	case s.epoch != "":
		// The snapshot that is awaited has it already.
	case got.Seq == 0:
		s.push(got, s.at)
	case got.Seq == s.at.Seq+1:
		s.push(got, State{s.at.Epoch, got.Seq})
	case got.Seq > s.at.Seq && !s.lagging:
		return fmt.Errorf("%w: %d after %d", errGap, got.Seq, s.at.Seq)
	}
	return nil
}

// push queues a frame, or lets it go where too many wait: a link that resumes
// at the last one that was queued brings it again.
func (s *stream) push(got wire.Received, at State) {
	if len(s.queue) >= s.room {
		s.lagging = s.lagging || got.Seq > 0 || at != s.at
	}
	if s.lagging || len(s.queue) >= s.room {
		return
	}
	s.queue = append(s.queue, item{got, at})
	s.at = at
	if _, ok := snapshotSeq(got.Event); ok {
		s.epoch = ""
	}
	signal(s.wake)
}

// signal wakes whoever waits on a channel of capacity one, now or later.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// snapshotSeq is where the stream stands after a snapshot.
func snapshotSeq(ev wire.Event) (uint64, bool) {
	switch s := ev.(type) {
	case *wire.AgentSnapshot:
		return s.Seq, true
	case *wire.CustomerSnapshot:
		return s.Seq, true
	case *wire.SupervisorSnapshot:
		return s.Seq, true
	default:
		return 0, false
	}
}
