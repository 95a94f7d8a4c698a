package conform

import (
	"strings"
	"testing"
)

const connected = "  - alice connects\n"

func TestAScenarioThatTheServerKeepsIsPassed(t *testing.T) {
	err := outcome(t, &server{script: map[string]string{
		"set_presence": ok + presence(1, "not_ready") + presence(2, "available"),
		"send":         `{"type":"ok","re":"#id","message_seq":7}` + message(3, "hello"),
	}}, `  - alice connects
  - alice has snapshot: {presence: {state: offline, reason: ~}, chats: []}
  - alice sends: {type: set_presence, state: available}
  - alice receives: {type: presence, state: not_ready}
  - alice receives: {type: presence, state: available, since: $when}
  - alice sends: {type: send, chat: c, text: hello}
    gets: {message_seq: 7}
  - alice receives in any order: [{type: message, text: hello, sent_at: $when}]
  - alice does not receive: {type: message}
`)
	if err != nil {
		t.Error(err)
	}
}

func TestWhatAServerDoesWrongIsFound(t *testing.T) {
	available := "  - alice sends: {type: set_presence, state: available}\n"
	for name, tt := range map[string]struct {
		script map[string]string
		hello  string
		steps  string
		want   string
	}{
		"an event is missing": {
			steps: connected + available + "  - alice receives: {type: presence}\n", want: "nothing such came in time"},
		"an event has another field": {
			script: map[string]string{"set_presence": ok + presence(1, "rona")},
			steps:  connected + available + "  - alice receives: {type: presence, state: available}\n", want: `state is "rona", want "available"`},
		"events come in the wrong order": {
			script: map[string]string{"set_presence": ok + message(1, "x") + presence(2, "available")},
			steps:  connected + available + "  - alice receives: {type: presence}\n  - alice receives: {type: message}\n", want: "step 4"},
		"an event comes that must not": {
			script: map[string]string{"set_presence": ok + presence(1, "available")},
			steps:  connected + available + "  - alice does not receive: {type: presence}\n", want: "came"},
		"a field is there that must be absent": {
			script: map[string]string{"set_presence": ok + presence(1, "available")},
			steps:  connected + available + "  - alice receives: {type: presence, by: ~}\n", want: "want it absent"},
		"a list has another length": {
			steps: connected + "  - alice has snapshot: {chats: [{}]}\n", want: "want a list of 1"},
		"a name stands for two values": {
			script: map[string]string{"set_presence": ok + presence(1, "available") + presence(2, "not_ready")},
			steps:  connected + available + "  - alice receives: {type: presence, state: $s}\n  - alice receives: {type: presence, state: $s}\n", want: "want $s"},
		"a command is refused": {
			script: map[string]string{"set_presence": unknown},
			steps:  connected + available, want: `type is "error", want "ok"`},
		"a command is not answered": {
			script: map[string]string{"set_presence": `{"type":"ping"}`},
			steps:  connected + available, want: "no answer"},
		"a command is answered twice": {
			script: map[string]string{"typing": ok + "\n" + ok},
			steps:  connected + "  - alice sends: {type: typing, chat: c, on: true}\n  - alice does not receive: {type: typing}\n", want: "answered twice"},
		"numbers have a gap": {
			script: map[string]string{"typing": ok + presence(1, "available") + presence(3, "rona")},
			steps:  connected + "  - alice sends: {type: typing, chat: c, on: true}\n  - alice receives: {type: presence, state: available}\n  - alice receives: {type: presence}\n", want: "number 3 after 1"},
		"a frame is not of the schema": {
			script: map[string]string{"typing": ok + presence(1, "asleep")},
			steps:  connected + "  - alice sends: {type: typing, chat: c, on: true}\n  - alice does not receive: {type: message}\n", want: "not valid by the schema"},
		"something comes before the welcome": {
			hello: `{"type":"ping"}` + "\n" + greeting,
			steps: connected, want: "before the welcome"},
		"the welcome resumes nothing": {
			steps: connected + "  - alice drops\n  - alice reconnects\n", want: "resumed is false, want true"},
		"a customer sees an agent's id": {
			script: map[string]string{"typing": ok + strings.ReplaceAll(message(1, "x"), `"kind":"agent",`, `"kind":"agent","id":"alice",`)},
			steps:  "  - ann connects\n  - ann sends: {type: typing, chat: c, on: true}\n  - ann receives: {type: message}\n", want: "the id of alice"},
		"a customer sees a side note": {
			script: map[string]string{"typing": ok + message(1, "he said: she is rude")},
			steps: "  - alice connects\n  - alice sends: {type: send, chat: c, text: she is rude, to: agents}\n" +
				"  - ann connects\n  - ann sends: {type: typing, chat: c, on: true}\n  - ann receives: {type: message}\n", want: `the note "she is rude"`},
		"the connection ends": {
			script: map[string]string{"typing": "close"},
			steps:  connected + "  - alice sends: {type: typing, chat: c, on: true}\n", want: "the connection ended"},
		"it is closed with another code": {
			script: map[string]string{"pong": "close", "typing": ok + "\n" + `{"type":"ping"}`},
			steps:  connected + "  - alice sends: {type: typing, chat: c, on: true}\n  - alice is closed: 4000\n", want: "closed with 4507"},
	} {
		t.Run(name, func(t *testing.T) {
			err := outcome(t, &server{hello: tt.hello, script: tt.script}, tt.steps)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestAFailureNamesItsStepAndWhatCame(t *testing.T) {
	err := outcome(t, &server{script: map[string]string{"set_presence": ok + presence(1, "rona")}},
		connected+"  - alice sends: {type: set_presence, state: available}\n  - alice receives: {type: message}\n")
	for _, want := range []string{`step 3, alice receives: {"type":"message"}`, `"state":"rona"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in %v", want, err)
		}
	}
}

func TestTheDeskIsClearedInTheEnd(t *testing.T) {
	owes := strings.Replace(greeting, `"wrapups":[]`, `"wrapups":[{"chat":"c","codes":[{"code":"done","name":"Done"}],"notes_enabled":false,"mode":"mandatory"}]`, 1)
	err := outcome(t, &server{hello: owes, script: map[string]string{"wrapup": unknown}}, connected)
	if err == nil || !strings.Contains(err.Error(), "clearing the desk of alice") || !strings.Contains(err.Error(), `"code":"done"`) {
		t.Errorf("got %v", err)
	}
}

func TestAScenarioThatIsNotUnderstoodIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"sentence":      {"name: x\npeople: {a: {role: agent, subject: a}}\nsteps: [a sings]", "not a sentence"},
		"person":        {"name: x\nsteps: [zoe connects]", "who is zoe?"},
		"role":          {"name: x\npeople: {a: {role: boss, subject: a}}\nsteps: [a connects]", "needs a role"},
		"wait":          {"name: x\nsteps: [wait: soon]", "for how long"},
		"two sentences": {"name: x\npeople: {a: {role: agent, subject: a}}\nsteps: [{a sends: {}, a receives: {}}]", "two sentences"},
		"field":         {"name: x\ncolour: red\nsteps: [wait: 1s]", "colour"},
		"nothing":       {"name: x", "needs a name and steps"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}
