package persistence

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// How what works in the background is paced. It works for at least paceWork,
// then rests some times as long; how often the store is asked how it does is
// paceLook. A compaction rests paceRest times as long, less from a base level of
// depthCalm tables over each other on, and not at all from depthLate on: with 24
// the store would hold up writes. A flush rests flushRest times as long, unless
// tablesLate memtables are there: with four the store would hold up writes.
const (
	paceWork   = time.Millisecond
	paceMost   = 10 * time.Millisecond // of work counted at once, lest a busy machine makes a rest long
	paceLook   = 100 * time.Millisecond
	paceRest   = 4.0
	depthCalm  = 8
	depthLate  = 16
	flushRest  = 2.0
	tablesLate = 3
)

// pacer decides when Pebble compacts and how fast. Pebble itself would take a
// whole core for seconds, and on a small machine everybody who waits for an
// answer meanwhile feels it; what it needs on average is a small part of a core.
// So compactions rest between short stretches of work as long as the store keeps
// up, and so do flushes, which take a core for a tenth of a second each. Nothing
// rests while the store opens or closes. There are as many compactions at once as
// Pebble allows.
//
// Pebble calls with locks held that its own methods take, so the pacer calls
// back from one goroutine of its own and never under mu.
type pacer struct {
	db   pebble.DBForCompaction
	wake chan struct{} // there may be room for one more
	left chan struct{} // closed by Unregister: nothing begins
	on   atomic.Bool   // between the opening and the closing of the store
	gone chan struct{} // closed when the pacer calls nobody any more

	mu      sync.Mutex
	running int
	closed  bool
	looked  time.Time // when the store was asked how it does
	rests   rests
}

// rests are how often as long as its work what works rests.
type rests struct{ compaction, flush float64 }

func newPacer() *pacer {
	return &pacer{wake: make(chan struct{}, 1), left: make(chan struct{}), gone: make(chan struct{})}
}

// Register implements pebble.CompactionScheduler.
func (p *pacer) Register(_ int, db pebble.DBForCompaction) {
	p.db = db
	go p.grant()
}

// Unregister implements pebble.CompactionScheduler. It is the first thing that
// Pebble does when it closes, before it waits for what is under way.
func (p *pacer) Unregister() {
	p.on.Store(false)
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	close(p.left)
	<-p.gone
}

// TrySchedule implements pebble.CompactionScheduler.
func (p *pacer) TrySchedule() (bool, pebble.CompactionGrantHandle) {
	if !p.enter() {
		return false, nil
	}
	return true, &paced{pacer: p}
}

// UpdateGetAllowedWithoutPermission implements pebble.CompactionScheduler.
func (p *pacer) UpdateGetAllowedWithoutPermission() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// enter takes the place of one compaction if there is one.
func (p *pacer) enter() bool {
	allowed := p.db.GetAllowedWithoutPermission()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.running >= allowed {
		return false
	}
	p.running++
	return true
}

func (p *pacer) leave() {
	p.mu.Lock()
	p.running--
	p.mu.Unlock()
}

// grant begins what waits whenever a place may have become free.
func (p *pacer) grant() {
	defer close(p.gone)
	for {
		select {
		case <-p.wake:
		case <-p.left:
			return
		}
		for p.enter() {
			if waiting, _ := p.db.GetWaitingCompaction(); !waiting || !p.db.Schedule(&paced{pacer: p}) {
				p.leave()
				break
			}
		}
	}
}

// rate says how long to rest now.
func (p *pacer) rate() rests {
	if !p.on.Load() {
		return rests{}
	}
	at := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.looked.IsZero() || at.Sub(p.looked) >= paceLook {
		p.looked = at
		p.mu.Unlock()
		r := restsAt(p.state())
		p.mu.Lock()
		p.rests = r
	}
	return p.rests
}

// state is how many tables of the base level a reader may have to look into, and
// how many memtables there are.
func (p *pacer) state() (depth, tables int) {
	m := p.db.(interface{ Metrics() *pebble.Metrics }).Metrics()
	return int(m.Levels[0].Sublevels), int(m.MemTable.Count)
}

func restsAt(depth, tables int) rests {
	late := float64(depth-depthCalm) / (depthLate - depthCalm)
	r := rests{compaction: paceRest * (1 - min(max(late, 0), 1))}
	if tables < tablesLate {
		r.flush = flushRest
	}
	return r
}

// stretch is what one goroutine has worked since it rested.
type stretch struct{ since time.Time }

// rest rests if the stretch is long enough, so many times as long.
func (s *stretch) rest(p *pacer, times func(rests) float64) {
	worked := time.Since(s.since)
	if worked < paceWork {
		return
	}
	if n := times(p.rate()); n > 0 {
		time.Sleep(time.Duration(float64(min(worked, paceMost)) * n))
	}
	s.since = time.Now()
}

// paced is the leave of one compaction to run. One goroutine uses it.
type paced struct {
	*pacer
	stretch
}

// Started implements pebble.CompactionGrantHandle.
func (c *paced) Started() { c.since = time.Now() }

// MeasureCPU implements pebble.CompactionGrantHandle.
func (c *paced) MeasureCPU(pebble.CompactionGoroutineKind) {}

// CumulativeStats implements pebble.CompactionGrantHandle: Pebble calls it
// every 128 keys, with no lock held, and waits until it returns.
func (c *paced) CumulativeStats(pebble.CompactionGrantHandleStats) {
	c.rest(c.pacer, func(r rests) float64 { return r.compaction })
}

// Done implements pebble.CompactionGrantHandle.
func (c *paced) Done() {
	c.leave()
	c.UpdateGetAllowedWithoutPermission()
}

// flushCategory is what Pebble calls the files that it writes memtables to.
const flushCategory = "pebble-memtable-flush"

// flushedFile is a table that a flush writes. Pebble hands it one block after
// the other, and makes no more than one ahead.
type flushedFile struct {
	vfs.File
	pacer *pacer
	stretch
}

// Write implements vfs.File.
func (f *flushedFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	f.rest(f.pacer, func(r rests) float64 { return r.flush })
	return n, err
}
