package config

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// events is how other systems are told what happens.
type events struct {
	Source        string         `yaml:"source"`
	KeepFor       *time.Duration `yaml:"keep_for"`
	AllowNetworks []string       `yaml:"allow_networks"`
	Retry         retry          `yaml:"retry"`
	NATS          natsEvents     `yaml:"nats"`
}

type retry struct {
	First    *time.Duration `yaml:"first"`
	Most     *time.Duration `yaml:"most"`
	Attempts *int           `yaml:"attempts"`
	GiveUp   *time.Duration `yaml:"give_up"`
}

type natsEvents struct {
	URL             string   `yaml:"url"`
	CredentialsFile string   `yaml:"credentials_file"`
	Subject         string   `yaml:"subject"`
	Kinds           []string `yaml:"kinds"`
	Queues          []string `yaml:"queues"`
	Words           bool     `yaml:"words"`
}

// Events is how other systems are told what happens; what is zero takes the
// default of who tells them.
type Events struct {
	Source  string
	KeepFor time.Duration
	// Networks are private ones that webhooks may reach.
	Networks []netip.Prefix
	Retry    Retry
	NATS     NATS
}

// Retry is how deliveries are tried again.
type Retry struct {
	First, Most time.Duration // pauses
	Attempts    int
	GiveUp      time.Duration
}

// NATS is where events are published; nowhere without URL.
type NATS struct {
	URL, Credentials, Subject string
	Kinds, Queues             []string
	Words                     bool
}

var (
	kindForm    = regexp.MustCompile(`^(\*|(chat|agent|queue)\.(\*|[a-z_]{1,60}))$`)
	subjectForm = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)
)

func (e *events) check(c *checker) {
	if _, err := url.Parse(e.Source); err != nil || strings.ContainsAny(e.Source, " \t") {
		c.say("events.source", "%q is no address, expected one like /parley/berlin", e.Source)
	}
	c.duration("events.keep_for", e.KeepFor, time.Minute, 90*day)
	for i, network := range e.AllowNetworks {
		if _, err := netip.ParsePrefix(network); err != nil {
			c.say(item("events.allow_networks", i), "%q is no network, expected one like 10.1.0.0/16", network)
		}
	}
	c.duration("events.retry.first", e.Retry.First, time.Millisecond, time.Minute)
	c.duration("events.retry.most", e.Retry.Most, time.Millisecond, day)
	c.number("events.retry.attempts", e.Retry.Attempts, 1, 1000)
	c.duration("events.retry.give_up", e.Retry.GiveUp, time.Minute, 30*day)
	e.NATS.check(c)
}

func (n *natsEvents) check(c *checker) {
	if n.URL == "" {
		if n.CredentialsFile != "" || n.Subject != "" || len(n.Kinds)+len(n.Queues) > 0 || n.Words {
			c.say("events.nats.url", "missing, expected an address like nats://nats.example.com:4222")
		}
		return
	}
	for one := range strings.SplitSeq(n.URL, ",") {
		if u, err := url.Parse(strings.TrimSpace(one)); err != nil || u.Host == "" {
			c.say("events.nats.url", "is no address, expected one like nats://nats.example.com:4222")
			break
		}
	}
	if n.Subject != "" && !subjectForm.MatchString(n.Subject) {
		c.say("events.nats.subject", "%q is no subject, expected words with dots between them", n.Subject)
	}
	for i, kind := range n.Kinds {
		if !kindForm.MatchString(kind) {
			c.say(item("events.nats.kinds", i), "%q is no kind of event, expected one like chat.started, chat.* or *", kind)
		}
	}
	for i, queue := range n.Queues {
		c.id(item("events.nats.queues", i), queue)
	}
}

// resolve is the section as the node takes it, once it has been checked; dir is
// where relative paths start.
func (e *events) resolve(dir string) Events {
	out := Events{Source: e.Source, KeepFor: or(e.KeepFor, 0), NATS: NATS{
		URL: e.NATS.URL, Subject: e.NATS.Subject, Kinds: e.NATS.Kinds, Queues: e.NATS.Queues, Words: e.NATS.Words}}
	out.Retry = Retry{First: or(e.Retry.First, 0), Most: or(e.Retry.Most, 0), Attempts: or(e.Retry.Attempts, 0), GiveUp: or(e.Retry.GiveUp, 0)}
	for _, network := range e.AllowNetworks {
		if p, err := netip.ParsePrefix(network); err == nil {
			out.Networks = append(out.Networks, p.Masked())
		}
	}
	if e.NATS.CredentialsFile != "" {
		out.NATS.Credentials = within(filepath.Clean(dir), e.NATS.CredentialsFile)
	}
	return out
}
