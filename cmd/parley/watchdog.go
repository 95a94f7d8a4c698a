package main

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// watchdog tells systemd that the node works, as often as its unit wants that,
// for as long as it does: the engine is ready and the journal takes what it is
// given. Silence makes systemd start another process. Without a watchdog in the
// unit it returns at once.
func (n *node) watchdog(ctx context.Context) {
	within, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		n.log.Warn("systemd watchdog", "err", err)
	}
	if within <= 0 {
		return
	}
	tick := time.NewTicker(within / 3)
	defer tick.Stop()
	for {
		if n.engine.Ready() == nil && n.journal.Err() == nil {
			n.notify(daemon.SdNotifyWatchdog)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
