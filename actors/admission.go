package actors

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// admission refuses new chats while the node cannot answer in time, so that
// those it has go on as if nothing were the matter. A chat is much work later
// for one command now: whoever takes all that knock when he is full finishes
// none of them.
//
// It watches how long commands take from being read to being durable. All that
// a node can be short of shows there: the processor, the disk, a mailbox that
// everybody needs. A window is one look; what counts is the better one of the
// last two, so that a single stall of the disk turns nobody away, and as long
// as nobody is refused it takes more than that.
type admission struct {
	target time.Duration // 0 takes everybody

	waiting  atomic.Int64 // commands without an answer
	peak     atomic.Int64 // the most that waited in this window
	answered atomic.Int64 // in this window
	took     atomic.Int64 // all of them together, nanoseconds
	rotates  atomic.Int64 // when this window may end
	share    atomic.Int64 // of new chats that are taken, in thousandths
	shed     atomic.Int64 // refused since the start

	mu       sync.Mutex
	pressure pressure
	credit   int64         // thousandths of a chat that may be taken
	heard    time.Duration // when the last window with an answer ended
	closed   time.Duration // since when nobody is taken, 0 if somebody is
}

const (
	admissionWindow = 50 * time.Millisecond
	// fewAnswers are too few to go by: the window stays open for more, up to
	// longestWindow.
	fewAnswers    = 16
	longestWindow = 4 * admissionWindow
	// fewWaiting is how many unanswered commands are too few to speak of
	// overload: a slow disk makes few people wait long, and refusing others
	// would not make it faster.
	fewWaiting = 32
	// admissionClip bounds, in targets, what one answer counts for: some wait
	// for a person or for a timer, not for us.
	admissionClip = 8
	// patientWindows are a second. muchTooLate is in targets.
	patientWindows = 20
	muchTooLate    = 4
	wholeShare     = 1000
	// severeAfter is how long nobody has been taken when connections are
	// refused too.
	severeAfter = time.Second
)

// pressure is what the last two windows have shown, each as the mean time that
// an answer took, and whether new chats are refused because of it.
type pressure struct {
	last, before time.Duration
	shedding     bool
	against      int // windows in a row that speak against shedding as it is
}

// window is one of them: how many answers there were, how long they took
// together, how many commands waited at once, and for how long there has been
// no answer at all.
type window struct {
	answered, waited int64
	took, silent     time.Duration
}

// next takes a window in. One in which nothing was answered says as much as how
// long that has been going on. Refusals begin when answers have been late for
// patientWindows, which a burst that the node can take is not, or when two
// windows in a row are so late that it will not. They end after as many windows
// in time.
func (p pressure) next(w window, target time.Duration) pressure {
	mean := w.silent
	switch {
	case w.waited < fewWaiting:
		mean = 0
	case w.answered > 0:
		mean = w.took / time.Duration(w.answered)
	}
	n := pressure{last: mean, before: p.last, shedding: p.shedding}
	if (mean > target) != p.shedding {
		n.against = p.against + 1
	}
	if n.against >= patientWindows || !p.shedding && min(n.last, n.before) > muchTooLate*target {
		n.shedding, n.against = !p.shedding, 0
	}
	return n
}

// share is how many of a thousand new chats may be taken: all as long as
// answers come within the target, none from twice of it on, and in between as
// many as keep it there.
func (p pressure) share(target time.Duration) int64 {
	over := min(p.last, p.before) - target
	if over <= 0 || !p.shedding {
		return wholeShare
	}
	return max(0, wholeShare-int64(over)*wholeShare/int64(target))
}

// begins notes a command that is on its way.
func (a *admission) begins() {
	if n := a.waiting.Add(1); n > a.peak.Load() {
		a.peak.Store(n) // two at once may lose one of many
	}
}

// ends notes its answer. One that was not let in says nothing of how long others
// take.
func (a *admission) ends(began, now time.Duration, counts bool) {
	a.waiting.Add(-1)
	if a.target <= 0 || !counts {
		return
	}
	a.took.Add(int64(min(now-began, admissionClip*a.target)))
	a.answered.Add(1)
	a.rotate(now)
}

// rotate closes the window when it is over.
func (a *admission) rotate(now time.Duration) {
	if int64(now) < a.rotates.Load() || !a.mu.TryLock() {
		return
	}
	defer a.mu.Unlock()
	due := time.Duration(a.rotates.Load())
	if now < due || a.answered.Load() < fewAnswers && now < due+longestWindow-admissionWindow {
		return
	}
	a.rotates.Store(int64(now + admissionWindow))
	w := window{answered: a.answered.Swap(0), took: time.Duration(a.took.Swap(0)), waited: max(a.peak.Swap(0), a.waiting.Load()), silent: now - a.heard}
	if w.answered > 0 || w.waited == 0 {
		a.heard = now
	}
	a.pressure = a.pressure.next(w, a.target)
	if now > due+longestWindow && a.waiting.Load() < fewWaiting {
		a.pressure = pressure{} // what was then says nothing of now
	}
	share := a.pressure.share(a.target)
	a.share.Store(share)
	switch {
	case share > 0:
		a.closed = 0
	case a.closed == 0:
		a.closed = now
	}
}

// admit reports whether a new chat may begin. Those that may are spread evenly
// among those that may not.
func (a *admission) admit(now time.Duration) bool {
	if a.target <= 0 {
		return true
	}
	a.rotate(now)
	share := a.share.Load()
	if share >= wholeShare {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.credit += share; a.credit >= wholeShare {
		a.credit -= wholeShare
		return true
	}
	a.shed.Add(1)
	return false
}

// severe reports whether refusing new chats has not been enough for a while.
func (a *admission) severe(now time.Duration) bool {
	if a.target <= 0 {
		return false
	}
	a.rotate(now)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed > 0 && now-a.closed >= severeAfter
}

// Busy reports whether the node takes no new chats and that has not been enough
// for a while: the edge then lets few new connections in.
func (e *Engine) Busy() bool { return e.admission.severe(e.runtime.Elapsed()) }

// errBusy refuses new chats while the node is behind.
var errBusy = &acd.Refusal{Code: "overloaded", Text: "the node has as many chats as it can answer in time: try again in a moment"}

// errFull refuses new chats while the disk is nearly full.
var errFull = &acd.Refusal{Code: "overloaded", Text: "the node's disk is nearly full: it takes no new chats until there is room, those that are there go on"}

// tellShedding says every now and then how many were refused since.
func (e *Engine) tellShedding() {
	if e.admission.target <= 0 {
		return
	}
	var told int64
	e.every(sheddingTold, func() {
		if shed := e.admission.shed.Load(); shed > told {
			e.log.Warn("overloaded: new chats refused", "refused", shed-told, "within", sheddingTold, "waiting", e.admission.waiting.Load(),
				"target", e.admission.target)
			told = shed
		}
	})
}

// sheddingTold is how often the log tells of new chats that were refused.
const sheddingTold = 5 * time.Second
