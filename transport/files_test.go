package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// png begins like one, which is all that anybody looks at.
var png = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 600)...)

// seesOnly is an engine's word on one chat of maria's, which alice is in and
// bob was in.
func seesOnly(_ context.Context, by acd.Principal, chat acd.ChatID) (acd.ChatView, error) {
	v := acd.ChatView{Chat: chat, Phase: acd.PhaseActive, Channel: "livechat",
		Participants: []acd.Participant{{Agent: "alice", Mode: acd.Talk, Joined: true}, {Agent: "bob", Mode: acd.Talk}}}
	switch {
	case chat == "over":
		v.Phase = acd.PhaseEnded
	case chat != "c1", by.Role == acd.RoleCustomer && by.ID != "maria":
		return acd.ChatView{}, acd.ErrNotFound
	case by.Role == acd.RoleAgent && by.ID != "alice" && by.ID != "bob":
		return acd.ChatView{}, acd.ErrNotParticipant
	}
	return v, nil
}

func filing(t *testing.T, change func(*acd.Config)) *edge {
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = bucket.Close() })
	return onLoopback(t, func(o *Options) {
		o.Files = &Files{Bucket: bucket, View: seesOnly}
		cfg := testConfig()
		if change != nil {
			change(cfg)
		}
		o.Config = func() *acd.Config { return cfg }
	})
}

// call makes one request with the token of somebody, or without if he is nobody.
func (e *edge) call(method, path string, role acd.Role, subject string, body []byte) (*http.Response, []byte) {
	e.t.Helper()
	r, err := http.NewRequest(method, e.url+path, bytes.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	if subject != "" {
		r.Header.Set("Authorization", "Bearer "+e.token(role, subject, 10*time.Minute))
	}
	resp, err := e.client.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return resp, got
}

func (e *edge) uploaded(role acd.Role, subject string) wire.Attachment {
	e.t.Helper()
	resp, body := e.call("POST", "/v1/attachments?chat=c1&name=R%C3%A9ceipt.png", role, subject, png)
	var a wire.Attachment
	if err := json.Unmarshal(body, &a); err != nil || resp.StatusCode != http.StatusCreated {
		e.t.Fatalf("%d %s: %v", resp.StatusCode, body, err)
	}
	return a
}

func TestAFileIsUploadedSentAndDownloadedByWhoIsInTheChat(t *testing.T) {
	e := filing(t, nil)
	a := e.uploaded(acd.RoleCustomer, "maria")
	if a.Name != "Réceipt.png" || a.MediaType != "image/png" || a.SizeBytes != uint64(len(png)) || a.URL != "/v1/attachments/"+a.ID {
		t.Errorf("the answer is %+v", a)
	}
	p := e.hello(acd.RoleCustomer, "maria")
	p.say(`{"type":"send","id":"1","chat":"c1","attachment":{"id":"` + a.ID + `"}}`)
	p.expect(`"type":"ok"`)
	asked := e.engine.last(t).commands()
	want := acd.SendText{Text: "Réceipt.png", To: acd.ForAll, Attachment: &acd.Attachment{ID: a.ID, Type: "image/png", Size: int64(len(png))}}
	got, _ := asked[len(asked)-1].cmd.(acd.SendText)
	if got.Text != want.Text || got.To != want.To || got.Attachment == nil || *got.Attachment != *want.Attachment {
		t.Errorf("the engine was asked %+v, want %+v", got, want)
	}
	for _, who := range []acd.Principal{{Role: acd.RoleCustomer, ID: "maria"}, {Role: acd.RoleAgent, ID: "alice"},
		{Role: acd.RoleAgent, ID: "bob"}, {Role: acd.RoleSupervisor, ID: "sue"}} {
		resp, body := e.call("GET", a.URL, who.Role, who.ID, nil)
		h := resp.Header
		if resp.StatusCode != 200 || !bytes.Equal(body, png) || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Type") != "image/png" ||
			!strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s got %d, %d bytes, %v", who.ID, resp.StatusCode, len(body), h)
		}
	}
}

func TestAFileIsRefusedByNameToWhoMayNotHaveIt(t *testing.T) {
	e := filing(t, func(c *acd.Config) {
		c.Channels["livechat"].Attachments = acd.AttachmentPolicy{MaxBytes: 1000, Types: []string{"image/png", "text/plain"}}
	})
	a := e.uploaded(acd.RoleAgent, "alice")
	for _, tt := range []struct {
		method, path string
		who          acd.Principal
		body         []byte
		status       int
		code         string
	}{
		{"GET", a.URL, acd.Principal{}, nil, 401, "unauthenticated"},
		{"GET", a.URL, acd.Principal{Role: acd.RoleCustomer, ID: "eve"}, nil, 404, "not_found"},
		{"GET", a.URL, acd.Principal{Role: acd.RoleAgent, ID: "eve"}, nil, 403, "not_participant"},
		{"GET", "/v1/attachments/c1." + strings.Repeat("0", 32), acd.Principal{Role: acd.RoleCustomer, ID: "maria"}, nil, 404, "not_found"},
		{"GET", "/v1/attachments/..%2F..%2Fetc", acd.Principal{Role: acd.RoleCustomer, ID: "maria"}, nil, 404, "not_found"},
		{"POST", "/v1/attachments?chat=c1", acd.Principal{}, png, 401, "unauthenticated"},
		{"POST", "/v1/attachments?name=a", acd.Principal{Role: acd.RoleCustomer, ID: "maria"}, png, 400, "bad_frame"},
		{"POST", "/v1/attachments?chat=c1&name=a%00", acd.Principal{Role: acd.RoleCustomer, ID: "maria"}, png, 400, "bad_frame"},
		{"POST", "/v1/attachments?chat=over", acd.Principal{Role: acd.RoleCustomer, ID: "maria"}, png, 409, "ended"},
		{"POST", "/v1/attachments?chat=c1", acd.Principal{Role: acd.RoleAgent, ID: "bob"}, png, 403, "not_participant"},
		{"POST", "/v1/attachments?chat=c1", acd.Principal{Role: acd.RoleSupervisor, ID: "sue"}, png, 403, "not_participant"},
		{"POST", "/v1/attachments?chat=c1", acd.Principal{Role: acd.RoleCustomer, ID: "maria"}, make([]byte, 1001), 413, "too_long"},
		{"POST", "/v1/attachments?chat=c1", acd.Principal{Role: acd.RoleCustomer, ID: "maria"}, []byte("<html><script>"), 415, "bad_state"},
	} {
		resp, body := e.call(tt.method, tt.path, tt.who.Role, tt.who.ID, tt.body)
		var said struct{ Code, Message string }
		if err := json.Unmarshal(body, &said); err != nil || resp.StatusCode != tt.status || said.Code != tt.code || said.Message == "" {
			t.Errorf("%s %s by %s: %d %s, want %d %s", tt.method, tt.path, tt.who.ID, resp.StatusCode, body, tt.status, tt.code)
		}
	}
}

func TestACustomerGetsNoFileThatWasNotSentToHim(t *testing.T) {
	e := filing(t, nil)
	sent, kept := e.uploaded(acd.RoleAgent, "alice"), e.uploaded(acd.RoleAgent, "alice")
	e.server.options.Files.Sent = func(chat acd.ChatID, file string) (bool, error) { return chat == "c1" && file == sent.ID, nil }
	for _, tt := range []struct {
		of     wire.Attachment
		role   acd.Role
		who    string
		status int
	}{
		{sent, acd.RoleCustomer, "maria", 200}, {kept, acd.RoleCustomer, "maria", 404},
		{kept, acd.RoleAgent, "alice", 200}, {kept, acd.RoleAgent, "bob", 200},
	} {
		if resp, body := e.call("GET", tt.of.URL, tt.role, tt.who, nil); resp.StatusCode != tt.status {
			t.Errorf("%s got %d %s, want %d", tt.who, resp.StatusCode, body, tt.status)
		}
	}
}

func TestAnAgentGetsWhatWasSentToHisCustomerInTheChatsBefore(t *testing.T) {
	e := filing(t, nil)
	sent, kept := e.uploaded(acd.RoleAgent, "alice"), e.uploaded(acd.RoleAgent, "alice")
	e.server.options.Files.Sent = func(chat acd.ChatID, file string) (bool, error) { return chat == "c1" && file == sent.ID, nil }
	e.server.options.Files.Earlier = func(by acd.Principal, chat acd.ChatID) (bool, error) { return by.ID == "carol" && chat == "c1", nil }
	for _, tt := range []struct {
		of     wire.Attachment
		who    string
		status int
	}{{sent, "carol", 200}, {kept, "carol", 404}, {sent, "dave", 403}, {kept, "bob", 200}} {
		if resp, body := e.call("GET", tt.of.URL, acd.RoleAgent, tt.who, nil); resp.StatusCode != tt.status {
			t.Errorf("%s got %d %s, want %d", tt.who, resp.StatusCode, body, tt.status)
		}
	}
}

func TestABodyWithoutALengthIsCutAtTheLimitAndLeavesNothing(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	f := &Files{Bucket: bucket, View: seesOnly}
	takes := acd.AttachmentPolicy{MaxBytes: 1000, Types: []string{"image/png"}}
	long := io.MultiReader(bytes.NewReader(png), strings.NewReader(strings.Repeat("x", 1000)))
	if _, err := f.keep(context.Background(), acd.Principal{}, "c1", "a", long, takes); err != errTooMuch {
		t.Errorf("got %v, want that it is too much", err)
	}
	some, _, err := bucket.ListPage(context.Background(), blob.FirstPageToken, 10, nil)
	if err != nil || len(some) > 0 {
		t.Errorf("left behind: %v, %v", some, err)
	}
}

func TestNobodySendsAFileOfAnothersOrOfAnotherChat(t *testing.T) {
	e := filing(t, nil)
	a := e.uploaded(acd.RoleAgent, "alice")
	p := e.hello(acd.RoleCustomer, "maria")
	p.say(`{"type":"send","id":"1","chat":"c1","attachment":{"id":"` + a.ID + `"}}`)
	p.expect(`"type":"error"`, `"re":"1"`, `"code":"not_found"`)
	p.say(`{"type":"send","id":"2","chat":"c1","attachment":{"id":"nonsense"}}`)
	p.expect(`"type":"error"`, `"re":"2"`, `"code":"not_found"`)
	alice := e.hello(acd.RoleAgent, "alice")
	alice.say(`{"type":"send","id":"1","chat":"c2","attachment":{"id":"` + a.ID + `"}}`)
	alice.expect(`"type":"error"`, `"re":"1"`, `"code":"not_found"`)
}

func TestAServerWithoutAPlaceForFilesTakesNone(t *testing.T) {
	e := onLoopback(t, nil)
	if resp, _ := e.call("POST", "/v1/attachments?chat=c1", acd.RoleCustomer, "maria", png); resp.StatusCode != 404 {
		t.Errorf("an upload got %d", resp.StatusCode)
	}
	p := e.hello(acd.RoleCustomer, "maria")
	p.say(`{"type":"send","id":"1","chat":"c1","attachment":{"id":"c1.x"}}`)
	p.expect(`"type":"error"`, `"code":"bad_state"`)
}

func TestTheFilesOfAnErasedChatAreGoneAndNoOthers(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	f := &Files{Bucket: bucket}
	ctx := context.Background()
	var ids []string
	for _, chat := range []acd.ChatID{"c1", "c1", "c10"} {
		kept, err := f.keep(ctx, acd.Principal{}, chat, "a", bytes.NewReader(png), acd.AttachmentPolicy{MaxBytes: 1000, Types: []string{"image/png"}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, kept.ID)
	}
	if err := f.Erase(ctx, "c1"); err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		if _, _, err := f.find(ctx, id); (err == nil) != (i == 2) {
			t.Errorf("file %d: %v", i, err)
		}
	}
}

func TestTheWelcomeTellsWhatFilesEachChannelTakes(t *testing.T) {
	told := func(e *edge, role acd.Role) map[string]wire.AttachmentLimit {
		p := e.dial()
		p.say(`{"type":"hello","token":"` + e.token(role, "maria", 10*time.Minute) + `"}`)
		var w wire.Welcome
		if err := json.Unmarshal([]byte(p.expect(`"type":"welcome"`)), &w); err != nil {
			t.Fatal(err)
		}
		return w.Limits.Attachments
	}
	e := filing(t, func(c *acd.Config) {
		c.Channels["livechat"].Attachments = acd.AttachmentPolicy{MaxBytes: 1000, Types: []string{"image/png"}}
		c.Channels["sms"] = &acd.ChannelPolicy{MaxChars: 100, Attachments: acd.AttachmentPolicy{MaxBytes: -1}}
		c.Channels["mail"] = &acd.ChannelPolicy{MaxChars: 100}
	})
	for _, role := range []acd.Role{acd.RoleCustomer, acd.RoleSupervisor} {
		got := told(e, role)
		if chat := got["livechat"]; len(got) != 2 || chat.MaxBytes != 1000 || !slices.Equal(chat.MediaTypes, []string{"image/png"}) {
			t.Errorf("%s is told %+v", role, got)
		}
		if mail := got["mail"]; mail.MaxBytes != 10<<20 || !slices.Contains(mail.MediaTypes, "application/pdf") {
			t.Errorf("%s is told the defaults %+v", role, mail)
		}
	}
	if got := told(onLoopback(t, nil), acd.RoleCustomer); got != nil {
		t.Errorf("a server that keeps no files tells %+v", got)
	}
}

func TestAPageOfAnAllowedOriginMayUpload(t *testing.T) {
	e := filing(t, nil)
	for origin, want := range map[string]string{e.url: e.url, "https://evil.example": ""} {
		r, err := http.NewRequest("OPTIONS", e.url+"/v1/attachments", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		resp, err := e.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s is told %q", origin, got)
		}
	}
}

func TestNoUploadIsAcknowledgedBeforeItIsDurable(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	var synced []string
	broken := errors.New("the disk is full")
	f := &Files{Bucket: bucket, Sync: func(key string) error {
		if ok, err := bucket.Exists(context.Background(), key); !ok || err != nil {
			t.Errorf("%s is synced before it is there: %v", key, err)
		}
		synced = append(synced, key)
		if len(synced) > 1 {
			return broken
		}
		return nil
	}}
	keep := func() error {
		_, err := f.keep(context.Background(), acd.Principal{}, "c1", "a", bytes.NewReader(png), acd.AttachmentPolicy{MaxBytes: 1000, Types: []string{"image/png"}})
		return err
	}
	if err := keep(); err != nil || len(synced) != 1 {
		t.Errorf("%v, synced %v", err, synced)
	}
	if err := keep(); !errors.Is(err, broken) {
		t.Errorf("a file that is not durable is acknowledged: %v", err)
	}
}
