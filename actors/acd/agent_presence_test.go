package acd

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestA2APersonChoosesHisPresence(t *testing.T) {
	long := strings.Repeat("ß", 65)
	for _, c := range []struct {
		name string
		by   Principal
		cmd  SetPresence
		want string
	}{
		{"not ready for a configured reason", ann, SetPresence{State: NotReady, Reason: "lunch"}, "presence not_ready lunch by agent"},
		{"not ready without a reason", ann, SetPresence{State: NotReady}, "presence not_ready by agent"},
		{"a reason that is not configured", ann, SetPresence{State: NotReady, Reason: "nap"}, "refused bad_state"},
		{"a reason that is too long", ann, SetPresence{State: Available, Reason: long}, "refused too_long"},
		{"the same again is nothing new", ann, SetPresence{State: Available}, ""},
		{"the same for another reason", ann, SetPresence{State: Available, Reason: "back"}, "presence available back by agent"},
		{"offline", ann, SetPresence{State: Offline}, "presence offline by agent"},
		{"offline and drained, with nothing to finish", ann, SetPresence{State: Offline, Drain: true}, "presence offline by agent"},
		{"after the last chat, without any", ann, SetPresence{State: NotReady, After: true}, "presence not_ready by agent"},
		{"rona cannot be chosen", ann, SetPresence{State: InRONA}, "refused bad_state"},
		{"draining cannot be chosen", ann, SetPresence{State: Draining}, "refused bad_state"},
		{"an unknown state", ann, SetPresence{State: "asleep"}, "refused bad_state"},
		{"A27 a supervisor may", chief, SetPresence{State: NotReady, Reason: "training"}, "presence not_ready training by supervisor"},
		{"A27 a supervisor cannot set rona either", chief, SetPresence{State: InRONA}, "refused bad_state"},
		{"another agent may not", bea, SetPresence{State: Offline}, "refused forbidden"},
		{"a customer of the same name may not", stranger, SetPresence{State: Offline}, "refused forbidden"},
	} {
		t.Run(c.name, func(t *testing.T) { newDesk(t).expect(c.by, c.cmd, c.want) })
	}
}

func TestA2AnyReasonGoesWhenNoneIsConfigured(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Reasons = nil })
	d.expect(ann, SetPresence{State: NotReady, Reason: "nap"}, "presence not_ready nap by agent")
}

func TestA2TheSameStateAgainKeepsItsSince(t *testing.T) {
	d := newDesk(t)
	d.now = d.now.Add(time.Hour)
	d.do(ann, SetPresence{State: Available})
	if since := d.view().Presence.Since; !since.Equal(deskDay) {
		t.Fatalf("since %s", since)
	}
}

func TestA2ATooLongReasonSaysHowLong(t *testing.T) {
	d := newDesk(t)
	var r *Refusal
	if err := d.do(ann, SetPresence{State: NotReady, Reason: strings.Repeat("ß", 65)}).Err; !errors.As(err, &r) || r.Max != 64 || r.Got != 65 {
		t.Fatalf("%+v", r)
	}
}

func TestA2ABlockingWrapupKeepsOneFromAvailable(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(blocking)
	d.do(ann, SetPresence{State: NotReady})
	d.expect(ann, SetPresence{State: Available}, "refused wrapup_pending")
	d.do(ann, Wrapup{Chat: chat, Code: "solved"})
	d.expect(ann, SetPresence{State: Available}, "presence available by agent")
}

func TestA2AWrapupOfTheSlotAloneDoesNot(t *testing.T) {
	d := newDesk(t)
	d.owe(mandatory)
	d.do(ann, SetPresence{State: NotReady})
	d.expect(ann, SetPresence{State: Available}, "presence available by agent")
}

func TestA3NotReadyTakesBackWhatRings(t *testing.T) {
	d := newDesk(t)
	d.ring()
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent | → chat/c1 aborted agent_state")
	if key := d.out.Sends[0].Key; key != "abort/c1.1" {
		t.Fatalf("key %q", key)
	}
	d.expect(ann, SetPresence{State: NotReady, Reason: "lunch"}, "presence not_ready lunch by agent")
	d.do(nobodyHere, OfferOver{Offer: "c1.1", Chat: "c1", Reason: AgentState})
	if len(d.view().Slots) != 0 {
		t.Fatal("the slot stays")
	}
}

func TestA3NotReadyLeavesItRingingByPolicy(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.KeepOffers = true })
	d.ring()
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent")
	d.expect(ann, SetPresence{State: Offline}, "presence offline by agent | → chat/c1 aborted offline")
}

func TestA3NotReadyLeavesChatsAlone(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.expect(ann, SetPresence{State: NotReady}, "presence not_ready by agent")
	if v := d.view(); len(v.Slots) != 1 || v.Status != "interacting" {
		t.Fatalf("%+v", v)
	}
}

func TestA4TheNextPresenceWaitsForTheLastChatAndItsWrapup(t *testing.T) {
	d := newDesk(t)
	first, second := d.serve(), d.serve()
	d.expect(ann, SetPresence{State: NotReady, Reason: "lunch", After: true}, "next not_ready lunch")
	d.expect(ann, SetPresence{State: NotReady, Reason: "lunch", After: true}, "")
	d.expect(nobodyHere, Released{Chat: first}, "freed c1")
	d.expect(nobodyHere, Released{Chat: second, Spec: mandatory}, "owes c2 mandatory")
	d.expect(ann, Wrapup{Chat: second, Code: "solved"},
		"done c2 solved by agent | freed c2 | next | presence not_ready lunch by system | → chat/c2 filed solved by agent")
}

func TestA4AWrapupAloneIsWaitedFor(t *testing.T) {
	d := newDesk(t)
	chat := d.owe(timed)
	d.expect(ann, SetPresence{State: NotReady, After: true}, "next not_ready")
	d.expect(ann, Wrapup{Chat: chat, Code: "spam"},
		"done c1 spam by agent | freed c1 | next | presence not_ready by system | → chat/c1 filed spam by agent")
}

func TestA4ChoosingNowTakesTheNextPresenceBack(t *testing.T) {
	d := newDesk(t)
	d.serve()
	d.do(ann, SetPresence{State: Offline, After: true})
	d.expect(ann, SetPresence{State: Available}, "next")
	d.expect(nobodyHere, Released{Chat: "c1"}, "freed c1")
}

func TestA4AnOptionalWrapupIsNotWaitedFor(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.do(ann, SetPresence{State: NotReady, After: true})
	d.expect(nobodyHere, Released{Chat: chat, Spec: optional}, "owes c1 optional | next | presence not_ready by system")
}

func TestA12ARONAMakesTheAgentStickyUntilHeReturns(t *testing.T) {
	d := newDesk(t)
	offer := d.ring()
	d.wait(20 * time.Second)
	d.expect(nobodyHere, OfferOver{Offer: offer, Chat: "c1", Reason: OfferRONA, MinAlert: 2 * time.Second},
		"struck c1.1 rona | presence rona by system")
	if v := d.view(); v.Status != "not_responding" {
		t.Fatalf("status %s", v.Status)
	}
	d.wait(time.Hour)
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied presence" {
		t.Fatal(w)
	}
	d.expect(ann, SetPresence{State: Available}, "presence available by agent")
	if ad := d.ad("support"); ad.Free != 3 {
		t.Fatalf("advert %+v", ad)
	}
}

func TestA12WhoComesBackFromRONAWaitsNoLonger(t *testing.T) {
	d := newDesk(t)
	d.miss()
	d.do(ann, SetPresence{State: Available})
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support Reserved c2.1" {
		t.Fatal(w)
	}
}

// miss lets an offer ring out.
func (d *desk) miss() {
	d.Helper()
	offer := d.ring()
	chat, _ := offer.Chat()
	d.wait(20 * time.Second)
	d.do(nobodyHere, OfferOver{Offer: offer, Chat: chat, Reason: OfferRONA, MinAlert: 2 * time.Second})
}

func TestA12WithoutStickinessAMissOnlyDelays(t *testing.T) {
	sticky := false
	d := newDesk(t, func(c *Config) { c.Desk.StickyRONA = &sticky })
	d.miss()
	if ad := d.ad("support"); !ad.Available || ad.Free != 0 {
		t.Fatalf("advert %+v", ad)
	}
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied delay" {
		t.Fatal(w)
	}
	d.wait(30 * time.Second)
	if ad := d.ad("support"); ad.Free != 3 {
		t.Fatalf("advert after the delay %+v", ad)
	}
}

func TestA13RONAComesWithTheConfiguredNumberOfMisses(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.MaxNoAnswer = 2 })
	d.miss()
	d.wait(time.Minute)
	if d.presence() != "available" {
		t.Fatal(d.presence())
	}
	d.miss()
	if d.presence() != "rona" {
		t.Fatal(d.presence())
	}
}

func TestA13AnAcceptedChatWipesTheMisses(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.MaxNoAnswer = 2 })
	d.miss()
	d.wait(time.Minute)
	d.serve()
	if w := deskLine(d.out); w != "struck c2.1 accepted | focus c2 holds []" {
		t.Fatal(w)
	}
	d.miss()
	if d.presence() != "available" {
		t.Fatal(d.presence())
	}
}

func TestA13TooManyMissesSignOut(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.OfflineStrikes = 1 })
	d.miss()
	if d.presence() != "offline strikes" || d.a.state.Missed != 0 {
		t.Fatalf("%s with %d misses", d.presence(), d.a.state.Missed)
	}
}

func TestA13TooManyMissesDrainWhoHasChats(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.OfflineStrikes = 1 })
	chat := d.serve()
	d.miss()
	if d.presence() != "draining strikes" {
		t.Fatal(d.presence())
	}
	d.expect(nobodyHere, Released{Chat: chat}, "freed c1 | presence offline strikes by system")
}

func TestA13StrikesOutliveTheClocksReturnAndEndWithThePersons(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.RONAReturn = time.Minute; c.Desk.OfflineStrikes = 3 })
	d.miss()
	d.wait(time.Minute)
	if d.a.state.Missed != 1 || d.presence() != "available" {
		t.Fatalf("%d misses, %s", d.a.state.Missed, d.presence())
	}
	d.miss()
	d.do(ann, SetPresence{State: NotReady})
	if d.a.state.Missed != 0 {
		t.Fatalf("%d misses", d.a.state.Missed)
	}
}

func TestA13TooManyRejectsAreRONA(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.MaxRejects = 2 })
	for range 2 {
		offer := d.ring()
		chat, _ := offer.Chat()
		d.do(nobodyHere, OfferOver{Offer: offer, Chat: chat, Reason: OfferRejected})
		d.wait(5 * time.Second)
	}
	if d.presence() != "rona" {
		t.Fatal(d.presence())
	}
}

func TestA14TheClockReturnsFromRONAOnlyWhoIsThere(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.RONAReturn = 10 * time.Second; c.Desk.Grace = time.Hour })
	d.miss()
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.wait(time.Minute)
	if d.presence() != "rona" {
		t.Fatal(d.presence())
	}
	d.do(ann, SessionOpened{Session: "s2", Alerting: true})
	d.wait(0)
	if d.presence() != "available" {
		t.Fatal(d.presence())
	}
}

func TestA22TheLastSessionGoneWithdrawsTheAdvertsAtOnce(t *testing.T) {
	d := newDesk(t)
	d.do(ann, SessionOpened{Session: "s2", Alerting: true})
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	if len(d.out.Sends) != 0 {
		t.Fatalf("with one session left: %+v", d.out.Sends)
	}
	d.do(nobodyHere, SessionClosed{Session: "s2"})
	for _, q := range []QueueID{"support", "sales"} {
		if ad := d.ad(q); ad.Free != 0 || ad.Available || !ad.SignedIn {
			t.Fatalf("%s: %+v", q, ad)
		}
	}
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied offline" {
		t.Fatal(w)
	}
}

func TestA22AnOfferRingsOnThroughTheGrace(t *testing.T) {
	d := newDesk(t)
	d.ring()
	d.expect(nobodyHere, SessionClosed{Session: "s1"}, "")
	d.expect(ann, SessionOpened{Session: "s2", Alerting: true}, "")
	if v := d.view(); len(v.Slots) != 1 || v.Status != "alerting" {
		t.Fatalf("%+v", v)
	}
}

func TestA23BackInTheGraceHeIsAsBefore(t *testing.T) {
	d := newDesk(t)
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.wait(59 * time.Second)
	d.expect(ann, SessionOpened{Session: "s2", Alerting: true}, "")
	if ad := d.ad("support"); ad.Free != 3 || !ad.Available {
		t.Fatalf("%+v", ad)
	}
	d.wait(time.Hour)
	if d.presence() != "available" {
		t.Fatal(d.presence())
	}
}

func TestA24WhoStaysAwayLosesHisChatsAndKeepsHisDebts(t *testing.T) {
	d := newDesk(t)
	d.owe(mandatory)
	d.serve()
	d.ring()
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.now = d.now.Add(time.Minute)
	d.expect(nobodyHere, Tick{}, "presence offline lost by system | → chat/c3 aborted agent_lost | → chat/c2 lost")
	if key := d.out.Sends[1].Key; key != "lost/c2" {
		t.Fatalf("key %q", key)
	}
	d.expect(nobodyHere, Tick{}, "")
	d.expect(nobodyHere, Released{Chat: "c2", Spec: mandatory}, "owes c2 mandatory")
	if v := d.view(); len(v.Debts) != 2 {
		t.Fatalf("%+v", v.Debts)
	}
}

func TestA24TheLostMayBecomeNotReady(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.LostTo = NotReady })
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.wait(time.Minute)
	if d.presence() != "not_ready lost" || d.ad("support").SignedIn {
		t.Fatal(d.presence())
	}
}

func TestA24WhoWasDrainingIsOfflineWhenLost(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.LostTo = NotReady })
	d.serve()
	d.do(ann, SetPresence{State: Offline, Drain: true})
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.now = d.now.Add(time.Minute)
	d.expect(nobodyHere, Tick{}, "presence offline lost by system | → chat/c1 lost")
}

func TestA24DebtsOfTheLostCloseThemselvesByPolicy(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Desk.WrapupMax = time.Hour })
	chat := d.owe(mandatory)
	d.do(ann, SaveWrapup{Chat: chat, Code: "spam"})
	d.do(nobodyHere, SessionClosed{Session: "s1"})
	d.wait(time.Minute)
	if due := d.a.Deadline(); !due.Equal(d.now.Add(time.Hour)) {
		t.Fatalf("due %s", due)
	}
	d.now = d.now.Add(time.Hour)
	d.expect(nobodyHere, Tick{}, "done c1 spam by lost | freed c1 | → chat/c1 filed spam by lost")
}

func TestA25OfflineIsRefusedWhileChatsOrMandatoryWrapupAreOpen(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.expect(ann, SetPresence{State: Offline}, "refused live_chats")
	d.do(nobodyHere, Released{Chat: chat, Spec: mandatory})
	d.expect(ann, SetPresence{State: Offline}, "refused wrapup_pending")
	d.do(ann, Wrapup{Chat: chat, Code: "spam"})
	d.expect(ann, SetPresence{State: Offline}, "presence offline by agent")
}

func TestA25ATimedWrapupClosesItselfAfterSignOut(t *testing.T) {
	d := newDesk(t)
	d.owe(timed)
	d.expect(ann, SetPresence{State: Offline}, "presence offline by agent")
	d.wait(time.Minute)
	if w := deskLine(d.out); w != "done c1 timeout by timeout | freed c1 | → chat/c1 filed timeout by timeout" {
		t.Fatal(w)
	}
}

func TestA26ADrainEndsWithTheLastChatAndItsWrapup(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.ring()
	d.expect(ann, SetPresence{State: Offline, Drain: true}, "presence draining by agent | → chat/c2 aborted agent_state")
	if ad := d.ad("support"); !ad.SignedIn || ad.Available {
		t.Fatalf("%+v", ad)
	}
	d.do(nobodyHere, OfferOver{Offer: "c2.1", Chat: "c2", Reason: AgentState})
	d.expect(nobodyHere, Released{Chat: chat, Spec: mandatory}, "owes c1 mandatory")
	d.expect(ann, Wrapup{Chat: chat, Code: "solved"},
		"done c1 solved by agent | freed c1 | presence offline by system | → chat/c1 filed solved by agent")
}

func TestA26ADrainCanBeTakenBack(t *testing.T) {
	d := newDesk(t)
	chat := d.serve()
	d.do(ann, SetPresence{State: Offline, Drain: true})
	d.expect(ann, SetPresence{State: Available}, "presence available by agent")
	d.expect(nobodyHere, Released{Chat: chat}, "freed c1")
}

func TestA1ASupervisorWithAProfileHasADesk(t *testing.T) {
	d := &desk{deskTB: t, a: NewAgent("chief"), folded: NewAgent("chief"), now: deskDay, config: deskConfig(func(c *Config) {
		c.Agents["chief"] = &AgentProfile{ID: "chief", Queues: []QueueID{"support"}, Capacity: 1}
	})}
	d.do(nobodyHere, Restore{})
	d.do(chief, SessionOpened{Session: "x"})
	out := d.do(chief, SetPresence{State: Available})
	if n := out.News[0]; n.To != chief.Stream() || n.View != ToOwnDesk {
		t.Fatalf("%+v", n)
	}
	if e := out.Events[0].(PresenceSet); e.By != "agent" {
		t.Fatalf("his own choice is by %s", e.By)
	}
}

func TestA1WithoutAProfileThereIsADeskAndNoWork(t *testing.T) {
	d := newDesk(t)
	delete(d.config.Agents, "ann")
	d.do(nobodyHere, ConfigChanged{})
	for _, cmd := range []Command{SetPresence{State: Available}, SetChannel{Channel: "livechat"}, Focus{}, Wrapup{Chat: "c9"}} {
		d.expect(ann, cmd, "refused not_found")
	}
	d.expect(ann, AcceptOffer{Offer: "c9.1"}, "refused offer_gone offline")
	d.expect(ann, SessionOpened{Session: "s2", Alerting: true}, "")
	if v := d.view(); v.Capacity != 0 || len(v.Queues) != 0 {
		t.Fatalf("%+v", v)
	}
	d.reserve()
	if w := deskLine(d.out); w != "→ queue/support denied offline" {
		t.Fatal(w)
	}
}
