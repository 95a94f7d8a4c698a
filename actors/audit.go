package actors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

// Audited is how much an audit has looked at.
type Audited struct {
	Chats, Closed, Agents   int
	Records, Messages, Rows int
	// Gaps counts jumps in the numbers of people's streams: none, unless
	// records were dropped after their retention.
	Gaps int
	// Streams is where each person's stream stands.
	Streams map[acd.Stream]StreamHead
}

// StreamHead is the last number of a person's stream.
type StreamHead struct {
	Epoch string
	Seq   uint64
}

// Audit folds all of a store that nobody writes to, and calls found with each
// thing that cannot be: a state that breaks an invariant, after whichever
// record; a snapshot that differs from the replay; a row of the index that
// the states do not call for, or one that is missing; a line of a transcript
// that is missing or left over; a number of a person's stream that was given
// twice; a figure of the reports that the records do not bear out. What a crash leaves open for the next start to finish is no finding.
// The error is for a store that cannot be read.
//
// The rows of the index are held in memory, the transcripts are not.
func Audit(j Journal, found func(error)) (Audited, error) {
	a := &auditor{journal: j, found: found, rows: map[string][]byte{}, owing: map[debtor]bool{}, chats: map[acd.ChatID]bool{}}
	a.sum.Streams = map[acd.Stream]StreamHead{}
	for _, step := range []func() error{a.allChats, a.allAgents, a.allQueues, a.index, a.trail, a.numbers, a.figures} {
		if err := step(); err != nil {
			return a.sum, fmt.Errorf("audit: %w", err)
		}
	}
	return a.sum, nil
}

type auditor struct {
	journal Journal
	found   func(error)
	sum     Audited

	rows  map[string][]byte // that the states call for
	owing map[debtor]bool
	chats map[acd.ChatID]bool
}

// debtor is an agent who owes a chat its wrap-up.
type debtor struct {
	agent acd.AgentID
	chat  acd.ChatID
}

func (a *auditor) say(stream, format string, args ...any) {
	a.found(fmt.Errorf("%s: %w", stream, fmt.Errorf(format, args...)))
}

func (a *auditor) streams(prefix string) (all []acd.Address, err error) {
	err = a.journal.Streams(prefix, func(stream string) error {
		if addr, ok := parseAddress(stream); ok {
			all = append(all, addr)
		}
		return nil
	})
	return all, err
}

func (a *auditor) allChats() error {
	list, err := a.streams("chat/")
	for _, addr := range list {
		id := acd.ChatID(addr.ID)
		chat, over := acd.NewChat(id), chatOrder{}
		if err := a.fold(addr, chat, acd.NewChat(id), chatKind, over.next); err != nil {
			return err
		}
		if err := a.chat(chat); err != nil {
			return err
		}
	}
	return err
}

func (a *auditor) allAgents() error {
	list, err := a.streams("agent/")
	for _, addr := range list {
		id := acd.AgentID(addr.ID)
		agent := acd.NewAgent(id)
		if err := a.fold(addr, agent, acd.NewAgent(id), agentKind, func(e acd.Event) error { a.amended(id, e); return nil }); err != nil {
			return err
		}
		a.sum.Agents++
		a.rows[string(presentKey(id))] = []byte{1}
		for _, d := range agent.Export().Debts {
			// Who was given a chat back may not have closed what he owed for it yet.
			if a.chats[d.Chat] && !a.owing[debtor{id, d.Chat}] && a.rows[string(slotKey(id, d.Chat))] == nil {
				a.say(addr.String(), "owes chat %s a wrap-up that the chat does not wait for", d.Chat)
			}
		}
	}
	return err
}

// allQueues folds what supervisors have said of queues.
func (a *auditor) allQueues() error {
	list, err := a.streams("queue/")
	for _, addr := range list {
		id := acd.QueueID(addr.ID)
		if err := a.fold(addr, acd.NewQueue(id), acd.NewQueue(id), queueKind, func(acd.Event) error { return nil }); err != nil {
			return err
		}
	}
	return err
}

// fold replays a stream into m and holds it to the rules after each record.
// Twin starts at the snapshot, if there is one, and has to get to the same.
func (a *auditor) fold(addr acd.Address, m, twin acd.Machine, of *kind, order func(acd.Event) error) error {
	stream, keys := addr.String(), &keyring{journal: a.journal, owner: addr}
	at, sealed, err := a.journal.Snapshot(stream)
	if err != nil {
		return err
	}
	last, begun, counting := uint64(0), false, report.Chat{}
	err = a.journal.Replay(stream, 0, func(seq uint64, b []byte) error {
		r, err := decodeRecord(b, keys)
		if err != nil {
			return fmt.Errorf("%s record %d: %w", stream, seq, err)
		}
		a.record(stream, last, seq, &r)
		last = seq
		for _, e := range r.events {
			if err := order(e); err != nil {
				a.say(stream, "record %d: %w", seq, err)
			}
			m.Apply(r.at, e)
			if begun {
				twin.Apply(r.at, e)
			}
		}
		if err := m.Check(); err != nil {
			a.say(stream, "record %d: %w", seq, err)
		}
		if c, ok := m.(*acd.Chat); ok {
			a.seenAlike(stream, seq, c, &counting, &r)
		}
		if sealed != nil && seq == at {
			begun = a.unseal(stream, sealed, m, twin, of, keys)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case at > last:
		a.say(stream, "the snapshot stands for record %d of %d", at, last)
	case begun && bareHash(twin) != bareHash(m):
		a.say(stream, "the snapshot of record %d and what followed differ from the replay", at)
	}
	return nil
}

// record checks what a record is apart from what happened in it.
func (a *auditor) record(stream string, last, seq uint64, r *record) {
	a.sum.Records++
	if seq != last+1 {
		a.say(stream, "record %d follows record %d", seq, last)
	}
	if len(r.events) == 0 {
		a.say(stream, "record %d has no event", seq)
	}
	for _, n := range r.news {
		if n.index >= len(r.events) {
			a.say(stream, "record %d tells %s of event %d, of %d", seq, n.to, n.index, len(r.events))
		}
	}
}

// unseal loads a snapshot into twin and compares it with the replay so far. A
// snapshot of another version is not read by the engine either.
func (a *auditor) unseal(stream string, sealed []byte, m, twin acd.Machine, of *kind, keys *keyring) bool {
	switch {
	case first(sealed) != snapshotVersion || len(sealed) < 9:
		return false
	case binary.BigEndian.Uint64(sealed[1:]) != bareHash(m):
		a.say(stream, "the snapshot's state hash differs from the replay's")
		return false
	}
	if err := openSnapshot(twin, keys, of.load, sealed); err != nil {
		a.say(stream, "the snapshot cannot be read: %w", err)
		return false
	}
	return true
}

// chatOrder is what may come after what in a chat's records.
type chatOrder struct{ started, ended, closed bool }

func (o *chatOrder) next(e acd.Event) error {
	was := *o
	starts, files := false, false
	switch e.(type) {
	case acd.ChatStarted:
		starts, o.started = true, true
	case acd.ChatEnded:
		o.ended = true
	case acd.WrapupRecorded, acd.Rated:
		files = true
	case acd.ChatClosed:
		files, o.closed = true, true
	}
	switch {
	case was.started == starts:
		return fmt.Errorf("%T, started %t", e, was.started)
	case was.closed:
		return fmt.Errorf("%T after the close", e)
	case was.ended && !files:
		return fmt.Errorf("%T after the end", e)
	}
	return nil
}

// chat notes which rows a chat calls for and reads its transcript.
func (a *auditor) chat(c *acd.Chat) error {
	a.sum.Chats++
	a.chats[c.ID] = true
	if c.Phase == acd.PhaseClosed {
		a.sum.Closed++
	}
	for _, o := range c.Owing {
		a.owing[debtor{o.Agent, c.ID}] = true
	}
	var fresh indexed
	for _, row := range fresh.rows(nil, c, c.EndedAt) {
		a.rows[string(row.Key)] = row.Value
	}
	if c.EndReason != "" {
		a.ended(c)
	}
	return a.transcript(c)
}

// ended notes the row of a chat that is over. It was written at the end, before
// the wrap-ups came; what they add is not in it.
func (a *auditor) ended(c *acd.Chat) {
	a.rows[string(endedKey(c.EndedAt, c.ID))] = mustEncode(segmentOf(c))
}

func (a *auditor) transcript(c *acd.Chat) error {
	stream, lines := c.ID.Address().String(), uint64(0)
	from, to := rowRange(rowText, string(c.ID))
	err := a.journal.Scan(from, to, func(_, v []byte) error {
		row, err := decodeRow[textRow](v)
		if err != nil {
			return err
		}
		if lines++; row.Message.Seq != lines {
			a.say(stream, "line %d of the transcript is message %d", lines, row.Message.Seq)
		}
		return nil
	})
	if lines != c.Messages {
		a.say(stream, "%d lines of a transcript of %d", lines, c.Messages)
	}
	a.sum.Messages += int(lines)
	return err
}

// index holds the rows that are there against those that have to be.
func (a *auditor) index() error {
	lines := 0
	err := a.journal.Scan([]byte{rowText}, []byte{rowText + 1}, func(_, _ []byte) error { lines++; return nil })
	if lines != a.sum.Messages {
		a.found(fmt.Errorf("%d lines of transcripts belong to no chat", lines-a.sum.Messages))
	}
	for _, table := range []byte{rowSlot, rowEnded, rowLive, rowPresent, rowWaiting, rowCustomer, rowAmended} {
		err = errors.Join(err, a.journal.Scan([]byte{table}, []byte{table + 1}, a.row))
	}
	for key := range a.rows {
		a.found(fmt.Errorf("row %q is missing", key))
	}
	return err
}

func (a *auditor) row(key, value []byte) error {
	a.sum.Rows++
	want, ok := a.rows[string(key)]
	delete(a.rows, string(key))
	switch {
	case !ok:
		a.found(fmt.Errorf("row %q is left over", key))
	case key[0] == rowLive:
		return a.wake(key, value, want)
	case key[0] == rowEnded:
		return a.segment(key, value, want)
	case key[0] == rowSlot:
		return a.slot(key, value, want)
	case key[0] == rowAmended:
		return a.amendment(key, value, want)
	case !bytes.Equal(value, want):
		a.found(fmt.Errorf("row %q is %x, expected %x", key, value, want))
	}
	return nil
}

// segment: a row of before names were sealed has the customer's in it.
func (a *auditor) segment(key, value, want []byte) error {
	s, err := decodeRow[Segment](value)
	if err != nil {
		return err
	}
	s.Name = ""
	if is := mustEncode(s); !bytes.Equal(is, want) {
		a.found(fmt.Errorf("row %q is %x, expected %x", key, is, want))
	}
	return nil
}

// slot: a row of before queues stood in them has none.
func (a *auditor) slot(key, value, want []byte) error {
	is, err := decodeRow[slotRow](value)
	if err != nil {
		return err
	}
	due, err := decodeRow[slotRow](want)
	if err != nil {
		return err
	}
	if is.Queue == "" {
		due.Queue = ""
	}
	if expected := appendSlotRow(nil, &due); !bytes.Equal(value, expected) {
		a.found(fmt.Errorf("row %q is %x, expected %x", key, value, expected))
	}
	return nil
}

// wake: a row may wake its chat early, never late.
func (a *auditor) wake(key, value, want []byte) error {
	is, err := decodeRow[liveRow](value)
	if err != nil {
		return err
	}
	due, err := decodeRow[liveRow](want)
	if err != nil {
		return err
	}
	late := !due.Wake.IsZero() && (is.Wake.IsZero() || is.Wake.After(due.Wake))
	if late || is.Customer != due.Customer {
		a.found(fmt.Errorf("row %q wakes for %s at %s, expected %s at %s", key, is.Customer, is.Wake, due.Customer, due.Wake))
	}
	return nil
}

// numbers follows every person's stream through the journal.
func (a *auditor) numbers() error {
	past := map[string]bool{} // epochs that a newer one has taken the place of
	return a.journal.Last(a.sum.Records+1<<20, func(stream string, seq uint64, b []byte) error {
		if _, ok := parseAddress(stream); !ok {
			return nil
		}
		r, err := decodeRecord(b, nil)
		if err != nil {
			return fmt.Errorf("%s record %d: %w", stream, seq, err)
		}
		for _, n := range r.news {
			head := a.sum.Streams[n.to]
			if head.Epoch != n.epoch {
				past[string(n.to)+head.Epoch] = true
				head.Seq = 0
			}
			switch {
			case past[string(n.to)+n.epoch], n.seq <= head.Seq:
				a.say(stream, "record %d gives %s number %d of epoch %s after %d of %s", seq, n.to, n.seq, n.epoch, head.Seq, head.Epoch)
			case n.seq > head.Seq+1:
				a.sum.Gaps++
			}
			a.sum.Streams[n.to] = StreamHead{n.epoch, n.seq}
		}
		return nil
	})
}
