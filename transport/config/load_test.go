package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// least is a configuration without anything that could be left out.
const least = `
queues:
  - id: support
sources:
  - {id: web, channel: livechat, queue: support}
`

func parse(t *testing.T, text string) *Settings {
	t.Helper()
	s, err := Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return s
}

// problems returns the lines of what is wrong with text.
func problems(t *testing.T, text string) []string {
	t.Helper()
	_, err := Parse("test.yaml", []byte(text))
	var all *Problems
	if !errors.As(err, &all) {
		t.Fatalf("got %v, want problems", err)
	}
	return strings.Split(strings.TrimSuffix(all.Lines(), "\n"), "\n")
}

func TestTheExampleLoadsAndMeansWhatItSays(t *testing.T) {
	s, err := Load("../../cmd/parley/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	support := s.Engine.Queues["support"]
	want := acd.QueuePolicy{
		ID: "support", Name: "Support", Mode: acd.QueueOpen, MaxSize: 500, JoinEmpty: acd.JoinAlways, Overflow: acd.Overflow{Queue: "sales", At: 400},
		OnDeleted: acd.Dismissal{Queue: "sales", Do: acd.MoveWaiting, Text: "We pass you on to our colleagues."}, NoAgentWait: 2 * time.Minute,
		OnClosed:   acd.Dismissal{Queue: "sales", Do: acd.MoveWaiting, Text: "We are closing, and pass you on to our colleagues."},
		OnNoAgents: acd.Dismissal{Queue: "sales", Do: acd.MoveWaiting, Text: "Nobody is here just now, so we pass you on."},
		Schedule:   "office", OnAllDeclined: acd.Dismissal{Do: acd.KeepWaiting, Text: "All of us are busy. We have not forgotten you."},
		DeclineCooldown: 20 * time.Second, Sayings: []acd.Saying{
			{Text: "Thank you for waiting.", After: 30 * time.Second},
			{Text: "We will be with you soon.", After: time.Minute, Every: 2 * time.Minute},
		},
		Strategy: acd.LongestIdle, Skills: []string{}, MaxTier: 2, Steps: []acd.Step{
			{After: 30 * time.Second, DropSkills: []string{"billing"}, MinLevel: 3}, {After: time.Minute, MaxTier: 3},
		},
		DirectWait:    time.Minute,
		PriorityBoost: time.Minute, MatchScan: 64,
		OfferTimeout: 20 * time.Second, MinAlert: 2 * time.Second, MaxWait: 5 * time.Minute,
		OnMaxWait:  acd.OnMaxWait{Queue: "sales", Text: "We are busy, and pass you on to our colleagues."},
		RejectHold: time.Minute, RegainBoost: time.Minute, ShortAbandon: 5 * time.Second, ServiceLevel: 20 * time.Second,
		Wrapup: acd.WrapupPolicy{
			Mode: acd.WrapupMandatory, Blocking: "slot", Notes: true,
			Codes: []acd.WrapupCode{{Code: "resolved", Name: "Resolved"}, {Code: "follow_up", Name: "Follow-up needed"}},
		},
		Flows: acd.FlowPolicy{
			TransferMode: acd.Warm, QueueTransfer: acd.Stay, OnFail: acd.ReturnToQueue, Accept: 30 * time.Second,
			EndConference: "leave", MaxAgents: 8, Interrupted: 30 * time.Minute,
		},
		TransferText: "One moment, a colleague will be with you soon.", TransferBoost: 30 * time.Second,
		Idle: acd.IdlePolicy{CustomerWarn: 5 * time.Minute, CustomerClose: 10 * time.Minute, Inactive: -1, Agent: 2 * time.Minute}, RatingWindow: 10 * time.Minute,
	}
	for _, m := range []acd.Condition{support.Match, support.Steps[1].Match} {
		if m == nil {
			t.Fatal("an expression was not read")
		}
	}
	if text := support.Match.String() + "; " + support.Steps[1].Match.String(); text != `chat.language == "" || chat.language in agent.languages; true` {
		t.Errorf("the expressions are %s", text)
	}
	support.Match, support.Steps[1].Match = nil, nil // have no equal
	expected := acd.Config{Queues: map[acd.QueueID]*acd.QueuePolicy{"support": &want}}
	expected.Normalize() // what the example does not set
	if !reflect.DeepEqual(*support, want) {
		t.Errorf("queue support is\n%+v, want\n%+v", *support, want)
	}
	morning, night := time.Date(2026, 12, 18, 9, 0, 0, 0, time.UTC), time.Date(2026, 12, 18, 22, 59, 0, 0, time.UTC)
	for _, tt := range []struct {
		at   time.Time
		open bool
	}{{morning, true}, {night, true}, {night.Add(time.Minute), false}, {morning.AddDate(0, 0, 1), false},
		{morning.AddDate(0, 0, 7), false}, {morning.AddDate(0, 0, 13), true}, {morning.AddDate(0, 0, 13).Add(2 * time.Hour), false}} {
		if open, _ := s.Engine.Schedules["office"].At(tt.at); open != tt.open {
			t.Errorf("the office is open at %s: %t", tt.at, open)
		}
	}
	alice := acd.AgentProfile{
		ID: "alice", Name: "Alice", Queues: []acd.QueueID{"support", "sales"}, Skills: []string{"billing"},
		Languages: []string{"en", "it"}, Attributes: map[string]string{"site": "rome"}, Capacity: 4, Channels: map[acd.Channel]int{"facebook": 2},
	}
	if !reflect.DeepEqual(*s.Engine.Agents["alice"], alice) {
		t.Errorf("agent alice is %+v, want %+v", *s.Engine.Agents["alice"], alice)
	}
	if got := s.Auth; got.Issuer != "https://login.example.com" || got.Audience != "parley" ||
		got.JWKS != "https://login.example.com/.well-known/jwks.json" || !s.HasKeys() {
		t.Errorf("tokens are %+v", got)
	}
	if s.Listen != "127.0.0.1:8080" || s.AdminListen != "127.0.0.1:8081" || s.Edge.Origins[0] != "https://desk.example.com" {
		t.Errorf("the edge is %q, %q, %q", s.Listen, s.AdminListen, s.Edge.Origins)
	}
	if p := s.Edge.Pages; p == nil || len(p.EmbedOn) != 1 || p.EmbedOn[0] != "https://www.example.com" {
		t.Errorf("the pages are %+v", p)
	}
}

// marked matches the lines of the example that claim to say nothing new.
var marked = regexp.MustCompile(`(?m)^.*\(default\)\n`)

func TestWhatTheExampleCallsADefaultIsOne(t *testing.T) {
	text, err := os.ReadFile("../../cmd/parley/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(marked.FindAll(text, -1)); n < 35 {
		t.Fatalf("only %d lines are marked as defaults", n)
	}
	whole, bare := parse(t, string(text)), parse(t, marked.ReplaceAllString(string(text), ""))
	whole.Engine.Queues["support"].Skills = nil // none, either way
	whole.Engine.Sources["web"].Skills = nil
	if !reflect.DeepEqual(whole.Engine, bare.Engine) {
		t.Errorf("without the defaults the example means\n%+v, want\n%+v", bare.Engine, whole.Engine)
	}
}

func TestTheExampleShowsEveryField(t *testing.T) {
	text, err := os.ReadFile("../../cmd/parley/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var f file
	shown := map[string]bool{}
	for path := range decode(text, &f).at {
		shown[regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "")] = true
	}
	instead := map[string]bool{"tokens.secret": true, "tokens.secret_file": true, "tokens.old_secret_file": true, "tokens.jwks_file": true}
	var walk func(at string, of reflect.Type)
	walk = func(at string, of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct {
			return
		}
		for i, name := range fieldNames(of) {
			if path := join(at, name); !shown[path] && !instead[path] {
				t.Errorf("%s is not in the example", path)
			} else {
				walk(path, of.Field(i).Type)
			}
		}
	}
	walk("", reflect.TypeFor[file]())
}

func TestTheLeastConfigurationHasLivechat(t *testing.T) {
	s := parse(t, least)
	if s.Engine.Channels["livechat"].MaxChars != 4000 || s.Engine.Queues["support"].Name != "support" {
		t.Errorf("got %+v", s.Engine)
	}
	if s.HasKeys() {
		t.Errorf("a file without tokens has keys: %+v", s.Auth)
	}
}

func TestNeverIsForEver(t *testing.T) {
	s := parse(t, strings.Replace(least, "id: support", "id: support\n    max_wait: never", 1)+
		"desk: {rona_return: never, wrapup_max: never}\n")
	if got := s.Engine.Queues["support"].MaxWait; got >= 0 {
		t.Errorf("max_wait is %s, want a negative duration", got)
	}
	if d := s.Engine.Desk; d.RONAReturn != 0 || d.WrapupMax != 0 {
		t.Errorf("the desk is %+v, want zeroes", d)
	}
}

func TestASecretComesFromItsFile(t *testing.T) {
	dir := t.TempDir()
	secret := strings.Repeat("s", 32)
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := least + "tokens: {issuer: i, audience: a, secret_file: key}\n"
	s, err := Parse(filepath.Join(dir, "parley.yaml"), []byte(text))
	if err != nil || string(s.Auth.Secret) != secret {
		t.Errorf("got %q, %v", s.Auth.Secret, err)
	}
}

func TestAMissingFileIsNamed(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"))
	if err == nil || !strings.Contains(err.Error(), "none.yaml: no such file") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestOneLineNamesTheFirstProblemAndCountsTheRest(t *testing.T) {
	_, err := Parse("p.yaml", []byte("nonsense: 1\nqueues: 5\n"))
	want := `p.yaml:1:1: nonsense: unknown field, expected one of listen, `
	if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), "more, see parley check)") {
		t.Errorf("got %v", err)
	}
}

func TestSkillsComeWithOrWithoutLevels(t *testing.T) {
	s := parse(t, least+`
agents:
  - {id: alice, skills: {english: 8, billing: 5}}
  - {id: bob, skills: [latin, english]}
  - {id: carol}
`)
	for id, want := range map[acd.AgentID]acd.AgentProfile{
		"alice": {Skills: []string{"billing", "english"}, Levels: map[string]int{"english": 8}},
		"bob":   {Skills: []string{"english", "latin"}},
		"carol": {},
	} {
		got := s.Engine.Agents[id]
		if !reflect.DeepEqual(got.Skills, want.Skills) || !reflect.DeepEqual(got.Levels, want.Levels) {
			t.Errorf("%s knows %v at %v, want %v at %v", id, got.Skills, got.Levels, want.Skills, want.Levels)
		}
	}
}

func TestAnAgentServesAQueueInATierAndWithAWeight(t *testing.T) {
	s := parse(t, least+"agents: [{id: alice, queues: [{queue: support, tier: 3, weight: 5}]}, {id: bob, queues: [support]}]\n")
	alice, bob := s.Engine.Agents["alice"], s.Engine.Agents["bob"]
	if alice.Queues[0] != "support" || alice.Tiers["support"] != 3 || alice.Weights["support"] != 5 || bob.Queues[0] != "support" || bob.Tiers != nil {
		t.Errorf("alice is %+v, bob %+v", alice, bob)
	}
}
