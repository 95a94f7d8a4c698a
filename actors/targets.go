package actors

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-engine/parley/actors/acd"
)

// version is the picture's that targets are made of. The caller holds mu.
func (b *board) version(queues bool) uint64 {
	if queues {
		return b.queues.version
	}
	return b.agents.version
}

// list answers where a chat could go, as of no more than boardEvery ago. What
// is chosen is checked again by the rules when it is used.
func (b *board) list(ctx context.Context, s *Session, q TargetQuery) (*acd.TargetsShown, error) {
	if !s.by.Works() {
		return nil, acd.ErrForbidden
	}
	kind := acd.KindAgent
	if q.Queues {
		kind = acd.KindQueue
	}
	if err := b.fresh(ctx, kind); err != nil {
		return nil, err
	}
	t, err := b.targets(ctx, s.by, q)
	if err == nil {
		b.change(s, func(w *watching) { w.listed = &q })
	}
	return t, err
}

// targets makes the rows out of the picture that there is.
func (b *board) targets(ctx context.Context, by acd.Principal, q TargetQuery) (*acd.TargetsShown, error) {
	about, err := b.engine.about(ctx, by, q.Chat)
	if err != nil {
		return nil, err
	}
	q.Filter = strings.ToLower(q.Filter)
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &acd.TargetsShown{OfQueue: q.Queues, Version: b.version(q.Queues)}
	if q.Queues {
		t.Queues = b.targetQueues(by, q)
	} else {
		t.Agents = b.targetAgents(by, q, about)
	}
	return t, nil
}

// about asks for the chat that is to go somewhere. Only who is in it, or
// oversees it, may.
func (e *Engine) about(ctx context.Context, by acd.Principal, chat acd.ChatID) (*acd.ChatView, error) {
	if chat == "" {
		return nil, nil
	}
	v, err := e.question(ctx, chat.Address(), by, acd.ViewChat{})
	if err != nil {
		return nil, err
	}
	view, ok := v.(acd.ChatView)
	if !ok {
		return nil, fmt.Errorf("chat %s answered with %T", chat, v)
	}
	return &view, nil
}

func (b *board) targetQueues(by acd.Principal, q TargetQuery) (rows []acd.TargetQueue) {
	for _, id := range sortedKeys(b.queues.rows) {
		v := b.queues.rows[id]
		row := acd.TargetQueue{Queue: id, Name: v.Name, Mode: v.Mode, Waiting: v.Waiting, Available: v.Available, Usable: v.Takes}
		if by.Scope.Covers(id) && matches(q.Filter, string(id), v.Name) && (row.Usable || !q.AvailableOnly) && len(rows) < boardRows {
			rows = append(rows, row)
		}
	}
	return rows
}

func (b *board) targetAgents(by acd.Principal, q TargetQuery, about *acd.ChatView) (rows []acd.TargetAgent) {
	for _, id := range sortedKeys(b.agents.rows) {
		v := b.agents.rows[id]
		if string(id) == by.ID || takesPart(about, id) || !by.Scope.Covers(v.Queues...) {
			continue
		}
		row := acd.TargetAgent{Agent: id, Name: v.Name, State: v.Presence.State, Since: v.Presence.Since, Free: v.Free, Skills: v.Skills}
		row.Usable = v.Free >= b.weightOf(about)
		if about != nil {
			if room, limited := v.Room[about.Channel]; limited && room == 0 {
				row.Usable = false
			}
		}
		if (matches(q.Filter, string(id), v.Name) || anyMatches(q.Filter, v.Skills)) && (row.Usable || !q.AvailableOnly) && len(rows) < boardRows {
			rows = append(rows, row)
		}
	}
	return rows
}

// takesPart reports whether the agent serves the chat already. Who consults in
// it is a target: of a transfer or an invitation without an offer.
func takesPart(chat *acd.ChatView, a acd.AgentID) bool {
	return chat != nil && slices.ContainsFunc(chat.Participants, func(p acd.Participant) bool {
		return p.Agent == a && p.Joined && p.Mode == acd.Talk
	})
}

// weightOf is what the chat would take of an agent's units.
func (b *board) weightOf(chat *acd.ChatView) int {
	if chat != nil {
		if ch := b.engine.Config().Channels[chat.Channel]; ch != nil {
			return ch.Weight
		}
	}
	return 1
}
