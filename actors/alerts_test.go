package actors_test

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// alerts counts what the person was told of a kind of alert: raised and over.
func (p *person) alerts(kind acd.AlertKind) (raised, over int) {
	p.read()
	for _, d := range p.got {
		if d.News == nil {
			continue
		}
		if e, ok := d.News.Event.(acd.AlertRaised); ok && e.Alert.Kind == kind {
			if d.Seq == 0 {
				p.w.t.Error("an alert has no number")
			}
			if e.Over {
				over++
			} else {
				raised++
			}
		}
	}
	return raised, over
}

func (p *person) wantAlerts(kind acd.AlertKind, raised, over int) {
	p.w.t.Helper()
	if r, o := p.alerts(kind); r != raised || o != over {
		p.w.t.Errorf("%s: %d raised and %d over, want %d and %d", kind, r, o, raised, over)
	}
}

func TestAnAgentWhoDoesNotAnswerIsAnAlertUntilHeReturns(t *testing.T) {
	inWorld(t, func(w *world) {
		sue, alice, ann := w.supervisor("sue"), w.agent("alice"), w.customer("ann")
		alice.ready()
		ann.starts()
		w.pass(21 * time.Second)
		sue.wantAlerts(acd.AlertStrikes, 1, 0)
		if got := w.supervisor("sid").welcome.Snapshot.Alerts; len(got) != 1 || got[0].Kind != acd.AlertStrikes || got[0].Agent != "alice" {
			t.Errorf("who comes later sees %+v", got)
		}
		alice.ready()
		w.pass(time.Second)
		sue.wantAlerts(acd.AlertStrikes, 1, 1)
	})
}

func TestAQueueWhoseOldestWaitsTooLongIsOneAlertUntilHeIsServed(t *testing.T) {
	inWorld(t, func(w *world) {
		sue, alice, ann, bert := w.supervisor("sue"), w.agent("alice"), w.customer("ann"), w.customer("bert")
		ann.starts()
		left := bert.starts()
		w.pass(19 * time.Second)
		sue.wantAlerts(acd.AlertSLA, 0, 0)
		w.pass(30 * time.Second)
		sue.wantAlerts(acd.AlertSLA, 1, 0)
		if e, _ := last[acd.AlertRaised](sue); e.Alert.Queue != "support" || e.Alert.Since.IsZero() {
			t.Errorf("%+v", e)
		}
		bert.must(left.Address(), acd.EndChat{})
		alice.ready()
		alice.accepts()
		w.pass(6 * time.Second)
		sue.wantAlerts(acd.AlertSLA, 1, 1)
		if got := w.supervisor("sid").welcome.Snapshot.Alerts; len(got) != 0 {
			t.Errorf("still open: %+v", got)
		}
	})
}

func TestAChatInQuarantineIsAnAlertUntilItIsEndedByForce(t *testing.T) {
	inWorld(t, func(w *world) {
		sue, alice, ann := w.supervisor("sue"), w.agent("alice"), w.customer("ann")
		alice.ready()
		bad := ann.starts()
		alice.accepts()
		w.pass(10 * time.Minute)
		w.poison(bad)
		ann.refused("internal", bad.Address(), acd.SendText{Text: "anybody"})
		ann.refused("internal", bad.Address(), acd.SendText{Text: "still"})
		w.pass(time.Second)
		sue.wantAlerts(acd.AlertQuarantined, 1, 0)
		sue.must(bad.Address(), acd.ForceEnd{Reason: "broken"})
		w.pass(time.Second)
		sue.wantAlerts(acd.AlertQuarantined, 1, 1)
	})
}
