package acd

import "time"

// hours is what the queue's schedule says, kept until it says something else.
type hours struct {
	schedule *Schedule // nil is always open
	open     bool
	until    int64 // Unix ms; it has to be asked again then
}

// modeAt is the mode that the configuration gives the queue: an open one keeps
// its hours.
func (q *Queue) modeAt() QueueMode {
	if q.policy.Mode == QueueOpen && q.hours.schedule != nil && !q.hours.open {
		return QueueClosed
	}
	return q.policy.Mode
}

// keepHours looks at the clock and at the schedule of the present policy.
func (q *Queue) keepHours(s *queueTurn) {
	var schedule *Schedule
	if q.policy != nil {
		schedule = s.Config.Schedules[q.policy.Schedule]
	}
	if schedule == nil {
		q.hours = hours{}
		return
	}
	if schedule != q.hours.schedule || s.now >= q.hours.until {
		open, until := schedule.At(s.Now)
		q.hours = hours{schedule, open, until.UnixMilli()}
	}
}

// closed is the refusal of a queue that takes no chats now. One that keeps its
// hours says when they begin.
func (q *Queue) closed(now time.Time) error {
	schedule := q.hours.schedule
	if q.state.Set.Mode != "" || q.policy.Mode != QueueOpen || schedule == nil {
		return ErrQueueClosed
	}
	opens := time.UnixMilli(q.hours.until)
	if open, _ := schedule.At(opens); !open || !opens.After(now) { // it does not open as far as can be seen
		return ErrQueueClosed
	}
	r := *ErrQueueClosed
	r.RetryAfter = opens.Sub(now)
	return &r
}

// turnsAt is when who waits may have to hear that the queue opens or closes; 0
// is never. Nobody else has to: who asks is told what is so then.
func (q *Queue) turnsAt() int64 {
	if q.hours.schedule == nil || q.policy.Mode != QueueOpen || q.line.len() == 0 {
		return 0
	}
	return q.hours.until
}
