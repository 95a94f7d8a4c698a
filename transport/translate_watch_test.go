package transport

import (
	"reflect"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestWhatIsSaidAsideGoesToWhoOwnsIt(t *testing.T) {
	sue := acd.Principal{Role: acd.RoleSupervisor, ID: "sue"}
	for _, tt := range []struct {
		cmd  wire.Command
		to   acd.Address
		want acd.Command
	}{
		{&wire.Direct{Agent: "bob", Text: "x"}, acd.AgentID("bob").Address(), acd.Direct{Text: "x"}},
		{&wire.Assist{Chat: "c", Text: "x"}, acd.ChatID("c").Address(), acd.Assist{Text: "x"}},
		{&wire.Broadcast{Queue: "support", Text: "x"}, acd.QueueID("support").Address(), acd.Broadcast{Queue: "support", Text: "x"}},
	} {
		to, got, e := translate(sue, tt.cmd, testConfig())
		if e != nil || to != tt.to || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%T went to %v as %+v (%v), want %v and %+v", tt.cmd, to, got, e, tt.to, tt.want)
		}
	}
	if _, _, e := translate(sue, &wire.Broadcast{Queue: "none", Text: "x"}, testConfig()); e == nil || e.Code != wire.CodeNotFound {
		t.Errorf("a broadcast to no queue: %v", e)
	}
}

func TestBoardsAndTargetsAreAskedOfTheEngineAndAnswered(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.hello(acd.RoleSupervisor, "sue")
	p.say(`{"type":"list_targets","id":"1","kind":"queue","chat":"c","filter":"s","available_only":true}`)
	p.expect(`"type":"ok"`, `"re":"1"`)
	p.say(`{"type":"watch_targets","id":"2","on":true}`)
	p.expect(`"type":"ok"`, `"re":"2"`)
	p.say(`{"type":"watch_targets","id":"3","on":true,"kind":"agent"}`)
	p.expect(`"type":"ok"`, `"re":"3"`)
	p.say(`{"type":"watch","id":"4","queues":true,"chats":true,"filter":"x"}`)
	p.expect(`"type":"ok"`, `"re":"4"`)
	want := []actors.Look{
		actors.ListTargets{Query: actors.TargetQuery{Queues: true, Chat: "c", Filter: "s", AvailableOnly: true}},
		actors.WatchTargets{On: true},
		actors.WatchTargets{On: true, Query: &actors.TargetQuery{}},
		actors.WatchBoards{Queues: true, Chats: true, Filter: "x"},
	}
	s := e.engine.last(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !reflect.DeepEqual(s.looks, want) {
		t.Errorf("asked %+v, want %+v", s.looks, want)
	}
}

func TestWhoMayNotLookIsRefused(t *testing.T) {
	e := onLoopback(t, nil)
	customer, agent := e.hello(acd.RoleCustomer, "ann"), e.hello(acd.RoleAgent, "alice")
	for p, commands := range map[*peer][]string{
		customer: {`{"type":"list_targets","id":"1","kind":"agent"}`, `{"type":"direct","id":"2","agent":"alice","text":"x"}`,
			`{"type":"assist","id":"3","chat":"c"}`, `{"type":"watch_targets","id":"4","on":true}`},
		agent: {`{"type":"watch","id":"5","queues":true}`, `{"type":"broadcast","id":"6","queue":"support","text":"x"}`},
	} {
		for _, say := range commands {
			p.say(say)
			p.expect(`"code":"forbidden"`)
		}
	}
}

// watchFrame is a note's frame as it is sent.
func watchFrame(from acd.Address, view acd.View, ev acd.Event) string {
	return string(wire.AppendEvent(nil, noteFrame(&actors.Note{From: from, At: time.UnixMilli(1000), View: view, Event: ev})))
}

func TestEachThingBesideTheChatsHasItsFrame(t *testing.T) {
	since := time.UnixMilli(500)
	alice, chatC := acd.AgentID("alice").Address(), acd.ChatID("c").Address()
	const at = `"at":"1970-01-01T00:00:01.000Z"`
	for _, tt := range []struct{ got, want string }{
		{watchFrame(alice, acd.ToOwnDesk, acd.DirectSaid{From: "bob", Name: "Bob", Text: "hi"}),
			`{"type":"direct",` + at + `,"from":{"id":"bob","name":"Bob"},"to":"alice","text":"hi"}`},
		{watchFrame(alice, acd.ToOwnDesk, acd.AlertRaised{Alert: acd.Alert{Kind: acd.AlertSLA, Queue: "support", Since: since}, Over: true}),
			`{"type":"alert",` + at + `,"kind":"sla","queue":"support","since":"1970-01-01T00:00:00.500Z","over":true}`},
		{watchFrame(chatC, acd.ToOverseer, acd.AssistAsked{Agent: "alice", Name: "Alice", Text: "help", Queue: "support", QueueName: "Support", Customer: "Ann"}),
			`{"type":"assist",` + at + `,"chat":"c","from":{"id":"alice","name":"Alice"},"text":"help","queue":{"id":"support","name":"Support"},"customer":{"name":"Ann"}}`},
		{watchFrame(chatC, acd.ToOverseer, acd.Rated{Score: 2, Text: "slow"}),
			`{"type":"rated",` + at + `,"chat":"c","rating":{"score":2,"text":"slow"}}`},
		{watchFrame(acd.Address{}, acd.ToOverseer, acd.TargetsShown{Version: 3}),
			`{"type":"targets",` + at + `,"kind":"agent","rows":[],"version":3}`},
		{watchFrame(acd.Address{}, acd.ToOverseer, acd.TargetsShown{OfQueue: true, Version: 3, Queues: []acd.TargetQueue{{Queue: "q", Name: "Q", Mode: acd.QueueOpen, Usable: true}}}),
			`{"type":"targets",` + at + `,"kind":"queue","rows":[{"queue":"q","name":"Q","usable":true,"mode":"open","waiting":0,"available":0}],"version":3}`},
		{watchFrame(acd.Address{}, acd.ToOverseer, acd.CountersShown{Of: acd.KindQueue, At: time.UnixMilli(1000), Total: 1, Version: 2,
			Queues: []acd.QueueView{{Queue: "q", Name: "Q", Mode: acd.QueueOpen, Level: acd.ServiceLevel{Answered: 3, Within: 3, Abandoned: 1, Threshold: 20 * time.Second},
				Wait: &acd.WaitBand{Low: 40 * time.Second, High: 90 * time.Second}}}}),
			`{"type":"counters",` + at + `,"of":"queues","queues":[{"queue":"q","name":"Q","mode":"open","waiting":0,"agents_signed_in":0,"agents_available":0,"free_units":0,"service_level":0.75,"service_level_s":20,"abandonment":0.25,"wait_s":{"low":40,"high":90}}],"total":1,"version":2}`},
	} {
		if tt.got != tt.want {
			t.Errorf("got  %s\nwant %s", tt.got, tt.want)
		}
	}
}

func TestAnAnswerNamesTargetsAndHowManyChats(t *testing.T) {
	empty := answerFrame("1", &actors.Answer{Targets: &acd.TargetsShown{Version: 4}}, acd.RoleAgent, new(wire.Ok))
	if got := string(wire.AppendEvent(nil, empty)); got != `{"type":"ok","re":"1","targets":[],"version":4}` {
		t.Error(got)
	}
	said := answerFrame("2", &actors.Answer{Result: acd.Result{Chats: 2}}, acd.RoleSupervisor, new(wire.Ok))
	if got := string(wire.AppendEvent(nil, said)); got != `{"type":"ok","re":"2","chats":2}` {
		t.Error(got)
	}
}

func TestASupervisorsSnapshotHasWhatIsOpen(t *testing.T) {
	since := time.UnixMilli(500)
	s := &actors.Snapshot{
		Alerts: []acd.Alert{{Kind: acd.AlertStrikes, Agent: "alice", Since: since}},
		Chats:  []actors.ChatSnapshot{{View: acd.ChatView{Chat: "c", Assist: &acd.AssistAsked{Agent: "alice", Text: "help", Since: since}}}},
	}
	out := supervisorSnapshot(acd.Principal{Role: acd.RoleSupervisor, ID: "sue"}, 1, s, 0)
	if len(out.Alerts) != 1 || out.Alerts[0].Kind != wire.AlertStrikes || out.Alerts[0].Agent != "alice" {
		t.Errorf("alerts: %+v", out.Alerts)
	}
	if a := out.Chats[0].Assist; a == nil || a.Text != "help" || a.From.ID != "alice" {
		t.Errorf("assist: %+v", a)
	}
}
