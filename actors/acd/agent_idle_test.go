package acd

import (
	"strings"
	"testing"
	"time"
)

func unattendedAfter(d time.Duration, to PresenceState) func(*Config) {
	return func(c *Config) { c.Desk.Idle, c.Desk.IdleTo, c.Desk.Grace = d, to, time.Hour }
}

func TestA29ADeskAtWhichNothingIsDoneIsNotReady(t *testing.T) {
	d := newDesk(t, unattendedAfter(16*time.Minute, NotReady))
	d.serve()
	d.wait(10 * time.Minute)
	d.do(ann, DeskUsed{})
	d.wait(16 * time.Minute)
	if d.presence() != "available" {
		t.Fatalf("%s after 16 minutes, of which the last may not have been told", d.presence())
	}
	d.wait(time.Minute)
	if v := d.view(); v.Presence.State != NotReady || v.Presence.Reason != "inactivity" || v.Presence.By != "system" || len(v.Slots) != 1 {
		t.Fatalf("%+v", v)
	}
	d.do(ann, SetPresence{State: Available})
	if d.presence() != "available" {
		t.Fatal(d.presence())
	}
}

func TestA29WhatOthersDoAtADeskIsNotItsPersonsDoing(t *testing.T) {
	for _, tt := range []struct {
		by   Principal
		want string
	}{{ann, "available"}, {Principal{Role: RoleSupervisor, ID: "sue", Name: "Sue"}, "not_ready"}} {
		d := newDesk(t, unattendedAfter(16*time.Minute, NotReady))
		d.wait(10 * time.Minute)
		d.do(tt.by, ViewAgent{})
		d.wait(10 * time.Minute)
		if is, _, _ := strings.Cut(d.presence(), " "); is != tt.want {
			t.Errorf("ten minutes after %s has looked the desk is %s, expected %s", tt.by.ID, is, tt.want)
		}
	}
}

func TestA29NobodyIsUnattendedWhoIsNotAskedToDoAnything(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no limit":   func(*Config) {},
		"no session": unattendedAfter(time.Minute, NotReady),
	} {
		d := newDesk(t, change)
		if name == "no session" {
			d.do(nobodyHere, SessionClosed{Session: "s1"})
		}
		d.wait(30 * time.Minute)
		if d.presence() != "available" {
			t.Errorf("%s: %s", name, d.presence())
		}
	}
}

func TestA29AnUnattendedDeskMayBeSignedOutWhenItsLastChatIsDone(t *testing.T) {
	d := newDesk(t, unattendedAfter(time.Minute, Offline))
	d.do(ann, SetPresence{State: NotReady})
	d.wait(2 * time.Minute)
	if d.presence() != "offline inactivity" && d.presence() != "offline" {
		t.Fatalf("with nothing to do: %s", d.presence())
	}
	d = newDesk(t, unattendedAfter(time.Minute, Offline))
	chat := d.serve()
	d.wait(2 * time.Minute)
	if d.view().Presence.State != Draining {
		t.Fatalf("with a chat: %s", d.presence())
	}
	d.do(nobodyHere, Released{Chat: chat, Spec: WrapupPolicy{Mode: WrapupNone}})
	if d.view().Presence.State != Offline {
		t.Fatalf("after it: %s", d.presence())
	}
}
