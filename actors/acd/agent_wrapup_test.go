package acd

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestA18TheEndOfAChatOpensItsDebtOrFreesTheSlot(t *testing.T) {
	for _, c := range []struct {
		spec WrapupPolicy
		want string
		used int
	}{
		{WrapupPolicy{}, "freed c1", 0},
		{WrapupPolicy{Mode: WrapupNone}, "freed c1", 0},
		{optional, "owes c1 optional", 0},
		{mandatory, "owes c1 mandatory", 1},
		{timed, "owes c1 timed", 1},
		{blocking, "owes c1 mandatory", 0},
	} {
		d := newDesk(t)
		chat := d.serve()
		d.expect(nobodyHere, Released{Chat: chat, Spec: c.spec}, c.want)
		if d.a.used() != c.used {
			t.Fatalf("%+v: %d units", c.spec, d.a.used())
		}
		d.expect(nobodyHere, Released{Chat: chat, Spec: c.spec}, "")
	}
}

func TestA18AReleaseThatComesAgainAfterTheWrapupIsAnsweredWithIt(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(mandatory)
	d.do(ann, Wrapup{Chat: chat, Code: "spam"})
	d.expect(nobodyHere, Released{Chat: chat, Spec: mandatory}, "→ chat/c1 filed spam by agent")
}

func TestA18ASecondStayInTheSameChatOwesAgain(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(mandatory)
	d.do(ann, Wrapup{Chat: chat, Code: "spam"})
	d.do(nobodyHere, Assigned{Slot: deskRow("c1.2", SlotConnected, d.now), Sure: true})
	d.expect(nobodyHere, Released{Chat: chat, Spec: mandatory, Offer: "c1.2"}, "owes c1 mandatory")
	d.expect(ann, Wrapup{Chat: chat, Code: "solved"}, "done c1 solved by agent | freed c1 | → chat/c1 filed solved by agent")
}

func TestA18FocusLeavesWithTheChat(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.serve()
	d.do(nobodyHere, Released{Chat: chat, Spec: mandatory})
	if v := d.view(); v.Focus != "" {
		t.Fatalf("focus %s", v.Focus)
	}
	d.expect(ann, Focus{Chat: "c2"}, "focus c2 holds []")
}

func TestA19AWrapupIsCheckedAgainstItsPolicy(t *testing.T) {
	notes := strings.Repeat("é", 4000)
	for _, c := range []struct {
		name string
		spec WrapupPolicy
		by   Principal
		cmd  Wrapup
		want string
	}{
		{"a known code", mandatory, ann, Wrapup{Code: "solved"}, "done c1 solved by agent | freed c1 | → chat/c1 filed solved by agent"},
		{"A27 a supervisor's", mandatory, chief, Wrapup{Code: "spam"}, "done c1 spam by supervisor | freed c1 | → chat/c1 filed spam by supervisor"},
		{"another agent's", mandatory, bea, Wrapup{Code: "spam"}, "refused forbidden"},
		{"the engine's", mandatory, nobodyHere, Wrapup{Code: "spam"}, "refused forbidden"},
		{"an unknown code", mandatory, ann, Wrapup{Code: "bored"}, "refused bad_code"},
		{"no code where one is due", mandatory, ann, Wrapup{Notes: "fine"}, "refused bad_code"},
		{"no code where none is due", optional, ann, Wrapup{}, "done c1 by agent | freed c1 | → chat/c1 filed by agent"},
		{"no code before the time is over", timed, ann, Wrapup{Notes: "fine"}, "done c1 by agent | freed c1 | → chat/c1 filed by agent"},
		{"any code where none is listed", WrapupPolicy{Mode: WrapupMandatory}, ann, Wrapup{Code: "x"}, "done c1 x by agent | freed c1 | → chat/c1 filed x by agent"},
		{"a code beyond all measure", WrapupPolicy{Mode: WrapupMandatory}, ann, Wrapup{Code: strings.Repeat("x", 65)}, "refused bad_code"},
		{"notes where none are taken", blocking, ann, Wrapup{Code: "spam", Notes: "n"}, "refused bad_state"},
		{"notes as long as may be", mandatory, ann, Wrapup{Code: "spam", Notes: notes}, "done c1 spam by agent | freed c1 | → chat/c1 filed spam by agent"},
		{"notes that are too long", mandatory, ann, Wrapup{Code: "spam", Notes: notes + "é"}, "refused too_long"},
		{"another chat's", mandatory, ann, Wrapup{Chat: "c7", Code: "spam"}, "refused not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			chat := d.owe(c.spec)
			if c.cmd.Chat == "" {
				c.cmd.Chat = chat
			}
			d.expect(c.by, c.cmd, c.want)
			var r *Refusal
			if errors.As(d.out.Err, &r) && r.Code == "too_long" && (r.Max != 4000 || r.Got != 4001) {
				t.Fatalf("%+v", r)
			}
		})
	}
}

func TestA19AChatThatIsOpenIsNotWrappedUp(t *testing.T) {
	d := newDesk(t)
	d.expect(ann, Wrapup{Chat: d.serve(), Code: "solved"}, "refused bad_state")
}

func TestA19ADebtOpensOnceAndClosesOnce(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(mandatory)
	d.do(ann, Wrapup{Chat: chat, Code: "solved"})
	if key := d.out.Sends[0].Key; key != "wrapup/c1" {
		t.Fatalf("key %q", key)
	}
	d.expect(ann, Wrapup{Chat: chat, Code: "spam"}, "already_done")
	d.expect(ann, SaveWrapup{Chat: chat, Code: "spam"}, "refused too_late")
	d.expect(ann, ExtendWrapup{Chat: chat}, "refused too_late")
	d.expect(ann, SaveWrapup{Chat: "c9"}, "refused not_found")
}

func TestA19ADraftIsKeptAndFiledByTheClock(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(timed)
	d.expect(ann, SaveWrapup{Chat: chat, Code: "spam", Notes: "half a"}, "draft c1 spam half a")
	d.expect(ann, SaveWrapup{Chat: chat, Code: "spam", Notes: "half a"}, "")
	d.expect(ann, SaveWrapup{Chat: chat, Code: "bored"}, "refused bad_code")
	d.now = d.now.Add(time.Minute)
	d.expect(nobodyHere, Tick{}, "done c1 spam by timeout | freed c1 | → chat/c1 filed spam by timeout")
	if notes := d.out.Sends[0].Cmd.(WrapupFiled).Notes; notes != "half a" {
		t.Fatalf("notes %q", notes)
	}
}

func TestA20AnExtensionMovesTheDeadlineAsOftenAsAllowed(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(timed)
	d.expect(ann, ExtendWrapup{Chat: chat}, "extended c1 left 0")
	d.expect(ann, ExtendWrapup{Chat: chat}, "refused bad_state")
	d.expect(ann, ExtendWrapup{Chat: d.owe(mandatory)}, "refused bad_state")
	if due := d.a.Deadline(); !due.Equal(d.now.Add(90 * time.Second)) {
		t.Fatalf("due %s", due)
	}
	d.wait(89 * time.Second)
	if len(d.view().Debts) != 2 {
		t.Fatal("closed too soon")
	}
	d.wait(time.Second)
	if debts := d.view().Debts; len(debts) != 1 || debts[0].Chat != "c2" {
		t.Fatalf("%+v", debts)
	}
}

func TestA21TheClockClosesATimedWrapupThoughNobodyIsThere(t *testing.T) {
	d := newDesk(t)
	d.owe(timed)
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.wait(2 * time.Minute)
	if len(d.a.state.Debts) != 0 || d.a.state.Settled[0].Done.Code != "timeout" {
		t.Fatalf("%+v", d.a.state)
	}
}

func TestTheOldestOfTooManyOptionalWrapupsClosesItself(t *testing.T) {
	d := newDesk(t)
	for range maxOptional {
		d.owe(optional)
	}
	d.serve()
	d.expect(nobodyHere, Released{Chat: "c33", Spec: optional},
		"owes c33 optional | done c1 timeout by timeout | freed c1 | → chat/c1 filed timeout by timeout")
}

func TestWhatIsSettledIsRememberedWithinBounds(t *testing.T) {
	d := newDesk(t)
	for i := range 70 {
		chat := d.owe(mandatory)
		d.do(ann, Wrapup{Chat: chat, Code: "solved", Notes: fmt.Sprint(i)})
	}
	if n := len(d.a.state.Settled); n != 64 || d.a.state.settled("c6") != nil || d.a.state.settled("c7") == nil {
		t.Fatalf("%d are kept", n)
	}
}

// back offers a chat to its sender again, while he owes its wrap-up.
func (d *desk) back(chat ChatID, id OfferID) string {
	d.Helper()
	d.do(nobodyHere, Reserve{Offer: id, Chat: chat, Channel: "livechat", Weight: 1, Kind: OfferTransfer, Then: ReturnChat{"x"}})
	f := d.out.Forward
	if f == nil {
		d.Fatalf("no answer: %s", deskLine(d.out))
	}
	if no, denied := f.Cmd.(SlotDenied); denied {
		return no.Reason
	}
	return ""
}

func TestAChatComesBackToWhoOwesItsWrapup(t *testing.T) {
	for _, spec := range []WrapupPolicy{mandatory, blocking, timed, optional} {
		d := newDesk(t)
		d.serve()
		chat := d.owe(spec)
		used := d.view().Used
		if why := d.back(chat, "c2.9"); why != "" {
			t.Fatalf("%s: denied for %s", spec.Mode, why)
		}
		row := SlotRow{Chat: chat, Agent: "ann", State: SlotAlerting, Offer: "c2.9", Kind: OfferTransfer, Channel: "livechat", Weight: 1, Since: d.now}
		d.do(nobodyHere, OfferStart{Slot: row})
		if now := d.view().Used; now != used && spec.Mode == WrapupMandatory && !spec.BlocksAgent() {
			t.Errorf("%s: %d units, before it came back %d", spec.Mode, now, used)
		}
		row.State = SlotConnected
		d.expect(nobodyHere, Assigned{Slot: row}, "done c2 by returned")
		if v := d.view(); len(v.Debts) != 0 || v.Used != 2 {
			t.Errorf("%s: owes %+v and uses %d", spec.Mode, v.Debts, v.Used)
		}
		d.do(nobodyHere, Released{Chat: chat, Spec: spec, Offer: "c2.9"})
		if v := d.view(); len(v.Debts) != 1 || v.Debts[0].Offer != "c2.9" {
			t.Errorf("%s: of the second time he owes %+v", spec.Mode, v.Debts)
		}
	}
}

func TestAnotherWrapupThatBlocksHimKeepsAChatFromComingBack(t *testing.T) {
	d := newDesk(t)
	other := d.serve()
	chat := d.owe(mandatory)
	d.do(nobodyHere, Released{Chat: other, Spec: blocking})
	if why := d.back(chat, "c2.9"); why != deniedWrapup {
		t.Errorf("denied for %q", why)
	}
}

func TestTwoWrapupsOfOneChatAreToldApartByTheirOffers(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(mandatory)
	d.do(ann, Wrapup{Chat: chat, Code: "spam"})
	first := d.a.state.Settled[0].Done
	row := SlotRow{Chat: chat, Agent: "ann", State: SlotReleased, Offer: first.Offer, Channel: "livechat", Weight: 1, Since: d.now, Spec: mandatory}
	d.restart(row)
	if len(d.a.state.Debts) != 0 {
		t.Errorf("she has filed it, and owes %+v", d.a.state.Debts)
	}
	row.Offer = "c1.7" // in the same instant she served it once more
	d.restart(row)
	if len(d.a.state.Debts) != 1 || d.a.state.Debts[0].Offer != "c1.7" {
		t.Errorf("of the second time she owes %+v", d.a.state.Debts)
	}
}

func TestWhatWasWrittenOfAnErasedChatLeavesTheDesk(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(WrapupPolicy{Mode: WrapupMandatory, Notes: true, Codes: []WrapupCode{{Code: "solved"}}})
	d.do(ann, SaveWrapup{Chat: chat, Code: "solved", Notes: "a private matter"})
	if d.a.state.Debts[0].Notes != "a private matter" {
		t.Fatalf("the debt is %+v", d.a.state.Debts[0])
	}
	// Not by the desk's own step: no event says it, the words leave the records too.
	d.a.Step(Turn{Now: d.now, By: nobodyHere, Config: d.config}, Forget{Chat: chat})
	if is := d.a.state.Debts[0]; is.Notes != "" || is.Code != "solved" {
		t.Errorf("after it was erased the debt is %+v, expected the code alone", is)
	}
}
