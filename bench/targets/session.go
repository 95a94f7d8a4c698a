package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/parley-engine/parley/bench"
)

// session runs the commands, keeps what they print and remembers what later
// figures are held against.
type session struct {
	ctx     context.Context
	out     string
	folder  string // for the program and what it writes
	parley  string // the program, built at its first use
	least   string // the server without rules, likewise
	began   time.Time
	machine bench.Machine
	limit   float64  // chats that may arrive in a second, 0: not known yet
	served  float64  // lifecycles a second at that
	echo    float64  // µs of processor time that a bare websocket echo takes for a message
	appends float64  // durable records a second in one file, grouped
	left    []string // figures that were left out, and why
}

func newSession(ctx context.Context, out string, limit float64) (*session, error) {
	if out != "" {
		if err := os.MkdirAll(out, 0o755); err != nil {
			return nil, err
		}
	}
	folder, err := os.MkdirTemp("", "parley-targets-")
	if err != nil {
		return nil, err
	}
	s := &session{ctx: ctx, out: out, folder: folder, began: time.Now(), limit: limit, served: limit, machine: bench.ThisMachine(folder)}
	if commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		s.machine.Commit = strings.TrimSpace(string(commit))
	}
	return s, nil
}

func (s *session) close() { _ = os.RemoveAll(s.folder) }

// output runs a command and keeps under the name, if it has one, what it prints.
func (s *session) output(name string, args ...string) ([]byte, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(s.ctx, args[0], args[1:]...)
	cmd.Stderr = &stderr
	printed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s%s", strings.Join(args, " "), err, printed, stderr.Bytes())
	}
	if s.out == "" || name == "" {
		return printed, nil
	}
	return printed, os.WriteFile(filepath.Join(s.out, name), printed, 0o644)
}

// goBench runs benchmarks of a package and returns what they report.
func (s *session) goBench(pkg, pattern string, args ...string) (measures, string, error) {
	line := append([]string{"go", "test", pkg, "-run", "^$", "-bench", pattern}, args...)
	printed, err := s.output(fileName(pattern)+".txt", line...)
	if err != nil {
		return nil, "", err
	}
	return readBench(printed), said(line), nil
}

// build makes the programs at their first use.
func (s *session) build() error {
	if s.parley != "" {
		return nil
	}
	program, least := filepath.Join(s.folder, "parley"), filepath.Join(s.folder, "floor")
	if _, err := s.output("", "go", "build", "-o", least, "./bench/floor"); err != nil {
		return err
	}
	if _, err := s.output("", "go", "build", "-buildvcs=auto", "-o", program, "./cmd/parley"); err != nil {
		return err
	}
	s.parley, s.least = program, least
	return nil
}

// keep writes what a figure was made of, if somebody wants to have it.
func (s *session) keep(name string, what any) error {
	if s.out == "" {
		return nil
	}
	text, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.out, name), append(text, '\n'), 0o644)
}

// load runs "parley bench" and reads its result into one.
func (s *session) load(name string, result any, args ...string) (string, error) {
	if err := s.build(); err != nil {
		return "", err
	}
	written := filepath.Join(s.folder, name+".json")
	if _, err := s.output("", append([]string{s.parley, "bench", "--json", written}, args...)...); err != nil {
		return "", err
	}
	raw, err := os.ReadFile(written)
	if err != nil {
		return "", err
	}
	if s.out != "" {
		if err := os.WriteFile(filepath.Join(s.out, name+".json"), s.portable(raw), 0o644); err != nil {
			return "", err
		}
	}
	return said(append([]string{"go", "run", "./cmd/parley", "bench"}, args...)), json.Unmarshal(raw, result)
}

// portable takes this machine's folder out of what is kept: the commands in it
// are to be typed elsewhere.
func (s *session) portable(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte(s.folder+string(filepath.Separator)), nil)
}

// loadLeast is load of the server without rules in Parley's place, whose journal
// is a file or a store.
func (s *session) loadLeast(name, journal string, result any, args ...string) error {
	if err := s.build(); err != nil {
		return err
	}
	if err := os.Setenv("FLOOR_JOURNAL", journal); err != nil { // the run's server inherits it
		return err
	}
	_, err := s.load(name, result, append(args, "--server", s.least)...)
	return err
}

// said is a command line as one would type it.
func said(args []string) string {
	var words []string
	for _, a := range args {
		if strings.ContainsAny(a, "$^|*' ") {
			a = "'" + a + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

// measures are the figures of benchmarks: by name without the number of
// processors, then by unit.
type measures map[string]map[string]float64

// readBench reads lines such as "BenchmarkX/y-2  100  12.3 ns/op  4 rows/chat";
// of several runs of one benchmark the last counts.
func readBench(printed []byte) measures {
	found := measures{}
	for line := range strings.Lines(string(printed)) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(words[0], "Benchmark")
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			if _, err := strconv.Atoi(name[i+1:]); err == nil {
				name = name[:i]
			}
		}
		units := map[string]float64{}
		for i := 2; i+1 < len(words); i += 2 {
			if v, err := strconv.ParseFloat(words[i], 64); err == nil {
				units[words[i+1]] = v
			}
		}
		found[name] = units
	}
	return found
}

// of returns one figure; a benchmark that did not report it is an error.
func (m measures) of(name, unit string) (float64, error) {
	v, ok := m[name][unit]
	if !ok {
		return 0, fmt.Errorf("the benchmark %s did not report %s: %v", name, unit, m)
	}
	return v, nil
}

// fileName is what a pattern of benchmarks is called where it stands in a file's
// name: Memory(Asleep)?$ is memoryasleep.
func fileName(pattern string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return '-'
		case strings.ContainsRune("^$()?*+|[]", r):
			return -1
		}
		return r
	}, strings.ToLower(pattern))
}
