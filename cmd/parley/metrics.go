package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// onSync measures the journal's groups as they reach the disk.
func onSync(set *metrics.Set) func(int, time.Duration) {
	seconds := set.NewHistogram("parley_journal_sync_seconds")
	entries := set.NewHistogram("parley_journal_batch_events")
	return func(n int, d time.Duration) {
		seconds.Update(d.Seconds())
		entries.Update(float64(n))
	}
}

// journalGauges show how full the journal is, and whether it still works.
func journalGauges(set *metrics.Set, j journal) {
	gauge := func(name string, value func() float64) { set.NewGauge(name, value) }
	gauge("parley_journal_queued", func() float64 { return float64(j.Stats().Queued) })
	gauge("parley_journal_queue_limit", func() float64 { return float64(j.Stats().QueueSize) })
	gauge("parley_journal_disk_bytes", func() float64 { return float64(j.Stats().DiskBytes) })
	gauge("parley_journal_bad_snapshots", func() float64 { return float64(j.Stats().BadSnapshots) })
	gauge("parley_journal_write_stalls", func() float64 { return float64(j.Stats().WriteStalls) })
	failed := func() float64 {
		if j.Err() != nil {
			return 1
		}
		return 0
	}
	gauge("parley_journal_failed", failed)
	gauge("parley_journal_errors_total", failed) // the first one is the last
	gauge(fmt.Sprintf("parley_build_info{version=%q,go=%q}", version(), runtime.Version()), func() float64 { return 1 })
}
