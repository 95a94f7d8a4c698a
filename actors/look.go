package actors

import (
	"context"

	"github.com/parley-engine/parley/actors/acd"
)

// Look is what a session asks of the engine's read models. It is answered
// through Next like a command, and has no effect on anything but what the
// session is shown.
type Look interface{ look() }

// The looks.
type (
	// ListTargets asks once where a chat could go.
	ListTargets struct{ Query TargetQuery }
	// WatchTargets is shown the same again whenever it changes. Without a Query
	// it is what the session listed last.
	WatchTargets struct {
		On    bool
		Query *TargetQuery
	}
	// WatchBoards is shown what is true here, and nothing else any more.
	WatchBoards struct {
		Queues, Agents, Chats bool
		Filter                string
	}
)

func (ListTargets) look()  {}
func (WatchTargets) look() {}
func (WatchBoards) look()  {}

// TargetQuery says which agents, or which queues, are wanted.
type TargetQuery struct {
	Chat          acd.ChatID // that could go there; then only who is not in it
	Queues        bool       // instead of agents
	Filter        string     // part of an id, a name or a skill
	AvailableOnly bool       // that could be used now
}

// Look answers a question to the read models. It returns at once.
func (s *Session) Look(id string, q Look) {
	s.used()
	s.engine.beside(func() {
		ctx := context.Background()
		a := &Answer{}
		var err error
		switch q := q.(type) {
		case ListTargets:
			a.Targets, err = s.engine.board.list(ctx, s, q.Query)
		case WatchTargets:
			err = s.engine.board.watchTargets(ctx, s, q)
		case WatchBoards:
			err = s.engine.board.watchBoards(s, q)
		}
		s.engine.told(s.lookOf(q), err)
		_, a.Refusal = answerOf(nil, err)
		s.reply(id, a)
	})
}

// lookOf notes what an overseer looks at, of which a refusal is told.
func (s *Session) lookOf(q Look) *act {
	if !s.by.Oversees() {
		return nil
	}
	what, about := "watch", acd.ChatID("")
	switch q := q.(type) {
	case ListTargets:
		what, about = "list_targets", q.Query.Chat
	case WatchTargets:
		if what = "watch_targets"; q.Query != nil {
			about = q.Query.Chat
		}
	}
	on := ""
	if about != "" {
		on = about.Address().String()
	}
	return &act{entry: s.trailed(what, on)}
}
