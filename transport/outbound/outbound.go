package outbound

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// Outbound is all that leaves the node for other systems. It is safe for
// concurrent use.
type Outbound struct {
	options Options
	engine  Engine
	streams atomic.Int64
	stop    sync.Once
	stopped chan struct{}
}

// Start begins with what needs no asker.
func (o *Outbound) Start() error { return nil }

// Stop ends all of it. Who follows comes back to where he was.
func (o *Outbound) Stop() { o.stop.Do(func() { close(o.stopped) }) }

// New returns an Outbound that serves streams; Start begins with the rest.
func New(o Options) (*Outbound, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("outbound options: %w", err)
	}
	o = o.withDefaults()
	out := &Outbound{options: o, engine: o.Engine, stopped: make(chan struct{})}
	o.Metrics.NewGauge("parley_event_streams", func() float64 { return float64(out.streams.Load()) })
	return out, nil
}
