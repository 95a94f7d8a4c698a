package acd

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// Who plays in the tests of a chat.
var (
	kim   = Principal{Role: RoleCustomer, ID: "kim", Name: "Kim"}
	lee   = Principal{Role: RoleCustomer, ID: "lee", Name: "Lee"}
	alice = Principal{Role: RoleAgent, ID: "alice", Name: "Alice"}
	bob   = Principal{Role: RoleAgent, ID: "bob", Name: "Bob"}
	carol = Principal{Role: RoleAgent, ID: "carol", Name: "Carol"}
	sue   = Principal{Role: RoleSupervisor, ID: "sue", Name: "Sue"}
	root  = Principal{Role: RoleAdmin, ID: "root", Name: "Root"}

	nobody Principal // the engine itself
)

// morning is when every test begins.
var morning = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// The limits that the tests of a chat reckon with.
const (
	offerTimeout = 20 * time.Second
	maxWait      = 5 * time.Minute
	graceWaiting = time.Minute
	graceServed  = 10 * time.Minute
	rejectHold   = 90 * time.Second
	regainBoost  = 30 * time.Second
)

// chatConfig is a small shop: two queues, a site and a page of a social network.
func chatConfig() *Config {
	c := &Config{
		Version: 7,
		Queues: map[QueueID]*QueuePolicy{
			"support": {ID: "support", Name: "Support", OfferTimeout: offerTimeout, MaxWait: maxWait,
				RejectHold: rejectHold, RegainBoost: regainBoost,
				Wrapup: WrapupPolicy{Mode: WrapupMandatory, Codes: []WrapupCode{{"solved", "Solved"}}}},
			"sales": {ID: "sales", Name: "Sales", OfferTimeout: offerTimeout, MaxWait: maxWait},
		},
		Agents: map[AgentID]*AgentProfile{"alice": {ID: "alice", Queues: []QueueID{"support"}}, "bob": {ID: "bob", Queues: []QueueID{"support"}},
			"carol": {ID: "carol", Queues: []QueueID{"sales"}}, "sue": {ID: "sue", Queues: []QueueID{"support"}}},
		Sources: map[SourceID]*Source{
			"web":      {ID: "web", Name: "Web site", Channel: "livechat", Queue: "support"},
			"facebook": {ID: "facebook", Name: "Our page", Channel: "facebook", Queue: "support"},
		},
		Channels: map[Channel]*ChannelPolicy{
			"livechat": {MaxChars: 4000, ReservedChars: "<>"},
			"facebook": {MaxChars: 1000, ReservedChars: "<>"},
		},
	}
	c.Normalize()
	return c
}

// play is one chat on a stage: each step of it is held against what holds for
// every step of every chat.
type play struct {
	testing.TB
	chat   *Chat
	folded *Chat // from the events alone
	config *Config
	now    time.Time
	turns  uint64
	grants int
}

func newPlay(t testing.TB, change ...func(*Config)) *play {
	p := &play{TB: t, chat: NewChat("c1"), folded: NewChat("c1"), config: chatConfig(), now: morning}
	for _, f := range change {
		f(p.config)
	}
	return p
}

// at says what the clock shows, from the beginning of the play.
func (p *play) at(since time.Duration) *play {
	p.now = morning.Add(since)
	return p
}

// do takes one step and holds it against the rules of Machine.
func (p *play) do(by Principal, cmd Command) Outcome {
	p.Helper()
	p.turns++
	before := encoded(p, p.chat.ChatState)
	out := p.chat.Step(Turn{Now: p.now, By: by, Config: p.config, Entropy: p.turns}, cmd)
	after := encoded(p, p.chat.ChatState)
	if out.Err != nil && (len(out.Events) > 0 || len(out.News) > 0 || out.Result != nil || before != after) {
		p.Fatalf("%T was refused (%v) and changed something: %+v", cmd, out.Err, out)
	}
	for _, e := range out.Events {
		p.folded.Apply(p.now, e)
	}
	if !reflect.DeepEqual(p.chat.ChatState, p.folded.ChatState) {
		p.Fatalf("after %T the fold of the events is another state\nstep %+v\nfold %+v", cmd, p.chat, p.folded)
	}
	if err := p.chat.Check(); err != nil {
		p.Fatalf("after %T: %v", cmd, err)
	}
	return out
}

// expect takes one step and compares all that came of it with lines of want:
// events, news, sends and the answer, in this order.
func (p *play) expect(by Principal, cmd Command, want string) {
	p.Helper()
	got := told(p.do(by, cmd))
	if want = unindent(want); got != want {
		p.Errorf("%T by %s gave\n%swant\n%s", cmd, by.ID, got, want)
	}
}

// refused takes one step that must be refused with exactly that.
func (p *play) refused(by Principal, cmd Command, want error) {
	p.Helper()
	p.expect(by, cmd, "refused "+want.Error())
}

// start opens the chat by kim in the queue support.
func (p *play) start() *play {
	p.Helper()
	p.must(kim, Start{Chat: "c1", Source: "web", Queue: "support", Admitted: true})
	return p
}

func (p *play) must(by Principal, cmd Command) Outcome {
	p.Helper()
	out := p.do(by, cmd)
	if out.Err != nil {
		p.Fatalf("%T was refused: %v", cmd, out.Err)
	}
	return out
}

// grant makes the next offer, "c1.1" and so on, to an agent.
func (p *play) grant(to Principal) OfferGrant {
	p.grants++
	g := OfferGrant{Offer: OfferID(fmt.Sprintf("c1.%d", p.grants)), Agent: AgentID(to.ID), Name: to.Name,
		Decision: &Decision{Queue: "support", Winner: AgentID(to.ID), At: p.now}}
	if p.chat.Leg != nil {
		g.ID = p.chat.Leg.ID
	}
	return g
}

// ringing is a chat that is offered to alice.
func ringing(t testing.TB, change ...func(*Config)) *play {
	p := newPlay(t, change...).start()
	p.must(nobody, p.grant(alice))
	return p
}

// served is a chat that alice has accepted.
func served(t testing.TB, change ...func(*Config)) *play {
	p := ringing(t, change...)
	p.must(alice, Accept{Offer: "c1.1", Agent: "alice"})
	return p
}

// shared is a chat that alice owns and bob is in. It is made by hand, so that
// its transcript is empty.
func shared(t testing.TB) *play {
	p := served(t)
	for _, c := range []*Chat{p.chat, p.folded} {
		c.join(Participant{Agent: "bob", Name: "Bob", Mode: Talk, Joined: true, Slot: true, Since: p.now.Add(time.Second)})
		c.Label = LabelConference
	}
	return p
}

// legged is a chat that alice owns and that waits in support beside it, as a
// transfer to a queue would have it; made by hand too.
func legged(t testing.TB) *play {
	p := served(t)
	for _, c := range []*Chat{p.chat, p.folded} {
		leg, policy := *c.LastLeg, c.Policy
		c.Leg, c.NextPolicy = &leg, &policy
	}
	return p
}

var (
	cborEncoding, _ = cbor.EncOptions{Sort: cbor.SortCoreDeterministic, Time: cbor.TimeRFC3339NanoUTC}.EncMode()
	cborDecoding, _ = cbor.DecOptions{}.DecMode()
)

// encoded is v as a journal would keep it.
func encoded(t testing.TB, v any) string {
	t.Helper()
	b, err := cborEncoding.Marshal(v)
	if err != nil {
		t.Fatalf("encode %T: %v", v, err)
	}
	return string(b)
}

// told is an outcome in words, one line each.
func told(out Outcome) string {
	var b strings.Builder
	for _, e := range out.Events {
		fmt.Fprintf(&b, "event %s\n", eventWords(e))
	}
	for _, n := range out.News {
		name := strings.TrimPrefix(fmt.Sprintf("%T", n.Event), "acd.")
		fmt.Fprintf(&b, "news %s %s %s\n", n.To, viewWords[n.View], name)
	}
	for _, s := range out.Sends {
		fmt.Fprintf(&b, "send %s %s\n", s.To, commandWords(s.Cmd))
	}
	if f := out.Forward; f != nil {
		fmt.Fprintf(&b, "forward %s %s\n", f.To, commandWords(f.Cmd))
	}
	switch r := out.Result.(type) {
	case nil:
	case Result:
		fmt.Fprintf(&b, "ok%s\n", resultWords(r))
	default:
		fmt.Fprintf(&b, "ok %T\n", r)
	}
	if out.Err != nil {
		fmt.Fprintf(&b, "refused %s\n", out.Err)
	}
	return b.String()
}

var viewWords = map[View]string{ToCustomer: "customer", ToAgent: "agent", ToOffered: "offered", ToOwnDesk: "desk", ToUnread: "unread",
	ToOthers: "others", ToSender: "sender"}

func resultWords(r Result) string {
	switch {
	case r.Already != "":
		return " " + r.Already
	case r.Chat != "":
		return " " + string(r.Chat)
	case r.MessageSeq != 0:
		return fmt.Sprint(" message ", r.MessageSeq)
	case r.Unread != 0:
		return fmt.Sprint(" unread ", r.Unread)
	}
	return ""
}

func eventWords(e Event) string {
	words := []any{strings.TrimPrefix(fmt.Sprintf("%T", e), "acd.")}
	switch e := e.(type) {
	case Queued:
		words = append(words, e.Leg.Queue, e.Reason)
	case Offered:
		words = append(words, e.Offer.ID, e.Offer.Agent)
		if e.Offer.Kind != OfferRoute {
			words = append(words, e.Offer.Kind)
		}
	case OfferEnded:
		words = append(words, e.Offer, e.Agent, e.Reason)
	case Accepted:
		words = append(words, e.Offer, e.Agent)
		if e.Kind != OfferRoute {
			words = append(words, e.Kind)
		}
	case Labelled:
		words = append(words, e.Label)
	case MessageSent:
		words = append(words, e.Message.Seq, e.Message.Author.Kind, e.Message.To)
		for _, u := range e.Unread {
			words = append(words, fmt.Sprintf("%s=%d", u.Agent, u.Count))
		}
	case ReadMarked:
		words = append(words, e.By, e.Upto)
	case Left:
		words = append(words, e.Agent, e.Reason, "owner="+e.Owner, e.Wrapup.Mode)
	case WaitedLong:
		words = append(words, e.Moved)
	case ChatEnded:
		words = append(words, "by", e.By, e.Reason)
		for _, a := range e.Debts {
			words = append(words, "debt="+a)
		}
		for _, o := range e.Apart {
			words = append(words, "apart="+o.Agent)
		}
	case WrapupRecorded:
		words = append(words, e.Agent, e.Code)
	default:
		words = append(words, flowWords(e)...)
	}
	return strings.TrimRight(fmt.Sprintln(words...), " \n")
}

func commandWords(cmd Command) string {
	words := []any{strings.TrimPrefix(fmt.Sprintf("%T", cmd), "acd.")}
	switch m := cmd.(type) {
	case Enqueue:
		for _, a := range []AgentID{"alice", "bob"} {
			if m.Exclude[a] != 0 {
				words = append(words, "without="+a)
			}
		}
	case Withdraw:
		words = append(words, m.Reason)
	case OfferStart:
		words = append(words, m.Slot.Offer)
	case OfferOver:
		words = append(words, m.Offer, m.Reason)
	case SlotRelease:
		words = append(words, m.Offer)
	case OfferVoid:
		words = append(words, m.Offer)
	case Released:
		words = append(words, m.Spec.Mode, m.Reason)
	case Reserve:
		words = append(words, m.Kind)
		if m.Force {
			words = append(words, "force")
		}
	}
	return strings.TrimRight(fmt.Sprintln(words...), " \n")
}

// unindent strips what the layout of a test adds to its lines.
func unindent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
