package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-engine/parley/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := execute(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		stop()
		os.Exit(1)
	}
}

// options of a comparison.
type options struct {
	steady, flat time.Duration
	offers       time.Duration
	rounds       int
	pairs        int
	think        time.Duration
	length       int
	atOnce       int
	only         string
	binary       string
	folder       string
	out          string
	seed         uint64
}

func execute(ctx context.Context, arg []string) error {
	if len(arg) > 0 && arg[0] == "serve" {
		return serve(arg[1:])
	}
	var o options
	f := flag.NewFlagSet("peers", flag.ContinueOnError)
	f.DurationVar(&o.steady, "steady", 6*time.Second, "how long each talks at a steady rate, in each round")
	f.DurationVar(&o.flat, "flat", 4*time.Second, "how long each runs flat out, in each round")
	f.DurationVar(&o.offers, "offers", 15*time.Second, "how long each offers chats flat out, in each round")
	f.IntVar(&o.rounds, "rounds", 3, "rounds, each with another order")
	f.IntVar(&o.pairs, "pairs", 50, "pairs who talk")
	f.DurationVar(&o.think, "think", 50*time.Millisecond, "mean thought at the steady rate")
	f.IntVar(&o.length, "length", 80, "bytes of a text")
	f.IntVar(&o.atOnce, "at-once", 10, "chats at once, of those that are offered")
	f.StringVar(&o.only, "only", "", "names of peers with commas between; all")
	f.StringVar(&o.binary, "parley", "", "the parley program; built from this checkout")
	f.StringVar(&o.folder, "folder", "", "where the servers keep their files; the system's for temporary ones")
	f.StringVar(&o.out, "json", "", "a file for the result")
	f.Uint64Var(&o.seed, "seed", 1, "of the thoughts")
	if err := f.Parse(arg); err != nil {
		return err
	}
	if o.steady <= 0 || o.flat <= 0 || o.offers <= 0 || o.rounds < 1 || o.pairs < 1 || o.length < 1 || o.atOnce < 1 || o.think <= 0 {
		return errors.New("durations, rounds, pairs, length and at-once have to be above 0")
	}
	return compare(ctx, o, strings.Join(arg, " "))
}

// serve runs one of the servers that are part of this program.
func serve(arg []string) error {
	switch {
	case len(arg) == 1 && arg[0] == "echo":
		return serveEcho()
	case len(arg) == 3 && arg[0] == "jetstream":
		return serveJet(arg[1] == "true", arg[2])
	}
	return fmt.Errorf("serve %q: expected echo, or jetstream with a flag and a folder", arg)
}

func compare(ctx context.Context, o options, command string) error {
	dir, err := os.MkdirTemp(o.folder, "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	home, err := moduleFolder(ctx)
	if err != nil {
		return err
	}
	binary := o.binary
	if binary == "" {
		binary, err = build(ctx, filepath.Join(home, "..", ".."), filepath.Join(dir, "parley"))
	}
	if err != nil {
		return err
	}
	peers, err := chosen(allPeers(binary, filepath.Join(home, "socketio")), o.only)
	if err != nil {
		return err
	}
	r, err := measure(ctx, o, peers, dir)
	if err != nil {
		return err
	}
	r.Command = strings.TrimSpace("go -C bench/peers run . " + command)
	r.Machine = bench.ThisMachine(dir)
	r.Machine.Commit = commit(ctx, home)
	r.print(os.Stdout)
	if o.out == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.out, append(text, '\n'), 0o644)
}

// allPeers is the table's rows: Parley first, then the floors, then the others.
func allPeers(binary, scripts string) []peer {
	return []peer{
		{"parley", "journal synced", parley{binary}},
		{"floor-echo", "nothing is kept", echo{}},
		{"floor-file", "file synced", appends{}},
		{"jetstream-always", "stream synced", jet{always: true}},
		{"jetstream", "page cache, synced every 2 min", jet{}},
		{"socketio-redis", "nothing is kept", rooms{scripts}},
		{"temporal-dev", "file store", workflows{}},
	}
}

// chosen are the peers of these names, Parley always among them.
func chosen(all []peer, names string) ([]peer, error) {
	if names == "" {
		return all, nil
	}
	wanted := map[string]bool{"parley": true}
	for name := range strings.SplitSeq(names, ",") {
		wanted[strings.TrimSpace(name)] = true
	}
	var some []peer
	var known []string
	for _, p := range all {
		known = append(known, p.name)
		if wanted[p.name] {
			some = append(some, p)
			delete(wanted, p.name)
		}
	}
	for name := range wanted {
		return nil, fmt.Errorf("no peer %q, expected some of %s", name, strings.Join(known, ", "))
	}
	return some, nil
}

// build builds the parley of the checkout that this program is part of.
func build(ctx context.Context, checkout, at string) (string, error) {
	c := exec.CommandContext(ctx, "go", "build", "-o", at, "./cmd/parley")
	c.Dir = checkout
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build parley: %w: %s", err, out)
	}
	return at, nil
}

// commit is that of the checkout, as far as it is one.
func commit(ctx context.Context, checkout string) string {
	out, err := exec.CommandContext(ctx, "git", "-C", checkout, "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// moduleFolder is where this program's sources stand.
func moduleFolder(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w; run it by go -C bench/peers run .", err)
	}
	return strings.TrimSpace(string(out)), nil
}
