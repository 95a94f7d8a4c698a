package actors

import (
	"testing"

	"github.com/parley-engine/parley/actors/acd"
)

// A note's bytes are kept for several sessions, and for one they are not.
func TestANoteIsSingleWhileOneSessionAloneIsTold(t *testing.T) {
	for sessions, single := range []bool{true, true, false, false} {
		s := newStream("agent/ann", "e", false)
		for range sessions {
			s.sessions = append(s.sessions, &Session{stream: s})
		}
		n := &Note{From: acd.ChatID("c").Address(), Event: acd.ChatEnded{}, single: true}
		c := newCached(n.From, 1, 0, acd.ToAgent)
		c.note = n
		s.publish(1, c)
		if n.Single() != single {
			t.Errorf("told to %d sessions a note is single: %v", sessions, n.Single())
		}
		shown := &Note{From: n.From, Event: acd.TypingShown{}, single: true}
		s.whisper(shown)
		if shown.Single() != single {
			t.Errorf("shown to %d sessions a note is single: %v", sessions, shown.Single())
		}
	}
}
