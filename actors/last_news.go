package actors

// lastNews holds the last few pieces of news of a stream, in a ring: nothing moves
// when the oldest goes.
type lastNews struct {
	ring   []cached // as long as a power of two, or as the bound
	oldest int
	n      int
}

// firstPlaces is how many places it begins with.
const firstPlaces = 4

// add puts c behind the others; when there are most of them the oldest goes.
func (w *lastNews) add(c cached, most int) {
	if w.n == len(w.ring) && w.n < most {
		w.grow(most)
	}
	if w.n < len(w.ring) {
		w.n++
		*w.at(w.n - 1) = c
		return
	}
	w.ring[w.oldest] = c
	if w.oldest++; w.oldest == len(w.ring) {
		w.oldest = 0
	}
}

// forget lets go of the oldest n.
func (w *lastNews) forget(n int) {
	for range n {
		*w.at(0) = cached{}
		w.n--
		if w.oldest++; w.oldest == len(w.ring) {
			w.oldest = 0
		}
	}
}

// at is the ith of them, the oldest first.
func (w *lastNews) at(i int) *cached {
	if i += w.oldest; i >= len(w.ring) {
		i -= len(w.ring)
	}
	return &w.ring[i]
}

func (w *lastNews) grow(most int) {
	ring := make([]cached, min(max(firstPlaces, 2*len(w.ring)), most))
	n := copy(ring, w.ring[w.oldest:])
	copy(ring[n:], w.ring[:w.oldest])
	w.ring, w.oldest = ring, 0
}
