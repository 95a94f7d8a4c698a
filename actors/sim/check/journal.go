package check

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// fold is the checker's own reading of a whole journal: from the names of what
// happened alone, without the rules that made it happen.
type fold struct {
	checker  *Checker
	chats    map[acd.ChatID]*chat
	desks    map[acd.AgentID]*desk
	streams  map[streamKey]map[uint64]uint64 // number → digest
	heads    map[acd.Stream]streamHead
	commands map[command]*effect
	recount  *recount
	at       time.Time
	helps    bool      // somebody takes chats who can serve everybody
	saved    time.Time // since when, in the calm
	records  int
	life     int // of the node, from 1
	began    time.Time
	stays    map[string][]*stay
	now      actors.Journal // as the node reads it, without what has been erased
	stream   string         // of the record that is being read
	raw      []byte
}

type streamHead struct {
	epoch string
	seq   uint64
}

type command struct {
	by acd.Stream
	id string
}

// effect is what came of a command.
type effect struct {
	records int
	last    string
	events  []acd.Event
}

// Settled reports whether nothing is left to do: the index has no chat that is
// not closed, waits, or takes a slot.
func (c *Checker) Settled(j actors.Journal) bool {
	left := 0
	for _, table := range []byte{'l', 'q', 'a', 'u'} {
		_ = j.Scan([]byte{table}, []byte{table + 1}, func(_, _ []byte) error { left++; return errEnough })
	}
	return left == 0
}

var errEnough = errors.New("enough")

// Unsettled says what is left in a world that should have come to its end.
func (c *Checker) Unsettled(j actors.Journal) *Violation {
	var left []string
	about := acd.Address{}
	for _, table := range []byte{'l', 'q', 'a', 'u'} {
		_ = j.Scan([]byte{table}, []byte{table + 1}, func(k, _ []byte) error {
			name := strings.Trim(strings.ReplaceAll(string(k[1:]), "\x00", " "), " ")
			left = append(left, string(table)+" "+name)
			if table == 'l' && about.ID == "" {
				about = acd.ChatID(name).Address()
			}
			return nil
		})
	}
	return &Violation{Rule: "settled", About: about, At: c.now(),
		What: fmt.Sprintf("faults have stopped and everybody is kind, and yet these rows are left: %q", left)}
}

// Finish reads the journal to its end and holds everything that was seen
// against it. Savior is the agent who can serve everybody from the record on that
// follows the first calm ones: a place, since the clock may have been set back.
// Archive is the same journal with all that has been erased from it.
func (c *Checker) Finish(j, archive actors.Journal, savior acd.AgentID, calm int) *Violation {
	if c.violated != nil {
		return c.violated
	}
	f := &fold{checker: c, chats: map[acd.ChatID]*chat{}, desks: map[acd.AgentID]*desk{}, streams: map[streamKey]map[uint64]uint64{},
		heads: map[acd.Stream]streamHead{}, commands: map[command]*effect{}, recount: newRecount(), stays: map[string][]*stay{}, now: j}
	err := archive.Last(1<<40, func(stream string, seq uint64, b []byte) error {
		f.lives()
		kind, id, _ := strings.Cut(stream, "/")
		if kind == "config" || kind == "figures" {
			return nil
		}
		f.stream, f.raw = stream, b
		w, err := actors.OpenRecord(archive, stream, b)
		if err != nil {
			return fmt.Errorf("%s record %d: %w", stream, seq, err)
		}
		f.record(kind, id, seq, &w)
		f.relief(id == string(savior) && kind == "agent", &w, calm)
		f.recount.record(kind, id, &w)
		return nil
	})
	if err != nil {
		c.fail("journal", acd.Address{}, "it cannot be read: %v", err)
	}
	f.answers()
	f.seen()
	f.boards()
	c.texts(j, f)
	c.figures(j, f.recount)
	if _, err := actors.Audit(j, func(err error) { c.fail("I10", acd.Address{}, "audit: %v", err) }); err != nil {
		c.fail("I10", acd.Address{}, "audit: %v", err)
	}
	if c.violated == nil {
		c.violated = Linearizable(c.operations())
	}
	return c.violated
}

// lives counts a record, and the lives of the node that have begun before it.
func (f *fold) lives() {
	for lives := f.checker.lives; f.life < len(lives) && lives[f.life].records <= f.records; f.life++ {
		f.began = lives[f.life].at
	}
	f.records++
}

func (f *fold) record(kind, id string, seq uint64, w *actors.Written) {
	from := acd.Address{ID: id}
	f.at = w.At
	if w.Command != "" {
		k := command{w.By.Stream(), w.Command}
		e := f.commands[k]
		if e == nil {
			e = &effect{}
			f.commands[k] = e
		}
		e.records++
		e.events = w.Events
		if e.records > 1 {
			f.checker.fail("I9", from, "command %s of %s had an effect in %s and in %s/%s record %d", w.Command, k.by, e.last, kind, id, seq)
		}
		e.last = fmt.Sprintf("%s/%s record %d", kind, id, seq)
	}
	switch kind {
	case "chat":
		from.Kind = acd.KindChat
		f.chat(acd.ChatID(id)).record(f, from, w)
	case "agent":
		from.Kind = acd.KindAgent
		for _, e := range w.Events {
			f.desk(acd.AgentID(id)).apply(f, from, e)
		}
	case "queue":
		from.Kind = acd.KindQueue
	}
	for i := range w.News {
		f.number(from, w, &w.News[i])
	}
}

// relief notes since when the savior takes whoever waits, in the calm.
func (f *fold) relief(his bool, w *actors.Written, calm int) {
	for _, e := range w.Events {
		if p, ok := e.(acd.PresenceSet); ok && his {
			f.helps = p.State == acd.Available
		}
	}
	switch {
	case !f.helps || f.records <= calm:
		f.saved = time.Time{}
	case f.saved.IsZero():
		f.saved = w.At
	}
}

// number holds the numbers of a stream to their order: dense within an epoch,
// and an epoch that is over does not come back.
func (f *fold) number(from acd.Address, w *actors.Written, n *actors.Told) {
	head := f.heads[n.To]
	k := streamKey{n.To, n.Epoch}
	given := f.streams[k]
	switch {
	case given == nil:
		given = map[uint64]uint64{}
		f.streams[k] = given
	case head.epoch != n.Epoch:
		f.checker.fail("stream", from, "%s has number %d of epoch %s after epoch %s has begun", n.To, n.Seq, n.Epoch, head.epoch)
	case n.Seq != head.seq+1:
		f.checker.fail("stream", from, "%s has number %d of epoch %s after %d", n.To, n.Seq, n.Epoch, head.seq)
	}
	if n.Event >= len(w.Events) {
		f.checker.fail("stream", from, "number %d of %s is event %d of %d", n.Seq, n.To, n.Event, len(w.Events))
		return
	}
	f.heads[n.To] = streamHead{n.Epoch, n.Seq}
	given[n.Seq] = digestOf(from, w.Events[n.Event], n.View)
	if len(f.checker.erasing) > 0 {
		f.wordless(from, w, n, given)
	}
}

// seen: what a client has been told is on disk, under the very number that it
// was told under.
func (f *fold) seen() {
	for _, k := range f.checker.order {
		st := f.checker.streams[k]
		for seq := uint64(1); seq <= st.last; seq++ {
			digest, told := st.digests[seq]
			if !told {
				continue
			}
			if on, ok := f.streams[k][seq]; !ok {
				f.checker.fail("durable", acd.Address{}, "%s was told number %d of epoch %s, which the journal does not have", k.name, seq, k.epoch)
			} else if on != digest {
				f.checker.fail("durable", acd.Address{}, "%s was told something else as number %d of epoch %s than the journal has", k.name, seq, k.epoch)
			}
		}
	}
}

// answers: what was acknowledged has its one effect, what was refused has none.
func (f *fold) answers() {
	for _, o := range f.checker.orders {
		e := f.commands[command{o.By.Stream(), o.ID}]
		if o.Return == 0 {
			continue
		}
		switch {
		case o.Refusal != nil && e != nil:
			f.checker.fail("answers", o.To, "%s of %s (%T) was refused with %s, and yet %s is its effect", o.ID, o.Device, o.Cmd, o.Refusal.Code, e.last)
		case o.Refusal != nil:
			f.truth(o)
		case e == nil && leavesTrace(o):
			f.checker.fail("answers", o.To, "%s of %s (%T%+v) was acknowledged and the journal has nothing of it", o.ID, o.Device, o.Cmd, o.Cmd)
		case e != nil:
			f.said(o, e)
		}
	}
}

// truth: who is told that an offer is gone is told what became of it, if not
// why it is nothing for him any more.
func (f *fold) truth(o *Order) {
	var id acd.OfferID
	switch cmd := o.Cmd.(type) {
	case acd.AcceptOffer:
		id = cmd.Offer
	case acd.RejectOffer:
		id = cmd.Offer
	}
	if id == "" || o.Refusal.Code != acd.ErrOfferGone.Code || ofAgent(o.Refusal.Reason) {
		return
	}
	chat, _ := id.Chat()
	if c := f.chats[chat]; c != nil && o.Refusal.Reason != string(c.over[id].reason) {
		f.checker.fail("truth", chat.Address(), "%s was told that offer %s is gone as %s, and it is %q", o.Device, id, o.Refusal.Reason, c.over[id].reason)
	}
}

// leavesTrace reports whether an acknowledged command must have a record.
func leavesTrace(o *Order) bool {
	if o.Result.Already != "" {
		return false
	}
	switch o.Cmd.(type) {
	case acd.SendText, acd.Start, acd.AcceptOffer, acd.RejectOffer, acd.EndChat, acd.ForceEnd, acd.Rate, acd.Wrapup:
		return true
	}
	return false
}

func (f *fold) said(o *Order, e *effect) {
	if _, ok := o.Cmd.(acd.SendText); !ok {
		return
	}
	for _, ev := range e.events {
		if m, ok := ev.(acd.MessageSent); ok && m.Message.Seq == o.Result.MessageSeq && (m.Message.Author.ID == o.By.ID || o.By.Role == acd.RoleCustomer) {
			return
		}
	}
	f.checker.fail("answers", o.To, "%s of %s was acknowledged as message %d, and %s is not it", o.ID, o.Device, o.Result.MessageSeq, e.last)
}

func (f *fold) chat(id acd.ChatID) *chat {
	c := f.chats[id]
	if c == nil {
		c = newChat(id)
		f.chats[id] = c
	}
	return c
}

// texts: the transcript of every chat says what everybody was told.
func (c *Checker) texts(j actors.Journal, f *fold) {
	past := actors.NewPast(j)
	want := map[acd.ChatID]map[uint64]string{}
	for _, k := range c.said {
		if want[k.chat] == nil {
			want[k.chat] = map[uint64]string{}
		}
		want[k.chat][k.seq] = k.text
	}
	for _, k := range c.said {
		id, texts := k.chat, want[k.chat]
		if texts == nil {
			continue
		}
		delete(want, id)
		err := past.Transcript(id, func(m acd.Message) error {
			gone := m.Text == "" && c.erasing[id]
			if t, ok := texts[m.Seq]; ok && t != m.Text && !gone {
				c.fail("I6", id.Address(), "message %d was told as %q and stands as %q", m.Seq, t, m.Text)
			}
			if c.erased[id] && m.Text != "" {
				c.fail("erasure", id.Address(), "message %d was erased and stands as %q", m.Seq, m.Text)
			}
			return nil
		})
		if err != nil {
			c.fail("I6", id.Address(), "transcript: %v", err)
		}
	}
}
