package actors

import (
	"time"

	"github.com/cespare/xxhash/v2"
)

// recent holds which commands of one person may have been answered before, so
// that a command seen for the first time is not looked for on disk. The rows
// are the truth: an id that recent has never met has no row, once the rows of
// an earlier life have been noted; one that it has met is looked up.
//
// An id is kept for one span at least and two at most. Span is longer than a
// row may be asked for.
type recent struct {
	whole     bool // the rows of earlier lives are in it
	since     time.Time
	now, past idset
}

// note adds an id and reports whether it is surely new.
func (r *recent) note(id string, at time.Time, span time.Duration) (fresh bool) {
	if at.Sub(r.since) > span {
		r.past, r.now, r.since = r.now, idset{}, at
	}
	h := xxhash.Sum64String(id)
	met := r.past.has(h)
	if added := r.now.add(h); !added {
		met = true
	}
	return r.whole && !met
}

// idset is a set of hashes that may take one that is not in it for one that
// is: it keeps 32 bits of each, in a table of its own kind because four bytes
// an id are what a person's thousands of commands may cost.
type idset struct {
	slots []uint32 // zero is empty
	used  int
}

// mark is what a slot holds of a hash, never zero.
func mark(h uint64) uint32 { return uint32(h>>32) | 1 }

// home is where a hash is looked for first. It comes from the same bits as the
// mark, so that a larger table can be filled from a smaller one.
func (s *idset) home(m uint32) int {
	return int((uint64(m) * 0x9e3779b97f4a7c15) >> 33 & uint64(len(s.slots)-1))
}

// find returns the slot of a mark, or the empty one where it belongs.
func (s *idset) find(m uint32) int {
	for i := s.home(m); ; i = (i + 1) & (len(s.slots) - 1) {
		if s.slots[i] == m || s.slots[i] == 0 {
			return i
		}
	}
}

func (s *idset) has(h uint64) bool {
	return s.used > 0 && s.slots[s.find(mark(h))] != 0
}

// add reports whether h was not in the set yet.
func (s *idset) add(h uint64) bool {
	if 4*(s.used+1) > 3*len(s.slots) {
		s.grow()
	}
	m := mark(h)
	i := s.find(m)
	if s.slots[i] == m {
		return false
	}
	s.slots[i] = m
	s.used++
	return true
}

func (s *idset) grow() {
	old := s.slots
	s.slots = make([]uint32, max(8, 2*len(old)))
	for _, m := range old {
		if m != 0 {
			s.slots[s.find(m)] = m
		}
	}
}
