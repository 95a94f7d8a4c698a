package acd

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

// turnsAt is when who waits may have to hear that the queue opens or closes; 0
// is never. Nobody else has to: who asks is told what is so then.
func (q *Queue) turnsAt() int64 {
	if q.hours.schedule == nil || q.policy.Mode != QueueOpen || q.line.len() == 0 {
		return 0
	}
	return q.hours.until
}
