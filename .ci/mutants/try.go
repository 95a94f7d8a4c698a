package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// result is what has become of a planted bug.
type result struct {
	bug     bug
	killer  string // who found it, empty if nobody
	invalid bool   // it does not compile
	took    time.Duration
}

func (r result) String() string {
	who := r.killer
	switch {
	case r.invalid:
		who = "DOES NOT COMPILE"
	case who == "":
		who = "NOBODY: " + r.bug.breaks
	}
	return fmt.Sprintf("%-44s %-36s %5.0f s  %s", r.bug.name, r.bug.file, r.took.Seconds(), who)
}

// beyond are the packages whose tests see what a package does: its own first.
var beyond = map[string][]string{
	"actors/acd":       {"actors", "transport/conform", "transport"},
	"actors":           {"transport/conform", "cmd/parley"},
	"persistence":      {"actors", "cmd/parley"},
	"transport/wire":   {"transport/client", "transport/conform", "transport"},
	"transport/client": {"transport/conform", "cmd/parley"},
	"transport":        {"transport/conform", "cmd/parley"},
}

// simulated says of which folders the simulator runs the code.
func simulated(dir string) bool { return dir == "actors" || dir == "actors/acd" }

// lastSeeds is how many worlds are played when no test has found a bug.
const lastSeeds = "40"

// slow are the tests of a package that are left for later.
var slow = map[string]string{
	"actors/acd":  "Explore|LongLife|WalksThrough|NobodyWaitsWhile|ASchedule|AWrongSchedule",
	"actors":      "ScenarioEndsTheSame|StoryEndsTheSame|CrashPoint|Races",
	"persistence": "Kill|Crash",
}

// askers are who is asked about a bug, in order.
func (b *bug) askers(quick bool) []string {
	list := b.by
	dir := path.Dir(b.file)
	list = append(list[:len(list):len(list)], dir+" quick")
	if simulated(dir) {
		list = append(list, "sim "+lastSeeds)
	}
	if quick {
		return list
	}
	if slow[dir] != "" {
		list = append(list, dir)
	}
	return append(list, beyond[dir]...)
}

// try plants a bug and asks until somebody finds it.
func try(ctx context.Context, o options, dir string, b bug) (r result) {
	began := time.Now()
	r.bug = b
	defer func() { r.took = time.Since(began) }()
	overlay, err := b.plant(o.root, dir)
	if err != nil {
		r.invalid = true
		return r
	}
	for _, who := range b.askers(o.quick) {
		killer := ask(ctx, o, dir, overlay, who)
		if killer == notBuilt {
			r.invalid = true
			return r
		}
		if killer != "" {
			r.killer = killer
			return r
		}
	}
	return r
}

// plant writes the changed file and the overlay that names it.
func (b *bug) plant(root, dir string) (overlay string, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	changed := filepath.Join(dir, "changed.go")
	if err := os.WriteFile(changed, []byte(b.changed), 0o600); err != nil {
		return "", err
	}
	where, err := filepath.Abs(filepath.Join(root, b.file))
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {where: changed}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// notBuilt is the answer where the bug does not compile.
const notBuilt = "not built"

// ask has one asker look at the planted bug and returns who found it, or
// nothing. A run that hangs has found it as well.
func ask(ctx context.Context, o options, dir, overlay, who string) string {
	first, rest, _ := strings.Cut(who, " ")
	if first == "sim" {
		return simulate(ctx, o, dir, overlay, rest)
	}
	args := []string{"test", "-overlay", overlay, "-vet", "off", "-failfast", "-timeout", o.limit.String()}
	switch {
	case rest == "quick":
		args = append(args, "-short")
		if slow[first] != "" {
			args = append(args, "-skip", slow[first])
		}
	case rest != "":
		args = append(args, "-run", rest)
	default:
		args = append(args, "-short")
	}
	out, err := goTool(ctx, o, o.limit+time.Minute, append(args, "./"+first)...)
	switch {
	case err == nil:
		return ""
	case strings.Contains(out, "[build failed]"):
		fmt.Println(strings.TrimSpace(out))
		return notBuilt
	}
	return first + " " + found(out)
}

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)|^panic: (.{0,60})|^(fatal error: .{0,60})`)

// found names the test that failed, the innermost one.
func found(out string) string {
	if strings.Contains(out, "panic: test timed out") {
		return "hangs"
	}
	name := ""
	for _, m := range failed.FindAllStringSubmatch(out, -1) {
		if name = strings.Join(m[1:], ""); m[1] == "" {
			return "panics: " + name
		}
		if strings.Contains(name, "/") {
			return name
		}
	}
	if name == "" {
		return "fails: " + last(out)
	}
	return name
}

func last(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}

var broke = regexp.MustCompile(`(?m)^invariant +(.*)$`)

// simulate plays worlds with the bug in them.
func simulate(ctx context.Context, o options, dir, overlay, seeds string) string {
	program := filepath.Join(dir, "parley")
	if out, err := goTool(ctx, o, time.Hour, "build", "-overlay", overlay, "-o", program, "./cmd/parley"); err != nil {
		fmt.Println(strings.TrimSpace(out))
		return notBuilt
	}
	out, err := command(ctx, o, o.limit, program, "sim", "--seed", "1", "--seeds", seeds, "--workers", "1")
	if err == nil {
		return ""
	}
	what := "parley sim --seed 1 --seeds " + seeds
	if m := broke.FindStringSubmatch(out); m != nil {
		return what + ": " + m[1]
	}
	return what + ": " + last(out)
}

func goTool(ctx context.Context, o options, limit time.Duration, args ...string) (string, error) {
	return command(ctx, o, limit, "go", args...)
}

// command runs a program in the repository. Its children end with it.
func command(ctx context.Context, o options, limit time.Duration, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = o.root
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		out.WriteString("\nhangs")
	}
	return out.String(), err
}
