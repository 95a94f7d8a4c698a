package check

import (
	"reflect"
	"slices"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// numberOf is one number of one stream.
type numberOf struct {
	of  streamKey
	seq uint64
}

// Erasing notes that an administrator asks for the words of chats to be erased.
// Until he is answered they may be gone or not.
func (c *Checker) Erasing(chats []acd.ChatID) { c.erasing = mark(c.erasing, chats) }

// Erased notes that he has been told that they are gone.
func (c *Checker) Erased(chats []acd.ChatID) {
	c.erasing, c.erased = mark(c.erasing, chats), mark(c.erased, chats)
}

func mark(in map[acd.ChatID]bool, chats []acd.ChatID) map[acd.ChatID]bool {
	if in == nil {
		in = map[acd.ChatID]bool{}
	}
	for _, id := range chats {
		in[id] = true
	}
	return in
}

// Handed holds what leaves the node for a device now: nothing that was said in
// a chat whose words have been erased.
func (c *Checker) Handed(device string, batch []actors.Delivery) {
	if len(c.erased) == 0 {
		return
	}
	for i := range batch {
		n := batch[i].News
		if n == nil {
			continue
		}
		if m, ok := n.Event.(acd.MessageSent); ok && m.Message.Text != "" && c.erased[acd.ChatID(n.From.ID)] {
			c.fail("erasure", n.From, "%s is given %q, message %d of a chat whose words have been erased", device, m.Message.Text, m.Message.Seq)
		}
	}
}

// toldAnew notes that something was told differently under a number: without
// its words, as the journal will have to say.
func (c *Checker) toldAnew(n numberOf, digest uint64) {
	if c.again == nil {
		c.again = map[numberOf][]uint64{}
	}
	if !slices.Contains(c.again[n], digest) {
		c.again[n] = append(c.again[n], digest)
	}
}

// blank takes the words of chats that may have been erased out of an event.
type blank struct {
	erasing map[acd.ChatID]bool
	taken   bool
}

// Text implements acd.Veil.
func (b *blank) Text(chat acd.ChatID, text *string) {
	if b.erasing[chat] && *text != "" {
		*text, b.taken = "", true
	}
}

// Facts implements acd.Veil.
func (b *blank) Facts(chat acd.ChatID, facts *map[string]string) {
	if b.erasing[chat] && len(*facts) > 0 {
		*facts, b.taken = nil, true
	}
}

// toldNotes notes what an agent's desk is told of a chat that is erased: what he
// writes about it from then on is on no disk.
func (c *Checker) toldNotes(k numberOf, n *actors.Note) {
	if n.From.Kind != acd.KindAgent {
		return
	}
	p, b := reflect.New(reflect.TypeOf(n.Event)), &blank{erasing: c.erasing}
	p.Elem().Set(reflect.ValueOf(n.Event))
	if acd.VeilEvent("", p.Interface(), b); b.taken {
		if c.notes == nil {
			c.notes = map[numberOf]uint64{}
		}
		c.notes[k] = digestOf(n.From, p.Elem().Interface().(acd.Event), n.View)
	}
}

// wordless lets what was told under a number be what its record says without
// the words that have been erased since, and nothing else.
func (f *fold) wordless(from acd.Address, w *actors.Written, n *actors.Told, given map[uint64]uint64) {
	k, c := numberOf{streamKey{n.To, n.Epoch}, n.Seq}, f.checker
	st, again := c.streams[k.of], c.again[k]
	if st == nil {
		return
	}
	first, known := st.digests[n.Seq]
	if !known || first == given[n.Seq] && len(again) == 0 {
		return
	}
	blank, err := actors.OpenRecord(f.now, f.stream, f.raw)
	if err != nil {
		c.fail("journal", from, "%s cannot be read without its words: %v", f.stream, err)
		return
	}
	without, with := digestOf(from, blank.Events[n.Event], n.View), given[n.Seq]
	for _, told := range again {
		if told != without && told != with {
			c.fail("stream", from, "number %d of epoch %s of %s was told as another event than %T, with or without its words", n.Seq, n.Epoch, n.To, w.Events[n.Event])
		}
	}
	if notes, ok := c.notes[k]; first == without || ok && notes == with {
		given[n.Seq] = first
	}
}
