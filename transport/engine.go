package transport

import (
	"context"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// Engine is what the edge needs of the engine.
type Engine interface {
	// Open starts a session of a principal whom the edge has verified. A
	// *acd.Refusal is told to the peer; any other error is ours.
	Open(ctx context.Context, h actors.Hello) (Session, actors.Welcome, error)
	// Ready says why no session can be opened now, or nil.
	Ready() error
}

// Session is one principal's connection to the engine. Answers and news come
// through Next, which one goroutine at a time calls; everything else may be
// called while it does.
type Session interface {
	// Do sends a command to a machine. The digest is the command's body's: the
	// same id with another digest is another command.
	Do(id string, digest uint64, to acd.Address, cmd acd.Command)
	// Refuse answers a command that names what is not there, unless it has been
	// answered before, when it was there; and keeps that answer, as Do's. It
	// reports whether the command is refused now.
	Refuse(id string, digest uint64, why *acd.Refusal) bool
	// History asks for the part of a transcript that ends before a message; 0
	// is the end of it.
	History(id string, chat acd.ChatID, before uint64, limit int)
	// Explain asks for the decisions about a chat, or about one offer of it.
	Explain(id string, chat acd.ChatID, offer acd.OfferID)
	// Look asks the read models: for targets and boards.
	Look(id string, q actors.Look)
	// Typing is not answered.
	Typing(to acd.Address, cmd acd.Typing)
	// Next appends what is ready, in order. When it appends fewer than
	// actors.DeliveriesAtOnce the session has caught up, and Hello.Wake will be called.
	Next(buf []actors.Delivery) []actors.Delivery
	// Ack says that the peer has handled everything up to seq.
	Ack(seq uint64)
	// Close ends the session; the reason is told to the next one.
	Close(reason string)
}

// Over makes an Engine of one whose sessions have a type of their own.
func Over[S Session](e interface {
	Open(ctx context.Context, h actors.Hello) (S, actors.Welcome, error)
	Ready() error
}) Engine {
	return over[S]{e.Open, e.Ready}
}

type over[S Session] struct {
	open  func(context.Context, actors.Hello) (S, actors.Welcome, error)
	ready func() error
}

func (o over[S]) Ready() error { return o.ready() }

func (o over[S]) Open(ctx context.Context, h actors.Hello) (Session, actors.Welcome, error) {
	s, w, err := o.open(ctx, h)
	if err != nil {
		return nil, actors.Welcome{}, err
	}
	return s, w, nil
}
