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

// buildLimit is for one build; on a machine with much else to do it takes long.
const buildLimit = 30 * time.Minute

// try plants a bug and asks until somebody finds it.
func try(ctx context.Context, o options, all *together, dir string, b bug) (r result) {
	began := time.Now()
	r.bug = b
	defer func() { r.took = time.Since(began) }()
	tree := all
	if !all.holds[b.name] {
		overlay, err := b.plant(o.root, dir)
		if err != nil {
			fmt.Println(err)
			r.invalid = true
			return r
		}
		tree = &together{overlay: overlay, dir: dir, built: map[string]string{}, sound: map[string]bool{}}
	}
	for _, who := range b.askers(o.quick) {
		killer, err := tree.ask(ctx, o, b.name, who)
		if err != nil {
			fmt.Println(err)
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

// ask has one asker look at the planted bug and returns who found it, or
// nothing. A run that hangs has found it as well.
func (t *together) ask(ctx context.Context, o options, bug, who string) (string, error) {
	pkg, rest, _ := strings.Cut(who, " ")
	if pkg == "sim" {
		return t.simulate(ctx, o, bug, rest)
	}
	program, err := t.program(ctx, o, pkg)
	if err != nil {
		return "", err
	}
	args := []string{"-test.failfast", "-test.paniconexit0", "-test.timeout", o.limit.String()}
	switch {
	case rest == "quick":
		args = append(args, "-test.short")
		if slow[pkg] != "" {
			args = append(args, "-test.skip", slow[pkg])
		}
	case rest != "":
		args = append(args, "-test.run", rest)
	default:
		args = append(args, "-test.short")
	}
	play := func(bug string) (string, error) {
		return command(ctx, filepath.Join(o.root, pkg), bug, o.limit+time.Minute, program, args...)
	}
	out, err := play(bug)
	if err == nil || timedOut(out) && !t.ends(who, play) {
		return "", nil
	}
	return pkg + " " + found(out), nil
}

func timedOut(out string) bool {
	return strings.Contains(out, "panic: test timed out") || strings.HasSuffix(out, hangs)
}

// ends reports whether an asker comes to an end when no bug is on: on a machine
// that is too slow for the limit, a run that hangs has found nothing.
func (t *together) ends(who string, play func(bug string) (string, error)) bool {
	t.building.Lock()
	defer t.building.Unlock()
	ends, known := t.sound[who]
	if !known {
		_, err := play("")
		ends = err == nil
		t.sound[who] = ends
		if !ends {
			fmt.Printf("%s fails without a bug, or is not done within the limit: what hangs there does not count\n", who)
		}
	}
	return ends
}

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)|^panic: (.{0,60})|^(fatal error: .{0,60})`)

// found names the test that failed, the innermost one.
func found(out string) string {
	if timedOut(out) {
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
func (t *together) simulate(ctx context.Context, o options, bug, seeds string) (string, error) {
	program, err := t.program(ctx, o, "")
	if err != nil {
		return "", err
	}
	play := func(bug string) (string, error) {
		return command(ctx, o.root, bug, o.limit, program, "sim", "--seed", "1", "--seeds", seeds, "--workers", "1")
	}
	out, err := play(bug)
	if err == nil || timedOut(out) && !t.ends("sim "+seeds, play) {
		return "", nil
	}
	what := "parley sim --seed 1 --seeds " + seeds
	if m := broke.FindStringSubmatch(out); m != nil {
		return what + ": " + m[1], nil
	}
	return what + ": " + last(out), nil
}

// hangs ends the output of what was cut off.
const hangs = "\nhangs"

func goTool(ctx context.Context, o options, limit time.Duration, args ...string) (string, error) {
	return command(ctx, o.root, "", limit, "go", args...)
}

// command runs a program with a bug switched on. Its children end with it.
func command(ctx context.Context, dir, bug string, limit time.Duration, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), switchName+"="+bug)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		out.WriteString(hangs)
	}
	return out.String(), err
}
