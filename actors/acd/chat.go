package acd

import (
	"slices"
	"time"
)

// Chat is one conversation. It owns who serves it, what is open, and in which
// order its messages stand. All of its state is durable.
type Chat struct {
	ID ChatID
	ChatState
	names []Stream // of those who hear of it
}

// ChatState is what a snapshot of a chat holds; it has no text.
type ChatState struct {
	Phase        Phase            `cbor:"1,keyasint,omitempty"`
	StartedAt    time.Time        `cbor:"2,keyasint"`
	Customer     Customer         `cbor:"3,keyasint"`
	Channel      Channel          `cbor:"4,keyasint,omitempty"`
	Source       SourceID         `cbor:"5,keyasint,omitempty"`
	SourceName   string           `cbor:"6,keyasint,omitempty"`
	Subject      string           `cbor:"7,keyasint,omitempty"`
	Weight       int              `cbor:"8,keyasint,omitempty"`
	Grace        Graces           `cbor:"9,keyasint"`
	Previous     ChatID           `cbor:"46,keyasint,omitempty"` // the customer's last one before
	Leg          *Leg             `cbor:"10,keyasint,omitempty"` // while it waits
	LastLeg      *Leg             `cbor:"11,keyasint"`           // the present or the last one, never nil; see Leg
	Policy       LegPolicy        `cbor:"12,keyasint"`           // of LastLeg
	Excluded     []Exclusion      `cbor:"13,keyasint,omitempty"` // by agent
	Attempts     int              `cbor:"14,keyasint,omitempty"`
	Offers       []Offer          `cbor:"15,keyasint,omitempty"` // open ones
	Past         []OfferOutcome   `cbor:"16,keyasint,omitempty"` // the last ended ones
	Participants []Participant    `cbor:"17,keyasint,omitempty"`
	Owner        AgentID          `cbor:"18,keyasint,omitempty"`
	Messages     uint64           `cbor:"19,keyasint,omitempty"`
	CustomerRead uint64           `cbor:"20,keyasint,omitempty"`
	AwayUntil    time.Time        `cbor:"21,keyasint,omitzero"` // set while the customer is away
	Owing        []Owed           `cbor:"22,keyasint,omitempty"`
	EndReason    EndReason        `cbor:"23,keyasint,omitempty"`
	EndedAt      time.Time        `cbor:"24,keyasint,omitzero"`
	Filed        []WrapupRecorded `cbor:"25,keyasint,omitempty"`
	NextPolicy   *LegPolicy       `cbor:"26,keyasint,omitempty"` // of Leg, while somebody still serves the chat
	Transfer     *Transfer        `cbor:"27,keyasint,omitempty"`
	Interrupted  bool             `cbor:"28,keyasint,omitempty"` // the source is gone
	CloseAt      time.Time        `cbor:"29,keyasint,omitzero"`  // of an interrupted chat
	Label        Label            `cbor:"30,keyasint,omitempty"` // when it is not active
	Assist       *AssistAsked     `cbor:"40,keyasint,omitempty"` // a call that nobody has followed yet
	Idle         IdleState        `cbor:"31,keyasint,omitzero"`
	Ending       AgentID          `cbor:"32,keyasint,omitempty"` // who has asked the customer for the end
	Waits        *WaitState       `cbor:"45,keyasint,omitempty"` // while nobody serves it and something is to be said
	RateUntil    time.Time        `cbor:"33,keyasint,omitzero"`  // how long an ended chat can be rated
	Rating       *Rated           `cbor:"34,keyasint,omitempty"`
	Watched      []AgentID        `cbor:"47,keyasint,omitempty"` // who oversaw it to its end
	Forgotten    []AgentID        `cbor:"41,keyasint,omitempty"` // who had offers that Past has lost
}

// Exclusion keeps a chat from an agent who rejected or missed it.
type Exclusion struct {
	Agent AgentID `cbor:"1,keyasint"`
	Until int64   `cbor:"2,keyasint"` // Unix milliseconds
}

// pastOffers is how many ended offers a chat remembers for late answers. Of older ones it knows
// whom they were for.
const pastOffers = 64

// maxPending bounds the unread messages that are told apart.
const maxPending = 1000

var _ Machine = (*Chat)(nil)

// NewChat returns a chat that has not started.
func NewChat(id ChatID) *Chat { return &Chat{ID: id, ChatState: ChatState{LastLeg: &noLeg}} }

// noLeg is the last stay of a chat that has not been in a queue yet.
var noLeg Leg

// Import takes the state of a snapshot in place of the present one.
func (c *Chat) Import(s ChatState) {
	if c.ChatState = s; c.LastLeg == nil {
		c.LastLeg = &noLeg
	}
}

// Live reports whether the customer still has it open.
func (c *Chat) Live() bool { return c.Phase == PhaseQueued || c.Phase == PhaseActive }

// Over reports whether nothing is to come but, perhaps, a rating or the end of
// its time.
func (c *Chat) Over() bool { return !c.Live() && len(c.Owing) == 0 }

// Deadline implements Machine: the first of the offers' deadlines, the longest
// wait (never while a queue's offer is open), the next saying of the queue, the
// customer's grace, the wait for a sender's answer, the end of an interrupted chat and what silence brings.
func (c *Chat) Deadline() time.Time { return c.DeadlineAfter(time.Time{}) }

// DeadlineAfter is the first of them that is later than a time.
func (c *Chat) DeadlineAfter(floor time.Time) (first time.Time) {
	add := func(at time.Time) {
		if at.After(floor) {
			first = sooner(first, at)
		}
	}
	if !c.Live() {
		add(c.ratingDue())
		return first
	}
	add(c.AwayUntil)
	add(c.CloseAt)
	add(c.returnDue())
	add(c.sayDue())
	add(c.idleDue())
	for i := range c.Offers {
		add(c.Offers[i].Deadline)
	}
	if c.Leg != nil && c.openOffer(OfferRoute) == nil {
		add(c.waitPolicy().GiveUpAt)
	}
	return first
}

// waitPolicy is the policy of the present stay in a queue.
func (c *Chat) waitPolicy() *LegPolicy {
	if c.NextPolicy != nil {
		return c.NextPolicy
	}
	return &c.Policy
}

// sooner returns the earlier of two times, of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// due reports whether a deadline is set and has come.
func due(deadline, now time.Time) bool { return !deadline.IsZero() && !now.Before(deadline) }

func (c *Chat) offer(id OfferID) *Offer {
	for i := range c.Offers {
		if c.Offers[i].ID == id {
			return &c.Offers[i]
		}
	}
	return nil
}

func (c *Chat) past(id OfferID) *OfferOutcome {
	for i := range c.Past {
		if c.Past[i].ID == id {
			return &c.Past[i]
		}
	}
	return nil
}

func (c *Chat) participant(a AgentID) *Participant {
	for i := range c.Participants {
		if c.Participants[i].Agent == a {
			return &c.Participants[i]
		}
	}
	return nil
}

// joined returns the agent's part in the chat if he is in it now.
func (c *Chat) joined(a AgentID) *Participant {
	if p := c.participant(a); p != nil && p.Joined {
		return p
	}
	return nil
}

// serving returns the agent's part in the chat if it takes a unit of his
// capacity: not that of who only oversees it.
func (c *Chat) serving(a AgentID) *Participant {
	if p := c.joined(a); p != nil && p.Slot {
		return p
	}
	return nil
}

// owes reports whether the chat still waits for a wrap-up of the agent's.
func (c *Chat) owes(a AgentID) bool { return c.owed(a) != nil }

// flows is the policy of its flows, with the defaults for a chat that was
// queued before there were any.
func (c *Chat) flows() FlowPolicy {
	f := c.Policy.Flows
	f.normalize()
	return f
}

// nextOwner is who has served the chat longest, apart from leaver.
func (c *Chat) nextOwner(leaver AgentID) AgentID {
	var next *Participant
	for i := range c.Participants {
		p := &c.Participants[i]
		if p.Joined && p.Slot && p.Mode == Talk && p.Agent != leaver && (next == nil || p.Since.Before(next.Since)) {
			next = p
		}
	}
	if next == nil {
		return ""
	}
	return next.Agent
}

func (c *Chat) excluded(a AgentID, now time.Time) bool {
	i := slices.IndexFunc(c.Excluded, func(x Exclusion) bool { return x.Agent == a })
	return i >= 0 && now.UnixMilli() < c.Excluded[i].Until
}

// Waiting is what the chat's queue has to know of it, nil when it does not wait.
func (c *Chat) Waiting() *Enqueue {
	if c.Leg == nil {
		return nil
	}
	q := &Enqueue{Chat: c.ID, Leg: *c.Leg, Customer: c.Customer.ID, Channel: c.Channel, Weight: c.Weight,
		Facts: Facts{c.Source, c.Customer.Attributes}, Rings: c.rings()}
	for i := range c.Offers {
		switch o := &c.Offers[i]; {
		case o.Kind != OfferRoute:
		case q.Offer == "":
			q.Offer = o.ID
		default:
			q.More = append(q.More, o.ID)
		}
	}
	for _, x := range c.Excluded {
		if q.Exclude == nil {
			q.Exclude = make(map[AgentID]int64, len(c.Excluded))
		}
		q.Exclude[x.Agent] = x.Until
	}
	return q
}

// FirstOffer is the first of its queue's offers that ring, "" if none does.
func (c *Chat) FirstOffer() OfferID {
	for i := range c.Offers {
		if c.Offers[i].Kind == OfferRoute {
			return c.Offers[i].ID
		}
	}
	return ""
}

// rings is how many offers of the queue may be open at once in this stay.
func (c *Chat) rings() int { return max(c.waitPolicy().RingCount, 1) }

// SlotRows is what the chat says about the slots of agents: the index from
// which an agent who starts again learns what he has. There is one row for each
// of them: what he still owes is said again when nothing rings at him any more.
func (c *Chat) SlotRows() []SlotRow { return c.AppendSlotRows(nil) }

// AppendSlotRows appends SlotRows to rows.
func (c *Chat) AppendSlotRows(rows []SlotRow) []SlotRow {
	for i := range c.Offers {
		rows = append(rows, c.alertingRow(&c.Offers[i]))
	}
	for i := range c.Participants {
		if p := &c.Participants[i]; p.Joined && p.Slot {
			rows = append(rows, c.connectedRow(p))
		}
	}
	for i := range c.Owing {
		if o := &c.Owing[i]; c.offerTo(o.Agent) == nil {
			rows = append(rows, c.releasedRow(o))
		}
	}
	return rows
}

func (c *Chat) releasedRow(o *Owed) SlotRow {
	return SlotRow{Chat: c.ID, Agent: o.Agent, State: SlotReleased, Offer: o.Offer, Channel: c.Channel, Weight: c.weight(),
		Since: o.Since, Spec: o.Spec}
}

func (c *Chat) alertingRow(o *Offer) SlotRow {
	return SlotRow{Chat: c.ID, Agent: o.Agent, State: SlotAlerting, Offer: o.ID, Kind: o.Kind, Channel: c.Channel,
		Weight: c.Weight, Since: o.Started, Deadline: o.Deadline}
}

func (c *Chat) connectedRow(p *Participant) SlotRow {
	return SlotRow{Chat: c.ID, Agent: p.Agent, State: SlotConnected, Offer: p.Offer, Channel: c.Channel, Weight: c.weight(), Since: p.Since}
}

// Pending implements Machine. All of it may have been heard before; the
// receivers are told the present truth once more.
func (c *Chat) Pending() []Send {
	var out []Send
	if q := c.Waiting(); q != nil {
		out = append(out, c.sendQueue(c.Leg.Queue, *q))
	}
	for _, row := range c.SlotRows() {
		switch row.State {
		case SlotAlerting:
			out = append(out, c.sendAgent(row.Agent, OfferStart{Slot: row}))
		case SlotConnected:
			out = append(out, c.sendAgent(row.Agent, Assigned{Slot: row}))
		case SlotReleased:
			out = append(out, c.sendReleased(row, ""))
		case SlotReserved:
			panic("acd: a chat never reserves")
		}
	}
	if c.Live() {
		for _, p := range c.Past {
			if p.Reason == OfferRONA || p.Reason == OfferRejected {
				out = append(out, c.sendOver(p.ID, p.Agent, p.Reason))
			}
		}
	}
	return out
}

// What a chat tells an agent or a queue replaces what it told him before about
// itself, so one key for each is enough; the end of an offer stands for itself.
func (c *Chat) sendAgent(a AgentID, cmd Command) Send {
	return Send{To: a.Address(), Cmd: cmd, Key: string(c.ID)}
}

func (c *Chat) sendReleased(r SlotRow, reason string) Send {
	return c.sendAgent(r.Agent, Released{Chat: c.ID, Spec: r.Spec, Reason: reason, Offer: r.Offer, Channel: r.Channel, Weight: r.Weight})
}

// releasedAs is the row of somebody who serves the chat no longer.
func (c *Chat) releasedAs(p *Participant, spec WrapupPolicy) SlotRow {
	return c.releasedRow(&Owed{Agent: p.Agent, Spec: spec, Offer: p.Offer})
}

// owed returns what the agent owes the chat, nil if he does not.
func (c *Chat) owed(a AgentID) *Owed {
	if i := slices.IndexFunc(c.Owing, func(o Owed) bool { return o.Agent == a }); i >= 0 {
		return &c.Owing[i]
	}
	return nil
}

func (c *Chat) sendQueue(q QueueID, cmd Command) Send {
	return Send{To: q.Address(), Cmd: cmd, Key: string(c.ID)}
}

func (c *Chat) sendOver(id OfferID, a AgentID, why OfferReason) Send {
	over := OfferOver{Offer: id, Chat: c.ID, Reason: why, MinAlert: c.Policy.MinAlert}
	if p := c.past(id); p != nil {
		over.At, over.Rang = p.At, p.Rang
	}
	return Send{To: a.Address(), Key: string(id), Cmd: over}
}
