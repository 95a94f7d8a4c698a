package acd

import (
	"math"
	"slices"
)

// standing is how an agent stands to the queue, whatever the chat.
type standing uint8

const (
	standsAway      standing = iota // takes no offers
	standsUnskilled                 // lacks a skill that the queue wants
	standsBusy                      // has said so, or has denied or not answered
	standsReserved                  // what he had free has been asked for
	standsFree
	standings
)

// Why an agent is passed over.
const (
	passAway     = "not_available"
	passBusy     = "busy"
	passChannel  = "channel"
	passSkill    = "skill"
	passTier     = "tier"
	passOther    = "preferred"
	passExcluded = "excluded"
	passReserved = "reserved"
	passRings    = "ringing"
	passBehind   = "behind"
)

// reason is why nobody of this standing gets a chat; "" for the free.
func (s standing) reason() string {
	return [standings]string{passAway, passSkill, passBusy, passReserved, ""}[s]
}

// candidate is what the queue knows of an agent: his own advert, less what has
// been asked of him since he gave it.
type candidate struct {
	AgentAdvert
	standing standing
	rank     rank
	listed   bool // stands among the free, under rank
	// holds are the reservations that the advert does not know of yet.
	holds []*reservation
	muted bool   // counts as busy until a later advert
	retry int64  // of the alarm that ends it anyway; 0 is none
	kind  int    // of his facts, as conditions read them
	own   string // file of the chats that wait for him
	turn  int64  // when he was last given a chat, counted in chats; 0 is never
	given int64  // the same in Unix ms
	// handled is how many chats of the queue he has taken; see alignHandled.
	handled int64
}

// rank is the order among the free, smallest first, then by id. Nobody of a
// tier comes before somebody of an earlier one.
type rank struct{ tier, first, second int64 }

func candidateBefore(a, b *candidate) bool {
	switch {
	case a.rank.tier != b.rank.tier:
		return a.rank.tier < b.rank.tier
	case a.rank.first != b.rank.first:
		return a.rank.first < b.rank.first
	case a.rank.second != b.rank.second:
		return a.rank.second < b.rank.second
	}
	return a.Agent < b.Agent
}

func (c *candidate) held() int {
	n := 0
	for _, r := range c.holds {
		n += r.weight
	}
	return n
}

// spare is how many units the queue may still ask for.
func (c *candidate) spare() int { return c.Free - c.held() }

// full reports whether the channel has no room left.
func (c *candidate) full(ch Channel) bool {
	room, limited := c.Room[ch]
	if !limited {
		return false
	}
	for _, r := range c.holds {
		if r.channel == ch {
			room--
		}
	}
	return room <= 0
}

// misfit says why the agent takes no chat of the class now; "" if he does.
func (c *candidate) misfit(k *class) string {
	switch {
	case c.standing != standsFree:
		return c.standing.reason()
	case k.prefer != "" && k.prefer != c.Agent:
		return passOther
	case !c.has(k.needs):
		return passSkill
	case k.tier > 0 && c.rank.tier > int64(k.tier):
		return passTier
	case c.Free < k.weight:
		return passBusy
	case c.spare() < k.weight:
		return passReserved
	case c.full(k.channel):
		return passChannel
	case k.match != nil:
		return k.match.judge(c)
	}
	return ""
}

// barred reports whether it is this chat that he does not get.
func (c *candidate) barred(w *waiter, now int64) bool {
	return w.excludes(c.Agent, now) || slices.Contains(c.Chats, w.Chat) || w.rings() > 1 && c.rings(w)
}

// ownFile names the file of the chats that wait for one agent. It is no skill.
func ownFile(a AgentID) string { return "\x00" + string(a) }

// rings reports whether he has been asked for this very chat.
func (c *candidate) rings(w *waiter) bool {
	return slices.ContainsFunc(c.holds, func(r *reservation) bool { return r.waiter.Chat == w.Chat })
}

// roster is who serves the queue. The free stand in order once for all
// and once for each of their skills, so that a search walks those who have the
// rarest skill that is asked for.
type roster struct {
	policy    *QueuePolicy
	needs     []need // that the policy wants of everybody, at every step
	byID      map[AgentID]*candidate
	all       ranks[*candidate] // by id
	free      ranks[*candidate]
	freeWith  map[string]*ranks[*candidate]
	known     map[string]int // agents with a skill, free or not
	count     [standings]int
	signedIn  int
	available int
	turns     int64
	kinds     kinds
}

func newRoster() roster {
	return roster{
		policy:   &QueuePolicy{Strategy: LongestIdle},
		byID:     map[AgentID]*candidate{},
		all:      ranks[*candidate]{before: func(a, b *candidate) bool { return a.Agent < b.Agent }},
		free:     ranks[*candidate]{before: candidateBefore},
		freeWith: map[string]*ranks[*candidate]{},
		known:    map[string]int{},
	}
}

// configure ranks everybody anew when the policy ranks otherwise.
func (r *roster) configure(p *QueuePolicy) {
	old, needs := r.policy, r.needs
	r.policy, r.needs = p, p.always()
	if old.Strategy == p.Strategy && slices.Equal(needs, r.needs) {
		return
	}
	r.all.scan(func(c *candidate) bool {
		r.stand(c)
		return true
	})
}

// advertise replaces what is known of an agent, unless that is newer, and reports
// whether he took offers until now. Holds stay until they are answered, or the
// agent counts them himself.
func (r *roster) advertise(ad *AgentAdvert) (c *candidate, offered, newer bool) {
	c = r.byID[ad.Agent]
	if c == nil {
		c = &candidate{AgentAdvert: AgentAdvert{Agent: ad.Agent}, own: ownFile(ad.Agent)}
		r.byID[ad.Agent] = c
		r.all.set(c)
		r.count[standsAway]++
	} else if ad.Gen <= c.Gen {
		return c, c.Available, false
	}
	offered = c.Available
	r.unlist(c)
	if ad.SignedIn && !c.SignedIn {
		r.alignHandled(c)
	}
	same := slices.Equal(c.Skills, ad.Skills)
	r.tally(c, -1, !same)
	c.AgentAdvert = *ad
	r.tally(c, +1, !same)
	c.muted = false
	c.kind = r.kinds.of(c)
	c.holds = slices.DeleteFunc(c.holds, func(h *reservation) bool {
		return h.granted || slices.Contains(ad.Chats, h.waiter.Chat)
	})
	r.stand(c)
	return c, offered, true
}

// tally counts an advert in or out, with its skills if they have changed.
func (r *roster) tally(c *candidate, by int, skills bool) {
	if c.SignedIn {
		r.signedIn += by
	}
	if c.Available {
		r.available += by
	}
	if !skills {
		return
	}
	for i, skill := range c.Skills {
		if slices.Contains(c.Skills[:i], skill) {
			continue
		}
		if r.known[skill] += by; r.known[skill] == 0 {
			delete(r.known, skill)
		}
	}
}

// hold counts a reservation against an agent, and drop takes it back.
func (r *roster) hold(c *candidate, h *reservation) {
	c.holds = append(c.holds, h)
	r.turns++
	c.turn, c.given = r.turns, h.at
	r.stand(c)
}

func (r *roster) drop(c *candidate, h *reservation) {
	if i := slices.Index(c.holds, h); i >= 0 {
		c.holds = slices.Delete(c.holds, i, i+1)
		r.stand(c)
	}
}

// alignHandled has an agent who comes to the desk begin with what the least busy of
// those who are there has handled, so that nobody has to make up for the time
// that he was away.
func (r *roster) alignHandled(c *candidate) {
	if r.signedIn == 0 {
		return
	}
	least := int64(math.MaxInt64)
	r.all.scan(func(x *candidate) bool {
		if x.SignedIn {
			least = min(least, x.handled)
		}
		return true
	})
	c.handled = max(c.handled, least)
}

// took counts a chat that an agent has taken.
func (r *roster) took(a AgentID) {
	if c := r.byID[a]; c != nil {
		c.handled++
		r.stand(c)
	}
}

// mute takes an agent for busy until he says otherwise.
func (r *roster) mute(c *candidate) {
	c.muted = true
	r.stand(c)
}

func (r *roster) unmute(a AgentID) {
	c := r.byID[a]
	c.muted, c.retry = false, 0
	r.stand(c)
}

// stand puts c where it belongs after any change.
func (r *roster) stand(c *candidate) {
	now, rank := r.standingOf(c), r.rankOf(c)
	if now == c.standing && rank == c.rank && c.listed == (now == standsFree) {
		return
	}
	r.unlist(c)
	r.count[c.standing]--
	c.standing, c.rank = now, rank
	r.count[now]++
	if now == standsFree {
		r.list(c)
	}
}

func (r *roster) standingOf(c *candidate) standing {
	switch {
	case !c.Available:
		return standsAway
	case !c.has(r.needs):
		return standsUnskilled
	case c.muted || c.Free <= 0:
		return standsBusy
	case c.spare() <= 0:
		return standsReserved
	}
	return standsFree
}

// rankOf is the strategy. Who has just been asked is not idle, whatever his
// last advert says.
func (r *roster) rankOf(c *candidate) rank {
	idle, tier := c.idleSince(), int64(max(c.Tier, 1))
	switch r.policy.Strategy {
	case LeastBusy:
		return rank{tier, int64(c.Used+c.held()) * 1_000_000 / int64(max(c.Capacity, 1)), idle}
	case RoundRobin:
		return rank{tier: tier, first: c.turn}
	case LeastHandled:
		return rank{tier, c.handled + int64(len(c.holds)), idle}
	default: // LongestIdle; Proficiency among equals; Random, which draws
		return rank{tier: tier, first: idle}
	}
}

// idleSince is in Unix ms.
func (c *candidate) idleSince() int64 {
	idle := c.IdleSince.UnixMilli()
	for _, h := range c.holds {
		idle = max(idle, h.at)
	}
	return idle
}

func (r *roster) list(c *candidate) {
	c.listed = true
	r.free.set(c)
	for _, skill := range c.Skills {
		t := r.freeWith[skill]
		if t == nil {
			t = newRanks(candidateBefore)
			r.freeWith[skill] = t
		}
		t.set(c)
	}
}

func (r *roster) unlist(c *candidate) {
	if !c.listed {
		return
	}
	c.listed = false
	r.free.delete(c)
	for _, skill := range c.Skills {
		if t := r.freeWith[skill]; t != nil {
			if t.delete(c); t.len() == 0 {
				delete(r.freeWith, skill)
			}
		}
	}
}

// rarest is the smallest list of the free in which everybody stands who has
// the skills; nil if nobody does.
func (r *roster) rarest(needs []need) *ranks[*candidate] {
	t := &r.free
	for _, n := range needs {
		with := r.freeWith[n.skill]
		if with == nil {
			return nil
		}
		if with.len() < t.len() {
			t = with
		}
	}
	return t
}

// score is how good the agent is at all that a chat of the class asks for.
func (r *roster) score(c *candidate, k *class) int { return c.score(r.needs) + c.score(k.needs) }
