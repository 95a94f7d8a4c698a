package acd

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
)

func of(p Principal, queues ...QueueID) Principal {
	p.Scope = ScopeOf(queues...)
	return p
}

func TestAScopeIsItsQueuesInAnyOrder(t *testing.T) {
	s := ScopeOf("b", "a", "b")
	if s != ScopeOf("a", "b") || !reflect.DeepEqual(s.Queues(), []QueueID{"a", "b"}) {
		t.Errorf("scope %q of %v", s, s.Queues())
	}
	for _, tt := range []struct {
		s    Scope
		of   []QueueID
		want bool
	}{
		{"", nil, true}, {"", []QueueID{"x"}, true}, {s, nil, false}, {s, []QueueID{""}, false},
		{s, []QueueID{"x"}, false}, {s, []QueueID{"x", "b"}, true}, {ScopeOf("ab"), []QueueID{"a"}, false},
	} {
		if got := tt.s.Covers(tt.of...); got != tt.want {
			t.Errorf("scope %q covers %v: %v, want %v", tt.s, tt.of, got, tt.want)
		}
	}
	if ScopeOf() != "" || ScopeOf().Queues() != nil {
		t.Error("no queues are not all queues")
	}
}

// overseen is every command that supervisors may give about a chat.
var overseen = []Command{
	Monitor{Monitoring}, Monitor{Whisper}, Monitor{Talk}, Unmonitor{}, TakeOver{}, AssignTo{Agent: "bob"}, AssignTo{Agent: "bob", Force: true},
	Requeue{Queue: "sales"}, SetPriority{1}, ForceEnd{}, SetAttributes{Set: map[string]string{"k": "v"}}, Announce{Queue: "support", Text: "x"},
	TransferChat{ToAgent: "bob"}, Invite{Agent: "bob"}, Consult{Agent: "bob"}, HandOver{Agent: "bob"}, DropAgent{Agent: "alice"},
	CancelTransfer{}, CancelInvite{}, ViewChat{},
}

func TestASupervisorOfOtherQueuesKnowsNothingOfAChat(t *testing.T) {
	for _, cmd := range overseen {
		t.Run(fmt.Sprintf("%T", cmd), func(t *testing.T) {
			served(t).refused(of(sue, "sales"), cmd, ErrNotFound)
			within, all := served(t).do(of(sue, "support", "billing"), cmd), served(t).do(sue, cmd)
			if _, shrinks := cmd.(Requeue); shrinks { // to a queue that is not his
				if !errors.Is(within.Err, ErrNotFound) {
					t.Errorf("to another queue: %v", within.Err)
				}
				within = served(t).do(of(sue, "support", "sales"), cmd)
			}
			if fmt.Sprint(within.Err) != fmt.Sprint(all.Err) || len(within.Events) != len(all.Events) {
				t.Errorf("within his scope %v and %d events, without a scope %v and %d", within.Err, len(within.Events), all.Err, len(all.Events))
			}
		})
	}
}

func TestWhoTakesPartInAChatOfAnotherQueueKnowsOfItAndDoesNotOverseeIt(t *testing.T) {
	for _, cmd := range []Command{Monitor{Monitoring}, TakeOver{}, AssignTo{Agent: "bob"}, Requeue{Queue: "sales"}, SetPriority{1}, ForceEnd{}} {
		p := served(t)
		p.must(sue, Monitor{Talk})
		p.refused(of(sue, "sales"), cmd, ErrForbidden)
	}
	p := served(t)
	p.must(sue, Monitor{Talk})
	narrow := of(sue, "sales")
	p.must(narrow, SendText{Text: "hello"})
	p.must(narrow, ViewChat{})
	p.must(narrow, LeaveChat{})
}

func TestASupervisorSendsAChatToNobodyWhomHeDoesNotKnow(t *testing.T) {
	stranger := func(c *Config) {
		c.Agents["far"] = &AgentProfile{ID: "far", Name: "Far", Queues: []QueueID{"elsewhere"}, Capacity: 1}
	}
	for _, cmd := range []Command{AssignTo{Agent: "far"}, TransferChat{ToAgent: "far"}, TransferChat{ToQueue: "sales"}, Invite{Agent: "far"},
		Consult{Agent: "far"}, Requeue{Queue: "sales"}} {
		p := served(t, stranger)
		p.refused(of(sue, "support"), cmd, ErrNotFound)
		if out := p.do(sue, cmd); errors.Is(out.Err, ErrNotFound) {
			t.Errorf("%+v without a scope: %v", cmd, out.Err)
		}
	}
}

func TestASupervisorOfOtherQueuesDoesNotCommandAnAgent(t *testing.T) {
	for _, cmd := range []Command{SetPresence{State: Offline}, Wrapup{Chat: "c1"}, ViewAgent{}} {
		d := newDesk(t)
		if out := d.do(of(chief, "elsewhere"), cmd); !errors.Is(out.Err, ErrNotFound) {
			t.Errorf("%T: %v, want not_found", cmd, out.Err)
		}
		within, all := newDesk(t).do(of(chief, "elsewhere", d.config.Agents["ann"].Queues[0]), cmd), newDesk(t).do(chief, cmd)
		if fmt.Sprint(within.Err) != fmt.Sprint(all.Err) {
			t.Errorf("%T: within his scope %v, without one %v", cmd, within.Err, all.Err)
		}
	}
}

func TestASupervisorOfOtherQueuesDoesNotTurnAQueue(t *testing.T) {
	h := newHall(t, func(*QueuePolicy) {})
	h.config.Agents = map[AgentID]*AgentProfile{"sue": {ID: "sue", Queues: []QueueID{"sales", h.q.id}}}
	ask := func(by Principal, cmd Command) Outcome {
		return h.q.Step(Turn{Now: h.now, By: by, Config: h.config, Entropy: 1}, cmd)
	}
	narrow := of(Principal{Role: RoleSupervisor, ID: "max"}, "elsewhere")
	for _, cmd := range []Command{SetQueueMode{QueueClosed}, ViewQueue{}} {
		if out := ask(narrow, cmd); !errors.Is(out.Err, ErrNotFound) {
			t.Errorf("%T: %v, want not_found", cmd, out.Err)
		}
	}
	if out := ask(of(sue, "elsewhere"), SetQueueMode{QueueClosed}); !errors.Is(out.Err, ErrForbidden) {
		t.Errorf("who serves the queue: %v, want forbidden", out.Err)
	}
	if out := ask(of(sue, h.q.id), SetQueueMode{QueueClosed}); out.Err != nil || len(out.Events) != 1 {
		t.Errorf("within his scope: %v, %d events", out.Err, len(out.Events))
	}
}

func TestACallForAssistanceGoesToTheSupervisorsOfTheQueueAlone(t *testing.T) {
	out := served(t).must(alice, Assist{To: []Overseer{{"sue", ScopeOf("support")}, {"sal", ScopeOf("sales")}, {"root", ""}}})
	var called []Stream
	for _, n := range out.News {
		if n.View == ToOverseer {
			called = append(called, n.To)
		}
	}
	if !reflect.DeepEqual(called, []Stream{"agent/sue", "agent/root"}) {
		t.Errorf("called %v", called)
	}
}
