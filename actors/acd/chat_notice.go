package acd

import (
	"slices"
	"time"
)

// Saying is one thing that a queue says to who waits: first after a time, then
// again and again.
type Saying struct {
	Text  string        `cbor:"1,keyasint"`
	After time.Duration `cbor:"2,keyasint"`
	Every time.Duration `cbor:"3,keyasint,omitempty"` // 0 is once
}

// WaitState is what has been said in the present stay in a queue. The chat
// owns it, as it owns the line of the transcript that it counts: both are in one
// record, so that nothing is said twice or lost.
type WaitState struct {
	From    time.Time `cbor:"1,keyasint"`           // when the wait began
	Said    []int     `cbor:"2,keyasint,omitempty"` // of each saying, how often it has been its time
	Noticed []string  `cbor:"3,keyasint,omitempty"` // reasons
}

// Events of a wait.
type (
	// WaitSaid counts a saying whose time has come; its text is the message
	// beside it.
	WaitSaid struct {
		Saying int `cbor:"1,keyasint"`
		Times  int `cbor:"2,keyasint"` // by now
	}
	// WaitNoticed says that the queue has told the chat why it waits longer.
	WaitNoticed struct {
		Reason string `cbor:"1,keyasint"`
		Said   bool   `cbor:"2,keyasint,omitempty"` // as a message beside it
		Retry  int64  `cbor:"3,keyasint,omitempty"` // nobody is left out for longer, Unix milliseconds
	}
)

func (WaitSaid) event()    {}
func (WaitNoticed) event() {}

// waits begins a stay in which nothing has been said.
func (c *Chat) waits(at time.Time) {
	c.Waits = nil
	if n := len(c.Policy.Sayings); n > 0 {
		c.Waits = &WaitState{From: at, Said: make([]int, n)}
	}
}

// sayDue is when the next saying is due; while the chat rings too, but not for
// who is served.
func (c *Chat) sayDue() (at time.Time) {
	if c.Waits == nil || c.Phase != PhaseQueued || c.Leg == nil {
		return at
	}
	for i := range c.Waits.Said {
		at = sooner(at, c.sayingDue(i))
	}
	return at
}

func (c *Chat) sayingDue(i int) time.Time {
	said, of := c.Waits.Said[i], c.Policy.Sayings[i]
	if said > 0 && of.Every <= 0 {
		return time.Time{}
	}
	return c.Waits.From.Add(of.After + time.Duration(said)*of.Every)
}

// sayTick says what is due. What was due several times while the node was down
// is said once.
func (s *chatStep) sayTick() {
	if s.sayDue().IsZero() {
		return
	}
	for i := range s.Waits.Said {
		if at := s.sayingDue(i); !s.t.due(at, s.Waits.From) {
			continue
		}
		of, times := s.Policy.Sayings[i], 1
		if of.Every > 0 {
			times += max(int(s.t.Now.Sub(s.Waits.From.Add(of.After))/of.Every), s.Waits.Said[i])
		}
		s.say(of.Text)
		s.emit(WaitSaid{Saying: i, Times: times})
	}
}

// noticed shows what the queue wants shown, and asks it again for agents whom
// it need not leave out for so long.
func (s *chatStep) noticed(m Notice) {
	if s.Leg == nil || s.Leg.ID != m.ID {
		return
	}
	e := WaitNoticed{Reason: m.Reason}
	e.Said = m.Text != "" && s.Owner == "" && (s.Waits == nil || !slices.Contains(s.Waits.Noticed, m.Reason))
	if m.Retry > 0 && slices.ContainsFunc(s.Excluded, func(x Exclusion) bool { return x.Until > m.Retry }) {
		e.Retry = m.Retry
	}
	if !e.Said && e.Retry == 0 {
		return
	}
	if e.Said {
		s.say(m.Text)
	}
	s.emit(e)
	if e.Retry > 0 {
		s.tell(s.sendQueue(s.Leg.Queue, *s.Waiting()))
	}
}

// applyWait is Apply for what happens in a wait.
func (c *Chat) applyWait(e Event) {
	w := WaitState{}
	if c.Waits != nil {
		w = *c.Waits
	}
	switch e := e.(type) {
	case WaitSaid:
		if e.Saying < len(w.Said) {
			w.Said = slices.Clone(w.Said)
			w.Said[e.Saying] = e.Times
			c.Waits = &w
		}
	case WaitNoticed:
		if e.Said {
			w.Noticed = append(slices.Clone(w.Noticed), e.Reason)
			c.Waits = &w
		}
		if e.Retry > 0 {
			c.Excluded = slices.Clone(c.Excluded)
			for i := range c.Excluded {
				c.Excluded[i].Until = min(c.Excluded[i].Until, e.Retry)
			}
		}
	}
}
