package acd

import "time"

// SetQueueMode takes a queue's mode into a supervisor's hand, whatever the
// configuration says, or gives it back with QueueAuto.
type SetQueueMode struct{ Mode QueueMode }

// QueueAuto is asked for to end what a supervisor has set.
const QueueAuto QueueMode = "auto"

// QueueModeSet is that a supervisor has set the queue's mode. It stands until
// another one takes its place; QueueAuto ends it. It is the one thing about a
// queue that is durable.
type QueueModeSet struct {
	Mode QueueMode `cbor:"1,keyasint"`
	By   AgentID   `cbor:"2,keyasint,omitempty"`
	Name string    `cbor:"3,keyasint,omitempty"`
	At   time.Time `cbor:"4,keyasint"`
}

func (SetQueueMode) command() {}
func (QueueModeSet) event()   {}

// QueueState is what a snapshot of a queue holds.
type QueueState struct {
	// Set is what a supervisor has set; its Mode is empty when nobody has.
	Set QueueModeSet `cbor:"1,keyasint"`
}

// Export returns all that is durable, for a snapshot.
func (q *Queue) Export() QueueState { return q.state }

// Import takes the state of a snapshot in place of the present one. It is for
// a fresh Queue, before the first Step.
func (q *Queue) Import(s QueueState) { q.state = s }

// Apply folds an event of the queue's journal.
func (q *Queue) Apply(_ time.Time, e Event) {
	if set, ok := e.(QueueModeSet); ok {
		if q.state.Set = set; set.Mode == QueueAuto {
			q.state.Set = QueueModeSet{}
		}
	}
}

// mode says whether the queue takes chats and keeps them. A queue that is gone
// is gone; else a supervisor's word stands before the configuration's.
func (q *Queue) mode(now time.Time) QueueMode {
	switch {
	case q.policy == nil || q.policy.Mode == QueueDeleted:
		return QueueDeleted
	case q.state.Set.Mode != "":
		return q.state.Set.Mode
	}
	return q.modeAt()
}

// setMode takes a supervisor's word, which holds at once for who waits.
func (q *Queue) setMode(s *queueTurn, c SetQueueMode) {
	switch {
	case !s.By.Oversees():
		s.out.Err = ErrForbidden
	case !s.By.OverseesAny(q.id):
		s.out.Err = s.Config.Outside(s.By, q.id)
	case q.policy == nil || q.policy.Mode == QueueDeleted:
		s.out.Err = ErrNotFound
	case c.Mode != QueueOpen && c.Mode != QueueClosed && c.Mode != QueueDraining && c.Mode != QueueAuto:
		s.out.Err = badState("a queue's mode is open, closed, draining or auto")
	case c.Mode == q.state.Set.Mode, c.Mode == QueueAuto && q.state.Set.Mode == "":
		s.out.Result = Result{}
	default:
		set := QueueModeSet{Mode: c.Mode, By: AgentID(s.By.ID), Name: s.By.Name, At: s.Now}
		q.Apply(s.Now, set)
		s.out.Events = append(s.out.Events, set)
		s.out.Result = Result{}
		q.turn(s)
	}
}

// turn sends away who waits when the mode has become one that keeps nobody, or
// tells them what there is to tell.
func (q *Queue) turn(s *queueTurn) {
	now := q.mode(s.Now)
	if now == q.was {
		return
	}
	q.was = now
	d, why := q.dismissal(s.Now)
	q.dissolve(s, d, why)
}
