package transport

import (
	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// translateAside is for what is said beside the chats.
func translateAside(cmd wire.Command, cfg *acd.Config) (acd.Address, acd.Command, *wire.Error) {
	switch cmd := cmd.(type) {
	case *wire.Direct:
		return acd.AgentID(cmd.Agent).Address(), acd.Direct{Text: cmd.Text}, nil
	case *wire.Assist:
		return chat(cmd.Chat, acd.Assist{Text: cmd.Text})
	case *wire.Broadcast:
		queue := acd.QueueID(cmd.Queue)
		if cfg != nil && cfg.Queues[queue] == nil {
			return acd.Address{}, nil, refusal(wire.CodeNotFound, "no such queue")
		}
		return queue.Address(), acd.Broadcast{Queue: queue, Text: cmd.Text}, nil
	}
	return acd.Address{}, nil, refusal(wire.CodeUnknownType, cmd.FrameType()+" is not served here")
}

// look is what a command asks of the read models; nil if it asks nothing.
func look(cmd wire.Command) actors.Look {
	query := func(kind wire.TargetKind, chat, filter string, availableOnly bool) actors.TargetQuery {
		return actors.TargetQuery{Queues: kind == wire.TargetQueue, Chat: acd.ChatID(chat), Filter: filter, AvailableOnly: availableOnly}
	}
	switch cmd := cmd.(type) {
	case *wire.ListTargets:
		return actors.ListTargets{Query: query(cmd.Kind, cmd.Chat, cmd.Filter, cmd.AvailableOnly)}
	case *wire.WatchTargets:
		w := actors.WatchTargets{On: cmd.On}
		if cmd.Kind != "" {
			q := query(cmd.Kind, cmd.Chat, cmd.Filter, cmd.AvailableOnly)
			w.Query = &q
		}
		return w
	case *wire.Watch:
		return actors.WatchBoards{Queues: cmd.Queues, Agents: cmd.Agents, Chats: cmd.Chats, Filter: cmd.Filter}
	}
	return nil
}

// answerAside adds to an answer what was found out beside the chats.
func answerAside(ok *wire.Ok, a *actors.Answer) {
	if t := a.Targets; t != nil {
		ok.Targets, ok.Version = targetRows(t), t.Version
	}
	if a.Result.Chats > 0 {
		ok.Chats = &a.Result.Chats
	}
}

// targetRows are never nil, so that an empty list is seen to be one.
func targetRows(t *acd.TargetsShown) []wire.TargetRow {
	rows := make([]wire.TargetRow, 0, len(t.Agents)+len(t.Queues))
	for i := range t.Agents {
		a := &t.Agents[i]
		rows = append(rows, wire.TargetRow{Agent: string(a.Agent), Name: a.Name, Usable: a.Usable,
			State: wire.PresenceState(a.State), Since: wire.At(a.Since), Free: &a.Free, Skills: a.Skills})
	}
	for i := range t.Queues {
		q := &t.Queues[i]
		rows = append(rows, wire.TargetRow{Queue: string(q.Queue), Name: q.Name, Usable: q.Usable,
			Mode: wire.QueueMode(q.Mode), Waiting: &q.Waiting, Available: &q.Available})
	}
	return rows
}

// asideEvent is what somebody is told at his desk of what is beside the chats.
func asideEvent(n *actors.Note) wire.Event {
	at := wire.At(n.At)
	switch e := n.Event.(type) {
	case acd.DirectSaid:
		return &wire.DirectEvent{At: at, From: wire.Ref{ID: string(e.From), Name: e.Name}, To: n.From.ID, Text: e.Text}
	case acd.AlertRaised:
		return &wire.AlertEvent{At: at, Alert: alertFrame(&e.Alert), Over: e.Over}
	}
	return nil
}

func alertFrame(a *acd.Alert) wire.Alert {
	return wire.Alert{Kind: wire.AlertKind(a.Kind), Chat: string(a.Chat), Agent: string(a.Agent), Queue: string(a.Queue),
		Text: a.Text, Since: wire.At(a.Since)}
}

// overseerEvent is what a supervisor is called for, or looks at.
func overseerEvent(n *actors.Note) wire.Event {
	at := wire.At(n.At)
	switch e := n.Event.(type) {
	case acd.AssistAsked:
		ev := &wire.AssistEvent{At: at, Chat: n.From.ID, From: wire.Ref{ID: string(e.Agent), Name: e.Name}, Text: e.Text,
			Customer: wire.Named{Name: e.Customer}}
		if e.Queue != "" {
			ev.Queue = &wire.Ref{ID: string(e.Queue), Name: e.QueueName}
		}
		return ev
	case acd.Rated:
		return &wire.RatedEvent{At: at, Chat: n.From.ID, Rating: *ratingFrame(&e)}
	case acd.TargetsShown:
		kind := wire.TargetAgent
		if e.OfQueue {
			kind = wire.TargetQueue
		}
		return &wire.TargetsEvent{At: at, Kind: kind, Rows: targetRows(&e), Version: e.Version}
	case acd.CountersShown:
		return countersFrame(&e)
	}
	return nil
}

func countersFrame(e *acd.CountersShown) *wire.CountersEvent {
	ev := &wire.CountersEvent{At: wire.At(e.At), Of: boardKinds[e.Of], Total: e.Total, Version: e.Version}
	for i := range e.Queues {
		ev.Queues = append(ev.Queues, queueRow(&e.Queues[i]))
	}
	for i := range e.Agents {
		ev.Agents = append(ev.Agents, agentRow(&e.Agents[i], e.At))
	}
	for i := range e.Chats {
		ev.Chats = append(ev.Chats, chatRow(&e.Chats[i]))
	}
	return ev
}

var boardKinds = map[acd.Kind]wire.BoardKind{
	acd.KindQueue: wire.BoardQueues, acd.KindAgent: wire.BoardAgents, acd.KindChat: wire.BoardChats,
}

// levelFrame is a queue's service level and the seconds that it is of.
func levelFrame(l acd.ServiceLevel) (share *float64, seconds float64) {
	if s, known := l.Share(); known {
		share = &s
	}
	return share, l.Threshold.Seconds()
}

func assistFrame(a *acd.AssistAsked) *wire.Assistance {
	if a == nil {
		return nil
	}
	return &wire.Assistance{From: wire.Ref{ID: string(a.Agent), Name: a.Name}, Text: a.Text, Since: wire.At(a.Since)}
}
