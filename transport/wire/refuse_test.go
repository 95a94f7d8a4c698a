package wire

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// refusals are lines that neither the schema nor the decoder takes. Both must
// speak of the same field; byte-level faults and limits of the transport
// (duplicate names, UTF-8, nesting) are the decoder's alone.
var refusals = []struct {
	name, line string
	// field is what both complain of.
	field string
	// says is what the decoder's message must contain.
	says string
}{
	{"no id", `{"type":"end","chat":"c"}`, "id", "end: id is missing; expected a text"},
	{"empty id", `{"type":"end","id":"","chat":"c"}`, "id", "id is empty; expected a text of 1 to 64 characters"},
	{"long id", `{"type":"end","id":"` + strings.Repeat("é", 65) + `","chat":"c"}`, "id", "id has 65 characters"},
	{"number as id", `{"type":"end","id":5,"chat":"c"}`, "id", "end: id is a number; expected a text"},
	{"no chat", `{"type":"send","id":"1","text":"hi"}`, "chat", "chat is missing"},
	{"null chat", `{"type":"send","id":"1","chat":null,"text":"hi"}`, "chat", "chat is null; expected a text"},
	{"long chat", `{"type":"end","id":"1","chat":"` + strings.Repeat("c", 129) + `"}`, "chat", "chat has 129 characters"},
	{"no text", `{"type":"send","id":"1","chat":"c"}`, "text", "text is missing or empty"},
	{"empty text", `{"type":"send","id":"1","chat":"c","text":""}`, "text", "text is missing or empty"},
	{"text and attachment", `{"type":"send","id":"1","chat":"c","text":"a","attachment":{"id":"c.1"}}`, "", "attachment stands beside text"},
	{"attachment without id", `{"type":"send","id":"1","chat":"c","attachment":{"name":"a"}}`, "id", "attachment.id is missing"},
	{"attachment with an empty id", `{"type":"send","id":"1","chat":"c","attachment":{"id":""}}`, "id", "attachment.id is empty"},
	{"text and template", `{"type":"send","id":"1","chat":"c","text":"a","template":{"name":"hello"}}`, "", "template stands beside a text or an attachment"},
	{"attachment and template", `{"type":"send","id":"1","chat":"c","attachment":{"id":"c.1"},"template":{"name":"hello"}}`, "", "template stands beside a text or an attachment"},
	{"template without name", `{"type":"send","id":"1","chat":"c","template":{"name":""}}`, "name", "template.name is empty"},
	{"score too low", `{"type":"rate","id":"1","chat":"c","score":0}`, "score", "score is out of range"},
	{"score too high", `{"type":"rate","id":"1","chat":"c","score":6}`, "score", "score is out of range"},
	{"score as text", `{"type":"rate","id":"1","chat":"c","score":"5"}`, "score", "score"},
	{"null attachment", `{"type":"send","id":"1","chat":"c","text":"a","attachment":null}`, "attachment", "attachment is null; expected an object"},
	{"text as list", `{"type":"send","id":"1","chat":"c","text":["hi"]}`, "text", "text is a list; expected a text"},
	{"unknown audience", `{"type":"send","id":"1","chat":"c","text":"a","to":"nobody"}`, "to", `to is "nobody"; expected one of [all agents]`},
	{"empty audience", `{"type":"send","id":"1","chat":"c","text":"a","to":""}`, "to", "to is empty; expected one of all, agents"},
	{"flag as text", `{"type":"typing","id":"1","chat":"c","on":"true"}`, "on", "on is a text; expected true or false"},
	{"flag as number", `{"type":"typing","id":"1","chat":"c","on":1}`, "on", "expected true or false"},
	{"no flag", `{"type":"typing","id":"1","chat":"c"}`, "on", "typing: on is missing; expected true or false"},
	{"null flag", `{"type":"set_channel","id":"1","channel":"livechat","open":null}`, "open", "open is null; expected true or false"},
	{"number as text", `{"type":"read","id":"1","chat":"c","upto":"7"}`, "upto", "upto is a text; expected a whole number from 0 on"},
	{"read nothing", `{"type":"read","id":"1","chat":"c","upto":0}`, "upto", "upto is 0"},
	{"negative number", `{"type":"read","id":"1","chat":"c","upto":-1}`, "upto", "upto is the number -1; expected a whole number from 0 on"},
	{"broken number", `{"type":"read","id":"1","chat":"c","upto":1.5}`, "upto", "upto is the number 1.5; expected a whole number from 0 on"},
	{"page too long", `{"type":"history","id":"1","chat":"c","limit":201}`, "limit", "limit is 201"},
	{"no focus", `{"type":"focus","id":"1"}`, "chat", "chat is missing"},
	{"rona chosen", `{"type":"set_presence","id":"1","state":"rona"}`, "state", `state is "rona"; expected one of [available not_ready offline]`},
	{"no state", `{"type":"set_presence","id":"1"}`, "state", "state is missing"},
	{"unknown moment", `{"type":"set_presence","id":"1","state":"offline","when":"soon"}`, "when", `when is "soon"`},
	{"null alerting", `{"type":"hello","alerting":null}`, "alerting", "alerting is null"},
	{"resume without seq", `{"type":"hello","resume":{"epoch":"e"}}`, "seq", "resume.seq is missing"},
	{"resume without epoch", `{"type":"hello","resume":{"epoch":"","seq":1}}`, "epoch", "resume.epoch is empty"},
	{"client without name", `{"type":"hello","client":{"version":"1"}}`, "name", "client.name is missing"},
	{"attribute as number", `{"type":"start","id":"1","source":"web","attributes":{"age":7}}`, "age", "attributes.age is a number; expected a text"},
	{"null attribute", `{"type":"set_attributes","id":"1","chat":"c","set":{"age":null}}`, "age", "set.age is null; expected a text"},
	{"no attributes", `{"type":"set_attributes","id":"1","chat":"c"}`, "set", "set is missing; expected an object"},
	{"empty token", `{"type":"refresh","id":"1","token":""}`, "token", "token is empty"},
	{"no reason", `{"type":"force_end","id":"1","chat":"c"}`, "reason", "reason is missing"},
	{"explain nothing", `{"type":"explain","id":"1"}`, "", "offer and chat are both there or both missing"},
	{"explain both", `{"type":"explain","id":"1","offer":"o","chat":"c"}`, "", "offer and chat are both there or both missing"},
	{"transfer to nobody", `{"type":"transfer","id":"1","chat":"c","to":{}}`, "to", "to.agent and to.queue are both there or both missing"},
	{"transfer to both", `{"type":"transfer","id":"1","chat":"c","to":{"agent":"bob","queue":"sales"}}`, "to", "to.agent and to.queue are both there or both missing"},
	{"transfer without target", `{"type":"transfer","id":"1","chat":"c"}`, "to", "to is missing; expected an object"},
	{"transfer to a text", `{"type":"transfer","id":"1","chat":"c","to":"bob"}`, "to", "to is a text; expected an object"},
	{"transfer to a long name", `{"type":"transfer","id":"1","chat":"c","to":{"queue":"` + strings.Repeat("q", 129) + `"}}`, "queue", "to.queue has 129 characters"},
	{"unknown mode", `{"type":"transfer","id":"1","chat":"c","to":{"agent":"bob"},"mode":"cold"}`, "mode", `mode is "cold"; expected one of [warm blind stay]`},
	{"unknown fallback", `{"type":"transfer","id":"1","chat":"c","to":{"agent":"bob"},"on_fail":"drop"}`, "on_fail", `on_fail is "drop"`},
	{"null note", `{"type":"invite","id":"1","chat":"c","agent":"bob","note":null}`, "note", "note is null; expected a text"},
	{"cancel nothing", `{"type":"cancel_transfer","id":"1","chat":"c"}`, "transfer", "transfer is missing"},
	{"cancel no invitation", `{"type":"cancel_invite","id":"1","offer":""}`, "offer", "offer is empty"},
	{"invite nobody", `{"type":"invite","id":"1","chat":"c"}`, "agent", "agent is missing"},
	{"consult a number", `{"type":"consult","id":"1","chat":"c","agent":7}`, "agent", "agent is a number; expected a text"},
	{"drop nobody", `{"type":"drop","id":"1","chat":"c","participant":""}`, "participant", "participant is empty"},
	{"hand over to nobody", `{"type":"hand_over","id":"1","chat":"c"}`, "participant", "participant is missing"},
	{"targets of no kind", `{"type":"list_targets","id":"1"}`, "kind", "kind is missing"},
	{"targets of an unknown kind", `{"type":"list_targets","id":"1","kind":"bot"}`, "kind", `kind is "bot"; expected one of [agent queue]`},
	{"watch targets or not", `{"type":"watch_targets","id":"1","kind":"agent"}`, "on", "on is missing; expected true or false"},
	{"watch by a text", `{"type":"watch","id":"1","queues":"all"}`, "queues", "queues is a text; expected true or false"},
	{"a long filter", `{"type":"watch","id":"1","filter":"` + strings.Repeat("f", 129) + `"}`, "filter", "filter has 129 characters"},
	{"say nothing aside", `{"type":"direct","id":"1","agent":"bob","text":""}`, "text", "text is empty"},
	{"call to no chat", `{"type":"assist","id":"1"}`, "chat", "chat is missing"},
	{"broadcast to no queue", `{"type":"broadcast","id":"1","text":"x"}`, "queue", "queue is missing"},
	{"pick nothing", `{"type":"pick","id":"1"}`, "", "chat and queue are both there or both missing"},
	{"pick both", `{"type":"pick","id":"1","chat":"c","queue":"q"}`, "", "chat and queue are both there or both missing"},
	{"monitor nothing", `{"type":"monitor","id":"1"}`, "chat", "chat is missing"},
	{"assign to nobody", `{"type":"assign","id":"1","chat":"c"}`, "agent", "agent is missing"},
	{"force as text", `{"type":"assign","id":"1","chat":"c","agent":"bob","force":"yes"}`, "force", "force is a text; expected true or false"},
	{"requeue to nowhere", `{"type":"requeue","id":"1","chat":"c"}`, "queue", "queue is missing"},
	{"a mode of queues that is none", `{"type":"queue_mode","id":"1","queue":"q","mode":"deleted"}`, "mode", `mode is "deleted"; expected one of [open closed draining auto]`},
	{"priority too high", `{"type":"requeue","id":"1","chat":"c","queue":"q","priority":1001}`, "priority", "priority is 1001; expected a number from -1000 to 1000"},
	{"priority too low", `{"type":"set_priority","id":"1","chat":"c","priority":-1001}`, "priority", "priority is -1001"},
	{"half a priority", `{"type":"set_priority","id":"1","chat":"c","priority":0.5}`, "priority", "expected a whole number"},
	{"no priority", `{"type":"set_priority","id":"1","chat":"c"}`, "priority", "priority is missing"},
	{"no code", `{"type":"force_wrapup","id":"1","agent":"a","chat":"c"}`, "code", "code is missing"},
	{"no type", `{"id":"1","chat":"c"}`, "type", "type is missing"},
	{"type as number", `{"id":"1","type":1}`, "type", "type is not a text"},
	{"a list", `[{"type":"end","id":"1","chat":"c"}]`, "", "a list; expected a JSON object"},
	{"a number", `5`, "", "a number; expected a JSON object"},
}

// blamed are the members that a refusal of the schema is about.
func blamed(err error) []string {
	refused, ok := err.(*validator.ValidationError)
	if !ok {
		return nil
	}
	var names []string
	if missing, ok := refused.ErrorKind.(*kind.Required); ok {
		names = append(names, missing.Missing...)
	} else if at := refused.InstanceLocation; len(at) > 0 {
		names = append(names, at[len(at)-1])
	}
	for _, cause := range refused.Causes {
		names = append(names, blamed(cause)...)
	}
	return names
}

func TestWhatTheSchemaRefusesDecodeRefusesForTheSameReason(t *testing.T) {
	client := compiled(t, "client")
	for _, r := range refusals {
		err := validate(client, []byte(r.line))
		if err == nil {
			t.Errorf("%s: the schema takes %s", r.name, r.line)
		} else if named := blamed(err); r.field != "" && !slices.Contains(named, r.field) {
			t.Errorf("%s: the schema blames %q, not %q: %v", r.name, named, r.field, err)
		}
		c, refused := Decode([]byte(r.line))
		if refused == nil {
			t.Errorf("%s: decoded as %+v", r.name, c)
		} else if refused.Code != CodeBadFrame || !strings.Contains(refused.Message, r.says) || !strings.Contains(refused.Message, "expected") {
			t.Errorf("%s: decode says %v, not %q", r.name, refused, r.says)
		}
	}
}

func TestBytesThatAreNoFrameAreRefusedByName(t *testing.T) {
	for _, r := range []struct{ name, line, re, says string }{
		{"duplicate name", `{"type":"end","id":"7","chat":"c","chat":"d"}`, "7", `duplicate object member name`},
		{"duplicate behind an escape", `{"type":"end","id":"7","chat":"c","ch\u0061t":"d"}`, "7", `duplicate object member name`},
		{"duplicate in an unknown member", `{"type":"end","id":"7","chat":"c","x":{"a":1,"a":2}}`, "7", `duplicate object member name`},
		{"invalid UTF-8", "{\"type\":\"send\",\"id\":\"7\",\"chat\":\"c\",\"text\":\"\xff\"}", "7", "invalid UTF-8"},
		{"half a surrogate", `{"type":"send","id":"7","chat":"c","text":"\ud800"}`, "7", "surrogate"},
		{"truncated", `{"type":"send","id":"7","chat":"c","te`, "7", "the line ends before the object does"},
		{"truncated unknown", `{"type":"dance","id":"7","chat":"c`, "7", "the line ends before the object does"},
		{"something behind", `{"type":"end","id":"7","chat":"c"} 5`, "7", "after top-level value"},
		{"two on a line", `{"type":"end","id":"7","chat":"c"}{"type":"end","id":"8","chat":"c"}`, "7", "after top-level value"},
		{"trailing comma", `{"type":"end","id":"7","chat":"c",}`, "7", "expected"},
		{"single quotes", `{'type':'end'}`, "", "invalid character"},
		{"empty", ``, "", "an empty line"},
		{"white", " \t", "", "an empty line"},
		{"not a frame", `true`, "", "true or false; expected a JSON object"},
		{"junk", "\x00\x01", "", "invalid character"},
		{"deep", `{"type":"end","id":"7","chat":"c","x":` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + `}`, "7", "nested 17 deep; expected at most 16"},
		{"long id is not repeated", `{"type":"end","id":"` + strings.Repeat("x", 65) + `","chat":"c"}`, "", "id has 65 characters"},
	} {
		c, err := Decode([]byte(r.line))
		if err == nil {
			t.Errorf("%s: decoded as %+v", r.name, c)
			continue
		}
		if err.Code != CodeBadFrame || err.Re != r.re || !strings.Contains(err.Message, r.says) {
			t.Errorf("%s: got re %q, %v; want re %q and %q", r.name, err.Re, err, r.re, r.says)
		}
	}
}

func TestACommandOfALaterVersionIsAnUnknownType(t *testing.T) {
	later := strings.Fields(`park_chat message Send ok`)
	for _, name := range append(later, "", "send\x00") {
		_, err := Decode(fmt.Appendf(nil, `{"id":"7","type":%q}`, name))
		if name == "send\x00" {
			if err == nil {
				t.Errorf("%q was accepted", name)
			}
			continue
		}
		if err == nil || err.Code != CodeUnknownType || err.Re != "7" {
			t.Errorf("%s: got %v, want unknown_type to 7", name, err)
		}
		if MaySend(RoleAdmin, name) {
			t.Errorf("%s may be sent", name)
		}
	}
}

func TestMembersOfALaterVersionAreIgnored(t *testing.T) {
	for _, line := range []string{
		`{"new":null,"type":"end","more":{"a":[1,null,""]},"id":"7","chat":"c","Chat":5,"empty":""}`,
		"\t{ \"id\" : \"7\", \"chat\":\"c\" ,\r \"type\": \"end\" }\r",
		`{"a":1,"b":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"type":"end","id":"7","chat":"c"}`,
		`{"\u0074ype":"\u0065nd","\u0069d":"7","chat":"c"}`,
	} {
		if c, ok := mustDecode(t, line).(*End); !ok || *c != (End{ID: "7", Chat: "c"}) {
			t.Errorf("%s: got %+v", line, c)
		}
	}
}

func TestWhatMayBeAbsentMayBeAbsent(t *testing.T) {
	client := compiled(t, "client")
	for _, line := range []string{
		`{"type":"hello"}`, `{"type":"pong"}`, `{"type":"focus","id":"1","chat":null}`, `{"type":"start","id":"1","source":"web"}`,
		`{"type":"wrapup","id":"1","chat":"c"}`, `{"type":"history","id":"1","chat":"c","limit":0}`,
		`{"type":"send","id":"1","chat":"c","text":"","attachment":{"id":"c.1","name":"a"}}`,
		`{"type":"send","id":"1","chat":"c","template":{"name":"hello"}}`, `{"type":"rate","id":"1","chat":"c","score":1}`,
		`{"type":"set_attributes","id":"1","chat":"c","set":{}}`, `{"type":"reject","id":"` + strings.Repeat("é", 64) + `","offer":"o"}`,
		`{"type":"transfer","id":"1","chat":"c","to":{"agent":"","queue":"sales"}}`, `{"type":"pick","id":"1","chat":"c","queue":""}`,
		`{"type":"set_priority","id":"1","chat":"c","priority":0}`, `{"type":"assign","id":"1","chat":"c","agent":"bob","force":false}`,
		`{"type":"typing","id":"1","chat":"c","on":false}`, `{"type":"hello","resume":{"epoch":"e","seq":0}}`,
	} {
		mustDecode(t, line)
		if err := validate(client, []byte(line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// collect runs a batch to its end: "type id" for each command, the code and re
// of each refusal.
func collect(data string, bounds Bounds) []string {
	var got []string
	for c, err := range DecodeBatch([]byte(data), bounds) {
		if err != nil {
			got = append(got, string(err.Code)+" "+err.Re)
			continue
		}
		got = append(got, c.FrameType()+" "+c.CommandID())
	}
	return got
}

func TestABadLineDoesNotSpoilTheOthers(t *testing.T) {
	data := `{"type":"end","id":"1","chat":"c"}` + "\n" + `{"type":"end","id":"2"}` + "\n\n" +
		`{"type":"dance","id":"3"}` + "\r\n" + `{"type":"pong","seq":4}` + "\n"
	got := strings.Join(collect(data, Bounds{}), ", ")
	if want := "end 1, bad_frame 2, bad_frame , unknown_type 3, pong "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAMessageWithTooManyLinesIsRefusedWhole(t *testing.T) {
	line := `{"type":"pong"}` + "\n"
	if got := collect(strings.Repeat(line, 64), Bounds{}); len(got) != 64 || got[63] != "pong " {
		t.Errorf("64 frames: %v", got)
	}
	for frames, bounds := range map[int]Bounds{65: {}, 3: {Frames: 2}} {
		if got := collect(strings.Repeat(line, frames), bounds); len(got) != 1 || got[0] != "bad_frame " {
			t.Errorf("%d frames: %v", frames, got)
		}
	}
	if got := collect(`{"type":"pong","x":[[]]}`, Bounds{Nesting: 2}); len(got) != 1 || got[0] != "bad_frame " {
		t.Errorf("nesting: %v", got)
	}
	if got := collect("", Bounds{}); len(got) != 1 || got[0] != "bad_frame " {
		t.Errorf("nothing: %v", got)
	}
}

func TestABatchCanBeLeftEarly(t *testing.T) {
	for range DecodeBatch([]byte("{}\n{}\n{}"), Bounds{}) {
		break
	}
}

func TestADecodedCommandDoesNotShareMemoryWithTheMessage(t *testing.T) {
	line := []byte(`{"type":"send","id":"1","chat":"c-1","text":"hello"}`)
	c, err := Decode(line)
	if err != nil {
		t.Fatal(err)
	}
	clear(line)
	if s := c.(*Send); s.ID != "1" || s.Chat != "c-1" || s.Text != "hello" {
		t.Errorf("got %+v", s)
	}
}

func TestOnlyTheRolesOfTheTableMaySend(t *testing.T) {
	for _, want := range []struct {
		command string
		role    Role
		may     bool
	}{
		{"start", RoleCustomer, true}, {"start", RoleAgent, false}, {"accept", RoleAgent, true}, {"accept", RoleCustomer, false},
		{"accept", RoleSupervisor, true}, {"force_end", RoleAgent, false}, {"force_end", RoleSupervisor, true},
		{"explain", RoleAdmin, true}, {"send", RoleCustomer, true}, {"send", RoleAdmin, false}, {"set_attributes", RoleCustomer, false},
		{"transfer", RoleAgent, true}, {"transfer", RoleSupervisor, true}, {"transfer", RoleAdmin, false}, {"transfer", RoleCustomer, false},
		{"pick", RoleAgent, true}, {"monitor", RoleSupervisor, true}, {"monitor", RoleAgent, false}, {"take_over", RoleAdmin, false},
		{"force_wrapup", RoleAgent, false}, {"force_wrapup", RoleSupervisor, true},
	} {
		if got := MaySend(want.role, want.command); got != want.may {
			t.Errorf("%s by %s: %v", want.command, want.role, got)
		}
	}
}

func TestACloseCodeSaysWhetherToConnectAgain(t *testing.T) {
	for _, c := range CloseCodes() {
		if c.Text() == "" {
			t.Errorf("%d has no text", c)
		}
		if c.Reconnect() != (c < 4500) {
			t.Errorf("%d %s: reconnect %v", c, c.Text(), c.Reconnect())
		}
	}
	for code, want := range map[CloseCode]bool{1000: false, 1001: true, 1002: false, 1003: false, 1007: false, 1009: false, 1012: true, 4999: false} {
		if code.Reconnect() != want {
			t.Errorf("%d: reconnect %v", code, !want)
		}
	}
}
