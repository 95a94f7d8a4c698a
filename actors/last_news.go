package actors

import "github.com/parley-engine/parley/actors/acd"

// lastNews holds the last few pieces of news of a stream, in a ring: nothing moves
// when the oldest goes. Where they stand in the journal is apart from the notes
// themselves, of which only the last few are kept: there are thousands of places
// for each person, and the garbage collector need not look into them.
type lastNews struct {
	ring   []place // as long as a power of two, or as the bound
	oldest int
	n      int

	nth   uint64            // of the oldest, among all that there ever were
	notes []*Note           // of the last len(notes), each at its number modulo that
	long  map[uint64]string // ids that have no room in their place
}

// place is cached without what has pointers in it.
type place struct {
	seq, message uint64
	index        int32
	kind         acd.Kind
	view         acd.View
	length       uint8 // of the id; longID is one that stands elsewhere
	id           [idRoom]byte
}

// idRoom makes a place 64 bytes long, and holds a UUID as a text.
const (
	idRoom = 41
	longID = 0xff
)

// firstPlaces is how many places it begins with.
const firstPlaces = 4

// add puts c behind the others; when there are most of them the oldest goes. The
// notes of the last fresh are kept.
func (w *lastNews) add(c cached, most, fresh int) {
	if w.n == len(w.ring) && w.n < most {
		w.grow(most, fresh)
	}
	if w.n == len(w.ring) {
		w.forget(1)
	}
	w.n++
	p := w.at(w.n - 1)
	*p = place{seq: c.seq, message: c.message, index: c.index, kind: c.kind, view: c.view, length: longID}
	if len(c.id) <= idRoom {
		p.length = uint8(copy(p.id[:], c.id))
	} else {
		if w.long == nil {
			w.long = map[uint64]string{}
		}
		w.long[w.nth+uint64(w.n-1)] = c.id
	}
	*w.held(w.n - 1) = c.note
}

// forget lets go of the oldest n.
func (w *lastNews) forget(n int) {
	for range n {
		if w.fresh(0) {
			*w.held(0) = nil
		}
		if len(w.long) > 0 && w.at(0).length == longID { // else it is not looked at: nobody has for long
			delete(w.long, w.nth)
		}
		w.n--
		w.nth++
		if w.oldest++; w.oldest == len(w.ring) {
			w.oldest = 0
		}
	}
}

// at is where the ith of them stands, the oldest first.
func (w *lastNews) at(i int) *place {
	if i += w.oldest; i >= len(w.ring) {
		i -= len(w.ring)
	}
	return &w.ring[i]
}

// fresh reports whether the ith is one of those whose notes are kept.
func (w *lastNews) fresh(i int) bool { return i >= w.n-len(w.notes) }

// held is where the note of the ith is, which is fresh.
func (w *lastNews) held(i int) **Note {
	return &w.notes[(w.nth+uint64(i))%uint64(len(w.notes))]
}

// note is that of the ith, nil when it has to be read again.
func (w *lastNews) note(i int) *Note {
	if !w.fresh(i) {
		return nil
	}
	return *w.held(i)
}

// id names the machine that the ith is from, until the next one is added.
func (w *lastNews) id(i int) []byte {
	p := w.at(i)
	if p.length == longID {
		return []byte(w.long[w.nth+uint64(i)])
	}
	return p.id[:p.length]
}

// from is the machine that the ith is from.
func (w *lastNews) from(i int) acd.Address {
	return acd.Address{Kind: w.at(i).kind, ID: string(w.id(i))}
}

// ofChat reports whether the ith is from one of those chats.
func (w *lastNews) ofChat(i int, chats map[string]bool) bool {
	return w.at(i).kind == acd.KindChat && chats[string(w.id(i))]
}

// cached is the ith as it was added.
func (w *lastNews) cached(i int) cached {
	p := w.at(i)
	return cached{id: string(w.id(i)), seq: p.seq, note: w.note(i), message: p.message, index: p.index, kind: p.kind, view: p.view}
}

func (w *lastNews) grow(most, fresh int) {
	ring := make([]place, min(max(firstPlaces, 2*len(w.ring)), most))
	n := copy(ring, w.ring[w.oldest:])
	copy(ring[n:], w.ring[:w.oldest])
	w.ring, w.oldest = ring, 0
	if kept := min(len(ring), fresh); kept > len(w.notes) {
		old := *w
		w.notes = make([]*Note, kept)
		for i := max(0, w.n-len(old.notes)); i < w.n; i++ {
			*w.held(i) = *old.held(i)
		}
	}
}
