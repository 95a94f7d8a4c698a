package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/parley-engine/parley/bench"
	"github.com/parley-engine/parley/bench/profiles"
	"github.com/parley-engine/parley/bench/report"
)

type benchCommand struct {
	Profile      string        `default:"reference" placeholder:"NAME" help:"The load (${default}); --print-profile shows one."`
	Scenario     string        `placeholder:"FILE" help:"A profile of your own, YAML, in the place of --profile."`
	PrintProfile string        `placeholder:"NAME" help:"Print a profile, to be edited, and end."`
	PrintConfig  bool          `help:"Print the configuration that a server of the profile is started with, its limits for one peer lifted, and end; see --config."`
	Duration     time.Duration `placeholder:"TIME" help:"How long is measured; as the profile says."`
	Warmup       time.Duration `default:"-1s" placeholder:"TIME" help:"Load before that; as the profile says."`
	Rate         float64       `placeholder:"N" help:"Chats a second; as the profile says."`
	Agents       int           `placeholder:"N" help:"Agents who sign in; as the profile says."`
	FindLimit    bool          `help:"Raise the rate until the profile's objective breaks, and report the highest that held."`
	Validate     bool          `help:"Compare the routing rules with Erlang C, Erlang A and Cobham on a virtual clock; no server is loaded."`
	Chats        int           `placeholder:"N" help:"Of --validate: chats for each load; 80000."`
	Seed         uint64        `placeholder:"N" help:"Of all that is drawn; as the profile says."`
	JSON         string        `name:"json" placeholder:"FILE" help:"Write the result there; - is the standard output."`
	HTML         string        `name:"html" placeholder:"FILE" help:"Write a page with plots there, which opens without a network."`

	Address  string   `placeholder:"URL" help:"A running Parley, such as ws://127.0.0.1:8080/v1/ws; else a server is started for the run."`
	Config   string   `placeholder:"FILE" help:"Of --address: the configuration that it was started with, for its secret, agents and sources."`
	Data     string   `placeholder:"DIR" help:"Of --address: the data folder of a parley serve --dev, for its secret."`
	TokenKey string   `placeholder:"FILE" help:"Of --address: a file with the secret (HS256) that signs tokens."`
	Issuer   string   `default:"parley" help:"Of --token-key: iss of the tokens (${default})."`
	Audience string   `default:"parley" help:"Of --token-key: aud of the tokens (${default})."`
	As       []string `placeholder:"ID" help:"Of --address: the agents who sign in; all of --config, else alice, bob and carol."`
	Sources  []string `placeholder:"ID" help:"Of --address: where chats come from; all of --config, else web."`

	Server     string `placeholder:"FILE" help:"The parley program that is started; this one."`
	Folder     string `placeholder:"DIR" help:"Where its data folder is made, on a real disk; the folder for temporary files."`
	CPUProfile string `name:"cpu-profile" placeholder:"FILE" help:"Write a CPU profile of that server there."`
}

// Run loads a server and prints what it did.
func (c *benchCommand) Run(ctx context.Context, m Main) error {
	if c.PrintProfile != "" {
		text, err := profiles.Text(c.PrintProfile)
		if err != nil {
			return usage(err)
		}
		_, err = m.Out.Write(text)
		return err
	}
	if c.PrintConfig {
		return c.printConfig(m)
	}
	if c.Validate {
		return c.validate(ctx, m)
	}
	options, err := c.options(m)
	if err != nil {
		return usage(err)
	}
	if c.FindLimit {
		return c.findLimit(ctx, m, options)
	}
	show := newProgress(m.Err, options.Profile)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	options.Progress = show.start(cancel)
	result, err := bench.Run(ctx, options)
	show.stop()
	if err != nil {
		return err
	}
	if err := result.Print(m.Out); err != nil {
		return err
	}
	return c.keep(m, result, func(w io.Writer) error { return report.Write(w, result) })
}

// findLimit searches for the limit; each rate is a line.
func (c *benchCommand) findLimit(ctx context.Context, m Main, o bench.Options) error {
	limit, err := bench.FindLimit(ctx, o, func(t bench.Trial) {
		held := "held"
		if !t.Held {
			held = "broke: " + t.Why
		}
		fmt.Fprintf(m.Err, "%8.1f /s  %8.1f lifecycles/s  offer p50 %.2f p99 %.2f ms  server %.0f µs a lifecycle  %s\n",
			t.Rate, t.LifecyclesPerS, t.OfferP50, t.OfferP99, t.ServerCPU, held)
	})
	if err != nil {
		return err
	}
	if limit.Best == nil {
		fmt.Fprintf(m.Out, "%s: no rate held\n", limit.Profile)
	} else {
		fmt.Fprintf(m.Out, "%s: %.1f chats a second held, with an offer's p99 of at most %g ms and no error\n\n", limit.Profile, limit.Rate, limit.OfferP99Ms)
		if err := limit.Best.Print(m.Out); err != nil {
			return err
		}
	}
	return c.keep(m, limit, func(w io.Writer) error { return report.WriteLimit(w, limit) })
}

// keep writes the files that were asked for.
func (c *benchCommand) keep(m Main, result any, page func(io.Writer) error) error {
	if c.JSON != "" {
		if err := writeJSON(m, c.JSON, result); err != nil {
			return err
		}
	}
	if c.HTML == "" {
		return nil
	}
	f, err := os.Create(c.HTML)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return errors.Join(page(f), f.Close())
}

func (c *benchCommand) profile() (*profiles.Profile, error) {
	p, err := profiles.Builtin(c.Profile)
	if c.Scenario != "" {
		p, err = profiles.Load(c.Scenario)
	}
	if err != nil {
		return nil, err
	}
	if c.Duration != 0 {
		p.Duration = c.Duration
	}
	if c.Warmup >= 0 {
		p.Warmup = c.Warmup
	}
	if c.Rate != 0 {
		p.Arrivals.Rate = c.Rate
	}
	if c.Agents != 0 {
		p.Agents.Count = c.Agents
	}
	if c.Seed != 0 {
		p.Seed = c.Seed
	}
	return p, p.Validate()
}

func (c *benchCommand) options(m Main) (bench.Options, error) {
	p, err := c.profile()
	if err != nil {
		return bench.Options{}, err
	}
	o := bench.Options{
		Profile: p, Address: c.Address, Binary: c.Server, Folder: c.Folder, CPUProfile: c.CPUProfile,
		Logger: logger(m.Err, "warn", "text"), Command: commandLine(),
	}
	if c.Address != "" {
		return o, c.meet(&o)
	}
	if o.Binary == "" {
		if o.Binary, err = os.Executable(); err != nil {
			return o, fmt.Errorf("the program to start: %w", err)
		}
	}
	return o, nil
}

func writeJSON(m Main, path string, result any) error {
	text, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return fmt.Errorf("result: %w", err)
	}
	text = append(text, '\n')
	if path == "-" {
		_, err = m.Out.Write(text)
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
