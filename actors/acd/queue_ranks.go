package acd

import (
	"slices"
	"sort"
)

// ranks stand in an order: who waits, who is free, what is to be done when. Most
// come behind all others and most who go were the first, and both touch one
// place: they stand in blocks, full ones, that are cut off at the front and grow
// at the end. To come or to go in between moves what one block holds. The room of
// the last one to go is there for the next to come.
//
// A tree of nodes has half of each empty when all come at the end, is gone down
// for each of these, which in a line of thousands is what a match waits for, and
// is made anew whenever nobody was there: an agent of a full queue is never free
// for longer than a step.
type ranks[T comparable] struct {
	before func(a, b T) bool
	blocks [][]T // none of them empty, unless all is
	n      int
}

func newRanks[T comparable](before func(a, b T) bool) *ranks[T] { return &ranks[T]{before: before} }

// ranksBlock is how many stand in a block at most; two that have no more than
// half of it together become one.
const ranksBlock = 128

// ranksShort is a block in which it costs nothing to move the others up, and to
// cut it off would waste its room.
const ranksShort = 16

func (r *ranks[T]) len() int { return r.n }

// first and last are zero when nobody is there.
func (r *ranks[T]) first() (w T) {
	if r.n == 0 {
		return w
	}
	return r.blocks[0][0]
}

func (r *ranks[T]) last() (w T) {
	if r.n == 0 {
		return w
	}
	b := r.blocks[len(r.blocks)-1]
	return b[len(b)-1]
}

// find returns where w stands, or would have to: a place in a block that is there.
func (r *ranks[T]) find(w T) (block, at int, there bool) {
	if r.n == 0 || r.blocks[0][0] == w {
		return 0, 0, r.n > 0
	}
	if r.before(w, r.blocks[0][0]) { // as who comes back
		return 0, 0, false
	}
	block = len(r.blocks) - 1
	if r.before(w, r.blocks[block][0]) {
		block = max(0, sort.Search(block, func(i int) bool { return r.before(w, r.blocks[i][0]) })-1)
	}
	b := r.blocks[block]
	if end := len(b); r.before(b[end-1], w) {
		return block, end, false
	}
	at = sort.Search(len(b), func(i int) bool { return !r.before(b[i], w) })
	return block, at, !r.before(w, b[at])
}

// has reports whether w itself is in it.
func (r *ranks[T]) has(w T) bool {
	block, at, there := r.find(w)
	return there && r.blocks[block][at] == w
}

// set puts w at its place, in place of one that stands there.
func (r *ranks[T]) set(w T) {
	block, at, there := r.find(w)
	switch {
	case there:
		r.blocks[block][at] = w
		return
	case r.n == 0:
		if len(r.blocks) == 0 {
			r.blocks = append(r.blocks, nil)
		}
		r.blocks[0] = append(r.blocks[0], w)
	case len(r.blocks[block]) < ranksBlock:
		r.blocks[block] = slices.Insert(r.blocks[block], at, w)
	default:
		r.push(block, at, w)
	}
	r.n++
}

// push puts w at its place in a block that is full. Who comes does not always come
// in order, so one of its neighbours takes somebody over if it has room; else half
// of the blocks' room would be left behind as a line grows.
func (r *ranks[T]) push(block, at int, w T) {
	b := r.blocks[block]
	switch behind := block + 1; {
	case at == len(b) && behind == len(r.blocks):
		r.blocks = append(r.blocks, append(make([]T, 0, ranksBlock), w))
	case behind < len(r.blocks) && len(r.blocks[behind]) < ranksBlock:
		if at < len(b) {
			last := len(b) - 1
			w, b[last] = b[last], w
			rotate(b[at:])
		}
		r.blocks[behind] = slices.Insert(r.blocks[behind], 0, w)
	case block > 0 && len(r.blocks[block-1]) < ranksBlock:
		if at > 0 {
			first := b[0]
			copy(b, b[1:at])
			w, b[at-1] = first, w
		}
		r.blocks[block-1] = append(r.blocks[block-1], w)
	default:
		r.split(block, at, w)
	}
}

// rotate puts the last of b before the others.
func rotate[T any](b []T) {
	last := b[len(b)-1]
	copy(b[1:], b)
	b[0] = last
}

// split makes two blocks of a full one: halves, but at the end of all the larger
// part stays, since what comes will be behind it.
func (r *ranks[T]) split(block, at int, w T) {
	b, cut := r.blocks[block], ranksBlock/2
	if block == len(r.blocks)-1 {
		cut = max(cut, at)
	}
	right := append(make([]T, 0, ranksBlock), b[cut:]...)
	left := slices.Delete(b, cut, len(b))
	if at <= cut {
		left = slices.Insert(left, at, w)
	} else {
		right = slices.Insert(right, at-cut, w)
	}
	r.blocks[block] = left
	r.blocks = slices.Insert(r.blocks, block+1, right)
}

// delete takes w out, if it is there.
func (r *ranks[T]) delete(w T) {
	block, at, there := r.find(w)
	if !there {
		return
	}
	r.n--
	b := r.blocks[block]
	if at == 0 && len(b) > ranksShort {
		var nobody T
		b[0] = nobody
		b = b[1:]
	} else {
		b = slices.Delete(b, at, at+1)
	}
	switch r.blocks[block] = b; {
	case r.n == 0: // whoever comes next finds the room
	case len(b) > 0:
		r.merge(block)
	case block == 0:
		r.blocks[0] = nil
		r.blocks = r.blocks[1:]
	default:
		r.blocks = slices.Delete(r.blocks, block, block+1)
	}
}

// merge makes one of two neighbours that are nearly empty. The first block is left
// alone: who goes is most often its first, and soon it is gone.
func (r *ranks[T]) merge(block int) {
	for _, i := range [2]int{block, block - 1} {
		if i < 1 || i+1 >= len(r.blocks) || len(r.blocks[i])+len(r.blocks[i+1]) > ranksBlock/2 {
			continue
		}
		r.blocks[i] = append(r.blocks[i], r.blocks[i+1]...)
		r.blocks = slices.Delete(r.blocks, i+1, i+2)
		return
	}
}

// scan walks through all in order until f has had enough. Nobody may come or go
// meanwhile.
func (r *ranks[T]) scan(f func(T) bool) {
	for _, b := range r.blocks {
		for _, w := range b {
			if !f(w) {
				return
			}
		}
	}
}

// items are all in order, in a list of their own.
func (r *ranks[T]) items() []T {
	all := make([]T, 0, r.n)
	for _, b := range r.blocks {
		all = append(all, b...)
	}
	return all
}

// place is w's rank, from 1.
func (r *ranks[T]) place(w T) int {
	if r.last() == w {
		return r.n
	}
	block, at, _ := r.find(w)
	for _, b := range r.blocks[:block] {
		at += len(b)
	}
	return at + 1
}
