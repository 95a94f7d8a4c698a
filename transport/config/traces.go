package config

import (
	"net/url"
	"regexp"
)

// traces is where a trace of each chat's way is sent.
type traces struct {
	Endpoint   string   `yaml:"endpoint"`
	HeadersEnv string   `yaml:"headers_env"`
	Sample     *float64 `yaml:"sample"`
}

// Traces is where a trace of each chat's way is sent; nowhere without Endpoint.
type Traces struct {
	Endpoint string
	// HeadersEnv names the environment variable with what the collector wants to
	// see, as key=value,key=value.
	HeadersEnv string
	// Sample is the part of all chats that is traced.
	Sample float64
}

var variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (t *traces) check(c *checker) {
	if t.Endpoint != "" {
		if u, err := url.Parse(t.Endpoint); err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
			c.say("traces.endpoint", "is no address, expected one like http://collector:4318")
		}
	}
	if t.HeadersEnv != "" && !variableForm.MatchString(t.HeadersEnv) {
		c.say("traces.headers_env", "is no name of an environment variable, expected one like PARLEY_TRACES_HEADERS")
	}
	if t.Sample != nil && !(*t.Sample > 0 && *t.Sample <= 1) {
		c.say("traces.sample", "%v is out of range, expected above 0 and up to 1", *t.Sample)
	}
}

// resolve is the section as the node takes it.
func (t *traces) resolve() Traces {
	return Traces{Endpoint: t.Endpoint, HeadersEnv: t.HeadersEnv, Sample: or(t.Sample, 1)}
}
