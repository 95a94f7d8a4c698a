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
		if a.state.Debts[i].blocksSlot() {
			n += a.state.Debts[i].Weight
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
		if a.state.Debts[i].blocksSlot() && a.state.Debts[i].Channel == ch {
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
			s.send(c.From.Address(), "", ReserveDenied{Offer: c.Offer, Agent: s.id, Reason: why})
			return
		}
		s.slots = append(s.slots, agentSlot{
			SlotRow: SlotRow{
				Chat: c.Chat, Agent: s.id, State: SlotReserved, Offer: c.Offer, Kind: c.Kind,
				Channel: c.Channel, Weight: c.Weight, Since: s.t.Now,
			},
			expires: s.t.Now.Add(s.desk.ReserveTTL),
			granted: s.profile.Capacity,
		})
	}
	granted := Reserved{Offer: c.Offer, Agent: s.id}
	if s.profile != nil {
		granted.Name = s.profile.Name
	}
	s.send(c.From.Address(), "", granted)
}

// denies returns why the agent does not take the chat, or nothing.
func (s *agentStep) denies(c Reserve) string {
	switch {
	case !s.restored:
		return deniedStarting
	case s.profile == nil || s.link != linkOnline || s.state.Presence.State == Offline:
		return deniedOffline
	case s.state.Presence.State != Available:
		return deniedPresence
	case s.slotOf(c.Chat) != nil || slices.Contains(s.over, c.Offer):
		return deniedDuplicate
	case s.state.debt(c.Chat) != nil || slices.ContainsFunc(s.state.Debts, Debt.blocksAgent):
		return deniedWrapup
	case s.t.Now.Before(s.state.ReadyAt):
		return deniedDelay
	case s.isClosed(c.Channel) || s.channelFull(c.Channel):
		return deniedChannel
	case s.used()+c.Weight > s.profile.Capacity:
		return deniedCapacity
	}
	return ""
}

func (s *agentStep) channelFull(ch Channel) bool {
	most, limited := s.profile.Channels[ch]
	return limited && s.onChannel(ch) >= most
}

// offerStart lets the slot ring (A8). The chat is right even about a slot that
// nobody here remembers, unless it has since said that the offer is over.
func (s *agentStep) offerStart(row SlotRow) {
	slot := s.slotOf(row.Chat)
	switch {
	case slices.Contains(s.over, row.Offer):
		return
	case slot != nil && (slot.State == SlotConnected || slot.State == SlotAlerting && slot.Offer == row.Offer):
		return // came twice
	case s.state.debt(row.Chat) != nil:
		// A chat that he still owes wrap-up for is not offered to him; taken
		// back at once, it goes to somebody else.
		s.abort(row, AgentState)
		return
	}
	s.take(row, SlotAlerting)
	slot = s.slotOf(row.Chat)
	if s.link == linkOnline {
		slot.heard, slot.heardFrom = true, s.t.Now
	}
	if why := s.unanswerable(); why != "" {
		slot.aborted = true
		s.abort(slot.SlotRow, why)
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

// unanswerable returns why nobody answers an offer that begins to ring now.
func (s *agentStep) unanswerable() OfferReason {
	switch {
	case s.state.Presence.State == Offline:
		return AgentOffline
	case s.link == linkLost:
		return AgentGone
	case s.state.Presence.State == Available, s.desk.KeepOffers:
		return ""
	}
	return AgentState
}

func (s *agentStep) abort(row SlotRow, why OfferReason) {
	s.send(row.Chat.Address(), "abort/"+string(row.Offer), OfferAborted{Offer: row.Offer, Agent: s.id, Why: why})
}

// abortOffers takes back all that rings and has not been answered (A3, A24).
func (s *agentStep) abortOffers(why OfferReason) {
	for i := range s.slots {
		slot := &s.slots[i]
		if slot.rings() && !slot.answered && !slot.aborted {
			slot.aborted = true
			s.abort(slot.SlotRow, why)
		}
	}
}

func (s *agentStep) slotRelease(offer OfferID) {
	if slot := s.slotFor(offer); slot != nil && slot.State == SlotReserved {
		s.over = remember(s.over, offer)
		s.free(slot.Chat)
	}
}

// answer hands the person's answer on to the chat, which alone knows whether
// the offer is still open (A9, A10).
func (s *agentStep) answer(offer OfferID, cmd Command) error {
	chat, ok := offer.Chat()
	switch {
	case !ok:
		return ErrNotFound
	case s.profile == nil || s.state.Presence.State == Offline:
		return offerGone(AgentOffline)
	}
	if _, accepts := cmd.(Accept); accepts {
		if slot := s.slotFor(offer); slot != nil && slot.rings() {
			slot.answered = true
		}
	}
	s.out.Result = nil
	s.out.Forward = &Send{To: chat.Address(), Cmd: cmd}
	return nil
}

// assigned makes the chat his (A11).
func (s *agentStep) assigned(row SlotRow) {
	slot := s.slotOf(row.Chat)
	switch {
	case slot != nil && slot.State == SlotConnected:
		return // came twice
	case s.state.debt(row.Chat) != nil, slot == nil && slices.Contains(s.over, row.Offer):
		return // came after it was over
	}
	first := len(s.connected()) == 0
	s.take(row, SlotConnected)
	s.freed = slices.DeleteFunc(s.freed, func(c ChatID) bool { return c == row.Chat })
	if s.state.Missed+s.state.Rejected > 0 {
		s.emit(Struck{Offer: s.slotOf(row.Chat).Offer, Reason: OfferAccepted})
	}
	if first {
		s.emit(Focused{Chat: row.Chat})
	}
	if s.link == linkLost {
		s.sendLost(row.Chat)
	}
}

// offerOver frees the slot of an offer that nobody took (A12).
func (s *agentStep) offerOver(c OfferOver) {
	s.over = remember(s.over, c.Offer)
	slot := s.slotFor(c.Offer)
	if slot == nil || slot.State == SlotConnected {
		return
	}
	heard := slot.heardFor
	if !slot.heardFrom.IsZero() {
		heard += s.t.Now.Sub(slot.heardFrom)
	}
	missed := slot.heard && heard >= c.MinAlert
	rang := slot.rings()
	s.free(slot.Chat)
	if !rang || slices.Contains(s.state.Struck, c.Offer) {
		return
	}
	switch {
	case c.Reason == OfferRONA && missed:
		s.missed(c.Offer)
	case c.Reason == OfferRejected:
		s.rejected(c.Offer)
	}
}

// missed counts an offer that he did not answer (A12, A13).
func (s *agentStep) missed(offer OfferID) {
	s.emit(Struck{Offer: offer, Reason: OfferRONA, ReadyAt: s.t.Now.Add(s.desk.NoAnswerDelay)})
	if s.state.Next.State == Available {
		s.emit(NextPresenceSet{})
	}
	signOut := s.desk.OfflineStrikes > 0 && s.state.Missed >= s.desk.OfflineStrikes
	sticky := s.desk.StickyRONA == nil || *s.desk.StickyRONA
	switch {
	case s.state.Presence.State != Available:
		// He has said himself that he is not there, or the system has.
	case signOut && (s.anyLive() || slices.ContainsFunc(s.state.Debts, Debt.due)):
		s.become(Draining, reasonStrikes, bySystem)
	case signOut:
		s.become(Offline, reasonStrikes, bySystem)
	case sticky && s.state.Missed >= s.desk.MaxNoAnswer:
		s.become(InRONA, "", bySystem)
	}
}

func (s *agentStep) rejected(offer OfferID) {
	s.emit(Struck{Offer: offer, Reason: OfferRejected, ReadyAt: s.t.Now.Add(s.desk.RejectDelay)})
	if s.desk.MaxRejects > 0 && s.state.Rejected >= s.desk.MaxRejects && s.state.Presence.State == Available {
		s.become(InRONA, "", bySystem)
	}
}
