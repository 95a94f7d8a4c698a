package check

import (
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestWhatIsHandedOutOfAnErasedChatHasNoWords(t *testing.T) {
	says := func(chat acd.ChatID, text string) []actors.Delivery {
		return []actors.Delivery{{Answer: &actors.Answer{}}, {News: &actors.Note{From: chat.Address(), Event: acd.MessageSent{Message: acd.Message{Seq: 1, Text: text}}}}}
	}
	for _, c := range []struct {
		name   string
		before func(*Checker)
		handed []actors.Delivery
		breaks string
	}{
		{"nothing is erased", func(*Checker) {}, says("c", "hello"), ""},
		{"it is asked for", func(k *Checker) { k.Erasing([]acd.ChatID{"c"}) }, says("c", "hello"), ""},
		{"it is erased", func(k *Checker) { k.Erased([]acd.ChatID{"c"}) }, says("c", "hello"), "erasure"},
		{"it is erased, and so is the text", func(k *Checker) { k.Erased([]acd.ChatID{"c"}) }, says("c", ""), ""},
		{"another one is erased", func(k *Checker) { k.Erased([]acd.ChatID{"b"}) }, says("c", "hello"), ""},
	} {
		k := New(func() int64 { return 1 })
		c.before(k)
		k.Handed("alice#1", c.handed)
		got := ""
		if v := k.Violated(); v != nil {
			got = v.Rule
		}
		if got != c.breaks {
			t.Errorf("%s: breaks %q, expected %q", c.name, got, c.breaks)
		}
	}
}

func TestAnEventMayBeToldAnewOnlyWhereWordsHaveBeenErased(t *testing.T) {
	told := func(erasing []acd.ChatID, names ...string) string {
		k := New(func() int64 { return 1 })
		s := k.Welcomed("alice#1", acd.Principal{Role: acd.RoleAgent, ID: "alice"}, actors.Hello{}, actors.Welcome{Epoch: "1", Snapshot: &actors.Snapshot{}})
		k.Erasing(erasing)
		for _, name := range names {
			s.Seq = 0
			k.Told(s, actors.Delivery{Seq: 1, News: &actors.Note{From: acd.ChatID("c").Address(), Event: acd.Accepted{Name: name}}})
		}
		if v := k.Violated(); v != nil {
			return v.Rule
		}
		return ""
	}
	if got := told(nil, "Ann", "Ann"); got != "" {
		t.Errorf("the same again breaks %q", got)
	}
	if got := told(nil, "Ann", "Bert"); got != "stream" {
		t.Errorf("another one under its number breaks %q", got)
	}
	if got := told([]acd.ChatID{"c"}, "Ann", ""); got != "" {
		t.Errorf("one without its words breaks %q, before the journal is asked", got)
	}
}
