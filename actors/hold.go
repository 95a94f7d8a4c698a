package actors

import (
	"slices"
	"time"
)

// ordered is a machine that knows its deadlines one after the other.
type ordered interface {
	// DeadlineAfter is the first deadline that is later than t, zero if none is.
	DeadlineAfter(t time.Time) time.Time
}

// remember notes the deadlines that this life has found. Right after the node's
// start they do not fire for a while, so that people can come back first.
func (s *shell) remember() {
	hold := s.engine.holdUntil
	s.loaded = nil
	if !s.engine.now().Before(hold) {
		return
	}
	for at := s.machine.Deadline(); !at.IsZero() && at.Before(hold); at = s.later(at) {
		s.loaded = append(s.loaded, at)
	}
}

func (s *shell) later(at time.Time) time.Time {
	if m, ok := s.machine.(ordered); ok {
		return m.DeadlineAfter(at)
	}
	return time.Time{}
}

// next is when the machine wants its Tick. What is held back waits for the end
// of the hold, and does not hide what was set since.
func (s *shell) next(now time.Time) time.Time {
	at, hold := s.machine.Deadline(), s.engine.holdUntil
	if !now.Before(hold) {
		s.loaded = nil
		return at
	}
	held := false
	for !at.IsZero() && at.Before(hold) && s.held(at) {
		at, held = s.later(at), true
	}
	if held && (at.IsZero() || hold.Before(at)) {
		return hold
	}
	return at
}

// held reports whether a deadline is one that was found at the start, or one
// that the rules would not have yet when the last alarm came.
func (s *shell) held(at time.Time) bool {
	return !at.After(s.ticked) || slices.ContainsFunc(s.loaded, at.Equal)
}
