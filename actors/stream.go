package actors

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// stream is one person's numbered sequence of events, shared by his sessions.
//
// Numbers are given in the journal's own order, while the record is on its way
// (assign, under the engine's order lock), and written into the record. News
// is published when the record is durable, so that what a session has seen is
// always on disk under the very number that it saw. After a crash the numbers
// are read back from the last records; those of a lost tail were never shown
// to anybody and are given again.
type stream struct {
	name  acd.Stream
	epoch string

	assigned uint64 // the last number given; guarded by Engine.order

	mu       sync.Mutex
	head     uint64   // the last number published
	heard    uint64   // up to where some session has acknowledged
	notes    lastNews // published, consecutive up to head
	sessions []*Session
	customer bool
	chats    openChats // a customer's
	last     lastChats // his, as far as it has been read
	starting int       // starts on their way
	flying   flights   // commands that are not answered yet
	recent   recent    // which commands may have been answered
	closed   string    // why we closed the last session
	idle     time.Time // since when there is no session
	used     time.Time // when an agent's machine was last told that something was done
}

// cached is one published piece of news: where it stands in the journal and,
// while it is fresh, the note itself.
type cached struct {
	id   string // of the machine that it is from
	seq  uint64 // of the record
	note *Note  // nil when it has to be read again
	// message is the number of the message of the other side that it is, or
	// parted, as long as the node runs.
	message uint64
	index   int32
	kind    acd.Kind
	view    acd.View
}

// newCached is an event of the record seq of a machine.
func newCached(from acd.Address, seq uint64, index int, view acd.View) cached {
	return cached{id: from.ID, kind: from.Kind, seq: seq, index: int32(index), view: view}
}

// from is the machine that it is from.
func (c *cached) from() acd.Address { return acd.Address{Kind: c.kind, ID: c.id} }

// parted stands for the number of a message where a person's part in a chat
// ends: nobody waits for how far he has got in it.
const parted = math.MaxUint64

// received is the number of the message that a note brings from the other side;
// 0 if it brings none.
func (s *stream) received(n *Note) uint64 {
	switch e := n.Event.(type) {
	case acd.ChatEnded:
		return parted
	case acd.Left:
		if e.Agent.Stream() == s.name {
			return parted
		}
	case acd.MessageSent:
		if written := e.Message.Author.Kind == "customer"; n.View == acd.ToCustomer && !written || n.View == acd.ToAgent && written {
			return e.Message.Seq
		}
	}
	return 0
}

// Bounds of a stream. Who falls behind by more is slow and starts from a
// snapshot; what is no longer fresh is read from the journal.
const (
	keepDesk     = 2048
	keepCustomer = 256
	freshDesk    = 64
	freshOther   = 8
)

func (s *stream) bounds() (keep, fresh int) {
	if s.customer {
		return keepCustomer, freshOther
	}
	return keepDesk, freshDesk
}

// publish adds the next number. The caller keeps the order of numbers.
func (s *stream) publish(seq uint64, c cached) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.share(c.note)
	s.keep(seq, c)
	s.follow(c.note)
	for _, sess := range s.sessions {
		sess.wake()
	}
}

func (s *stream) keep(seq uint64, c cached) {
	keep, fresh := s.bounds()
	if seq != s.head+1 {
		s.notes = lastNews{} // numbers of an earlier life of this stream
	}
	s.head = seq
	s.notes.add(c, keep, fresh)
}

// share notes that several sessions are told the same. The caller holds mu, and
// nobody has a single note yet.
func (s *stream) share(n *Note) {
	if n != nil && n.single && len(s.sessions) > 1 {
		n.single = false
	}
}

// follow keeps a customer's open chats in step with what he is told.
func (s *stream) follow(n *Note) {
	if !s.customer || n == nil {
		return
	}
	chat := acd.ChatID(n.From.ID)
	switch n.Event.(type) {
	case acd.Queued:
		s.chats.add(chat)
	case acd.ChatEnded:
		s.chats.remove(chat)
	}
}

// open names a customer's open chats, in order. The caller holds mu.
func (s *stream) open() []acd.ChatID { return slices.Clone(s.chats) }

// openChats are a customer's open chats, in order. Most customers have one, and a
// map would weigh more than all the rest of the stream.
type openChats []acd.ChatID

func (o *openChats) add(chat acd.ChatID) {
	if i, there := slices.BinarySearch(*o, chat); !there {
		*o = slices.Insert(*o, i, chat)
	}
}

func (o *openChats) remove(chat acd.ChatID) {
	if i, there := slices.BinarySearch(*o, chat); there {
		*o = slices.Delete(*o, i, i+1)
	}
	if n := len(*o); n == 0 {
		*o = nil
	} else if cap(*o) > 16 && n < cap(*o)/4 {
		*o = slices.Clone(*o)
	}
}

// drop forgets a customer's chat that ended without telling. A nil stream has
// nobody to forget.
func (s *stream) drop(chat acd.ChatID) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats.remove(chat)
}

// whisper gives every session an ephemeral note.
func (s *stream) whisper(n *Note) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.share(n)
	for _, sess := range s.sessions {
		sess.ephemeral(n)
	}
}

// first is the lowest number that can still be given again.
func (s *stream) first() uint64 { return s.head - uint64(s.notes.n) + 1 }

// nth is the place among the last news of a number that is in first..head.
func (s *stream) nth(seq uint64) int { return int(seq - s.first()) }

func (s *stream) remove(sess *Session) (last bool) {
	for i, other := range s.sessions {
		if other == sess {
			s.sessions = append(s.sessions[:i], s.sessions[i+1:]...)
			return len(s.sessions) == 0
		}
	}
	return false
}

// streams finds the streams by name. One exists from its person's first hello
// until nobody may resume it any more.
type streams struct {
	mu  sync.RWMutex
	all map[acd.Stream]*stream
}

func (t *streams) get(name acd.Stream) *stream {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.all[name]
}

// open returns the stream of that name; made says that it is new.
func (t *streams) open(name acd.Stream, epoch func() string, customer bool) (s *stream, made bool) {
	if s := t.get(name); s != nil {
		return s, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.all[name]; s != nil {
		return s, false
	}
	s = newStream(name, epoch(), customer)
	t.all[name] = s
	return s, true
}

func newStream(name acd.Stream, epoch string, customer bool) *stream {
	return &stream{name: name, epoch: epoch, customer: customer}
}

// stale lets go of the fresh news of machines: whoever is told it again is told
// what its record says by then.
func (t *streams) stale(from map[acd.Address]bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, s := range t.all {
		s.mu.Lock()
		for i, n := range s.notes.notes {
			if n != nil && from[n.From] {
				s.notes.notes[i] = nil
			}
		}
		s.mu.Unlock()
	}
}

// lose has streams give nothing again up to what chats have told that are about
// to be dropped. Who is further behind starts from a snapshot.
func (t *streams) lose(gone []Segment) {
	chats := make(map[string]bool, len(gone))
	for i := range gone {
		chats[string(gone[i].Chat)] = true
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, s := range t.all {
		s.mu.Lock()
		for i := s.notes.n - 1; i >= 0; i-- {
			if s.notes.ofChat(i, chats) {
				s.notes.forget(i + 1)
				break
			}
		}
		s.mu.Unlock()
	}
}

// sweep forgets streams without a session since before.
func (t *streams) sweep(desk, customer time.Time) (gone int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, s := range t.all {
		before := desk
		if s.customer {
			before = customer
		}
		s.mu.Lock()
		if len(s.sessions) == 0 && len(s.flying) == 0 && s.idle.Before(before) {
			delete(t.all, name)
			gone++
		}
		s.mu.Unlock()
	}
	return gone
}
