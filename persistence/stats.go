package persistence

import (
	"sync/atomic"
	"time"
)

type counters struct {
	entries, batches, bytes, syncs, syncNanos, badSnapshots atomic.Uint64
}

// Stats are running totals since Open, and how full things are now.
type Stats struct {
	Entries      uint64        // answered, refused ones too
	Batches      uint64        // written
	Bytes        uint64        // of the batches
	Syncs        uint64        // groups that reached the disk
	SyncTime     time.Duration // from hand-over to durable, summed over Syncs
	Queued       int           // entries that wait for the committer
	QueueSize    int           // the most that may wait
	BadSnapshots uint64        // damaged ones met by Snapshot
	WriteStalls  uint64        // times the engine held up writes
	DiskBytes    uint64        // of the folder
}

// Stats may be called at any time, for metrics: it takes some microseconds.
func (s *Store) Stats() Stats {
	st := Stats{
		Entries:      s.counts.entries.Load(),
		Batches:      s.counts.batches.Load(),
		Bytes:        s.counts.bytes.Load(),
		Syncs:        s.counts.syncs.Load(),
		SyncTime:     time.Duration(s.counts.syncNanos.Load()),
		Queued:       s.queue.len(),
		QueueSize:    s.opts.QueueSize,
		BadSnapshots: s.counts.badSnapshots.Load(),
		WriteStalls:  s.report.stalls.Load(),
	}
	if s.enter() == nil {
		st.DiskBytes = s.db.Metrics().DiskSpaceUsage()
		s.gate.leave()
	}
	return st
}
