package actors

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Past answers what has been: from a store that an engine writes to or from
// one that lies still. All of it is read; Erase and EraseChat alone change something.
type Past struct{ journal Journal }

// NewPast returns the past that a journal holds.
func NewPast(j Journal) *Past { return &Past{j} }

// Segment is one ended chat as the index by time has it. The customer's name is
// not in the index; it comes from the chat's first record, while it can be read.
type Segment struct {
	Chat      acd.ChatID     `cbor:"1,keyasint"`
	Customer  acd.CustomerID `cbor:"2,keyasint"`
	Name      string         `cbor:"3,keyasint,omitempty"`
	Source    acd.SourceID   `cbor:"4,keyasint,omitempty"`
	Channel   acd.Channel    `cbor:"5,keyasint,omitempty"`
	Queue     acd.QueueID    `cbor:"6,keyasint,omitempty"`
	Agents    []acd.AgentID  `cbor:"7,keyasint,omitempty"`
	StartedAt time.Time      `cbor:"8,keyasint"`
	EndedAt   time.Time      `cbor:"9,keyasint"`
	Reason    acd.EndReason  `cbor:"10,keyasint"`
	Messages  uint64         `cbor:"11,keyasint,omitempty"`
	// Amended are the wrap-ups that were put right after the clock had given them.
	Amended []Amendment `cbor:"-"`
	// Previous is the customer's last chat before this one, from the first record as the name is.
	Previous acd.ChatID `cbor:"-"`
	// Erased says that what was said in it, and of whom, has been erased.
	Erased bool `cbor:"-"`
}

// segmentOf is what is kept of a chat at its end.
func segmentOf(c *acd.Chat) Segment {
	s := Segment{Chat: c.ID, Customer: c.Customer.ID, Source: c.Source, Channel: c.Channel,
		Queue: c.LastLeg.Queue, StartedAt: c.StartedAt, EndedAt: c.EndedAt, Reason: c.EndReason, Messages: c.Messages}
	for i := range c.Participants {
		s.Agents = append(s.Agents, c.Participants[i].Agent)
	}
	return s
}

// Query says which ended chats are wanted; a zero field is any. They come
// newest first, at most Limit, after the one that Cursor names.
type Query struct {
	From, To time.Time // of the end; To is without
	Queue    acd.QueueID
	Agent    acd.AgentID
	Customer acd.CustomerID
	Source   acd.SourceID
	Within   acd.Scope // of who asks
	Limit    int
	Cursor   []byte
}

// queryMost bounds a page.
const queryMost = 500

// History returns a page of ended chats and the cursor of the next one, nil at
// the end.
func (p *Past) History(q Query) (page []Segment, next []byte, err error) {
	if q.Limit <= 0 || q.Limit > queryMost {
		q.Limit = queryMost
	}
	from, to := []byte{rowEnded}, []byte{rowEnded + 1}
	if !q.To.IsZero() {
		from = endedKey(q.To.Add(-time.Millisecond), "")
	}
	if !q.From.IsZero() {
		to = endedKey(q.From.Add(-time.Millisecond), "")
	}
	if len(q.Cursor) > 0 {
		if q.Cursor[0] != rowEnded {
			return nil, nil, fmt.Errorf("history: not a cursor of this query")
		}
		from = append(slices.Clone(q.Cursor), 0)
	}
	var last []byte
	err = p.journal.Scan(from, to, func(k, v []byte) error {
		s, err := decodeRow[Segment](v)
		if err != nil {
			return err
		}
		if !q.wants(s) {
			return nil
		}
		if len(page) == q.Limit {
			next = last
			return errEnough
		}
		page, last = append(page, s), slices.Clone(k)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, nil, fmt.Errorf("history: %w", err)
	}
	for i := range page {
		if err := p.begin(&page[i]); err != nil {
			return nil, nil, fmt.Errorf("history: %w", err)
		}
		if page[i].Amended, err = p.Amended(page[i].Chat); err != nil {
			return nil, nil, fmt.Errorf("history: %w", err)
		}
	}
	return page, next, nil
}

// begin takes from a segment's first record what the index does not have.
func (p *Past) begin(s *Segment) error {
	keys := &keyring{journal: p.journal, owner: s.Chat.Address()}
	key, err := keys.find(s.Chat, s.StartedAt)
	if err != nil {
		return err
	}
	s.Erased = key == nil
	b, err := p.journal.Record(s.Chat.Address().String(), 1)
	if err != nil || b == nil {
		return err
	}
	r, err := decodeRecord(b, keys)
	for _, e := range r.events {
		if start, ok := e.(acd.ChatStarted); ok {
			s.Name, s.Previous = start.Customer.Name, start.Previous
		}
	}
	if s.Erased {
		s.Name = ""
		return err
	}
	return errors.Join(err, readLines(p.journal, s.Chat, 1, 2, func(m acd.Message) error {
		s.Erased = m.Erased // and there is a key again, for notes that came later
		return nil
	}))
}

func (q *Query) wants(s Segment) bool {
	return q.Within.Covers(s.Queue) && (q.Queue == "" || q.Queue == s.Queue) && (q.Customer == "" || q.Customer == s.Customer) &&
		(q.Source == "" || q.Source == s.Source) && (q.Agent == "" || slices.Contains(s.Agents, q.Agent))
}

// Moment is a chat as it was after one of its records.
type Moment struct {
	Seq    uint64
	At     time.Time
	Config uint64 // the version that the record was decided under
	By     acd.Principal
	Events []acd.Event
	State  *acd.Chat
	Hash   uint64
	Erased bool // the words that were in it
	// Amended is what stands in the place of the wrap-ups that Events has, when
	// their agents have put them right since.
	Amended []Amendment
}

// Replay folds a chat's records up to and with the one numbered at, all of
// them when at is zero, and calls each with every moment. The state is the
// same one each time, further on.
func (p *Past) Replay(chat acd.ChatID, at uint64, each func(Moment) error) error {
	state, seen := acd.NewChat(chat), false
	keys := &keyring{journal: p.journal, owner: chat.Address()}
	key, err := keys.find(chat, time.Time{})
	if err != nil {
		return fmt.Errorf("replay %s: %w", chat, err)
	}
	left, err := p.Amended(chat)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	err = p.journal.Replay(chat.Address().String(), 0, func(seq uint64, b []byte) error {
		if at > 0 && seq > at {
			return errEnough
		}
		r, err := decodeRecord(b, keys)
		if err != nil {
			return err
		}
		for _, e := range r.events {
			state.Apply(r.at, e)
		}
		seen = true
		m := Moment{seq, r.at, r.config, r.by, r.events, state, StateHash(state), key == nil, nil}
		left = amends(&m, left)
		return each(m)
	})
	if err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("replay %s: %w", chat, err)
	}
	if !seen {
		return fmt.Errorf("replay %s: %w", chat, acd.ErrNotFound)
	}
	return nil
}

// Explanation is why one offer went to whom it went.
type Explanation struct {
	Seq      uint64
	Offer    acd.Offer
	Decision acd.Decision
	Erased   bool // the note that came with the offer
}

// Explain returns the decisions about a chat, oldest first.
func (p *Past) Explain(chat acd.ChatID) (found []Explanation, err error) {
	err = p.Replay(chat, 0, func(m Moment) error {
		for _, e := range m.Events {
			if o, ok := e.(acd.Offered); ok {
				found = append(found, Explanation{m.Seq, o.Offer, o.Decision, m.Erased})
			}
		}
		return nil
	})
	return found, err
}

// Transcript calls line with every message of a chat, side notes and all,
// oldest first.
func (p *Past) Transcript(chat acd.ChatID, line func(acd.Message) error) error {
	return readLines(p.journal, chat, 0, ^uint64(0), line)
}

// Past returns what the engine's journal holds.
func (e *Engine) Past() *Past { return NewPast(e.journal) }
