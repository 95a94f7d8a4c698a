package acd

import (
	"maps"
	"slices"
	"time"
)

// naive is the queue's rules once more, in lists that are searched from end to
// end: slow, and plain enough to be believed.
type naive struct {
	policy  *QueuePolicy
	desk    DeskPolicy
	now     int64
	waiters []*naiveWaiter
	agents  []*naiveAgent
	open    []*naiveHold
	turns   int64
	asked   []string // by the last command
	entropy uint64   // of the last command
}

type naiveWaiter struct {
	Enqueue
	exclude map[AgentID]int64
	asked   []*naiveHold
	granted int
	denials int
}

type naiveAgent struct {
	AgentAdvert
	holds []*naiveHold
	muted bool
	retry int64
	turn  int64
	taken int
}

type naiveHold struct {
	offer   OfferID
	waiter  *naiveWaiter
	agent   *naiveAgent
	at      int64
	gen     uint64
	granted bool
}

func (n *naive) waiter(c ChatID) *naiveWaiter {
	for _, w := range n.waiters {
		if w.Chat == c {
			return w
		}
	}
	return nil
}

func (n *naive) agent(a AgentID) *naiveAgent {
	for _, x := range n.agents {
		if x.Agent == a {
			return x
		}
	}
	return nil
}

func (n *naive) hold(o OfferID) *naiveHold {
	for _, h := range n.open {
		if h.offer == o {
			return h
		}
	}
	return nil
}

// earlier is the order of a queue.
func (n *naive) earlier(a, b *naiveWaiter) bool {
	if !a.Leg.Key.Equal(b.Leg.Key) {
		return a.Leg.Key.Before(b.Leg.Key)
	}
	if !a.Leg.EnteredAt.Equal(b.Leg.EnteredAt) {
		return a.Leg.EnteredAt.Before(b.Leg.EnteredAt)
	}
	return a.Chat < b.Chat
}

// better is the strategy.
func (n *naive) better(w *naiveWaiter, a, b *naiveAgent) bool {
	if a.tier() != b.tier() {
		return a.tier() < b.tier()
	}
	var x, y int64
	switch n.policy.Strategy {
	case LongestIdle:
		x, y = a.idle(), b.idle()
	case LeastBusy:
		x, y = int64((a.Used+a.units())*b.Capacity), int64((b.Used+b.units())*a.Capacity)
		if x == y {
			x, y = a.idle(), b.idle()
		}
	case RoundRobin:
		x, y = a.turn, b.turn
	case LeastHandled:
		x, y = int64(a.taken+len(a.holds)), int64(b.taken+len(b.holds))
		if x == y {
			x, y = a.idle(), b.idle()
		}
	case Random:
		x, y = int64(lot(n.entropy, w.Chat, b.Agent)), int64(lot(n.entropy, w.Chat, a.Agent))
	case Proficiency:
		x, y = n.score(w, b), n.score(w, a)
		if x == y {
			x, y = a.idle(), b.idle()
		}
	}
	if x != y {
		return x < y
	}
	return a.Agent < b.Agent
}

// asks is what a chat asks for by now: skills at a level, and the last tier.
func (n *naive) asks(w *naiveWaiter) (needs map[string]int, tiers int) {
	needs, tiers = map[string]int{}, n.policy.MaxTier
	for _, text := range append(slices.Clone(w.Leg.Skills), n.policy.Skills...) {
		skill, least, _ := ParseSkill(text)
		needs[skill] = max(needs[skill], least)
	}
	for _, step := range n.policy.Steps {
		if w.Leg.EnteredAt.Add(step.After).UnixMilli() > n.now {
			break
		}
		for _, skill := range step.DropSkills {
			delete(needs, skill)
		}
		for skill := range needs {
			if step.MinLevel > 0 {
				needs[skill] = step.MinLevel
			}
		}
		if step.MaxTier > 0 {
			tiers = step.MaxTier
		}
	}
	return needs, tiers
}

func (a *naiveAgent) tier() int { return max(a.Tier, 1) }

// score sums the levels in each skill that is asked for.
func (n *naive) score(w *naiveWaiter, a *naiveAgent) int64 {
	sum := 0
	needs, _ := n.asks(w)
	for skill := range needs {
		sum += a.level(skill)
	}
	return int64(sum)
}

func (a *naiveAgent) level(skill string) int {
	for _, s := range a.Skills {
		if s == skill {
			if n := a.Levels[skill]; n > 0 {
				return n
			}
			return 5
		}
	}
	return 0
}

func (a *naiveAgent) idle() int64 {
	idle := a.IdleSince.UnixMilli()
	for _, h := range a.holds {
		idle = max(idle, h.at)
	}
	return idle
}

func (a *naiveAgent) units() int {
	sum := 0
	for _, h := range a.holds {
		sum += h.waiter.Weight
	}
	return sum
}

func (n *naive) fits(w *naiveWaiter, a *naiveAgent) bool {
	if p := n.prefers(w); p != "" {
		return p == a.Agent && n.takes(w, a)
	}
	needs, tiers := n.asks(w)
	for skill, least := range needs {
		if a.level(skill) < least {
			return false
		}
	}
	return (tiers == 0 || a.tier() <= tiers) && n.takes(w, a)
}

// prefers is whom the chat waits for, and nobody else.
func (n *naive) prefers(w *naiveWaiter) AgentID {
	a := n.agent(w.Leg.Prefer)
	if a == nil || !a.Available || w.Leg.PreferUntil.UnixMilli() <= n.now || w.exclude[a.Agent] > n.now || !n.belongs(a) {
		return ""
	}
	return a.Agent
}

// belongs reports whether he has what the queue wants of everybody.
func (n *naive) belongs(a *naiveAgent) bool {
	for _, text := range n.policy.Skills {
		if skill, least, _ := ParseSkill(text); len(n.policy.Steps) == 0 && a.level(skill) < least {
			return false
		}
	}
	return true
}

// takes reports whether he has room for the chat, and may get it.
func (n *naive) takes(w *naiveWaiter, a *naiveAgent) bool {
	if room, limited := a.Room[w.Channel]; limited {
		for _, h := range a.holds {
			if h.waiter.Channel == w.Channel {
				room--
			}
		}
		if room <= 0 {
			return false
		}
	}
	for _, h := range a.holds {
		if h.waiter.Chat == w.Chat && n.policy.RingCount > 1 {
			return false
		}
	}
	return a.Available && !a.muted && a.Free-a.units() >= w.Weight &&
		w.exclude[a.Agent] <= n.now && !slices.Contains(a.Chats, w.Chat)
}

// match asks for agents until nobody is left who could be.
func (n *naive) match(offer func(ChatID, AgentID) OfferID) {
	for {
		var w *naiveWaiter
		var a *naiveAgent
		for _, x := range n.waiters {
			if len(x.asked)+x.granted >= n.policy.RingCount || w != nil && !n.earlier(x, w) {
				continue
			}
			for _, y := range n.agents {
				if n.fits(x, y) && (x != w || n.better(x, y, a)) {
					w, a = x, y
				}
			}
		}
		if w == nil {
			return
		}
		n.turns++
		h := &naiveHold{offer: offer(w.Chat, a.Agent), waiter: w, agent: a, at: n.now, gen: a.Gen}
		w.asked, a.turn = append(w.asked, h), n.turns
		a.holds, n.open = append(a.holds, h), append(n.open, h)
		n.asked = append(n.asked, string(a.Agent)+":"+string(w.Chat))
	}
}

func (n *naive) close(h *naiveHold, drop bool) {
	h.waiter.asked = slices.DeleteFunc(h.waiter.asked, func(x *naiveHold) bool { return x == h })
	n.open = slices.DeleteFunc(n.open, func(x *naiveHold) bool { return x == h })
	if drop {
		h.agent.holds = slices.DeleteFunc(h.agent.holds, func(x *naiveHold) bool { return x == h })
	}
}

func (n *naive) remove(w *naiveWaiter) {
	for len(w.asked) > 0 {
		n.close(w.asked[0], true)
	}
	n.waiters = slices.DeleteFunc(n.waiters, func(x *naiveWaiter) bool { return x == w })
}

// take does one command up to the match.
func (n *naive) take(now time.Time, cmd Command) {
	n.now, n.asked = now.UnixMilli(), []string{}
	switch c := cmd.(type) {
	case Enqueue:
		n.enqueue(c)
	case Withdraw:
		if w := n.waiter(c.Chat); w != nil && w.Leg.ID == c.ID {
			n.remove(w)
			if a := n.agent(c.Agent); a != nil {
				a.taken++
			}
		}
	case OfferVoid:
		if w := n.waiter(c.Chat); w != nil && w.Leg.ID == c.ID {
			n.remove(w)
		}
	case Advert:
		n.advert(c.Advert)
	case Reserved:
		if h := n.hold(c.Offer); h != nil {
			n.close(h, false)
			h.granted, h.waiter.denials = true, 0
			h.waiter.granted++
		}
	case ReserveDenied:
		n.denied(c)
	case Tick:
		n.tick()
	}
}

func (n *naive) enqueue(e Enqueue) {
	old := n.waiter(e.Chat)
	if old != nil && len(old.asked) > 0 && old.Leg.ID == e.Leg.ID {
		old.exclude, old.granted = maps.Clone(e.Exclude), 0
		for _, h := range slices.Clone(old.asked) {
			if old.exclude[h.agent.Agent] > n.now {
				n.close(h, true)
			}
		}
		return
	}
	if old != nil {
		n.remove(old)
	}
	n.waiters = append(n.waiters, &naiveWaiter{Enqueue: e, exclude: maps.Clone(e.Exclude)})
}

func (n *naive) advert(ad AgentAdvert) {
	a := n.agent(ad.Agent)
	if a == nil {
		a = &naiveAgent{}
		n.agents = append(n.agents, a)
	} else if ad.Gen <= a.Gen {
		return
	}
	if ad.SignedIn && !a.SignedIn {
		least := -1
		for _, x := range n.agents {
			if x.SignedIn && (least < 0 || x.taken < least) {
				least = x.taken
			}
		}
		a.taken = max(a.taken, least)
	}
	a.AgentAdvert, a.muted, a.retry = ad, false, 0
	a.holds = slices.DeleteFunc(a.holds, func(h *naiveHold) bool {
		return h.granted || slices.Contains(ad.Chats, h.waiter.Chat)
	})
}

func (n *naive) denied(c ReserveDenied) {
	h := n.hold(c.Offer)
	if h == nil {
		return
	}
	n.close(h, true)
	h.agent.muted = h.agent.muted || h.agent.Gen == h.gen
	if h.waiter.denials++; h.waiter.denials == maxDenials {
		h.waiter.denials = 0
		if h.waiter.exclude == nil {
			h.waiter.exclude = map[AgentID]int64{}
		}
		h.waiter.exclude[c.Agent] = max(h.waiter.exclude[c.Agent], n.now+n.desk.ReserveWait.Milliseconds())
	}
}

func (n *naive) tick() {
	for _, h := range slices.Clone(n.open) {
		if h.at+n.desk.ReserveWait.Milliseconds() <= n.now {
			n.close(h, true)
			h.agent.muted, h.agent.retry = true, n.now+n.desk.ReserveTTL.Milliseconds()
		}
	}
	for _, a := range n.agents {
		if a.retry != 0 && a.retry <= n.now {
			a.muted, a.retry = false, 0
		}
	}
}
