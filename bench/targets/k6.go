package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/parley-engine/parley/bench"
	"github.com/parley-engine/parley/bench/child"
)

// The load that k6 and "parley bench" put on one server, by turns. The rate is
// one at which k6, whose lifecycle takes several times the processor time, is
// not what everybody waits for on two cores: a tenth of one here.
const (
	besideRate   = 20
	besideAgents = 50
	besideTime   = 40 // seconds of each turn
	besideTurns  = 5
)

// notHere is a figure that needs a program that is not installed.
type notHere struct{ why string }

func (e *notHere) Error() string { return e.why }

// beside holds "parley bench" against k6 with a script of the published
// protocol: the same chats for the same server. What is to be reached is how far
// they may be apart, whichever is above.
func beside(s *session) ([]row, error) {
	if _, err := exec.LookPath("k6"); err != nil {
		return nil, &notHere{"k6 is not on the PATH; go install go.k6.io/k6@v1.8.1 brings it, and Go's bin folder has to be on the PATH"}
	}
	if err := s.build(); err != nil {
		return nil, err
	}
	agents := strconv.Itoa(besideAgents)
	config, err := s.output("", s.parley, "bench", "--print-config", "--agents", agents)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(s.folder, "k6")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	server, err := child.Start(s.ctx, child.Options{Binary: s.parley, Dir: dir, Config: config})
	if err != nil {
		return nil, err
	}
	turns, err := s.turns(server.URL(), filepath.Join(dir, "bench.yaml"))
	if err := errors.Join(err, server.Stop()); err != nil {
		return nil, err
	}
	if err := s.keep("k6.json", turns); err != nil {
		return nil, err
	}
	return turns.rows("go run ./bench/targets --only k6"), nil
}

// held is what both generators write of a run.
type held struct {
	LifecyclesPerS float64 `json:"lifecycles_per_s"`
	MessagesPerS   float64 `json:"messages_per_s"`
	LatencyMs      map[string]struct {
		Count int64   `json:"count"`
		P50   float64 `json:"p50"`
		P90   float64 `json:"p90"`
		P99   float64 `json:"p99"`
	} `json:"latency_ms"`
	Refused int64 `json:"refused"`
}

// turns is every turn of both.
type turns struct {
	Rate    int    `json:"rate"`
	Seconds int    `json:"seconds"`
	K6      []held `json:"k6"`
	Bench   []held `json:"parley_bench"`
}

func (s *session) turns(url, config string) (*turns, error) {
	t := &turns{Rate: besideRate, Seconds: besideTime}
	rate, written := strconv.Itoa(besideRate), filepath.Join(s.folder, "turn.json")
	read := func(into any) error {
		raw, err := os.ReadFile(written)
		if err != nil {
			return err
		}
		return json.Unmarshal(raw, into)
	}
	for n := range besideTurns {
		var one, other held
		_, err := s.output("", "env", "GOGC=400", "GOMAXPROCS=1", "k6", "run", "--quiet", "-e", "URL="+url, "-e", "CONFIG="+config, "-e", "RATE="+rate,
			"-e", "SECONDS="+strconv.Itoa(besideTime), "-e", "JSON="+written, filepath.Join("bench", "load.k6.js"))
		if err := errors.Join(err, read(&one)); err != nil {
			return nil, err
		}
		_, err = s.output("", s.parley, "bench", "--address", url, "--config", config, "--rate", rate, "--duration", fmt.Sprintf("%ds", besideTime),
			"--seed", strconv.Itoa(n+1), "--json", written)
		var r bench.Result
		if err := errors.Join(err, read(&other), read(&r)); err != nil {
			return nil, err
		}
		if err := sound(&r, "overloaded", "target_unavailable"); err != nil {
			return nil, err
		}
		for _, refused := range r.Errors {
			other.Refused += refused
		}
		t.K6, t.Bench = append(t.K6, one), append(t.Bench, other)
	}
	return t, nil
}

// rows compares them turn by turn, for the machine is not the same machine a
// minute later: what is told is the median of the ratios of neighbours, and
// beside it the medians of both.
func (t *turns) rows(command string) []row {
	var rows []row
	add := func(what, unit string, of func(*held) float64) {
		var one, other, ratio []float64
		for n := range t.K6 {
			one, other = append(one, of(&t.K6[n])), append(other, of(&t.Bench[n]))
			ratio = append(ratio, one[n]/other[n])
		}
		apart := median(ratio)
		rows = append(rows, row{what: "parley bench against k6: " + what, value: max(apart, 1/apart), unit: "×", target: 1.2, command: command,
			aside: fmt.Sprintf("k6 %s, parley bench %s%s", number(median(one)), number(median(other)), unit)})
	}
	add("lifecycles", " /s", func(h *held) float64 { return h.LifecyclesPerS })
	add("messages", " /s", func(h *held) float64 { return h.MessagesPerS })
	for _, measure := range []struct{ name, written string }{
		{"start_to_offer", "start → offer"}, {"accept_to_assigned", "accept → assigned"}, {"send_to_delivered", "send → delivered"},
	} {
		add(measure.written+" p50", " ms", func(h *held) float64 { return h.LatencyMs[measure.name].P50 })
		add(measure.written+" p90", " ms", func(h *held) float64 { return h.LatencyMs[measure.name].P90 })
		add(measure.written+" p99", " ms", func(h *held) float64 { return h.LatencyMs[measure.name].P99 })
	}
	var refused [2]int64
	for n := range t.K6 {
		refused[0] += t.K6[n].Refused
		refused[1] += t.Bench[n].Refused
	}
	rows[0].aside += fmt.Sprintf("; refused %d and %d", refused[0], refused[1])
	return rows
}

func median(all []float64) float64 { return slices.Sorted(slices.Values(all))[len(all)/2] }
