package acd

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// dice picks a number below n. Whoever throws it, a property or a fuzzer,
// decides what happens to the chat.
type dice func(n int) int

// trial drives one chat with commands of any kind, in any order, at any time,
// and holds each step against what must hold for all of them. What it expects
// it keeps in books of its own, apart from the code under trial.
type trial struct {
	dice
	chat   *Chat // under trial
	twin   *Chat // is given the same, and now and then is restored from a snapshot
	folded *Chat // hears only of events, as they come from a journal
	books  chatBooks
	config *Config
	now    time.Time
	turns  uint64
	asked  []AgentID // by the number of the offer
	asks   []asking  // that nobody has answered
	calm   bool      // most of what would end the chat does not happen
}

func newTrial(throw dice) *trial {
	return &trial{dice: throw, chat: NewChat("c1"), twin: NewChat("c1"), folded: NewChat("c1"),
		books: newChatBooks(), config: chatConfig(), now: morning}
}

// round lets some time pass, takes one step and says what is wrong with it.
func (r *trial) round() error {
	if r.turns == 0 {
		if r.calm = r.dice(3) > 0; r.dice(2) == 0 {
			r.reconfigure()
		}
	}
	r.wait()
	if r.dice(16) == 0 {
		r.reconfigure()
	}
	by, cmd := r.command()
	if r.calm && r.ends(cmd) && r.dice(16) > 0 {
		by, cmd = nobody, Tick{}
	}
	if err := r.step(by, cmd); err != nil {
		return fmt.Errorf("turn %d, %+v by %q %q at +%v: %w", r.turns, cmd, by.Role, by.ID, r.now.Sub(morning), err)
	}
	return nil
}

func (r *trial) wait() {
	kinds := 8
	if r.calm && (r.chat.Leg != nil || r.chat.Interrupted) {
		kinds = 2 // nobody waits too long
	}
	switch deadline := r.chat.Deadline(); r.dice(kinds) {
	case 0:
		r.now = r.now.Add(time.Millisecond)
	case 1:
		r.now = r.now.Add(3 * time.Second)
	case 2:
		r.now = r.now.Add(graceWaiting)
	case 3:
		if deadline.After(r.now) {
			r.now = deadline
		}
	case 4:
		if deadline.After(r.now.Add(time.Millisecond)) {
			r.now = deadline.Add(-time.Millisecond)
		}
	}
}

// reconfigure makes another version of the operator's will.
func (r *trial) reconfigure() {
	c := chatConfig()
	c.Version = r.config.Version + 1
	flows := &c.Queues["support"].Flows
	flows.EndConference = []string{"leave", "drop_invitee", "end_chat"}[r.dice(3)]
	flows.OnFail = []OnTransferFail{ReturnToQueue, ReturnToSender, EndOnFail}[r.dice(3)]
	flows.MaxAgents = 2 + r.dice(2)
	c.Queues["support"].Idle = IdlePolicy{CustomerWarn: 4 * time.Second, CustomerClose: time.Minute, Inactive: 9 * time.Second, Agent: 6 * time.Second}
	switch r.dice(8) {
	case 7:
		c.Queues["support"].Wrapup = WrapupPolicy{Mode: WrapupNone}
	case 0:
		delete(c.Queues, "support")
	case 1:
		c.Queues["support"].OnMaxWait = OnMaxWait{Queue: "sales", Text: "one moment"}
		c.Queues["sales"].OnMaxWait = OnMaxWait{Queue: "support"}
	case 2:
		c.Queues["support"].Wrapup.SkipUntouched = true
	case 3:
		c.Queues["support"].MaxWait = time.Second
	case 4:
		c.Queues["support"].Idle = IdlePolicy{}
	case 5, 6:
		c.Queues["support"].RatingWindow = graceWaiting
	}
	if r.dice(2) == 0 {
		waitsLonger(c.Queues["support"], c.Queues["sales"])
	}
	r.config = c
}

func (r *trial) step(by Principal, cmd Command) error {
	r.turns++
	t := Turn{Now: r.now, By: by, Config: r.config, Entropy: r.turns}
	before := *r.chat
	before.ChatState = decoded[ChatState](r.chat.ChatState)
	out, again := r.chat.Step(t, cmd), r.twin.Step(t, cmd)
	if !reflect.DeepEqual(out, again) {
		return fmt.Errorf("the same step gave\n%+v\nand\n%+v", out, again)
	}
	for _, e := range out.Events {
		if kept := journalled(e); !same(kept, withoutText(e)) {
			return fmt.Errorf("the journal made %+v of %+v", kept, e)
		}
		r.folded.Apply(r.now, journalled(e))
	}
	if !same(r.chat.ChatState, r.folded.ChatState) || !same(r.chat.ChatState, r.twin.ChatState) {
		return fmt.Errorf("states differ:\nstepped  %+v\nfolded   %+v\nrestored %+v", r.chat.ChatState, r.folded.ChatState, r.twin.ChatState)
	}
	if r.turns%5 == 0 {
		r.twin.ChatState = decoded[ChatState](r.twin.ChatState)
	}
	if err := r.chat.Check(); err != nil {
		return err
	}
	if out.Err != nil && (len(out.Events)+len(out.News) > 0 || out.Result != nil || !same(before.ChatState, r.chat.ChatState)) {
		return fmt.Errorf("refused (%w) and changed something: %+v", out.Err, out)
	}
	if _, ok := out.Err.(*Refusal); out.Err != nil && !ok {
		return fmt.Errorf("%w is not a refusal", out.Err)
	}
	if r.chat.Phase != PhaseNew {
		if err := settledChat(r.chat); err != nil {
			return err
		}
	}
	r.note(by, out)
	if at := r.chat.Deadline(); cmd == Command(Tick{}) && due(at, r.now) {
		return fmt.Errorf("after a tick it is still due at %v", at)
	}
	return r.books.enter(r.chat, cmd, out)
}

var people = []Principal{kim, lee, alice, bob, sue, root, nobody, {Role: RoleCustomer, ID: "alice"}}

// command throws a command and who gives it: mostly one that makes sense now.
func (r *trial) command() (Principal, Command) {
	by := people[r.dice(len(people))]
	if r.chat.Phase == PhaseNew && r.dice(4) > 0 {
		return kim, Start{Chat: "c1", Source: "web", Queue: "support", Priority: r.dice(3), Admitted: true}
	}
	agent := []AgentID{"alice", "bob", "sue"}[r.dice(3)]
	switch leg := r.chat.Leg; {
	case leg != nil && leg.Returning != "" && r.books.slots[leg.Returning] == "" && r.dice(2) == 0: // he comes back
		r.asked = append(r.asked, leg.Returning)
		return nobody, OfferGrant{Offer: offerNumber(len(r.asked) - 1), Agent: leg.Returning, ID: leg.ID, Decision: &Decision{Queue: "support"}}
	case r.calm && len(r.asks) > 0 && r.dice(3) > 0:
		return r.answer()
	case r.calm && r.chat.Owner != "" && r.dice(4) == 0:
		return Principal{Role: RoleAgent, ID: string(r.chat.Owner)}, r.flow()
	}
	switch r.dice(30) {
	case 20, 21, 22, 23:
		if len(r.asks) > 0 {
			return r.answer()
		}
	case 24, 25, 26, 27, 28:
		if o := r.chat.joined(r.chat.Owner); o != nil && r.dice(3) > 0 {
			by = Principal{Role: RoleAgent, ID: string(o.Agent)}
		}
		return by, r.flow()
	case 29:
		return nobody, SourceRemoved{[]SourceID{"web", "facebook", "facebook"}[r.dice(3)]}
	case 0, 1, 2:
		return nobody, r.grant(agent)
	case 3, 4:
		if id := r.offerID(); r.calm && r.chat.offer(id) != nil {
			return by, Accept{Offer: id, Agent: r.chat.offer(id).Agent}
		}
		return by, Accept{Offer: r.offerID(), Agent: agent}
	case 5:
		return by, Reject{Offer: r.offerID(), Agent: agent}
	case 6:
		return nobody, OfferAborted{Offer: r.offerID(), Agent: agent, Why: AgentGone}
	case 7:
		if r.dice(3) > 0 {
			return nobody, Notice{ID: r.legID(), Reason: []string{whyClosed, whyDeclined}[r.dice(2)], Text: []string{"", "we try again"}[r.dice(2)],
				Retry: []int64{0, r.now.Add(time.Second).UnixMilli()}[r.dice(2)]}
		}
		return nobody, EnqueueRefused{ID: r.legID(), Reason: "deleted"}
	case 8:
		return nobody, AgentLost{Chat: "c1", Agent: agent}
	case 9:
		return nobody, WrapupFiled{Chat: "c1", Agent: agent, Code: "solved"}
	case 10:
		return nobody, CustomerSeen{Online: r.dice(2) == 0}
	case 11, 12:
		return nobody, Tick{}
	case 13:
		return by, Start{Chat: "c1", Source: "web", Queue: "support", Admitted: r.dice(2) == 0}
	}
	return by, r.spoken()
}

// spoken is what a person may ask of the chat.
func (r *trial) spoken() Command {
	switch r.dice(16) {
	case 12:
		return ProposeEnd{}
	case 13:
		return []Command{ConfirmEnd{}, DeclineEnd{}}[r.dice(2)]
	case 14:
		return Rate{Score: r.dice(7), Text: "so so"}
	case 0:
		return EndChat{}
	case 1:
		return LeaveChat{}
	case 2:
		return ForceEnd{Reason: "spam"}
	case 3, 4:
		return MarkRead{Upto: uint64(r.dice(8))}
	case 5:
		return Typing{On: r.dice(2) == 0}
	case 6:
		return SetAttributes{Set: map[string]string{"plan": []string{"", "gold"}[r.dice(2)]}}
	case 7:
		return ViewChat{}
	case 8:
		return ViewOffers{}
	}
	return SendText{Text: []string{"hello", "a < b", ""}[r.dice(3)], To: []Audience{"", ForAll, ForAgents, "x"}[r.dice(4)]}
}

// grant offers the chat anew, or says again what a queue has said before. An
// offer that ended more than pastOffers ago is not said again: the chat may
// have forgotten it.
func (r *trial) grant(a AgentID) OfferGrant {
	n := len(r.asked) - 1 - r.dice(4)
	id := offerNumber(n)
	if _, over := r.books.over[id]; n < 0 || r.dice(4) > 0 || over && r.chat.past(id) == nil {
		r.asked = append(r.asked, a)
		n = len(r.asked) - 1
		id = offerNumber(n)
	}
	a = r.asked[n] // an offer is one agent's
	return OfferGrant{Offer: id, Agent: a, Name: string(a), ID: r.legID(), Decision: &Decision{Queue: "support", At: r.now, Winner: a}}
}

// offerID is that of an open offer, of an earlier one, or of none.
func (r *trial) offerID() OfferID {
	if len(r.chat.Offers) > 0 && r.dice(4) > 0 {
		return r.chat.Offers[0].ID
	}
	return offerNumber(len(r.asked) - r.dice(4))
}

func offerNumber(n int) OfferID { return OfferID(fmt.Sprintf("c1.%d", n)) }

func (r *trial) legID() EnqueueID {
	if r.chat.Leg != nil && r.dice(4) > 0 {
		return r.chat.Leg.ID
	}
	return r.chat.LastLeg.ID
}

// chatBooks are the events of one chat, added up by somebody who does not
// trust it, and what the queue and the agents must believe from what they are
// told.
type chatBooks struct {
	count    map[string]int   // of events, by type
	transfer string           // that is open
	known    map[AgentID]bool // whom the customer has heard of
	open     map[OfferID]AgentID
	over     map[OfferID]OfferReason
	debts    map[AgentID]bool
	seq      uint64
	ended    bool
	closed   bool
	queue    QueueID // where it waits, as the queues know it
	leg      EnqueueID
	slots    map[AgentID]SlotState // as the agents know them
	weights  map[AgentID]int
	rings    map[AgentID]OfferID
}

func newChatBooks() chatBooks {
	return chatBooks{count: map[string]int{}, known: map[AgentID]bool{}, open: map[OfferID]AgentID{}, over: map[OfferID]OfferReason{}, debts: map[AgentID]bool{}, slots: map[AgentID]SlotState{}, weights: map[AgentID]int{}, rings: map[AgentID]OfferID{}}
}

func (b *chatBooks) enter(c *Chat, cmd Command, out Outcome) error {
	granted, _ := cmd.(SlotGranted)
	if _, pick := granted.Then.(Pick); pick && out.Err == nil {
		b.open[granted.Offer] = granted.Agent // an offer and its accept in one
	}
	if granted.Offer != "" && out.Err != nil && !slices.Contains(out.Sends, Send{To: granted.Agent.Address(), Cmd: SlotRelease{granted.Offer}}) {
		return fmt.Errorf("the slot of %s was neither used nor given back", granted.Agent)
	}
	b.regained(cmd, out)
	for _, e := range out.Events {
		if err := b.event(e); err != nil {
			return err
		}
		b.count[strings.TrimPrefix(fmt.Sprintf("%T", e), "acd.")]++
		if err := b.flow(e); err != nil {
			return err
		}
	}
	for _, n := range out.News {
		if err := heard(c, n, out); err != nil {
			return err
		}
		if n.View == ToCustomer {
			if err := b.hears(n.Event); err != nil {
				return err
			}
		}
	}
	for _, s := range out.Sends {
		b.send(s)
	}
	if g, ok := cmd.(OfferGrant); ok && b.slots[g.Agent] == "" {
		released := slices.ContainsFunc(out.Sends, func(s Send) bool { return s.Cmd == Command(SlotRelease{g.Offer}) || overWith(s, g.Offer) })
		if !released {
			return fmt.Errorf("the slot of %s was neither used nor given back", g.Agent)
		}
	}
	return b.agree(c)
}

func overWith(s Send, id OfferID) bool {
	m, ok := s.Cmd.(OfferOver)
	return ok && m.Offer == id
}

func (b *chatBooks) event(e Event) error {
	filed, isFiled := e.(WrapupRecorded)
	_, isClosed := e.(ChatClosed)
	_, isRated := e.(Rated)
	if b.closed || b.ended && !isFiled && !isClosed && !isRated {
		return fmt.Errorf("I7: %T after the end", e)
	}
	switch e := e.(type) {
	case Offered:
		if _, known := b.over[e.Offer.ID]; known || b.open[e.Offer.ID] != "" {
			return fmt.Errorf("I3: offer %s is opened twice", e.Offer.ID)
		}
		b.open[e.Offer.ID] = e.Offer.Agent
	case OfferEnded:
		return b.endOffer(e.Offer, e.Agent, e.Reason)
	case Accepted:
		return b.endOffer(e.Offer, e.Agent, OfferAccepted)
	case MessageSent:
		if b.seq++; e.Message.Seq != b.seq {
			return fmt.Errorf("I6: message %d follows %d", e.Message.Seq, b.seq-1)
		}
	case Left:
		if e.Wrapup.Mode != WrapupNone {
			return b.owe(e.Agent)
		}
	case ChatEnded:
		b.ended = true
		for _, o := range e.Apart {
			if err := b.owe(o.Agent); err != nil {
				return err
			}
		}
		for _, a := range e.Debts {
			if err := b.owe(a); err != nil {
				return err
			}
		}
	case WrapupRecorded:
		if !b.debts[filed.Agent] {
			return fmt.Errorf("I12: %s closes a debt that is not open", filed.Agent)
		}
		delete(b.debts, filed.Agent)
		delete(b.slots, filed.Agent)
	case ChatClosed:
		b.closed = true
		if !b.ended || len(b.open)+len(b.debts) > 0 {
			return fmt.Errorf("I7: closed with offers %v and debts %v", b.open, b.debts)
		}
	}
	return nil
}

func (b *chatBooks) endOffer(id OfferID, a AgentID, why OfferReason) error {
	if b.open[id] != a {
		return fmt.Errorf("I3: %s ended as %s at %s, open are %v", id, why, a, b.open)
	}
	delete(b.open, id)
	b.over[id] = why
	return nil
}

func (b *chatBooks) owe(a AgentID) error {
	if b.debts[a] {
		return fmt.Errorf("I12: %s owes twice", a)
	}
	b.debts[a] = true
	return nil
}

func (b *chatBooks) send(s Send) {
	agent := AgentID(s.To.ID)
	switch m := s.Cmd.(type) {
	case Enqueue:
		b.queue, b.leg = QueueID(s.To.ID), m.Leg.ID
	case Withdraw:
		if b.leg == m.ID {
			b.queue, b.leg = "", ""
		}
	case OfferVoid:
		if b.leg == m.ID {
			b.queue, b.leg = "", ""
		}
	case OfferStart:
		b.slots[agent], b.rings[agent] = SlotAlerting, m.Slot.Offer
	case Assigned:
		b.slots[agent] = SlotConnected
		b.weights[agent] = m.Slot.Weight
	case Released:
		b.slots[agent] = SlotReleased
		if m.Spec.Mode == WrapupNone {
			delete(b.slots, agent)
		}
	case OfferOver:
		if b.slots[agent] == SlotAlerting && b.rings[agent] == m.Offer {
			delete(b.slots, agent)
		}
	}
}

// agree compares what the others believe with what the chat says of itself.
func (b *chatBooks) agree(c *Chat) error {
	slots := map[AgentID]SlotState{}
	for _, row := range c.SlotRows() {
		slots[row.Agent] = row.State
		if row.State == SlotConnected && row.Weight != b.weights[row.Agent] {
			return fmt.Errorf("%s believes that the chat weighs %d, it says %d", row.Agent, b.weights[row.Agent], row.Weight)
		}
	}
	if !maps.Equal(slots, b.slots) {
		return fmt.Errorf("the agents believe %v, the chat says %v", b.slots, slots)
	}
	waits := c.Leg != nil && c.openOffer(OfferRoute) == nil
	if waits && (b.queue != c.Leg.Queue || b.leg != c.Leg.ID) || c.Leg == nil && b.queue != "" {
		return fmt.Errorf("I5: the queues believe it waits in %q as %s, the chat says %+v", b.queue, b.leg, c.Leg)
	}
	return nil
}

// same compares what a journal would keep of two values.
func same(a, b any) bool {
	x, errX := cborEncoding.Marshal(a)
	y, errY := cborEncoding.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// decoded is v as it comes back from the disk.
func decoded[T any](v any) T {
	var back T
	b, err := cborEncoding.Marshal(v)
	if err == nil {
		err = cborDecoding.Unmarshal(b, &back)
	}
	if err != nil {
		panic(fmt.Sprintf("%T does not survive the journal: %v", v, err))
	}
	return back
}

// journalled is e as it comes back from the journal.
func journalled(e Event) Event {
	b, err := cborEncoding.Marshal(e)
	back := reflect.New(reflect.TypeOf(e))
	if err == nil {
		err = cborDecoding.Unmarshal(b, back.Interface())
	}
	if err != nil {
		panic(fmt.Sprintf("%T does not survive the journal: %v", e, err))
	}
	return back.Elem().Interface().(Event)
}

// withoutText is e without what is not the event's to keep.
func withoutText(e Event) Event {
	if m, ok := e.(MessageSent); ok {
		m.Message.Text, m.Message.Erased = "", false
		return m
	}
	return e
}
