package main

import (
	"fmt"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/config"
	"github.com/parley-engine/parley/transport/outbound"
)

// tellOthers begins to tell other systems what happens.
func (n *node) tellOthers(s config.Events, set *metrics.Set) (err error) {
	n.outbound, err = outbound.New(outbound.Options{Engine: n.engine, Log: n.log, Metrics: set, Source: s.Source, KeepFor: s.KeepFor,
		Networks: s.Networks, Retry: outbound.Retry{First: s.Retry.First, Most: s.Retry.Most, Attempts: s.Retry.Attempts, GiveUp: s.Retry.GiveUp},
		NATS: natsOf(s.NATS)})
	if err != nil {
		return usage(err)
	}
	if err := n.outbound.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return nil
}

func natsOf(s config.NATS) outbound.NATS {
	n := outbound.NATS{URL: s.URL, Credentials: s.Credentials, Subject: s.Subject, Words: s.Words, Filter: outbound.Filter{Kinds: s.Kinds}}
	for _, q := range s.Queues {
		n.Queues = append(n.Queues, acd.QueueID(q))
	}
	return n
}
