package actors

import "time"

// pressure is what the last windows have shown: the mean time that an answer
// took, whether new chats are refused because of it, and how many may come.
//
// It is a controller of the rate of new chats that acts like TCP's for a full
// line: as long as answers come in time the rate grows by a small part of
// itself, and shrinks by more of itself the later they are. (Breakwater, Cho and
// others, OSDI 2020, does so with credits for requests; what is refused here is
// what makes work for long, as in WeChat's DAGOR, 2018.) A share of those that
// knock, by how late answers are at the moment, was tried first. A chat that is
// let in has most of its work to come, a tenth of a second later and more, so
// that a node with three times too much to do took everybody for a fifth of a second and
// then nobody for half of one, and what it had taken waited for each other. Of
// that share only the brake is left, which is for backlogs.
type pressure struct {
	last, before time.Duration
	shedding     bool
	against      int     // windows in a row that speak against shedding as it is
	usual        float64 // chats a second that have been taken lately
	pace         float64 // that may be taken while it sheds
	least        float64 // what the pace does not fall below
}

// window is one look: how many answers there were, how long they took
// together, how many commands waited at once, for how long there has been no
// answer at all, and what became of new chats in how much time.
type window struct {
	answered, waited int64
	took, silent     time.Duration
	taken, refused   int64
	lasted           time.Duration
}

const (
	// leastLate is what no node begins to refuse for, however little its target
	// is: on a fast disk a burst or a collection takes as long. Full already, it
	// keeps to the target: half as late is half as long a line, and no less done.
	leastLate = 10 * time.Millisecond
	// patientWindows are a second. muchTooLate is in what is late, brakeHeld in targets.
	patientWindows = 20
	muchTooLate    = 4
	brakeHeld      = 3
	// The pace changes by these parts of itself in a window: down where answers
	// take twice as long as they should, proportionally less before that, up while
	// they are in time, fast where they take less than half of it.
	paceUp   = 1. / 128
	paceFast = 1. / 64
	paceDown = 1. / 32
	// paceFirst is what a pace begins with at least, in chats a second: a few of
	// them are no load for any node.
	paceFirst = 10
	// paceLeast is the part of what was usual before that a pace keeps: where
	// refusing chats is not enough, fewer chats make no difference.
	paceLeast = 1. / 16
	// paceWindows is over how many windows the usual is a mean.
	paceWindows = 16
)

// mean is how long answers have taken. A window in which nothing was answered
// says as much as how long that has been going on.
func (w *window) mean() time.Duration {
	switch {
	case w.waited < fewWaiting:
		return 0
	case w.answered > 0:
		return w.took / time.Duration(w.answered)
	}
	return w.silent
}

// share is how many of a thousand new chats were taken.
func (w *window) share() int64 {
	if w.refused == 0 {
		return wholeShare
	}
	return w.taken * wholeShare / (w.taken + w.refused)
}

// next takes a window in. Refusals begin when answers have been late for
// patientWindows, the later they are the sooner, which a burst that the node can
// take is not, or when two windows in a row are so late that it will not. They
// end when in as many windows answers kept to the target and nobody had to be
// refused.
func (p pressure) next(w window, target time.Duration) pressure {
	n := p
	n.last, n.before = w.mean(), p.last
	if w.lasted > 0 {
		n.usual += (float64(w.taken)/w.lasted.Seconds() - p.usual) / paceWindows
	}
	late := max(target, leastLate)
	against := n.last > late
	if p.shedding {
		against = n.last <= target && w.refused == 0
	}
	switch {
	case !against:
		n.against = 0
	case p.shedding:
		n.against++
	default:
		n.against += int(min(n.last/late, muchTooLate)) // twice as late for half as long
	}
	switch {
	case n.against >= patientWindows, !p.shedding && min(n.last, n.before) > muchTooLate*late:
		n.shedding, n.against = !p.shedding, 0
		n.pace = max(n.usual, paceFirst)
		n.least = max(n.pace*paceLeast, 1)
	case p.shedding:
		n.pace = max(p.pace*(1+p.paceChange(n.last, w.refused > 0, target)), p.least)
	}
	return n
}

// paceChange is by which part of itself the pace changes after a window. It does
// not grow while all who come may stay, and shrinks the less the more the brake
// has held in the window: what a backlog of before makes late is not for the
// pace to answer for, which would take long to grow again.
func (p pressure) paceChange(mean time.Duration, bound bool, target time.Duration) float64 {
	switch over := float64(mean-target) / float64(target); {
	case over > 0:
		return -paceDown * min(over, 1) * float64(p.brake(target)) / wholeShare
	case !bound:
		return 0
	case over < -0.5:
		return paceFast
	}
	return paceUp
}

// brake is how many thousandths of the pace may be taken until the next window:
// all as long as answers are in time, none where they take brakeHeld times as
// long. What counts is the better one of the last two windows, so that a single
// stall of the disk turns nobody away.
func (p pressure) brake(target time.Duration) int64 {
	over := min(p.last, p.before) - target
	if over <= 0 || !p.shedding {
		return wholeShare
	}
	return max(0, wholeShare-int64(over)*wholeShare/int64((brakeHeld-1)*target))
}
