package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/transport/config"
)

// reloads are the signals to read the configuration again: those that a test
// sends, else SIGHUP.
func (m Main) reloads() (signals <-chan os.Signal, release func()) {
	if m.reload != nil {
		return m.reload, func() {}
	}
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	return hangUp, func() { signal.Stop(hangUp) }
}

// byHost is who did in the audit trail what needs the host itself: its signals,
// its command line, its files.
const byHost = "host"

// follow reads the configuration again at each signal until ctx is done. What
// is wrong with a file is logged, and the node goes on with what it has.
// Addresses, origins, pages, tokens and limits are taken at the start alone.
func (n *node) follow(ctx context.Context, signals <-chan os.Signal, read func() (*config.Settings, error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		settings, err := read()
		if err == nil {
			err = n.reconfigure(settings)
		}
		line := actors.TrailEntry{Who: byHost, What: "reload", Outcome: actors.TrailOK}
		if err != nil {
			line.Outcome = "bad_config"
			n.engine.Note(line)
			n.log.Error("configuration not taken", "err", err)
			continue
		}
		n.engine.Note(line)
		n.log.Info("configuration taken", "config", n.engine.Config().Version)
	}
}
