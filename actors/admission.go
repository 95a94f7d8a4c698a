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
// everybody needs. A window is one look; what follows from it is pressure's.
type admission struct {
	target time.Duration // 0 takes everybody

	waiting  atomic.Int64 // commands without an answer
	peak     atomic.Int64 // the most that waited in this window
	answered atomic.Int64 // in this window
	took     atomic.Int64 // all of them together, nanoseconds
	taken    atomic.Int64 // new chats in this window
	refused  atomic.Int64 // and those that were not
	rotates  atomic.Int64 // when this window may end
	shedding atomic.Bool
	share    atomic.Int64 // of new chats that were taken in the last window, in thousandths
	shed     atomic.Int64 // refused since the start

	mu       sync.Mutex
	pressure pressure
	braked   int64         // of the pace, in thousandths
	credit   float64       // chats that may be taken
	paced    time.Duration // until when there is credit
	opened   time.Duration // when this window began
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
	wholeShare    = 1000
	// admissionBurst is for how long credit is kept.
	admissionBurst = 20 * time.Millisecond
	// severeAfter is how long nobody has been taken when connections are
	// refused too.
	severeAfter = time.Second
)

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
	w := a.window(now)
	was := a.pressure.shedding
	a.pressure = a.pressure.next(w, a.target)
	if now > due+longestWindow && a.waiting.Load() < fewWaiting {
		a.pressure = pressure{} // what was then says nothing of now
	}
	if a.pressure.shedding && !was {
		a.credit, a.paced = 0, now
	}
	a.braked = a.pressure.brake(a.target)
	a.shedding.Store(a.pressure.shedding)
	a.share.Store(w.share())
	switch {
	case a.braked > 0:
		a.closed = 0
	case a.closed == 0:
		a.closed = now
	}
}

// window closes the one at hand and begins another. The caller holds mu.
func (a *admission) window(now time.Duration) window {
	w := window{
		answered: a.answered.Swap(0), took: time.Duration(a.took.Swap(0)), waited: max(a.peak.Swap(0), a.waiting.Load()),
		taken: a.taken.Swap(0), refused: a.refused.Swap(0), silent: now - a.heard, lasted: now - a.opened,
	}
	a.opened = now
	if w.answered > 0 || w.waited == 0 {
		a.heard = now
	}
	return w
}

// admit reports whether a new chat may begin. Those that may come at an even
// pace.
func (a *admission) admit(now time.Duration) bool {
	if a.target <= 0 {
		return true
	}
	a.rotate(now)
	if a.shedding.Load() && !a.pays(now) {
		a.refused.Add(1)
		a.shed.Add(1)
		return false
	}
	a.taken.Add(1)
	return true
}

// pays takes a chat's credit if there is any.
func (a *admission) pays(now time.Duration) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	pace := a.pressure.pace * float64(a.braked) / wholeShare
	if now > a.paced { // two at once may come in the other order
		a.credit = min(a.credit+pace*(now-a.paced).Seconds(), max(1, pace*admissionBurst.Seconds()))
		a.paced = now
	}
	if a.credit < 1 || pace == 0 {
		return false
	}
	a.credit--
	return true
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
