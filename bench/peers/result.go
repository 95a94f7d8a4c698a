package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/parley-engine/parley/bench"
)

// The loads.
const (
	loadSteady = "talk, steady"
	loadFlat   = "talk, flat out"
	loadOffers = "offers, flat out"
)

type key struct{ peer, load string }

// result is what a comparison found. Every figure is the median of its rounds.
type result struct {
	Command string            `json:"command"`
	Machine bench.Machine     `json:"machine"`
	Rounds  int               `json:"rounds"`
	Pairs   int               `json:"pairs"`
	Length  int               `json:"length_bytes"`
	AtOnce  int               `json:"chats_at_once"`
	FsyncMS float64           `json:"one_append_and_fdatasync_ms"`
	Rows    []row             `json:"rows"`
	Skipped map[string]string `json:"skipped,omitempty"`

	samples map[key][]sample
}

// row is a peer under a load. Ratios are to Parley under the same load: of what
// is done in a second more is better, of the rest less is.
type row struct {
	Peer      string  `json:"peer"`
	Load      string  `json:"load"`
	Durable   string  `json:"acknowledged_when"`
	Done      int64   `json:"done_in_a_round"`
	PerSecond float64 `json:"per_second"`
	CPU       float64 `json:"server_cpu_us_each"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	RSS       int64   `json:"rss_bytes"`
	Ratio     ratio   `json:"ratio_to_parley"`
}

type ratio struct {
	PerSecond float64 `json:"per_second"`
	CPU       float64 `json:"server_cpu"`
	P50       float64 `json:"p50"`
	P99       float64 `json:"p99"`
}

func newResult(o options) *result {
	return &result{Rounds: o.rounds, Pairs: o.pairs, Length: o.length, AtOnce: o.atOnce, Skipped: map[string]string{}, samples: map[key][]sample{}}
}

func (r *result) skipped(name string) bool { _, out := r.Skipped[name]; return out }

// finish makes the rows of the samples.
func (r *result) finish(peers []peer) {
	for _, load := range []string{loadSteady, loadFlat, loadOffers} {
		var own *row
		for _, p := range peers {
			some := r.samples[key{p.name, load}]
			if len(some) == 0 {
				continue
			}
			w := row{Peer: p.name, Load: load, Durable: p.durable, Done: int64(of(some, func(s sample) float64 { return float64(s.done) })), PerSecond: of(some, func(s sample) float64 { return s.perSecond }),
				CPU: of(some, func(s sample) float64 { return s.cpu }),
				P50: of(some, func(s sample) float64 { return milliseconds(s.p50) }),
				P99: of(some, func(s sample) float64 { return milliseconds(s.p99) }),
				RSS: int64(of(some, func(s sample) float64 { return float64(s.rss) }))}
			if own == nil { // Parley comes first
				own = &w
			}
			w.Ratio = ratio{w.PerSecond / own.PerSecond, w.CPU / own.CPU, w.P50 / own.P50, w.P99 / own.P99}
			r.Rows = append(r.Rows, w)
		}
	}
}

func of(some []sample, figure func(sample) float64) float64 {
	all := make([]float64, len(some))
	for i, s := range some {
		all[i] = figure(s)
	}
	return median(all)
}

func median[T cmp.Ordered](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (r *result) print(out io.Writer) {
	m := r.Machine
	fmt.Fprintf(out, "%s, %d cores, %s, %s on %s, commit %s; one append with fdatasync takes %.2f ms alone\n", m.CPU, m.Cores, m.Go, m.OS, m.FileSystem, m.Commit, r.FsyncMS)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	load := ""
	for _, row := range r.Rows {
		if row.Load != load {
			load = row.Load
			fmt.Fprintf(w, "\n%s\tdone\tper s\tratio\tCPU us each\tratio\tp50 ms\tratio\tp99 ms\tratio\tMB\tacknowledged when\t\n", load)
		}
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.3g\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.0f\t%s\t\n", row.Peer, row.Done, row.PerSecond, row.Ratio.PerSecond,
			row.CPU, row.Ratio.CPU, row.P50, row.Ratio.P50, row.P99, row.Ratio.P99, float64(row.RSS)/1e6, row.Durable)
	}
	w.Flush()
	for name, why := range r.Skipped {
		fmt.Fprintf(out, "\nleft out: %s: %s\n", name, why)
	}
}
