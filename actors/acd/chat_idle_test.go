package acd

import (
	"testing"
	"time"
)

func idling(c *Config) {
	c.Queues["support"].Idle = IdlePolicy{CustomerWarn: 5 * time.Minute, CustomerClose: 8 * time.Minute,
		Inactive: 6 * time.Minute, Agent: 2 * time.Minute}
}

func TestASilentCustomerIsWarnedThenParkedThenSentAway(t *testing.T) {
	p := served(t, idling)
	p.must(alice, SendText{Text: "which order?"})
	if want := morning.Add(5 * time.Minute); !p.chat.Deadline().Equal(want) {
		t.Fatalf("due at %v, want %v", p.chat.Deadline(), want)
	}
	p.at(5*time.Minute).expect(nobody, Tick{}, `
		event IdleWarned
		news customer/kim customer IdleWarned
		news agent/alice agent IdleWarned`)
	if want := morning.Add(8 * time.Minute); !p.chat.Idle.CloseAt.Equal(want) {
		t.Errorf("the warning says %v, want %v", p.chat.Idle.CloseAt, want)
	}
	p.at(6*time.Minute).expect(nobody, Tick{}, `
		event Parked
		news agent/alice agent Parked
		send agent/alice Assigned`)
	if rows := p.chat.SlotRows(); len(rows) != 1 || rows[0].Weight != 0 || rows[0].State != SlotConnected {
		t.Errorf("the slot of a parked chat is %+v", rows)
	}
	p.at(8*time.Minute).expect(nobody, Tick{}, `
		event ChatEnded by system customer_idle debt=alice
		news customer/kim customer ChatEnded
		news agent/alice agent ChatEnded
		send agent/alice Released mandatory customer_idle`)
}

func TestACustomerWhoWritesIsForgivenAndTakesHisCapacityAgain(t *testing.T) {
	p := served(t, idling)
	p.must(alice, SendText{Text: "which order?"})
	p.at(6*time.Minute).must(nobody, Tick{})
	p.expect(kim, SendText{Text: "this one"}, `
		event MessageSent 2 customer all alice=1
		event Unparked
		news customer/kim customer MessageSent
		news agent/alice agent MessageSent
		news agent/alice unread MessageSent
		news agent/alice agent Unparked
		send agent/alice Assigned
		ok message 2`)
	if rows := p.chat.SlotRows(); rows[0].Weight != p.chat.Weight {
		t.Errorf("the slot weighs %d again, want %d", rows[0].Weight, p.chat.Weight)
	}
	if p.chat.Idle.Warned || !p.chat.Idle.CloseAt.IsZero() {
		t.Errorf("still warned: %+v", p.chat.Idle)
	}
	p.at(time.Hour).must(nobody, Tick{})
	if !p.chat.Live() {
		t.Error("a customer who waits for an answer was sent away")
	}
}

func TestAnOwnerWhoDoesNotAnswerIsRemindedOnce(t *testing.T) {
	p := served(t, idling)
	p.at(time.Second).must(kim, SendText{Text: "hello?"})
	p.at(time.Minute).must(kim, SendText{Text: "anybody?"})
	p.must(alice, SendText{Text: "who takes this?", To: ForAgents})
	p.at(2*time.Minute+time.Second).expect(nobody, Tick{}, `
		event AgentIdled
		news agent/alice agent AgentIdled`)
	p.at(4*time.Minute).expect(nobody, Tick{}, ``)
	p.must(alice, SendText{Text: "here I am"})
	p.at(5*time.Minute).must(kim, SendText{Text: "good"})
	p.at(7*time.Minute).expect(nobody, Tick{}, `
		event AgentIdled
		news agent/alice agent AgentIdled`)
}

func TestWhoIsHandedTheChatIsRemindedInHisOwnTime(t *testing.T) {
	p := conference(t, idling)
	p.at(time.Second).must(kim, SendText{Text: "hello?"})
	p.at(2*time.Minute+time.Second).must(nobody, Tick{})
	al, open := p.chat.Unanswered()
	if want := (Alert{Kind: AlertAgentIdle, Chat: "c1", Agent: "alice", Queue: "support", Text: al.Text, Since: morning.Add(time.Second)}); !open || al != want {
		t.Fatalf("%v %+v, want %+v", open, al, want)
	}
	out := p.at(3*time.Minute).must(alice, HandOver{Agent: "bob"})
	if _, open := p.chat.Unanswered(); open || !EndsUnanswered(out.Events[0], "alice") {
		t.Errorf("bob has just come to it: %s", told(out))
	}
	p.at(5*time.Minute).expect(nobody, Tick{}, `
		event AgentIdled
		news agent/bob agent AgentIdled`)
}

func TestNobodyIsIdleWhileHeWaits(t *testing.T) {
	p := newPlay(t, idling).start()
	p.must(kim, SendText{Text: "hello"})
	if at := p.chat.Deadline(); !at.Equal(morning.Add(maxWait)) {
		t.Errorf("due at %v, want the longest wait", at)
	}
	p.at(4*time.Minute).must(nobody, p.grant(alice))
	p.must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	p.at(6*time.Minute).expect(nobody, Tick{}, `
		event AgentIdled
		news agent/alice agent AgentIdled`)
}

func TestACustomerIsNotSentAwayUnwarnedAfterADowntime(t *testing.T) {
	p := served(t, idling)
	p.at(time.Hour).must(nobody, Tick{})
	if !p.chat.Live() || !p.chat.Idle.CloseAt.Equal(morning.Add(time.Hour+3*time.Minute)) {
		t.Fatalf("%s, to be closed at %v", p.chat.Phase, p.chat.Idle.CloseAt)
	}
	p.at(time.Hour+3*time.Minute).must(nobody, Tick{})
	if p.chat.EndReason != EndCustomerIdle {
		t.Errorf("ended as %q", p.chat.EndReason)
	}
}

func TestSilenceStandsStillWhileTheChatWaitsForAnotherAgent(t *testing.T) {
	p := served(t, idling)
	p.must(alice, SendText{Text: "which order?"})
	p.at(6*time.Minute).must(nobody, Tick{})
	p.must(nobody, AgentLost{Chat: "c1", Agent: "alice"})
	if !p.chat.Idle.Parked || !p.chat.idleDue().IsZero() {
		t.Errorf("waiting, and %+v", p.chat.Idle)
	}
	p.must(nobody, p.grant(bob))
	p.must(bob, Accept{Offer: "c1.2", Agent: "bob"})
	if rows := p.chat.SlotRows(); len(rows) != 1 || rows[0].Weight != 0 {
		t.Errorf("nobody has written, and the slots are %+v", rows)
	}
	if want := morning.Add(11 * time.Minute); !p.chat.idleDue().Equal(want) {
		t.Errorf("due at %v, want %v", p.chat.idleDue(), want)
	}
}

func TestAQueueSaysWhatItsChannelSaidAndAnEndIsAnnouncedAtHalf(t *testing.T) {
	c := chatConfig()
	c.Channels["livechat"].Idle = IdlePolicy{CustomerClose: 10 * time.Minute, Agent: time.Minute}
	c.Queues["support"].Idle = IdlePolicy{Agent: -1, Inactive: time.Minute}
	want := IdlePolicy{CustomerWarn: 5 * time.Minute, CustomerClose: 10 * time.Minute, Inactive: time.Minute}
	if got := c.idle("support", "livechat"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := c.idle("sales", "facebook"); got != (IdlePolicy{}) {
		t.Errorf("nothing is said and got %+v", got)
	}
}

func TestAnAgentsLedgerFollowsAParkedChat(t *testing.T) {
	s := agentSlot{SlotRow: SlotRow{Chat: "c1", Weight: 2, State: SlotConnected}, granted: 4}
	step := agentStep{Agent: NewAgent("alice")}
	step.slots = []agentSlot{s}
	step.assigned(Assigned{Slot: SlotRow{Chat: "c1", Weight: 0}})
	if used := step.used(); used != 0 {
		t.Errorf("a parked chat takes %d units", used)
	}
	step.assigned(Assigned{Slot: SlotRow{Chat: "c1", Weight: 2}})
	if used := step.used(); used != 2 || step.slots[0].granted != 0 {
		t.Errorf("it takes %d units again, granted under %d", used, step.slots[0].granted)
	}
}
