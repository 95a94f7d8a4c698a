package bench

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/parley-engine/parley/bench/tally"
)

// Print writes the result for people.
func (r *Result) Print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s, seed %d, %g chats/s for %gs\n", r.Profile, r.Seed, r.Rate, r.DurationS)
	fmt.Fprintf(w, "lifecycles\t%.1f /s\t(arrivals %.1f /s, messages %.0f /s)\n", r.LifecyclesPerS, r.ArrivalsPerS, r.MessagesPerS)
	fmt.Fprintf(w, "\n\tcount\tp50\tp90\tp99\tp99.9\tmax ms\n")
	for _, m := range tally.Measures() {
		if q := r.LatencyMs[m.Name()]; q.Count > 0 {
			fmt.Fprintf(w, "%s\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\n", m.Name(), q.Count, q.P50, q.P90, q.P99, q.P999, q.Max)
		}
	}
	c := r.Chats
	fmt.Fprintf(w, "\nchats\tarrived %d, refused %d, not started %d, offered %d, completed %d, abandoned %d, unfinished %d, transfers %d (%d declined), RONA %d, rejected %d\n",
		c.Arrived, c.Refused, c.NotStarted, c.Offered, c.Completed, c.Abandoned, c.Unfinished, c.Transfers, c.Declined, c.RONAs, c.Rejects)
	fmt.Fprintf(w, "connections\t%d, cut %d, resumed %d, snapshots %d\n", r.Links.Count, r.Links.Cut, r.Links.Resumed, r.Links.Snapshots)
	if r.Crash != nil {
		fmt.Fprintf(w, "crash\t%d live chats, first offer after %.2f s\n", r.Crash.LiveChats, r.Crash.FirstOffer)
	}
	s := r.Server
	fmt.Fprintf(w, "server\t%.2f CPU s, %.0f µs a lifecycle, %.0f µs a message, RSS %d MiB (peak %d), %.0f B a connection\n",
		s.CPUSeconds, s.CPUPerLifecycle, s.CPUPerMessage, s.RSS>>20, s.PeakRSS>>20, s.BytesPerLink)
	fmt.Fprintf(w, "generator\t%.2f CPU s, %.0f µs a lifecycle\n", r.Generator.CPUSeconds, r.Generator.CPUPerLifecycle)
	k := r.Correctness
	fmt.Fprintf(w, "correctness\tdouble assignments %d, lost %d, repeated %d, out of order %d\n", k.DoubleAssignments, k.Lost, k.Repeated, k.OutOfOrder)
	fmt.Fprintf(w, "errors\t")
	for _, code := range slices.Sorted(maps.Keys(r.Errors)) {
		fmt.Fprintf(w, "%s %d  ", code, r.Errors[code])
	}
	if len(r.Errors) == 0 {
		fmt.Fprint(w, "none")
	}
	fmt.Fprintln(w)
	return w.Flush()
}
