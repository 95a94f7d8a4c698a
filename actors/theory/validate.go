package theory

import (
	"context"
	"fmt"
	"math"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Options says how thoroughly the rules are compared.
type Options struct {
	Loads   []Load // Table if empty
	Seed    uint64
	Chats   int // for each load; 80,000
	Batches int // that a run's figures are taken from; 25
	Workers int // loads at once; 2
	// Risk is how likely a right engine is called wrong by any figure of the
	// whole table; 0.01.
	Risk float64
	// Done is told of each load that has been played; it may be nil and is
	// called by one goroutine at a time.
	Done func(done, of int)
}

// Figure is one measure beside its prediction.
type Figure struct {
	Name      string  `json:"name"`
	Predicted float64 `json:"predicted"`
	Measured  float64 `json:"measured"`
	// Half is half of the 95 % confidence interval around Measured, Bound half
	// of the wider one that Holds is decided by.
	Half  float64 `json:"half_95"`
	Bound float64 `json:"bound"`
	Holds bool    `json:"holds"`
}

// Row is one load with all that theory says of it.
type Row struct {
	Load    Load     `json:"load"`
	Model   string   `json:"model"` // Erlang C, Erlang A, Cobham
	Chats   int      `json:"chats"`
	Turns   uint64   `json:"turns"` // of all machines
	Figures []Figure `json:"figures"`
}

// Table is what the rules are compared on unless somebody says otherwise: few
// and many agents, with time to spare and near the limit; with patience beyond
// it too.
func Table() []Load {
	const handling = 180
	var loads []Load
	add := func(agents int, busy, patience, urgent float64) {
		loads = append(loads, Load{Agents: agents, Arrivals: busy * float64(agents) / handling, Handling: handling, Patience: patience, Urgent: urgent})
	}
	for _, l := range []struct {
		agents int
		busy   float64
	}{{1, 0.5}, {1, 0.8}, {5, 0.6}, {5, 0.9}, {20, 0.8}, {20, 0.95}, {100, 0.9}, {100, 0.95}} {
		add(l.agents, l.busy, 0, 0)
	}
	for _, agents := range []int{1, 5, 20, 100} {
		for _, busy := range []float64{0.8, 1, 1.2} {
			add(agents, busy, 120, 0)
		}
	}
	for _, agents := range []int{5, 20} {
		add(agents, 0.9, 0, 0.3)
	}
	return loads
}

// Validate plays each load and compares. The same options give the same rows.
// An error is a load that cannot be predicted, a refusal where the rules may
// not refuse, or ctx.
func Validate(ctx context.Context, o Options) ([]Row, error) {
	o.defaults()
	rows, predictions := make([]Row, len(o.Loads)), 0
	for _, l := range o.Loads {
		if err := l.Validate(); err != nil {
			return nil, err
		}
		predictions += len(figures(l.Predict()))
	}
	bound := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(o.Batches - 1)}.Quantile(1 - o.Risk/float64(2*predictions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.Workers)
	told := make(chan struct{}, len(rows))
	for i, l := range o.Loads {
		group.Go(func() (err error) {
			rows[i], err = play(ctx, l, o, bound)
			told <- struct{}{}
			return err
		})
	}
	if o.Done != nil {
		for n := range rows {
			<-told
			o.Done(n+1, len(rows))
		}
	}
	return rows, group.Wait()
}

func (o *Options) defaults() {
	if len(o.Loads) == 0 {
		o.Loads = Table()
	}
	if o.Chats == 0 {
		o.Chats = 80_000
	}
	if o.Batches < 2 {
		o.Batches = 25
	}
	if o.Workers < 1 {
		o.Workers = 2
	}
	if o.Risk <= 0 {
		o.Risk = 0.01
	}
}

// warm is the share of a run that is played before anything is counted.
const warm = 0.05

// play drives one load and takes its figures in batches of chats in the order
// of their arrival: the batches are long beside the memory of the line, so that
// their means are near to independent.
func play(ctx context.Context, l Load, o Options, bound float64) (Row, error) {
	skip := int(warm * float64(o.Chats))
	each := (o.Chats - skip) / o.Batches
	batches := make([]tally, o.Batches)
	d := newDrive(l, o.Seed)
	err := d.run(o.Chats, func(g *guest) {
		if n := (g.number - 1 - skip) / max(each, 1); g.number > skip && n < len(batches) {
			batches[n].add(g)
		}
		if g.number%4096 == 0 && ctx.Err() != nil {
			d.broken = context.Cause(ctx)
		}
	})
	if err != nil {
		return Row{}, fmt.Errorf("%d agents, occupancy %.2f: %w", l.Agents, l.Occupancy(), err)
	}
	row := Row{Load: l, Model: l.model(), Chats: o.Chats, Turns: d.turns}
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(o.Batches - 1)}.Quantile(0.975)
	for _, f := range figures(l.Predict()) {
		means := make([]float64, len(batches))
		for i := range batches {
			means[i] = f.of(batches[i].measures())
		}
		mean, deviation := stat.MeanStdDev(means, nil)
		wide := deviation / math.Sqrt(float64(len(means)))
		row.Figures = append(row.Figures, Figure{
			Name: f.name, Predicted: f.predicted, Measured: mean, Half: student * wide, Bound: bound * wide,
			Holds: math.Abs(mean-f.predicted) <= bound*wide,
		})
	}
	return row, nil
}

func (l Load) model() string {
	switch {
	case l.Urgent > 0:
		return "Cobham"
	case l.Patience > 0:
		return "Erlang A"
	}
	return "Erlang C"
}

// figure is one measure: its name, what theory says, and where it stands.
type figure struct {
	name      string
	predicted float64
	of        func(Measures) float64
}

// figures are those that theory says something of.
func figures(m Measures) []figure {
	all := []figure{
		{"waiting", m.Waiting, func(m Measures) float64 { return m.Waiting }},
		{"mean_wait_s", m.MeanWait, func(m Measures) float64 { return m.MeanWait }},
		{"service_level", m.Level, func(m Measures) float64 { return m.Level }},
		{"abandoned", m.Abandoned, func(m Measures) float64 { return m.Abandoned }},
		{"wait_urgent_s", m.Urgent, func(m Measures) float64 { return m.Urgent }},
		{"wait_patient_s", m.Patient, func(m Measures) float64 { return m.Patient }},
	}
	some := all[:0]
	for _, f := range all {
		if !math.IsNaN(f.predicted) && (f.name != "abandoned" || f.predicted > 0) {
			some = append(some, f)
		}
	}
	return some
}

// tally counts one batch.
type tally struct {
	chats, waited, level, left float64
	seconds                    float64
	urgent, urgentSeconds      float64
}

func (t *tally) add(g *guest) {
	seconds := g.wait.Seconds()
	t.chats++
	t.seconds += seconds
	if g.wait > 0 {
		t.waited++
	}
	if g.served && seconds <= LevelWithin {
		t.level++
	}
	if !g.served {
		t.left++
	}
	if g.urgent {
		t.urgent++
		t.urgentSeconds += seconds
	}
}

func (t *tally) measures() Measures {
	return Measures{
		Waiting: t.waited / t.chats, MeanWait: t.seconds / t.chats, Level: t.level / t.chats, Abandoned: t.left / t.chats,
		Urgent: t.urgentSeconds / t.urgent, Patient: (t.seconds - t.urgentSeconds) / (t.chats - t.urgent),
	}
}
