package transport

import (
	"unicode/utf8"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// translateFlow is for how agents bring each other into a chat. Whether a
// target can be used is looked up by the rules, which look again when it is.
func translateFlow(cmd wire.Command, cfg *acd.Config) (acd.Address, acd.Command, *wire.Error) {
	switch cmd := cmd.(type) {
	case *wire.Transfer:
		return noted(cmd.Chat, cmd.Note, acd.TransferChat{ToAgent: acd.AgentID(cmd.To.Agent), ToQueue: acd.QueueID(cmd.To.Queue),
			Mode: acd.TransferMode(cmd.Mode), OnFail: acd.OnTransferFail(cmd.OnFail), Note: cmd.Note})
	case *wire.CancelTransfer:
		return partOf(cmd.Transfer, "transfer", acd.CancelTransfer{Transfer: cmd.Transfer})
	case *wire.Invite:
		return noted(cmd.Chat, cmd.Note, acd.Invite{Agent: acd.AgentID(cmd.Agent), Note: cmd.Note})
	case *wire.CancelInvite:
		return partOf(cmd.Offer, "offer", acd.CancelInvite{Offer: acd.OfferID(cmd.Offer)})
	case *wire.Consult:
		return chat(cmd.Chat, acd.Consult{Agent: acd.AgentID(cmd.Agent)})
	case *wire.EndConsult:
		return chat(cmd.Chat, acd.EndConsult{})
	case *wire.EndConference:
		return chat(cmd.Chat, acd.EndConference{})
	case *wire.Drop:
		return chat(cmd.Chat, acd.DropAgent{Agent: acd.AgentID(cmd.Participant)})
	case *wire.HandOver:
		return chat(cmd.Chat, acd.HandOver{Agent: acd.AgentID(cmd.Participant)})
	case *wire.Pick:
		return pick(cmd, cfg)
	}
	return translateOversight(cmd, cfg)
}

// translateOversight is for how a supervisor steps in.
func translateOversight(cmd wire.Command, cfg *acd.Config) (acd.Address, acd.Command, *wire.Error) {
	switch cmd := cmd.(type) {
	case *wire.Monitor:
		return chat(cmd.Chat, acd.Monitor{Mode: acd.Monitoring})
	case *wire.Whisper:
		return chat(cmd.Chat, acd.Monitor{Mode: acd.Whisper})
	case *wire.Barge:
		return chat(cmd.Chat, acd.Monitor{Mode: acd.Talk})
	case *wire.Unmonitor:
		return chat(cmd.Chat, acd.Unmonitor{})
	case *wire.TakeOver:
		return chat(cmd.Chat, acd.TakeOver{})
	case *wire.Assign:
		return chat(cmd.Chat, acd.AssignTo{Agent: acd.AgentID(cmd.Agent), Force: cmd.Force})
	case *wire.Requeue:
		return chat(cmd.Chat, acd.Requeue{Queue: acd.QueueID(cmd.Queue), Priority: cmd.Priority})
	case *wire.SetPriority:
		return chat(cmd.Chat, acd.SetPriority{Priority: cmd.Priority})
	case *wire.SetQueueMode:
		queue := acd.QueueID(cmd.Queue)
		if cfg != nil && cfg.Queues[queue] == nil {
			return acd.Address{}, nil, refusal(wire.CodeNotFound, "no such queue")
		}
		return queue.Address(), acd.SetQueueMode{Mode: acd.QueueMode(cmd.Mode)}, nil
	case *wire.ForceWrapUp:
		return forceAgent(cmd.Agent, cfg, acd.Wrapup{Chat: acd.ChatID(cmd.Chat), Code: cmd.Code})
	}
	return translateCare(cmd, cfg)
}

// forceAgent names the machine of another one, who has to exist.
func forceAgent(id string, cfg *acd.Config, cmd acd.Command) (acd.Address, acd.Command, *wire.Error) {
	agent := acd.AgentID(id)
	if cfg != nil && cfg.Agents[agent] == nil {
		return acd.Address{}, nil, refusal(wire.CodeNotFound, "no such agent")
	}
	return agent.Address(), cmd, nil
}

// partOf names the chat that a transfer or an offer belongs to: its id begins
// with the chat's.
func partOf(id, what string, cmd acd.Command) (acd.Address, acd.Command, *wire.Error) {
	of, ok := acd.OfferID(id).Chat()
	if !ok {
		return acd.Address{}, nil, refusal(wire.CodeNotFound, "no such "+what)
	}
	return of.Address(), cmd, nil
}

// pick asks the chat itself, or a queue for its first one.
func pick(cmd *wire.Pick, cfg *acd.Config) (acd.Address, acd.Command, *wire.Error) {
	if cmd.Chat != "" {
		return chat(cmd.Chat, acd.Pick{})
	}
	queue := acd.QueueID(cmd.Queue)
	if cfg != nil && cfg.Queues[queue] == nil {
		return acd.Address{}, nil, refusal(wire.CodeNotFound, "no such queue")
	}
	return queue.Address(), acd.PickNext{}, nil
}

// noted is a command with words for the one who is asked.
func noted(id, note string, cmd acd.Command) (acd.Address, acd.Command, *wire.Error) {
	if n := utf8.RuneCountInString(note); n > notesChars {
		e := refusal(wire.CodeTooLong, "the note is too long")
		e.Detail = &wire.ErrorDetail{Max: notesChars, Got: n}
		return acd.Address{}, nil, e
	}
	return chat(id, cmd)
}
