package actors

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// deaf is a mailbox that nobody reads.
type deaf struct{}

func (deaf) Send(any) {}
func (deaf) Stop()    {}

// TestAnOutboxHoldsWhatAListWouldHold plays tellings and acknowledgements, many
// of them late or twice, and compares what is open with a plain list.
func TestAnOutboxHoldsWhatAListWouldHold(t *testing.T) {
	e, err := New(Options{Journal: persistence.NewMemory(), Config: &acd.Config{}})
	if err != nil {
		t.Fatal(err)
	}
	s := &shell{engine: e, self: deaf{}}
	defer s.halt()
	o := &s.outbox
	type open struct {
		key string
		nth uint64
	}
	var want []open
	past := []uint64{0} // of tellings that are over
	r := rand.New(rand.NewPCG(3, 4))
	to := acd.AgentID("a").Address()
	for step := range 8_000 {
		key := strconv.Itoa(r.IntN(1 + step/100))
		if r.IntN(5) < 2 {
			nth := o.add(s, acd.Send{To: to, Key: key, Cmd: acd.Tick{}})
			want = slices.DeleteFunc(want, func(w open) bool {
				if w.key == key {
					past = append(past, w.nth)
				}
				return w.key == key
			})
			want = append(want, open{key, nth})
		} else if len(want) > 0 {
			w := want[r.IntN(len(want))]
			if r.IntN(4) == 0 {
				o.acknowledged(past[r.IntN(len(past))])
			} else {
				o.acknowledged(w.nth)
				past = append(past, w.nth)
				want = slices.DeleteFunc(want, func(x open) bool { return x == w })
			}
		}
		var got []open
		for _, m := range o.open {
			if m.cmd != nil {
				got = append(got, open{m.key, m.nth})
			}
		}
		if !slices.Equal(got, want) || o.left != len(want) {
			t.Fatalf("step %d: %d open, %v, expected %v", step, o.left, got, want)
		}
	}
}
