package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// TestAScenarioEndsTheSameWhicheverRecordTheDiskStopsAt is S17: the stories of
// S1 to S14, each with a disk that stops at its first, second, third … write. The
// node starts again on what was durable, all three people resume their streams
// and send again, under its first id, what was not answered. In the end the chat,
// its transcript and both desks are what they are when nothing happens; what
// outcome leaves out is not compared. S4 has nothing to lose: nobody accepts.
func TestAScenarioEndsTheSameWhicheverRecordTheDiskStopsAt(t *testing.T) {
	for _, s := range []struct {
		name string
		play func(*story)
	}{
		{"S1 served", (*story).s1},
		{"S2 missed", (*story).play},
		{"S3 rejected", (*story).s3},
		{"S5 ended unopened", (*story).s5},
		{"S6 two chats", (*story).s6},
		{"S7 a debt that stays", (*story).s7},
		{"S8 conference", (*story).s8},
		{"S9 and S10 invited, and left", (*story).s9},
		{"S11 to a queue", (*story).s11},
		{"S12 not accepted", (*story).s12},
		{"S12 blind", (*story).s12Blind},
		{"S13 a target that is gone", (*story).s13},
		{"S14 the source is removed", (*story).s14},
	} {
		t.Run(s.name, func(t *testing.T) { atEveryWrite(t, s.play) })
	}
}

// served has alice with ann's chat.
func (s *story) served() acd.ChatID {
	s.t.Helper()
	s.available(&s.alice)
	chat := s.must(&s.ann, toSupport, acd.Start{Chat: "c1", Source: "web", Queue: "support"}).Chat
	s.takes(&s.alice, chat)
	return chat
}

func (s *story) available(p **person) { s.must(p, (*p).desk(), acd.SetPresence{State: acd.Available}) }

// asks sends a command under new ids until it is not refused: whoever it needs
// may still be on his way back.
func (s *story) asks(p **person, to acd.Address, cmd acd.Command) {
	s.t.Helper()
	s.until("it is taken", func() bool { return s.sure(p, to, cmd).Refusal == nil })
}

func (s *story) refused(code string, p **person, to acd.Address, cmd acd.Command) {
	s.t.Helper()
	if a := s.sure(p, to, cmd); a.Refusal == nil || a.Refusal.Code != code {
		s.t.Errorf("%T was answered %+v, expected %s", cmd, a, code)
	}
}

// files waits for a debt and closes it.
func (s *story) files(p **person, chat acd.ChatID, code string) {
	s.t.Helper()
	s.until("the wrap-up is owed", func() bool { return (*p).owes(chat) })
	s.must(p, (*p).desk(), acd.Wrapup{Chat: chat, Code: code})
}

func (s *story) closed(chat acd.ChatID) {
	s.t.Helper()
	s.until("the chat is closed", func() bool { return fold(s.t, s.journal, chat).Phase == acd.PhaseClosed })
}

func (s *story) ended(p **person, chat acd.ChatID) {
	s.t.Helper()
	s.must(p, chat.Address(), acd.EndChat{})
	s.files(p, chat, "resolved")
	s.closed(chat)
}

func (s *story) s1() {
	chat := s.served()
	s.must(&s.ann, chat.Address(), acd.SendText{Text: "hello"})
	s.must(&s.alice, chat.Address(), acd.SendText{Text: "hello yourself"})
	s.must(&s.ann, chat.Address(), acd.EndChat{})
	s.files(&s.alice, chat, "resolved")
	s.closed(chat)
}

func (s *story) s3() {
	s.available(&s.alice)
	chat := s.must(&s.ann, toSupport, acd.Start{Chat: "c1", Source: "web", Queue: "support"}).Chat
	s.until("alice is offered the chat", func() bool { _, ok := rings(s.alice); return ok })
	o, _ := rings(s.alice)
	s.must(&s.alice, s.alice.desk(), acd.RejectOffer{Offer: o.ID})
	s.available(&s.bob)
	s.takes(&s.bob, chat)
	s.ended(&s.bob, chat)
}

func (s *story) s5() { s.ended(&s.alice, s.served()) }

func (s *story) s6() {
	first := s.served()
	second := s.must(&s.ann, toSupport, acd.Start{Chat: "c2", Source: "web", Queue: "support"}).Chat
	s.takes(&s.alice, second)
	s.must(&s.alice, s.alice.desk(), acd.Focus{Chat: second})
	s.must(&s.alice, s.alice.desk(), acd.Focus{Chat: first})
	s.must(&s.ann, first.Address(), acd.SendText{Text: "one"})
	s.must(&s.alice, first.Address(), acd.SendText{Text: "answered"})
	s.ended(&s.alice, second)
}

func (s *story) s7() {
	chat := s.served()
	s.must(&s.ann, chat.Address(), acd.EndChat{})
	s.until("the wrap-up is owed", func() bool { return s.alice.owes(chat) })
	s.must(&s.alice, s.alice.desk(), acd.SaveWrapup{Chat: chat, Notes: "half a"})
	s.refused("wrapup_pending", &s.alice, s.alice.desk(), acd.SetPresence{State: acd.Offline})
	s.must(&s.alice, s.alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved", Notes: "half a thought"})
	s.closed(chat)
}

// invited has alice and bob with ann's chat.
func (s *story) invited() acd.ChatID {
	s.t.Helper()
	chat := s.served()
	s.available(&s.bob)
	s.asks(&s.alice, chat.Address(), acd.Invite{Agent: "bob"})
	s.takes(&s.bob, chat)
	return chat
}

func (s *story) s8() {
	chat := s.invited()
	s.must(&s.bob, chat.Address(), acd.SendText{Text: "both of us"})
	s.must(&s.bob, chat.Address(), acd.EndConference{})
	s.files(&s.bob, chat, "other")
	s.must(&s.alice, chat.Address(), acd.SendText{Text: "one of us"})
	s.ended(&s.alice, chat)
}

func (s *story) s9() {
	chat := s.served()
	s.refused("sole_agent", &s.alice, chat.Address(), acd.LeaveChat{})
	s.available(&s.bob)
	s.asks(&s.alice, chat.Address(), acd.Invite{Agent: "bob"})
	s.refused("sole_agent", &s.alice, chat.Address(), acd.LeaveChat{})
	s.takes(&s.bob, chat)
	s.must(&s.alice, chat.Address(), acd.LeaveChat{})
	s.files(&s.alice, chat, "other")
	s.ended(&s.bob, chat)
}

func (s *story) s11() {
	chat := s.served()
	s.must(&s.alice, chat.Address(), acd.TransferChat{ToQueue: "sales"})
	s.must(&s.alice, chat.Address(), acd.SendText{Text: "you are being passed on"})
	s.must(&s.alice, chat.Address(), acd.LeaveChat{})
	s.must(&s.alice, s.alice.desk(), acd.SetPresence{State: acd.NotReady})
	s.files(&s.alice, chat, "other")
	s.available(&s.bob)
	s.takes(&s.bob, chat)
	s.ended(&s.bob, chat)
}

func (s *story) s12() {
	chat := s.served()
	s.available(&s.bob)
	s.asks(&s.alice, chat.Address(), acd.TransferChat{ToAgent: "bob", Mode: acd.Warm})
	s.rejects(&s.bob)
	s.must(&s.alice, chat.Address(), acd.SendText{Text: "still me"})
	s.ended(&s.alice, chat)
}

// rejects turns down what rings at p, unless it has been missed while the node
// was down.
func (s *story) rejects(p **person) {
	s.t.Helper()
	s.until("it has rung", func() bool {
		o, ok := rings(*p)
		if ok {
			s.sure(p, (*p).desk(), acd.RejectOffer{Offer: o.ID})
		}
		return ok
	})
}

func (s *story) s12Blind() {
	chat := s.served()
	s.available(&s.bob)
	s.asks(&s.alice, chat.Address(), acd.TransferChat{ToAgent: "bob", Mode: acd.Blind})
	s.files(&s.alice, chat, "other")
	s.rejects(&s.bob)
	s.takes(&s.alice, chat)
	s.pass(time.Second) // her two wrap-ups of this chat are told apart by when they began
	s.ended(&s.alice, chat)
}

func (s *story) s13() {
	chat := s.served()
	s.refused("target_unavailable", &s.alice, chat.Address(), acd.TransferChat{ToAgent: "bob"})
	s.refused("target_unavailable", &s.alice, chat.Address(), acd.Invite{Agent: "bob"})
	s.refused("bad_target", &s.alice, chat.Address(), acd.TransferChat{ToQueue: "nowhere"})
	s.ended(&s.alice, chat)
}

// The administrator's document lies beside the node, and is there again after a
// crash.
func (s *story) s14() {
	chat := s.served()
	s.change = removes
	if err := s.reconfigure(removes); err != nil {
		s.t.Logf("the node is going down: %v", err)
	}
	s.until("alice is warned", func() bool { return fold(s.t, s.journal, chat).Interrupted })
	s.refused("source_removed", &s.alice, chat.Address(), acd.SendText{Text: "hello?"})
	s.ended(&s.alice, chat)
}
