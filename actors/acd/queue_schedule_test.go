package acd

import (
	"errors"
	"testing"
	"time"
)

// hours gives the queue of a hall a schedule; opening is a Monday at nine.
func (h *hall) keeps(s Schedule, change func(*QueuePolicy)) *hall {
	h.configure(func(p *QueuePolicy) {
		p.Schedule = "office"
		change(p)
	})
	h.config.Schedules = map[string]*Schedule{"office": made(h.t, s)}
	h.step(ConfigChanged{})
	return h
}

func untilTen() Schedule { return Schedule{Zone: "UTC", Week: []Hours{{From: 8 * 60, To: 10 * 60}}} }

func TestAQueueIsOpenByItsSchedule(t *testing.T) {
	h := newHall(t, nil).keeps(untilTen(), func(*QueuePolicy) {})
	for _, c := range []struct {
		pass time.Duration
		want error
	}{{0, nil}, {59*time.Minute + 59*time.Second, nil}, {time.Second, ErrQueueClosed}, {21 * time.Hour, ErrQueueClosed}, {time.Hour, nil}} {
		h.pass(c.pass)
		mode := QueueOpen
		if c.want != nil {
			mode = QueueClosed
		}
		if out := h.step(Start{Chat: ChatID("of-" + h.now.String())}); !errors.Is(out.Err, c.want) {
			t.Errorf("at %s a start is answered %v, want %v", h.now, out.Err, c.want)
		}
		out := h.q.Step(Turn{Now: h.now, Config: h.config, By: sue}, ViewQueue{})
		if v := out.Result.(QueueView); v.Mode != mode || v.Takes != (c.want == nil) {
			t.Errorf("at %s it is shown as %s, takes %t", h.now, v.Mode, v.Takes)
		}
	}
}

func TestAQueueThatIsClosedSaysWhenItOpens(t *testing.T) {
	never := Schedule{Zone: "UTC", Week: []Hours{{From: 8 * 60, To: 10 * 60}}, Holidays: []Day{{Date: "2020-01-01", Every: "FREQ=DAILY"}}}
	for name, c := range map[string]struct {
		keeps  Schedule
		change func(*QueuePolicy)
		want   time.Duration
	}{
		"tomorrow at eight": {untilTen(), func(*QueuePolicy) {}, 21 * time.Hour},
		"never":             {never, func(*QueuePolicy) {}, 0},
		"closed besides":    {untilTen(), func(p *QueuePolicy) { p.Mode = QueueClosed }, 0},
	} {
		h := newHall(t, nil).keeps(c.keeps, c.change)
		h.pass(2 * time.Hour) // eleven
		var r *Refusal
		if out := h.step(Start{Chat: "c1"}); !errors.As(out.Err, &r) || r.Code != ErrQueueClosed.Code || r.RetryAfter != c.want {
			t.Errorf("%s: %+v, want after %s", name, out.Err, c.want)
		}
		if out := h.step(Admit{Chat: "c2"}); !errors.As(out.Err, &r) || r.RetryAfter != c.want {
			t.Errorf("%s: a transfer: %+v, want after %s", name, out.Err, c.want)
		}
	}
}

func TestAQueueThatClosesWakesForWhoWaitsAlone(t *testing.T) {
	h := newHall(t, nil).keeps(untilTen(), func(*QueuePolicy) {})
	if at := h.q.Deadline(); !at.IsZero() {
		t.Errorf("nobody waits, and it wants to be woken at %s", at)
	}
	h.step(h.entry("c1"))
	h.q.tellAt = 0
	if at, want := h.q.Deadline(), opening.Add(time.Hour); !at.Equal(want) {
		t.Errorf("wants to be woken at %s, want %s", at, want)
	}
}

func TestWhoWaitsWhenTheHoursEndHasADefinedEnd(t *testing.T) {
	for _, c := range []struct {
		name     string
		onClosed Dismissal
		want     []string
	}{
		{"finish who waits", Dismissal{}, nil},
		{"tell them", Dismissal{Text: "we close"}, []string{"chat/c1 acd.Notice"}},
		{"send them on", Dismissal{Queue: "sales"}, []string{"chat/c1 acd.EnqueueRefused"}},
		{"send them home", Dismissal{Do: EndWaiting, Text: "we close"}, []string{"chat/c1 acd.EnqueueRefused"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall(t, nil).keeps(untilTen(), func(p *QueuePolicy) { p.OnClosed = c.onClosed })
			h.step(h.entry("c1"))
			h.pass(time.Hour)
			wantSends(t, h.step(Tick{}), c.want...)
			wantSends(t, h.step(Tick{})) // once
			if c.onClosed.Do == EndWaiting || c.onClosed.Queue != "" {
				wantSends(t, h.step(h.entry("c2")), "chat/c2 acd.EnqueueRefused") // on its way
				return
			}
			h.wantAsked(h.step(h.advert("alice")), "alice:c1")
		})
	}
}

func TestWhoWaitsAcrossARestartInAClosedQueueIsToldAgain(t *testing.T) {
	h := newHall(t, nil)
	h.pass(2 * time.Hour)
	h.configure(func(p *QueuePolicy) { p.Schedule, p.OnClosed.Text = "office", "we close" })
	h.config.Schedules = map[string]*Schedule{"office": made(t, untilTen())}
	wantSends(t, h.step(Restore{Waiting: []Enqueue{h.entry("c1")}}), "chat/c1 acd.Notice")
}

func TestAnotherScheduleIsTakenAtOnce(t *testing.T) {
	h := newHall(t, nil).keeps(untilTen(), func(p *QueuePolicy) { p.OnClosed.Do = EndWaiting })
	h.step(h.entry("c1"))
	h.configure(func(p *QueuePolicy) { p.Schedule, p.OnClosed.Do = "office", EndWaiting })
	h.config.Schedules = map[string]*Schedule{"office": made(t, Schedule{Zone: "UTC", Holidays: []Day{{Date: "2026-05-04"}}})}
	wantSends(t, h.step(ConfigChanged{}), "chat/c1 acd.EnqueueRefused")
}

func TestAClosedOrDrainingQueueIsNotOpenedByItsSchedule(t *testing.T) {
	for _, mode := range []QueueMode{QueueClosed, QueueDraining} {
		h := newHall(t, nil).keeps(untilTen(), func(p *QueuePolicy) { p.Mode = mode })
		if out := h.step(Start{Chat: "c1"}); !errors.Is(out.Err, ErrQueueClosed) {
			t.Errorf("%s: %v", mode, out.Err)
		}
	}
}
