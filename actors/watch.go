package actors

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/parley-engine/parley/actors/acd"
)

// watching is what one session wants to be shown, and how much of it it has
// seen. It is guarded by board.mu.
type watching struct {
	boards  WatchBoards
	targets *TargetQuery // being watched
	listed  *TargetQuery // the last one that was listed
	shown   [acd.KindQueue + 1]uint64
	told    uint64 // of targets
}

func (w *watching) kinds() (kinds uint32) {
	if w.boards.Queues || w.targets != nil && w.targets.Queues {
		kinds |= 1 << acd.KindQueue
	}
	if w.boards.Agents || w.targets != nil && !w.targets.Queues {
		kinds |= 1 << acd.KindAgent
	}
	if w.boards.Chats {
		kinds |= 1 << acd.KindChat
	}
	return kinds
}

// change lets a session's wishes be changed, and starts the board if need be.
// A session that is closed has none.
func (b *board) change(s *Session, f func(*watching)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.watchers[s]
	if w == nil {
		if s.gone.Load() {
			return
		}
		w = &watching{}
		b.watchers[s] = w
	}
	f(w)
	b.want()
	b.begin(newcomers)
}

// leave forgets a session that has gone.
func (b *board) leave(s *Session) {
	s.gone.Store(true)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watchers[s] != nil {
		delete(b.watchers, s)
		b.want()
	}
}

// onChats names who looks at the board of chats, in the order in which they
// came, with the scope of the session that looks.
func (b *board) onChats() (all []acd.Overseer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range slices.SortedFunc(maps.Keys(b.watchers), func(s, o *Session) int { return cmp.Compare(s.nth, o.nth) }) {
		if b.watchers[s].boards.Chats && s.by.Oversees() {
			all = append(all, acd.Overseer{Agent: acd.AgentID(s.by.ID), Scope: s.by.Scope})
		}
	}
	return all
}

// want adds up what is wanted. The picture of a kind that nobody watches is
// whole no more; that of chats is forgotten. The caller holds mu.
func (b *board) want() {
	var kinds uint32
	for _, w := range b.watchers {
		kinds |= w.kinds()
	}
	b.wanted.Store(kinds)
	if kinds&(1<<acd.KindQueue) == 0 {
		b.queues.whole = nil
	}
	if kinds&(1<<acd.KindAgent) == 0 {
		b.agents.whole = nil
	}
	if kinds&(1<<acd.KindChat) == 0 {
		b.chats = picture[acd.ChatID, acd.ChatView]{version: b.chats.version}
	}
}

func (b *board) watchBoards(s *Session, q WatchBoards) error {
	if !s.by.Oversees() {
		return acd.ErrForbidden
	}
	b.change(s, func(w *watching) {
		w.boards, w.shown = q, [acd.KindQueue + 1]uint64{}
	})
	return nil
}

func (b *board) watchTargets(ctx context.Context, s *Session, q WatchTargets) error {
	if !s.by.Works() {
		return acd.ErrForbidden
	}
	if q.On && q.Query != nil {
		if _, err := b.engine.about(ctx, s.by, q.Query.Chat); err != nil {
			return err
		}
	}
	b.change(s, func(w *watching) {
		switch {
		case !q.On:
			w.targets = nil
			return
		case q.Query != nil:
			w.targets = q.Query
		case w.listed != nil:
			w.targets = w.listed
		default:
			w.targets = &TargetQuery{}
		}
		w.told = 0
	})
	return nil
}

// round is one look at the machines: for newcomers only at what is new, at a
// tick at all that has taken a step. The greater one does for the lesser.
type round uint8

const (
	noRound round = iota
	newcomers
	tick
)

// begin starts a round, or puts it behind the one that is under way. The caller
// holds mu.
func (b *board) begin(r round) {
	if b.running {
		b.next = max(b.next, r)
		return
	}
	if b.wanted.Load() == 0 || !b.engine.ready.Load() {
		b.rest()
		return
	}
	if b.timer == nil { // nobody has watched for a while
		r = tick
		b.timer = b.engine.runtime.AfterFunc(boardEvery, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.begin(tick)
		})
	}
	b.running = b.engine.beside(func() { b.run(r) })
}

// rest stops the ticks until somebody watches again. The caller holds mu.
func (b *board) rest() {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	b.takeTouched()
}

// run takes a picture and shows it. A picture that cannot be brought up to date
// is not shown: the journal has failed then, and the process is stopping.
func (b *board) run(r round) {
	if err := b.refresh(context.Background(), r == newcomers); err == nil {
		b.show(context.Background())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	next := b.next
	b.running, b.next = false, noRound
	if b.wanted.Load() == 0 {
		b.rest()
		return
	}
	if r == tick {
		b.timer.Reset(boardEvery)
	}
	if next != noRound {
		b.begin(next)
	}
}

// refresh asks who has taken a step; everybody of a kind, when it is new or the
// configuration has changed. Queues are always asked: that the oldest waits is
// no step. For newcomers between two ticks only what is new is asked.
func (b *board) refresh(ctx context.Context, newcomers bool) error {
	b.asking.enter(b.engine)
	defer b.asking.leave()
	wanted, cfg := b.wanted.Load(), b.engine.Config()
	var touched map[acd.Address]struct{}
	if !newcomers {
		touched = b.takeTouched()
	}
	for _, kind := range []acd.Kind{acd.KindQueue, acd.KindAgent, acd.KindChat} {
		if wanted&(1<<kind) == 0 {
			continue
		}
		var who []acd.Address
		switch isNew := b.isNew(kind, cfg); {
		case isNew || kind == acd.KindQueue && !newcomers:
			who = b.everyone(kind)
		case newcomers:
			continue
		default:
			who = ofKind(touched, kind)
		}
		if err := b.take(ctx, kind, who); err != nil {
			return err
		}
	}
	return nil
}

func ofKind(all map[acd.Address]struct{}, kind acd.Kind) (who []acd.Address) {
	for a := range all {
		if a.Kind == kind {
			who = append(who, a)
		}
	}
	slices.SortFunc(who, compareAddress)
	return who
}

// isNew reports whether the kind has not been asked under this configuration,
// and notes that it is now.
func (b *board) isNew(kind acd.Kind, cfg *acd.Config) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := map[acd.Kind]**acd.Config{acd.KindQueue: &b.queues.whole, acd.KindAgent: &b.agents.whole, acd.KindChat: &b.chats.whole}[kind]
	if *was == cfg {
		return false
	}
	*was = cfg
	return true
}

// show gives every session what has changed for it.
func (b *board) show(ctx context.Context) {
	type errand struct {
		s     *Session
		query TargetQuery
	}
	var errands []errand
	made := map[boardAsked]*Note{}
	b.mu.Lock()
	for _, s := range slices.SortedFunc(maps.Keys(b.watchers), func(s, o *Session) int { return cmp.Compare(s.nth, o.nth) }) {
		w := b.watchers[s]
		b.showBoards(s, w, made)
		if q := w.targets; q != nil && w.told != b.version(q.Queues)+1 {
			w.told = b.version(q.Queues) + 1
			errands = append(errands, errand{s, *q})
		}
	}
	b.mu.Unlock()
	for _, r := range errands {
		b.showTargets(ctx, r.s, r.query)
	}
}

// showTargets gives a session its targets. One whose chat is no longer his is
// shown nothing.
func (b *board) showTargets(ctx context.Context, s *Session, q TargetQuery) {
	if t, err := b.targets(ctx, s.by, q); err == nil {
		s.show(&Note{At: s.engine.now(), Event: *t, View: acd.ToOverseer})
	}
}

// boardAsked is what a board depends on besides the picture.
type boardAsked struct {
	of     acd.Kind
	within acd.Scope
	filter string // in small letters
}

// showBoards gives a session the boards that it has not seen as they are, of
// what is within its scope. Each is whole, since of boards only the latest
// counts. Sessions that ask the same are shown one note, so that hundreds of
// supervisors cost a round one frame. A kind that has not been asked since
// somebody wants it waits for the next round: what there is of it is from
// whoever watched last. The caller holds mu.
func (b *board) showBoards(s *Session, w *watching, made map[boardAsked]*Note) {
	now, within, filter := b.engine.now(), s.by.Scope, strings.ToLower(w.boards.Filter)
	show := func(kind acd.Kind, version uint64, fill func(*acd.CountersShown)) {
		if w.shown[kind] == version+1 {
			return
		}
		w.shown[kind] = version + 1
		asked := boardAsked{kind, within, filter}
		n := made[asked]
		if n == nil {
			c := acd.CountersShown{Of: kind, At: now, Version: version}
			fill(&c)
			n = &Note{At: now, Event: c, View: acd.ToOverseer}
			made[asked] = n
		}
		s.show(n)
	}
	if w.boards.Queues && b.queues.whole != nil {
		show(acd.KindQueue, b.queues.version, func(c *acd.CountersShown) {
			c.Queues, c.Total = rowsOf(b.queues.rows, func(v *acd.QueueView) bool {
				return within.Covers(v.Queue) && matches(filter, string(v.Queue), v.Name)
			})
		})
	}
	if w.boards.Agents && b.agents.whole != nil {
		show(acd.KindAgent, b.agents.version, func(c *acd.CountersShown) {
			c.Agents, c.Total = rowsOf(b.agents.rows, func(v *acd.AgentView) bool {
				return within.Covers(v.Queues...) &&
					(matches(filter, string(v.Agent), v.Name, string(v.Presence.State)) || anyMatches(filter, v.Queues) || anyMatches(filter, v.Skills))
			})
		})
	}
	if w.boards.Chats && b.chats.whole != nil {
		show(acd.KindChat, b.chats.version, func(c *acd.CountersShown) {
			c.Chats, c.Total = rowsOf(b.chats.rows, func(v *acd.ChatView) bool {
				return covers(within, v) && matches(filter, string(v.Chat), string(v.Queue), v.QueueName, v.Customer, string(v.Owner), string(v.Channel))
			})
		})
	}
}

// rowsOf picks rows in the order of their ids.
func rowsOf[K ~string, V any](rows map[K]V, wanted func(*V) bool) (picked []V, total int) {
	for _, k := range sortedKeys(rows) {
		v := rows[k]
		if !wanted(&v) {
			continue
		}
		if total++; total <= boardRows {
			picked = append(picked, v)
		}
	}
	return picked, total
}

// matches reports whether the filter, in small letters, is a part of any text.
func matches(filter string, texts ...string) bool {
	for _, t := range texts {
		if strings.Contains(strings.ToLower(t), filter) {
			return true
		}
	}
	return false
}

func anyMatches[T ~string](filter string, list []T) bool {
	for _, t := range list {
		if matches(filter, string(t)) {
			return true
		}
	}
	return false
}

// show gives the session an ephemeral note.
func (s *Session) show(n *Note) {
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	s.ephemeral(n)
}
