package acd

import (
	"math"
	"strconv"
	"strings"
)

// stayNumber is the id of a stay in numbers, as Turn.id writes them: a line of
// thousands keeps no text for it.
type stayNumber struct {
	entropy uint64
	nth     int32 // of its turn; below 0 is an id of another form, which stands in calls
}

const oddStay = -1

// numberStay reports whether an id is one that was made by a turn.
func numberStay(id EnqueueID) (n stayNumber, ok bool) {
	base, nth, more := strings.Cut(string(id), "-")
	var err error
	if n.entropy, err = strconv.ParseUint(base, 36, 64); err != nil {
		return n, false
	}
	if more {
		i, err := strconv.ParseUint(nth, 36, 31)
		if err != nil || i > math.MaxInt32 {
			return n, false
		}
		n.nth = int32(i)
	}
	var room [32]byte
	return n, string(n.append(room[:0])) == string(id) // capitals and zeros in front are another id
}

func (n stayNumber) append(b []byte) []byte { return appendID(b, n.entropy, int(n.nth)) }

// stay is the id of w's stay.
func (w *waiter) stay() EnqueueID {
	if w.number.nth == oddStay {
		return w.calls.oddStay
	}
	var room [32]byte
	return EnqueueID(w.number.append(room[:0]))
}

// stays reports whether that is w's stay.
func (w *waiter) stays(id EnqueueID) bool {
	if w.number.nth == oddStay {
		return w.calls.oddStay == id
	}
	var room [32]byte
	return string(w.number.append(room[:0])) == string(id)
}

func (w *waiter) setStay(id EnqueueID) {
	n, ok := numberStay(id)
	if !ok {
		n = stayNumber{nth: oddStay}
		w.calling().oddStay = id
	}
	w.number = n
}
