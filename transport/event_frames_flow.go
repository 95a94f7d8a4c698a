package transport

import (
	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// interruptedWarning is what an agent reads of a chat whose source is gone.
const interruptedWarning = "The source of this chat has been removed. Nothing more can be sent: end the chat."

// heard says whether the customer hears somebody who takes part like this. He
// knows of nobody else. Records of before there were modes have none.
func heard(mode acd.Mode) bool { return mode == "" || mode == acd.Talk }

func modeFrame(mode acd.Mode) wire.Mode {
	if mode == "" {
		return wire.ModeTalk
	}
	return wire.Mode(mode)
}

// customerFlow is what a customer hears of those who come and go.
func customerFlow(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.Accepted:
		switch {
		case !heard(e.Mode):
			return nil
		case e.Replaces:
			return &wire.AgentChangedEvent{At: at, Chat: chat, Name: e.Name, Initials: initials(e.Name)}
		}
		return &wire.AgentJoinedEvent{At: at, Chat: chat, Name: e.Name, Initials: initials(e.Name)}
	case acd.Joined:
		switch {
		case heard(e.Mode):
			return &wire.AgentJoinedEvent{At: at, Chat: chat, Name: e.Name, Initials: initials(e.Name)}
		case e.Was == acd.Talk: // he only listens from now on
			return &wire.AgentLeftEvent{At: at, Chat: chat, Name: e.Name}
		}
		return nil
	case acd.Left:
		switch {
		case !heard(e.Mode):
			return nil
		case e.Reason == string(wire.LeaveLost):
			return &wire.AgentAwayEvent{At: at, Chat: chat, Name: e.Name, Away: true}
		}
		return &wire.AgentLeftEvent{At: at, Chat: chat, Name: e.Name}
	case acd.Interrupted:
		return &wire.InterruptedEvent{At: at, Chat: chat}
	}
	return customerCare(n)
}

// agentFlow is what somebody who takes part hears of himself and of the chat.
func agentFlow(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.Accepted:
		return &wire.AssignedEvent{At: at, Chat: agentChat(&e.View, n.Thread, e.Agent, nil)}
	case acd.Joined:
		return &wire.AssignedEvent{At: at, Chat: agentChat(&e.View, n.Thread, e.Agent, nil)}
	case acd.Left:
		if e.Reason == string(wire.LeaveTakenOver) {
			return &wire.TakenOverEvent{At: at, Chat: chat, By: string(e.By)}
		}
		return leftFrame(n, &e)
	case acd.OwnerSet:
		return &wire.OwnerEvent{At: at, Chat: chat, Participant: string(e.Owner)}
	case acd.Labelled:
		return &wire.LabelEvent{At: at, Chat: chat, Label: wire.Label(e.Label)}
	case acd.Interrupted:
		return &wire.InterruptedEvent{At: at, Chat: chat, Reason: wire.InterruptReason(e.Reason),
			Warning: interruptedWarning, ClosesAt: wire.At(e.CloseAt)}
	}
	return agentCare(n)
}

// othersEvent is what those who take part hear of one who comes or goes.
func othersEvent(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.Accepted:
		joined := &wire.JoinedEvent{At: at, Chat: chat, Participant: string(e.Agent), Kind: wire.KindAgent, Name: e.Name, Mode: modeFrame(e.Mode)}
		if e.Supervisor {
			joined.Kind = wire.KindSupervisor
		}
		return joined
	case acd.Joined:
		joined := &wire.JoinedEvent{At: at, Chat: chat, Participant: string(e.Agent), Kind: wire.KindAgent, Name: e.Name, Mode: modeFrame(e.Mode)}
		for i := range e.View.Participants {
			if p := &e.View.Participants[i]; p.Agent == e.Agent {
				joined.Kind = kindOf(p)
			}
		}
		return joined
	case acd.Left:
		return leftFrame(n, &e)
	}
	return nil
}

func leftFrame(n *actors.Note, e *acd.Left) *wire.LeftEvent {
	left := &wire.LeftEvent{At: wire.At(n.At), Chat: n.From.ID, Participant: string(e.Agent), Mode: modeFrame(e.Mode),
		Reason: wire.LeaveReason(e.Reason)}
	if e.By != e.Agent {
		left.By = string(e.By)
	}
	return left
}

// kindOf tells an agent from a supervisor. In records of before that was noted
// a supervisor is known by having no slot while he is there.
func kindOf(p *acd.Participant) wire.ParticipantKind {
	if p.Supervisor || p.Joined && !p.Slot {
		return wire.KindSupervisor
	}
	return wire.KindAgent
}

// senderEvent is for who has asked somebody else for something.
func senderEvent(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.TransferDone:
		return &wire.TransferDoneEvent{At: at, Chat: chat, Transfer: e.ID, Participant: string(e.To)}
	case acd.TransferFailed:
		return &wire.TransferFailedEvent{At: at, Chat: chat, Transfer: e.ID, Reason: wire.TransferReason(e.Reason), Note: e.Note}
	case acd.TransferCancelled:
		return &wire.TransferCancelledEvent{At: at, Chat: chat, Transfer: e.ID}
	case acd.InviteFailed:
		return &wire.InviteFailedEvent{At: at, Chat: chat, Offer: string(e.Offer), Kind: wire.OfferKind(e.Kind),
			Reason: wire.OfferEndReason(e.Reason), Note: e.Note}
	}
	return nil
}
