package actors_test

import (
	"testing"

	"github.com/parley-engine/parley/actors/acd"
)

// TestATransferEndsTheSameWhicheverRecordTheDiskStopsAt is the story of a chat
// that is handed on and shared, under the same fate as the first one.
func TestATransferEndsTheSameWhicheverRecordTheDiskStopsAt(t *testing.T) {
	atEveryWrite(t, (*story).handOn)
}

// takes waits until p has accepted what rings at him.
func (s *story) takes(p **person, chat acd.ChatID) {
	s.t.Helper()
	s.until((*p).by.ID+" has taken the chat", func() bool {
		o, ok := rings(*p)
		if !ok {
			if (*p).presence() == acd.InRONA { // he missed one while the node was down
				s.must(p, (*p).desk(), acd.SetPresence{State: acd.Available})
			}
			return false
		}
		a := s.sure(p, (*p).desk(), acd.AcceptOffer{Offer: o.ID})
		return a.Refusal == nil && a.Result.Chat == chat
	})
}

func (s *story) handOn() {
	s.must(&s.bob, s.bob.desk(), acd.SetPresence{State: acd.Available})
	chat := s.must(&s.ann, acd.QueueID("support").Address(), acd.Start{Chat: "c1", Source: "web", Queue: "support"}).Chat
	s.takes(&s.bob, chat)
	s.must(&s.bob, chat.Address(), acd.SendText{Text: "one moment"})
	s.must(&s.alice, s.alice.desk(), acd.SetPresence{State: acd.Available})
	s.until("bob may hand the chat on", func() bool {
		a := s.sure(&s.bob, chat.Address(), acd.TransferChat{ToAgent: "alice"})
		return a.Refusal == nil // else alice is not back yet
	})
	s.takes(&s.alice, chat)
	s.must(&s.alice, chat.Address(), acd.SendText{Text: "here I am"})
	s.until("bob owes a wrap-up", func() bool { return s.bob.owes(chat) })
	s.must(&s.bob, s.bob.desk(), acd.Wrapup{Chat: chat, Code: "other"})
	s.must(&s.alice, chat.Address(), acd.EndChat{})
	s.until("alice owes a wrap-up", func() bool { return s.alice.owes(chat) })
	s.must(&s.alice, s.alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
	s.until("the chat is closed", func() bool { return fold(s.t, s.journal, chat).Phase == acd.PhaseClosed })

	c := fold(s.t, s.journal, chat)
	codes := map[acd.AgentID]string{}
	for _, f := range c.Filed {
		codes[f.Agent] += f.Code
	}
	if len(codes) != 2 || codes["bob"] != "other" || codes["alice"] != "resolved" {
		s.t.Errorf("wrap-ups %+v", c.Filed)
	}
	owners, done := 0, 0
	for _, e := range events(s.t, s.journal, chat.Address()) {
		switch e.(type) {
		case acd.Accepted:
			owners++
		case acd.TransferDone:
			done++
		}
	}
	if owners != 2 || done != 1 || c.Messages != 2 {
		s.t.Errorf("%d accepts, %d transfers done, %d messages", owners, done, c.Messages)
	}
}
