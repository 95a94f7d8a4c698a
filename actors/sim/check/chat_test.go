package check

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestAMessageGoesToWhoIsInTheChatWhenItIsSaid(t *testing.T) {
	said := acd.MessageSent{Message: acd.Message{Seq: 1, To: acd.ForAll}}
	joins := acd.Joined{Agent: "bob", Mode: acd.Talk, Owner: true}
	leaves := acd.Left{Agent: "alice", Owner: "bob"}
	ends := acd.ChatEnded{By: "agent"}
	for _, c := range []struct {
		name   string
		record []acd.Event // said by the room while alice has the chat
		to     acd.AgentID
		breaks string
	}{
		{"who has it hears", []acd.Event{said}, "alice", ""},
		{"who is not there hears", []acd.Event{said}, "bob", "I11"},
		{"it is said, and then she makes room", []acd.Event{said, joins, leaves}, "alice", ""},
		{"she makes room, and then it is said", []acd.Event{joins, leaves, said}, "alice", "I11"},
		{"who comes next hears what was said before", []acd.Event{said, joins, leaves}, "bob", "I11"},
		{"who has come hears", []acd.Event{joins, said, leaves}, "bob", ""},
		{"it is said, and then it ends", []acd.Event{said, ends}, "alice", ""},
		{"it is said to who is not there, and then it ends", []acd.Event{said, ends}, "bob", "I11"},
	} {
		k := New(func() int64 { return 1 })
		f := &fold{checker: k, chats: map[acd.ChatID]*chat{}, desks: map[acd.AgentID]*desk{}, stays: map[string][]*stay{}}
		served, from := f.chat("c"), acd.ChatID("c").Address()
		served.started, served.owner, served.joined["alice"] = true, "alice", acd.Talk
		w := &actors.Written{At: time.Unix(1000, 0), Events: c.record}
		for i, e := range c.record {
			if _, ok := e.(acd.MessageSent); ok {
				w.News = []actors.Told{{To: c.to.Stream(), Event: i, View: acd.ToAgent}}
			}
		}
		served.record(f, from, w)
		got := ""
		if k.violated != nil {
			got = k.violated.Rule
		}
		if got != c.breaks {
			t.Errorf("%s: breaks %q, expected %q", c.name, got, c.breaks)
		}
	}
}
