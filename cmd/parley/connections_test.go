package main

import (
	"math"
	"testing"
)

func TestConnectionsLeaveTheNodeItsOwnFiles(t *testing.T) {
	for files, want := range map[uint64]int{
		0:              0,
		1024:           512,
		3072:           1536,
		20000:          18464,
		math.MaxUint64: 1<<30 - 1536,
	} {
		if got := connectionsWithin(files); got != want {
			t.Errorf("%d connections within %d files, expected %d", got, files, want)
		}
	}
}
