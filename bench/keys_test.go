package bench

import (
	"encoding/json"
	"flag"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parley-engine/parley/bench/tally"
)

var update = flag.Bool("update", false, "write the golden file")

// paths collects the names of all values of a document; lists count as one.
func paths(at string, value any, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			paths(strings.TrimPrefix(at+"."+name, "."), inner, into)
		}
	case []any:
		for _, inner := range v {
			paths(at+"[]", inner, into)
		}
	default:
		into[at] = true
	}
}

// TestTheNamesInAResultAreKept holds them to the file: scripts read them.
func TestTheNamesInAResultAreKept(t *testing.T) {
	r := Result{
		LatencyMs: map[string]tally.Quantiles{}, Errors: map[string]int64{"overloaded": 1}, Crash: &Crash{},
		Monday: Monday{AllAvailableS: 1, DrainedS: 1}, Curves: map[string][]tally.Point{"resume": {{}}}, Series: []Tick{{}},
	}
	for _, m := range tally.Measures() {
		r.LatencyMs[m.Name()] = tally.Quantiles{}
	}
	names := map[string]bool{}
	for at, doc := range map[string]any{"run": r, "limit": Limit{Best: &Result{}, Trials: []Trial{{Why: "x"}}}} {
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		paths(at, value, names)
	}
	for name := range names {
		if strings.HasPrefix(name, "limit.best.") {
			delete(names, name) // is a run's
		}
	}
	got := strings.Join(slices.Sorted(maps.Keys(names)), "\n") + "\n"
	const file = "testdata/names.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("names changed; got\n%s", got)
	}
	for _, name := range []string{
		"lifecycles_per_s", "latency_ms.start_to_offer.p99", "latency_ms.accept_to_assigned.p50", "latency_ms.send_to_delivered.p99.9",
		"latency_ms.transfer_to_accepted.max", "latency_ms.rona_lateness.p90", "latency_ms.resume.p99", "correctness.double_assignments",
		"correctness.lost", "correctness.repeated", "correctness.out_of_order", "server.cpu_s", "server.rss_bytes",
	} {
		if !names["run."+name] {
			t.Errorf("%s is not in a result", name)
		}
	}
}

func TestTheSearchForTheLimitClosesInOnIt(t *testing.T) {
	for _, limit := range []float64{3, 47, 1000, 1234.5} {
		b := bracket{at: 100, broke: math.Inf(1)}
		best := 0.0
		for n := 0; ; n++ {
			held := b.at <= limit
			if held {
				best = max(best, b.at)
			}
			if b.next(held) {
				break
			}
			if n > mostTrials {
				t.Fatalf("limit %g: no end in sight at %+v", limit, b)
			}
		}
		if best > limit || best < limit/closeEnough {
			t.Errorf("limit %g: found %g", limit, best)
		}
	}
}
