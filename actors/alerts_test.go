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

func TestACustomerWhoIsNotAnsweredIsAnAlertUntilHeIs(t *testing.T) {
	for how, end := range map[string]func(alice, ann *person, chat acd.ChatID){
		"the agent answers": func(alice, _ *person, chat acd.ChatID) { alice.says(chat, "here I am") },
		"the chat ends":     func(_, ann *person, chat acd.ChatID) { ann.must(chat.Address(), acd.EndChat{}) },
		"the agent is gone": func(alice, _ *person, _ acd.ChatID) { alice.session.Close(""); alice.w.pass(61 * time.Second) },
	} {
		t.Run(how, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.change = func(c *acd.Config) { c.Queues["support"].Idle.Agent = time.Minute }
				w.crash()
				sue, sal := w.overseer("sue", "support"), w.overseer("sal", "sales")
				alice, ann := w.agent("alice"), w.customer("ann")
				alice.ready()
				ann.starts()
				chat := alice.accepts()
				alice.says(chat, "hello")
				ann.says(chat, "my parcel is late")
				w.pass(59 * time.Second)
				sue.wantAlerts(acd.AlertAgentIdle, 0, 0)
				w.pass(2 * time.Second)
				alice.must(chat.Address(), acd.SendText{Text: "who knows this?", To: acd.ForAgents})
				w.pass(time.Minute)
				sue.wantAlerts(acd.AlertAgentIdle, 1, 0)
				sal.wantAlerts(acd.AlertAgentIdle, 0, 0)
				if e, _ := last[acd.AlertRaised](sue); e.Alert.Chat != chat || e.Alert.Agent != "alice" || e.Alert.Queue != "support" {
					t.Errorf("%+v", e)
				}
				if got := w.supervisor("sid").welcome.Snapshot.Alerts; len(got) != 1 || got[0].Kind != acd.AlertAgentIdle {
					t.Errorf("who comes later sees %+v", got)
				}
				end(alice, ann, chat)
				w.pass(time.Second)
				sue.wantAlerts(acd.AlertAgentIdle, 1, 1)
			})
		})
	}
}

func TestACustomerWhoIsNotAnsweredIsAnAlertAgainAfterACrash(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = func(c *acd.Config) { c.Queues["support"].Idle.Agent = time.Minute }
		w.crash()
		w.supervisor("sue")
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		ann.starts()
		chat := alice.accepts()
		ann.says(chat, "my parcel is late")
		w.pass(2 * time.Minute)
		w.crash()
		alice = alice.again()
		w.pass(time.Minute)
		if got := w.supervisor("sue").welcome.Snapshot.Alerts; len(got) != 1 || got[0].Kind != acd.AlertAgentIdle || got[0].Chat != chat {
			t.Errorf("after a crash sue sees %+v", got)
		}
		alice.says(chat, "here I am")
		w.pass(time.Minute)
		if got := w.supervisor("sue").welcome.Snapshot.Alerts; len(got) != 0 {
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
