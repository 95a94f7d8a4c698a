package acd

import (
	"slices"
	"testing"
	"time"
)

// waitsLonger gives queues what they do for who waits.
func waitsLonger(queues ...*QueuePolicy) {
	for _, q := range queues {
		if q != nil {
			q.Sayings = []Saying{{Text: "thank you for waiting", After: 5 * time.Second}, {Text: "soon", After: 8 * time.Second, Every: 3 * time.Second}}
			q.PreferReturning, q.OnMaxWait.Keep = true, q.OnMaxWait.Queue == ""
		}
	}
}

// regained: a chat that goes back to who lost it is offered and accepted in one.
func (b *chatBooks) regained(cmd Command, out Outcome) {
	g, _ := cmd.(OfferGrant)
	for _, e := range out.Events {
		switch e := e.(type) {
		case Accepted:
			if e.Offer == g.Offer && g.Offer != "" {
				b.open[g.Offer] = g.Agent
				b.count["given back"]++
			}
		case WaitedLong:
			if e.Kept {
				b.count["waits on"]++
			}
		}
	}
}

func saying(c *Config) {
	c.Queues["support"].Sayings = []Saying{{Text: "thank you", After: 30 * time.Second}, {Text: "soon", After: time.Minute, Every: 20 * time.Second}}
}

// texts are the queue's lines among what came of a step.
func texts(out Outcome) (said []string) {
	for _, e := range out.Events {
		if m, ok := e.(MessageSent); ok && m.Message.Author.Kind == "queue" {
			said = append(said, m.Message.Text)
		}
	}
	return said
}

func TestAQueueSpeaksToWhoWaitsAtItsTimes(t *testing.T) {
	p := newPlay(t, saying).start()
	var said []string
	for range 5 {
		at := p.chat.Deadline()
		p.now = at
		for _, text := range texts(p.must(nobody, Tick{})) {
			said = append(said, at.Sub(morning).String()+" "+text)
		}
	}
	if want := []string{"30s thank you", "1m0s soon", "1m20s soon", "1m40s soon", "2m0s soon"}; !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
}

func TestWhatAQueueSaysIsAMessageToTheCustomerAndNotUnread(t *testing.T) {
	p := newPlay(t, saying).start().at(30 * time.Second)
	p.expect(nobody, Tick{}, `
		event MessageSent 1 queue all
		event WaitSaid
		news customer/kim customer MessageSent`)
	p.expect(nobody, Tick{}, "")
}

func TestAQueueSpeaksWhileAChatRingsAndNotWhenItIsServed(t *testing.T) {
	p := newPlay(t, saying).start().at(29 * time.Second)
	p.must(nobody, p.grant(alice))
	p.at(30 * time.Second)
	if said := texts(p.must(nobody, Tick{})); !slices.Equal(said, []string{"thank you"}) {
		t.Errorf("said %q while it rings", said)
	}
	p.must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	p.at(5 * time.Minute)
	if said := texts(p.must(nobody, Tick{})); said != nil || p.chat.Waits != nil {
		t.Errorf("said %q to who is served, %+v", said, p.chat.Waits)
	}
}

func TestWhoWaitsAnewHearsEverythingAnew(t *testing.T) {
	p := newPlay(t, saying).start()
	p.must(nobody, p.grant(alice))
	p.at(10*time.Second).must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	p.at(time.Minute).must(nobody, AgentLost{Chat: "c1", Agent: "alice"})
	if at := p.chat.Deadline(); !at.Equal(morning.Add(90 * time.Second)) {
		t.Errorf("the next saying is due at %s", at)
	}
}

func TestWhatWasDueWhileTheNodeWasDownIsSaidOnceWhenPeopleAreBack(t *testing.T) {
	p := newPlay(t, saying).start().at(30 * time.Second)
	p.must(nobody, Tick{})
	began := morning.Add(3 * time.Minute)
	back := &Chat{ID: p.chat.ID, ChatState: decoded[ChatState](p.chat.ChatState)}
	turn := func(at time.Time) Outcome {
		return back.Step(Turn{Now: at, Config: p.config, Entropy: 9, Began: began, Held: began.Add(10 * time.Second)}, Tick{})
	}
	if said := texts(turn(began)); said != nil {
		t.Errorf("said %q before anybody could be back", said)
	}
	if said := texts(turn(began.Add(10 * time.Second))); !slices.Equal(said, []string{"soon"}) {
		t.Errorf("said %q", said)
	}
	if at, want := back.Deadline(), morning.Add(200*time.Second); !at.Equal(want) {
		t.Errorf("the next is due at %s, want %s", at, want)
	}
}

func TestALongestWaitThatKeepsTheChatSaysSoOnceAndHasNoSecondEnd(t *testing.T) {
	p := newPlay(t, func(c *Config) { c.Queues["support"].OnMaxWait = OnMaxWait{Text: "still waiting?", Keep: true} }).start()
	p.at(maxWait).expect(nobody, Tick{}, `
		event WaitedLong
		event MessageSent 1 queue all
		news customer/kim customer MessageSent`)
	p.at(10*maxWait).expect(nobody, Tick{}, "")
	p.must(nobody, p.grant(alice))
}

func TestAWaitWithoutAnEndHasNoneAfterARestartEither(t *testing.T) {
	p := newPlay(t, func(c *Config) { c.Queues["support"].MaxWait = -1 }).start()
	began := morning.Add(time.Hour)
	turn := Turn{Now: began.Add(time.Minute), Config: p.config, Entropy: 9, Began: began, Held: began.Add(10 * time.Second)}
	if p.chat.Step(turn, Tick{}); !p.chat.Live() {
		t.Errorf("ended by %s", p.chat.EndReason)
	}
}

func TestANoticeIsShownOnceInAStay(t *testing.T) {
	p := newPlay(t).start()
	id := p.chat.Leg.ID
	p.expect(nobody, Notice{ID: id, Reason: whyClosed, Text: "we close"}, `
		event MessageSent 1 queue all
		event WaitNoticed
		news customer/kim customer MessageSent`)
	p.expect(nobody, Notice{ID: id, Reason: whyClosed, Text: "we close"}, "")
	p.expect(nobody, Notice{ID: "another", Reason: whyNoAgents, Text: "nobody"}, "")
	if said := texts(p.must(nobody, Notice{ID: id, Reason: whyNoAgents, Text: "nobody"})); !slices.Equal(said, []string{"nobody"}) {
		t.Errorf("said %q for another reason", said)
	}
}

func TestWhoHasDeclinedIsAskedAgainSooner(t *testing.T) {
	p := ringing(t)
	p.must(alice, rejectBy(alice))
	retry := p.now.Add(5 * time.Second).UnixMilli()
	p.expect(nobody, Notice{ID: p.chat.Leg.ID, Reason: whyDeclined, Retry: retry}, `
		event WaitNoticed
		send queue/support Enqueue without=alice`)
	p.expect(nobody, Notice{ID: p.chat.Leg.ID, Reason: whyDeclined, Retry: retry}, "")
	p.expect(nobody, Notice{ID: p.chat.Leg.ID, Reason: whyDeclined, Retry: retry + 60_000}, "")
	if p.at(5 * time.Second); p.chat.excluded("alice", p.now) {
		t.Errorf("still left out: %+v", p.chat.Excluded)
	}
}

func TestClosedQueuesThatNameEachOtherPassNobodyRound(t *testing.T) {
	p := newPlay(t).start()
	refused := func(to QueueID) EnqueueRefused { return EnqueueRefused{ID: p.chat.Leg.ID, Reason: whyClosed, To: to} }
	p.must(nobody, refused("sales"))
	p.must(nobody, refused("support"))
	if p.chat.Live() || p.chat.EndReason != EndRefused {
		t.Fatalf("it is %s, %s", p.chat.Phase, p.chat.EndReason)
	}
	p = newPlay(t).start()
	p.must(nobody, refused("sales"))
	p.at(time.Minute).must(nobody, refused("support"))
	if p.chat.Leg == nil || p.chat.Leg.Queue != "support" {
		t.Errorf("after a while it may go back, and is %s", p.chat.Phase)
	}
}

func preferring(c *Config) { c.Queues["support"].PreferReturning = true }

// bereft is a chat that alice served, has lost, and that rings at bob.
func bereft(t *testing.T) *play {
	p := served(t, preferring).at(time.Minute)
	p.must(nobody, AgentLost{Chat: "c1", Agent: "alice"})
	p.must(nobody, p.grant(bob))
	return p
}

func race52AnAgentWhoReturnsThenTheOtherAccepts(t *testing.T) {
	p := bereft(t)
	p.expect(nobody, p.grant(alice), `
		event OfferEnded c1.2 bob cancelled
		event Accepted c1.3 alice
		news agent/bob offered OfferEnded
		news customer/kim customer Accepted
		news agent/alice offered Accepted
		news agent/alice agent Accepted
		send agent/bob OfferOver c1.2 cancelled
		send agent/alice Assigned
		send queue/support Withdraw taken`)
	p.refused(bob, Accept{Offer: "c1.2", Agent: "bob"}, offerGone(OfferCancelled))
}

func race52TheOtherAcceptsThenTheAgentReturns(t *testing.T) {
	p := bereft(t)
	back := p.grant(alice)
	p.must(bob, Accept{Offer: "c1.2", Agent: "bob"})
	p.expect(nobody, back, `
		send agent/alice SlotRelease c1.3
		send queue/support OfferVoid c1.3`)
	if p.chat.Owner != "bob" {
		t.Errorf("owned by %s", p.chat.Owner)
	}
}

func TestAChatIsNotGivenBackWithoutThePolicy(t *testing.T) {
	p := served(t).at(time.Minute)
	p.must(nobody, AgentLost{Chat: "c1", Agent: "alice"})
	p.must(nobody, p.grant(bob))
	p.expect(nobody, p.grant(alice), `
		send agent/alice SlotRelease c1.3
		send queue/support OfferVoid c1.3`)
}
