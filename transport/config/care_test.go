package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

const cared = `
channels:
  - id: livechat
    idle: {customer_warn: 5m, customer_close: 10m, agent: 2m}
    attachments: {max_bytes: 1000, types: [image/png]}
  - id: sms
    attachments: {max_bytes: 0}
queues:
  - id: support
    rating_window: 1h
    idle: {agent: never, inactive: 10m}
  - id: quiet
    rating_window: never
  - id: sales
sources:
  - {id: web, channel: livechat, queue: support}
templates:
  hello: {text: "Hello <name>", channels: [livechat]}
  bye: {text: "Bye"}
`

func TestWhatACustomerGetsIsTheOperatorsToSay(t *testing.T) {
	c := parse(t, cared).Engine
	if got, want := c.Channels["livechat"].Idle, (acd.IdlePolicy{CustomerWarn: 5 * time.Minute, CustomerClose: 10 * time.Minute, Agent: 2 * time.Minute}); got != want {
		t.Errorf("silence on livechat is %+v, want %+v", got, want)
	}
	if got, want := c.Queues["support"].Idle, (acd.IdlePolicy{Agent: -1, Inactive: 10 * time.Minute}); got != want {
		t.Errorf("silence in support is %+v, want %+v", got, want)
	}
	for q, want := range map[acd.QueueID]time.Duration{"support": time.Hour, "quiet": 0, "sales": 10 * time.Minute} {
		if got := c.Queues[q].RatingWindow; got != want {
			t.Errorf("%s takes a rating for %s, want %s", q, got, want)
		}
	}
	if got, want := c.Attachments("livechat"), (acd.AttachmentPolicy{MaxBytes: 1000, Types: []string{"image/png"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("livechat takes %+v, want %+v", got, want)
	}
	if got := c.Attachments("sms").Takes("image/png", 1); got == nil {
		t.Error("sms takes a file")
	}
	want := map[string]*acd.Template{
		"hello": {Name: "hello", Text: "Hello <name>", Channels: []acd.Channel{"livechat"}}, "bye": {Name: "bye", Text: "Bye"},
	}
	if !reflect.DeepEqual(c.Templates, want) {
		t.Errorf("templates are %+v", c.Templates)
	}
}

func TestWhatIsWrongWithTheCustomersSideIsNamed(t *testing.T) {
	text := strings.NewReplacer("customer_warn: 5m", "customer_warn: 10m", "image/png", "image/*", "[livechat]}\n  bye", "[fax]}\n  bye",
		`"Bye"`, `"Bye <"`, "max_bytes: 0", "max_bytes: -1").Replace(cared)
	got := strings.Join(problems(t, text), "\n")
	for _, want := range []string{
		"channels[0].idle.customer_warn: 10m is not before customer_close, expected less than 10m",
		`channels[0].attachments.types[0]: "image/*" is no media type, expected one like image/png`,
		"channels[1].attachments.max_bytes: -1 is out of range, expected 0 to 1073741824",
		"templates.bye.text: has a bracket that is no mark, expected <name> of letters, digits and _",
		`templates.hello.channels[0]: unknown channel "fax", expected livechat or sms`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not named: %s\ngot %s", want, got)
		}
	}
}
