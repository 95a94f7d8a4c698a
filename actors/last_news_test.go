package actors

import (
	"slices"
	"testing"
)

func TestTheLastNewsIsKept(t *testing.T) {
	for _, most := range []int{1, 4, 5, 8, 11} {
		var w lastNews
		var want []uint64
		for seq := range uint64(3 * 11) {
			w.add(cached{seq: seq}, most)
			if want = append(want, seq); len(want) > most {
				want = want[1:]
			}
			var got []uint64
			for i := range w.n {
				got = append(got, w.at(i).seq)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("of %d at most there are %d, expected %d", most, got, want)
			}
		}
	}
}
