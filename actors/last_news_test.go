package actors

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unsafe"

	"github.com/parley-engine/parley/actors/acd"
)

// What a stream keeps of its last news is what a plain list of them would hold.
func TestTheLastNewsIsKept(t *testing.T) {
	if size := unsafe.Sizeof(place{}); size != 64 {
		t.Errorf("a place is %d bytes", size)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, bounds := range [][2]int{{1, 1}, {4, 2}, {5, 5}, {8, 3}, {11, 4}, {64, 8}} {
		most, fresh := bounds[0], bounds[1]
		var w lastNews
		var want []cached
		for seq := range uint64(2000) {
			if n := r.IntN(40); n <= len(want) && n < 3 {
				w.forget(n)
				want = want[n:]
			}
			from := acd.ChatID(strings.Repeat("x", r.IntN(2*idRoom))).Address()
			if r.IntN(4) == 0 {
				from.Kind = acd.KindAgent
			}
			c := newCached(from, seq, r.IntN(5), acd.View(r.IntN(4)))
			c.note, c.message = &Note{From: from}, seq%7
			w.add(c, most, fresh)
			want = append(want, c)
			want = want[max(0, len(want)-most):]
			if stale := len(want) - 1 - fresh; stale >= 0 {
				want[stale].note = nil
			}
			if w.n != len(want) {
				t.Fatalf("of %d at most there are %d, expected %d", most, w.n, len(want))
			}
			long := 0
			for i := range want {
				if got := w.cached(i); got != want[i] || w.note(i) != want[i].note || w.from(i) != want[i].from() {
					t.Fatalf("of %d at most the %dth is %+v, expected %+v", most, i, got, want[i])
				}
				if w.ofChat(i, map[string]bool{want[i].id + "y": true}) || w.ofChat(i, map[string]bool{want[i].id: true}) != (want[i].kind == acd.KindChat) {
					t.Fatalf("the %dth is not from %v alone", i, want[i].from())
				}
				if len(want[i].id) > idRoom {
					long++
				}
			}
			if len(w.long) != long {
				t.Fatalf("%d long ids are kept of %d", len(w.long), long)
			}
		}
		w.forget(w.n)
		for _, n := range w.notes {
			if n != nil {
				t.Error("a note is left of none")
			}
		}
	}
}
