package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/parley-engine/parley/bench"
)

// commandLine is how this program was called.
func commandLine() string {
	return strings.Join(append([]string{"parley"}, os.Args[1:]...), " ")
}

// lines shows progress as a line each second.
func lines(w io.Writer) func(bench.Tick) {
	return func(t bench.Tick) {
		phase := "     "
		if t.Measuring {
			phase = "meas."
		}
		fmt.Fprintf(w, "%4.0fs %s arrived %6.0f/s completed %6.0f/s messages %7.0f/s live %6d errors %d offer p50 %.2f p99 %.2f ms cpu %.2f rss %d MiB\n",
			t.At, phase, t.Rate.Arrived, t.Rate.Completed, t.Rate.Messages, t.Live, t.Errors, t.StartOffer.P50, t.StartOffer.P99, t.Rate.CPU, t.RSS>>20)
	}
}
