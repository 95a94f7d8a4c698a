package actors

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// patient is a machine with the troubles that it is given.
type patient struct {
	acd.Machine
	due time.Time
	bad error
}

func (p *patient) Deadline() time.Time { return p.due }
func (p *patient) Check() error        { return p.bad }

func TestAMachineInTroubleIsAnAlertUntilItIsSound(t *testing.T) {
	e := &Engine{base: time.Now(), runtime: newLive(), log: slog.New(slog.DiscardHandler)}
	e.figures, e.counters = newFigures(e), newCounters(e)
	e.directory, e.alerts, e.overseers = newDirectory(nil), newAlerts(e), newOverseers(e)
	p := &patient{}
	s := &shell{engine: e, addr: acd.ChatID("c1").Address(), machine: p}
	long := e.now().Add(-stuckAfter - time.Second)
	for _, c := range []struct {
		name string
		make func()
		want string
	}{
		{"nothing is wrong", func() {}, ""},
		{"a rule is broken", func() { p.bad = errors.New("two owners") }, "two owners"},
		{"it is sound again", func() { p.bad = nil }, ""},
		{"a timer was lost", func() { p.due = long }, "what was due has not been done"},
		{"it is due now", func() { p.due = e.now() }, ""},
		{"another one is silent", func() {
			k := outKey{acd.AgentID("a").Address(), "k"}
			s.outbox.open, s.outbox.left = []told{{outKey: k, nth: 1, cmd: acd.Tick{}, at: long}}, 1
		}, "agent/a does not answer"},
		{"it is in quarantine, which is an alert of its own", func() {
			e.directory.poisoned.Store(acd.AgentID("a").Address(), "x")
		}, ""},
	} {
		c.make()
		s.inspected()
		got := ""
		if open := e.alerts.list(""); len(open) == 1 && open[0].Kind == acd.AlertStuck && open[0].Chat == "c1" {
			got = open[0].Text
		} else if len(open) > 0 {
			t.Errorf("%s: %+v", c.name, open)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Step implements acd.Machine: nothing of it is done.
func (p *patient) Step(acd.Turn, acd.Command) acd.Outcome { return acd.Outcome{} }

func TestADeadlineThatTheRulesHoldBackAfterAStartIsNotAskedForAgainAndAgain(t *testing.T) {
	e := &Engine{base: time.Now(), runtime: newLive(), log: slog.New(slog.DiscardHandler)}
	e.figures, e.counters = newFigures(e), newCounters(e)
	e.opts.Entropy = func() uint64 { return 1 }
	e.holdUntil = e.now().Add(time.Hour)
	s := &shell{engine: e, life: 1, machine: &patient{due: e.now().Add(-time.Second)}}
	s.Receive(alarm{1})
	defer s.halt()
	if !s.timerAt.Equal(e.holdUntil) {
		t.Errorf("the next alarm is at %s, expected when the hold is over, at %s", s.timerAt, e.holdUntil)
	}
}

// schedule is a machine with several deadlines.
type schedule struct {
	patient
	all []time.Time
}

func (p *schedule) Deadline() time.Time { return p.DeadlineAfter(time.Time{}) }

func (p *schedule) DeadlineAfter(t time.Time) (first time.Time) {
	for _, at := range p.all {
		if at.After(t) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

func TestADeadlineThatIsHeldBackDoesNotHideANewerOne(t *testing.T) {
	e := &Engine{base: time.Now(), runtime: newLive(), log: slog.New(slog.DiscardHandler)}
	e.figures, e.counters = newFigures(e), newCounters(e)
	e.holdUntil = e.now().Add(time.Hour)
	old, soon := e.now().Add(-time.Minute), e.now().Add(30*time.Minute)
	m := &schedule{all: []time.Time{old, old.Add(time.Second)}}
	s := &shell{engine: e, life: 1, machine: m}
	defer s.halt()
	s.remember()
	if s.arm(e.now()); !s.timerAt.Equal(e.holdUntil) {
		t.Errorf("with old deadlines only the alarm is at %s, expected at %s", s.timerAt, e.holdUntil)
	}
	m.all = append(m.all, soon)
	if s.arm(e.now()); !s.timerAt.Equal(soon) {
		t.Errorf("with a new one the alarm is at %s, expected at %s", s.timerAt, soon)
	}
}
