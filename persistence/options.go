package persistence

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options tune a Store; the zero value works.
type Options struct {
	// QueueSize bounds the entries that wait for the committer; Append waits
	// beyond it. Default 16384, 1 to 1048576.
	QueueSize int
	// BatchSize bounds the entries of one batch. Default and limit 4096.
	BatchSize int
	// OrderKept is how many of the last records Last can still list; up to an
	// eighth more are kept. Default 200000, at least 1.
	OrderKept int
	// OrderMost is how many of the last records After can still list for who has
	// asked for them with Keep. Default 5000000, or OrderKept if that is more;
	// 50 bytes of disk each.
	OrderMost int
	// LockWait is how long Open waits for another process to let go of the
	// folder; a killed process may hold it for a moment. Default 3 s; negative
	// tries once.
	LockWait time.Duration
	// LockPoll is how often Open tries meanwhile. Default 100 ms.
	LockPoll time.Duration
	// StallTimeout is how long a batch may take to reach the disk before the
	// journal counts as failed. Default 30 s, at least 10 ms.
	StallTimeout time.Duration
	// MemTableBytes is the size of a memtable. Four of them bound what Open
	// has to replay after a crash, so smaller means a faster start and more
	// compaction. Default 16 MiB, 256 KiB to 256 MiB.
	MemTableBytes int
	// CacheBytes is the size of the block cache. Default 64 MiB, at least 1 MiB.
	CacheBytes int
	// OnSync, if set, is called after each batch that reached the disk, with
	// the number of its entries and the time since it was handed over. It runs
	// on a goroutine of the journal and must be short.
	OnSync func(entries int, d time.Duration)
	// Logger receives what an operator should know. Default: none.
	Logger *slog.Logger
	// FS is the file system. Default: the disk. Tests inject crashes here.
	FS vfs.FS
}

func orDefault[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

func (o Options) withDefaults() Options {
	orDefault(&o.QueueSize, 16384)
	orDefault(&o.BatchSize, maxPerBatch)
	orDefault(&o.OrderKept, 200_000)
	orDefault(&o.OrderMost, max(5_000_000, o.OrderKept))
	orDefault(&o.LockWait, 3*time.Second)
	orDefault(&o.LockPoll, 100*time.Millisecond)
	orDefault(&o.StallTimeout, 30*time.Second)
	orDefault(&o.MemTableBytes, 16<<20)
	orDefault(&o.CacheBytes, 64<<20)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Validate names every field that is out of its limits, nil if none is.
func (o Options) Validate() error {
	o = o.withDefaults()
	var errs []error
	within := func(field string, v, least, most int) {
		if v < least || v > most {
			errs = append(errs, fmt.Errorf("%s %d is not within %d and %d", field, v, least, most))
		}
	}
	within("QueueSize", o.QueueSize, 1, 1<<20)
	within("BatchSize", o.BatchSize, 1, maxPerBatch)
	within("OrderKept", o.OrderKept, 1, 1<<30)
	within("OrderMost", o.OrderMost, 1, 1<<30)
	within("MemTableBytes", o.MemTableBytes, 256<<10, 256<<20)
	within("CacheBytes", o.CacheBytes, 1<<20, 1<<40)
	if o.LockPoll < time.Millisecond {
		errs = append(errs, fmt.Errorf("LockPoll %s is under 1ms", o.LockPoll))
	}
	if o.StallTimeout < 10*time.Millisecond {
		errs = append(errs, fmt.Errorf("StallTimeout %s is under 10ms", o.StallTimeout))
	}
	return errors.Join(errs...)
}
