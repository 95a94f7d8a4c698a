package check

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// TestOnlyWhoWaitsInTheCalmIsHeldAgainstTheSavior has the savior take chats once
// before the calm, in a life of the node whose clock was later than that of the
// calm, and one chat that waits in that life, or in the calm.
func TestOnlyWhoWaitsInTheCalmIsHeldAgainstTheSavior(t *testing.T) {
	const calm = 3 // records
	waits := []acd.Event{acd.ChatStarted{Weight: 1}, acd.Queued{Leg: acd.Leg{Queue: "q", EnteredAt: time.Unix(0, 0)}}}
	ends := []acd.Event{acd.ChatEnded{Reason: acd.EndAbandoned}}
	there := []acd.Event{acd.PresenceSet{State: acd.Available}}
	gone := []acd.Event{acd.PresenceSet{State: acd.Offline}}
	type record struct {
		second int64
		his    bool
		events []acd.Event
	}
	for _, c := range []struct {
		name    string
		records []record
		breaks  string
	}{
		{"waited before, by a later clock", []record{{1000, true, there}, {1001, false, waits}, {1100, false, ends}, {900, true, there}}, ""},
		{"waits in the calm", []record{{1000, true, there}, {1001, true, gone}, {1002, true, gone}, {900, true, there}, {901, false, waits}, {1000, false, ends}}, "liveness"},
		{"waits since before the calm", []record{{800, true, there}, {801, false, waits}, {802, true, gone}, {900, true, there}, {1000, false, ends}}, "liveness"},
		{"he was there before the calm already", []record{{800, true, there}, {801, false, waits}, {801, true, there}, {900, true, there}, {1000, false, ends}}, "liveness"},
		{"he is not there in the calm", []record{{1000, true, there}, {1001, true, gone}, {1002, true, gone}, {901, false, waits}, {1000, false, ends}}, ""},
	} {
		k := New(func() int64 { return 1 })
		f := &fold{checker: k, chats: map[acd.ChatID]*chat{}, desks: map[acd.AgentID]*desk{}, stays: map[string][]*stay{}}
		for _, r := range c.records {
			f.lives()
			w := &actors.Written{At: time.Unix(r.second, 0), Events: r.events}
			if !r.his {
				f.chat("c").record(f, acd.ChatID("c").Address(), w)
			}
			f.relief(r.his, w, calm)
		}
		got := ""
		if k.violated != nil {
			got = k.violated.Rule
		}
		if got != c.breaks {
			t.Errorf("%s: breaks %q, expected %q", c.name, got, c.breaks)
		}
	}
}
