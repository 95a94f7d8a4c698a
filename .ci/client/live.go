package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/adminclient/api"
)

// person is somebody with a websocket.
type person struct {
	*driver
	conn  *websocket.Conn
	lines []string
	sent  int
}

// frame is what the driver reads of a frame.
type frame struct {
	Type, Re, Chat, Offer, Session, Code, Message string
}

func (d *driver) connect(role, subject string) (p *person, session string) {
	conn, _, err := websocket.Dial(d.ctx, d.public+"/v1/ws", &websocket.DialOptions{Subprotocols: []string{"parley.v1"}})
	if err != nil {
		fail(err)
	}
	conn.SetReadLimit(1 << 20)
	p = &person{driver: d, conn: conn}
	p.say(`{"type":"hello","id":"hello","token":"` + d.token(role, subject) + `","client":{"name":"driver","version":"1"}}`)
	return p, p.until("welcome").Session
}

func (p *person) say(text string) {
	if err := p.conn.Write(p.ctx, websocket.MessageText, []byte(text)); err != nil {
		fail(err)
	}
}

// do sends a command and returns its answer.
func (p *person) do(fields string) frame {
	p.sent++
	p.say(fmt.Sprintf(`{"id":"%d",%s}`, p.sent, fields))
	return p.until("ok")
}

// until returns the next frame of a type, of which the driver needs one each.
func (p *person) until(kind string) frame {
	for {
		for len(p.lines) > 0 {
			var f frame
			line := p.lines[0]
			p.lines = p.lines[1:]
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				fail(fmt.Errorf("%w: %s", err, line))
			}
			switch f.Type {
			case kind:
				return f
			case "error", "goodbye":
				fail(fmt.Errorf("expected %s, not %s", kind, line))
			}
		}
		_, text, err := p.conn.Read(p.ctx)
		if err != nil {
			fail(fmt.Errorf("waiting for %s: %w", kind, err))
		}
		p.lines = strings.Split(strings.TrimSpace(string(text)), "\n")
	}
}

// people has one chat served and ended by force, and one that nobody served, and
// looks at who is there.
func (d *driver) people() (served string) {
	alice, _ := d.connect("agent", "alice")
	alice.do(`"type":"set_presence","state":"available"`)
	dana, session := d.connect("customer", "dana")
	served = dana.do(`"type":"start","source":"web"`).Chat
	alice.do(`"type":"accept","offer":"` + alice.until("offer").Offer + `"`)
	dana.do(`"type":"send","chat":"` + served + `","text":"Hello"`)

	if live := got(d.ListLiveChatsWithResponse(d.ctx, nil)); len(live.JSON200.Items) != 1 || live.JSON200.Items[0].Chat != served {
		fail(fmt.Errorf("the live chats are %s", live.Body))
	}
	got(d.EndChatWithResponse(d.ctx, served, nil, api.EndChatJSONRequestBody{Reason: "the driver is done"}))
	got(d.ListSessionsWithResponse(d.ctx, nil))
	got(d.CloseSessionWithResponse(d.ctx, session, nil))

	minted := got(d.MintTokenWithResponse(d.ctx, &api.MintTokenParams{IdempotencyKey: new("mint")}, api.MintTokenJSONRequestBody{Role: "service",
		Subject: "site", Rights: &[]api.WantedRights{"export"}, TtlSeconds: new(int64(60))}))
	token := minted.JSON201.Id
	got(d.ListTokensWithResponse(d.ctx, nil))
	got(d.GetTokenWithResponse(d.ctx, token))
	got(d.RevokeTokenWithResponse(d.ctx, token, nil))
	got(d.RevokeWithResponse(d.ctx, nil, api.RevokeJSONRequestBody{Role: new(api.RevocationInfoRole("agent")), Subject: new("nobody")}))
	got(d.ListRevocationsWithResponse(d.ctx, nil))
	return served
}

// history asks what has been.
func (d *driver) history() {
	var found *api.SearchChatsResponse
	for found = got(d.SearchChatsWithResponse(d.ctx, &api.SearchChatsParams{Customer: new("dana")})); len(found.JSON200.Chats) == 0; {
		fail(fmt.Errorf("the chat is not there: %s", found.Body))
	}
	chat := found.JSON200.Chats[0].Chat
	if said := got(d.ExportTranscriptWithResponse(d.ctx, chat)); len(said.JSON200.Messages) == 0 {
		fail(fmt.Errorf("the transcript is %s", said.Body))
	}
	if why := got(d.ExplainChatWithResponse(d.ctx, chat)); len(why.JSON200.Decisions) != 1 || *why.JSON200.Decisions[0].Winner != "alice" {
		fail(fmt.Errorf("the explanation is %s", why.Body))
	}
	if replay := got(d.ReplayChatWithResponse(d.ctx, chat, &api.ReplayChatParams{At: new(2)})); len(replay.JSON200.Records) != 2 {
		fail(fmt.Errorf("the replay is %s", replay.Body))
	}
	day := time.Now().Add(-24 * time.Hour)
	got(d.ReportQueuesWithResponse(d.ctx, &api.ReportQueuesParams{From: &day, Step: new(api.ReportQueuesParamsStep("hour"))}))
	got(d.ReportAgentsWithResponse(d.ctx, &api.ReportAgentsParams{From: &day}))
	got(d.ReportSourcesWithResponse(d.ctx, &api.ReportSourcesParams{From: &day}))
	total := got(d.ReportTotalWithResponse(d.ctx, &api.ReportTotalParams{From: &day}))
	if lines := total.JSON200.Lines; len(lines) != 1 || lines[0].Answered == nil || *lines[0].Answered != 1 {
		fail(fmt.Errorf("the report is %s", total.Body))
	}
	got(d.ReportTotalWithResponse(d.ctx, &api.ReportTotalParams{Format: new(api.ReportTotalParamsFormat("csv"))}))
	got(d.EraseChatWithResponse(d.ctx, chat))
	got(d.EraseCustomerWithResponse(d.ctx, "dana"))
	if trail := got(d.ListAuditWithResponse(d.ctx, &api.ListAuditParams{What: new("erase"), Limit: new(1)})); len(trail.JSON200.Entries) != 1 || trail.JSON200.Next == nil {
		fail(fmt.Errorf("the audit trail is %s", trail.Body))
	}
	if events := got(d.ReadEventsWithResponse(d.ctx, &api.ReadEventsParams{Kinds: new("chat.*")})); len(events.JSON200.Events) == 0 {
		fail(fmt.Errorf("the events are %s", events.Body))
	}
	got(d.TakeBackupWithResponse(d.ctx, nil))
}

// webhooks has a receiver that takes all but what is about one chat.
func (d *driver) webhooks(chat string) {
	asked := make(chan bool, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		taken := err == nil && !strings.Contains(string(body), chat)
		if !taken {
			w.WriteHeader(http.StatusInternalServerError)
		}
		asked <- taken
	}))
	defer receiver.Close()
	made := got(d.CreateWebhookWithResponse(d.ctx, &api.CreateWebhookParams{From: new("start")}, api.WebhookSpec{Url: receiver.URL, Kinds: &[]string{"chat.started"}}))
	hook := made.JSON201.Id
	event := d.deadLetter(hook, asked)
	got(d.ListWebhooksWithResponse(d.ctx, nil))
	shown := got(d.GetWebhookWithResponse(d.ctx, hook))
	got(d.PutWebhookWithResponse(d.ctx, hook, &api.PutWebhookParams{IfMatch: new(shown.HTTPResponse.Header.Get("ETag"))},
		api.WebhookSpec{Url: receiver.URL, Kinds: &[]string{"chat.*"}, Note: new("all of chats")}))
	if test := got(d.TestWebhookWithResponse(d.ctx, hook)); !test.JSON200.Taken {
		fail(fmt.Errorf("the test event was not taken: %s", test.Body))
	}
	if again := got(d.RedeliverWithResponse(d.ctx, hook, event)); again.JSON200.Taken {
		fail(fmt.Errorf("what the receiver refuses was taken: %s", again.Body))
	}
	got(d.DiscardWithResponse(d.ctx, hook, event, nil))
	got(d.ListDeliveriesWithResponse(d.ctx, hook))
	got(d.RotateSecretWithResponse(d.ctx, hook, nil, api.RotateSecretJSONRequestBody{KeepOldSeconds: new(int64(60))}))
	got(d.ReplayWebhookWithResponse(d.ctx, hook, nil, api.ReplayWebhookJSONRequestBody{From: "now"}))
	got(d.DeleteWebhookWithResponse(d.ctx, hook, nil))
}

// deadLetter has an event given up: another one is taken while it is not.
func (d *driver) deadLetter(hook string, asked <-chan bool) (event string) {
	if <-asked {
		fail(errors.New("the receiver took what it should not"))
	}
	eve, _ := d.connect("customer", "eve")
	eve.do(`"type":"start","source":"web"`)
	ctx, cancel := context.WithTimeout(d.ctx, 20*time.Second)
	defer cancel()
	for {
		if list := got(d.ListDeadLettersWithResponse(d.ctx, hook, nil)); len(list.JSON200.Items) > 0 {
			return list.JSON200.Items[0].Event
		}
		select {
		case <-asked:
		case <-time.After(50 * time.Millisecond): // it is kept a moment after the receiver's answer
		case <-ctx.Done():
			fail(fmt.Errorf("no event of webhook %s was given up", hook))
		}
	}
}
