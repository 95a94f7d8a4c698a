package transport

import (
	"maps"
	"slices"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// supervisorSnapshot is the board: rows of everything in scope, and the
// supervisor's own desk if he has one.
func supervisorSnapshot(who acd.Principal, seq uint64, s *actors.Snapshot, tail int) *wire.SupervisorSnapshot {
	out := &wire.SupervisorSnapshot{Seq: seq, Queues: []wire.QueueRow{}, Agents: []wire.AgentRow{},
		Chats: []wire.ChatRow{}, Alerts: []wire.Alert{}}
	for i := range s.Queues {
		out.Queues = append(out.Queues, queueRow(&s.Queues[i]))
	}
	for i := range s.Agents {
		out.Agents = append(out.Agents, agentRow(&s.Agents[i], s.At))
	}
	for i := range s.Chats {
		out.Chats = append(out.Chats, chatRow(&s.Chats[i].View))
	}
	for i := range s.Alerts {
		out.Alerts = append(out.Alerts, alertFrame(&s.Alerts[i]))
	}
	if s.Agent != nil {
		own := *s
		own.Chats = slices.DeleteFunc(slices.Clone(s.Chats), func(c actors.ChatSnapshot) bool {
			return !slices.ContainsFunc(c.View.Participants, func(p acd.Participant) bool {
				return p.Joined && string(p.Agent) == who.ID
			})
		})
		out.Self = agentSnapshot(seq, &own, tail)
		out.Self.WrapupCodes = codesWithin(s.Config, who.Scope)
	}
	return out
}

func queueRow(q *acd.QueueView) wire.QueueRow {
	row := wire.QueueRow{Queue: string(q.Queue), Name: q.Name, Mode: wire.QueueMode(q.Mode), Waiting: q.Waiting,
		OldestSince: wire.At(q.Oldest), AgentsSignedIn: q.SignedIn, AgentsAvailable: q.Available, FreeUnits: q.Free}
	row.ServiceLevel, row.ServiceLevelS = levelFrame(q.Level)
	if share, known := q.Level.Abandonment(); known {
		row.Abandonment = &share
	}
	if w := q.Wait; w != nil {
		row.WaitS = &wire.WaitRange{Low: int(w.Low.Seconds()), High: int(w.High.Seconds())}
	}
	if s := q.Set; s.Mode != "" {
		row.ModeSet = &wire.ModeSet{By: wire.Ref{ID: string(s.By), Name: s.Name}, Since: wire.At(s.At)}
	}
	return row
}

func agentRow(a *acd.AgentView, now time.Time) wire.AgentRow {
	row := wire.AgentRow{Agent: string(a.Agent), Name: a.Name, Presence: presenceNow(a, now),
		Status: wire.RoutingStatus(a.Status), Capacity: capacityFrame(a), Chats: []string{}, Wrapups: []string{}}
	for _, slot := range a.Slots {
		if slot.State == acd.SlotConnected {
			row.Chats = append(row.Chats, string(slot.Chat))
		}
	}
	for i := range a.Debts {
		row.Wrapups = append(row.Wrapups, string(a.Debts[i].Chat))
	}
	return row
}

func chatRow(v *acd.ChatView) wire.ChatRow {
	row := wire.ChatRow{Chat: string(v.Chat), Channel: string(v.Channel), Customer: wire.Named{Name: v.Customer},
		Phase: phaseFrame(v), ReceivedAt: wire.At(v.ReceivedAt), Rating: ratingFrame(v.Rating), Assist: assistFrame(v.Assist)}
	if v.Queue != "" {
		row.Queue = &wire.Ref{ID: string(v.Queue), Name: v.QueueName}
	}
	if v.Phase == acd.PhaseActive {
		row.Label = labelFrame(v)
	}
	for i := range v.Participants {
		if p := &v.Participants[i]; p.Agent == v.Owner {
			row.Owner = &wire.Ref{ID: string(p.Agent), Name: p.Name}
		}
	}
	return row
}

// codesWithin are the wrap-up codes of all queues that somebody oversees: he
// may file what others owe.
func codesWithin(cfg *acd.Config, scope acd.Scope) []wire.Choice {
	codes := []wire.Choice{}
	if cfg == nil {
		return codes
	}
	for _, id := range slices.Sorted(maps.Keys(cfg.Queues)) {
		if !scope.Covers(id) {
			continue
		}
		for _, c := range choices(cfg.Queues[id].Wrapup.Codes) {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	return codes
}
