package transport

import (
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// take does what one valid frame asks for. Every frame is answered, here or by
// the engine, except pong.
func (c *conn) take(cmd wire.Command) {
	if c.session == nil {
		c.first(cmd)
		return
	}
	switch cmd := cmd.(type) {
	case *wire.Pong:
		c.session.Ack(cmd.Seq)
		return
	case *wire.Hello:
		c.refuse(&wire.Error{Re: cmd.ID, Code: wire.CodeBadState, Message: "hello has been said"})
		return
	}
	if e := c.allowance(cmd); e != nil {
		c.refuse(e)
		return
	}
	if !wire.MaySend(wire.Role(c.who.Role), cmd.FrameType()) {
		c.noteRefusal(cmd, wire.CodeForbidden)
		c.refuse(&wire.Error{Re: cmd.CommandID(), Code: wire.CodeForbidden,
			Message: cmd.FrameType() + " is not for the role " + string(c.who.Role)})
		return
	}
	if e := c.obey(cmd); e != nil {
		e.Re = cmd.CommandID()
		c.noteRefusal(cmd, e.Code)
		c.refuse(e)
	}
}

// first holds the first frame to be a hello.
func (c *conn) first(cmd wire.Command) {
	if h, ok := cmd.(*wire.Hello); ok {
		c.greet(h)
		return
	}
	c.refuse(&wire.Error{Re: cmd.CommandID(), Code: wire.CodeUnauthenticated, Message: "the first frame is hello"})
	c.shut(wire.CloseNoHello)
}

// allowance holds a command against the principal's rate and against what he
// has unanswered on this connection.
func (c *conn) allowance(cmd wire.Command) *wire.Error {
	now := time.Now()
	var e *wire.Error
	switch {
	case int(c.unanswered.Load()) >= c.limits.Unanswered:
		e = refusal(wire.CodeRateLimited, "too many commands are not answered yet")
		e.RetryAfterS = 1
	case !c.person.commands.AllowN(now, 1):
		e = refusal(wire.CodeRateLimited, "too many commands")
		e.RetryAfterS = waitFor(c.person.commands, now)
	default:
		return nil
	}
	e.Re = cmd.CommandID()
	if now.Sub(c.rateNoted) >= rateNoteEvery {
		c.rateNoted = now
		c.noteRefusal(cmd, e.Code)
	}
	if c.strikes.out(now) {
		c.shut(wire.CloseRateLimited)
	}
	return e
}

// obey hands a command on to where it belongs.
func (c *conn) obey(cmd wire.Command) *wire.Error {
	switch cmd := cmd.(type) {
	case *wire.Refresh:
		c.refresh(cmd)
		return nil
	case *wire.History:
		limit := cmd.Limit
		if limit == 0 {
			limit = wire.DefaultHistory
		}
		c.unanswered.Add(1)
		c.session.History(cmd.ID, acd.ChatID(cmd.Chat), cmd.Before, limit)
		return nil
	case *wire.Explain:
		chat, offer, e := explained(cmd)
		if e == nil {
			c.unanswered.Add(1)
			c.session.Explain(cmd.ID, chat, offer)
		}
		return e
	case *wire.ListTargets, *wire.WatchTargets, *wire.Watch:
		c.unanswered.Add(1)
		c.session.Look(cmd.CommandID(), look(cmd))
		return nil
	case *wire.Typing:
		c.session.Typing(acd.ChatID(cmd.Chat).Address(), acd.Typing{On: cmd.On})
		c.out.push(&wire.Ok{Re: cmd.ID})
		return nil
	case *wire.Send:
		if cmd.Attachment != nil {
			return c.attach(cmd)
		}
	}
	to, order, e := translate(c.who, cmd, c.server.options.Config())
	if e != nil {
		return c.settled(cmd, e)
	}
	c.unanswered.Add(1)
	c.session.Do(cmd.CommandID(), digest(cmd), to, order)
	return nil
}

// settled is a refusal of the edge that holds. That something is not there is the
// engine's to answer, and kept: the command may have come before, when it was.
func (c *conn) settled(cmd wire.Command, e *wire.Error) *wire.Error {
	if e.Code != wire.CodeNotFound {
		return e
	}
	c.unanswered.Add(1)
	if c.session.Refuse(cmd.CommandID(), digest(cmd), &acd.Refusal{Code: string(e.Code), Text: e.Message}) {
		c.noteRefusal(cmd, e.Code)
	}
	return nil
}

// explained names the chat that an explain is about.
func explained(cmd *wire.Explain) (acd.ChatID, acd.OfferID, *wire.Error) {
	if cmd.Chat != "" {
		return acd.ChatID(cmd.Chat), "", nil
	}
	offer := acd.OfferID(cmd.Offer)
	chat, ok := offer.Chat()
	if !ok {
		return "", "", refusal(wire.CodeNotFound, "no such offer")
	}
	return chat, offer, nil
}

// digest tells a command sent again from another one under the same id. It
// is over what the frame means, not over its bytes, and stays the same across
// restarts.
func digest(cmd wire.Command) uint64 {
	buf := messages.Get().(*[]byte)
	defer messages.Put(buf)
	*buf = wire.AppendCommand((*buf)[:0], cmd)
	return xxhash.Sum64(*buf)
}
