package acd

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Queue owns the order of one queue and who is offered what. Of that nothing is
// durable: who waits is the chats' own fact, who is free is the agents', and
// both tell it again after a restart. Step changes the books and answers with
// sends and with news of places; the one event that it returns is that a
// supervisor has set the queue's mode.
//
// Every command does two things in turn: it brings the books up to date, and
// then what has become loose, chats or agents, is matched. There is no
// polling, and as long as nobody is looked past (QueuePolicy.MatchScan) no
// chat waits while an agent who could take it is known to be free.
type Queue struct {
	id    QueueID
	state QueueState
	was   QueueMode // at the end of the last step
	// conditional is that the policy has a condition, here or at a step.
	conditional bool
	policy      *QueuePolicy // what the roster is ranked by; nil when there is no such queue
	line        line
	roster      roster
	open        map[OfferID]*reservation // asked of an agent, not yet answered
	held        map[ChatID]int64         // admitted, not yet here: until, Unix ms
	agenda      ranks[alarm]
	pace        pace
	level       level
	hours       hours
	mindAt      int64 // when those whom all have declined are looked at; 0 is never
	tellAt      int64 // of the next walk that tells places; 0 is none that is due to a change
	lostAt      int64 // when those who wait while nobody is available are sent away; 0 is never
	room        room
}

var _ Machine = (*Queue)(nil)

// NewQueue returns a queue in which nobody waits and nobody is known.
func NewQueue(id QueueID) *Queue {
	return &Queue{
		id:     id,
		line:   newLine(),
		roster: newRoster(),
		open:   map[OfferID]*reservation{},
		held:   map[ChatID]int64{},
		agenda: ranks[alarm]{before: alarm.before},
	}
}

// queueTurn is one step on its way: what came in, what has become loose and
// wants a match, and what goes out.
type queueTurn struct {
	Turn
	now      int64 // Unix ms
	ids      int
	loose    []*waiter
	idle     []*candidate
	hopeless map[*class]bool // nobody takes any chat of it
	asker    AgentID         // who wants to hear that chats were looked for
	asked    uint64          // the Gen of his advert
	out      Outcome
}

// room is where a step has its lists, as most need it: one chat or one agent.
// It is the queue's since the step's own would be made anew for each.
type room struct {
	loose [1]*waiter
	idle  [1]*candidate
}

func (s *queueTurn) send(to Address, cmd Command) {
	s.out.Sends = append(s.out.Sends, Send{To: to, Cmd: cmd})
}

// Step takes one command. A refused one changes nothing that is asked about;
// a change of policy that came with it is taken note of all the same.
func (q *Queue) Step(t Turn, cmd Command) Outcome {
	s := &queueTurn{Turn: t, now: t.Now.UnixMilli(), loose: q.room.loose[:0], idle: q.room.idle[:0]}
	q.pace.begin(s.now)
	q.follow(s)
	switch c := cmd.(type) {
	case Start:
		q.admit(s, c)
	case Enqueue:
		q.enqueue(s, &c)
	case Withdraw:
		q.withdraw(s, c)
	case OfferVoid:
		q.voided(s, c)
	case Advert:
		q.advertised(s, &c.Advert)
	case Reserved:
		q.reserved(s, c)
	case ReserveDenied:
		q.denied(s, c)
	case Restore:
		q.restore(s, c)
	case Admit:
		q.admitTransfer(s, c)
	case PickNext:
		q.pickNext(s)
	case Tick:
		q.tick(s)
	case ConfigChanged: // followed already
	case ViewQueue:
		q.view(s)
	case AskPlace:
		q.forgetTold(c.Chat)
	case SetQueueMode:
		q.setMode(s, c)
	default: // nothing else is addressed to a queue
		s.out.Err = ErrBadState
	}
	q.settle(s)
	if s.asker != "" {
		s.send(s.asker.Address(), Looked{q.id, s.asked})
	}
	q.arm(s.now)
	q.armLost(s)
	q.room = room{}
	return s.out
}

// Pending is empty: an agent's slot has a time limit of its own, and the chats
// and the agents tell a new queue what it must know.
func (q *Queue) Pending() []Send { return nil }

// Deadline is when the next reservation, exclusion, held place or silence runs
// out, places are to be told, or the queue opens or closes.
func (q *Queue) Deadline() time.Time {
	at := earlier(earlier(q.tellAt, q.lostAt), earlier(q.turnsAt(), q.mindAt))
	at = earlier(at, q.agenda.first().at)
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at).UTC()
}

// follow takes note of another policy and of the clock, and looks again at all
// who wait.
func (q *Queue) follow(s *queueTurn) {
	policy := s.Config.Queues[q.id]
	if policy == q.policy {
		q.keepHours(s)
		q.turn(s)
		return
	}
	q.policy, q.was = policy, ""
	q.keepHours(s)
	if policy != nil {
		q.roster.configure(policy)
	}
	if q.conditional || policy != nil && len(policy.conditions()) > 0 {
		q.regroup()
		q.introductions(s)
	}
	q.turn(s)
	q.refit(s)
	q.loosen(s)
}

// loosen marks all who wait without an offer, in their order.
func (q *Queue) loosen(s *queueTurn) {
	q.line.order.scan(func(w *waiter) bool {
		if w.loose() {
			s.loose = append(s.loose, w)
		}
		return true
	})
}

// dissolve sends everybody away whose offer is not on its way yet, or tells
// them what there is to tell. Open offers run to their end.
func (q *Queue) dissolve(s *queueTurn, d Dismissal, why string) {
	if d.Do == KeepWaiting && d.Text == "" {
		return
	}
	for _, w := range q.line.order.items() {
		if d.Do == KeepWaiting {
			q.notice(s, w, d, why, 0)
			continue
		}
		if len(w.granted()) > 0 {
			q.unask(s, w, 0)
			continue
		}
		q.remove(s, w)
		q.dismiss(s, w.Chat, w.stay(), d, why)
	}
}

// restore takes in the chats that the index says wait.
func (q *Queue) restore(s *queueTurn, c Restore) {
	for i := range c.Waiting {
		e := &c.Waiting[i]
		d, why := q.dismissal(s.Now)
		if d.Do != KeepWaiting {
			q.dismiss(s, e.Chat, e.Leg.ID, d, why)
			continue
		}
		q.notice(s, q.insert(s, e), d, why, 0)
		q.line.shifted = true
	}
	if c.More {
		return
	}
	q.introductions(s)
	if c.Failed {
		q.rollCall(s)
	}
}

// AskAdvert asks an agent what he could take now, although nothing has changed.
type AskAdvert struct{ Queue QueueID }

func (AskAdvert) command() {}

// rollCall asks everybody for an advert. After a start of the node all give
// one; when the queue alone has failed, nobody else knows of it.
func (q *Queue) rollCall(s *queueTurn) {
	for _, a := range slices.Sorted(maps.Keys(s.Config.Agents)) {
		if slices.Contains(s.Config.Agents[a].Queues, q.id) {
			s.send(a.Address(), AskAdvert{q.id})
		}
	}
}

// view answers a supervisor. Finding the oldest is a walk: the order is not
// that of age alone.
func (q *Queue) view(s *queueTurn) {
	if s.By.Role == RoleCustomer {
		s.out.Err = ErrForbidden
		return
	}
	if q.policy == nil || s.By.limited() && !s.By.OverseesAny(q.id) {
		s.out.Err = ErrNotFound
		return
	}
	v := QueueView{
		Queue: q.id, Name: q.policy.Name, Mode: q.mode(s.Now), Set: q.state.Set, Waiting: q.line.len(),
		SignedIn: q.roster.signedIn, Available: q.roster.available, Free: q.roster.count[standsFree],
	}
	v.Level = q.level.sum(s.now)
	v.Level.Threshold = q.policy.ServiceLevel
	v.Wait = q.pace.wait(v.Waiting+1, s.now)
	v.Takes = q.refuses(s.Now) == nil
	oldest := int64(math.MaxInt64)
	q.line.order.scan(func(w *waiter) bool {
		oldest = min(oldest, w.entered)
		return true
	})
	if v.Waiting > 0 {
		v.Oldest = time.UnixMicro(oldest).UTC()
	}
	s.out.Result = v
}

// tick does what is due. All of it is made loose first and then matched together.
func (q *Queue) tick(s *queueTurn) {
	for {
		a := q.agenda.first()
		if a.at == 0 || a.at > s.now {
			break
		}
		q.agenda.delete(a)
		switch a.kind {
		case alarmReserve:
			q.unanswered(s, OfferID(a.ref))
		case alarmExclusion:
			q.readmit(s, ChatID(a.ref))
		case alarmStep:
			q.stepped(s, ChatID(a.ref))
		case alarmPlace:
			delete(q.held, ChatID(a.ref))
		case alarmSilence:
			q.roster.unmute(AgentID(a.ref))
			s.idle = append(s.idle, q.roster.byID[AgentID(a.ref)])
		}
	}
	q.giveUp(s)
	if q.mindAt != 0 && q.mindAt <= s.now {
		q.lacking(s)
	}
	if q.tellAt != 0 && q.tellAt <= s.now {
		q.tellPlaces(s)
	}
}

// alarm is one thing to do at its time.
type alarm struct {
	at   int64
	kind alarmKind
	ref  string
}

type alarmKind uint8

const (
	alarmReserve   alarmKind = iota + 1 // an agent has not answered
	alarmExclusion                      // an exclusion has run out
	alarmPlace                          // an admitted chat has not come
	alarmSilence                        // an agent who did not answer is tried again
	alarmStep                           // a chat is to be looked for more widely
)

func (a alarm) before(b alarm) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	if a.kind != b.kind {
		return a.kind < b.kind
	}
	return a.ref < b.ref
}
