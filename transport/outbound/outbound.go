package outbound

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// Outbound is all that leaves the node for other systems. It is safe for
// concurrent use.
type Outbound struct {
	options       Options
	engine        Engine
	shelf         *actors.Shelf
	secure, clear *http.Client
	streams       readers
	restores      []actors.Restored // of the store, by their places

	changing sync.Mutex // one change of a webhook at a time
	mu       sync.Mutex
	hooks    map[string]*hook

	nats       *consumer // nil without
	disconnect func()

	taken, failed, dead *metrics.Counter

	stop    sync.Once
	stopped chan struct{}
	keeping sync.WaitGroup
}

// New returns an Outbound that serves streams; Start begins with the rest.
func New(o Options) (*Outbound, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("outbound options: %w", err)
	}
	o = o.withDefaults()
	out := &Outbound{streams: readers{most: o.Streams, each: o.StreamsEach, of: map[acd.Principal]int{}}, options: o, engine: o.Engine, shelf: o.Engine.Shelf("outbound"), hooks: map[string]*hook{}, stopped: make(chan struct{}),
		secure: o.client(true), clear: o.client(false)}
	var err error
	if out.restores, err = o.Engine.Tap().Restores(); err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	o.Metrics.NewGauge("parley_event_streams", func() float64 { return float64(out.streams.count()) })
	out.taken = o.Metrics.NewCounter(`parley_event_deliveries_total{outcome="taken"}`)
	out.failed = o.Metrics.NewCounter(`parley_event_deliveries_total{outcome="failed"}`)
	out.dead = o.Metrics.NewCounter("parley_event_dead_letters_total")
	o.Metrics.NewGauge("parley_event_oldest_seconds", out.behind)
	return out, nil
}

// Start goes on with the webhooks where they were.
func (o *Outbound) Start() error {
	if err := o.load(); err != nil {
		return fmt.Errorf("webhooks: %w", err)
	}
	if err := o.publish(); err != nil {
		return err
	}
	o.keeping.Add(1)
	go o.keepOrder()
	return nil
}

// Stop ends all of it. Who follows comes back to where he was.
func (o *Outbound) Stop() {
	o.stop.Do(func() {
		close(o.stopped)
		o.keeping.Wait()
		o.changing.Lock()
		defer o.changing.Unlock()
		var all sync.WaitGroup
		for _, h := range o.all() {
			all.Go(func() { h.end() })
		}
		if o.nats != nil {
			all.Go(o.nats.stop)
		}
		all.Wait()
		if o.disconnect != nil {
			o.disconnect()
		}
		o.secure.CloseIdleConnections()
		o.clear.CloseIdleConnections()
	})
}

func (o *Outbound) all() []*hook {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]*hook, 0, len(o.hooks))
	for _, h := range o.hooks {
		list = append(list, h)
	}
	return list
}

// states are those of all who are to get everything.
func (o *Outbound) states() (list []State) {
	for _, h := range o.all() {
		if !h.spec().Gone {
			list = append(list, h.state())
		}
	}
	if o.nats != nil {
		list = append(list, o.nats.State())
	}
	return list
}

func (o *Outbound) tried(taken bool) {
	if taken {
		o.taken.Inc()
	} else {
		o.failed.Inc()
	}
}

// behind is how old the oldest event is that a webhook has not taken yet.
func (o *Outbound) behind() float64 {
	oldest := time.Duration(0)
	for _, s := range o.states() {
		if !s.Oldest.IsZero() {
			oldest = max(oldest, o.options.now().Sub(s.Oldest))
		}
	}
	return oldest.Seconds()
}

// keepEvery is how often the journal is told how far back it is needed.
const keepEvery = 10 * time.Second

// keepOrder has the journal keep what somebody still needs.
func (o *Outbound) keepOrder() {
	defer o.keeping.Done()
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	var kept uint64
	for told := false; ; told = true {
		if need := o.needed(); need != kept || !told {
			if err := o.engine.KeepOrder(need); err != nil {
				o.options.Log.Error("the order is not kept", "err", err)
			} else {
				kept = need
			}
		}
		select {
		case <-tick.C:
		case <-o.stopped:
			return
		}
	}
}

// needed is the position behind which somebody still reads, of those who are
// not behind for too long.
func (o *Outbound) needed() uint64 {
	need := ^uint64(0)
	for _, s := range o.states() {
		if s.Oldest.IsZero() || o.options.now().Sub(s.Oldest) < o.options.KeepFor {
			need = min(need, s.Cursor.start())
		}
	}
	return need
}
