package acd

import (
	"errors"
	"fmt"
	"testing"
)

func TestWhoCannotComeInGoesToAnotherQueue(t *testing.T) {
	full := func(h *hall) { h.step(h.entry("c0")) }
	for _, c := range []struct {
		name   string
		policy func(*QueuePolicy)
		before func(*hall)
		tried  []QueueID
		to     string // "" is refused
		err    error
	}{
		{name: "it is open", to: "chat/c1"},
		{name: "it is closed", policy: func(p *QueuePolicy) { p.Mode = QueueClosed }, to: "queue/sales"},
		{name: "it is full", policy: func(p *QueuePolicy) { p.MaxSize = 1 }, before: full, to: "queue/sales"},
		{name: "nobody serves it", policy: func(p *QueuePolicy) { p.JoinEmpty = JoinLoggedIn }, to: "queue/sales"},
		{name: "fewer wait than that", policy: func(p *QueuePolicy) { p.Overflow.At = 2 }, before: full, to: "chat/c1"},
		{name: "so many wait", policy: func(p *QueuePolicy) { p.Overflow.At = 1 }, before: full, to: "queue/sales"},
		{name: "one on its way counts", policy: func(p *QueuePolicy) { p.Overflow.At = 1 },
			before: func(h *hall) { h.step(Start{Chat: "c0"}) }, to: "queue/sales"},
		{name: "who comes from there stays", policy: func(p *QueuePolicy) { p.Overflow.At = 1 }, before: full,
			tried: []QueueID{"sales"}, to: "chat/c1"},
		{name: "who comes from there and cannot stay is refused", policy: func(p *QueuePolicy) { p.Mode = QueueClosed },
			tried: []QueueID{"sales"}, err: ErrQueueClosed},
		{name: "there is no such queue", policy: func(p *QueuePolicy) { p.Mode, p.Overflow.Queue = QueueClosed, "none" }, err: ErrQueueClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, func(p *QueuePolicy) {
				p.Overflow.Queue = "sales"
				if c.policy != nil {
					c.policy(p)
				}
			})
			h.config.Queues["sales"] = &QueuePolicy{ID: "sales"}
			if c.before != nil {
				c.before(h)
			}
			out := h.step(Start{Chat: "c1", Tried: c.tried})
			if c.err != nil {
				if !errors.Is(out.Err, c.err) || out.Forward != nil {
					t.Fatalf("got %v, %+v", out.Err, out.Forward)
				}
				return
			}
			on := out.Forward.Cmd.(Start)
			if out.Err != nil || out.Forward.To.String() != c.to {
				t.Fatalf("goes to %v, %v", out.Forward.To, out.Err)
			}
			if c.to == "queue/sales" && (on.Queue != "sales" || on.Admitted || fmt.Sprint(on.Tried) != "[support]") {
				t.Fatalf("passed on %+v", on)
			}
		})
	}
}

func TestAQueueOfSkillsTakesOnlyWhomSomebodyCouldServe(t *testing.T) {
	for _, c := range []struct {
		name  string
		needs []string
		steps []Step
		agent func(*AgentAdvert)
		want  error
	}{
		{"somebody could", []string{"latin"}, nil, knowing("latin"), nil},
		{"somebody could, busy or not", []string{"latin"}, nil, func(a *AgentAdvert) { busy(a); a.Skills = []string{"latin"} }, nil},
		{"nobody can", []string{"latin"}, nil, knowing("law"), ErrNoAgents},
		{"nobody can so well", []string{"latin>=9"}, nil, knowing("latin"), ErrNoAgents},
		{"somebody will do in the end", []string{"latin>=9"}, []Step{{After: 1}, {After: 2, MinLevel: 2}}, knowing("latin"), nil},
		{"who could is away", []string{"latin"}, nil, func(a *AgentAdvert) { away(a); a.Skills = []string{"latin"} }, ErrNoAgents},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, func(p *QueuePolicy) { p.JoinEmpty, p.Steps = JoinSkilled, c.steps })
			h.step(h.advert("alice", c.agent))
			if out := h.step(Start{Chat: "c1", Skills: c.needs}); !errors.Is(out.Err, c.want) {
				t.Fatalf("got %v, want %v", out.Err, c.want)
			}
		})
	}
}
