package bench

import (
	"time"

	"github.com/parley-engine/parley/bench/tally"
)

// Result is what a run has shown. Its JSON names are kept.
type Result struct {
	Profile   string    `json:"profile"`
	About     string    `json:"about"`
	Seed      uint64    `json:"seed"`
	Rate      float64   `json:"rate"`
	Command   string    `json:"command"`
	StartedAt time.Time `json:"started_at"`
	WarmupS   float64   `json:"warmup_s"`
	DurationS float64   `json:"duration_s"`
	Machine   Machine   `json:"machine"`

	LifecyclesPerS float64 `json:"lifecycles_per_s"`
	ArrivalsPerS   float64 `json:"arrivals_per_s"`
	OfferedPerS    float64 `json:"chats_per_s"` // that have rung
	MessagesPerS   float64 `json:"messages_per_s"`

	LatencyMs   map[string]tally.Quantiles `json:"latency_ms"`
	Errors      map[string]int64           `json:"errors"`
	Correctness Correctness                `json:"correctness"`
	Server      ServerCost                 `json:"server"`
	Generator   GeneratorCost              `json:"generator"`
	Chats       Chats                      `json:"chats"`
	Links       Links                      `json:"connections"`
	Monday      Monday                     `json:"sign_in"`
	Crash       *Crash                     `json:"crash,omitempty"`

	Curves map[string][]tally.Point `json:"curves"`
	Series []Tick                   `json:"series"`
}

// Correctness is what the clients counted themselves; each has to be 0.
type Correctness struct {
	DoubleAssignments int64 `json:"double_assignments"`
	Lost              int64 `json:"lost"`
	Repeated          int64 `json:"repeated"`
	OutOfOrder        int64 `json:"out_of_order"`
}

// Clean reports whether nothing was wrong.
func (c Correctness) Clean() bool { return c == Correctness{} }

// ServerCost is what a server that the run started has taken, zero for others.
type ServerCost struct {
	CPUSeconds       float64 `json:"cpu_s"`     // over the measured time
	RSS              int64   `json:"rss_bytes"` // at its end
	PeakRSS          int64   `json:"rss_peak_bytes"`
	CPUPerLifecycle  float64 `json:"cpu_us_per_lifecycle"`
	CPUPerMessage    float64 `json:"cpu_us_per_message"` // all CPU over all messages
	CPUPerChat       float64 `json:"cpu_us_per_chat"`    // that has rung
	BytesPerLink     float64 `json:"bytes_per_connection"`
	BytesPerLiveChat float64 `json:"bytes_per_live_chat"`
}

// GeneratorCost is what the load itself took, of the same machine.
type GeneratorCost struct {
	CPUSeconds      float64 `json:"cpu_s"`
	CPUPerLifecycle float64 `json:"cpu_us_per_lifecycle"`
}

// Chats is what became of them.
type Chats struct {
	Arrived    int64 `json:"arrived"`
	NotStarted int64 `json:"not_started"` // for want of a connection; the generator's limit
	Accepted   int64 `json:"accepted"`
	Refused    int64 `json:"refused"`
	Offered    int64 `json:"offered"`
	Completed  int64 `json:"completed"`
	Abandoned  int64 `json:"abandoned"`
	Unfinished int64 `json:"unfinished"` // did not end by themselves
	Messages   int64 `json:"messages"`
	Transfers  int64 `json:"transfers"`
	Declined   int64 `json:"transfers_declined"` // who was asked had no time just then; somebody else was
	RONAs      int64 `json:"ronas"`
	Rejects    int64 `json:"rejects"`
}

// Links is what became of connections.
type Links struct {
	Count     int64 `json:"count"`
	Cut       int64 `json:"cut"`
	Resumed   int64 `json:"resumed"`
	Snapshots int64 `json:"snapshots"`
	Retries   int64 `json:"retries"`
	Boards    int64 `json:"boards"`
}

// Monday is how the day began.
type Monday struct {
	AllAvailableS float64 `json:"all_available_s"`
	DrainedS      float64 `json:"backlog_drained_s,omitempty"`
}

// Crash is a server that was killed.
type Crash struct {
	LiveChats  int64   `json:"live_chats"`
	FirstOffer float64 `json:"first_offer_s"` // after the kill, 0 for never
}

// Tick is one second of a run.
type Tick struct {
	At          float64         `json:"at_s"`
	Measuring   bool            `json:"measuring"`
	Arrived     int64           `json:"arrived"`
	Completed   int64           `json:"completed"`
	Messages    int64           `json:"messages"`
	Errors      int64           `json:"errors"`
	Live        int64           `json:"live_chats"`
	CPU         float64         `json:"server_cpu_s"`
	RSS         int64           `json:"server_rss_bytes"`
	Rate        TickRate        `json:"per_s"`
	StartOffer  tally.Quantiles `json:"start_to_offer_ms"`
	SendDeliver tally.Quantiles `json:"send_to_delivered_ms"`
}

// TickRate is a tick's figures less those of the tick before.
type TickRate struct {
	Arrived   float64 `json:"arrived"`
	Completed float64 `json:"completed"`
	Messages  float64 `json:"messages"`
	CPU       float64 `json:"cpu"`
}

func (t *Tick) since(last *Tick) {
	if d := t.At - last.At; d > 0 {
		t.Rate = TickRate{
			Arrived: float64(t.Arrived-last.Arrived) / d, Completed: float64(t.Completed-last.Completed) / d,
			Messages: float64(t.Messages-last.Messages) / d, CPU: max(0, t.CPU-last.CPU) / d,
		}
	}
	*last = *t
}

func newResult(o *Options) *Result {
	p := o.Profile
	return &Result{
		Profile: p.Name, About: p.About, Seed: p.Seed, Rate: p.Arrivals.Rate, Command: o.Command, StartedAt: time.Now().UTC(),
		WarmupS: p.Warmup.Seconds(), DurationS: p.Duration.Seconds(), Machine: thisMachine(o),
		LatencyMs: map[string]tally.Quantiles{}, Curves: map[string][]tally.Point{},
	}
}

// finish fills the result when everybody has gone home.
func (r *run) finish() {
	c, o := r.crowd, r.result
	for _, m := range tally.Measures() {
		o.LatencyMs[m.Name()] = c.latencies.Whole(m)
		if curve := c.latencies.Curve(m); curve != nil {
			o.Curves[m.Name()] = curve
		}
	}
	o.Errors = c.counts.failures()
	f := &c.faults
	o.Correctness = Correctness{f.DoubleAssignments.Load(), f.Lost.Load(), f.Repeated.Load(), f.OutOfOrder.Load()}
	n := &c.counts
	o.Chats = Chats{
		Arrived: n.arrived.Load(), NotStarted: n.notStarted.Load(), Accepted: n.accepted.Load(), Refused: n.refused.Load(),
		Offered: n.offered.Load(), Completed: n.completed.Load(), Abandoned: n.abandoned.Load(), Unfinished: n.unfinished.Load(),
		Messages: n.messages.Load(), Transfers: n.transfers.Load(), Declined: n.declined.Load(), RONAs: n.ronas.Load(), Rejects: n.rejects.Load(),
	}
	o.Links = Links{r.meter.connections, n.cuts.Load(), n.resumed.Load(), n.snapshots.Load(), n.retries.Load(), n.boards.Load()}
	if k := c.breach.killed; k > 0 {
		o.Crash = &Crash{LiveChats: c.breach.live, FirstOffer: max(0, c.breach.recovered-k).Seconds()}
	}
	r.costs()
}

// costs divides what was taken by what was done for it.
func (r *run) costs() {
	m, o := &r.meter, r.result
	a, b := &m.from, &m.until
	took := (b.at - a.at).Seconds()
	done, said, rung := float64(b.completed-a.completed), float64(b.messages-a.messages), float64(b.offered-a.offered)
	if took > 0 {
		o.LifecyclesPerS, o.MessagesPerS, o.OfferedPerS = done/took, said/took, rung/took
		o.ArrivalsPerS = float64(b.arrived-a.arrived) / took
	}
	o.Generator = GeneratorCost{CPUSeconds: b.generator - a.generator, CPUPerLifecycle: per((b.generator-a.generator)*1e6, done)}
	if m.server == nil {
		return
	}
	if b.arrived == 0 { // what the sign-ins needed for a moment has been given back by now
		m.full = b.server.RSS
	}
	cpu := b.server.CPU - a.server.CPU
	o.Server = ServerCost{
		CPUSeconds: cpu, RSS: b.server.RSS, PeakRSS: max(m.peak, b.server.RSS),
		CPUPerLifecycle: per(cpu*1e6, done), CPUPerMessage: per(cpu*1e6, said), CPUPerChat: per(cpu*1e6, rung),
		BytesPerLink:     per(float64(m.full-m.empty), float64(m.connections)),
		BytesPerLiveChat: per(float64(b.server.RSS-m.full), float64(b.live)),
	}
}

// per is a ratio, 0 where there is nothing to divide by.
func per(what, by float64) float64 {
	if by <= 0 {
		return 0
	}
	return what / by
}
