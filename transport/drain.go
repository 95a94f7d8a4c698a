package transport

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/parley-engine/parley/transport/wire"
)

// Drain sends everybody away: no new connections, a goodbye to each peer with a
// moment of his own to come back at, and the close code 4004 once that moment
// has come and his commands are answered; new chats are the engine's to refuse.
// It returns when all are gone. At the context's end those who are left are
// closed at once, and the context's error is returned.
func (s *Server) Drain(ctx context.Context, reason wire.GoodbyeReason) error {
	return s.dismiss(ctx, reason, s.options.DrainSpread)
}

// HandOver is Drain for a node that another process on this machine is about to
// go on with: everybody leaves at once, since the successor waits for the last.
func (s *Server) HandOver(ctx context.Context) error {
	return s.dismiss(ctx, wire.GoodbyeUpgrade, 0)
}

func (s *Server) dismiss(ctx context.Context, reason wire.GoodbyeReason, spread time.Duration) error {
	s.goodbye.Store(&reason)
	s.spread.Store(int64(spread))
	s.draining.Store(true)
	gone := s.people.close()
	for _, c := range s.people.all() {
		s.sendAway(c)
	}
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	for _, c := range s.people.all() {
		c.shut(wire.CloseDrain)
	}
	select {
	case <-gone:
	case <-time.After(s.options.CloseLinger + s.options.WriteTimeout):
	}
	return fmt.Errorf("drain: %w", ctx.Err())
}

// sendAway says goodbye. Peers come back one after the other and not all at
// once. Who has not said hello has nothing to lose.
func (s *Server) sendAway(c *conn) {
	if !c.greeted.Load() {
		c.shut(wire.CloseDrain)
		return
	}
	if c.dismissed.Swap(true) {
		return
	}
	after := time.Duration(0)
	if spread := s.spread.Load(); spread > 0 {
		after = rand.N(time.Duration(spread))
	}
	c.out.push(&wire.Goodbye{Reason: *s.goodbye.Load(), ReconnectAfterS: after.Round(time.Millisecond).Seconds()})
	c.beat.departs(time.Now().Add(after))
}
