package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestADiskThatWasFullIsFullUntilThereIsAQuarterMoreRoom(t *testing.T) {
	l := diskLimits{DiskWarn: 2000, DiskRefuse: 400}
	was := diskFine
	for i, step := range []struct {
		mib  uint64
		want diskState
	}{{5000, diskFine}, {1999, diskLow}, {400, diskLow}, {399, diskFull}, {450, diskFull}, {499, diskFull}, {500, diskLow}, {450, diskLow}, {2000, diskFine}} {
		if was = l.judge(was, step.mib<<20); was != step.want {
			t.Errorf("step %d: with %d MiB it is %d, want %d", i, step.mib, was, step.want)
		}
	}
	if err := (&diskLimits{DiskWarn: 1, DiskRefuse: 2}).validate(); err == nil || !strings.Contains(err.Error(), "--disk-warn") {
		t.Errorf("limits the wrong way round: %v", err)
	}
}

func TestANodeWhoseDiskIsNearlyFullTakesNoNewChatsAndServesThoseThatAreThere(t *testing.T) {
	var mib atomic.Uint64
	mib.Store(100_000)
	ticks := make(chan time.Time)
	m := Main{openJournal: quick, diskTicks: ticks, freeSpace: func(string) (uint64, error) { return mib.Load() << 20, nil }}
	p := serveWith(t, m, "--dev", "--data", t.TempDir())
	becomes := func(free uint64) {
		mib.Store(free)
		ticks <- time.Time{}
		ticks <- time.Time{} // the look at the first is over
	}
	dana, eve := p.dial(p.tokens["customer/dana"]), p.dial(p.tokens["customer/dana"])
	dana.send(map[string]any{"type": "start", "id": "d1", "source": "web"})
	chat, _ := dana.until("ok")["chat"].(string)

	becomes(100)
	eve.send(map[string]any{"type": "start", "id": "e1", "source": "web"})
	if e := eve.until("error"); e["code"] != "overloaded" || !strings.Contains(fmt.Sprint(e), "disk is nearly full") {
		t.Errorf("a start was answered with %v", e)
	}
	dana.send(map[string]any{"type": "send", "id": "d2", "chat": chat, "text": "still here"})
	dana.until("ok")
	if _, page := p.ask("GET", "/metrics", ""); !strings.Contains(page, "parley_disk_state 2\n") {
		t.Error("the metrics do not say that the disk is full")
	}
	if status, text := p.ask("GET", "/readyz", ""); status != 200 {
		t.Errorf("readyz says %d %s to those who come back", status, text)
	}

	becomes(100_000)
	eve.send(map[string]any{"type": "start", "id": "e1", "source": "web"})
	if chat := eve.until("ok")["chat"]; chat == nil {
		t.Error("the same start is not taken when there is room")
	}
}
