package conform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/transport/wire"
)

// server says what a script tells it: a line of frames for each command that
// it hears. #id stands for the command's id, $now for a time.
type server struct {
	t *testing.T
	// hello follows the hello, its first line is the welcome if it is not empty.
	hello string
	// script has what follows a command of each type, over and over.
	script map[string]string
}

const (
	greeting = `{"type":"welcome","re":"#id","session":"s","role":"agent","principal":"alice","epoch":"e","seq":0,"resumed":false,` +
		`"server_time":"$now","heartbeat_s":10,"limits":{"message_bytes":32768,"frames":64,"nesting":16,"id_chars":64}}` + "\n" +
		`{"type":"snapshot","role":"agent","seq":0,"presence":{"state":"offline","since":"$now","by":"system"},` +
		`"capacity":{"total":4,"used":0,"channels":{}},"queues":[],"offers":[],"chats":[],"wrapups":[],"wrapup_codes":[],"reasons":[]}`
	waits = `{"type":"welcome","re":"#id","session":"s","role":"customer","principal":"ann","epoch":"e","seq":0,"resumed":false,` +
		`"server_time":"$now","heartbeat_s":25,"limits":{"message_bytes":32768,"frames":64,"nesting":16,"id_chars":64}}` + "\n" +
		`{"type":"snapshot","role":"customer","seq":0,"chats":[]}`
	ok      = `{"type":"ok","re":"#id"}`
	unknown = `{"type":"error","re":"#id","code":"not_found","message":"no"}`
)

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		s.t.Error(err)
		return
	}
	defer ws.CloseNow()
	for {
		_, data, err := ws.Read(r.Context())
		if err != nil {
			return
		}
		for line := range bytes.SplitSeq(data, []byte{'\n'}) {
			var f struct{ Type, ID, Token string }
			if err := json.Unmarshal(line, &f); err != nil {
				s.t.Error(err)
			}
			if !s.reply(r, ws, f.Type, f.ID, f.Token) {
				return
			}
		}
	}
}

func (s *server) reply(r *http.Request, ws *websocket.Conn, kind, id, role string) bool {
	text := s.script[kind]
	switch {
	case text == "close":
		ws.Close(4507, "signed out by a supervisor")
		return false
	case text != "":
	case kind == "hello" && s.hello != "":
		text = s.hello
	case kind == "hello" && role == string(wire.RoleCustomer):
		text = waits
	case kind == "hello":
		text = greeting
	case kind == "accept" || kind == "history":
		text = unknown
	default:
		text = ok
	}
	text = strings.NewReplacer("#id", id, "$now", "2026-01-12T09:00:00.000Z").Replace(text)
	if id == "" { // hello has none here
		text = strings.ReplaceAll(text, `"re":"",`, "")
	}
	return ws.Write(r.Context(), websocket.MessageText, []byte(text)) == nil
}

// outcome plays a scenario of one agent and a customer against a script.
func outcome(t *testing.T, s *server, steps string) error {
	t.Helper()
	return against(t, s, Target{}, steps)
}

// against is outcome with a target that can do more.
func against(t *testing.T, s *server, target Target, steps string) error {
	t.Helper()
	s.t = t
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	text := "name: test\npeople:\n  alice: {role: agent, subject: alice}\n  ann: {role: customer, subject: ann}\nsteps:\n" + steps
	scenario, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	target.URL = "ws" + strings.TrimPrefix(web.URL, "http")
	target.Token = func(p Person) (string, error) { return string(p.Role), nil }
	target.Patience = 2 * time.Second
	return Play(t.Context(), &target, scenario)
}

// event is a typing or presence event for scripts.
func presence(seq int, state string) string {
	return fmt.Sprintf("\n"+`{"type":"presence","seq":%d,"at":"$now","state":%q,"since":"$now","by":"alice"}`, seq, state)
}

func message(seq int, text string) string {
	return fmt.Sprintf("\n"+`{"type":"message","seq":%d,"at":"$now","chat":"c","message_seq":%d,"author":{"kind":"agent","name":"A","initials":"A"},`+
		`"text":%q,"to":"all","sent_at":"$now"}`, seq, seq, text)
}
