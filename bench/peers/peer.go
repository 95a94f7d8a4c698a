package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errMissing says what a peer needs that is not here; it is skipped by name.
var errMissing = errors.New("not installed")

func missing(what, how string) error { return fmt.Errorf("%s: %w; %s", what, errMissing, how) }

// Usage is what the processes of a server have taken since they started.
type Usage struct {
	CPU float64 // seconds
	RSS int64   // bytes now
}

// Talk is the load of people who talk in pairs: one says something, the other
// hears it, thinks, answers.
type Talk struct {
	Pairs  int
	Think  time.Duration // mean of an exponential distribution; 0 is flat out
	Length int           // of a text, in bytes
	Seed   uint64
}

// Lifecycle is the load of chats that are offered with a time-out and accepted
// at once, so many at a time.
type Lifecycle struct{ AtOnce int }

// talker is a peer that carries words between two ends.
type talker interface {
	// Talk starts a server and its people for the load.
	Talk(ctx context.Context, dir string, load Talk) (run, error)
}

// offerer is a peer that can offer something with a time-out.
type offerer interface {
	Offers(ctx context.Context, dir string, load Lifecycle) (run, error)
}

// run is a load that goes on until it is closed. Its figures only grow.
type run interface {
	Figures() (Figures, error)
	Close()
}

// Figures are what a run has done so far. Latencies are those since the last
// call.
type Figures struct {
	Usage
	Done      int64           // messages that were acknowledged and heard, or chats
	Latencies []time.Duration // from when it was meant to be sent to when the other has heard it
}

// peer is one row of the table.
type peer struct {
	name    string
	durable string // what stands behind its acknowledgement
	system  any    // a talker, an offerer or both
}
