package transport

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func TestHowAChatComesToItsEndIsTranslatedWordForWord(t *testing.T) {
	for _, tt := range []struct {
		cmd  wire.Command
		want acd.Command
	}{
		{&wire.ProposeEnd{Chat: "c"}, acd.ProposeEnd{}},
		{&wire.ConfirmEnd{Chat: "c"}, acd.ConfirmEnd{}},
		{&wire.DeclineEnd{Chat: "c"}, acd.DeclineEnd{}},
		{&wire.Rate{Chat: "c", Score: 4, Text: "quick"}, acd.Rate{Score: 4, Text: "quick"}},
		{&wire.Send{Chat: "c", Template: &wire.TemplateUse{Name: "hello", Params: map[string]string{"name": "Kim"}}},
			acd.SendText{To: acd.ForAll, Template: &acd.TemplateUse{Name: "hello", Params: map[string]string{"name": "Kim"}}}},
	} {
		to, got, e := translate(acd.Principal{Role: acd.RoleAgent, ID: "alice"}, tt.cmd, testConfig())
		if e != nil || to != acd.ChatID("c").Address() || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%+v became %+v to %v, %v", tt.cmd, got, to, e)
		}
	}
}

func TestSilenceAndTheEndAreToldToEachSideInItsOwnWords(t *testing.T) {
	until := time.Unix(1_700_000_060, 0)
	for _, tt := range []struct {
		view  acd.View
		event acd.Event
		want  string
	}{
		{acd.ToCustomer, acd.IdleWarned{CloseAt: until}, head("idle_warning") + `,"closes_at":"2023-11-14T22:14:20.000Z"}`},
		{acd.ToAgent, acd.IdleWarned{}, head("idle_warning") + `}`},
		{acd.ToAgent, acd.AgentIdled{Since: until, Agent: "bob"}, head("agent_idle") + `,"since":"2023-11-14T22:14:20.000Z"}`},
		{acd.ToAgent, acd.Parked{}, head("inactive") + `,"on":true}`},
		{acd.ToAgent, acd.Unparked{}, head("inactive") + `,"on":false}`},
		{acd.ToCustomer, acd.Parked{}, `{"type":"other"}`},
		{acd.ToCustomer, acd.EndProposed{By: "bob", Name: "Bob"}, head("end_proposed") + `,"name":"Bob"}`},
		{acd.ToAgent, acd.EndProposed{By: "bob", Name: "Bob"}, head("end_proposed") + `,"by":"bob","name":"Bob"}`},
		{acd.ToAgent, acd.EndDeclined{}, head("end_declined") + `}`},
	} {
		if got := frame(tt.view, tt.event); got != tt.want {
			t.Errorf("view %d of %T is %s, want %s", tt.view, tt.event, got, tt.want)
		}
	}
}

func TestAFileIsShownInThePlaceOfATextAndATemplateToAgentsAlone(t *testing.T) {
	m := acd.Message{Seq: 1, To: acd.ForAll, Text: "a.png", Template: "hello", Attachment: &acd.Attachment{ID: "c.1", Type: "image/png", Size: 7}}
	for role, template := range map[acd.Role]string{acd.RoleCustomer: "", acd.RoleAgent: "hello"} {
		got := messageFrame(&m, role)
		want := wire.Attachment{ID: "c.1", Name: "a.png", MediaType: "image/png", SizeBytes: 7, URL: "/v1/attachments/c.1"}
		if got.Text != "" || got.Attachment == nil || *got.Attachment != want || got.Template != template {
			t.Errorf("%s sees %+v", role, got)
		}
	}
}

func TestAnAgentsSnapshotListsWhatHeMaySendAndABoardTheRating(t *testing.T) {
	cfg := testConfig()
	cfg.Templates = map[string]*acd.Template{
		"b": {Text: "Hello <name>", Channels: []acd.Channel{"livechat"}}, "a": {Text: "Bye"},
	}
	s := &actors.Snapshot{Config: cfg, Chats: []actors.ChatSnapshot{{View: acd.ChatView{Chat: "c", Phase: acd.PhaseEnded, Rating: &acd.Rated{Score: 2, Text: "slow"}}}}}
	ev := snapshotFrame(acd.Principal{Role: acd.RoleAgent, ID: "alice"}, 1, s).(*wire.AgentSnapshot)
	want := []wire.Template{{Name: "a", Text: "Bye"}, {Name: "b", Text: "Hello <name>", Params: []string{"name"}, Channels: []string{"livechat"}}}
	if !reflect.DeepEqual(ev.Templates, want) {
		t.Errorf("templates are %+v", ev.Templates)
	}
	board := string(wire.AppendEvent(nil, snapshotFrame(acd.Principal{Role: acd.RoleSupervisor, ID: "sue"}, 1, s)))
	if !strings.Contains(board, `"rating":{"score":2,"text":"slow"}`) {
		t.Errorf("the board is %s", board)
	}
}
