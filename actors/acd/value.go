package acd

import "time"

// Customer is who the chat is with.
type Customer struct {
	ID         CustomerID        `cbor:"1,keyasint"`
	Name       string            `cbor:"2,keyasint,omitempty"`
	Auth       string            `cbor:"3,keyasint,omitempty"` // signed | anon
	Attributes map[string]string `cbor:"4,keyasint,omitempty"`
}

// Graces are the chat's own copy of CustomerGrace.
type Graces struct {
	Waiting time.Duration `cbor:"1,keyasint"`
	Served  time.Duration `cbor:"2,keyasint"`
}

// Leg is one stay in a queue. The order of a queue is (Key, EnteredAt, chat):
// Key is EnteredAt less what priority is worth, so that all chats age alike
// and the order never changes by itself. A chat's legs are shared by those who
// refer to them and never changed, only replaced.
type Leg struct {
	ID        EnqueueID `cbor:"1,keyasint"`
	Queue     QueueID   `cbor:"2,keyasint"`
	Key       time.Time `cbor:"3,keyasint"`
	EnteredAt time.Time `cbor:"4,keyasint"`
	Skills    []string  `cbor:"5,keyasint,omitempty"`
	Priority  int       `cbor:"6,keyasint,omitempty"`
	// Prefer is the agent whom the chat waits for until then, while he takes
	// offers; busy or not.
	Prefer      AgentID   `cbor:"7,keyasint,omitempty"`
	PreferUntil time.Time `cbor:"8,keyasint,omitzero"`
	// Returning is the agent who lost the chat and gets it back when he comes.
	Returning AgentID `cbor:"20,keyasint,omitempty"`
	// Tried are the queues that have sent it on at MovedAt, none of which it goes
	// back to at once.
	Tried   []QueueID `cbor:"21,keyasint,omitempty"`
	MovedAt time.Time `cbor:"22,keyasint,omitzero"`
}

// LegPolicy is what the queue's policy means for one stay.
type LegPolicy struct {
	QueueName  string        `cbor:"1,keyasint,omitempty"`
	Offer      time.Duration `cbor:"2,keyasint"`
	MinAlert   time.Duration `cbor:"3,keyasint"`
	GiveUpAt   time.Time     `cbor:"4,keyasint,omitzero"` // max wait
	OverflowTo QueueID       `cbor:"5,keyasint,omitempty"`
	GiveUpText string        `cbor:"6,keyasint,omitempty"`
	RejectHold time.Duration `cbor:"7,keyasint"`
	Regain     time.Duration `cbor:"8,keyasint,omitempty"`
	Wrapup     WrapupPolicy  `cbor:"9,keyasint"`
	Flows      FlowPolicy    `cbor:"10,keyasint"`
	Idle       IdlePolicy    `cbor:"11,keyasint,omitzero"`
	RingCount  int           `cbor:"12,keyasint,omitempty"` // agents at once; 0 is 1
	Sayings    []Saying      `cbor:"20,keyasint,omitempty"`
	GiveUpKeep bool          `cbor:"21,keyasint,omitempty"` // goes on waiting
	AutoAccept bool          `cbor:"22,keyasint,omitempty"` // by whoever is asked
	// ServiceLevel and ShortAbandon are what this stay is measured by.
	ServiceLevel time.Duration `cbor:"90,keyasint,omitempty"`
	ShortAbandon time.Duration `cbor:"91,keyasint,omitempty"`
}

// OfferKind says what an offer is for.
type OfferKind string

// The kinds of offers so far; the other flows bring their own.
const OfferRoute OfferKind = "queue"

// OfferReason says how an offer ended. The list is closed.
type OfferReason string

// The reasons.
const (
	OfferAccepted     OfferReason = "accepted"
	AcceptedElsewhere OfferReason = "accepted_elsewhere"
	OfferRejected     OfferReason = "rejected"
	OfferRONA         OfferReason = "rona"
	CustomerGone      OfferReason = "customer_gone"
	OfferCancelled    OfferReason = "cancelled"
	AgentState        OfferReason = "agent_state"
	AgentGone         OfferReason = "agent_lost"
	AgentOffline      OfferReason = "offline"
	TakenOver         OfferReason = "taken_over"
	OfferInterrupted  OfferReason = "interrupted"
	OfferEndedChat    OfferReason = "ended"
	OfferMoved        OfferReason = "moved"
)

// Offer is a chat ringing at one agent until it is answered or its deadline
// passes. Ringing is a value, not a phase of the chat.
type Offer struct {
	ID       OfferID   `cbor:"1,keyasint"`
	Agent    AgentID   `cbor:"2,keyasint"`
	Kind     OfferKind `cbor:"3,keyasint"`
	Started  time.Time `cbor:"4,keyasint"`
	Deadline time.Time `cbor:"5,keyasint"`
	Attempt  int       `cbor:"6,keyasint"`
	Name     string    `cbor:"7,keyasint,omitempty"` // the agent's
	From     AgentID   `cbor:"8,keyasint,omitempty"` // who transfers, invites or consults
	FromName string    `cbor:"9,keyasint,omitempty"`
	Note     string    `cbor:"10,keyasint,omitempty"`
}

// OfferOutcome is remembered so that a late answer gets the truth.
type OfferOutcome struct {
	ID     OfferID     `cbor:"1,keyasint"`
	Agent  AgentID     `cbor:"2,keyasint"`
	Reason OfferReason `cbor:"3,keyasint"`
	// Rang is how long the chat can vouch that it rang; if it can, At is when it
	// ended.
	At   time.Time     `cbor:"4,keyasint,omitzero"`
	Rang time.Duration `cbor:"5,keyasint,omitempty"`
}

// Popover is what an agent sees of a chat before he takes it. The thread is
// the transcript up to Thread; its text is not repeated here.
type Popover struct {
	Channel    Channel           `cbor:"1,keyasint"`
	Queue      QueueID           `cbor:"2,keyasint,omitempty"`
	QueueName  string            `cbor:"3,keyasint,omitempty"`
	Customer   string            `cbor:"4,keyasint,omitempty"`
	Attributes map[string]string `cbor:"5,keyasint,omitempty"`
	Source     SourceID          `cbor:"6,keyasint,omitempty"`
	SourceName string            `cbor:"7,keyasint,omitempty"`
	ReceivedAt time.Time         `cbor:"8,keyasint"`
	Thread     uint64            `cbor:"9,keyasint,omitempty"`
	Previous   ChatID            `cbor:"10,keyasint,omitempty"`
	Auth       string            `cbor:"11,keyasint,omitempty"` // signed | anon
}

// Decision is why an agent was chosen, and why each other one was not. With
// very many candidates the first Passed are named and the rest are counted.
type Decision struct {
	Queue    QueueID     `cbor:"1,keyasint"`
	Strategy Strategy    `cbor:"2,keyasint"`
	At       time.Time   `cbor:"3,keyasint"`
	Version  uint64      `cbor:"4,keyasint"` // of the configuration
	Winner   AgentID     `cbor:"5,keyasint"`
	Why      string      `cbor:"6,keyasint,omitempty"` // the winner's measure
	Passed   []PassedBy  `cbor:"7,keyasint,omitempty"`
	More     []PassCount `cbor:"8,keyasint,omitempty"`
	Step     int         `cbor:"9,keyasint,omitempty"` // how many of the queue's steps were taken
}

// PassedBy is one agent who was not chosen, and why: not_available, busy,
// channel, skill, tier (not asked yet), preferred (the chat waits for another),
// excluded, reserved, ringing (with this chat), behind (he came later in the
// order), expression (the queue's is not true of him), expression_failed (and
// why it could not be said).
type PassedBy struct {
	Agent AgentID `cbor:"1,keyasint"`
	Why   string  `cbor:"2,keyasint"`
}

// PassCount counts further agents who were passed over for one reason.
type PassCount struct {
	Why   string `cbor:"1,keyasint"`
	Count int    `cbor:"2,keyasint"`
}

// Audience says who may see a message.
type Audience string

// The audiences. A customer never sees what is for agents.
const (
	ForAll    Audience = "all"
	ForAgents Audience = "agents"
)

// Author is who wrote a message: customer, agent, supervisor, system or queue.
type Author struct {
	Kind string `cbor:"1,keyasint"`
	ID   string `cbor:"2,keyasint,omitempty"`
	Name string `cbor:"3,keyasint,omitempty"`
}

// Message is one line of a transcript. Seq is dense from 1 in its chat. Text
// is kept in the transcript's row, not in the event.
type Message struct {
	Seq    uint64    `cbor:"1,keyasint"`
	Author Author    `cbor:"2,keyasint"`
	To     Audience  `cbor:"3,keyasint"`
	SentAt time.Time `cbor:"4,keyasint"`
	Text   string    `cbor:"-"`
	// Attachment stands in the place of a text, which is its name then.
	Attachment *Attachment `cbor:"5,keyasint,omitempty"`
	Template   string      `cbor:"6,keyasint,omitempty"` // that the text was made of
	// Joined is who has come, in a line of the system that says so: its text is
	// English, and a page may say it in another language.
	Joined string `cbor:"7,keyasint,omitempty"`
	Erased bool   `cbor:"-"` // the text is gone for good
}

// Unread is an agent's count after a message.
type Unread struct {
	Agent AgentID `cbor:"1,keyasint"`
	Count int     `cbor:"2,keyasint"`
}

// EndReason says why a chat ended.
type EndReason string

// The reasons.
const (
	EndedByAgent    EndReason = "agent"
	EndedByCustomer EndReason = "customer"
	EndAbandoned    EndReason = "abandoned"    // the customer left while waiting
	EndDisconnected EndReason = "disconnected" // did not come back in the grace
	EndMaxWait      EndReason = "max_wait"
	EndRefused      EndReason = "queue_refused"
	EndForced       EndReason = "forced"
	EndSourceGone   EndReason = "source_removed"
	EndTransfer     EndReason = "transfer_failed"
	EndCustomerIdle EndReason = "customer_idle"
)

// PresenceState is the person's state; the routing status follows from it and
// from what he has.
type PresenceState string

// The states. RONA is set by the system alone, draining by offline with drain.
const (
	Offline   PresenceState = "offline"
	NotReady  PresenceState = "not_ready"
	Available PresenceState = "available"
	InRONA    PresenceState = "rona"
	Draining  PresenceState = "draining"
)

// Debt is a wrap-up that an agent owes.
type Debt struct {
	Chat     ChatID       `cbor:"1,keyasint"`
	Spec     WrapupPolicy `cbor:"2,keyasint"`
	Since    time.Time    `cbor:"3,keyasint"`
	Deadline time.Time    `cbor:"4,keyasint,omitzero"`
	Left     int          `cbor:"5,keyasint,omitempty"` // extensions
	Weight   int          `cbor:"6,keyasint,omitempty"`
	Channel  Channel      `cbor:"7,keyasint,omitempty"`
	Code     string       `cbor:"8,keyasint,omitempty"` // draft
	Notes    string       `cbor:"9,keyasint,omitempty"`
	Offer    OfferID      `cbor:"10,keyasint,omitempty"` // by which the chat had come to him
}

// SlotState is how far a slot of an agent has got.
type SlotState string

// The states of a slot.
const (
	SlotReserved  SlotState = "reserved"
	SlotAlerting  SlotState = "alerting"
	SlotConnected SlotState = "connected"
	SlotReleased  SlotState = "released" // the chat is over, the wrap-up not yet begun or filed
)

// SlotRow is what a chat says about one agent's slot. It stands in the index
// beside the chat's record, so that an agent who restarts finds every slot.
type SlotRow struct {
	Chat     ChatID       `cbor:"1,keyasint"`
	Agent    AgentID      `cbor:"2,keyasint"`
	State    SlotState    `cbor:"3,keyasint"`
	Offer    OfferID      `cbor:"4,keyasint,omitempty"`
	Kind     OfferKind    `cbor:"5,keyasint,omitempty"`
	Channel  Channel      `cbor:"6,keyasint,omitempty"`
	Weight   int          `cbor:"7,keyasint,omitempty"`
	Since    time.Time    `cbor:"8,keyasint"`
	Deadline time.Time    `cbor:"9,keyasint,omitzero"`
	Spec     WrapupPolicy `cbor:"10,keyasint"` // when released
}

// Phase is where a chat stands.
type Phase string

// The phases. Queued and Active may both have an offer open.
const (
	PhaseNew    Phase = "" // not started
	PhaseQueued Phase = "queued"
	PhaseActive Phase = "active"
	PhaseEnded  Phase = "ended" // wrap-up is due
	PhaseClosed Phase = "closed"
)

// Participant is an agent or a supervisor in a chat. The customer is always
// there and is not listed.
type Participant struct {
	Agent  AgentID   `cbor:"1,keyasint"`
	Name   string    `cbor:"2,keyasint,omitempty"`
	Mode   Mode      `cbor:"3,keyasint"`
	Joined bool      `cbor:"4,keyasint,omitempty"`
	Since  time.Time `cbor:"5,keyasint"`
	Read   uint64    `cbor:"6,keyasint,omitempty"`
	Unread int       `cbor:"7,keyasint,omitempty"`
	Wrote  bool      `cbor:"8,keyasint,omitempty"`
	// Pending are the messages of others that he has not read, oldest first;
	// Unread is their number.
	Pending []uint64 `cbor:"9,keyasint,omitempty"`
	// Slot says that the chat takes a unit of his capacity. Who monitors,
	// whispers or barges in has none.
	Slot bool `cbor:"10,keyasint,omitempty"`
	// Wrapup is set when the chat has come to be another queue's while he was in
	// it: he owes what was asked for when he took it.
	Wrapup *WrapupPolicy `cbor:"11,keyasint,omitempty"`
	// Supervisor says that he came with a supervisor's rights, served or not.
	Supervisor bool `cbor:"12,keyasint,omitempty"`
	// Offer is by which the chat came to him, this time: it tells this time from
	// others, and is absent in records of an older version.
	Offer OfferID `cbor:"13,keyasint,omitempty"`
}

// Owed is a wrap-up that a chat waits for.
type Owed struct {
	Agent  AgentID      `cbor:"1,keyasint"`
	Spec   WrapupPolicy `cbor:"2,keyasint"`
	Reason string       `cbor:"3,keyasint,omitempty"`
	Since  time.Time    `cbor:"4,keyasint"`
	Offer  OfferID      `cbor:"5,keyasint,omitempty"` // by which he had come
}

// ChatView is what a participant may see of a chat. The transcript up to
// Messages goes with it, from the transcript's own rows.
type ChatView struct {
	Chat         ChatID            `cbor:"1,keyasint"`
	Phase        Phase             `cbor:"2,keyasint"`
	Channel      Channel           `cbor:"3,keyasint"`
	Queue        QueueID           `cbor:"4,keyasint,omitempty"`
	QueueName    string            `cbor:"5,keyasint,omitempty"`
	Source       SourceID          `cbor:"6,keyasint,omitempty"`
	SourceName   string            `cbor:"7,keyasint,omitempty"`
	Customer     string            `cbor:"8,keyasint,omitempty"`
	Attributes   map[string]string `cbor:"9,keyasint,omitempty"`
	Away         bool              `cbor:"10,keyasint,omitempty"`
	Owner        AgentID           `cbor:"11,keyasint,omitempty"`
	Participants []Participant     `cbor:"12,keyasint,omitempty"`
	Messages     uint64            `cbor:"13,keyasint,omitempty"`
	ReceivedAt   time.Time         `cbor:"14,keyasint"`
	Unread       int               `cbor:"15,keyasint,omitempty"` // the asker's
	Read         uint64            `cbor:"16,keyasint,omitempty"`
	CustomerRead uint64            `cbor:"17,keyasint,omitempty"`
	Reason       EndReason         `cbor:"18,keyasint,omitempty"`
	Subject      string            `cbor:"19,keyasint,omitempty"`
	Label        Label             `cbor:"20,keyasint,omitempty"`
	Rating       *Rated            `cbor:"21,keyasint,omitempty"`
	Assist       *AssistAsked      `cbor:"40,keyasint,omitempty"` // while nobody has come
	// Waits is the queue that it waits in, also beside being served.
	Waits QueueID `cbor:"22,keyasint,omitempty"`
	// Previous is the customer's last chat before this one.
	Previous ChatID `cbor:"41,keyasint,omitempty"`
	// Auth says whether the customer's name was signed for or is what he calls
	// himself: signed or anon.
	Auth string `cbor:"42,keyasint,omitempty"`
	// Now is what is under way in it, nil for nothing.
	Now *Underway `cbor:"43,keyasint,omitempty"`
}

// AgentView is what an agent's desk starts from. Chats, offers and debts are
// his slots; what the chats look like is asked of them.
type AgentView struct {
	Agent    AgentID
	Name     string
	Presence PresenceSet
	Next     NextPresenceSet
	Status   string // off_queue | idle | alerting | interacting | wrapup | not_responding
	Capacity int
	Used     int
	Channels []ChannelView
	Queues   []QueueID
	Slots    []SlotRow
	Debts    []Debt
	Focus    ChatID
	Opened   []ChatID
	SignedIn bool // has a session or is in grace, and is not offline
	Free     int  // units that he could take now
	Skills   []string
	Room     map[Channel]int // of channels that are closed or have a limit
}

// ChannelView is one channel of an agent's capacity.
type ChannelView struct {
	Channel Channel
	Open    bool
	Max     int // 0 is no limit of its own
	Used    int
}

// QueueView is what a supervisor sees of a queue.
type QueueView struct {
	Queue     QueueID
	Name      string
	Mode      QueueMode
	Set       QueueModeSet // by a supervisor; its Mode is empty when nobody has
	Waiting   int
	Oldest    time.Time // zero when nobody waits
	SignedIn  int
	Available int
	Free      int
	Takes     bool // another chat: it is open and not full
	Level     ServiceLevel
	Wait      *WaitBand // of who would come now; nil is not known
}
