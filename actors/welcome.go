package actors

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parley-engine/parley/actors/acd"
)

// snapshot gathers a person's whole state at one point of his stream. Each
// machine answers for itself, one after the other; if news for him was
// numbered meanwhile the picture may be torn, and it is taken again. What is
// gathered may not be durable yet, so the journal is awaited before it leaves.
func (e *Engine) snapshot(ctx context.Context, s *Session, w *Welcome) error {
	for try := 0; ; try++ {
		before := e.assigned(s.stream)
		snap, err := e.gather(ctx, s.by, s.stream)
		if err != nil {
			return fmt.Errorf("snapshot of %s: %w", s.stream.name, err)
		}
		if e.assigned(s.stream) != before && try < snapshotTries {
			continue
		}
		if err := e.barrier(); err != nil {
			return fmt.Errorf("snapshot of %s: %w", s.stream.name, err)
		}
		snap.At = e.now()
		w.Seq, w.Snapshot = before, snap
		s.stream.mu.Lock()
		s.cursor, s.ready = before, true
		s.wake()
		s.stream.mu.Unlock()
		return nil
	}
}

// snapshotTries bounds how often a torn picture is taken again. After that the
// client is given the older number: it sees some events whose effect it has
// already, never too few.
const snapshotTries = 20

func (e *Engine) assigned(st *stream) uint64 {
	e.order.Lock()
	defer e.order.Unlock()
	return st.assigned
}

func (e *Engine) gather(ctx context.Context, by acd.Principal, st *stream) (*Snapshot, error) {
	snap := &Snapshot{Config: e.Config()}
	if by.Role == acd.RoleCustomer {
		st.mu.Lock()
		chats := st.open()
		st.mu.Unlock()
		return snap, e.gatherChats(ctx, by, chats, snap)
	}
	if by.Works() {
		if err := e.gatherDesk(ctx, by, snap); err != nil {
			return nil, err
		}
	}
	if by.Oversees() {
		return snap, e.gatherWall(ctx, by, snap)
	}
	return snap, nil
}

func (e *Engine) gatherDesk(ctx context.Context, by acd.Principal, snap *Snapshot) error {
	v, err := e.question(ctx, acd.AgentID(by.ID).Address(), by, acd.ViewAgent{})
	if err != nil {
		return err
	}
	view, ok := v.(acd.AgentView)
	if !ok {
		return fmt.Errorf("agent %s answered with %T", by.ID, v)
	}
	snap.Agent = &view
	var chats []acd.ChatID
	for _, slot := range view.Slots {
		switch slot.State {
		case acd.SlotAlerting:
			v, err := e.question(ctx, slot.Chat.Address(), by, acd.ViewOffers{})
			if err != nil && !isRefusal(err) {
				return err
			}
			offers, _ := v.([]acd.Offered)
			snap.Offers = append(snap.Offers, offers...)
		case acd.SlotConnected:
			chats = append(chats, slot.Chat)
		case acd.SlotReserved, acd.SlotReleased:
		}
	}
	for _, d := range view.Debts {
		chats = append(chats, d.Chat)
	}
	if err := e.gatherChats(ctx, by, chats, snap); err != nil {
		return err
	}
	for i := range snap.Offers {
		o := &snap.Offers[i]
		chat, _ := o.Offer.ID.Chat()
		thread, err := e.transcript(chat, o.Popover.Thread, threadTail, acd.ForAgents)
		if err != nil {
			return err
		}
		snap.Threads = append(snap.Threads, thread)
	}
	return nil
}

func (e *Engine) gatherChats(ctx context.Context, by acd.Principal, chats []acd.ChatID, snap *Snapshot) error {
	for _, id := range chats {
		v, err := e.question(ctx, id.Address(), by, acd.ViewChat{})
		if isRefusal(err) {
			continue // it has ended for him meanwhile
		}
		if err != nil {
			return err
		}
		view, ok := v.(acd.ChatView)
		if !ok {
			return fmt.Errorf("chat %s answered with %T", id, v)
		}
		if by.Role == acd.RoleCustomer && view.Phase == acd.PhaseEnded {
			continue
		}
		tail, err := e.transcript(id, view.Messages, e.opts.Tail, audienceOf(by))
		if err != nil {
			return err
		}
		snap.Chats = append(snap.Chats, ChatSnapshot{View: view, Messages: tail})
	}
	return nil
}

// gatherWall adds what a supervisor sees: queues, agents, and chats that are
// not his.
func (e *Engine) gatherWall(ctx context.Context, by acd.Principal, snap *Snapshot) error {
	cfg := e.Config()
	for _, id := range sortedKeys(cfg.Queues) {
		v, err := e.question(ctx, id.Address(), by, acd.ViewQueue{})
		if err != nil && !isRefusal(err) {
			return err
		}
		if view, ok := v.(acd.QueueView); ok {
			snap.Queues = append(snap.Queues, view)
		}
	}
	for _, id := range sortedKeys(cfg.Agents) {
		v, err := e.question(ctx, id.Address(), by, acd.ViewAgent{})
		if err != nil && !isRefusal(err) {
			return err
		}
		if view, ok := v.(acd.AgentView); ok {
			snap.Agents = append(snap.Agents, view)
		}
	}
	snap.Alerts = e.alerts.list(by.Scope)
	most := wallChats
	if by.Scope != "" { // most of them may be others'
		most = boardChats
	}
	chats, err := e.liveChats(most)
	if err != nil {
		return err
	}
	own := len(snap.Chats)
	for ; len(chats) > 0 && len(snap.Chats)-own < wallChats; chats = chats[1:] {
		if err := e.gatherChats(ctx, by, chats[:1], snap); err != nil {
			return err
		}
	}
	return nil
}

// wallChats bounds the chats of a supervisor's snapshot.
const wallChats = 200

func (e *Engine) liveChats(most int) (chats []acd.ChatID, err error) {
	err = e.scan(rowLive, "", func(k, _ []byte) error {
		id, _ := rowNames(k)
		chats = append(chats, acd.ChatID(id))
		if len(chats) == most {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return chats, err
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func isRefusal(err error) bool {
	var r *acd.Refusal
	return errors.As(err, &r)
}

func audienceOf(by acd.Principal) acd.Audience {
	if by.Role == acd.RoleCustomer {
		return acd.ForAll
	}
	return acd.ForAgents
}

// threadTail is how many lines go with an offer or an assignment.
const threadTail = 20

// transcript reads the last lines up to a message, oldest first. For ForAll
// what is for agents is left out; ForAgents sees everything.
func (e *Engine) transcript(chat acd.ChatID, upto uint64, most int, who acd.Audience) ([]acd.Message, error) {
	if upto == 0 || most <= 0 {
		return nil, nil
	}
	from := uint64(1)
	if upto > uint64(most) {
		from = upto - uint64(most) + 1
	}
	var lines []acd.Message
	err := readLines(e.journal, chat, from, upto+1, func(m acd.Message) error {
		if who == acd.ForAgents || m.To != acd.ForAgents {
			lines = append(lines, m)
		}
		return nil
	})
	return lines, err
}

// historyMost bounds a page.
const historyMost = 200

// history reads a page for who may see the chat.
func (e *Engine) history(by acd.Principal, chat acd.ChatID, before uint64, limit int) (*HistoryPage, error) {
	view, sees, err := e.readable(by, chat)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > historyMost {
		limit = historyMost
	}
	upto := view.Messages
	if before > 0 && before-1 < upto {
		upto = before - 1
	}
	if err := e.barrier(); err != nil { // no line is shown before it is durable
		return nil, err
	}
	lines, err := e.transcript(chat, upto, limit, sees)
	if err != nil {
		return nil, err
	}
	page := &HistoryPage{Chat: chat, Messages: lines, More: upto > uint64(limit)}
	if by.Role != acd.RoleCustomer {
		page.Previous = view.Previous
	}
	return page, nil
}

// explain reads the decisions about a chat out of its records.
func (e *Engine) explain(by acd.Principal, chat acd.ChatID, offer acd.OfferID) ([]Decided, error) {
	if !by.Oversees() {
		return nil, acd.ErrForbidden
	}
	if offer != "" {
		id, ok := offer.Chat()
		if !ok {
			return nil, acd.ErrNotFound
		}
		chat = id
	}
	if err := e.mayExplain(by, chat); err != nil {
		return nil, err
	}
	if err := e.barrier(); err != nil {
		return nil, err
	}
	var found []Decided
	records := 0
	keys := e.reader(chat.Address())
	err := e.journal.Replay(chat.Address().String(), 0, func(_ uint64, b []byte) error {
		records++
		r, err := decodeRecord(b, keys)
		if err != nil {
			return err
		}
		for _, ev := range r.events {
			o, ok := ev.(acd.Offered)
			if byHand := o.Decision.At.IsZero(); ok && !byHand && (offer == "" || o.Offer.ID == offer) {
				found = append(found, Decided{chat, o.Offer.ID, o.Decision})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("explain %s: %w", chat, err)
	}
	if records == 0 || offer != "" && len(found) == 0 {
		return nil, acd.ErrNotFound
	}
	return found, nil
}

// note makes a piece of news again from its record.
func (e *Engine) note(c cached) (*Note, error) {
	b, err := e.journal.Record(c.from().String(), c.seq)
	if err != nil {
		return nil, fmt.Errorf("record %d of %s: %w", c.seq, c.from(), err)
	}
	r, err := decodeRecord(b, e.reader(c.from()))
	if err != nil {
		return nil, fmt.Errorf("record %d of %s: %w", c.seq, c.from(), err)
	}
	if int(c.index) >= len(r.events) {
		return nil, fmt.Errorf("record %d of %s has no event %d", c.seq, c.from(), c.index)
	}
	n := &Note{From: c.from(), At: r.at, Event: r.events[c.index], View: c.view}
	for _, ref := range r.news {
		if ref.index == int(c.index) && ref.view == c.view {
			n.To = ref.to
		}
	}
	if m, ok := n.Event.(acd.MessageSent); ok {
		lines, err := e.transcript(acd.ChatID(c.id), m.Message.Seq, 1, acd.ForAgents)
		if err != nil {
			return nil, err
		}
		if len(lines) == 1 {
			m.Message.Text, m.Message.Author, m.Message.Erased = lines[0].Text, lines[0].Author, lines[0].Erased
			n.Event = m
		}
	}
	e.loadThread(n)
	return n, nil
}

// wantsThread says whether a transcript goes with the note, and up to where.
func (n *Note) wantsThread() (upto uint64, wants bool) {
	switch ev := n.Event.(type) {
	case acd.Offered:
		return ev.Popover.Thread, true
	case acd.Accepted:
		return ev.View.Messages, n.View == acd.ToAgent
	case acd.Joined:
		return ev.View.Messages, n.View == acd.ToAgent
	}
	return 0, false
}

// loadThread reads the transcript that goes with a note, once.
func (e *Engine) loadThread(n *Note) {
	upto, wants := n.wantsThread()
	if !wants {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.threaded {
		n.threaded = true
		e.readThread(n, upto)
	}
}

func (e *Engine) readThread(n *Note, upto uint64) {
	lines, err := e.transcript(acd.ChatID(n.From.ID), upto, threadTail, acd.ForAgents)
	if err != nil {
		e.log.Error("cannot read a thread", "chat", n.From.ID, "err", err)
		return
	}
	n.Thread = lines
}
