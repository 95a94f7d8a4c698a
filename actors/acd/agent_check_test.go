package acd

import (
	"fmt"
	"strings"
	"testing"
)

// TestEachBrokenInvariantOfADeskIsNamed breaks a desk on purpose, since a
// checker that never complains proves nothing.
func TestEachBrokenInvariantOfADeskIsNamed(t *testing.T) {
	slot := func(chat string, s SlotState) agentSlot {
		return agentSlot{SlotRow: SlotRow{Chat: ChatID(chat), State: s, Weight: 1}, expires: deskDay}
	}
	for _, c := range []struct {
		want     string
		sabotage func(*Agent)
	}{
		{"two slots", func(a *Agent) { a.slots = []agentSlot{slot("x", SlotReserved), slot("x", SlotAlerting)} }},
		{"never expires", func(a *Agent) { a.slots = []agentSlot{{SlotRow: SlotRow{Chat: "x", State: SlotReserved}}} }},
		{"released and kept", func(a *Agent) { a.slots = []agentSlot{slot("x", SlotReleased)} }},
		{"carries marks", func(a *Agent) { s := slot("x", SlotConnected); s.aborted = true; a.slots = []agentSlot{s} }},
		{"beside a slot", func(a *Agent) {
			a.slots = []agentSlot{slot("x", SlotConnected)}
			a.state.Debts = []Debt{{Chat: "x", Spec: mandatory}}
		}},
		{"I2", func(a *Agent) {
			s, u := slot("x", SlotReserved), slot("y", SlotReserved)
			s.granted, u.granted = 1, 1
			a.slots = []agentSlot{s, u}
		}},
		{"open and closed", func(a *Agent) {
			a.state.Debts = []Debt{{Chat: "x", Spec: mandatory}}
			a.state.Settled = []Settled{{Done: WrapupDone{Chat: "x"}}}
		}},
		{"for nothing", func(a *Agent) { a.state.Debts = []Debt{{Chat: "x"}} }},
		{"no deadline", func(a *Agent) { a.state.Debts = []Debt{{Chat: "x", Spec: timed}} }},
		{"closed twice", func(a *Agent) {
			a.state.Settled = []Settled{{Done: WrapupDone{Chat: "x"}}, {Done: WrapupDone{Chat: "x"}}}
		}},
		{"is no state", func(a *Agent) { a.state.Presence.State = "asleep" }},
		{"sessions and link", func(a *Agent) { a.sessions = nil }},
		{"a grace until", func(a *Agent) { a.grace = deskDay }},
		{"nothing to wait for", func(a *Agent) { a.state.Presence.State = Draining }},
		{"nothing to wait for", func(a *Agent) { a.state.Next.State = NotReady }},
		{"struck are kept", func(a *Agent) { a.state.Struck = make([]OfferID, ringSize+1) }},
		{"settled are kept", func(a *Agent) {
			for i := range ringSize + 1 {
				a.state.Settled = append(a.state.Settled, Settled{Done: WrapupDone{Chat: ChatID(fmt.Sprint(i))}})
			}
		}},
		{"windows are kept", func(a *Agent) { a.state.Opened = make([]ChatID, maxOpened+1) }},
		{"which is not here", func(a *Agent) { a.state.Focus = "x" }},
	} {
		a := newDesk(t).a
		c.sabotage(a)
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
}
