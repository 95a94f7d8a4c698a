package acd

import (
	"strconv"
	"time"
)

// Machine is the shape of the three kinds. It belongs to one goroutine.
type Machine interface {
	// Step takes one command. A refused command changes nothing.
	Step(t Turn, cmd Command) Outcome
	// Apply folds an event that has already happened; it cannot fail. A state
	// folded from the journal equals the one that Step left behind.
	Apply(at time.Time, e Event)
	// Pending is what others may not have heard, to be sent after a restart.
	Pending() []Send
	// Deadline is the one timer that the state wants: Tick then. Zero is none.
	// Timers are derived, never stored.
	Deadline() time.Time
	// Check names the first invariant that the state breaks.
	Check() error
}

// Turn is what comes in with every command, since rules look nothing up.
type Turn struct {
	Now     time.Time // of the node's clock, in milliseconds
	By      Principal // who asks; zero is the engine itself
	Config  *Config   // the version that this decision is made under
	Entropy uint64    // fresh for each turn: chance and ids come from it
	// Began is when the node started, Held until when what was due by then is
	// held back, so that people can come back first. Zero when nothing is.
	Began, Held time.Time
}

// due reports whether a deadline that was set at a time has come; zero is never.
func (t Turn) due(deadline, set time.Time) bool {
	if !deadline.IsZero() && set.Before(t.Began) && deadline.Before(t.Held) {
		deadline = t.Held
	}
	return due(deadline, t.Now)
}

// id makes the nth id of this turn, unique with the turn's entropy.
func (t Turn) id(n int) string {
	return string(appendID(make([]byte, 0, 20), t.Entropy, n))
}

func appendID(b []byte, entropy uint64, n int) []byte {
	b = strconv.AppendUint(b, entropy, 36)
	if n > 0 {
		b = strconv.AppendInt(append(b, '-'), int64(n), 36)
	}
	return b
}

type (
	// Command asks; it may be refused. Those between machines may come twice
	// or late, and are answered with the present truth.
	Command interface{ command() }
	// Event tells; it has happened.
	Event interface{ event() }
)

// Outcome is all that one step produced.
type Outcome struct {
	Events  []Event
	News    []News
	Sends   []Send
	Result  any   // the answer to the asker, when Err is nil
	Err     error // a *Refusal; then nothing else is set, except Sends
	Forward *Send // the asker is answered by that machine instead
}

// View says for whose eyes a piece of news is; with the event it determines
// the frame, so that a frame can be made again from the journal alone.
type View uint8

// The views.
const (
	ToCustomer View = iota + 1
	ToAgent         // an agent who takes part
	ToOffered       // the agent of an offer that is opening or has ended
	ToOwnDesk       // all sessions of the agent whom it happened to
	ToUnread        // the unread count that goes with a message
)

// News is one frame for one person. It leaves the node after the record that
// it belongs to is durable.
type News struct {
	To        Stream
	View      View
	Event     Event
	Index     int  // of Event among the events of the step
	Ephemeral bool // not numbered, never replayed, the latest wins
}

// Send is a message to another machine. Within one journal it need not wait
// for the disk: what follows from a lost record is lost with it. A Send with a
// Key is repeated until the receiver's shell has acknowledged it; a later Send
// with the same key replaces it.
type Send struct {
	To  Address
	Cmd Command
	Key string
}

// Tick is the timer's command: do what is due. A tick that nothing waits for
// changes nothing, so that a stale timer is harmless.
type Tick struct{}

func (Tick) command() {}
