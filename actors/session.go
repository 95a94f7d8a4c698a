package actors

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/parley-engine/parley/actors/acd"
)

// Session is one connection's place in a person's stream. Its methods may be
// called from any goroutine; Next is for one at a time.
type Session struct {
	engine *Engine
	stream *stream
	by     acd.Principal
	id     string
	nth    uint64 // of this engine

	// Of its hello.
	alerting bool
	address  string
	notify   func()
	dismiss  func(EvictReason)

	// guarded by stream.mu
	cursor  uint64 // the last number that Next has given
	acked   uint64 // the last number that the client says it has handled
	local   []queued
	shown   []*Note // ephemeral, the latest of each kind and chat
	ready   bool    // the welcome is out, deliveries may follow
	evicted bool
	// replaced by another one, which is not to be told of it.
	replaced bool
	closed   sync.Once

	due bool // among wakes; guarded by wakes.mu

	gone atomic.Bool // closed, for the board
}

// queued is an answer, to be given after the events up to a number.
type queued struct {
	after uint64
	re    string
	a     *Answer
}

// ID names the session.
func (s *Session) ID() string { return s.id }

// DeliveriesAtOnce bounds what one Next gives.
const DeliveriesAtOnce = 64

// Next appends what is ready, in order, and returns it; fewer than
// DeliveriesAtOnce mean that the session has all there is, and Wake comes when
// there is more. It stops giving when the session has fallen too far behind, and
// evicts it.
func (s *Session) Next(buf []Delivery) []Delivery {
	buf, missing := s.collect(buf)
	for i := range buf {
		if n := buf[i].News; n != nil {
			s.engine.loadThread(n)
		}
	}
	for _, m := range missing {
		note, err := s.engine.note(m.ref)
		if err != nil {
			s.engine.log.Error("cannot read news again", "stream", string(s.stream.name), "seq", buf[m.at].Seq, "err", err)
			s.evict(EvictSlow)
			return buf[:m.at]
		}
		buf[m.at].News = note
	}
	return buf
}

// gap is a delivery whose note has to be read from the journal.
type gap struct {
	at  int
	ref cached
}

func (s *Session) collect(buf []Delivery) ([]Delivery, []gap) {
	st := s.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	var gaps []gap
	if !s.ready || s.evicted {
		return buf, nil
	}
	for end := len(buf) + DeliveriesAtOnce; len(buf) < end; {
		switch {
		case len(s.local) > 0 && s.local[0].after <= s.cursor:
			buf = append(buf, Delivery{Re: s.local[0].re, Answer: s.local[0].a})
			s.local = slices.Delete(s.local, 0, 1)
		case s.cursor < st.head && s.cursor+1 < st.first():
			s.evictLocked(EvictSlow)
			return buf, gaps
		case s.cursor < st.head:
			s.cursor++
			i := st.nth(s.cursor)
			note := st.notes.note(i)
			if note == nil {
				gaps = append(gaps, gap{len(buf), st.notes.cached(i)})
			}
			buf = append(buf, Delivery{Seq: s.cursor, News: note})
		case len(s.shown) > 0:
			buf = append(buf, Delivery{News: s.shown[0]})
			s.shown = s.shown[1:]
		default:
			return buf, gaps
		}
	}
	return buf, gaps
}

// wake tells the edge that there is something. The caller holds stream.mu.
func (s *Session) wake() {
	if s.ready && !s.evicted {
		s.engine.wakes.wake(s)
	}
}

// ephemeral keeps the latest note of a kind about a chat. The caller holds stream.mu.
func (s *Session) ephemeral(n *Note) {
	for i, old := range s.shown {
		if old.From == n.From && old.View == n.View && sameTopic(old.Event, n.Event) {
			s.shown[i] = n
			s.wake()
			return
		}
	}
	s.shown = append(s.shown, n)
	s.wake()
}

// sameTopic reports whether a later note takes the place of an earlier one.
func sameTopic(a, b acd.Event) bool {
	switch a := a.(type) {
	case acd.PositionTold:
		b, ok := b.(acd.PositionTold)
		return ok && a.Chat == b.Chat
	case acd.TypingShown:
		b, ok := b.(acd.TypingShown)
		return ok && a.Chat == b.Chat && a.By == b.By
	case acd.DeliveredShown:
		b, ok := b.(acd.DeliveredShown)
		return ok && a.Chat == b.Chat && a.By == b.By
	case acd.CountersShown:
		b, ok := b.(acd.CountersShown)
		return ok && a.Of == b.Of
	case acd.TargetsShown:
		_, ok := b.(acd.TargetsShown)
		return ok
	}
	return false
}

// answer queues an answer behind the events that are out already. The caller
// holds stream.mu.
func (s *Session) answer(id string, a *Answer) {
	s.local = append(s.local, queued{s.stream.head, id, a})
	s.wake()
}

// Do takes a command. The answer comes through Next; the same id again gets
// the same answer and has no second effect. Digest stands for the command's
// content: another content under the same id is refused.
func (s *Session) Do(id string, digest uint64, to acd.Address, cmd acd.Command) {
	s.used()
	done, fresh := s.join(id, digest, cmd)
	switch {
	case done:
		return
	case fresh:
		s.first(id, digest, to, cmd)
		return
	}
	known, err := s.engine.known(s.stream.name, id)
	switch {
	case err != nil:
		s.engine.log.Error("cannot look up a command", "stream", string(s.stream.name), "err", err)
		s.abandon(id)
	case known != nil && known.Digest != digest:
		s.settle(id, nil, ErrDuplicateConflict)
	case known != nil && known.Refusal != nil:
		s.repeated(id)
		s.settle(id, nil, known.Refusal)
	case known != nil:
		s.repeated(id)
		s.settle(id, known.Result, nil)
	default:
		s.first(id, digest, to, cmd)
	}
}

// first takes a command that has not been seen before.
func (s *Session) first(id string, digest uint64, to acd.Address, cmd acd.Command) {
	if r, ok := cmd.(refused); ok {
		*r.now = true
		s.refuse(id, digest, r.why)
		return
	}
	if _, ok := cmd.(acd.Start); ok {
		if refused := s.mayStart(); refused != nil {
			s.refuse(id, digest, refused)
			return
		}
		cmd = s.engine.withLast(cmd.(acd.Start), s.stream, acd.CustomerID(s.by.ID))
	}
	if b, ok := cmd.(acd.Broadcast); ok {
		s.engine.beside(func() { s.broadcast(id, digest, b, s.actOf(to, cmd)) })
		return
	}
	order := &struct { // one allocation for what lives and dies together
		env envelope
		ask ask
	}{
		envelope{by: s.by, cmd: s.engine.overseers.called(cmd)},
		ask{who: s.stream.name, id: id, digest: digest, act: s.actOf(to, cmd), session: s},
	}
	order.env.ask = &order.ask
	s.engine.tell(to, &order.env)
}

// Ack notes how far the client has got, and tells the chats whose messages it
// has now. What is kept for a resume does not depend on it; the log of an
// eviction tells it.
func (s *Session) Ack(seq uint64) {
	heard := s.acknowledge(seq)
	for _, chat := range slices.SortedFunc(maps.Keys(heard), compareAddress) {
		s.engine.tell(chat, &envelope{by: s.by, cmd: acd.Heard{Upto: heard[chat]}})
	}
}

// acknowledge returns the last message of the other side, in each chat in which
// the person still has a part, that no session of his had before. A chat that is
// over for him would only be woken.
func (s *Session) acknowledge(seq uint64) (heard map[acd.Address]uint64) {
	st := s.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	s.acked = max(s.acked, min(seq, s.cursor))
	for n := max(st.heard+1, st.first()); n <= st.head; n++ {
		i := st.nth(n)
		switch message := st.notes.at(i).message; {
		case message == parted:
			if heard != nil {
				delete(heard, st.notes.from(i))
			}
		case message == 0 || n > s.acked:
		default:
			if heard == nil {
				heard = map[acd.Address]uint64{}
			}
			heard[st.notes.from(i)] = message
		}
	}
	st.heard = max(st.heard, s.acked)
	return heard
}

// Typing passes on what nobody answers for.
func (s *Session) Typing(to acd.Address, cmd acd.Typing) {
	s.used()
	s.engine.tell(to, &envelope{by: s.by, cmd: cmd})
}

// History answers with a page of a chat's transcript, as far as the asker may
// see it: before is the first message not wanted, 0 for the end.
func (s *Session) History(id string, chat acd.ChatID, before uint64, limit int) {
	s.used()
	s.engine.beside(func() {
		page, err := s.engine.history(s.by, chat, before, limit)
		err = s.looked("history", chat, err)
		a := &Answer{History: page}
		_, a.Refusal = answerOf(nil, err)
		s.reply(id, a)
	})
}

// Explain answers an overseer with the decisions about a chat, all of them or
// that of one offer.
func (s *Session) Explain(id string, chat acd.ChatID, offer acd.OfferID) {
	s.used()
	s.engine.beside(func() {
		decisions, err := s.engine.explain(s.by, chat, offer)
		err = s.looked("explain", chat, err)
		a := &Answer{Explain: decisions}
		_, a.Refusal = answerOf(nil, err)
		s.reply(id, a)
	})
}

func (s *Session) reply(id string, a *Answer) {
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	s.answer(id, a)
}

// Evict asks the edge to close the session, and remembers why for the next hello.
func (s *Session) evict(why EvictReason) {
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	s.evictLocked(why)
}

func (s *Session) evictLocked(why EvictReason) {
	if !s.evicted {
		s.evicted = true
		s.stream.closed = string(why)
		s.engine.log.Warn("session evicted", "session", s.id, "reason", string(why), "acked", s.acked, "given", s.cursor, "seq", s.stream.head)
		s.dismiss(why)
	}
}

// Close ends the session. A reason that is ours is told at the next welcome.
func (s *Session) Close(reason string) {
	s.engine.board.leave(s)
	s.closed.Do(func() { s.engine.closeSession(s, reason) })
}

// errGone means that a session's context ended before its welcome.
var errGone = errors.New("session gone before its welcome")

// Open brings a person's new session up: from where he left off, or from the
// whole state.
func (e *Engine) Open(ctx context.Context, h Hello) (*Session, Welcome, error) {
	if err := e.Ready(); err != nil && !e.draining.Load() {
		return nil, Welcome{}, err
	}
	e.overseers.note(h.Principal)
	s := &Session{engine: e, by: h.Principal, alerting: h.Alerting, address: h.Address, notify: h.Wake, dismiss: h.Evict}
	s.nth = e.sessions.Add(1)
	s.id = "s" + strconv.FormatUint(e.epoch, 36) + "-" + strconv.FormatUint(s.nth, 36)
	w, err := e.attach(s, &h)
	if err != nil {
		return nil, w, err
	}
	if w.Resumed {
		e.counters.resumed.Inc()
		return s, w, nil
	}
	e.counters.snapshots.Inc()
	if err := e.snapshot(ctx, s, &w); err != nil {
		s.Close("")
		return nil, w, errors.Join(errGone, err)
	}
	return s, w, nil
}

// attach joins the session to its stream and tells who has to know.
func (e *Engine) attach(s *Session, h *Hello) (Welcome, error) {
	customer := h.Principal.Role == acd.RoleCustomer
	st, err := e.join(s, customer)
	if err != nil {
		return Welcome{}, err
	}
	w := Welcome{Session: s.id, Epoch: st.epoch, ClosedBecause: st.closed}
	st.closed = ""
	if h.Resume && h.Epoch == st.epoch && h.Seq <= st.head && h.Seq+1 >= st.first() {
		s.cursor, s.ready = h.Seq, true
		w.Seq, w.Resumed = h.Seq, true
		s.wake()
	}
	// Told under the lock, so that coming and going arrive in their order.
	if s.by.Works() {
		e.tell(acd.AgentID(s.by.ID).Address(), &envelope{by: s.by, cmd: acd.SessionOpened{Session: s.id, Alerting: h.Alerting}})
	}
	if customer {
		e.seen(st, true)
	}
	if s.by.Role == acd.RoleAgent && e.Config().Desk.SingleSession {
		st.replace(s)
	}
	st.mu.Unlock()
	return w, nil
}

// sessionsOf names the sessions that somebody who works has now. One that comes
// or goes while this looks says so behind what this says.
func (e *Engine) sessionsOf(a acd.AgentID) (open []acd.SessionOpened) {
	st := e.streams.get(a.Stream())
	if st == nil {
		return nil
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, s := range st.sessions {
		open = append(open, acd.SessionOpened{Session: s.id, Alerting: s.alerting})
	}
	return open
}

// join finds or makes the stream and adds the session; it returns with the
// stream locked.
func (e *Engine) join(s *Session, customer bool) (*stream, error) {
	for {
		st, made := e.streams.open(s.by.Stream(), e.nextEpoch, customer)
		if made && customer {
			if err := e.loadCustomer(st); err != nil {
				return nil, err
			}
		}
		if err := e.loadRecent(st); err != nil {
			return nil, err
		}
		st.mu.Lock()
		if e.streams.get(st.name) == st {
			s.stream = st
			st.sessions = append(st.sessions, s)
			return st, nil
		}
		st.mu.Unlock() // swept just now
	}
}

func (e *Engine) loadCustomer(st *stream) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.idle = e.now()
	return e.customerChats(st)
}

// seen tells a customer's chats whether he is here. The caller holds stream.mu.
func (e *Engine) seen(st *stream, online bool) {
	for _, c := range st.open() {
		e.tell(c.Address(), &envelope{cmd: acd.CustomerSeen{Online: online}})
	}
}

// startedAlone covers a customer who has gone while his start was on its way.
// The caller holds stream.mu.
func (e *Engine) startedAlone(st *stream, chat acd.ChatID) {
	st.chats.add(chat)
	if len(st.sessions) == 0 {
		e.tell(chat.Address(), &envelope{cmd: acd.CustomerSeen{Online: false}})
	}
}

func (e *Engine) closeSession(s *Session, reason string) {
	st := s.stream
	st.mu.Lock()
	s.evicted = true
	last := st.remove(s)
	if reason != "" && !s.replaced {
		st.closed = reason
	}
	st.idle = e.now()
	if s.by.Works() {
		e.tell(acd.AgentID(s.by.ID).Address(), &envelope{by: s.by, cmd: acd.SessionClosed{Session: s.id}})
	}
	if last {
		e.seen(st, false)
	}
	st.mu.Unlock()
}
