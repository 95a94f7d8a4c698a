package config

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// idle is what silence means; what is left out in a queue is the channel's.
type idle struct {
	CustomerWarn  *time.Duration `yaml:"customer_warn"`
	CustomerClose *time.Duration `yaml:"customer_close"`
	Inactive      *time.Duration `yaml:"inactive"`
	Agent         *time.Duration `yaml:"agent"`
}

func (i *idle) check(c *checker, at func(string) string) {
	c.durationOrNever(at("customer_warn"), i.CustomerWarn, time.Second, 7*day)
	c.durationOrNever(at("customer_close"), i.CustomerClose, time.Second, 7*day)
	c.durationOrNever(at("inactive"), i.Inactive, time.Second, 7*day)
	c.durationOrNever(at("agent"), i.Agent, time.Second, 7*day)
	if warn, end := or(i.CustomerWarn, never), or(i.CustomerClose, never); end != never && warn >= end {
		c.say(at("customer_warn"), "%s is not before customer_close, expected less than %s", short(warn), short(end))
	}
}

func (i *idle) policy() acd.IdlePolicy {
	return acd.IdlePolicy{CustomerWarn: or(i.CustomerWarn, 0), CustomerClose: or(i.CustomerClose, 0),
		Inactive: or(i.Inactive, 0), Agent: or(i.Agent, 0)}
}

// ratingWindow is how long a chat can be rated when a queue does not say.
const ratingWindow = 10 * time.Minute

// attachments is which files a channel takes.
type attachments struct {
	MaxBytes *int     `yaml:"max_bytes"`
	Types    []string `yaml:"types"`
}

// mostBytes of a file: it is read from a browser in one request.
const mostBytes = 1 << 30

func (a *attachments) check(c *checker, at func(string) string) {
	c.number(at("max_bytes"), a.MaxBytes, 0, mostBytes)
	for i, t := range a.Types {
		c.note(item(at("types"), i), Facts{Example: "image/png"})
		if kind, sub, ok := strings.Cut(t, "/"); !ok || kind == "" || sub == "" || strings.ContainsAny(t, "*; ") {
			c.say(item(at("types"), i), "%q is no media type, expected one like image/png", t)
		}
	}
}

func (a *attachments) policy() acd.AttachmentPolicy {
	p := acd.AttachmentPolicy{Types: a.Types}
	if a.MaxBytes != nil {
		if p.MaxBytes = int64(*a.MaxBytes); p.MaxBytes == 0 {
			p.MaxBytes = -1 // none, where zero is the default
		}
	}
	return p
}

// template is a text that agents may send.
type template struct {
	Text     string   `yaml:"text"`
	Channels []string `yaml:"channels"`
}

func (f *file) checkTemplates(c *checker) {
	for _, name := range slices.Sorted(maps.Keys(f.Templates)) {
		at, t := join("templates", name), f.Templates[name]
		c.id(at, name)
		c.note(join(at, "text"), Facts{Required: true})
		c.text(join(at, "text"), t.Text, 32_000)
		if err := (&acd.Template{Text: t.Text}).Check(); err != nil {
			c.say(join(at, "text"), "%v", err)
		}
		for i, ch := range t.Channels {
			c.known(item(join(at, "channels"), i), "channel", ch, f.channels())
		}
	}
}

func (f *file) templates() map[string]*acd.Template {
	if len(f.Templates) == 0 {
		return nil
	}
	all := map[string]*acd.Template{}
	for name, t := range f.Templates {
		made := &acd.Template{Name: name, Text: t.Text}
		for _, ch := range t.Channels {
			made.Channels = append(made.Channels, acd.Channel(ch))
		}
		all[name] = made
	}
	return all
}
