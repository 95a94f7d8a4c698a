package main

import (
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// collector is a place where spans are sent to.
type collector struct {
	*httptest.Server
	t     *testing.T
	spans chan *otlp.Span
	about chan string // each request: its address, form and key, and who sends it
}

func newCollector(t *testing.T) *collector {
	c := &collector{t: t, spans: make(chan *otlp.Span, 100), about: make(chan string, 100)}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP takes a request of OTLP over HTTP, whose body has the form of the
// data of traces.
func (c *collector) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var data otlp.TracesData
	plain, err := gzip.NewReader(r.Body)
	if err == nil {
		var body []byte
		if body, err = io.ReadAll(plain); err == nil {
			err = proto.Unmarshal(body, &data)
		}
	}
	if err != nil {
		c.t.Errorf("%s: %v", r.URL, err)
		return
	}
	for _, resource := range data.ResourceSpans {
		who := ""
		for _, a := range resource.GetResource().GetAttributes() {
			if a.Key == "service.name" {
				who = a.Value.GetStringValue()
			}
		}
		c.about <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Content-Type") + " " + r.Header.Get("X-Key") + " " + who
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				c.spans <- s
			}
		}
	}
}

// TestAChatsWayArrivesAtTheCollectorThatTheConfigurationNames: a whole node, and
// a chat that waits, is offered, talked and wrapped up.
func TestAChatsWayArrivesAtTheCollectorThatTheConfigurationNames(t *testing.T) {
	t.Setenv("PARLEY_TEST_KEYS", "X-Key=a%20key, X-Other=b")
	c := newCollector(t)
	folder := t.TempDir()
	write(t, filepath.Join(folder, "secret"), strings.Repeat("parley", 8))
	file := filepath.Join(folder, "parley.yaml")
	write(t, file, killConfig+"traces: {endpoint: "+c.URL+", headers_env: PARLEY_TEST_KEYS}\n")
	p := serve(t, "--config", file, "--data", filepath.Join(folder, "data"))
	peerOf := func(role acd.Role, id string) *peer {
		token, err := transport.MintDev([]byte(strings.Repeat("parley", 8)), role, id, id, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return p.dial(token)
	}
	alice, ann := peerOf(acd.RoleAgent, "alice"), peerOf(acd.RoleCustomer, "ann")
	alice.send(map[string]any{"type": "set_presence", "id": "a1", "state": "available"})
	alice.until("ok")
	ann.send(map[string]any{"type": "start", "id": "c1", "source": "web"})
	asked := ann.until("ok")["chat"]
	alice.send(map[string]any{"type": "accept", "id": "a2", "offer": alice.until("offer")["offer"]})
	alice.until("assigned")
	alice.send(map[string]any{"type": "end", "id": "a3", "chat": asked})
	alice.until("wrapup_started")
	alice.send(map[string]any{"type": "wrapup", "id": "a4", "chat": asked, "code": "solved"})
	alice.until("wrapup_done")

	named, chat := map[string]*otlp.Span{}, ""
	for late := time.After(patience); chat == ""; {
		select {
		case s := <-c.spans:
			named[s.Name] = s
			if s.Name == "chat" {
				chat = string(s.SpanId)
			}
		case <-late:
			t.Fatalf("there are the spans %v: %s", named, p.errs)
		}
	}
	for _, want := range []string{"wait", "offer", "talk", "wrap-up"} {
		if s := named[want]; s == nil || string(s.ParentSpanId) != chat || string(s.TraceId) != string(named["chat"].TraceId) ||
			s.EndTimeUnixNano < s.StartTimeUnixNano || s.StartTimeUnixNano < named["chat"].StartTimeUnixNano {
			t.Errorf("the span %s is %v", want, s)
		}
	}
	if got := <-c.about; got != "POST /v1/traces application/x-protobuf a key parley" {
		t.Errorf("the collector is asked %s", got)
	}
	if code, text := get(t, "http://"+p.admin+"/metrics"); code != 200 || !strings.Contains(text, `parley_trace_spans_total{outcome="sent"}`) {
		t.Errorf("the metrics do not count spans: %d", code)
	}
}

// TestWithoutAnEndpointNothingFollowsTheJournal: it is off, and costs nothing.
func TestWithoutAnEndpointNothingFollowsTheJournal(t *testing.T) {
	p := serve(t, "--dev", "--data", t.TempDir())
	if _, text := get(t, "http://"+p.admin+"/metrics"); strings.Contains(text, "parley_trace") {
		t.Error("there are metrics of traces")
	}
	if _, text := get(t, "http://"+p.admin+"/debug/pprof/goroutine?debug=2"); !strings.Contains(text, "parley/persistence.") || strings.Contains(text, "parley/transport/traces.") {
		t.Errorf("something of traces runs:\n%s", text)
	}
}

func TestHeadersForTheCollectorAreReadFromTheEnvironment(t *testing.T) {
	for _, row := range []struct{ text, want, wrong string }{
		{text: "api-key=secret", want: "api-key: secret"},
		{text: " a = 1 , b=x%2Cy%3Dz", want: "a: 1, b: x,y=z"},
		{text: "a=b=c", want: "a: b=c"},
		{text: "a=", want: "a: "},
		{text: "", wrong: "entry 1 of PARLEY_TEST_KEYS has no =, expected key=value,key=value"},
		{text: "a=1,secret", wrong: "entry 2 of PARLEY_TEST_KEYS has no ="},
		{text: "=secret", wrong: "entry 1 of PARLEY_TEST_KEYS has no ="},
		{text: "a=50%secret", wrong: "the value of entry 1 of PARLEY_TEST_KEYS cannot be read, expected a % to be written as %25"},
	} {
		t.Setenv("PARLEY_TEST_KEYS", row.text)
		got, err := headersIn("PARLEY_TEST_KEYS")
		if row.wrong == "" && (err != nil || listed(got) != row.want) {
			t.Errorf("%q is read as %q, %v; expected %q", row.text, listed(got), err, row.want)
		}
		if row.wrong != "" && (err == nil || !strings.Contains(err.Error(), row.wrong) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%q is answered with %v, expected %q and no value", row.text, err, row.wrong)
		}
	}
	if got, err := headersIn("PARLEY_TEST_NOT_SET"); err == nil || !strings.Contains(err.Error(), "the environment has no PARLEY_TEST_NOT_SET") {
		t.Errorf("a variable that is not set gives %v, %v", got, err)
	}
	if got, err := headersIn(""); got != nil || err != nil {
		t.Errorf("no variable gives %v, %v", got, err)
	}
}

func listed(headers map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(headers)) {
		all = append(all, key+": "+headers[key])
	}
	return strings.Join(all, ", ")
}
