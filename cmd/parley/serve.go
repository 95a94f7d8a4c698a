package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/parley-engine/parley/transport/config"
)

type serveCommand struct {
	Listen      string        `env:"PARLEY_LISTEN" placeholder:"ADDR" help:"Where clients connect; 127.0.0.1:8080. Port 0 takes a free one."`
	AdminListen string        `env:"PARLEY_ADMIN_LISTEN" placeholder:"ADDR" help:"Metrics, profiles and health, for the operator; 127.0.0.1:8081."`
	Data        string        `default:"./parley-data" env:"PARLEY_DATA" placeholder:"DIR" help:"Data folder (${default})."`
	Attachments string        `env:"PARLEY_ATTACHMENTS" placeholder:"PLACE" help:"Where attachments are kept: a folder, or s3://BUCKET?region=REGION; attachments in the data folder."`
	Config      string        `env:"PARLEY_CONFIG" placeholder:"FILE" help:"Configuration, YAML; see parley check."`
	Dev         bool          `env:"PARLEY_DEV" help:"Development: ready-made queues, agents and tokens. On this machine only."`
	Retention   time.Duration `env:"PARLEY_RETENTION" placeholder:"TIME" help:"How long ended chats are kept, such as 8760h; for ever."`
	TakeOver    bool          `env:"PARLEY_TAKE_OVER" help:"Take the place of the process that serves this data folder, if there is one: its listeners, its people and its journal."`
	DrainFor    time.Duration `default:"10s" env:"PARLEY_DRAIN_FOR" help:"How long a drain may take (${default})."`
	diskLimits
	LogLevel  string `default:"info" enum:"debug,info,warn,error" env:"PARLEY_LOG_LEVEL" help:"debug, info, warn or error (${default})."`
	LogFormat string `default:"text" enum:"text,json" env:"PARLEY_LOG_FORMAT" help:"text or json (${default})."`
}

// Run serves until ctx is done and the drain is over, or the journal fails.
func (c *serveCommand) Run(ctx context.Context, m Main) error {
	settings, err := c.settings()
	if err != nil {
		return usage(err)
	}
	n, err := m.open(ctx, c, settings, logger(m.Err, c.LogLevel, c.LogFormat))
	if err != nil {
		return err
	}
	signals, release := m.reloads()
	defer release()
	go n.follow(ctx, signals, c.file)
	go giveHeapRoom(ctx)
	go n.watchdog(ctx)
	return n.serve(ctx, m.Out)
}

// settings puts flags over the file, and defaults under both.
func (c *serveCommand) settings() (*config.Settings, error) {
	settings, err := c.file()
	if err != nil {
		return nil, err
	}
	settings.Listen = cmp.Or(c.Listen, settings.Listen, "127.0.0.1:8080")
	settings.AdminListen = cmp.Or(c.AdminListen, settings.AdminListen, "127.0.0.1:8081")
	if err := config.CheckAddress(settings.Listen); err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	if err := config.CheckAddress(settings.AdminListen); err != nil {
		return nil, fmt.Errorf("--admin-listen: %w", err)
	}
	if c.DrainFor <= 0 {
		return nil, fmt.Errorf("--drain-for %s is out of range, expected more than 0s", c.DrainFor)
	}
	if c.Retention < 0 {
		return nil, fmt.Errorf("--retention is %s, expected a time such as 8760h, or nothing for ever", c.Retention)
	}
	if err := c.diskLimits.validate(); err != nil {
		return nil, err
	}
	if c.Dev {
		return settings, onlyHere(settings)
	}
	if !settings.HasKeys() {
		return nil, fmt.Errorf("configuration %s: no keys to check tokens with, expected a section tokens", c.Config)
	}
	return settings, nil
}

func (c *serveCommand) file() (*config.Settings, error) {
	switch {
	case c.Config != "":
		return config.Load(c.Config)
	case c.Dev:
		return devSettings(), nil
	}
	return nil, fmt.Errorf("nothing to serve: expected --config FILE, or --dev to try things out")
}

// onlyHere refuses development mode where others could reach it.
func onlyHere(s *config.Settings) error {
	for _, address := range []string{s.Listen, s.AdminListen} {
		if !config.Loopback(address) {
			return fmt.Errorf("--dev listens on this machine only, expected 127.0.0.1 instead of %s", address)
		}
	}
	return nil
}

// logger writes to w; the flags' enums have checked level and format.
func logger(w io.Writer, level, format string) *slog.Logger {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		panic(fmt.Sprintf("log level %q passed the flags: %v", level, err))
	}
	options := &slog.HandlerOptions{Level: least}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
