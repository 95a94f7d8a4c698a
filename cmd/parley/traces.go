package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/transport/config"
	"github.com/parley-engine/parley/transport/traces"
)

// trace begins to send traces of chats, if there is somewhere to send them.
func (n *node) trace(ctx context.Context, s config.Traces, set *metrics.Set) (err error) {
	if s.Endpoint == "" {
		return nil
	}
	headers, err := headersIn(s.HeadersEnv)
	if err != nil {
		return usage(err)
	}
	n.traces, err = traces.Start(ctx, traces.Options{Engine: n.engine, Endpoint: s.Endpoint, Headers: headers, Sample: s.Sample, Version: version(),
		Log: n.log, Metrics: set})
	return err
}

// headersIn reads key=value,key=value, with values as in an address, from an
// environment variable; none without a name.
func headersIn(variable string) (map[string]string, error) {
	if variable == "" {
		return nil, nil
	}
	text, found := os.LookupEnv(variable)
	if !found {
		return nil, fmt.Errorf("traces.headers_env: the environment has no %s", variable)
	}
	headers := map[string]string{}
	for i, one := range strings.Split(text, ",") {
		key, value, ok := strings.Cut(one, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return nil, fmt.Errorf("traces.headers_env: entry %d of %s has no =, expected key=value,key=value", i+1, variable)
		}
		plain, err := url.PathUnescape(strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("traces.headers_env: the value of entry %d of %s cannot be read, expected a %% to be written as %%25", i+1, variable)
		}
		headers[key] = plain
	}
	return headers, nil
}
