package transport

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestEachCommandGoesToWhoDecidesIt(t *testing.T) {
	alice := acd.Principal{Role: acd.RoleAgent, ID: "alice"}
	desk, chatC := acd.AgentID("alice").Address(), acd.ChatID("c").Address()
	c := "c"
	for _, tt := range []struct {
		cmd  wire.Command
		to   acd.Address
		want acd.Command
	}{
		{&wire.Send{Chat: "c", Text: "x", To: wire.ToAgents}, chatC, acd.SendText{Text: "x", To: acd.ForAgents}},
		{&wire.Read{Chat: "c", Upto: 4}, chatC, acd.MarkRead{Upto: 4}},
		{&wire.End{Chat: "c"}, chatC, acd.EndChat{}},
		{&wire.Leave{Chat: "c"}, chatC, acd.LeaveChat{}},
		{&wire.SetAttributes{Chat: "c", Set: map[string]string{"a": "b"}}, chatC, acd.SetAttributes{Set: map[string]string{"a": "b"}}},
		{&wire.ForceEnd{Chat: "c", Reason: "r"}, chatC, acd.ForceEnd{Reason: "r"}},
		{&wire.Accept{Offer: "c.1"}, desk, acd.AcceptOffer{Offer: "c.1"}},
		{&wire.Reject{Offer: "c.1", Reason: "r"}, desk, acd.RejectOffer{Offer: "c.1", Reason: "r"}},
		{&wire.SetPresence{State: wire.ChooseNotReady, Reason: "lunch", When: wire.WhenAfter}, desk,
			acd.SetPresence{State: acd.NotReady, Reason: "lunch", After: true}},
		{&wire.SetPresence{State: wire.ChooseOffline, Drain: true}, desk, acd.SetPresence{State: acd.Offline, Drain: true}},
		{&wire.SetChannel{Channel: "livechat", Open: true}, desk, acd.SetChannel{Channel: "livechat", Open: true}},
		{&wire.Focus{Chat: &c}, desk, acd.Focus{Chat: "c"}},
		{&wire.Focus{}, desk, acd.Focus{}},
		{&wire.Opened{Chat: "c", On: true}, desk, acd.SetOpened{Chat: "c", On: true}},
		{&wire.WrapUp{Chat: "c", Code: "solved", Notes: "n"}, desk, acd.Wrapup{Chat: "c", Code: "solved", Notes: "n"}},
		{&wire.SaveWrapUp{Chat: "c", Code: "solved"}, desk, acd.SaveWrapup{Chat: "c", Code: "solved"}},
		{&wire.ExtendWrapUp{Chat: "c"}, desk, acd.ExtendWrapup{Chat: "c"}},
		{&wire.ForcePresence{Agent: "alice", State: wire.ChooseOffline}, desk, acd.SetPresence{State: acd.Offline}},
		{&wire.SetQueueMode{Queue: "sales", Mode: wire.ChooseAuto}, acd.QueueID("sales").Address(), acd.SetQueueMode{Mode: acd.QueueAuto}},
		{&wire.Start{Source: "web", Agent: "alice"}, acd.QueueID("support").Address(),
			acd.Start{Source: "web", Queue: "support", Agent: "alice", Auth: "anon"}},
		{&wire.Start{Source: "web", Queue: "sales", Name: "M"}, acd.QueueID("sales").Address(),
			acd.Start{Source: "web", Queue: "sales", Name: "M", Auth: "anon"}},
	} {
		to, got, e := translate(alice, tt.cmd, testConfig())
		if s, ok := got.(acd.Start); ok {
			s.Chat = ""
			got = s
		}
		if e != nil || to != tt.to || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%T went to %v as %+v (%v), want %v and %+v", tt.cmd, to, got, e, tt.to, tt.want)
		}
	}
}

func TestEveryCommandOfTheWireIsServed(t *testing.T) {
	elsewhere := map[string]bool{"hello": true, "pong": true, "refresh": true, "history": true, "explain": true, "typing": true,
		"list_targets": true, "watch_targets": true, "watch": true}
	for _, kind := range wire.CommandTypes() {
		if elsewhere[kind] {
			continue
		}
		cmd, bad := wire.Decode([]byte(sample(kind)))
		if bad != nil {
			t.Errorf("%s: %v", kind, bad)
			continue
		}
		if _, _, e := translate(acd.Principal{Role: acd.RoleSupervisor, ID: "sue"}, cmd, testConfig()); e != nil {
			t.Errorf("%s: %v", kind, e)
		}
	}
}

// sample is a frame with all the fields that any command needs.
func sample(kind string) string {
	queue := `"queue":"support",`
	if kind == "pick" { // a chat or a queue, not both
		queue = ""
	}
	return `{"type":"` + kind + `","id":"1","chat":"c",` + queue + `"to":` + sampleTo(kind) + `,"transfer":"c.1t","participant":"alice","priority":1,"text":"t","upto":1,"source":"web","offer":"c.1","state":"available",
		"channel":"livechat","open":true,"on":true,"set":{},"reason":"r","agent":"alice","code":"x","score":5,"mode":` + sampleMode(kind) + `}`
}

// sampleMode is a queue's mode or a transfer's.
func sampleMode(kind string) string {
	if kind == "queue_mode" {
		return `"open"`
	}
	return `"warm"`
}

// sampleTo is an audience in a message and a target in a transfer.
func sampleTo(kind string) string {
	if kind == "transfer" {
		return `{"agent":"alice"}`
	}
	return `"all"`
}

func TestTheTokensNameWinsOverTheFramesName(t *testing.T) {
	_, cmd, e := translate(acd.Principal{Role: acd.RoleCustomer, ID: "m", Name: "Maria Rossi"}, &wire.Start{Source: "web", Name: "The Boss"}, testConfig())
	if s := cmd.(acd.Start); e != nil || s.Name != "Maria Rossi" || s.Auth != "signed" || s.Queue != "support" {
		t.Errorf("got %+v, %v", s, e)
	}
}

func TestWhatCannotBeTranslatedIsRefusedByName(t *testing.T) {
	big := map[string]string{"a": strings.Repeat("x", maxAttributesBytes)}
	for _, tt := range []struct {
		cmd  wire.Command
		code wire.ErrorCode
	}{
		{&wire.Start{Source: "nowhere"}, wire.CodeNotFound},
		{&wire.Start{Source: "web", Queue: "nowhere"}, wire.CodeNotFound},
		{&wire.Start{Source: "web", Agent: "nobody"}, wire.CodeNotFound},
		{&wire.SetQueueMode{Queue: "nowhere", Mode: wire.ChooseOpen}, wire.CodeNotFound},
		{&wire.Start{Source: "web", Attributes: big}, wire.CodeTooLong},
		{&wire.SetAttributes{Chat: "c", Set: big}, wire.CodeTooLong},
		{&wire.ForcePresence{Agent: "nobody", State: wire.ChooseOffline}, wire.CodeNotFound},
		{&wire.Send{Chat: "c", Text: "x", To: wire.ToAgents}, wire.CodeForbidden},
	} {
		if _, _, e := translate(acd.Principal{Role: acd.RoleCustomer, ID: "m"}, tt.cmd, testConfig()); e == nil || e.Code != tt.code {
			t.Errorf("%+v: %v, want %s", tt.cmd, e, tt.code)
		}
	}
	if _, _, e := explained(&wire.Explain{Offer: "nonsense"}); e == nil || e.Code != wire.CodeNotFound {
		t.Errorf("explain of nonsense: %v", e)
	}
}

func TestWrongOptionsAreNamedAllAtOnce(t *testing.T) {
	_, err := New(Options{Origins: []string{"desk.example", "https://ok.example"}, WriteTimeout: -1, DeskHeartbeat: 1500,
		Customer: RoleLimits{InboundBytes: 5}})
	for _, part := range []string{"no Engine", "no Auth", `"desk.example"`, "WriteTimeout", "DeskHeartbeat", "InboundBytes 5"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v\ndoes not say %q", err, part)
		}
	}
	if strings.Contains(errors.Join(err).Error(), "ok.example") {
		t.Error("a good origin is named too")
	}
}
