package admin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// description is the OpenAPI document as a client has it.
type description struct {
	t        testing.TB
	document map[string]any
	compiler *jsonschema.Compiler
}

func describe(n *node) *description {
	n.t.Helper()
	text := n.askAs("", "GET", "/v1/admin/openapi.json", "").want(200, `"openapi":"3.1.0"`).text
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		n.t.Fatal(err)
	}
	d := &description{n.t, document.(map[string]any), jsonschema.NewCompiler()}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	if err := d.compiler.AddResource("mem:openapi.json", document); err != nil {
		n.t.Fatal(err)
	}
	return d
}

// operation is one of the document's.
type operation struct {
	method, path, id string
	fields           map[string]any
}

// operations are all of the document, makers first and removers last.
func (d *description) operations() (all []operation) {
	for path, item := range d.document["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			fields := op.(map[string]any)
			all = append(all, operation{strings.ToUpper(method), path, fields["operationId"].(string), fields})
		}
	}
	last := func(op operation) int { // it takes back what was made
		if op.id == "rollback-config" {
			return 1
		}
		return 0
	}
	order := []string{"PUT", "POST", "PATCH", "GET", "DELETE"}
	slices.SortFunc(all, func(a, b operation) int {
		if last(a) != last(b) {
			return last(a) - last(b)
		}
		if a.method != b.method {
			return slices.Index(order, a.method) - slices.Index(order, b.method)
		}
		return strings.Compare(a.path+a.method, b.path+b.method)
	})
	return all
}

// holds holds an answer against what the document says of it.
func (d *description) holds(op operation, got answer) {
	d.t.Helper()
	kind, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	pointer := fmt.Sprintf("/paths/%s/%s/responses/%d/content/%s/schema", strings.ReplaceAll(op.path, "/", "~1"),
		strings.ToLower(op.method), got.status, strings.ReplaceAll(kind, "/", "~1"))
	schema, err := d.compiler.Compile("mem:openapi.json#" + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer))
	if err != nil {
		d.t.Errorf("%s %s: nothing describes %d as %s: %v", op.method, op.path, got.status, kind, err)
		return
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(got.text))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		d.t.Errorf("%s %s: %d is not as described: %v\n%s", op.method, op.path, got.status, err, got.text)
	}
}

// schema follows a reference.
func (d *description) schema(s map[string]any) map[string]any {
	if ref, ok := s["$ref"].(string); ok {
		name := ref[strings.LastIndex(ref, "/")+1:]
		return d.document["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	}
	return s
}

var known = map[string]string{"queue": "sales", "channel": "livechat", "schedule": "office", "day": "mon"}

// value makes one that fits a schema; id is what fields called so get.
func (d *description) value(s map[string]any, id string) any {
	s = d.schema(s)
	if examples, ok := s["examples"].([]any); ok {
		return examples[0]
	}
	if choices, ok := s["enum"].([]any); ok {
		return choices[0]
	}
	if refers, ok := s["x-refers-to"].(string); ok {
		return known[refers]
	}
	switch s["type"] {
	case "object":
		if inner, ok := s["additionalProperties"].(map[string]any); ok {
			return map[string]any{"livechat": d.value(inner, id)}
		}
		return d.object(s, id, "")
	case "array":
		return []any{d.value(s["items"].(map[string]any), "n1")}
	case "integer":
		if least, ok := s["minimum"]; ok {
			return least
		}
		return 1
	case "boolean":
		return true
	}
	return "x1"
}

// object has what is required, and one field more.
func (d *description) object(s map[string]any, id, more string) map[string]any {
	made := map[string]any{}
	required, _ := s["required"].([]any)
	properties, _ := s["properties"].(map[string]any)
	for name, p := range properties {
		switch {
		case (name == "id" || name == "code") && id != "":
			made[name] = id
		case slices.Contains(required, any(name)), name == more:
			made[name] = d.value(p.(map[string]any), id)
		}
	}
	return made
}

// body is the schema of what an operation takes, nil if it takes nothing.
func (d *description) body(op operation) map[string]any {
	body, ok := op.fields["requestBody"].(map[string]any)
	if !ok {
		return nil
	}
	return d.schema(body["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any))
}

func marshal(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// walked is a node with somebody connected and a chat, and a way to fill in
// paths.
func walked(t *testing.T) (n *node, at func(string) string) {
	n = start(t)
	d := n.dial(acd.RoleCustomer, "dana")
	started := d.do(&wire.Start{Source: "web"})
	minted := n.ask("POST", "/v1/admin/tokens", `{"role":"agent","subject":"zoe"}`).want(201).fields()
	hook, letter := refusedWebhook(n)
	sessions := n.ask("GET", "/v1/admin/sessions", "").want(200).fields()["items"].([]any)
	fill := strings.NewReplacer("/queues/{queue}/wrapup-codes", "/queues/support/wrapup-codes", "/queues/{queue}/routing-steps", "/queues/support/routing-steps",
		"{queue}", "q9", "{agent}", "a9", "{channel}", "c9", "{source}", "s9", "{reason}", "r9", "{template}", "t9", "{schedule}", "h9", "{code}", "w9",
		"{step}", "2", "{skill}", "k9", "{version}", "1", "{token}", minted["id"].(string), "{customer}", "dana",
		"{webhook}", hook, "{event}", letter, "{session}", sessions[0].(map[string]any)["id"].(string), "{chat}", started.Chat)
	return n, fill.Replace
}

func TestTheDescriptionDrivesAClientThroughEverything(t *testing.T) {
	n, at := walked(t)
	d := describe(n)
	all := d.operations()
	if len(all) < 70 {
		t.Fatalf("%d operations only", len(all))
	}
	for i, op := range all {
		path, body := at(op.path), ""
		if s := d.body(op); s != nil {
			body = d.sent(n, op, s, path)
		}
		headers := []string{"Idempotency-Key", fmt.Sprint("walk", i)}
		if op.method != "PUT" || path == "/v1/admin/desk" || path == "/v1/admin/config" || op.id == "put-webhook" {
			headers = append(headers, "If-Match", "*")
		}
		got := n.ask(op.method, path, body, headers...)
		if got.status >= 300 {
			t.Errorf("%s %s with %s: %d %s", op.method, path, body, got.status, got.text)
			continue
		}
		d.holds(op, got)
	}
	refused := n.askAs("", "GET", "/v1/admin/queues", "")
	for _, op := range all {
		if op.id == "list-queues" {
			d.holds(op, refused)
		}
	}
}

// sent is a body for an operation, from its schema.
func (d *description) sent(n *node, op operation, s map[string]any, path string) string {
	switch op.id {
	case "put-config":
		return n.ask("GET", path, "").text
	case "revoke":
		return `{"role":"agent","subject":"nobody"}`
	case "put-skill":
		return `{"agents":{"alice":3}}`
	}
	if op.method == http.MethodPatch {
		return `{}`
	}
	return marshal(d.t, d.object(s, path[strings.LastIndex(path, "/")+1:], ""))
}

// TestEveryFieldOfTheDescriptionIsTakenOrRefusedByName sends each field of each
// part by itself, with a value that its schema allows.
func TestEveryFieldOfTheDescriptionIsTakenOrRefusedByName(t *testing.T) {
	n, at := walked(t)
	d := describe(n)
	taken, refused := 0, map[string]string{}
	for _, op := range d.operations() {
		s := d.body(op)
		if op.method != http.MethodPut || op.id == "put-config" || op.id == "put-skill" {
			continue
		}
		path := at(op.path)
		id := path[strings.LastIndex(path, "/")+1:]
		for _, name := range slices.Sorted(maps.Keys(s["properties"].(map[string]any))) {
			got := n.ask("PUT", path, marshal(t, d.object(s, id, name)), "If-None-Match", "")
			if got.status == http.StatusPreconditionRequired {
				got = n.ask("PUT", path, marshal(t, d.object(s, id, name)), "If-Match", "*")
			}
			d.holds(op, got)
			if got.status == http.StatusOK {
				taken++
			} else {
				refused[op.id+"."+name] = got.text
			}
		}
	}
	// Fields that have no meaning without another one beside them.
	for _, name := range []string{"put-step.max_tier", "put-queue.waiting_messages", "put-schedule.special_days"} {
		delete(refused, name)
	}
	for name, text := range refused {
		t.Errorf("%s, as described, was refused: %s", name, text)
	}
	if taken < 80 {
		t.Errorf("%d fields only were taken", taken)
	}
}

func TestThePageLoadsNothingFromElsewhereAndHasNoScript(t *testing.T) {
	n := start(t)
	page := n.askAs("", "GET", "/v1/admin/docs", "").want(200, "/v1/admin/queues/{queue}", "mint-token", "offer_timeout")
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the page's policy is %q", policy)
	}
	for _, not := range []string{"<script", "http://", "https://", "style=", "onclick"} {
		if strings.Contains(page.text, not) {
			t.Errorf("%s stands in the page", not)
		}
	}
	n.askAs("", "GET", "/v1/admin/docs.css", "").want(200)
	if text := n.askAs("", "GET", "/v1/admin/openapi.yaml", "").want(200).text; !bytes.HasPrefix([]byte(text), []byte("components:")) {
		t.Errorf("the YAML begins with %.60s", text)
	}
}
