package tally

import "sync/atomic"

// Faults is what a server did that it had promised not to do. All zero is right.
type Faults struct {
	DoubleAssignments atomic.Int64
	Lost              atomic.Int64
	Repeated          atomic.Int64
	OutOfOrder        atomic.Int64
}

// Stream checks the numbers of one principal's events as they come off the
// wire, before any client has dropped or sorted them. It belongs to who reads.
type Stream struct {
	faults  *Faults
	last    uint64
	missing map[uint64]bool // below last and not seen
}

// NewStream begins at a snapshot's number.
func NewStream(f *Faults, seq uint64) *Stream { return &Stream{faults: f, last: seq} }

// See takes the number of an event. It reports whether the event is new, and
// whether it came in order.
func (s *Stream) See(seq uint64) (fresh, ordered bool) {
	switch {
	case seq == s.last+1:
		s.last = seq
		return true, true
	case seq > s.last:
		if s.missing == nil {
			s.missing = map[uint64]bool{}
		}
		for gap := s.last + 1; gap < seq && gap-s.last < mostMissing; gap++ {
			s.missing[gap] = true
		}
		s.last = seq
		return true, true
	case s.missing[seq]:
		delete(s.missing, seq)
		s.faults.OutOfOrder.Add(1)
		return true, false
	}
	s.faults.Repeated.Add(1)
	return false, false
}

// mostMissing bounds what one gap may remember.
const mostMissing = 10_000

// Last is the number to resume after.
func (s *Stream) Last() uint64 { return s.last }

// Snapshot replaces the stream: what was missing is in it.
func (s *Stream) Snapshot(seq uint64) {
	s.last, s.missing = seq, nil
}

// Close counts what never came.
func (s *Stream) Close() {
	s.faults.Lost.Add(int64(len(s.missing)))
	s.missing = nil
}
