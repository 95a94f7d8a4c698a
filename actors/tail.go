package actors

import (
	"slices"
	"sync/atomic"

	"github.com/parley-engine/parley/actors/acd"
)

// tail is the end of a chat's transcript, in memory while its life lasts: what
// goes with an offer or an assignment need not be read and opened again. It has
// the lines that this life has written, as many as a note shows; what is older
// is on disk. It belongs to the chat's shell. Notes share its lines, which are
// never changed.
type tail struct {
	lines []acd.Message // consecutive
	size  int64         // that the engine has counted for them
}

// tailsMost bounds what all tails of an engine weigh. Chats that begin beyond
// that read their threads from disk.
const tailsMost = 32 << 20

// lineWeight is what a line weighs beside its text.
const lineWeight = 256

// tails counts what all tails weigh.
type tails struct{ size atomic.Int64 }

// follow takes in what a step of a chat has said.
func (t *tail) follow(all *tails, events []acd.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case acd.MessageSent:
			t.add(all, e.Message)
		case acd.ChatEnded:
			t.drop(all)
		}
	}
}

func (t *tail) add(all *tails, m acd.Message) {
	size := int64(lineWeight + len(m.Text))
	if all.size.Add(size) > tailsMost {
		all.size.Add(-size)
		t.drop(all)
		return
	}
	t.size += size
	if n := len(t.lines); n > 0 && t.lines[n-1].Seq+1 != m.Seq {
		t.lines = nil
	}
	if len(t.lines) < threadTail {
		t.lines = append(t.lines, m)
		return
	}
	gone := int64(lineWeight + len(t.lines[0].Text))
	t.size -= gone
	all.size.Add(-gone)
	if len(t.lines) == cap(t.lines) { // notes may still show the old ones
		t.lines = append(make([]acd.Message, 0, 2*threadTail), t.lines...)
	}
	t.lines = append(t.lines, m)[1:]
}

func (t *tail) drop(all *tails) {
	all.size.Add(-t.size)
	t.lines, t.size = nil, 0
}

// upto returns the lines that go with a note, up to a message; ok says that
// they are all there.
func (t *tail) upto(seq uint64) (lines []acd.Message, ok bool) {
	if seq == 0 {
		return nil, true
	}
	from := uint64(1)
	if seq > threadTail {
		from = seq - threadTail + 1
	}
	if len(t.lines) == 0 || t.lines[0].Seq > from || t.lines[len(t.lines)-1].Seq < seq {
		return nil, false
	}
	first := t.lines[0].Seq
	return slices.Clip(t.lines[from-first : seq-first+1]), true
}

// threaded gives a note of the shell's the transcript that goes with it, if
// that is in memory.
func (s *shell) threaded(n *Note) *Note {
	if upto, wants := n.wantsThread(); wants {
		if lines, ok := s.tail.upto(upto); ok {
			n.Thread = lines
			n.threaded = true
		}
	}
	return n
}
