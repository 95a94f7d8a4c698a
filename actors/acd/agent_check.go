package acd

import (
	"fmt"
	"slices"
)

// Check names the first invariant that the desk breaks.
func (a *Agent) Check() error {
	for _, check := range []func() error{a.checkLedger, a.checkCapacity, a.checkDebts, a.checkPresence, a.checkBounds} {
		if err := check(); err != nil {
			return fmt.Errorf("agent %s: %w", a.id, err)
		}
	}
	return nil
}

// checkLedger: one entry a chat, whether slot or debt, unless a chat comes back, and all that a slot
// needs to end some day.
func (a *Agent) checkLedger() error {
	seen := make(map[ChatID]bool, len(a.slots)+len(a.state.Debts))
	for i := range a.slots {
		s := &a.slots[i]
		switch {
		case seen[s.Chat]:
			return fmt.Errorf("two slots for chat %s", s.Chat)
		case s.State == SlotReserved && s.expires.IsZero():
			return fmt.Errorf("the reservation for chat %s never expires", s.Chat)
		case s.State == SlotReleased:
			return fmt.Errorf("the slot for chat %s is released and kept", s.Chat)
		case s.answered && !s.rings(), s.aborted && !s.rings():
			return fmt.Errorf("the slot for chat %s is %s and carries marks of an offer", s.Chat, s.State)
		}
		seen[s.Chat] = true
	}
	for i := range a.state.Debts {
		if chat := a.state.Debts[i].Chat; seen[chat] && !a.comingBack(chat) {
			return fmt.Errorf("chat %s has a debt beside a slot or another debt", chat)
		} else {
			seen[chat] = true
		}
	}
	return nil
}

// comingBack reports whether a chat that he owes wrap-up for is offered to him.
func (a *Agent) comingBack(chat ChatID) bool {
	slot := a.slotOf(chat)
	return slot != nil && slot.State != SlotConnected
}

// checkCapacity (I2): what was granted fits into what it was granted under. A
// chat that a restart or the chat itself brought is kept, whatever it weighs.
func (a *Agent) checkCapacity() error {
	sum, capacity := 0, 0
	for i := range a.slots {
		if s := &a.slots[i]; s.granted > 0 {
			sum += s.Weight
			capacity = max(capacity, s.granted)
		}
	}
	if sum > capacity {
		return fmt.Errorf("I2: granted %d units of %d", sum, capacity)
	}
	return nil
}

// checkDebts (I12): a debt is open or closed, never both, and a timed one ends.
func (a *Agent) checkDebts() error {
	for _, d := range a.state.Debts {
		switch {
		case a.state.settled(d.Chat) != nil:
			return fmt.Errorf("I12: the debt of chat %s is open and closed", d.Chat)
		case d.Spec.Mode == WrapupNone || d.Spec.Mode == "":
			return fmt.Errorf("I12: a debt of chat %s for nothing", d.Chat)
		case d.Spec.Mode == WrapupTimed && d.Deadline.IsZero():
			return fmt.Errorf("I12: the timed debt of chat %s has no deadline", d.Chat)
		}
	}
	for i, d := range a.state.Settled {
		if a.state.settled(d.Done.Chat) != &a.state.Settled[i] {
			return fmt.Errorf("I12: the debt of chat %s was closed twice", d.Done.Chat)
		}
	}
	return nil
}

// checkPresence: presence, link and sessions say the same, and what waits for
// the last chat still has one to wait for.
func (a *Agent) checkPresence() error {
	p := a.state.Presence
	if !slices.Contains([]PresenceState{Offline, NotReady, Available, InRONA, Draining}, p.State) {
		return fmt.Errorf("presence %q is no state", p.State)
	}
	if (len(a.sessions) > 0) != (a.link == linkOnline) {
		return fmt.Errorf("%d sessions and link %d", len(a.sessions), a.link)
	}
	if (a.link == linkGrace) == a.grace.IsZero() {
		return fmt.Errorf("link %d and a grace until %s", a.link, a.grace)
	}
	if !a.restored || a.busy() {
		return nil
	}
	if p.State == Draining || a.state.Next.State != "" {
		return fmt.Errorf("presence %s, next %q, and nothing to wait for", p.State, a.state.Next.State)
	}
	return nil
}

// checkBounds: nothing grows for ever, and focus is on a chat that is here.
func (a *Agent) checkBounds() error {
	for name, n := range map[string]int{
		"struck": len(a.state.Struck), "settled": len(a.state.Settled), "over": len(a.over.order), "freed": len(a.freed),
	} {
		if n > ringSize {
			return fmt.Errorf("%d %s are kept, of at most %d", n, name, ringSize)
		}
	}
	if len(a.state.Opened) > maxOpened {
		return fmt.Errorf("%d windows are kept, of at most %d", len(a.state.Opened), maxOpened)
	}
	if a.restored && a.state.Focus != "" && !slices.Contains(a.connected(), a.state.Focus) {
		return fmt.Errorf("focus on chat %s, which is not here", a.state.Focus)
	}
	return nil
}
