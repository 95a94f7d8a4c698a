package condition

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors/acd"
)

func vipChat() *acd.ChatFacts {
	return &acd.ChatFacts{Language: "it", Labels: []string{"returns", "urgent"}, Source: "web", Channel: "livechat", Queue: "support",
		Priority: 2, Skills: []string{"latin"}, Attributes: map[string]string{"vip": "yes", "language": "it", "score": "7"}}
}

func italian() *acd.AgentFacts {
	return &acd.AgentFacts{ID: "alice", Skills: map[string]int{"sales": 8}, Languages: []string{"it", "en"},
		Attributes: map[string]string{"site": "rome"}, Weight: 3, Tier: 1}
}

func TestAnExpressionIsTrueOfSomeAgentsAndFalseOfOthers(t *testing.T) {
	for text, want := range map[string]bool{
		`chat.language in agent.languages`:                               true,
		`chat.language == "de"`:                                          false,
		`chat.attributes.vip != "yes" || agent.skills.sales >= 7`:        true,
		`chat.attributes["vip"] == "yes" and agent.skills.sales >= 9`:    false,
		`chat.attributes.unknown == ""`:                                  true,
		`agent.skills.french >= 1`:                                       false,
		`"sales" in agent.skills`:                                        true,
		`any(chat.labels, # == "urgent") && agent.weight > 2`:            true,
		`all(chat.labels, # in ["returns", "other"])`:                    false,
		`agent.attributes.site matches "^(rome|milan)$"`:                 true,
		`chat.source == "web" && chat.channel == "livechat"`:             true,
		`chat.priority >= 2 ? agent.tier == 1 : true`:                    true,
		`int(chat.attributes.score) * 2 == 14 && len(chat.skills) == 1`:  true,
		`lower(agent.id) startsWith "al" && not (chat.queue == "sales")`: true,
		`(agent.attributes[chat.queue] ?? "none") == "none"`:             false,
		`true`: true,
		"chat.language == \"it\"\n  && agent.id == \"alice\"":                 true,
		`chat.attributes.vip == "yes" && agent?.attributes?.site == "berlin"`: false,
	} {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := e.Holds(vipChat(), italian()); got != want || err != nil {
			t.Errorf("%s is %t (%v), want %t", text, got, err, want)
		}
		if e.String() != text {
			t.Errorf("it was written %q, not %q", text, e)
		}
	}
}

func TestAWrongExpressionIsRefusedWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		`chat.langage in agent.languages`:                               `at character 6: chat has no field langage`,
		`chat.language ==`:                                              `at character 16: unexpected token EOF`,
		`agent.weight`:                                                  `expected bool, but got int`,
		`agent.weight > "three"`:                                        `at character 14: invalid operation: > (mismatched types int and string)`,
		"chat.language == \"it\" &&\nagent.skill.sales > 3":             `at line 2, character 7: agent has no field skill`,
		`customer.vip`:                                                  `at character 1: unknown name customer`,
		`now().Hour() > 8`:                                              `unknown name now`,
		`len(1..1000000) > 0`:                                           `ranges cannot be used`,
		`let a = chat.language; a == "it"`:                              `at character 5: variables cannot be used`,
		`chat.language matches agent.id`:                                `at character 29: a pattern is written out`,
		`chat.language matches "("`:                                     `error parsing regexp`,
		`any(chat.labels, any(agent.languages, # == "x"))`:              `at character 18: any within another one goes through too much`,
		`any(chat.labels, {any(map(agent.languages, upper(#)), true)})`: `within another one`,
		`$env.chat.language == "it"`:                                    `at character 1: $env cannot be used`,
		`repeat(chat.language, 1000) == ""`:                             `unknown name repeat`,
		`keys(agent.skills)[0] == "x"`:                                  `unknown name keys`,
		`toJSON(chat) == ""`:                                            `unknown name toJSON`,
		`true; false`:                                                   `expected one expression, without semicolons`,
		strings.Repeat("agent.weight > 1 && ", 60) + "true":             `exceeds`,
		strings.Repeat("x", MaxChars+1):                                 `2001 characters are too many, expected at most 2000`,
		"":                                                              `unexpected token EOF`,
	} {
		_, err := Parse(text)
		if e := new(Error); !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %v, want %q", text, err, want)
		}
	}
}

func TestAFailureIsAnErrorAndNoPanic(t *testing.T) {
	for _, text := range []string{
		`int(chat.attributes.vip) > 3`, `10 % (agent.tier - 1) == 0`, `chat.labels[7] == "x"`, `chat.labels[-9] == "x"`,
	} {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := e.Holds(vipChat(), italian()); err == nil || got || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s is %t (%v), want an error of one line", text, got, err)
		}
	}
}

func TestFactsWithTheSameKeyAreTheSameToAnExpression(t *testing.T) {
	e, err := Parse(`chat.attributes.vip == "yes" && agent.skills.sales >= 7 && "en" in agent.languages`)
	if err != nil {
		t.Fatal(err)
	}
	chat, other := vipChat(), vipChat()
	other.Language, other.Source, other.Attributes["score"] = "de", "app", "1"
	if e.ChatKey(chat) != e.ChatKey(other) {
		t.Error("what is not read tells chats apart")
	}
	if other.Attributes["vip"] = "no"; e.ChatKey(chat) == e.ChatKey(other) {
		t.Error("what is read does not tell chats apart")
	}
	agent := italian()
	agent.ID, agent.Weight, agent.Skills["latin"], agent.Attributes["site"] = "bob", 1, 2, "milan"
	if e.AgentKey(agent) != e.AgentKey(italian()) {
		t.Error("what is not read tells agents apart")
	}
	for name, change := range map[string]func(*acd.AgentFacts){
		"a skill's level": func(a *acd.AgentFacts) { a.Skills["sales"] = 7 },
		"a skill gone":    func(a *acd.AgentFacts) { delete(a.Skills, "sales") },
		"a language":      func(a *acd.AgentFacts) { a.Languages = []string{"it"} },
	} {
		if agent := italian(); e.AgentKey(agent) != "" {
			if change(agent); e.AgentKey(agent) == e.AgentKey(italian()) {
				t.Errorf("%s does not tell agents apart", name)
			}
		}
	}
}

// TestWhatIsReadAsAWholeTellsApartByAllOfIt is for what cannot be known before:
// a name that is made of another fact.
func TestWhatIsReadAsAWholeTellsApartByAllOfIt(t *testing.T) {
	for _, text := range []string{
		`agent.attributes[chat.queue] == "yes"`, `"site" in agent.attributes`, `len(agent.attributes) > 1`,
		`(true ? agent : agent).attributes.site == "rome"`,
	} {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		agent := italian()
		agent.Attributes["support"] = "yes"
		if e.AgentKey(agent) == e.AgentKey(italian()) {
			t.Errorf("%s: an attribute does not tell agents apart", text)
		}
	}
}

func TestALongTextIsSeenAsFarAsTheLimit(t *testing.T) {
	e, err := Parse(`len(chat.attributes.vip) == 1024 && len(chat.labels[0]) == 1024`)
	if err != nil {
		t.Fatal(err)
	}
	chat, long := vipChat(), strings.Repeat("x", 5000)
	chat.Attributes["vip"], chat.Labels[0] = long, long
	if ok, err := e.Holds(chat, italian()); !ok || err != nil {
		t.Errorf("got %t, %v", ok, err)
	}
	if chat.Attributes["vip"] != long || !slices.Contains(chat.Labels, long) {
		t.Error("the chat's own facts were cut")
	}
}

func FuzzAnExpressionNeverPanics(f *testing.F) {
	for _, text := range []string{`chat.language in agent.languages`, `agent.skills.sales >= 7 && any(chat.labels, # == "x")`, `$env`, `(`, `1..9`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		first, failed := e.Holds(vipChat(), italian())
		again, failedToo := e.Holds(vipChat(), italian())
		if first != again || (failed == nil) != (failedToo == nil) {
			t.Errorf("%q is %t, then %t", text, first, again)
		}
		e.ChatKey(vipChat())
		e.AgentKey(italian())
	})
}
