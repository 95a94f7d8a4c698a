package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors/sim"
)

type simCommand struct {
	Seed      uint64 `help:"The first world's seed; 0 draws one." default:"0"`
	Seeds     int    `help:"How many worlds." default:"100"`
	Events    int    `help:"Events of each world." default:"10000"`
	Workers   int    `help:"Worlds at once; 0 is one a core." default:"0"`
	Faults    string `help:"What goes wrong: all, none, or a list of ${sim_faults}." default:"all"`
	KeepGoing bool   `help:"Play all worlds and name each that fails, instead of stopping at the first."`
	Trace     bool   `help:"Print the whole history of what people did and saw, not only the last lines about what failed."`
}

// Run plays worlds and says how far it is. A broken promise is printed with
// what led to it and the command that plays it again, and ends the program.
func (c *simCommand) Run(ctx context.Context, m Main) error {
	o := sim.Options{Seed: c.Seed, Seeds: c.Seeds, Events: c.Events, Workers: c.Workers, KeepGoing: c.KeepGoing}
	if o.Seed == 0 {
		o.Seed = uint64(time.Now().UnixNano()) % 1_000_000_000
	}
	if o.Workers == 0 {
		o.Workers = runtime.NumCPU()
	}
	faults, err := sim.ParseFaults(c.Faults)
	if err != nil {
		return usage(err)
	}
	o.Faults, o.Calm = faults, faults == sim.Faults{}
	fmt.Fprintf(m.Out, "seeds %d to %d, %d events each, %d at once\n", o.Seed, o.Seed+uint64(o.Seeds)-1, o.Events, o.Workers)
	shown := time.Now()
	o.Progress = func(r sim.Report) {
		if time.Since(shown) > 2*time.Second {
			shown = time.Now()
			fmt.Fprintln(m.Out, simulated(r))
		}
	}
	report, err := sim.Run(ctx, o)
	fmt.Fprintln(m.Out, simulated(report))
	for _, kind := range slices.Sorted(maps.Keys(report.Faults)) {
		fmt.Fprintf(m.Out, "  %-28s %d\n", kind, report.Faults[kind])
	}
	if report.Failure == nil {
		return err
	}
	return c.failures(ctx, m.Out, o, report.Failures)
}

// failures prints each world that failed.
func (c *simCommand) failures(ctx context.Context, out io.Writer, o sim.Options, list []*sim.Failure) (err error) {
	var seeds []string
	for _, f := range list {
		err = c.failed(ctx, out, o, f)
		seeds = append(seeds, fmt.Sprint(f.Seed))
	}
	if len(list) == 1 {
		return err
	}
	return fmt.Errorf("%d seeds break a promise: %s", len(list), strings.Join(seeds, ", "))
}

// failed plays the world again with its history and prints that.
func (c *simCommand) failed(ctx context.Context, out io.Writer, o sim.Options, f *sim.Failure) error {
	o.Remember, o.Progress = true, nil
	if again, err := sim.Play(ctx, f.Seed, o); err == nil && again.Failure != nil {
		f = again.Failure
	}
	fmt.Fprintf(out, "\nseed       %d\ninvariant  %s\nat         %s of the world's time\n%s\n", f.Seed, f.Rule, f.At.Round(time.Millisecond), f.What)
	lines := f.History
	if !c.Trace {
		lines = lines[max(0, len(lines)-40):]
	}
	if len(lines) > 0 {
		fmt.Fprintf(out, "\nwhat was seen of it:\n%s\n", strings.Join(lines, "\n"))
	}
	fmt.Fprintf(out, "\nagain: parley sim --seed %d --seeds 1 --events %d --faults %s --trace\n", f.Seed, c.Events, c.Faults)
	return fmt.Errorf("seed %d breaks %s", f.Seed, f.Rule)
}

// simulated is one line of how far it is.
func simulated(r sim.Report) string {
	faults := 0
	for _, n := range r.Faults {
		faults += n
	}
	return fmt.Sprintf("%d seeds, %d events, %.0f events/s, %d chats, %d lives, %d faults, %.1f simulated hours", r.Seeds, r.Events,
		float64(r.Events)/max(r.Took.Seconds(), 0.001), r.Chats, r.Lives, faults, r.Simulated.Hours())
}
