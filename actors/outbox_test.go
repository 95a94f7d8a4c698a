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
			nth := o.add(s, s.engine.now(), acd.Send{To: to, Key: key, Cmd: acd.Tick{}})
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

// stoppable is a mailbox that says whether its actor was stopped.
type stoppable struct{ stopped bool }

func (*stoppable) Send(any) {}
func (s *stoppable) Stop()  { s.stopped = true }

func TestAnIdleLifeEndsOnlyWhenAllThatItToldWasTaken(t *testing.T) {
	e, err := New(Options{Journal: persistence.NewMemory(), Config: &acd.Config{}})
	if err != nil {
		t.Fatal(err)
	}
	self := &stoppable{}
	e.directory = newDirectory(func(acd.Address, uint64, any) Mailbox { return self })
	s := &shell{engine: e, self: self, addr: acd.ChatID("c").Address()}
	s.machine, s.kind, s.keys = e.newMachine(s.addr)
	defer s.halt()
	first := s.outbox.add(s, s.engine.now(), acd.Send{To: acd.AgentID("a").Address(), Key: "first", Cmd: acd.Tick{}})
	second := s.outbox.add(s, s.engine.now(), acd.Send{To: acd.AgentID("a").Address(), Key: "second", Cmd: acd.Tick{}})
	for _, taken := range []uint64{first, second} {
		if s.leave(); self.stopped {
			t.Fatalf("it left before message %d was taken", taken)
		}
		s.outbox.acknowledged(taken)
	}
	if s.leave(); !self.stopped {
		t.Error("it stays though all was taken")
	}
}
