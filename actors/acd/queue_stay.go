package acd

import (
	"math"
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
	if n.entropy, ok = parse36(base, math.MaxUint64); ok && more {
		i, some := parse36(nth, math.MaxInt32)
		n.nth, ok = int32(i), some && i > 0
	}
	return n, ok
}

// parse36 reads a number of base 36 in the one way that it is written in:
// capitals and zeros in front are another id.
func parse36(s string, most uint64) (n uint64, ok bool) {
	if s == "" || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	for i := range len(s) {
		var digit uint64
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digit = uint64(c - '0')
		case 'a' <= c && c <= 'z':
			digit = uint64(c-'a') + 10
		default:
			return 0, false
		}
		if n > (most-digit)/36 {
			return 0, false
		}
		n = n*36 + digit
	}
	return n, true
}

// stay is the id of w's stay.
func (w *waiter) stay() EnqueueID {
	if w.number.nth == oddStay {
		return w.calls.oddStay
	}
	return EnqueueID(appendID(make([]byte, 0, 20), w.number.entropy, int(w.number.nth)))
}

// stays reports whether that is w's stay.
func (w *waiter) stays(id EnqueueID) bool {
	if w.number.nth == oddStay {
		return w.calls.oddStay == id
	}
	n, ok := numberStay(id)
	return ok && n == w.number
}

func (w *waiter) setStay(id EnqueueID) {
	n, ok := numberStay(id)
	if !ok {
		n = stayNumber{nth: oddStay}
		w.calling().oddStay = id
	}
	w.number = n
}
