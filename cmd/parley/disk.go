package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/persistence"
)

// diskLimits are how much of the data disk has to be free. Below the first the
// operator is warned; below the second no new chats are taken, so that those
// that are there can be brought to their end before the journal finds no room.
type diskLimits struct {
	DiskWarn   uint64 `default:"2048" env:"PARLEY_DISK_WARN" placeholder:"MIB" help:"Warn when the data disk has less free MiB (${default})."`
	DiskRefuse uint64 `default:"512" env:"PARLEY_DISK_REFUSE" placeholder:"MIB" help:"Take no new chats when it has less (${default}); chats that are there go on."`
}

func (l *diskLimits) validate() error {
	if l.DiskRefuse > l.DiskWarn {
		return fmt.Errorf("--disk-refuse is %d, expected no more than --disk-warn, %d", l.DiskRefuse, l.DiskWarn)
	}
	return nil
}

// diskState is how the disk is.
type diskState int32

const (
	diskFine diskState = iota
	diskLow
	diskFull // as far as new chats are concerned
)

// judge says how a disk is that was as it was. What has become full is so until
// there is a quarter more than it takes to become so: the end must not flicker.
func (l *diskLimits) judge(was diskState, free uint64) diskState {
	refuse := l.DiskRefuse << 20
	if was == diskFull {
		refuse += refuse / 4
	}
	switch {
	case free < refuse:
		return diskFull
	case free < l.DiskWarn<<20:
		return diskLow
	}
	return diskFine
}

// diskWatch looks at the disk that a folder is on.
type diskWatch struct {
	limits diskLimits
	dir    string
	free   func(dir string) (uint64, error)
	refuse func(bool) // new chats
	log    *slog.Logger

	state atomic.Int32
	bytes atomic.Uint64
}

// diskEvery is how often it looks.
const diskEvery = 2 * time.Second

// watchDisk begins with a look, and goes on until ctx is done.
func (m Main) watchDisk(ctx context.Context, w *diskWatch, set *metrics.Set) {
	if w.free = m.freeSpace; w.free == nil {
		w.free = persistence.FreeSpace
	}
	set.NewGauge("parley_disk_free_bytes", func() float64 { return float64(w.bytes.Load()) })
	set.NewGauge("parley_disk_state", func() float64 { return float64(w.state.Load()) })
	w.look()
	ticks := m.diskTicks
	var ticker *time.Ticker
	if ticks == nil {
		ticker = time.NewTicker(diskEvery)
		ticks = ticker.C
	}
	go func() {
		if ticker != nil {
			defer ticker.Stop()
		}
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks:
				w.look()
			}
		}
	}()
}

// look asks the disk, and says what has changed.
func (w *diskWatch) look() {
	free, err := w.free(w.dir)
	if err != nil {
		w.log.Error("cannot see how full the disk is", "dir", w.dir, "err", err)
		return
	}
	was := diskState(w.state.Load())
	is := w.limits.judge(was, free)
	w.bytes.Store(free)
	w.state.Store(int32(is))
	if is == was {
		return
	}
	w.refuse(is == diskFull)
	switch is {
	case diskFull:
		w.log.Error("disk nearly full: no new chats are taken, those that are there go on", "dir", w.dir, "free_mib", free>>20, "expected_mib", w.limits.DiskRefuse)
	case diskLow:
		w.log.Warn("disk is filling up", "dir", w.dir, "free_mib", free>>20, "expected_mib", w.limits.DiskWarn)
	case diskFine:
		w.log.Info("disk has room again", "dir", w.dir, "free_mib", free>>20)
	}
}
