package transport

import (
	"slices"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

const (
	// snapshotBytes bounds a snapshot: tails of transcripts are cut to fit, and
	// history has the rest. Facts are never cut.
	snapshotBytes = 256 << 10
	tailMessages  = 50
)

// snapshotFrame is a principal's whole state.
func snapshotFrame(who acd.Principal, seq uint64, s *actors.Snapshot) wire.Event {
	tail := tailMessages
	for {
		ev := snapshotWith(who, seq, s, tail)
		if tail == 0 || len(wire.AppendEvent(nil, ev)) <= snapshotBytes {
			return ev
		}
		tail /= 2
	}
}

func snapshotWith(who acd.Principal, seq uint64, s *actors.Snapshot, tail int) wire.Event {
	switch who.Role {
	case acd.RoleCustomer:
		out := &wire.CustomerSnapshot{Seq: seq, Chats: make([]wire.CustomerChat, 0, len(s.Chats))}
		for i := range s.Chats {
			out.Chats = append(out.Chats, customerChat(&s.Chats[i], tail))
		}
		return out
	case acd.RoleAgent:
		return agentSnapshot(seq, s, tail)
	}
	return supervisorSnapshot(who, seq, s, tail)
}

func last(list []acd.Message, n int) []acd.Message { return list[max(0, len(list)-n):] }

// customerChat has names of agents and nothing else of them.
func customerChat(c *actors.ChatSnapshot, tail int) wire.CustomerChat {
	v := &c.View
	out := wire.CustomerChat{
		Chat: string(v.Chat), Channel: string(v.Channel), Subject: v.Subject, Phase: phaseFrame(v),
		Agents: []wire.AgentName{}, Messages: messageFrames(last(c.Messages, tail), acd.RoleCustomer), MessageSeq: v.Messages,
		ReceivedAt: wire.At(v.ReceivedAt),
	}
	if v.QueueName != "" {
		out.Queue = &wire.Named{Name: v.QueueName}
	}
	read := map[string]uint64{wire.ParticipantCustomer: v.CustomerRead}
	for i := range v.Participants {
		p := &v.Participants[i]
		if !heard(p.Mode) {
			continue
		}
		if p.Joined {
			out.Agents = append(out.Agents, wire.AgentName{Name: p.Name, Initials: initials(p.Name)})
		}
		read[wire.ParticipantAgent] = max(read[wire.ParticipantAgent], p.Read)
	}
	out.Read = read
	if now := v.Now; now != nil && now.EndingName != "" {
		out.EndProposed = &wire.Named{Name: now.EndingName}
	}
	if now := v.Now; now != nil && now.Warned {
		out.Idle = &wire.Closing{ClosesAt: wire.At(now.IdleCloseAt)}
	}
	if v.Phase == acd.PhaseEnded || v.Phase == acd.PhaseClosed {
		out.Phase = wire.PhaseEnded // wrap-up is the agents' affair
		out.EndReason = wire.EndReason(v.Reason)
	}
	return out
}

func phaseFrame(v *acd.ChatView) wire.Phase {
	switch {
	case v.Phase == acd.PhaseNew:
		return wire.PhaseNew
	case v.Phase == acd.PhaseActive && v.Label == acd.LabelInterrupted:
		return wire.PhaseInterrupted
	}
	return wire.Phase(v.Phase)
}

func labelFrame(v *acd.ChatView) wire.Label {
	if v.Label == "" {
		return wire.LabelActive
	}
	return wire.Label(v.Label)
}

// shown says whether the reader may know of somebody who takes part: who
// monitors is known to himself alone.
func shown(p *acd.Participant, reader acd.AgentID) bool {
	return p.Mode != acd.Monitoring || p.Agent == reader
}

// agentChat is a chat on the reader's desktop. Without the desk's own view it is a chat
// that has just come: held until the focus event that follows says otherwise.
func agentChat(v *acd.ChatView, messages []acd.Message, reader acd.AgentID, desk *acd.AgentView) wire.Chat {
	out := wire.Chat{
		Chat: string(v.Chat), Channel: string(v.Channel), Subject: v.Subject, Queue: wire.Ref{ID: string(v.Queue), Name: v.QueueName},
		Customer: customerFrame(v.Customer, v.Auth, v.Attributes), Source: sourceRef(v.Source, v.SourceName),
		Participants: participants(v, reader), Owner: string(v.Owner), Label: labelFrame(v), Phase: phaseFrame(v),
		Focus: wire.FocusHeld, Unread: v.Unread, Messages: messageFrames(messages, acd.RoleAgent), MessageSeq: v.Messages,
		Read: map[string]uint64{wire.ParticipantCustomer: v.CustomerRead}, ReceivedAt: wire.At(v.ReceivedAt),
		PreviousChat: string(v.Previous), Now: underway(v.Now),
	}
	out.Customer.State = customerState(v.Away)
	for i := range v.Participants {
		p := &v.Participants[i]
		if !shown(p, reader) {
			continue
		}
		out.Read[string(p.Agent)] = p.Read
		if since := wire.At(p.Since); heard(p.Mode) && (out.StartedAt == 0 || since < out.StartedAt) {
			out.StartedAt = since
		}
	}
	if desk != nil {
		if desk.Focus == v.Chat {
			out.Focus = wire.FocusConnected
		}
		out.Opened = slices.Contains(desk.Opened, v.Chat)
	}
	return out
}

// underway is what goes on in the chat, for agents.
func underway(u *acd.Underway) *wire.Underway {
	if u == nil {
		return nil
	}
	out := &wire.Underway{WaitsSince: wire.At(u.Unanswered), Inactive: u.Parked}
	for _, a := range u.Asked {
		one := wire.Asked{Kind: wire.OfferKind(a.Kind), Transfer: a.Transfer, Offer: string(a.Offer), By: string(a.By)}
		if a.Queue != "" {
			one.Queue = &wire.Ref{ID: string(a.Queue), Name: a.Name}
		} else {
			one.Agent = &wire.Ref{ID: string(a.Agent), Name: a.Name}
		}
		out.Asked = append(out.Asked, one)
	}
	if u.Ending != "" {
		out.EndProposed = &wire.Proposer{By: string(u.Ending), Name: u.EndingName}
	}
	if u.Warned {
		out.Idle = &wire.Closing{ClosesAt: wire.At(u.IdleCloseAt)}
	}
	if u.Interrupted {
		out.Interrupted = &wire.Interruption{Warning: interruptedWarning, ClosesAt: wire.At(u.CloseAt)}
	}
	return out
}

// presenceNow is an agent's presence; who has never chosen one is offline as of
// now.
func presenceNow(desk *acd.AgentView, now time.Time) wire.Presence {
	return presenceSince(desk.Presence, string(desk.Agent), now)
}

func presenceSince(p acd.PresenceSet, agent string, now time.Time) wire.Presence {
	if p.Since.IsZero() {
		p.Since = now
	}
	if p.State == "" {
		p.State = acd.Offline
	}
	return presenceFrame(p, agent)
}

func customerState(away bool) wire.CustomerState {
	if away {
		return wire.CustomerAway
	}
	return wire.CustomerOnline
}

func participants(v *acd.ChatView, reader acd.AgentID) []wire.Participant {
	out := append(make([]wire.Participant, 0, 1+len(v.Participants)), wire.Participant{Participant: wire.ParticipantCustomer,
		Kind: wire.KindCustomer, Name: v.Customer, Mode: wire.ModeTalk, State: wire.StateJoined})
	if v.Phase == acd.PhaseEnded || v.Phase == acd.PhaseClosed {
		out[0].State = wire.StateLeft
	}
	for i := range v.Participants {
		p := &v.Participants[i]
		if !shown(p, reader) {
			continue
		}
		state := wire.StateLeft
		if p.Joined {
			state = wire.StateJoined
		}
		out = append(out, wire.Participant{Participant: string(p.Agent), Kind: kindOf(p), Name: p.Name,
			Mode: modeFrame(p.Mode), State: state, Owner: p.Agent == v.Owner})
	}
	return out
}

func agentSnapshot(seq uint64, s *actors.Snapshot, tail int) *wire.AgentSnapshot {
	out := &wire.AgentSnapshot{Seq: seq, Queues: []wire.Ref{}, Offers: []wire.Offer{}, Chats: []wire.Chat{},
		Wrapups: []wire.Wrapup{}, WrapupCodes: []wire.Choice{}, Reasons: []wire.Choice{}}
	desk := s.Agent
	var reader acd.AgentID
	if desk != nil {
		reader = desk.Agent
		out.Presence = presenceNow(desk, s.At)
		out.Next = nextFrame(desk.Next)
		out.Capacity = capacityFrame(desk)
		for i := range desk.Debts {
			out.Wrapups = append(out.Wrapups, wrapupFrame(&desk.Debts[i]))
		}
		out.Queues, out.WrapupCodes = queuesOf(desk, s.Config)
	}
	for i := range s.Offers {
		chat, _ := s.Offers[i].Offer.ID.Chat()
		var thread []acd.Message
		if i < len(s.Threads) {
			thread = last(s.Threads[i], tail)
		}
		out.Offers = append(out.Offers, offerFrame(&s.Offers[i], chat, thread))
	}
	for i := range s.Chats {
		c := &s.Chats[i]
		out.Chats = append(out.Chats, agentChat(&c.View, last(c.Messages, tail), reader, desk))
	}
	if s.Config != nil {
		for _, r := range s.Config.Reasons {
			out.Reasons = append(out.Reasons, wire.Choice{Code: r.Code, Name: r.Name})
		}
		out.Templates = templates(s.Config)
	}
	return out
}

// queuesOf names an agent's queues and the wrap-up codes that they ask for.
func queuesOf(desk *acd.AgentView, cfg *acd.Config) ([]wire.Ref, []wire.Choice) {
	refs, codes := []wire.Ref{}, []wire.Choice{}
	for _, id := range desk.Queues {
		ref := wire.Ref{ID: string(id), Name: string(id)}
		if cfg != nil && cfg.Queues[id] != nil {
			ref.Name = cfg.Queues[id].Name
			for _, c := range choices(cfg.Queues[id].Wrapup.Codes) {
				if !slices.Contains(codes, c) {
					codes = append(codes, c)
				}
			}
		}
		refs = append(refs, ref)
	}
	return refs, codes
}

func capacityFrame(v *acd.AgentView) wire.Capacity {
	out := wire.Capacity{Total: v.Capacity, Used: v.Used, Channels: make(map[string]wire.ChannelCapacity, len(v.Channels))}
	for _, ch := range v.Channels {
		out.Channels[string(ch.Channel)] = wire.ChannelCapacity{Open: ch.Open, Max: ch.Max, Used: ch.Used}
	}
	return out
}
