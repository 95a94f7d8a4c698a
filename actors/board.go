package actors

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// board is the read model behind boards and lists of targets: the last picture
// of queues, agents and chats. It decides nothing. While somebody watches, one
// goroutine asks the machines that have taken a step since, once in boardEvery;
// a machine does no more for it than to leave its name, and nobody ever waits
// for the board. While nobody watches it costs one atomic look a step.
type board struct {
	engine *Engine
	// wanted has a bit for each kind that is watched.
	wanted atomic.Uint32

	touchMu sync.Mutex
	touched map[acd.Address]struct{}

	asking turnstile // one picture at a time

	mu       sync.Mutex
	watchers map[*Session]*watching
	running  bool  // a round is under way
	next     round // that is wanted behind it
	timer    Timer
	queues   picture[acd.QueueID, acd.QueueView]
	agents   picture[acd.AgentID, acd.AgentView]
	chats    picture[acd.ChatID, acd.ChatView]
}

// picture is the rows of one kind.
type picture[K comparable, V any] struct {
	rows    map[K]V
	version uint64      // rises with every change
	taken   time.Time   // when it was brought up to date
	whole   *acd.Config // all machines of this configuration have been asked
}

// Bounds of a board.
const (
	boardEvery = time.Second
	boardChats = 2000 // the oldest ones
	boardRows  = 500  // of one frame
	boardWait  = time.Second
	boardOld   = 10 * time.Second // a picture from before somebody watched
)

func newBoard(e *Engine) *board {
	return &board{engine: e, touched: map[acd.Address]struct{}{}, watchers: map[*Session]*watching{}}
}

// touch notes that a machine has taken a step.
func (b *board) touch(a acd.Address) {
	if b.wanted.Load()&(1<<a.Kind) == 0 {
		return
	}
	b.touchMu.Lock()
	b.touched[a] = struct{}{}
	b.touchMu.Unlock()
}

// takeTouched returns who has taken a step since the last time.
func (b *board) takeTouched() map[acd.Address]struct{} {
	b.touchMu.Lock()
	defer b.touchMu.Unlock()
	t := b.touched
	b.touched = make(map[acd.Address]struct{}, len(t))
	return t
}

func (p *picture[K, V]) put(k K, v V) {
	if old, ok := p.rows[k]; ok && reflect.DeepEqual(old, v) {
		return
	}
	if p.rows == nil {
		p.rows = map[K]V{}
	}
	p.rows[k] = v
	p.version++
}

func (p *picture[K, V]) drop(k K) {
	if _, ok := p.rows[k]; ok {
		delete(p.rows, k)
		p.version++
	}
}

// fresh brings the picture of one kind up to date unless that has been done
// within boardEvery.
func (b *board) fresh(ctx context.Context, kind acd.Kind) error {
	b.asking.enter(b.engine)
	defer b.asking.leave()
	b.mu.Lock()
	taken := b.takenAt(kind)
	b.mu.Unlock()
	if b.engine.now().Sub(taken) < boardEvery {
		return nil
	}
	return b.take(ctx, kind, b.everyone(kind))
}

func (b *board) takenAt(kind acd.Kind) time.Time {
	switch kind {
	case acd.KindQueue:
		return b.queues.taken
	case acd.KindAgent:
		return b.agents.taken
	}
	return b.chats.taken
}

// everyone names all machines of a kind that the board could show.
func (b *board) everyone(kind acd.Kind) (all []acd.Address) {
	cfg := b.engine.Config()
	switch kind {
	case acd.KindQueue:
		for _, id := range sortedKeys(cfg.Queues) {
			all = append(all, id.Address())
		}
	case acd.KindAgent:
		for _, id := range sortedKeys(cfg.Agents) {
			all = append(all, id.Address())
		}
	case acd.KindChat:
		chats, err := b.engine.liveChats(boardChats)
		if err != nil {
			b.engine.log.Error("cannot list live chats", "err", err)
		}
		for _, id := range chats {
			all = append(all, id.Address())
		}
	}
	return all
}

// take asks machines of a kind and keeps what they say. Nothing of it leaves
// before it is durable. Who does not say is asked again at the next tick; until
// then what he said before is shown, unless that was long ago. The caller holds
// asking.
func (b *board) take(ctx context.Context, kind acd.Kind, who []acd.Address) error {
	said := b.engine.askAll(ctx, who, viewOf(kind))
	if err := b.engine.barrier(); err != nil {
		return fmt.Errorf("board: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.engine.now()
	old := now.Sub(b.takenAt(kind)) > boardOld
	for _, a := range who {
		if v, answered := said[a]; answered && b.keep(a, v) {
			continue
		}
		b.touch(a)
		if old {
			b.forget(a)
		}
	}
	b.strike()
	switch kind {
	case acd.KindQueue:
		b.queues.taken = now
	case acd.KindAgent:
		b.agents.taken = now
	case acd.KindChat:
		b.chats.taken = now
	}
	return nil
}

// keep puts one machine's word into the picture. It reports false when the
// machine has failed over the question: its next life knows. The caller holds mu.
func (b *board) keep(a acd.Address, said any) bool {
	switch v := said.(type) {
	case acd.QueueView:
		b.queues.put(v.Queue, v)
	case acd.AgentView:
		b.agents.put(v.Agent, v)
	case acd.ChatView:
		over := v.Phase == acd.PhaseEnded || v.Phase == acd.PhaseClosed
		if over || b.chats.rows[v.Chat].Chat == "" && len(b.chats.rows) >= boardChats {
			b.chats.drop(v.Chat)
			return true
		}
		b.chats.put(v.Chat, v)
	case error:
		if errors.Is(v, acd.ErrQuarantined) && !b.engine.directory.quarantinedNow(a) {
			return false
		}
		b.forget(a) // there is no such thing any more
	}
	return true
}

// forget takes a machine out of the picture. The caller holds mu.
func (b *board) forget(a acd.Address) {
	switch a.Kind {
	case acd.KindQueue:
		b.queues.drop(acd.QueueID(a.ID))
	case acd.KindAgent:
		b.agents.drop(acd.AgentID(a.ID))
	case acd.KindChat:
		b.chats.drop(acd.ChatID(a.ID))
	}
}

// strike takes off who is no longer configured. The caller holds mu.
func (b *board) strike() {
	cfg := b.engine.Config()
	for id := range b.queues.rows {
		if cfg.Queues[id] == nil {
			b.queues.drop(id)
		}
	}
	for id := range b.agents.rows {
		if cfg.Agents[id] == nil {
			b.agents.drop(id)
		}
	}
}

func viewOf(kind acd.Kind) acd.Command {
	switch kind {
	case acd.KindQueue:
		return acd.ViewQueue{}
	case acd.KindAgent:
		return acd.ViewAgent{}
	case acd.KindChat:
		return acd.ViewChat{}
	}
	panic("actors: no view of that kind")
}

// askAll asks many machines the same at once and returns what those said who
// answered in time; a refusal is an answer.
func (e *Engine) askAll(ctx context.Context, who []acd.Address, cmd acd.Command) map[acd.Address]any {
	if len(who) == 0 {
		return nil
	}
	var mu sync.Mutex
	all := make(map[acd.Address]any, len(who))
	err := e.runtime.Await(ctx, boardWait, func(done func()) {
		for _, a := range who {
			e.tell(a, &envelope{cmd: cmd, ask: &ask{now: true, answer: func(said any, err error) {
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					said = err
				}
				if all[a] = said; len(all) == len(who) {
					done()
				}
			}}})
		}
	})
	if err == nil {
		return all
	}
	mu.Lock() // some may still answer
	defer mu.Unlock()
	return maps.Clone(all)
}
