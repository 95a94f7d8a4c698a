package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parley-engine/parley/transport/config"
)

const tracesFile = "queues: [{id: sales}]\nsources: [{id: web, channel: livechat, queue: sales}]\ntraces:\n"

func TestTheSectionOfTracesIsTakenAsItIsWritten(t *testing.T) {
	s, err := config.Parse("x.yaml", []byte(tracesFile+"  endpoint: http://collector:4318\n  headers_env: KEYS\n  sample: 0.25\n"))
	if want := (config.Traces{Endpoint: "http://collector:4318", HeadersEnv: "KEYS", Sample: 0.25}); err != nil || s.Traces != want {
		t.Fatalf("it is %+v, %v", s, err)
	}
	if s, err = config.Parse("x.yaml", []byte(tracesFile+"  endpoint: \"\"\n")); err != nil || s.Traces.Endpoint != "" || s.Traces.Sample != 1 {
		t.Errorf("without anything it is %+v, %v", s, err)
	}
}

func TestWhatIsWrongWithTheSectionOfTracesIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"  endpoint: collector:4318\n": "traces.endpoint", "  endpoint: http://me:secret@x\n": "traces.endpoint",
		"  headers_env: a=b\n": "traces.headers_env", "  sample: 0\n": "traces.sample", "  sample: 1.5\n": "traces.sample", "  sample: .nan\n": "traces.sample",
	} {
		_, err := config.Parse("x.yaml", []byte(tracesFile+text))
		if problems := new(config.Problems); !errors.As(err, &problems) || !strings.Contains(problems.Lines(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is answered with %v, expected %s", text, err, want)
		}
	}
}
