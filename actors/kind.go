package actors

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// kind is what differs between the three kinds of machine: what is kept of
// them on disk, and what they are given at the start of a life.
type kind struct {
	// restore gives a life its first commands, if any.
	restore func(s *shell, give func(acd.Command))
	// rows appends what the index has to change for the events of a step.
	rows func([]Row, *turn, time.Time) []Row
	// mayLeave says whether an idle life may end.
	mayLeave func(*shell) bool
	load     func(acd.Machine, []byte) error
}

var (
	chatKind = &kind{
		restore:  restoreChat,
		rows:     chatRows,
		mayLeave: func(*shell) bool { return true },
		load: func(m acd.Machine, b []byte) error {
			var state acd.ChatState
			if err := decoding.Unmarshal(b, &state); err != nil {
				return err
			}
			m.(*acd.Chat).Import(state)
			return nil
		},
	}
	agentKind = &kind{
		restore:  restoreAgent,
		rows:     agentRows,
		mayLeave: func(s *shell) bool { return s.machine.(*acd.Agent).Idle() },
		load: func(m acd.Machine, b []byte) error {
			var state acd.DeskState
			if err := decoding.Unmarshal(b, &state); err != nil {
				return err
			}
			m.(*acd.Agent).Import(state)
			return nil
		},
	}
	queueKind = &kind{
		restore:  restoreQueue,
		rows:     func(rows []Row, _ *turn, _ time.Time) []Row { return rows },
		mayLeave: func(*shell) bool { return false },
		load: func(m acd.Machine, b []byte) error {
			var state acd.QueueState
			if err := decoding.Unmarshal(b, &state); err != nil {
				return err
			}
			m.(*acd.Queue).Import(state)
			return nil
		},
	}
)

// newMachine makes the machine of an address, the kind that goes with it, and
// the keys of its words in this life.
func (e *Engine) newMachine(a acd.Address) (acd.Machine, *kind, *keyring) {
	keys := e.keyring(a)
	switch a.Kind {
	case acd.KindChat:
		return acd.NewChat(acd.ChatID(a.ID)), chatKind, keys
	case acd.KindAgent:
		return acd.NewAgent(acd.AgentID(a.ID)), agentKind, keys
	case acd.KindQueue:
		return acd.NewQueue(acd.QueueID(a.ID)), queueKind, keys
	}
	panic(fmt.Sprintf("actors: no machine of kind %d", a.Kind))
}

// indexed is what the index says of a chat now.
type indexed struct {
	live    bool
	wake    time.Time
	waiting inLine
	slots   map[acd.AgentID][]byte
	listed  bool        // among its customer's open chats
	owner   acd.AgentID // the last one
}

// inLine is what the index says of a chat's stay in a queue; none without one.
type inLine struct {
	queue   acd.QueueID
	id      acd.EnqueueID
	key     time.Time
	offer   acd.OfferID
	exclude map[acd.AgentID]int64
}

func (l *inLine) equal(o *inLine) bool {
	return l.queue == o.queue && l.id == o.id && l.key.Equal(o.key) && l.offer == o.offer && maps.Equal(l.exclude, o.exclude)
}

func restoreChat(s *shell, _ func(acd.Command)) {
	if s.seq == 0 {
		s.keys.begun = true
		return // a chat that begins
	}
	s.index.rows(nil, s.machine.(*acd.Chat), s.engine.now()) // as the index has it already
	if _, err := s.keys.find(s.keys.chat(), s.engine.now()); err != nil {
		panic(err)
	}
}

func chatRows(rows []Row, w *turn, now time.Time) []Row {
	s, events := w.shell, w.out.Events
	chat, open := s.machine.(*acd.Chat), s.index.listed
	rows = s.index.changes(s.keys.rows(rows, &w.slab, events), chat, now, events)
	if open && !s.index.listed {
		w.last = s.index.last(chat, now)
		rows = w.last.row(rows)
	}
	return rows
}

// changes brings the index from what it says to what the chat is now. Messages
// and markers alone change nothing in it.
func (ix *indexed) changes(rows []Row, c *acd.Chat, now time.Time, events []acd.Event) []Row {
	for _, e := range events {
		switch e.(type) {
		case acd.MessageSent, acd.ReadMarked, acd.AttributesSet, acd.Labelled:
		default:
			return ix.rows(rows, c, now)
		}
	}
	if c.Policy.Idle != (acd.IdlePolicy{}) {
		return ix.liveRows(rows, c, now) // whoever has written waits for the other one
	}
	return rows
}

func (ix *indexed) rows(rows []Row, c *acd.Chat, now time.Time) []Row {
	if c.Owner != "" {
		ix.owner = c.Owner
	}
	rows = ix.liveRows(rows, c, now)
	rows = ix.waitingRows(rows, c)
	return ix.slotRows(rows, c)
}

func (ix *indexed) liveRows(rows []Row, c *acd.Chat, now time.Time) []Row {
	open := c.Phase != acd.PhaseNew && c.Phase != acd.PhaseClosed
	at := c.Deadline()
	switch {
	case open && (!ix.live || !at.IsZero() && (ix.wake.IsZero() || at.Before(ix.wake))):
		ix.live, ix.wake = true, at
		rows = append(rows, Row{liveKey(c.ID), mustEncode(liveRow{at, c.Customer.ID, c.Source})})
	case !open && ix.live:
		ix.live = false
		rows = append(rows, Row{liveKey(c.ID), nil})
	}
	switch {
	case c.Live() && !ix.listed:
		ix.listed = true
		rows = append(rows, Row{customerKey(c.Customer.ID, c.ID), []byte{1}})
	case !c.Live() && ix.listed:
		ix.listed = false
		rows = append(rows, Row{customerKey(c.Customer.ID, c.ID), nil},
			Row{endedKey(now, c.ID), mustEncode(segmentOf(c))})
	}
	return rows
}

// still reports whether that is what the chat says now, in most steps. What it
// compares is what acd.Chat.Waiting is made of.
func (l *inLine) still(c *acd.Chat) bool {
	if c.Leg == nil {
		return l.queue == ""
	}
	if l.queue != c.Leg.Queue || l.id != c.Leg.ID || !l.key.Equal(c.Leg.Key) || l.offer != c.FirstOffer() || len(l.exclude) != len(c.Excluded) {
		return false
	}
	for _, x := range c.Excluded {
		if until, ok := l.exclude[x.Agent]; !ok || until != x.Until {
			return false
		}
	}
	return true
}

func (ix *indexed) waitingRows(rows []Row, c *acd.Chat) []Row {
	if ix.waiting.still(c) {
		return rows
	}
	var now inLine
	stay := c.Waiting()
	if stay != nil {
		now = inLine{stay.Leg.Queue, stay.Leg.ID, stay.Leg.Key, stay.Offer, stay.Exclude}
	}
	if old := ix.waiting.queue; old != "" && old != now.queue {
		rows = append(rows, Row{waitingKey(old, c.ID), nil})
	}
	if stay != nil && !ix.waiting.equal(&now) {
		rows = append(rows, Row{waitingKey(now.queue, c.ID), mustEncode(stay)})
	}
	ix.waiting = now
	return rows
}

func (ix *indexed) slotRows(rows []Row, c *acd.Chat) []Row {
	var held [4]acd.AgentID
	var slots [4]acd.SlotRow
	has := held[:0]
	var scratch [256]byte
	for _, slot := range c.AppendSlotRows(slots[:0]) {
		now := appendSlotRow(scratch[:0], &slotRow{slot, c.LastLeg.Queue})
		has = append(has, slot.Agent)
		if !bytes.Equal(ix.slots[slot.Agent], now) {
			value := bytes.Clone(now)
			if ix.slots == nil {
				ix.slots = map[acd.AgentID][]byte{}
			}
			ix.slots[slot.Agent] = value
			rows = append(rows, Row{slotKey(slot.Agent, c.ID), value})
		}
	}
	if len(has) == len(ix.slots) {
		return rows // none is gone
	}
	for _, a := range sortedKeys(ix.slots) {
		if !contains(has, a) {
			delete(ix.slots, a)
			rows = append(rows, Row{slotKey(a, c.ID), nil})
		}
	}
	return rows
}

func contains(list []acd.AgentID, a acd.AgentID) bool {
	for _, x := range list {
		if x == a {
			return true
		}
	}
	return false
}

func restoreAgent(s *shell, give func(acd.Command)) {
	s.present = s.seq > 0
	slots, err := s.engine.slots(acd.AgentID(s.addr.ID))
	if err != nil {
		panic(err)
	}
	restore := acd.Restore{Slots: slots, Failed: s.again}
	if s.again {
		restore.Sessions = s.engine.sessionsOf(acd.AgentID(s.addr.ID))
	}
	give(restore)
}

func agentRows(rows []Row, w *turn, now time.Time) []Row {
	s := w.shell
	rows, err := s.keys.amended(rows, acd.AgentID(s.addr.ID), now, w.out.Events)
	if err != nil {
		panic(err)
	}
	rows = append(rows, s.keys.taken()...)
	if s.present {
		return rows
	}
	s.present = true
	return append(rows, Row{presentKey(acd.AgentID(s.addr.ID)), []byte{1}})
}

// restoredAtOnce is how many chats a queue gets back with one command: what a
// million of them say, all at the same time, would be a gigabyte.
const restoredAtOnce = 1024

func restoreQueue(s *shell, give func(acd.Command)) {
	waiting := make([]acd.Enqueue, 0, restoredAtOnce)
	err := s.engine.waiting(acd.QueueID(s.addr.ID), func(w acd.Enqueue) {
		if len(waiting) == restoredAtOnce {
			give(acd.Restore{Waiting: waiting, More: true})
			waiting = waiting[:0]
		}
		waiting = append(waiting, w)
	})
	if err != nil {
		panic(err)
	}
	give(acd.Restore{Waiting: waiting, Failed: s.again})
}

// slots reads what the chats say of an agent.
func (e *Engine) slots(a acd.AgentID) (slots []acd.SlotRow, err error) {
	err = e.scan(rowSlot, string(a), func(_, v []byte) error {
		row, err := decodeRow[acd.SlotRow](v)
		slots = append(slots, row)
		return err
	})
	return slots, err
}

// waiting calls found with each chat that waits in a queue.
func (e *Engine) waiting(q acd.QueueID, found func(acd.Enqueue)) error {
	return e.scan(rowWaiting, string(q), func(_, v []byte) error {
		row, err := decodeRow[acd.Enqueue](v)
		if err == nil {
			found(row)
		}
		return err
	})
}

// owners adds to seen who has a row in a table. Of each it reads the first row
// alone: a queue may have as many as there are chats.
func (e *Engine) owners(table byte, seen map[string]bool) error {
	from, end := rowRange(table, "")
	for {
		owner := ""
		err := e.journal.Scan(from, end, func(k, _ []byte) error {
			owner, _ = rowNames(k)
			return errFirst
		})
		switch {
		case errors.Is(err, errFirst):
			seen[owner] = true
			_, from = rowRange(table, owner)
		case err != nil:
			return fmt.Errorf("owners in table %q: %w", table, err)
		default:
			return nil
		}
	}
}

// errFirst ends a scan at its first row.
var errFirst = errors.New("the first row is all")

func (e *Engine) scan(table byte, owner string, fn func(key, value []byte) error) error {
	from, to := rowRange(table, owner)
	if err := e.journal.Scan(from, to, fn); err != nil {
		return fmt.Errorf("scan of table %q: %w", table, err)
	}
	return nil
}
