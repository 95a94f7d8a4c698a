package main

import (
	"fmt"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/transport/outbound"
)

// tellOthers begins to tell other systems what happens.
func (n *node) tellOthers(set *metrics.Set) (err error) {
	if n.outbound, err = outbound.New(outbound.Options{Engine: n.engine, Log: n.log, Metrics: set}); err != nil {
		return usage(err)
	}
	if err := n.outbound.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return nil
}
