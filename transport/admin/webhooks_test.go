package admin_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// refusedWebhook is a webhook whose receiver takes nothing, and a dead letter of
// it. There has to have been a chat.
func refusedWebhook(n *node) (hook, letter string) {
	n.t.Helper()
	asked := make(chan struct{}, 100)
	r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		asked <- struct{}{}
	}))
	n.t.Cleanup(r.Close)
	hook, _ = n.ask("POST", "/v1/admin/webhooks?from=start", fmt.Sprintf(`{"url":%q}`, r.URL)).want(201).fields()["id"].(string)
	for range 100 { // an answer that is not taken is a letter a moment later
		<-asked
		list := n.ask("GET", "/v1/admin/webhooks/"+hook+"/dead-letters", "").want(200).fields()["items"].([]any)
		if len(list) > 0 {
			return hook, list[0].(map[string]any)["event"].(string)
		}
	}
	n.t.Fatal("nothing was given up")
	return "", ""
}

func TestAWebhookIsMadeTriedOutChangedAndDeleted(t *testing.T) {
	n := start(t)
	got := make(chan string, 100)
	r := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		got <- req.Header.Get("webhook-signature") + " " + string(body)
	}))
	defer r.Close()
	made := n.ask("POST", "/v1/admin/webhooks", fmt.Sprintf(`{"url":%q,"kinds":["chat.started"]}`, r.URL), "Idempotency-Key", "k").want(201, `"secret":"whsec_`)
	id := made.fields()["id"].(string)
	at := "/v1/admin/webhooks/" + id
	if again := n.ask("POST", "/v1/admin/webhooks", fmt.Sprintf(`{"url":%q,"kinds":["chat.started"]}`, r.URL), "Idempotency-Key", "k").want(201, id); strings.Contains(again.text, "whsec_") {
		t.Error("a secret was kept for who asks again")
	}
	if shown := n.ask("GET", "/v1/admin/webhooks", "").want(200, id, `"status":"delivering"`); strings.Contains(shown.text, "whsec_") {
		t.Error("the list shows a secret")
	}
	n.ask("POST", at+"/test", "").want(200, `"taken":true`)
	if first := <-got; !strings.HasPrefix(first, "v1,") || !strings.Contains(first, "parley.webhook.test") {
		t.Errorf("the test came as %s", first)
	}
	n.dial(acd.RoleCustomer, "dana").do(&wire.Start{Source: "web"})
	if first := <-got; !strings.Contains(first, `"type":"parley.chat.started"`) {
		t.Errorf("the chat came as %s", first)
	}
	n.ask("GET", at+"/deliveries", "").want(200, `"kind":"webhook.test"`)
	n.ask("POST", at+"/rotate", `{"keep_old_seconds":60}`).want(200, "whsec_", "old_secret_until")
	n.ask("POST", at+"/test", "").want(200)
	if both := <-got; strings.Count(both, "v1,") != 2 {
		t.Errorf("two keys sign as %s", both)
	}
	n.ask("POST", at+"/replay", `{"from":"start"}`).want(200)
	if again := <-got; !strings.Contains(again, "parley.chat.started") {
		t.Errorf("the replay came as %s", again)
	}
	n.ask("PUT", at, fmt.Sprintf(`{"url":%q}`, r.URL)).want(428)
	etag := n.ask("GET", at, "").want(200).header.Get("ETag")
	n.ask("PUT", at, fmt.Sprintf(`{"url":%q,"paused":true}`, r.URL), "If-Match", etag).want(200, `"status":"paused"`)
	n.ask("PUT", at, fmt.Sprintf(`{"url":%q}`, r.URL), "If-Match", etag).want(412)
	for body, field := range map[string]string{
		`{"url":"https://10.0.0.1"}`: "body.url", `{"url":"https://x.example","kinds":["?"]}`: "body.kinds[0]", `{"url":7}`: "body.url",
		`{"url":"https://x.example","colour":1}`: "colour",
	} {
		n.ask("POST", "/v1/admin/webhooks", body).want(422, field)
	}
	n.ask("POST", "/v1/admin/webhooks?from=then", `{"url":"https://x.example"}`).want(422, "query.from")
	n.ask("DELETE", at, "").want(200)
	n.ask("GET", at, "").want(404)
	n.askAs(token(t, acd.RoleSupervisor, "sue"), "GET", "/v1/admin/webhooks", "").want(403)
}
