package acd

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestAQueueAdmitsByItsPolicy(t *testing.T) {
	full := func(p *QueuePolicy) { p.MaxSize = 1 }
	joining := func(j JoinEmpty) func(*QueuePolicy) { return func(p *QueuePolicy) { p.JoinEmpty = j } }
	cases := []struct {
		name   string
		policy func(*QueuePolicy)
		before func(*hall)
		want   error
	}{
		{"an open one takes it", nil, nil, nil},
		{"a closed one does not", func(p *QueuePolicy) { p.Mode = QueueClosed }, nil, ErrQueueClosed},
		{"there is room for one", full, nil, nil},
		{"one waits already", full, func(h *hall) { h.step(h.entry("c0")) }, ErrQueueFull},
		{"one is on its way", full, func(h *hall) { h.step(Start{Chat: "c0"}) }, ErrQueueFull},
		{"the one on its way did not come in time", full, func(h *hall) {
			h.step(Start{Chat: "c0"})
			h.tick(2 * time.Second)
		}, nil},
		{"the same start again is no second chat", full, func(h *hall) { h.step(Start{Chat: "c1"}) }, nil},
		{"nobody serves and that is all right", joining(JoinAlways), nil, nil},
		{"nobody is signed in", joining(JoinLoggedIn), nil, ErrNoAgents},
		{"somebody is signed in", joining(JoinLoggedIn), func(h *hall) { h.step(h.advert("alice", away)) }, nil},
		{"nobody is available", joining(JoinAvailable), func(h *hall) { h.step(h.advert("alice", away)) }, ErrNoAgents},
		{"somebody is available and busy", joining(JoinAvailable), func(h *hall) { h.step(h.advert("alice", busy)) }, nil},
		{"the last one has gone", joining(JoinAvailable), func(h *hall) {
			h.step(h.advert("alice"))
			h.step(h.advert("alice", away))
		}, ErrNoAgents},
		{"there is no such queue", nil, func(h *hall) { h.config = &Config{} }, ErrNotFound},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, c.policy)
			if c.before != nil {
				c.before(h)
			}
			out := h.step(Start{Chat: "c1", Source: "web", Name: "Ann"})
			if !errors.Is(out.Err, c.want) {
				t.Fatalf("got %v, want %v", out.Err, c.want)
			}
			if c.want != nil {
				if out.Forward != nil || len(out.Sends)+len(out.News) > 0 {
					t.Fatalf("refused, and still: %+v", out)
				}
				return
			}
			on, ok := out.Forward.Cmd.(Start)
			if !ok || out.Forward.To != ChatID("c1").Address() || !on.Admitted || on.Queue != "support" || on.Name != "Ann" {
				t.Fatalf("handed on %+v", out.Forward)
			}
		})
	}
}

func TestAnAdmittedChatTakesItsOwnPlaceWhenItComes(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.MaxSize = 2 })
	h.step(Start{Chat: "c1"})
	h.step(h.entry("c1"))
	if out := h.step(Start{Chat: "c2"}); out.Err != nil {
		t.Fatalf("the second of two: %v", out.Err)
	}
	if out := h.step(Start{Chat: "c3"}); !errors.Is(out.Err, ErrQueueFull) {
		t.Fatalf("the third of two: %v", out.Err)
	}
}

func TestAChatThatComesBackIsTakenEvenWhenTheQueueIsFullOrClosed(t *testing.T) {
	h := newHall(t, func(p *QueuePolicy) { p.MaxSize, p.Mode = 1, QueueClosed })
	for i := range 3 {
		h.step(h.entry(ChatID(fmt.Sprint("c", i))))
	}
	if n := h.q.line.len(); n != 3 {
		t.Fatalf("%d wait, want 3", n)
	}
}

func race43AChatThatComesToADeletedQueueIsRefused(t *testing.T) {
	h := newHall(t, nil)
	h.config = &Config{}
	r, send := the[EnqueueRefused](t, h.step(h.entry("c1")))
	if r.ID != "stay-c1" || r.Reason != "deleted" || send.To != ChatID("c1").Address() {
		t.Fatalf("got %+v to %v", r, send.To)
	}
}

func race43AQueueThatIsDeletedSendsAwayWhoHasNoOffer(t *testing.T) {
	h := newHall(t, nil)
	ringing := h.grant(h.stepAll(h.advert("alice"), h.entry("c1")))
	h.stepAll(h.advert("bob"), h.entry("c2"), h.entry("c3"))
	kept := h.config
	h.config = &Config{}
	wantSends(t, h.step(ConfigChanged{}),
		"agent/bob acd.SlotRelease", "chat/c2 acd.EnqueueRefused", "chat/c3 acd.EnqueueRefused")
	if w := h.q.line.chats.get("c1"); w == nil || w.granted()[0] != ringing.Offer {
		t.Fatalf("the open offer is forgotten: %+v", w)
	}
	wantSends(t, h.step(h.entry("c1")), "chat/c1 acd.EnqueueRefused")
	h.config = kept
	h.wantAsked(h.step(h.entry("c4")), "bob:c4")
}

// stepAll takes several commands and returns the last one's outcome.
func (h *hall) stepAll(cmds ...Command) (out Outcome) {
	h.t.Helper()
	for _, c := range cmds {
		out = h.step(c)
	}
	return out
}

func TestAChatNeedsWhatItsSourceSays(t *testing.T) {
	h := newHall(t, nil)
	h.config.Sources = map[SourceID]*Source{"web": {ID: "web", Skills: []string{"latin>=7"}, Priority: 2}}
	on := h.step(Start{Chat: "c1", Source: "web", Skills: []string{"law"}, Priority: 1}).Forward.Cmd.(Start)
	if fmt.Sprint(on.Skills) != "[law latin>=7]" || on.Priority != 3 {
		t.Fatalf("handed on %+v", on)
	}
}
