package acd

import (
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// restart gives d a new life from its snapshot, with the slots as the index
// has them.
func (d *desk) restart(rows ...SlotRow) {
	d.Helper()
	var state DeskState
	if err := cbor.Unmarshal([]byte(deskBytes(d, d.a.Export())), &state); err != nil {
		d.Fatal(err)
	}
	d.a, d.folded = NewAgent("ann"), NewAgent("ann")
	d.a.Import(state)
	d.folded.Import(state)
	d.do(nobodyHere, Restore{Slots: rows})
}

func TestARestartGivesPeopleTimeToComeBack(t *testing.T) {
	d := newDesk(t)
	d.wait(time.Hour)
	d.restart()
	if ad := d.ad("support"); !ad.SignedIn || ad.Available || ad.Free != 0 {
		t.Fatalf("%+v", ad)
	}
	d.wait(59 * time.Second)
	d.do(ann, SessionOpened{Session: "s2", Alerting: true})
	if ad := d.ad("support"); ad.Free != 3 {
		t.Fatalf("%+v", ad)
	}
}

func TestARestartEndsInLostForWhoDoesNotComeBack(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	row := deskRow("c1.1", SlotConnected, d.now)
	d.restart(row)
	d.now = d.now.Add(time.Minute)
	d.expect(nobodyHere, Tick{}, "presence offline lost by system | → chat/c1 lost")
	d.restart(row) // and the message is lost
	if w := deskLine(d.out); w != "→ chat/c1 lost" {
		t.Fatalf("%s: %s", chat, w)
	}
}

func TestARestartOfWhoIsOfflineLeavesHimSo(t *testing.T) {
	d := newDesk(t)
	d.do(ann, SetPresence{State: Offline})
	d.restart()
	if !d.a.Deadline().IsZero() || d.ad("support").SignedIn {
		t.Fatalf("deadline %s", d.a.Deadline())
	}
}

func TestARestartNeverForgetsASlot(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.ring()
	connected, alerting := deskRow("c1.1", SlotConnected, d.now), deskRow("c2.1", SlotAlerting, d.now)
	d.restart(connected, alerting, connected)
	d.do(ann, SessionOpened{Session: "s2", Alerting: true})
	if v := d.view(); len(v.Slots) != 2 || v.Used != 2 || v.Focus != "c1" {
		t.Fatalf("%+v", v)
	}
	d.expect(nobodyHere, Assigned{Slot: connected}, "")
	d.expect(nobodyHere, OfferStart{Slot: alerting}, "")
	d.reserve()
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied capacity" {
		t.Fatal(w)
	}
}

func TestARestartOpensADebtThatTheCrashSwallowed(t *testing.T) {
	d := newDesk(t)
	d.serve()
	row := deskRow("", SlotReleased, d.now)
	row.Chat, row.Spec = "c1", mandatory
	d.restart(row)
	if w := deskLine(d.out); w != "owes c1 mandatory" {
		t.Fatal(w)
	}
	if debt := d.a.state.debt("c1"); debt.Weight != 1 || debt.Channel != "livechat" {
		t.Fatalf("%+v", debt)
	}
	d.restart(row)
	if w := deskLine(d.out); w != "" {
		t.Fatalf("again: %s", w)
	}
}

func TestARestartFilesAgainWhatTheChatHasNotHeard(t *testing.T) {
	d := newDesk(t)
	row := deskRow("", SlotReleased, d.now)
	row.Chat, row.Spec = "c1", mandatory
	d.owe(mandatory)
	d.do(ann, Wrapup{Chat: "c1", Code: "spam"})
	d.restart(row)
	if w := deskLine(d.out); w != "→ chat/c1 filed spam by agent" {
		t.Fatal(w)
	}
	row.Since = d.now.Add(time.Minute) // of a second stay in the chat
	d.restart(row)
	if w := deskLine(d.out); w != "owes c1 mandatory" {
		t.Fatal(w)
	}
}

func TestARestartForgetsWindowsAndFocusOfChatsThatLeft(t *testing.T) {
	d := newDesk(t)
	d.do(ann, SetOpened{Chat: d.serve(), On: true})
	d.restart()
	if w := deskLine(d.out); w != "window c1 false | focus holds []" {
		t.Fatal(w)
	}
}

func TestARestartTakesBackOffersOfWhoSaidNotReady(t *testing.T) {
	d := newDesk(t)
	d.ring()
	d.do(ann, SetPresence{State: NotReady})
	d.restart(deskRow("c1.1", SlotAlerting, d.now))
	if w := deskLine(d.out); w != "→ chat/c1 aborted agent_state" {
		t.Fatal(w)
	}
}

func TestARestartEndsADrainThatHadNothingLeft(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.do(ann, SetPresence{State: Offline, Drain: true})
	d.restart()
	if w := deskLine(d.out); w != "focus holds [] | presence offline by system" {
		t.Fatal(w)
	}
}

func TestAdvertsOfANewLifeAreNewer(t *testing.T) {
	d := newDesk(t)
	for range 5 {
		d.reserve()
	}
	before := d.ad("support").Gen
	d.wait(time.Millisecond)
	d.restart()
	if after := d.ad("support").Gen; after <= before {
		t.Fatalf("%d after %d", after, before)
	}
}

func TestAForeignEventIsABugAndSaysSo(t *testing.T) {
	defer func() {
		if r := recover(); r == nil {
			t.Fatal("a chat's event was folded into an agent")
		}
	}()
	NewAgent("ann").Apply(deskDay, ChatClosed{})
}

func TestWhoHasFailedKeepsRoomForWhatHeMayHavePromised(t *testing.T) {
	d := newDesk(t)
	var state DeskState
	if err := cbor.Unmarshal([]byte(deskBytes(d, d.a.Export())), &state); err != nil {
		t.Fatal(err)
	}
	d.reserve() // and the grant is on its way to the chat
	promised := deskRow("c1.1", SlotAlerting, d.now)
	d.a, d.folded = NewAgent("ann"), NewAgent("ann")
	d.a.Import(state)
	d.folded.Import(state)
	d.do(nobodyHere, Restore{Failed: true, Sessions: []SessionOpened{{Session: "s1", Alerting: true}}})
	if ad := d.ad("support"); ad.Free != 0 || !ad.Available {
		t.Fatalf("what is promised is offered once more: %+v", ad)
	}
	if d.reserve(); deskLine(d.out) != "→ queue/support denied starting" {
		t.Fatal(deskLine(d.out))
	}
	d.do(nobodyHere, OfferStart{Slot: promised, Sure: true})
	if v := d.view(); v.Used != 1 || v.Slots[0].State != SlotAlerting {
		t.Fatalf("%+v", v)
	}
	d.wait(d.config.Desk.ReserveTTL)
	if ad := d.ad("support"); ad.Free != 2 {
		t.Fatalf("what can be promised no more is not offered again: %+v", ad)
	}
	if offer := d.reserve(); deskLine(d.out) != "→ queue/support Reserved "+string(offer) {
		t.Fatal(deskLine(d.out))
	}
}

func TestWhoHasFailedIsThereWhileHisSessionsAre(t *testing.T) {
	d := newDesk(t)
	d.ring()
	row := deskRow("c1.1", SlotAlerting, d.now)
	d.a, d.folded = NewAgent("ann"), NewAgent("ann")
	d.do(nobodyHere, Restore{Slots: []SlotRow{row}, Failed: true, Sessions: []SessionOpened{{Session: "s0"}, {Session: "s1", Alerting: true}}})
	if s := d.a.slotOf("c1"); !s.heard {
		t.Fatalf("it rings where nobody is: %+v", s)
	}
	d.do(ann, SetPresence{State: Available})
	if !d.ad("support").Available {
		t.Fatal("nobody is said to be there")
	}
	d.do(ann, SessionClosed{Session: "s0"})
	d.do(ann, SessionClosed{Session: "s1"})
	if d.ad("support").Available {
		t.Fatal("nobody is there")
	}
}

func TestASupervisorMayForceAChatOnWhoHasJustFailed(t *testing.T) {
	d := newDesk(t)
	d.do(nobodyHere, Restore{Failed: true})
	d.expect(nobodyHere, Reserve{Offer: "c9.1", Chat: "c9", From: "support", Channel: "livechat", Weight: 1, Force: true}, "→ queue/support Reserved c9.1")
}
