package acd

import (
	"cmp"
	"slices"
	"time"
)

// waiter is one chat's stay in the queue. Agents are asked for a slot, and each
// slot is granted to the chat: the offer is then the chat's affair until it
// comes back or goes. Who wants another agent, most often the first, is loose.
// It is all that memory has of a chat that waits and is not in an actor: what
// few have of it stands apart, and what many have alike only once.
type waiter struct {
	*wish
	Chat         ChatID
	Customer     CustomerID
	key, entered int64 // of the order, Unix µs
	class        *class
	calls        *calls // nil while there is nothing in it
	number       stayNumber
	told         int32 // its place, as the customer knows it; 0 is not told
	toldAfter    int32 // ms after it entered
}

type exclusion struct {
	agent AgentID
	until int64 // Unix ms
}

func (x exclusion) compare(a AgentID) int { return cmp.Compare(x.agent, a) }

// wanted is how many more agents than it rings at are to be asked for it at most.
func (w *waiter) wanted() int { return max(0, w.rings()-len(w.granted())) }

// enteredAt is in Unix ms.
func (w *waiter) enteredAt() int64 { return time.UnixMicro(w.entered).UnixMilli() }

func (w *waiter) loose() bool { return len(w.asked())+len(w.granted()) < w.rings() }

// asks reports whether agents have been asked for the same stay, with the same
// needs, so that what they answer holds for e too.
func (w *waiter) asks(e *Enqueue) bool {
	return len(w.asked()) > 0 && w.stays(e.Leg.ID) && w.channel == e.Channel &&
		w.weight == e.Weight && slices.Equal(w.skills, e.Leg.Skills) && (w.class.rule == nil || w.facts.same(e.Facts))
}

// excludes reports whether the agent must not get the chat now.
func (w *waiter) excludes(a AgentID, now int64) bool {
	i, ok := slices.BinarySearchFunc(w.excluded(), a, exclusion.compare)
	return ok && w.excluded()[i].until > now
}

// compareWaiters is the order of the queue. It never changes by itself.
func compareWaiters(a, b *waiter) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.entered, b.entered), cmp.Compare(a.Chat, b.Chat))
}

func waiterBefore(a, b *waiter) bool {
	if a.key != b.key {
		return a.key < b.key
	}
	if a.entered != b.entered {
		return a.entered < b.entered
	}
	return a.Chat < b.Chat
}

// class is all chats that ask the same of an agent. Only the loose ones stand
// in its order, so that its head is the next to be served.
type class struct {
	classKey
	needs   []need
	loose   ranks[*waiter]
	head    *waiter // the first of the loose, nil if there is none
	match   *condition
	members int    // loose or not
	file    string // the skill it is filed under, "" if it needs none; or an agent's own
}

type classKey struct {
	channel Channel
	weight  int
	skills  string
	tier    int     // the last that is asked; 0 is all
	prefer  AgentID // the only one who is asked
	// rule is the condition, facts what it reads of these chats.
	rule  Condition
	facts string
}

// line is who waits: all in order, and by class.
type line struct {
	chats   index
	order   ranks[*waiter]
	classes map[classKey]*class
	// files holds the classes in which somebody is loose, by their heads. Each
	// is filed under one skill that it needs, the one that the fewest agents
	// have, so that an agent looks only at what he may fit, the oldest first.
	files map[string]*ranks[*class]
	// fond are the chats that would rather have one agent, by him, and lost
	// those that go back to one who has lost them.
	fond, lost map[AgentID][]*waiter
	shifted    bool // places have changed that nobody has looked at
	wishes     wishes
}

func newLine() line {
	return line{
		order:   ranks[*waiter]{before: waiterBefore},
		classes: map[classKey]*class{},
		files:   map[string]*ranks[*class]{},
		fond:    map[AgentID][]*waiter{},
		lost:    map[AgentID][]*waiter{},
	}
}

func (l *line) len() int { return l.order.len() }

// add puts w, whose class is known, at its place.
func (l *line) add(w *waiter) {
	l.chats.put(w)
	l.shifts(w)
	l.order.set(w)
	if a := w.prefer; a != "" {
		l.fond[a] = append(l.fond[a], w)
	}
	if a := w.returning; a != "" {
		l.lost[a] = append(l.lost[a], w)
	}
	l.shelve(w)
}

// shifts notes that w comes or goes, which is something to all behind it.
func (l *line) shifts(w *waiter) {
	if last := l.order.last(); last != nil && last != w && waiterBefore(w, last) {
		l.shifted = true
	}
}

// remove takes w out, wherever it stands.
func (l *line) remove(w *waiter) {
	l.leave(w)
	l.shifts(w)
	l.order.delete(w)
	l.chats.drop(w.Chat)
	dropFrom(l.fond, w.prefer, w)
	dropFrom(l.lost, w.returning, w)
}

func dropFrom(of map[AgentID][]*waiter, a AgentID, w *waiter) {
	if a == "" {
		return
	}
	of[a] = slices.DeleteFunc(of[a], func(x *waiter) bool { return x == w })
	if len(of[a]) == 0 {
		delete(of, a)
	}
}

// leave takes w out of its class.
func (l *line) leave(w *waiter) {
	w.class.loose.delete(w)
	l.file(w.class)
	if w.class.members--; w.class.members == 0 {
		delete(l.classes, w.class.classKey)
	}
}

// shelve makes w's class agree with whether w is loose.
func (l *line) shelve(w *waiter) {
	if w.loose() {
		w.class.loose.set(w)
	} else {
		w.class.loose.delete(w)
	}
	l.file(w.class)
}

// file keeps a class at the place that its head gives it.
func (l *line) file(k *class) {
	head := k.loose.first()
	if head == k.head {
		return
	}
	f := l.files[k.file]
	if f == nil {
		f = newRanks(func(a, b *class) bool { return waiterBefore(a.head, b.head) })
		l.files[k.file] = f
	}
	if k.head != nil && head != nil && f.len() == 1 { // alone there, whoever is its head
		k.head = head
		return
	}
	if k.head != nil {
		f.delete(k)
	}
	if k.head = head; head != nil {
		f.set(k)
	} else if f.len() == 0 {
		delete(l.files, k.file)
	}
}

// classOf finds the class of who asks for that, or makes it; known counts who
// has a skill.
func (l *line) classOf(key classKey, needs []need, match *condition, known map[string]int) *class {
	if c := l.classes[key]; c != nil {
		return c
	}
	c := &class{classKey: key, needs: needs, match: match, loose: ranks[*waiter]{before: waiterBefore}}
	for i, n := range needs {
		if i == 0 || known[n.skill] < known[c.file] {
			c.file = n.skill
		}
	}
	if key.prefer != "" {
		c.file = ownFile(key.prefer)
	}
	l.classes[key] = c
	return c
}

// enqueue puts a chat at its place, brings its entry up to date, or takes it
// back after an offer that came to nothing (Q1, Q3). A chat that exists is
// never refused for the queue's size: it was admitted once.
func (q *Queue) enqueue(s *queueTurn, e *Enqueue) {
	sure := q.sure(s, e)
	q.release(e.Chat)
	d, why := q.dismissal(s.Now)
	if d.Do != KeepWaiting {
		if w := q.line.chats.get(e.Chat); w != nil {
			q.remove(s, w)
		}
		q.dismiss(s, e.Chat, e.Leg.ID, d, why)
		return
	}
	w := q.insert(s, e)
	if !sure {
		q.askStay(s, w, e.Leg.ID)
	}
	if len(e.Exclude) > 0 && q.allDeclined(s, w) {
		return
	}
	q.notice(s, w, d, why, 0)
	if w.told == 0 {
		q.tellPlace(s, w, q.line.order.place(w))
	}
}

// insert makes e the chat's entry. The same stay keeps a reservation that is
// still good and its customer's knowledge; another one begins anew.
func (q *Queue) insert(s *queueTurn, e *Enqueue) *waiter {
	w := &waiter{wish: q.line.wishes.of(e), Chat: e.Chat, Customer: e.Customer,
		key: e.Leg.Key.UnixMicro(), entered: e.Leg.EnteredAt.UnixMicro()}
	w.setStay(e.Leg.ID)
	if e.Offer != "" {
		w.grant(e.Offer)
		w.grant(e.More...)
	}
	if old := q.line.chats.get(e.Chat); old != nil {
		if old.stays(e.Leg.ID) {
			w.tell(int(old.told), old.toldAt())
		}
		if old.asks(e) {
			for _, r := range old.asked() {
				w.ask(r)
			}
			w.calls.denials = old.calls.denials
			old.calls.asked = nil
		}
		q.remove(s, old)
	}
	q.exclude(s, w, e.Exclude)
	q.suit(w, s.now)
	q.line.add(w)
	for _, r := range w.asked() {
		r.waiter = w
	}
	for i := len(w.asked()) - 1; i >= 0; i-- {
		if r := w.asked()[i]; w.excludes(r.agent.Agent, s.now) {
			q.giveBack(s, r)
		}
	}
	q.unask(s, w, w.wanted())
	if w.loose() {
		s.loose = append(s.loose, w)
	}
	return w
}

// withdraw takes out a chat that was taken or has gone (Q2, Q4).
func (q *Queue) withdraw(s *queueTurn, c Withdraw) {
	q.release(c.Chat) // which a start that was sent twice may have taken again
	w := q.line.chats.get(c.Chat)
	if w == nil || !w.stays(c.ID) {
		return
	}
	q.remove(s, w)
	waited := max(0, time.Duration(s.now-w.enteredAt())*time.Millisecond)
	q.pace.left(c.Reason, waited)
	q.level.left(s.now, c.Reason, waited, q.policy)
	if c.Reason == Taken {
		q.roster.took(c.Agent)
	}
}

// voided drops an entry whose chat has moved on without the queue's knowledge.
func (q *Queue) voided(s *queueTurn, c OfferVoid) {
	if w := q.line.chats.get(c.Chat); w != nil && w.stays(c.ID) {
		q.remove(s, w)
	}
}

// remove forgets w. The slot of an agent who was asked is given back; one that
// has been granted is the chat's to give.
func (q *Queue) remove(s *queueTurn, w *waiter) {
	q.unask(s, w, 0)
	q.unwake(w)
	q.unstep(w)
	q.line.remove(w)
}

// unask takes back what agents were asked for, but for the first few.
func (q *Queue) unask(s *queueTurn, w *waiter, keep int) {
	for len(w.asked()) > keep {
		q.giveBack(s, w.asked()[len(w.asked())-1])
	}
}

// exclude takes over whom the chat does not go to, in a copy of its own.
func (q *Queue) exclude(s *queueTurn, w *waiter, until map[AgentID]int64) {
	if len(until) == 0 {
		return
	}
	w.calling().bars = &bars{declined: until}
	for agent, at := range until {
		if at > s.now {
			w.calls.bars.excluded = append(w.calls.bars.excluded, exclusion{agent, at})
		}
	}
	slices.SortFunc(w.calls.bars.excluded, func(a, b exclusion) int { return cmp.Compare(a.agent, b.agent) })
	q.wake(w)
}

// wake sets the alarm for the first exclusion that runs out.
func (q *Queue) wake(w *waiter) {
	q.unwake(w)
	for _, x := range w.excluded() {
		if at := w.wakesAt(); at == 0 || x.until < at {
			w.calls.bars.wake = x.until
		}
	}
	if at := w.wakesAt(); at != 0 {
		q.agenda.set(alarm{at, alarmExclusion, string(w.Chat)})
	}
}

func (q *Queue) unwake(w *waiter) {
	if at := w.wakesAt(); at != 0 {
		q.agenda.delete(alarm{at, alarmExclusion, string(w.Chat)})
		w.calls.bars.wake = 0
	}
}

// readmit forgets the exclusions that have run out (Q12).
func (q *Queue) readmit(s *queueTurn, c ChatID) {
	w := q.line.chats.get(c)
	w.calls.bars.excluded = slices.DeleteFunc(w.calls.bars.excluded, func(x exclusion) bool { return x.until <= s.now })
	q.wake(w)
	q.resuit(w, s.now)
	if w.loose() {
		s.loose = append(s.loose, w)
	}
}
