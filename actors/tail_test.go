package actors_test

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// lineReads counts who asks the journal for lines of a transcript.
type lineReads struct {
	actors.Journal
	count int
}

// Scan implements actors.Journal.
func (l *lineReads) Scan(from, to []byte, fn func(key, value []byte) error) error {
	if from[0] == 't' {
		l.count++
	}
	return l.Journal.Scan(from, to, fn)
}

// thread is what goes with the last note of a type that the person was told.
func thread[E acd.Event](p *person) []acd.Message {
	p.w.t.Helper()
	p.read()
	for i := len(p.got) - 1; i >= 0; i-- {
		if n := p.got[i].News; n != nil {
			if _, ok := n.Event.(E); ok {
				return n.Thread
			}
		}
	}
	p.w.t.Fatalf("%s was never told %T", p.by.ID, *new(E))
	return nil
}

func TestTheThreadOfAChatInMemoryIsThatOfTheDisk(t *testing.T) {
	for _, said := range []int{0, 1, 19, 20, 21, 47} {
		t.Run(strconv.Itoa(said), func(t *testing.T) {
			inWorld(t, func(w *world) {
				disk := &lineReads{}
				w.wrap = func(j actors.Journal) actors.Journal { disk.Journal = j; return disk }
				w.crash()
				alice, bob, ann := w.agent("alice"), w.agent("bob"), w.customer("ann")
				alice.ready()
				chat := ann.starts()
				alice.accepts()
				for i := range said {
					[]*person{ann, alice}[i%2].says(chat, "line "+strconv.Itoa(i))
				}
				bob.ready()
				disk.count = 0
				alice.must(chat.Address(), acd.TransferChat{ToAgent: "bob"})
				offered := thread[acd.Offered](bob)
				bob.accepts()
				assigned := thread[acd.Accepted](bob)
				if disk.count != 0 {
					t.Errorf("the transcript of a chat in memory was read %d times", disk.count)
				}
				if len(offered) != min(said, 20) || said > 0 && offered[len(offered)-1].Text != "line "+strconv.Itoa(said-1) {
					t.Errorf("%d lines go with the offer of a chat with %d: %+v", len(offered), said, offered)
				}
				bob.epoch, bob.seq = bob.welcome.Epoch, bob.welcome.Seq
				w.crash()
				again := bob.again()
				if got := thread[acd.Offered](again); !reflect.DeepEqual(got, offered) {
					t.Errorf("from the disk the offer has %+v, at first it had %+v", got, offered)
				}
				if got := thread[acd.Accepted](again); !reflect.DeepEqual(got, assigned) {
					t.Errorf("from the disk the assignment has %+v, at first it had %+v", got, assigned)
				}
				if said > 0 && disk.count == 0 {
					t.Error("nobody has read the disk")
				}
			})
		})
	}
}
