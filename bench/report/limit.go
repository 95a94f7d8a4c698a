package report

import (
	"cmp"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"

	"github.com/parley-engine/parley/bench"
)

// nines is how rare what lies above a share is: 1 for one in ten, 3 for one in
// a thousand.
func nines(share float64) float64 { return -math.Log10(1 - share) }

// WriteLimit is the page of a search for the limit.
func WriteLimit(w io.Writer, l *bench.Limit) error {
	v := view{
		Title: fmt.Sprintf("%s: %.0f chats a second held", l.Profile, l.Rate), Machine: l.Machine, Command: l.Command,
		About: fmt.Sprintf("Every rate on a server of its own; it holds if the offer's p99 is at most %g ms and there is no error.", l.OfferP99Ms),
		Head:  []string{"rate", "lifecycles/s", "offer p50", "offer p99", "deliver p99, ms", "server µs a lifecycle", "held"},
	}
	trials := slices.Clone(l.Trials)
	slices.SortFunc(trials, func(a, b bench.Trial) int { return cmp.Compare(a.Rate, b.Rate) })
	done := line{name: "lifecycles/s"}
	p50, p99 := line{name: "offer p50"}, line{name: "offer p99"}
	for _, t := range trials {
		held := "yes"
		if !t.Held {
			held = "no: " + t.Why
		}
		v.Rows = append(v.Rows, []string{number(t.Rate), number(t.LifecyclesPerS), number(t.OfferP50), number(t.OfferP99), number(t.DeliverP99), number(t.ServerCPU), held})
		done.x, done.y = append(done.x, t.Rate), append(done.y, t.LifecyclesPerS)
		p50.x, p50.y = append(p50.x, t.Rate), append(p50.y, t.OfferP50)
		p99.x, p99.y = append(p99.x, t.Rate), append(p99.y, t.OfferP99)
	}
	v.Plots = []template.HTML{
		plot{title: "What was done of what was asked", across: "chats a second", up: "/s", lines: []line{done}}.draw(),
		plot{title: "Start to offer", across: "chats a second", up: "ms", logUp: true, lines: []line{p50, p99}}.draw(),
	}
	return page.Execute(w, v)
}
