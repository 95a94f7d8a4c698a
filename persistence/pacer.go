package persistence

import (
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// How a compaction is paced. It works for at least paceWork, then rests so many
// times as long as depth of the base level lets it; the depth is asked for every
// paceLook. From depthCalm on it rests less, from depthLate on not at all: with
// 24 the store would hold up writes.
const (
	paceWork  = time.Millisecond
	paceMost  = 10 * time.Millisecond // of work counted at once, lest a busy machine makes a rest long
	paceLook  = 100 * time.Millisecond
	paceRest  = 4.0
	depthCalm = 8
	depthLate = 16
)

// pacer decides when Pebble compacts and how fast. Pebble itself would take a
// whole core for seconds, and on a small machine everybody who waits for an
// answer meanwhile feels it; what it needs on average is a small part of a core.
// So compactions rest between short stretches of work as long as the store keeps
// up. There are as many at once as Pebble allows.
//
// Pebble calls with locks held that its own methods take, so the pacer calls
// back from one goroutine of its own and never under mu.
type pacer struct {
	db   pebble.DBForCompaction
	wake chan struct{} // there may be room for one more
	left chan struct{} // closed by Unregister: nobody rests, nothing begins
	gone chan struct{} // closed when the pacer calls nobody any more

	mu      sync.Mutex
	running int
	closed  bool
	looked  time.Time // when the depth was asked for
	rest    float64   // times as long as the work
}

func newPacer() *pacer {
	return &pacer{wake: make(chan struct{}, 1), left: make(chan struct{}), gone: make(chan struct{}), rest: paceRest}
}

// Register implements pebble.CompactionScheduler.
func (p *pacer) Register(_ int, db pebble.DBForCompaction) {
	p.db = db
	go p.grant()
}

// Unregister implements pebble.CompactionScheduler. It is the first thing that
// Pebble does when it closes, before it waits for what is under way.
func (p *pacer) Unregister() {
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

// pause is how long to rest after some work.
func (p *pacer) pause(worked time.Duration, now time.Time) time.Duration {
	p.mu.Lock()
	look := now.Sub(p.looked) >= paceLook
	if look {
		p.looked = now
	}
	rest := p.rest
	p.mu.Unlock()
	if look {
		rest = restAt(p.depth())
		p.mu.Lock()
		p.rest = rest
		p.mu.Unlock()
	}
	return time.Duration(float64(min(worked, paceMost)) * rest)
}

// depth is how many tables of the base level a reader may have to look into.
func (p *pacer) depth() int {
	db, ok := p.db.(interface{ Metrics() *pebble.Metrics })
	if !ok {
		return 0
	}
	return int(db.Metrics().Levels[0].Sublevels)
}

// restAt falls from paceRest to nothing while the base level gets deeper.
func restAt(depth int) float64 {
	late := float64(depth-depthCalm) / (depthLate - depthCalm)
	return paceRest * (1 - min(max(late, 0), 1))
}

// paced is the leave of one compaction to run. One goroutine uses it.
type paced struct {
	*pacer
	since time.Time // when it went on last
}

// Started implements pebble.CompactionGrantHandle.
func (c *paced) Started() { c.since = time.Now() }

// MeasureCPU implements pebble.CompactionGrantHandle.
func (c *paced) MeasureCPU(pebble.CompactionGoroutineKind) {}

// CumulativeStats implements pebble.CompactionGrantHandle: Pebble calls it
// every 128 keys, with no lock held, and waits until it returns.
func (c *paced) CumulativeStats(pebble.CompactionGrantHandleStats) {
	now := time.Now()
	worked := now.Sub(c.since)
	if worked < paceWork {
		return
	}
	if rest := c.pause(worked, now); rest > 0 {
		select {
		case <-time.After(rest):
		case <-c.left:
		}
	}
	c.since = time.Now()
}

// Done implements pebble.CompactionGrantHandle.
func (c *paced) Done() {
	c.leave()
	c.UpdateGetAllowedWithoutPermission()
}
