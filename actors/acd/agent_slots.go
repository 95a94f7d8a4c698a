package acd

import (
	"slices"
	"time"
)

// agentSlot is one unit of the capacity ledger: a chat that is promised,
// ringing or here.
type agentSlot struct {
	SlotRow
	expires   time.Time // of a reservation that nobody used
	granted   int       // the capacity it was granted under; 0: the chat brought it
	answered  bool      // accepted here, and not yet heard of from the chat
	aborted   bool      // the chat has been told that nobody will answer
	heard     bool      // a session was there while it rang
	heardFor  time.Duration
	heardFrom time.Time // while a session is there
}

// live reports whether the chat is his, or as good as his.
func (s *agentSlot) live() bool { return s.State == SlotConnected || s.answered }

// rings reports whether the person sees it.
func (s *agentSlot) rings() bool { return s.State == SlotAlerting }

func (a *Agent) slotOf(chat ChatID) *agentSlot {
	for i := range a.slots {
		if a.slots[i].Chat == chat {
			return &a.slots[i]
		}
	}
	return nil
}

func (a *Agent) slotFor(offer OfferID) *agentSlot {
	for i := range a.slots {
		if offer != "" && a.slots[i].Offer == offer {
			return &a.slots[i]
		}
	}
	return nil
}

func (a *Agent) free(chat ChatID) {
	a.slots = slices.DeleteFunc(a.slots, func(s agentSlot) bool { return s.Chat == chat })
}

// connected returns the chats that he is in, in the order they came.
func (a *Agent) connected() []ChatID {
	var chats []ChatID
	for i := range a.slots {
		if a.slots[i].State == SlotConnected {
			chats = append(chats, a.slots[i].Chat)
		}
	}
	return chats
}

func (a *Agent) anyLive() bool {
	return slices.ContainsFunc(a.slots, func(s agentSlot) bool { return s.live() })
}

// busy reports whether there is anything that "after the last chat" waits for.
func (a *Agent) busy() bool {
	return slices.ContainsFunc(a.slots, func(s agentSlot) bool { return s.live() || s.rings() }) ||
		slices.ContainsFunc(a.state.Debts, Debt.due)
}

// used counts the units that are taken.
func (a *Agent) used() int {
	n := 0
	for i := range a.slots {
		n += a.slots[i].Weight
	}
	for i := range a.state.Debts {
		if d := &a.state.Debts[i]; d.blocksSlot() && a.slotOf(d.Chat) == nil { // one that comes back weighs once
			n += d.Weight
		}
	}
	return n
}

// onChannel counts the chats of one channel.
func (a *Agent) onChannel(ch Channel) int {
	n := 0
	for i := range a.slots {
		if a.slots[i].Channel == ch {
			n++
		}
	}
	for i := range a.state.Debts {
		if d := &a.state.Debts[i]; d.blocksSlot() && d.Channel == ch && a.slotOf(d.Chat) == nil {
			n++
		}
	}
	return n
}

func (a *Agent) isClosed(ch Channel) bool {
	_, closed := slices.BinarySearch(a.state.Closed, ch)
	return closed
}

// Why a Reserve is denied.
const (
	deniedStarting  = "starting"
	deniedOffline   = "offline"
	deniedPresence  = "presence"
	deniedDelay     = "delay"
	deniedDuplicate = "duplicate"
	deniedWrapup    = "wrapup"
	deniedChannel   = "channel"
	deniedCapacity  = "capacity"
)

// reserve grants a slot or says why not (A5–A7). One mailbox decides, so two
// queues cannot both get the last unit.
func (s *agentStep) reserve(c Reserve) {
	c.Weight = max(c.Weight, 0)
	s.tell = c.From
	if slot := s.slotFor(c.Offer); slot == nil || slot.Chat != c.Chat {
		if why := s.denies(c); why != "" {
			s.deny(c, why)
			return
		}
		under := s.profile.Capacity
		if c.Force {
			under = 0 // not held against what he can take
		}
		s.slots = append(s.slots, agentSlot{
			SlotRow: SlotRow{
				Chat: c.Chat, Agent: s.id, State: SlotReserved, Offer: c.Offer, Kind: c.Kind,
				Channel: c.Channel, Weight: c.Weight, Since: s.t.Now,
			},
			expires: s.t.Now.Add(s.desk.ReserveTTL),
			granted: under,
		})
	}
	granted := Reserved{Offer: c.Offer, Agent: s.id}
	if s.profile != nil {
		granted.Name = s.profile.Name
	}
	if c.From == "" {
		s.out.Forward = &Send{To: c.Chat.Address(), Cmd: SlotGranted{c.Offer, s.id, granted.Name, c.Then}}
		return
	}
	s.send(c.From.Address(), "", granted)
}

// deny answers who asked: a queue, or the chat itself, where somebody may wait
// for the answer.
func (s *agentStep) deny(c Reserve, why string) {
	if c.From == "" {
		s.out.Forward = &Send{To: c.Chat.Address(), Cmd: SlotDenied{c.Offer, s.id, why, c.Then}}
		return
	}
	s.send(c.From.Address(), "", ReserveDenied{Offer: c.Offer, Agent: s.id, Reason: why})
}

// denies returns why the agent does not take the chat, or nothing.
func (s *agentStep) denies(c Reserve) string {
	switch {
	case !s.restored:
		return deniedStarting
	case s.profile == nil || s.link != linkOnline || s.state.Presence.State == Offline:
		return deniedOffline
	case c.Force && s.slotOf(c.Chat) == nil && s.state.debt(c.Chat) == nil:
		return "" // a supervisor's will
	case s.t.Now.Before(s.kept):
		return deniedStarting
	case s.state.Presence.State != Available && !s.byHand(c):
		return deniedPresence
	case s.slotOf(c.Chat) != nil || s.over.has(c.Offer):
		return deniedDuplicate
	case s.wrapsUp(c):
		return deniedWrapup
	case s.t.Now.Before(s.state.ReadyAt) && !s.byHand(c):
		return deniedDelay
	case s.isClosed(c.Channel):
		return deniedChannel
	}
	weight := c.Weight
	if back := s.comesBack(c); back != nil && back.blocksSlot() { // into the place that he still holds for it
		weight -= back.Weight
	} else if s.channelFull(c.Channel) {
		return deniedChannel
	}
	if s.used()+weight > s.profile.Capacity {
		return deniedCapacity
	}
	return ""
}

// comesBack returns the wrap-up that he owes for a chat which he sent on and
// which nobody took: it is no reason not to have it again.
func (s *agentStep) comesBack(c Reserve) *Debt {
	if _, back := c.Then.(ReturnChat); !back {
		return nil
	}
	return s.state.debt(c.Chat)
}

// wrapsUp reports whether a wrap-up is due before.
func (s *agentStep) wrapsUp(c Reserve) bool {
	back := s.comesBack(c)
	return s.state.debt(c.Chat) != back ||
		slices.ContainsFunc(s.state.Debts, func(d Debt) bool { return d.blocksAgent() && (back == nil || d.Chat != back.Chat) })
}

// byHand reports whether he takes the chat himself, for which he need not be
// available. Who has missed an offer has to come back first.
func (s *agentStep) byHand(c Reserve) bool {
	_, picks := c.Then.(Pick)
	return picks && s.state.Presence.State != InRONA
}

func (s *agentStep) channelFull(ch Channel) bool {
	most, limited := s.profile.Channels[ch]
	return limited && s.onChannel(ch) >= most
}

func (s *agentStep) slotRelease(offer OfferID) {
	s.bids = slices.DeleteFunc(s.bids, func(b Reserve) bool { return b.Offer == offer })
	if slot := s.slotFor(offer); slot != nil && slot.State == SlotReserved {
		s.over.add(offer)
		s.free(slot.Chat)
	}
}

// take puts the chat's own word on a slot into the ledger.
func (s *agentStep) take(row SlotRow, state SlotState) {
	row.State, row.Agent, row.Weight = state, s.id, max(row.Weight, 0)
	slot := s.slotOf(row.Chat)
	if slot == nil {
		s.slots = append(s.slots, agentSlot{SlotRow: row})
		return
	}
	if row.Offer == "" {
		row.Offer = slot.Offer // who came by it, for the late answers
	}
	granted := slot.granted
	if row.Weight > slot.Weight {
		granted = 0 // it weighs more than was asked for
	}
	*slot = agentSlot{SlotRow: row, granted: granted}
}
