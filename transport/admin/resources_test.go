package admin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors/acd"
)

// things is one of every collection: how it is made, and a patch.
var things = []struct{ path, body, patch, field, patched string }{
	{"/v1/admin/queues/night", `{"name":"Night","offer_timeout":"25s"}`, `{"offer_timeout":"30s"}`, "offer_timeout", "30s"},
	{"/v1/admin/agents/zoe", `{"queues":[{"queue":"sales"}],"skills":{"latin":7}}`, `{"name":"Zoe"}`, "name", "Zoe"},
	{"/v1/admin/channels/sms", `{"max_chars":160}`, `{"max_chars":300}`, "max_chars", "300"},
	{"/v1/admin/sources/app", `{"channel":"livechat","queue":"sales"}`, `{"priority":3}`, "priority", "3"},
	{"/v1/admin/presence-reasons/training", `{"name":"Training"}`, `{"name":"Course"}`, "name", "Course"},
	{"/v1/admin/templates/bye", `{"text":"Goodbye <name>."}`, `{"text":"Bye."}`, "text", "Bye."},
	{"/v1/admin/schedules/nights", `{"time_zone":"Europe/Prague","hours":[{"from":"22:00","to":"24:00"}]}`, `{"time_zone":"Europe/Rome"}`, "time_zone", "Europe/Rome"},
	{"/v1/admin/queues/support/wrapup-codes/spam", `{"name":"Spam"}`, `{"name":"Junk"}`, "name", "Junk"},
	{"/v1/admin/queues/support/routing-steps/2", `{"after":"2m"}`, `{"after":"3m"}`, "after", "3m"},
	{"/v1/admin/skills/greek", `{"agents":{"bob":6}}`, `{"agents":{"alice":2}}`, "agents", "map[alice:2 bob:6]"},
}

func TestEveryPartIsMadeReadPatchedReplacedAndDeleted(t *testing.T) {
	n := start(t)
	for _, tt := range things {
		t.Run(strings.TrimPrefix(tt.path, "/v1/admin/"), func(t *testing.T) {
			n := &node{t: t, admin: n.admin}
			before := n.ask("GET", "/v1/admin/config", "").want(200)
			n.ask("GET", tt.path, "").want(404)
			n.ask("PATCH", tt.path, tt.patch, "If-Match", "*").want(404)
			made := n.ask("PUT", tt.path, tt.body, "If-None-Match", "*").want(200)
			n.ask("PUT", tt.path, tt.body, "If-None-Match", "*").want(412)
			n.ask("PUT", tt.path, tt.body).want(428)
			got := n.ask("GET", tt.path, "").want(200)
			if got.etag() != made.etag() || got.text != made.text {
				t.Errorf("made %s %s, got %s %s", made.etag(), made.text, got.etag(), got.text)
			}
			patched := n.ask("PATCH", tt.path, tt.patch, "If-Match", got.etag()).want(200)
			if is := fmt.Sprint(patched.fields()[tt.field]); is != tt.patched {
				t.Errorf("%s is %s after the patch, expected %s", tt.field, is, tt.patched)
			}
			n.ask("PATCH", tt.path, tt.patch, "If-Match", got.etag()).want(412)
			replaced := n.ask("PUT", tt.path, got.text, "If-Match", patched.etag()).want(200)
			if replaced.text != got.text {
				t.Errorf("what was read was put back as %s, expected %s", replaced.text, got.text)
			}
			list := tt.path[:strings.LastIndex(tt.path, "/")]
			n.ask("GET", list, "").want(200, got.text)
			n.ask("DELETE", tt.path, "").want(428)
			n.ask("DELETE", tt.path, "", "If-Match", patched.etag()).want(412)
			n.ask("DELETE", tt.path, "", "If-Match", replaced.etag()).want(200, `"version":`)
			n.ask("GET", tt.path, "").want(404)
			if after := n.ask("GET", "/v1/admin/config", ""); after.text != before.text {
				t.Errorf("what is left is another configuration:\n%s\n%s", before.text, after.text)
			}
		})
	}
}

func TestAListComesInPages(t *testing.T) {
	n := start(t)
	for i := range 7 {
		n.ask("PUT", fmt.Sprintf("/v1/admin/agents/a%d", i), `{}`).want(200)
	}
	var ids []string
	for cursor, pages := "", 0; ; pages++ {
		page := n.ask("GET", "/v1/admin/agents?limit=4&cursor="+cursor, "").want(200).fields()
		for _, item := range page["items"].([]any) {
			ids = append(ids, item.(map[string]any)["id"].(string))
		}
		next, more := page["next"].(string)
		if cursor = next; !more {
			if pages != 2 {
				t.Errorf("%d pages", pages+1)
			}
			break
		}
	}
	if got := strings.Join(ids, " "); got != "a0 a1 a2 a3 a4 a5 a6 alice bob" {
		t.Errorf("listed %s", got)
	}
	n.ask("GET", "/v1/admin/agents?limit=0", "").want(422, "query.limit")
	n.ask("GET", "/v1/admin/agents?cursor=x!", "").want(422, "query.cursor")
}

func TestAProblemNamesEachWrongFieldAndNothingChanges(t *testing.T) {
	n := start(t)
	before := n.ask("GET", "/v1/admin/config", "")
	got := n.ask("PUT", "/v1/admin/queues/night", `{"offer_timeout":"2h","strategy":"luck","colour":1,"overflow":{"queue":"moon"}}`).want(422)
	if kind := got.header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("it is of the type %s", kind)
	}
	for _, want := range []string{
		`"location":"body.offer_timeout"`, "expected 1s to 1h", `"location":"body.strategy"`, "expected longest_idle",
		`"location":"body.colour"`, "unknown field", `"location":"body.overflow.queue"`, `unknown queue \"moon\"`,
	} {
		if !strings.Contains(got.text, want) {
			t.Errorf("no %s in %s", want, got.text)
		}
	}
	queue := n.ask("GET", "/v1/admin/queues/sales", "")
	n.ask("DELETE", "/v1/admin/queues/sales", "", "If-Match", queue.etag()).want(422, `"location":"configuration.queues[0].overflow.queue"`, `unknown queue \"sales\"`)
	n.ask("PUT", "/v1/admin/agents/x", `{"id":"y"}`).want(422, `"location":"body.id"`)
	n.ask("PUT", "/v1/admin/agents/x", `[1]`).want(422, `"location":"body"`)
	n.ask("PUT", "/v1/admin/agents/x", strings.Repeat(`{"a":`, 40)+"1"+strings.Repeat("}", 40)).want(422, "nested too deep")
	n.ask("PUT", "/v1/admin/queues/moon/routing-steps/0", `{"after":"2m"}`).want(404)
	n.ask("PUT", "/v1/admin/queues/sales/routing-steps/5", `{"after":"2m"}`).want(422, "no place in the list")
	n.ask("PUT", "/v1/admin/skills/greek", `{"agents":{"nobody":3}}`).want(422, `"location":"body.agents.nobody"`)
	if after := n.ask("GET", "/v1/admin/config", ""); after.text != before.text || after.etag() != before.etag() {
		t.Error("something of it was taken")
	}
}

func TestWhoIsNoAdministratorChangesNothing(t *testing.T) {
	n := start(t)
	n.askAs("", "GET", "/v1/admin/queues", "").want(401, "Authorization")
	n.askAs("nonsense", "GET", "/v1/admin/queues", "").want(401)
	for _, role := range []acd.Role{acd.RoleCustomer, acd.RoleAgent} {
		n.askAs(token(t, role, "x"), "GET", "/v1/admin/queues", "").want(403)
	}
	sue := token(t, acd.RoleSupervisor, "sue")
	n.askAs(sue, "GET", "/v1/admin/queues", "").want(200)
	n.askAs(sue, "PUT", "/v1/admin/agents/x", `{}`).want(403)
	n.ask("GET", "/v1/admin/agents/x", "").want(404)
	n.ask("PUT", "/v1/admin/agents/x", `{}`).want(200)
	trail := n.ask("GET", "/v1/admin/audit?on=agents/x", "").want(200).fields()["entries"].([]any)
	if got := fmt.Sprint(say(trail, 1), "; ", say(trail, 0)); len(trail) != 2 || got != "sue put-agent forbidden; root put-agent ok" {
		t.Errorf("the trail says %s of %d", got, len(trail))
	}
}

// say is a line of the trail in three words.
func say(trail []any, i int) string {
	if i >= len(trail) {
		return "nothing"
	}
	line := trail[i].(map[string]any)
	return fmt.Sprint(line["who"], " ", line["what"], " ", line["outcome"])
}

func TestTheSameKeyIsAnsweredTheSameAlsoAfterARestart(t *testing.T) {
	n := start(t)
	key := []string{"Idempotency-Key", "k1"}
	first := n.ask("PUT", "/v1/admin/agents/zoe", `{"name":"Zoe"}`, key...).want(200)
	minted := n.ask("POST", "/v1/admin/tokens", `{"role":"agent","subject":"zoe"}`, "Idempotency-Key", "k2").want(201)
	n.ask("DELETE", "/v1/admin/agents/zoe", "", "If-Match", first.etag()).want(200)
	version := n.ask("GET", "/v1/admin/config", "").etag()
	n.restart()
	again := n.ask("PUT", "/v1/admin/agents/zoe", `{"name":"Zoe"}`, key...).want(200)
	if again.text != first.text || again.etag() != first.etag() || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%s %s, expected %s %s", again.etag(), again.text, first.etag(), first.text)
	}
	n.ask("GET", "/v1/admin/agents/zoe", "").want(404)
	n.ask("PUT", "/v1/admin/agents/zoe", `{"name":"Other"}`, key...).want(422, "Idempotency-Key")
	if twice := n.ask("POST", "/v1/admin/tokens", `{"role":"agent","subject":"zoe"}`, "Idempotency-Key", "k2").want(201); twice.text != minted.text {
		t.Errorf("another token: %s, expected %s", twice.text, minted.text)
	}
	if now := n.ask("GET", "/v1/admin/config", "").etag(); now != version {
		t.Errorf("the restart made %s of %s", now, version)
	}
	if raw, _ := json.Marshal(minted.fields()["token"]); len(raw) < 50 {
		t.Errorf("no token in %s", minted.text)
	}
}
