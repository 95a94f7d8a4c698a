package acd

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func choosing(c *Config) {
	c.Desk.ChooseWithin = 20 * time.Millisecond
	c.Agents["ann"].Weights = map[QueueID]int{"sales": 2}
}

// bid is a queue's wish for ann; its chat came so long ago.
func bid(chat string, from QueueID, ago time.Duration) Reserve {
	return Reserve{Offer: OfferID(chat + ".1"), Chat: ChatID(chat), From: from, Channel: "livechat", Weight: 1, Kind: OfferRoute,
		Key: deskDay.Add(-ago)}
}

// answers lists who got a slot and who did not, in the order of the answers.
func answers(out Outcome) string {
	var list []string
	for _, s := range out.Sends {
		switch c := s.Cmd.(type) {
		case Reserved:
			list = append(list, "yes "+string(c.Offer))
		case ReserveDenied:
			list = append(list, "no "+string(c.Offer))
		}
	}
	return strings.Join(list, ", ")
}

func TestAnAgentTakesTheBestOfSeveralQueuesWhicheverAskedFirst(t *testing.T) {
	for _, c := range []struct {
		name     string
		capacity int
		bids     []Reserve
		want     string
	}{
		{"the oldest of equal queues", 1, []Reserve{bid("c1", "support", time.Minute), bid("c2", "support", time.Hour), bid("c3", "support", time.Second)},
			"yes c2.1, no c1.1, no c3.1"},
		{"the queue that weighs more for him", 1, []Reserve{bid("c1", "support", time.Hour), bid("c2", "sales", time.Second), bid("c3", "support", 2*time.Hour)},
			"yes c2.1, no c3.1, no c1.1"},
		{"as many as he can take", 2, []Reserve{bid("c1", "support", time.Hour), bid("c2", "sales", time.Second), bid("c3", "sales", time.Minute)},
			"yes c3.1, yes c2.1, no c1.1"},
		{"by name when nothing else tells them apart", 1, []Reserve{bid("c2", "sales", 0), bid("c1", "sales", 0), bid("c3", "sales", 0)},
			"yes c1.1, no c2.1, no c3.1"},
	} {
		for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			t.Run(c.name, func(t *testing.T) {
				d := newDesk(t, choosing, func(k *Config) { k.Agents["ann"].Capacity = c.capacity })
				for _, i := range order {
					if out := d.do(nobodyHere, c.bids[i]); len(out.Sends) > 0 {
						t.Fatalf("answered before all could ask: %v", out.Sends)
					}
				}
				if due := d.a.Deadline(); !due.Equal(d.now.Add(20 * time.Millisecond)) {
					t.Fatalf("answers at %v", due)
				}
				d.now = d.a.Deadline()
				out := d.do(nobodyHere, Tick{})
				if got := answers(out); got != c.want {
					t.Fatalf("asked in the order %v\n got  %s\n want %s", order, got, c.want)
				}
				for _, q := range []QueueID{"support", "sales"} {
					if !slices.ContainsFunc(out.Sends, func(s Send) bool { _, ad := s.Cmd.(Advert); return ad && s.To == q.Address() }) {
						t.Fatalf("%s does not hear what is left", q)
					}
				}
			})
		}
	}
}

func TestWhoHasBeenFreeForLongerIsAskedWithoutDelay(t *testing.T) {
	d := newDesk(t, choosing)
	d.wait(20 * time.Millisecond)
	if got := answers(d.do(nobodyHere, bid("c1", "support", 0))); got != "yes c1.1" {
		t.Fatalf("got %q", got)
	}
	if got := answers(d.do(nobodyHere, bid("c2", "sales", 0))); got != "yes c2.1" {
		t.Fatalf("a slot less is nothing to gather for: %q", got)
	}
}

func TestNothingIsGatheredForOneQueueOrWithoutATimeForIt(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"one queue": func(c *Config) { choosing(c); c.Agents["ann"].Queues = []QueueID{"support"} },
		"no time":   func(c *Config) { choosing(c); c.Desk.ChooseWithin = -1 },
	} {
		d := newDesk(t, change)
		if got := answers(d.do(nobodyHere, bid("c1", "support", 0))); got != "yes c1.1" {
			t.Fatalf("%s: got %q", name, got)
		}
	}
}

func TestWhenAllQueuesHaveLookedTheBestIsTakenAtOnce(t *testing.T) {
	d := newDesk(t, choosing)
	ad, _ := the[Advert](t, Outcome{Sends: slices.DeleteFunc(slices.Clone(d.out.Sends), func(s Send) bool { return s.To != QueueID("sales").Address() })})
	if !ad.Advert.Ask {
		t.Fatal("who has become free does not ask his queues to look")
	}
	d.do(nobodyHere, bid("c1", "support", time.Hour))
	if got := answers(d.do(nobodyHere, Looked{"support", ad.Advert.Gen})); got != "" {
		t.Fatalf("answered before sales has looked: %q", got)
	}
	d.do(nobodyHere, Looked{"sales", ad.Advert.Gen - 1}) // of an earlier time
	d.do(nobodyHere, bid("c2", "sales", 0))
	if got := answers(d.do(nobodyHere, Looked{"sales", ad.Advert.Gen})); got != "yes c2.1, yes c1.1" {
		t.Fatalf("got %q", got)
	}
	if got := answers(d.do(nobodyHere, bid("c3", "support", 0))); got != "yes c3.1" {
		t.Fatalf("afterwards: %q", got)
	}
}

func TestAWishThatIsTakenBackIsNotChosen(t *testing.T) {
	d := newDesk(t, choosing)
	d.do(nobodyHere, bid("c1", "sales", time.Hour))
	d.do(nobodyHere, bid("c2", "support", 0))
	d.do(nobodyHere, bid("c2", "support", 0)) // the same again
	d.do(nobodyHere, SlotRelease{Offer: "c1.1"})
	d.now = d.a.Deadline()
	if got := answers(d.do(nobodyHere, Tick{})); got != "yes c2.1" {
		t.Fatalf("got %q", got)
	}
}

func TestWhoGoesAwayWhileHeChoosesDeniesAll(t *testing.T) {
	d := newDesk(t, choosing)
	d.do(nobodyHere, bid("c1", "sales", 0))
	d.do(nobodyHere, bid("c2", "support", 0))
	d.do(ann, SetPresence{State: NotReady, Reason: "lunch"})
	d.now = d.a.Deadline()
	if got := answers(d.do(nobodyHere, Tick{})); got != "no c1.1, no c2.1" {
		t.Fatalf("got %q", got)
	}
}

func TestAQueueSaysHowOldTheChatIsThatItAsksFor(t *testing.T) {
	h := newHall(t, nil)
	e := h.entry("c1", func(e *Enqueue) { e.Leg.Key = h.now.Add(-time.Hour) })
	if r, _ := the[Reserve](t, h.stepAll(h.advert("alice"), e)); !r.Key.Equal(e.Leg.Key) {
		t.Fatalf("asked for %+v", r)
	}
}
