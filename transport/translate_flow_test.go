package transport

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

var (
	inChat    = acd.ChatID("c").Address()
	everyRole = []wire.Role{wire.RoleCustomer, wire.RoleAgent, wire.RoleSupervisor, wire.RoleAdmin}
	workers   = []wire.Role{wire.RoleAgent, wire.RoleSupervisor}
	overseers = []wire.Role{wire.RoleSupervisor}
)

// flows is each command of a second agent or of a supervisor: who may send it,
// which machine decides it, and as what.
var flows = []struct {
	line  string
	roles []wire.Role
	to    acd.Address
	want  acd.Command
}{
	{`"type":"transfer","chat":"c","to":{"agent":"bob"},"mode":"warm","note":"n"`, workers, inChat,
		acd.TransferChat{ToAgent: "bob", Mode: acd.Warm, Note: "n"}},
	{`"type":"transfer","chat":"c","to":{"agent":"bob"},"mode":"blind","on_fail":"return_to_sender"`, workers, inChat,
		acd.TransferChat{ToAgent: "bob", Mode: acd.Blind, OnFail: acd.ReturnToSender}},
	{`"type":"transfer","chat":"c","to":{"queue":"sales"},"mode":"stay"`, workers, inChat, acd.TransferChat{ToQueue: "sales", Mode: acd.Stay}},
	{`"type":"transfer","chat":"c","to":{"queue":"sales"},"on_fail":"return_to_queue"`, workers, inChat,
		acd.TransferChat{ToQueue: "sales", OnFail: acd.ReturnToQueue}},
	{`"type":"transfer","chat":"c","to":{"queue":"sales"},"on_fail":"end"`, workers, inChat, acd.TransferChat{ToQueue: "sales", OnFail: acd.EndOnFail}},
	{`"type":"cancel_transfer","transfer":"c.5t"`, workers, inChat, acd.CancelTransfer{Transfer: "c.5t"}},
	{`"type":"invite","chat":"c","agent":"bob","note":"n"`, workers, inChat, acd.Invite{Agent: "bob", Note: "n"}},
	{`"type":"cancel_invite","offer":"c.6"`, workers, inChat, acd.CancelInvite{Offer: "c.6"}},
	{`"type":"consult","chat":"c","agent":"bob"`, workers, inChat, acd.Consult{Agent: "bob"}},
	{`"type":"end_consult","chat":"c"`, workers, inChat, acd.EndConsult{}},
	{`"type":"end_conference","chat":"c"`, workers, inChat, acd.EndConference{}},
	{`"type":"drop","chat":"c","participant":"bob"`, workers, inChat, acd.DropAgent{Agent: "bob"}},
	{`"type":"hand_over","chat":"c","participant":"bob"`, workers, inChat, acd.HandOver{Agent: "bob"}},
	{`"type":"pick","chat":"c"`, workers, inChat, acd.Pick{}},
	{`"type":"pick","queue":"sales"`, workers, acd.QueueID("sales").Address(), acd.PickNext{}},
	{`"type":"monitor","chat":"c"`, overseers, inChat, acd.Monitor{Mode: acd.Monitoring}},
	{`"type":"whisper","chat":"c"`, overseers, inChat, acd.Monitor{Mode: acd.Whisper}},
	{`"type":"barge","chat":"c"`, overseers, inChat, acd.Monitor{Mode: acd.Talk}},
	{`"type":"unmonitor","chat":"c"`, overseers, inChat, acd.Unmonitor{}},
	{`"type":"take_over","chat":"c"`, overseers, inChat, acd.TakeOver{}},
	{`"type":"assign","chat":"c","agent":"bob","force":true`, overseers, inChat, acd.AssignTo{Agent: "bob", Force: true}},
	{`"type":"requeue","chat":"c","queue":"sales","priority":3`, overseers, inChat, acd.Requeue{Queue: "sales", Priority: 3}},
	{`"type":"set_priority","chat":"c","priority":-2`, overseers, inChat, acd.SetPriority{Priority: -2}},
	{`"type":"force_wrapup","agent":"alice","chat":"c","code":"x"`, overseers, acd.AgentID("alice").Address(), acd.Wrapup{Chat: "c", Code: "x"}},
}

func TestEachFlowGoesToWhoDecidesItWhoeverMaySendIt(t *testing.T) {
	for _, tt := range flows {
		cmd, bad := wire.Decode([]byte(`{"id":"1",` + tt.line + `}`))
		if bad != nil {
			t.Errorf("%s: %v", tt.line, bad)
			continue
		}
		for _, role := range tt.roles {
			to, got, e := translate(acd.Principal{Role: acd.Role(role), ID: "somebody"}, cmd, testConfig())
			if e != nil || to != tt.to || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s by %s went to %v as %+v (%v), want %v and %+v", tt.line, role, to, got, e, tt.to, tt.want)
			}
		}
	}
}

func TestAFlowIsForbiddenToWhomItIsNotFor(t *testing.T) {
	e := onLoopback(t, func(o *Options) { o.Customer.Burst, o.Desk.Burst = 1000, 1000 })
	peers := map[wire.Role]*peer{}
	for _, role := range everyRole {
		peers[role] = e.hello(acd.Role(role), "p-"+string(role))
	}
	for _, tt := range flows {
		for role, p := range peers {
			if slices.Contains(tt.roles, role) {
				continue
			}
			p.say(`{"id":"1",` + tt.line + `}`)
			if line, err := p.next(); err != nil || !strings.Contains(line, `"code":"forbidden"`) {
				t.Errorf("%s by %s: %s, %v", tt.line, role, line, err)
			}
		}
	}
}

func TestAFlowThatCannotBeTranslatedIsRefusedByName(t *testing.T) {
	long := strings.Repeat("é", notesChars+1)
	for _, tt := range []struct {
		cmd  wire.Command
		code wire.ErrorCode
	}{
		{&wire.CancelTransfer{Transfer: "nonsense"}, wire.CodeNotFound},
		{&wire.CancelTransfer{Transfer: ".5"}, wire.CodeNotFound},
		{&wire.CancelInvite{Offer: "nonsense"}, wire.CodeNotFound},
		{&wire.Pick{Queue: "nowhere"}, wire.CodeNotFound},
		{&wire.ForceWrapUp{Agent: "nobody", Chat: "c", Code: "x"}, wire.CodeNotFound},
		{&wire.Transfer{Chat: "c", To: wire.Target{Agent: "bob"}, Note: long}, wire.CodeTooLong},
		{&wire.Invite{Chat: "c", Agent: "bob", Note: long}, wire.CodeTooLong},
	} {
		_, _, e := translate(acd.Principal{Role: acd.RoleSupervisor, ID: "sue"}, tt.cmd, testConfig())
		if e == nil || e.Code != tt.code {
			t.Errorf("%+v: %v, want %s", tt.cmd, e, tt.code)
			continue
		}
		if d := e.Detail; tt.code == wire.CodeTooLong && (d == nil || d.Max != notesChars || d.Got != notesChars+1) {
			t.Errorf("%T: detail %+v", tt.cmd, d)
		}
	}
}

func TestANoteOfTheFullLengthIsTaken(t *testing.T) {
	cmd := &wire.Transfer{Chat: "c", To: wire.Target{Agent: "bob"}, Note: strings.Repeat("é", notesChars)}
	if _, _, e := translate(acd.Principal{Role: acd.RoleAgent, ID: "alice"}, cmd, testConfig()); e != nil {
		t.Error(e)
	}
}
