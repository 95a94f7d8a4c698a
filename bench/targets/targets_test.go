package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-engine/parley/bench"
)

const printed = `goos: linux
BenchmarkReference/pebble-2         	     300	   1000 ns/op	         812.5 chats/s	      1630 cpu-µs/chat
BenchmarkReference/memory-16        	     300	   1000 ns/op	        2100 chats/s	       840 cpu-µs/chat
PASS
`

func TestFiguresOfBenchmarksAreReadByNameAndUnit(t *testing.T) {
	found := readBench([]byte(printed))
	if v, err := found.of("Reference/pebble", "chats/s"); v != 812.5 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := found.of("Reference/memory", "cpu-µs/chat"); v != 840 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := found.of("Reference/pebble", "rows/chat"); err == nil || !strings.Contains(err.Error(), "rows/chat") {
		t.Errorf("a figure that is not there: %v", err)
	}
}

func TestARowSaysWhetherItsTargetIsMetAndHowFarTheFloorIs(t *testing.T) {
	for _, tt := range []struct {
		row  row
		want string
	}{
		{row{what: "rate", value: 1900, unit: "/s", atLeast: true, target: 2000, floor: 3800, floorOf: "the file"}, "missed floor 3800 (the file), ratio 0.50"},
		{row{what: "rate", value: 2000, unit: "/s", atLeast: true, target: 2000}, "met floor -"},
		{row{what: "time", value: 4.5, unit: "ms", target: 5, aside: "at 10/s"}, "met floor -; at 10/s"},
		{row{what: "time", value: 5.01, unit: "ms", target: 5}, "missed floor -"},
		{row{what: "seen", value: 0.05, unit: "ms"}, "target - floor -"},
	} {
		if got := strings.Join(strings.Fields(tt.row.String()), " "); !strings.HasSuffix(got, tt.want) {
			t.Errorf("%q does not end with %q", got, tt.want)
		}
	}
}

func TestWhatIsKeptNamesNoFolderOfThisMachine(t *testing.T) {
	s := session{folder: t.TempDir()}
	written := fmt.Sprintf(`{"command": "parley bench --json %s --server %s"}`, filepath.Join(s.folder, "limit.json"), filepath.Join(s.folder, "floor"))
	if got, want := string(s.portable([]byte(written))), `{"command": "parley bench --json limit.json --server floor"}`; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
}

func TestOnlyWhatIsThereCanBeChosen(t *testing.T) {
	chosen, err := choose("match,message")
	if err != nil || len(chosen) != 2 || chosen[0].name != "message" {
		t.Errorf("%v, %v", chosen, err)
	}
	if _, err := choose("match,speed"); err == nil || !strings.Contains(err.Error(), "no figure is named speed: they are message, ") {
		t.Errorf("%v", err)
	}
}

func TestABrokenPromiseOrAnUnexpectedErrorIsNoFigure(t *testing.T) {
	r := bench.Result{Errors: map[string]int64{"overloaded": 3, "internal": 0}}
	if err := sound(&r, "overloaded"); err != nil {
		t.Error(err)
	}
	if err := sound(&r); err == nil {
		t.Error("refusals count as served")
	}
	r.Correctness.Lost = 1
	if err := sound(&r, "overloaded"); err == nil {
		t.Error("a lost chat counts for nothing")
	}
}

// TestTheBenchmarksThatAreReadExist holds the names of benchmarks and packages
// to the tree, which a figure would otherwise find out only when it is measured.
func TestTheBenchmarksThatAreReadExist(t *testing.T) {
	for pkg, want := range map[string][]string{
		"transport": {"BenchmarkMessageToEcho"}, "persistence": {"BenchmarkJournalToFloor"}, "actors/acd": {"BenchmarkMatch"},
		"actors": {"BenchmarkReference", "BenchmarkReferenceStore", "BenchmarkMemory", "BenchmarkMemoryAsleep", "BenchmarkGrowth", "BenchmarkBoot"},
	} {
		sources, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pkg), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, f := range sources {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
		for _, name := range want {
			if !strings.Contains(all.String(), "func "+name+"(b *testing.B)") {
				t.Errorf("%s has no %s", pkg, name)
			}
		}
	}
}

func TestWhatACommandPrintsIsKeptUnderItsName(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	s, err := newSession(t.Context(), out, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	got, err := s.output("version.txt", goTool, "version")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(out, "version.txt"))
	if err != nil || string(kept) != string(got) || !strings.HasPrefix(string(kept), "go version") {
		t.Errorf("%q, %q, %v", got, kept, err)
	}
	if _, err := s.output("x.txt", goTool, "nonsense"); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("a command that fails: %v", err)
	}
	if page := s.page([]row{{what: "match", value: 13, unit: "µs", target: 20, command: "go test"}}); !strings.Contains(page, "| match | 13.0 µs | ≤ 20.0 | met | - |  | `go test` |") {
		t.Error(page)
	}
}

func TestWhatABenchmarkPrintedIsKeptUnderAPlainName(t *testing.T) {
	for pattern, want := range map[string]string{"Memory(Asleep)?$": "memoryasleep", "Boot/100000$": "boot-100000", "Match$": "match"} {
		if got := fileName(pattern); got != want {
			t.Errorf("%s: %q, expected %q", pattern, got, want)
		}
	}
}

// heldAt is a turn in which everything took so many milliseconds.
func heldAt(rate, ms float64) held {
	h := held{LifecyclesPerS: rate, MessagesPerS: 10 * rate}
	text := fmt.Sprintf(`{"count":9,"p50":%g,"p90":%g,"p99":%g}`, ms, 2*ms, 4*ms)
	all := fmt.Sprintf(`{"latency_ms":{"start_to_offer":%s,"accept_to_assigned":%s,"send_to_delivered":%s}}`, text, text, text)
	if err := json.Unmarshal([]byte(all), &h); err != nil {
		panic(err)
	}
	return h
}

func TestTwoGeneratorsAreAsFarApartAsInTheMiddleOfTheirTurnsWhicheverIsAbove(t *testing.T) {
	// The machine gets slower from turn to turn, and one turn of each is disturbed.
	far := &turns{K6: []held{heldAt(50, 3), heldAt(48, 600), heldAt(40, 12)}, Bench: []held{heldAt(40, 3.75), heldAt(45, 7.5), heldAt(32, 15)}}
	far.K6[1].Refused = 2
	rows := far.rows("go run")
	if len(rows) != 11 {
		t.Fatalf("%d rows", len(rows))
	}
	if r := rows[0]; r.value != 1.25 || r.met() || r.aside != "k6 48.0, parley bench 40.0 /s; refused 2 and 0" {
		t.Errorf("lifecycles: %+v", r)
	}
	for _, r := range rows[2:] {
		if r.value != 1.25 {
			t.Errorf("%s: %g times apart, two turns of three are 1.25", r.what, r.value)
		}
	}
	near := &turns{K6: []held{heldAt(50, 3)}, Bench: []held{heldAt(50, 3.5)}}
	if r := near.rows("go run")[2]; !r.met() {
		t.Errorf("3 and 3.5 ms: %v", r)
	}
}

func TestAFigureWhoseProgramIsMissingIsLeftOutByName(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	out := t.TempDir()
	if err := run(t.Context(), "k6", out, 0); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(out, "targets.md"))
	if err != nil || !strings.Contains(string(page), "Left out: k6: k6 is not on the PATH") {
		t.Errorf("%v: %s", err, page)
	}
}
