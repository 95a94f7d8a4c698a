// Package report writes results as pages: one file each, with its plots inside,
// that opens without a network.
package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"

	"github.com/parley-engine/parley/bench"
	"github.com/parley-engine/parley/bench/tally"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// view is what the page shows.
type view struct {
	Title   string
	Machine bench.Machine
	Command string
	About   string
	Facts   []fact
	Head    []string
	Rows    [][]string
	Plots   []template.HTML
}

type fact struct{ Name, Value string }

// Write is the page of one run.
func Write(w io.Writer, r *bench.Result) error {
	v := view{
		Title: fmt.Sprintf("%s: %.0f lifecycles a second", r.Profile, r.LifecyclesPerS), Machine: r.Machine, Command: r.Command, About: r.About,
		Facts: facts(r), Head: []string{"latency, ms", "count", "p50", "p90", "p99", "p99.9", "max"},
	}
	for _, m := range tally.Measures() {
		if q := r.LatencyMs[m.Name()]; q.Count > 0 {
			v.Rows = append(v.Rows, []string{m.Name(), fmt.Sprint(q.Count), number(q.P50), number(q.P90), number(q.P99), number(q.P999), number(q.Max)})
		}
	}
	v.Plots = plots(r)
	return page.Execute(w, v)
}

func facts(r *bench.Result) []fact {
	k, c, s := r.Correctness, r.Chats, r.Server
	f := []fact{
		{"lifecycles", fmt.Sprintf("%.1f /s", r.LifecyclesPerS)},
		{"arrivals", fmt.Sprintf("%.1f /s of %g meant", r.ArrivalsPerS, r.Rate)},
		{"messages", fmt.Sprintf("%.0f /s", r.MessagesPerS)},
		{"chats", fmt.Sprintf("%d arrived, %d refused, %d offered, %d completed, %d abandoned, %d unfinished", c.Arrived, c.Refused, c.Offered, c.Completed, c.Abandoned, c.Unfinished)},
		{"double assignments, lost, repeated, out of order", fmt.Sprintf("%d, %d, %d, %d", k.DoubleAssignments, k.Lost, k.Repeated, k.OutOfOrder)},
		{"server", fmt.Sprintf("%.2f CPU s, %.0f µs a lifecycle, %.0f µs a message, %d MiB resident", s.CPUSeconds, s.CPUPerLifecycle, s.CPUPerMessage, s.RSS>>20)},
		{"generator", fmt.Sprintf("%.2f CPU s, %.0f µs a lifecycle", r.Generator.CPUSeconds, r.Generator.CPUPerLifecycle)},
		{"connections", fmt.Sprintf("%d, cut %d, resumed %d, with a snapshot %d", r.Links.Count, r.Links.Cut, r.Links.Resumed, r.Links.Snapshots)},
		{"seed", fmt.Sprint(r.Seed)},
	}
	for _, code := range slices.Sorted(maps.Keys(r.Errors)) {
		f = append(f, fact{"error " + code, fmt.Sprint(r.Errors[code])})
	}
	if r.Crash != nil {
		f = append(f, fact{"crash", fmt.Sprintf("%d live chats, first offer after %.2f s", r.Crash.LiveChats, r.Crash.FirstOffer)})
	}
	return f
}

func plots(r *bench.Result) []template.HTML {
	series := func(name string, of func(bench.Tick) float64) line {
		l := line{name: name}
		for _, t := range r.Series {
			l.x, l.y = append(l.x, t.At), append(l.y, of(t))
		}
		return l
	}
	curves := plot{title: "How long it took, by share of all", across: "1 in so many (log10)", up: "ms", logUp: true}
	for _, m := range tally.Measures() {
		l := line{name: m.Name()}
		for _, p := range r.Curves[m.Name()] {
			if p.Share < 1 {
				l.x, l.y = append(l.x, nines(p.Share)), append(l.y, p.Ms)
			}
		}
		if len(l.x) > 0 {
			curves.lines = append(curves.lines, l)
		}
	}
	return []template.HTML{
		plot{title: "Chats a second", across: "s", up: "/s", lines: []line{
			series("arrived", func(t bench.Tick) float64 { return t.Rate.Arrived }),
			series("completed", func(t bench.Tick) float64 { return t.Rate.Completed }),
		}}.draw(),
		plot{title: "Start to offer and send to delivered, each second", across: "s", up: "ms", logUp: true, lines: []line{
			series("offer p50", func(t bench.Tick) float64 { return t.StartOffer.P50 }),
			series("offer p99", func(t bench.Tick) float64 { return t.StartOffer.P99 }),
			series("deliver p50", func(t bench.Tick) float64 { return t.SendDeliver.P50 }),
			series("deliver p99", func(t bench.Tick) float64 { return t.SendDeliver.P99 }),
		}}.draw(),
		curves.draw(),
		plot{title: "Live chats", across: "s", up: "chats", lines: []line{series("live", func(t bench.Tick) float64 { return float64(t.Live) })}}.draw(),
		plot{title: "The server's CPU", across: "s", up: "cores", lines: []line{series("cores", func(t bench.Tick) float64 { return t.Rate.CPU })}}.draw(),
		plot{title: "The server's memory", across: "s", up: "MiB", lines: []line{series("resident", func(t bench.Tick) float64 { return float64(t.RSS) / (1 << 20) })}}.draw(),
	}
}

func number(v float64) string { return fmt.Sprintf("%.2f", v) }
