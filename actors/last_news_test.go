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

func TestWhatIsForgottenOfTheLastNewsIsTheOldest(t *testing.T) {
	var w lastNews
	for seq := range uint64(7) {
		w.add(cached{seq: seq}, 4) // of which 3 to 6 are left
	}
	w.forget(3)
	if w.n != 1 || w.at(0).seq != 6 {
		t.Fatalf("%d are left, the first is %d", w.n, w.at(0).seq)
	}
	for seq := range uint64(4) {
		w.add(cached{seq: 7 + seq}, 4)
	}
	if w.n != 4 || w.at(0).seq != 7 || w.at(3).seq != 10 {
		t.Errorf("%d from %d to %d", w.n, w.at(0).seq, w.at(3).seq)
	}
	w.forget(4)
	if w.n != 0 {
		t.Errorf("%d are left of none", w.n)
	}
}
