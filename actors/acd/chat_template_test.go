package acd

import (
	"slices"
	"strings"
	"testing"
)

func templated(c *Config) {
	c.Templates = map[string]*Template{
		"hello": {Name: "hello", Text: "Hello <name>, your order <order> is on its way, <name>.", Channels: []Channel{"livechat"}},
		"offer": {Name: "offer", Text: "5 > 4 for <b_1>"},
		"page":  {Name: "page", Text: "hi", Channels: []Channel{"facebook"}},
	}
}

func use(name string, params map[string]string) SendText {
	return SendText{Template: &TemplateUse{Name: name, Params: params}}
}

func TestATemplateIsSentWithAllItsMarksFilled(t *testing.T) {
	p := served(t, templated)
	out := p.must(alice, use("hello", map[string]string{"name": "Kim", "order": "A-7"}))
	m := out.Events[0].(MessageSent).Message
	if m.Text != "Hello Kim, your order A-7 is on its way, Kim." || m.Template != "hello" || m.To != ForAll {
		t.Errorf("sent %+v", m)
	}
}

func TestATemplateIsRefusedWhenItsParametersAreNotComplete(t *testing.T) {
	p := served(t, templated)
	p.refused(alice, use("hello", map[string]string{"name": "Kim"}), refusal("bad_frame", "the template's mark order is not filled"))
	p.refused(alice, use("hello", map[string]string{"name": "Kim", "order": "1", "x": "2"}), refusal("bad_frame", "the template has no mark x"))
	p.refused(alice, use("nothing", nil), refusal("not_found", "no template named nothing"))
	p.refused(alice, use("page", nil), refusal("bad_target", "that template is not for this channel"))
	p.refused(kim, use("hello", map[string]string{"name": "Kim", "order": "1"}), ErrForbidden)
}

func TestOnlyWhatTheAgentFillsInIsHeldAgainstReservedCharacters(t *testing.T) {
	p := served(t, templated)
	p.must(alice, use("offer", map[string]string{"b_1": "you"}))
	out := p.do(alice, use("offer", map[string]string{"b_1": "a<b"}))
	want := Refusal{Code: "reserved_character", Text: "agents may not use these characters on this channel", Chars: "<>", Index: 1}
	if got, ok := out.Err.(*Refusal); !ok || *got != want {
		t.Errorf("refused with %+v", out.Err)
	}
}

func TestTheLimitOfAChannelHoldsForTheFilledTemplate(t *testing.T) {
	p := served(t, templated)
	out := p.do(alice, use("hello", map[string]string{"name": strings.Repeat("é", 2000), "order": "1"}))
	r, ok := out.Err.(*Refusal)
	if !ok || r.Code != "too_long" || r.Max != 4000 || r.Got <= 4000 {
		t.Errorf("refused with %+v", out.Err)
	}
}

func TestTheMarksOfATemplateAreFoundAndStrayBracketsToo(t *testing.T) {
	for text, want := range map[string][]string{
		"Hello <name>":        {"name"},
		"<a><b> <a>":          {"a", "b"},
		"no marks":            nil,
		"a < b, <c d>, <<ok>": {"ok"},
	} {
		if got := (&Template{Text: text}).Params(); !slices.Equal(got, want) {
			t.Errorf("%q has %v, want %v", text, got, want)
		}
	}
	for text, good := range map[string]bool{"Hello <name>": true, "a < b": false, "<": false, " ": false, "": false, "<a>>": false} {
		if err := (&Template{Text: text}).Check(); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}
