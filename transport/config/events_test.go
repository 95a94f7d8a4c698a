package config_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/transport/config"
)

const eventsFile = "queues: [{id: sales}]\nsources: [{id: web, channel: livechat, queue: sales}]\nevents:\n"

func TestTheSectionOfEventsIsTakenAsItIsWritten(t *testing.T) {
	s, err := config.Parse("/etc/parley/parley.yaml", []byte(eventsFile+`
  source: /parley/berlin
  keep_for: 2h
  allow_networks: [10.1.2.3/16]
  retry: {first: 2s, attempts: 3}
  nats: {url: "nats://a:4222,nats://b:4222", credentials_file: parley.creds, subject: cc.parley, kinds: [chat.*], queues: [sales], words: true}
`))
	if err != nil {
		t.Fatal(err)
	}
	e := s.Events
	if e.Source != "/parley/berlin" || e.KeepFor != 2*time.Hour || len(e.Networks) != 1 || e.Networks[0] != netip.MustParsePrefix("10.1.0.0/16") ||
		e.Retry.First != 2*time.Second || e.Retry.Attempts != 3 || e.NATS.Credentials != "/etc/parley/parley.creds" || e.NATS.Subject != "cc.parley" ||
		len(e.NATS.Kinds) != 1 || len(e.NATS.Queues) != 1 || !e.NATS.Words {
		t.Errorf("it is %+v", e)
	}
}

func TestWhatIsWrongWithTheSectionOfEventsIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"  keep_for: 1s\n": "events.keep_for", "  allow_networks: [10.0.0.0]\n": "events.allow_networks[0]", "  nats: {subject: x}\n": "events.nats.url",
		"  nats: {url: nowhere}\n": "events.nats.url", "  nats: {url: 'nats://x', subject: 'a b'}\n": "events.nats.subject",
		"  nats: {url: 'nats://x', kinds: [chat]}\n": "events.nats.kinds[0]", "  retry: {attempts: 0}\n": "events.retry.attempts", "  source: a b\n": "events.source",
	} {
		_, err := config.Parse("x.yaml", []byte(eventsFile+text))
		if problems := new(config.Problems); !errors.As(err, &problems) || !strings.Contains(problems.Lines(), want) {
			t.Errorf("%q is answered with %v, expected %s", text, err, want)
		}
	}
}
