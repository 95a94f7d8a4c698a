package acd

import (
	"fmt"
	"testing"
)

func TestA16FocusConnectsOneChatAndHoldsTheOthers(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.serve()
	d.ring()
	d.expect(ann, Focus{Chat: "c2"}, "focus c2 holds [c1]")
	d.expect(ann, Focus{Chat: "c2"}, "")
	d.expect(ann, Focus{}, "focus holds [c1 c2]")
	d.expect(ann, Focus{Chat: "c3"}, "refused not_participant")
	d.expect(ann, Focus{Chat: "c9"}, "refused not_participant")
	d.expect(chief, Focus{Chat: "c1"}, "refused forbidden")
}

func TestAWindowIsSharedUntilTheChatLeaves(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.expect(ann, SetOpened{Chat: chat, On: true}, "window c1 true")
	d.expect(ann, SetOpened{Chat: chat, On: true}, "")
	d.do(nobodyHere, Released{Chat: chat, Spec: mandatory})
	d.expect(ann, SetOpened{Chat: chat}, "window c1 false")
	d.expect(ann, SetOpened{Chat: chat, On: true}, "window c1 true")
	d.do(ann, Wrapup{Chat: chat, Code: "spam"})
	if v := d.view(); len(v.Opened) != 0 {
		t.Fatalf("%+v", v.Opened)
	}
	d.expect(ann, SetOpened{Chat: chat, On: true}, "refused not_participant")
}

func TestClosingTheWindowLeavesTheDebt(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(blocking)
	d.do(ann, SetOpened{Chat: chat, On: true})
	d.do(ann, SetOpened{Chat: chat})
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied wrapup" {
		t.Fatal(w)
	}
}

func TestAChannelIsOpenedAndClosed(t *testing.T) {
	d := newDesk(t)
	d.expect(ann, SetChannel{Channel: "facebook"}, "channel facebook false")
	d.expect(ann, SetChannel{Channel: "facebook"}, "")
	d.expect(ann, SetChannel{Channel: "livechat", Open: true}, "")
	d.expect(ann, SetChannel{Channel: "fax"}, "refused not_found")
	d.expect(chief, SetChannel{Channel: "facebook", Open: true}, "refused forbidden")
	if got := fmt.Sprint(d.view().Channels); got != "[{facebook false 1 0} {livechat true 0 0}]" {
		t.Fatal(got)
	}
	d.expect(ann, SetChannel{Channel: "facebook", Open: true}, "channel facebook true")
}

func TestTheStatusFollowsFromPresenceAndWork(t *testing.T) {
	for _, c := range []struct {
		want string
		then func(*desk)
	}{
		{"idle", func(*desk) {}},
		{"idle", func(d *desk) { d.reserve() }},
		{"alerting", func(d *desk) { d.serve(); d.ring() }},
		{"interacting", func(d *desk) { d.owe(mandatory); d.serve() }},
		{"wrapup", func(d *desk) { d.owe(mandatory) }},
		{"idle", func(d *desk) { d.owe(optional) }},
		{"not_responding", func(d *desk) { d.miss() }},
		{"off_queue", func(d *desk) { d.do(ann, SetPresence{State: NotReady}) }},
		{"off_queue", func(d *desk) { d.do(nobodyHere, SessionClosed{Session: "s1"}) }},
	} {
		d := newDesk(t)
		if c.then(d); d.view().Status != c.want {
			t.Errorf("%s, want %s", d.view().Status, c.want)
		}
	}
}

func TestWhoMayLookAtADesk(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		by   Principal
		want string
	}{{ann, ""}, {chief, ""}, {nobodyHere, ""}, {bea, "refused forbidden"}, {stranger, "refused forbidden"}} {
		d.expect(c.by, ViewAgent{}, c.want)
	}
}

func TestAViewShowsAllThatADeskNeeds(t *testing.T) {
	d := newDesk(t)
	d.owe(mandatory)
	d.serve()
	d.do(ann, SetPresence{State: NotReady, Reason: "lunch", After: true})
	v := d.view()
	if v.Agent != "ann" || v.Name != "Ann" || v.Capacity != 3 || v.Used != 2 || v.Focus != "c2" || len(v.Queues) != 2 ||
		v.Next.Reason != "lunch" || len(v.Slots) != 1 || v.Slots[0].State != SlotConnected || len(v.Debts) != 1 || v.Debts[0].Chat != "c1" {
		t.Fatalf("%+v", v)
	}
}

func TestAnAgentRefusesWhatIsForAnotherMachine(t *testing.T) {
	newDesk(t).expect(ann, SendText{Text: "hi"}, "refused bad_state")
}
