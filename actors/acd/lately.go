package acd

import (
	"maps"
	"slices"
)

// ringSize bounds everything that is remembered only to answer what is late.
const ringSize = 64

// lately remembers the last ringSize of what came, and finds each without a look
// at all of them.
type lately[T comparable] struct {
	order []T
	there map[T]struct{}
}

func (l *lately[T]) has(v T) bool {
	_, there := l.there[v]
	return there
}

// add remembers v, if it does not already.
func (l *lately[T]) add(v T) {
	if l.has(v) {
		return
	}
	if l.there == nil {
		l.there = map[T]struct{}{}
	}
	if len(l.order) == ringSize {
		delete(l.there, l.order[0])
	}
	l.there[v] = struct{}{}
	l.order = push(l.order, v)
}

func (l *lately[T]) forget(v T) {
	if l.has(v) {
		delete(l.there, v)
		l.order = slices.DeleteFunc(l.order, func(o T) bool { return o == v })
	}
}

func (l *lately[T]) clone() lately[T] { return lately[T]{slices.Clone(l.order), maps.Clone(l.there)} }

// remember appends v to what is kept of the last few, if it is not among them.
func remember[T comparable](ring []T, v T) []T {
	if slices.Contains(ring, v) {
		return ring
	}
	return push(ring, v)
}

// push appends v to the last few; the oldest goes when there are ringSize of them.
// It moves none of the others: that is for append, once in a while.
func push[T any](ring []T, v T) []T {
	if over := len(ring) - ringSize + 1; over > 0 {
		clear(ring[:over])
		ring = ring[over:]
	}
	return append(ring, v)
}
