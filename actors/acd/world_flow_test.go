package acd

import "fmt"

// flowMoves are what agent j can do with chat i that needs a second agent. Each
// kind happens so often at most to a chat.
func (w *town) flowMoves(j, i int) (ms []townMove) {
	if len(w.agents) < 2 {
		return nil
	}
	a, c, other := w.agents[j], w.chats[i], w.other(j)
	once := func(what string, possible bool) {
		if possible && w.done[fmt.Sprint(what, i)] < w.limits.flows {
			ms = append(ms, townMove{what, j, i})
		}
	}
	owns, there := c.Owner == a.id, c.joined(other.id) != nil
	once("transfer", owns)
	once("transfer blind", owns)
	once("transfer back", owns && w.walks)
	once("invite", owns && !there)
	once("consult", owns && !there)
	once("hand over", owns && there)
	once("take over", c.Live() && !owns)
	once("leave", c.joined(a.id) != nil)
	once("cancel", c.Transfer != nil && c.Transfer.From == a.id)
	return ms
}

func (w *town) other(j int) *Agent { return w.agents[(j+1)%len(w.agents)] }

// flows lets an agent do it. What he is refused changes nothing.
func (w *town) flows(m townMove, a *Agent, c *Chat) {
	w.done[fmt.Sprint(m.what, m.to)]++
	by, other := agentPrincipal(a), w.other(m.from).id
	switch m.what {
	case "transfer":
		w.step(m.to, by, TransferChat{ToAgent: other, Mode: Warm})
	case "transfer blind":
		w.step(m.to, by, TransferChat{ToAgent: other, Mode: Blind})
	case "transfer back":
		w.step(m.to, by, TransferChat{ToAgent: other, Mode: Blind, OnFail: ReturnToSender})
	case "invite":
		w.step(m.to, by, Invite{Agent: other})
	case "consult":
		w.step(m.to, by, Consult{Agent: other})
	case "hand over":
		w.step(m.to, by, HandOver{Agent: other})
	case "take over":
		w.done[fmt.Sprint("late", m.from)]++ // whatever he has already
		w.step(m.to, Principal{Role: RoleSupervisor, ID: string(a.id)}, TakeOver{})
	case "leave":
		w.step(m.to, by, LeaveChat{})
	case "cancel":
		w.step(m.to, by, CancelTransfer{Transfer: c.Transfer.ID})
	}
}
