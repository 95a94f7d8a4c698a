package acd

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world drives a queue and the naive one with the same commands, and answers
// the reservations that the queue asks for, in some order or never.
type world struct {
	*hall
	rt    *rapid.T
	naive naive
	stays int
	log   []logged
}

type logged struct {
	turn Turn
	cmd  Command
	out  Outcome
}

func newWorld(rt *rapid.T, t testing.TB) *world {
	w := &world{rt: rt, hall: newHall(t, func(p *QueuePolicy) {
		p.Strategy = rapid.SampledFrom([]Strategy{LongestIdle, LeastBusy, RoundRobin, Proficiency, LeastHandled, Random}).Draw(rt, "strategy")
		p.RingCount = rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(rt, "rings")
		if rapid.Bool().Draw(rt, "stepped") {
			p.MaxTier = rapid.IntRange(0, 2).Draw(rt, "tiers at first")
			p.Steps = someSteps.Draw(rt, "steps")
			slices.SortFunc(p.Steps, func(a, b Step) int { return cmp.Compare(a.After, b.After) })
		}
		if rapid.Bool().Draw(rt, "skilled") {
			p.Skills = rapid.SampledFrom([][]string{{"law"}, {"law>=4"}}).Draw(rt, "of all")
		}
	})}
	w.naive.policy, w.naive.desk = w.config.Queues["support"], w.config.Desk
	return w
}

// do takes one command in both, and compares whom they ask.
func (w *world) do(cmd Command) {
	w.turns++
	turn := Turn{Now: w.now, Config: w.config, Entropy: w.turns}
	out := w.q.Step(turn, cmd)
	w.log = append(w.log, logged{turn, cmd, out})
	if err := w.q.Check(); err != nil {
		w.rt.Fatalf("after %+v: %v", cmd, err)
	}
	asks := []Send{}
	for _, s := range out.Sends {
		if _, ok := s.Cmd.(Reserve); ok {
			asks = append(asks, s)
		}
	}
	w.naive.entropy = w.turns
	w.naive.take(w.now, cmd)
	w.naive.match(func(ChatID, AgentID) OfferID {
		if i := len(w.naive.asked); i < len(asks) {
			return asks[i].Cmd.(Reserve).Offer
		}
		return OfferID(fmt.Sprint("missing.", w.turns))
	})
	if got := asked(out); !slices.Equal(got, w.naive.asked) {
		w.rt.Fatalf("%+v:\nasked %v, the naive one %v", cmd, got, w.naive.asked)
	}
}

var (
	someChat   = rapid.SampledFrom([]ChatID{"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"})
	someAgent  = rapid.SampledFrom([]AgentID{"alice", "bob", "carol", "dave"})
	someSkill  = rapid.SliceOfN(rapid.SampledFrom([]string{"law", "latin", "greek"}), 0, 2)
	someNeed   = rapid.SliceOfN(rapid.SampledFrom([]string{"law", "latin", "greek", "law>=3", "latin>=6", "greek>=9"}), 0, 2)
	someLevels = rapid.MapOfN(rapid.SampledFrom([]string{"law", "latin", "greek"}), rapid.IntRange(1, 10), 0, 3)
	someSteps  = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Step {
		return Step{
			After:      time.Duration(rapid.IntRange(0, 5000).Draw(t, "after")) * time.Millisecond,
			DropSkills: rapid.SliceOfN(rapid.SampledFrom([]string{"law", "latin", "greek"}), 0, 2).Draw(t, "drop"),
			MinLevel:   rapid.IntRange(0, 9).Draw(t, "level"),
			MaxTier:    rapid.IntRange(0, 3).Draw(t, "tiers"),
		}
	}), 1, 3)
	channels = rapid.SampledFrom([]Channel{"livechat", "facebook"})
)

func (w *world) draw(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(w.rt, name) }

func (w *world) enters(*rapid.T) {
	e := w.entry(someChat.Draw(w.rt, "chat"))
	w.stays++
	e.Leg.ID = EnqueueID(fmt.Sprint("stay", w.stays))
	e.Leg.Skills = someNeed.Draw(w.rt, "skills")
	e.Leg.Key = w.now.Add(-time.Duration(w.draw("priority", 0, 2)) * time.Second)
	if rapid.Bool().Draw(w.rt, "has a favourite") {
		e.Leg.Prefer = someAgent.Draw(w.rt, "favourite")
		e.Leg.PreferUntil = w.now.Add(time.Duration(w.draw("waits", 0, 4000)) * time.Millisecond)
	}
	e.Channel, e.Weight = channels.Draw(w.rt, "channel"), w.draw("weight", 1, 2)
	e.Exclude = w.exclusions()
	w.do(e)
}

func (w *world) exclusions() map[AgentID]int64 {
	until := map[AgentID]int64{}
	for range w.draw("exclusions", 0, 2) {
		until[someAgent.Draw(w.rt, "excluded")] = w.now.UnixMilli() + int64(w.draw("for", 0, 3000))
	}
	return until
}

func (w *world) present(rt *rapid.T) *naiveWaiter {
	if len(w.naive.waiters) == 0 {
		rt.Skip("nobody waits")
	}
	return w.naive.waiters[w.draw("who", 0, len(w.naive.waiters)-1)]
}

func (w *world) comesBack(rt *rapid.T) {
	e := w.present(rt).Enqueue
	e.Exclude = w.exclusions()
	w.do(e)
}

func (w *world) goes(rt *rapid.T) {
	x := w.present(rt)
	w.do(Withdraw{Chat: x.Chat, ID: x.Leg.ID, Reason: Taken, Agent: someAgent.Draw(w.rt, "by")})
}

func (w *world) isVoid(rt *rapid.T) {
	x := w.present(rt)
	w.do(OfferVoid{Chat: x.Chat, Offer: "c.x", ID: x.Leg.ID})
}

func (w *world) advertises(*rapid.T) {
	id := someAgent.Draw(w.rt, "agent")
	ad := w.advert(id).Advert
	ad.Gen -= uint64(w.draw("stale", 0, 4) / 4)
	ad.Available = w.draw("available", 0, 4) > 0
	ad.SignedIn = ad.Available || w.draw("signed in", 0, 1) > 0
	ad.Capacity = w.draw("capacity", 1, 4)
	ad.Free = w.draw("free", 0, ad.Capacity)
	ad.Used = ad.Capacity - ad.Free
	ad.IdleSince = w.now.Add(-time.Duration(w.draw("idle", 0, 3)) * time.Second)
	ad.Skills = someSkill.Draw(w.rt, "skills")
	ad.Tier = w.draw("tier", 0, 3)
	ad.Levels = someLevels.Draw(w.rt, "levels")
	if rapid.Bool().Draw(w.rt, "limited") {
		ad.Room = map[Channel]int{channels.Draw(w.rt, "limit"): w.draw("room", 0, 2)}
	}
	if a := w.naive.agent(id); a != nil {
		for _, h := range a.holds {
			if rapid.Bool().Draw(w.rt, "counted") {
				ad.Chats = append(ad.Chats, h.waiter.Chat)
			}
		}
	}
	w.do(Advert{ad})
}

func (w *world) someHold(rt *rapid.T) *naiveHold {
	if len(w.naive.open) == 0 {
		rt.Skip("nobody is asked")
	}
	return w.naive.open[w.draw("offer", 0, len(w.naive.open)-1)]
}

func (w *world) says(rt *rapid.T) {
	h := w.someHold(rt)
	w.do(Reserved{Offer: h.offer, Agent: h.agent.Agent})
	if got := w.log[len(w.log)-1].out.Sends[0].Cmd.(OfferGrant); got.ID != h.waiter.Leg.ID {
		rt.Fatalf("granted for stay %s, it is %s", got.ID, h.waiter.Leg.ID)
	}
}

func (w *world) denies(rt *rapid.T) {
	h := w.someHold(rt)
	w.do(ReserveDenied{Offer: h.offer, Agent: h.agent.Agent})
}

func (w *world) waits(*rapid.T) {
	w.pass(time.Duration(w.draw("ms", 0, 2500)) * time.Millisecond)
	w.do(Tick{})
	if at := w.q.Deadline(); !at.IsZero() && !at.After(w.now) {
		w.rt.Fatalf("ticked at %v, and the deadline is still %v", w.now, at)
	}
}

func TestAQueueAsksExactlyWhomANaiveSearchWouldAsk(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt, t)
		rt.Repeat(map[string]func(*rapid.T){
			"enters": w.enters, "enters too": w.enters, "comes back": w.comesBack, "goes": w.goes, "is void": w.isVoid,
			"advertises": w.advertises, "advertises too": w.advertises, "says": w.says, "denies": w.denies, "waits": w.waits,
		})
		again := NewQueue("support")
		for _, l := range w.log {
			if out := again.Step(l.turn, l.cmd); !reflect.DeepEqual(out, l.out) {
				rt.Fatalf("%+v:\nfirst %+v\nthen  %+v", l.cmd, l.out, out)
			}
		}
	})
}
