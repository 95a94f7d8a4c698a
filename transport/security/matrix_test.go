package security_test

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/wire"
)

//go:embed matrix.yaml
var matrixText []byte

// matrix is the table of matrix.yaml.
type matrix struct {
	Calls []call `yaml:"calls"`
}

// call is one row: a command of the wire, or a request.
type call struct {
	Call  string         `yaml:"call"`
	Group string         `yaml:"group"` // of the rows from here on
	Note  string         `yaml:"note"`
	Frame map[string]any `yaml:"frame"`
	HTTP  string         `yaml:"http"` // method and path; of the admin listener unless it says public
	Body  map[string]any `yaml:"body"`
	// About is what the situations are of: a chat, a queue, an agent, a webhook,
	// or the caller alone.
	About string `yaml:"about"`
	// Waits says that the chats are those that nobody serves yet.
	Waits bool `yaml:"waits"`
	// Answers has one word for each situation, or one for all of them: ok, the
	// code of a refusal, or an HTTP status. A dash is no case.
	Answers map[string]string `yaml:"answers"`
}

var (
	roles      = []string{"C", "O", "W", "P", "A", "S", "M", "B", "H"}
	situations = []string{"right", "other", "ended", "scope"}
)

func loadMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{}
	if err := yaml.NewDecoder(bytes.NewReader(matrixText), yaml.Strict()).Decode(m); err != nil {
		t.Fatal(err)
	}
	return m
}

// answers are a role's, one for each situation.
func (c *call) answers(role string) ([]string, error) {
	words := strings.Fields(c.Answers[role])
	switch {
	case len(words) == 1 && c.About == "self":
		return []string{words[0], "-", "-", "-"}, nil
	case len(words) == 1:
		return []string{words[0], words[0], words[0], words[0]}, nil
	case len(words) == len(situations):
		return words, nil
	}
	return nil, fmt.Errorf("%s, %s: %d answers, expected 1 or %d", c.Call, role, len(words), len(situations))
}

// stage is what cases without an effect share.
type stage struct {
	role, situation string
	waits           bool
}

// player plays cases, each on a stage that no obeyed command has changed.
type player struct {
	world  *world
	close  func()
	stages map[stage]*crew
	crews  int
	codes  map[string]int // refusals on the wire, by code
	noted  map[string]int // those of people who oversee, by who it was
}

// crewsAtOnce bounds a world: what an administrator is shown grows with it.
const crewsAtOnce = 70

func TestEveryCaseOfTheMatrixIsAnsweredAsItSays(t *testing.T) {
	p, began, cases := &player{}, time.Now(), 0
	for _, c := range loadMatrix(t).Calls {
		for _, role := range roles {
			want, err := c.answers(role)
			if err != nil {
				t.Error(err)
				continue
			}
			got := make([]string, len(situations))
			for i, situation := range situations {
				if got[i] = want[i]; want[i] != "-" && (i == 0 || !testing.Short()) {
					cases++
					got[i] = p.play(t, &c, role, situation)
				}
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s by %s: got  %v, want %v", c.Call, role, got, want)
			}
		}
	}
	p.end(t)
	t.Logf("%d cases, %d crews, %s", cases, p.crews, time.Since(began).Round(time.Millisecond))
}

// play asks what a case asks. What was obeyed has changed the stage, so the
// next case gets a new one.
func (p *player) play(t *testing.T, c *call, role, situation string) string {
	at := stage{role, situation, c.Waits}
	if p.stages[at] == nil {
		if p.world == nil || len(p.world.taken) == p.world.crews {
			p.end(t)
			p.world, p.close = newWorld(t, crewsAtOnce, nil)
			p.stages, p.codes, p.noted = map[stage]*crew{}, map[string]int{}, map[string]int{}
		}
		p.stages[at] = p.world.crew(t, c.Waits)
		p.crews++
	}
	cr := p.stages[at]
	got := p.ask(c, cr, role, situation)
	if got == "ok" || strings.HasPrefix(got, "2") {
		delete(p.stages, at)
		cr.leave()
	}
	return got
}

// end closes a world, once every refusal in it is found to be counted and, of
// who oversees, in the audit trail.
func (p *player) end(t *testing.T) {
	t.Helper()
	if p.world == nil {
		return
	}
	counted := p.world.metrics(t)
	for code, n := range p.codes {
		if got := counted[fmt.Sprintf("parley_errors_total{code=%q}", code)]; got < float64(n) {
			t.Errorf("%s was answered %d times and counted %v times", code, n, got)
		}
	}
	lines, due := p.world.trail(t), map[string]int{}
	for whoWhat, n := range p.noted {
		who, _, _ := strings.Cut(whoWhat, " ")
		due[who] += n
	}
	for who, n := range due {
		if lines[who] < n {
			t.Errorf("%s was refused %d times, of which %d stand in the audit trail: %v", who, n, lines[who], p.noted)
		}
	}
	p.close()
	p.world = nil
}

func (p *player) ask(c *call, cr *crew, role, situation string) string {
	token := p.token(cr, role, situation)
	with := cr.values(c, role, situation, token)
	if c.HTTP != "" {
		got := p.request(cr.t, c, token, with)
		p.note(cr, c, role, got)
		return got
	}
	f := fill(c.Frame, with).(map[string]any)
	f["type"] = c.Call
	if kind, ok := c.Frame["type"]; ok {
		f["type"] = kind
	}
	if c.Call == "hello" {
		return p.hello(cr.t, token)
	}
	who := p.actor(cr, role, situation, token)
	if who == nil { // who cannot come in
		who = p.world.dial(cr.t)
		defer func() { _ = who.ws.CloseNow() }()
		if token == "" {
			return who.ask(f)
		}
		return p.hello(cr.t, token)
	}
	got := who.ask(f)
	if got != "ok" {
		p.codes[got]++
		p.note(cr, c, role, got)
	}
	return got
}

// isNoted are the refusals that are about rights, and not about the state of things.
var isNoted = map[string]bool{"forbidden": true, "not_found": true, "not_participant": true, "403": true, "404": true}

// note remembers a refusal that has to stand in the audit trail.
func (p *player) note(c *crew, row *call, role, got string) {
	if got == "404" && row.About == "queue" {
		return // there is no such queue for anybody
	}
	if strings.Contains("SMB", role) && isNoted[got] {
		p.noted[c.name(strings.ToLower(role))+" "+row.Call]++
	}
}

func (p *player) hello(t *testing.T, token string) string {
	who := p.world.dial(t)
	defer func() { _ = who.ws.CloseNow() }()
	f := frame{"type": "hello"}
	if token != "" {
		f["token"] = token
	}
	return who.ask(f)
}

// token is what the role shows: none for the operator, who is known by where
// he is; one of another deployment where the role knows no other scope.
func (p *player) token(cr *crew, role, situation string) string {
	elsewhere := transport.AuthOptions{Secret: secret, Audience: "elsewhere"}
	now := time.Now()
	who := acd.Principal{Role: acd.RoleAgent, ID: cr.name(strings.ToLower(role))}
	switch role {
	case "C":
		who.Role = acd.RoleCustomer
	case "S":
		return cr.supervisor()
	case "M":
		who.Role = acd.RoleAdmin
	case "B":
		who.Role = acd.RoleService
	case "H":
		return ""
	}
	o := transport.AuthOptions{Secret: secret}
	if (role == "M" || role == "B") && situation == "scope" {
		o = elsewhere
	}
	made, err := transport.Mint(o, transport.Identity{Principal: who, Rights: transport.Rights(), Issued: now, Expires: now.Add(10 * time.Minute)})
	if err != nil {
		cr.t.Fatal(err)
	}
	return made
}

// actor is the connection of the role, nil for who cannot have one.
func (p *player) actor(cr *crew, role, situation, token string) *person {
	switch {
	case role == "H", role == "B", role == "M" && situation == "scope":
		return nil
	}
	fresh := cr.people[strings.ToLower(role)] == nil
	defer func() {
		if fresh && (role == "A" || role == "S") { // at work, and not to be sent chats
			cr.people[strings.ToLower(role)].must(frame{"type": "set_presence", "state": "not_ready"})
		}
	}()
	return cr.join(strings.ToLower(role), func() string { return token })
}

// values are what the marks of a row stand for.
func (c *crew) values(row *call, role, situation, token string) map[string]string {
	with := map[string]string{"$queue": c.name("home"), "$me": c.name(strings.ToLower(role)), "$customer": c.name("c"), "$source": c.name("home"),
		"$owner": c.name("w"), "$token": cmp.Or(token, "none")}
	switch row.About {
	case "queue", "agent":
		c.situation(situation) // before t is there to be sent chats
		if situation == "scope" {
			with["$queue"], with["$agent"] = c.name("far"), c.name("x")
			break
		}
		if situation == "other" {
			with["$queue"], with["$agent"] = "no-such-queue", "no-such-agent"
			break
		}
		with["$agent"] = c.name("t")
		c.available("t")
	case "webhook":
		with["$webhook"], with["$receiver"] = "no-such-webhook", c.world.receiver.URL
		if situation != "other" {
			with["$webhook"] = c.webhook()
		}
	case "self":
		c.right()
	default:
		chat := c.situation(situation)
		if situation == "other" && strings.Contains("SMBH", role) {
			chat = c.stranger()
		}
		with["$chat"], with["$offer"] = chat.id, chat.offer
		with["$agent"], with["$participant"] = c.name("t"), c.name("p")
		if !row.Waits {
			c.available("t")
		}
	}
	return with
}

// fill puts values in the place of marks.
func fill(v any, with map[string]string) any {
	switch v := v.(type) {
	case string:
		for mark, value := range with {
			v = strings.ReplaceAll(v, mark, value)
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = fill(inner, with)
		}
		return out
	}
	return v
}

func (p *player) request(t *testing.T, c *call, token string, with map[string]string) string {
	t.Helper()
	method, path, _ := strings.Cut(c.HTTP, " ") // GET public /healthz
	base := p.world.admin.URL
	if rest, ok := strings.CutPrefix(path, "public "); ok {
		base, path = p.world.public.URL, rest
	}
	var body io.Reader
	if c.Body != nil {
		text, err := json.Marshal(fill(c.Body, with))
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, base+fill(path, with).(string), body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("If-Match", "*")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return fmt.Sprint(resp.StatusCode)
}

func TestTheMatrixHasEveryCallAboutEventsAndWebhooks(t *testing.T) {
	w, _ := newWorld(t, 1, nil)
	resp, err := http.Get(w.admin.URL + "/v1/admin/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var described struct {
		Paths map[string]map[string]struct{ Tags []string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&described); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, c := range loadMatrix(t).Calls {
		path, _, _ := strings.Cut(c.HTTP, "?")
		rows = append(rows, path)
	}
	calls := 0
	for path, methods := range described.Paths {
		for method, is := range methods {
			if len(is.Tags) == 0 || is.Tags[0] != "events" && is.Tags[0] != "webhooks" {
				continue
			}
			calls++
			like := regexp.MustCompile("^" + strings.ToUpper(method) + " " + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "[^/]+") + "$")
			if !slices.ContainsFunc(rows, like.MatchString) {
				t.Errorf("no row for %s %s", method, path)
			}
		}
	}
	if calls < 12 {
		t.Errorf("only %d calls are described", calls)
	}
}

func TestTheMatrixHasEveryCommandOfTheWire(t *testing.T) {
	rows := map[string]bool{"pong": true} // is not answered
	for _, c := range loadMatrix(t).Calls {
		kind := c.Call
		if k, ok := c.Frame["type"].(string); ok {
			kind = k
		}
		rows[kind] = true
	}
	for _, kind := range wire.CommandTypes() {
		if !rows[kind] {
			t.Errorf("no row for %s", kind)
		}
	}
}
