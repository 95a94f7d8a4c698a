package persistence

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// tuning says how Pebble is set up. The format is explicit because the default
// one loses acknowledged records silently after a flipped bit in the newest
// log; this one refuses to open.
func tuning(o *Options, fs vfs.FS, dir string, rep *reporter, pace *pacer) *pebble.Options {
	p := &pebble.Options{
		FS:                          &guard{FS: fs, dir: dir, fail: rep.fail, pacer: pace, ahead: int64(min(len(zeros), o.MemTableBytes))},
		FormatMajorVersion:          pebble.FormatValueSeparation,
		MemTableSize:                uint64(o.MemTableBytes),
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       8,    // every record stream spans the whole base level, so each
		L0CompactionFileThreshold:   1000, // compaction rewrites it: fewer and larger ones cost less
		L0StopWritesThreshold:       24,
		LBaseMaxBytes:               256 << 20,
		CacheSize:                   int64(o.CacheBytes),
		WALBytesPerSync:             512 << 10,
		CompactionConcurrencyRange:  func() (int, int) { return 1, 2 },
		Logger:                      rep,
		EventListener:               rep.listener(),
	}
	p.Experimental.CompactionScheduler = pace
	p.Experimental.ValueSeparationPolicy = func() pebble.ValueSeparationPolicy {
		return pebble.ValueSeparationPolicy{}
	}
	for i := range p.Levels {
		p.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		p.Levels[i].BlockSize = 16 << 10
	}
	p.WithFSDefaults()
	return p
}

// reporter stands between Pebble and the journal: what Pebble calls fatal makes
// the journal fail, the rest goes to the log.
type reporter struct {
	log    *slog.Logger
	fail   func(error)
	stalls atomic.Uint64
	lastBG atomic.Int64 // unix seconds of the last background error logged
}

// Infof implements pebble.Logger.
func (r *reporter) Infof(format string, args ...any) {
	r.log.Debug("journal engine", "text", fmt.Sprintf(format, args...))
}

// Errorf implements pebble.Logger.
func (r *reporter) Errorf(format string, args ...any) {
	r.log.Error("journal engine", "text", fmt.Sprintf(format, args...))
}

// Fatalf implements pebble.Logger: it fails the journal and does not return.
// Pebble counts on that; when it does return, the write that could not be made
// durable is reported as done. The goroutine stays here for ever, with whatever
// locks it holds, so nothing of the journal waits for Pebble after a failure
// (see commit.go). Ending the process is the program's part.
func (r *reporter) Fatalf(format string, args ...any) {
	r.fail(fmt.Errorf(format, args...))
	select {}
}

func (r *reporter) listener() *pebble.EventListener {
	return &pebble.EventListener{
		BackgroundError: r.background,
		DataCorruption: func(i pebble.DataCorruptionInfo) {
			r.log.Error("journal file damaged", "path", i.Path, "err", i.Details)
		},
		DiskSlow: func(i vfs.DiskSlowInfo) {
			r.log.Warn("disk slow", "path", i.Path, "seconds", i.Duration.Seconds())
		},
		LowDiskSpace: func(i pebble.LowDiskSpaceInfo) {
			r.log.Warn("disk space low", "free_bytes", i.AvailBytes)
		},
		WriteStallBegin: func(i pebble.WriteStallBeginInfo) {
			r.stalls.Add(1)
			r.log.Warn("journal writes stalled", "reason", i.Reason)
		},
		WriteStallEnd: func() { r.log.Info("journal writes go on") },
	}
}

// background logs at most one error a second: a flush that fails is tried again
// a hundred thousand times a second.
func (r *reporter) background(err error) {
	now := time.Now().Unix()
	if last := r.lastBG.Load(); now != last && r.lastBG.CompareAndSwap(last, now) {
		r.log.Error("journal background work failed", "err", err)
	}
}
