package acd

import "time"

// Config is one version of everything that an operator decides. It is
// immutable: a change makes a new one with a higher Version, and each record
// names the version that it was decided under. Durations are as their names
// say; a zero takes the default that Normalize writes.
type Config struct {
	Version   uint64
	Queues    map[QueueID]*QueuePolicy
	Agents    map[AgentID]*AgentProfile
	Sources   map[SourceID]*Source
	Channels  map[Channel]*ChannelPolicy
	Reasons   []PresenceReason     // for not_ready
	Templates map[string]*Template // by name, for agents to send
	// Schedules are when queues are open, by name.
	Schedules map[string]*Schedule `json:",omitempty"`
	Desk      DeskPolicy
	// Retention is for the node around the rules, which read none of it.
	Retention Retention `json:",omitzero"`
}

// Source is where chats come from.
type Source struct {
	ID      SourceID
	Name    string
	Channel Channel
	Queue   QueueID // where a chat without a queue of its own goes
	// Skills and Priority are asked for by every chat of the source, beside
	// what the chat brings.
	Skills   []string
	Priority int
}

// ChannelPolicy holds the limits of a kind of conversation.
type ChannelPolicy struct {
	MaxChars      int              // of a text, in code points; 4,000
	ReservedChars string           // refused in agents' texts
	Weight        int              // units of an agent's capacity; 1
	CustomerGrace CustomerGrace    // how long a customer may be away
	Idle          IdlePolicy       // what silence means, where the queue does not say; nothing
	Attachments   AttachmentPolicy // files that may be sent
}

// CustomerGrace is how long a customer may be without a connection before the
// chat counts as left (model section 6: 60 s waiting, 10 min served).
type CustomerGrace struct{ Waiting, Served time.Duration }

// QueueMode says whether a queue takes new chats.
type QueueMode string

// The modes of a queue.
const (
	QueueOpen   QueueMode = "open"
	QueueClosed QueueMode = "closed"
	// QueueDraining takes no new chats and serves who waits; QueueDeleted serves
	// nobody any more.
	QueueDraining QueueMode = "draining"
	QueueDeleted  QueueMode = "deleted"
)

// Strategy picks among the agents who could take a chat.
type Strategy string

// The strategies.
const (
	LongestIdle Strategy = "longest_idle"
	LeastBusy   Strategy = "least_busy"
	RoundRobin  Strategy = "round_robin"
	Proficiency Strategy = "proficiency" // the best at what is asked for, of these the longest idle
	// LeastHandled is who has taken the fewest chats of the queue, of these the
	// longest idle; Random draws for each chat.
	LeastHandled Strategy = "least_handled"
	Random       Strategy = "random"
)

// QueuePolicy is how one queue admits, orders, matches and gives up.
type QueuePolicy struct {
	ID        QueueID
	Name      string
	Mode      QueueMode // open
	MaxSize   int       // waiting chats; 0 is no limit
	JoinEmpty JoinEmpty // whether to take a chat when nobody serves
	// Overflow is where a chat goes instead that this queue does not take, or
	// of which Overflow.At wait already.
	Overflow Overflow
	Strategy Strategy // longest_idle
	Skills   []string // every chat of the queue needs them all: latin, latin>=7
	// Match is what an agent has to satisfy beside skills and tiers, until a step
	// says another; nil is nothing.
	Match         Condition `json:",omitempty"`
	PriorityBoost time.Duration
	// MaxTier is the last tier of agents that is asked, until a step says
	// another; 0 is all. Steps widen what is looked for, in the order of their
	// After.
	MaxTier int
	Steps   []Step
	// DirectWait is how long a chat waits for the agent whom its customer asks
	// for, before others are asked; 1 min. LastAgent is the same for who served
	// him last; 0 is not at all. Nobody waits for who takes no offers.
	DirectWait time.Duration
	LastAgent  time.Duration
	// RingCount is how many agents a chat rings at, at once, while so many are
	// free; the first to accept has it. 1.
	RingCount int
	// AutoAccept has whoever is asked accept at once, without a word of his.
	AutoAccept bool `json:",omitempty"`
	// Schedule names when an open queue is open; "" is always.
	Schedule string `json:",omitempty"`
	// OnClosed is what becomes of who waits when the queue closes, OnDeleted when
	// it is deleted, OnNoAgents when nobody has been there for NoAgentWait, which
	// is for NoAgentsMeans; 0 is never. Who rings is not sent away, unless nobody
	// answers.
	OnClosed      Dismissal // keep
	OnDeleted     Dismissal // end
	OnNoAgents    Dismissal // end
	NoAgentWait   time.Duration
	NoAgentsMeans JoinEmpty `json:",omitempty"` // available, or logged_in: nobody is even signed in
	// OnAllDeclined is what becomes of a chat that everybody who could have it has
	// rejected or missed. Who stays is asked again after DeclineCooldown, or
	// when RejectHold is over if that is sooner; 0 is no sooner.
	OnAllDeclined   Dismissal     // keep
	DeclineCooldown time.Duration `json:",omitempty"`
	// Sayings are what the queue says to who waits.
	Sayings []Saying `json:",omitempty"`
	// PreferReturning gives a chat that has lost its agent back to him when he
	// comes while it waits, though it rings elsewhere.
	PreferReturning bool `json:",omitempty"`
	// MatchScan bounds how many chats of one requirement are looked at for an
	// agent when the first ones exclude him; 64.
	MatchScan    int
	OfferTimeout time.Duration // until RONA; 20 s
	MinAlert     time.Duration // a shorter alert is nobody's strike; 2 s
	MaxWait      time.Duration // 300 s; negative is for ever
	OnMaxWait    OnMaxWait     // end
	RejectHold   time.Duration // how long a chat is not offered again to who rejected or missed it; 60 s
	Wrapup       WrapupPolicy
	// RegainBoost moves a chat that lost its agent ahead by that much.
	RegainBoost time.Duration
	Flows       FlowPolicy
	// TransferText is what the queue says to a customer who is transferred to it.
	TransferText  string
	TransferBoost time.Duration // how far ahead he comes; 0 is none
	// ShortAbandon counts who leaves sooner apart; 5 s.
	ShortAbandon time.Duration
	// ServiceLevel is the threshold T of the service level; 20 s.
	ServiceLevel time.Duration
	Idle         IdlePolicy // what silence means; as the channel says
	// RatingWindow is how long a customer may rate a chat after its end; 0 is
	// not at all. The chat is closed after it.
	RatingWindow time.Duration
}

// Step is what changes for a chat that has waited so long, counted from when it
// entered. Steps add up; a later one replaces what an earlier one set.
type Step struct {
	After      time.Duration
	DropSkills []string  // no longer asked for, whoever asked for them
	MinLevel   int       // asked of every other skill, whatever was asked; 0 is no change
	MaxTier    int       // 0 is no change
	Match      Condition `json:",omitempty"` // in the place of what was asked; nil is no change
}

// FlowPolicy is how chats of a queue move between agents.
type FlowPolicy struct {
	TransferMode  TransferMode   `cbor:"1,keyasint,omitempty"` // to an agent, when not said; warm
	OnFail        OnTransferFail `cbor:"2,keyasint,omitempty"` // of a blind one; return_to_queue
	Accept        time.Duration  `cbor:"3,keyasint,omitempty"` // of transfer, invite, consult and return; 30 s
	EndConference string         `cbor:"4,keyasint,omitempty"` // by the owner: leave | drop_invitee | end_chat; leave
	MaxAgents     int            `cbor:"5,keyasint,omitempty"` // who talk at once; 8
	AnyoneEnds    bool           `cbor:"6,keyasint,omitempty"` // any agent in it may end the chat, not the owner alone
	Interrupted   time.Duration  `cbor:"7,keyasint,omitempty"` // until an interrupted chat closes; 30 min
	QueueTransfer TransferMode   `cbor:"8,keyasint,omitempty"` // to a queue, when not said; stay
}

func (f *FlowPolicy) normalize() {
	if f.TransferMode == "" {
		f.TransferMode = Warm
	}
	if f.QueueTransfer == "" {
		f.QueueTransfer = Stay
	}
	if f.OnFail == "" {
		f.OnFail = ReturnToQueue
	}
	if f.EndConference == "" {
		f.EndConference = "leave"
	}
	f.Accept = or(f.Accept, 30*time.Second)
	f.MaxAgents = orInt(f.MaxAgents, 8)
	f.Interrupted = or(f.Interrupted, 30*time.Minute)
}

// JoinEmpty says when a queue without agents still takes chats (after
// Asterisk's joinempty).
type JoinEmpty string

// The admissions of a queue that nobody serves.
const (
	JoinAlways    JoinEmpty = "always"    // take it, whoever is there
	JoinLoggedIn  JoinEmpty = "logged_in" // somebody is signed in
	JoinAvailable JoinEmpty = "available" // somebody is available, busy or not
	JoinSkilled   JoinEmpty = "skilled"   // and has what the chat will be content with
)

// Overflow is another queue for who cannot come in. It may have its own, but no
// chat is asked to go to a queue twice.
type Overflow struct {
	Queue QueueID
	At    int // waiting chats; 0 is only when the queue takes no more
}

// Dismissal is what becomes of who waits when he will not be served. To move
// keeps his age. Text, if set, is shown first; to who is kept it is shown once
// in a stay.
type Dismissal struct {
	Do    string // keep | move | end; move when there is a queue
	Queue QueueID
	Text  string
}

// What can become of who waits.
const (
	KeepWaiting = "keep"
	MoveWaiting = "move"
	EndWaiting  = "end"
)

// Leaves reports whether it sends somebody away.
func (d Dismissal) Leaves() bool { return d.Do == EndWaiting || d.Do == MoveWaiting || d.Queue != "" }

func (d *Dismissal) normalize(otherwise string) {
	switch {
	case d.Do != "":
	case d.Queue != "":
		d.Do = MoveWaiting
	default:
		d.Do = otherwise
	}
}

// OnMaxWait is what happens to who has waited too long. With Queue the chat
// moves there and keeps its age, with Keep it waits on; else it ends. Text, if
// set, is shown first.
type OnMaxWait struct {
	Queue QueueID
	Text  string
	Keep  bool `json:",omitempty"`
}

// WrapupMode says how much wrap-up a chat asks of its agent.
type WrapupMode string

// The modes of wrap-up.
const (
	WrapupNone      WrapupMode = "none"
	WrapupOptional  WrapupMode = "optional"  // may be given, blocks nothing
	WrapupMandatory WrapupMode = "mandatory" // stays open until a code is given
	WrapupTimed     WrapupMode = "timed"     // closes itself at its deadline
)

// WrapupPolicy is the work after a chat. Blocking is slot (the chat's capacity
// stays used) or agent (no other chat until it is done).
type WrapupPolicy struct {
	Mode       WrapupMode    `cbor:"1,keyasint,omitempty"`
	Blocking   string        `cbor:"2,keyasint,omitempty"` // slot | agent
	Codes      []WrapupCode  `cbor:"3,keyasint,omitempty"`
	Notes      bool          `cbor:"4,keyasint,omitempty"`
	Limit      time.Duration `cbor:"5,keyasint,omitempty"` // timed: 60 s; optional: 5 min to give it
	Extensions int           `cbor:"6,keyasint,omitempty"` // timed: how often; 2
	Extend     time.Duration `cbor:"7,keyasint,omitempty"` // by how much each; 30 s
	// SkipUntouched asks nothing of an agent who wrote nothing.
	SkipUntouched bool `cbor:"8,keyasint,omitempty"`
}

// BlocksAgent reports whether the agent gets nothing else until it is done.
func (w WrapupPolicy) BlocksAgent() bool { return w.Blocking == "agent" }

// WrapupCode is one disposition.
type WrapupCode struct {
	Code string `cbor:"1,keyasint"`
	Name string `cbor:"2,keyasint,omitempty"`
}

// PresenceReason is one reason for not being ready.
type PresenceReason struct{ Code, Name string }

// AgentProfile is what the operator says of a person.
type AgentProfile struct {
	ID      AgentID
	Name    string
	Queues  []QueueID
	Tiers   map[QueueID]int // in which he serves a queue; absent is 1, the first to be asked
	Weights map[QueueID]int // of a queue, when he has chats of several to choose from; absent is 1
	Skills  []string
	Levels  map[string]int // of those skills, 1 to 10; absent is 5
	// Languages and Attributes are for conditions to read.
	Languages  []string          `json:",omitempty"`
	Attributes map[string]string `json:",omitempty"`
	Capacity   int               // units in total; 4
	Channels   map[Channel]int   // most chats at once; absent is no limit of its own
}

// DeskPolicy holds for all agents.
type DeskPolicy struct {
	Grace          time.Duration // without a session, before he counts as lost; 60 s
	ReserveTTL     time.Duration // a slot granted and never offered; 5 s
	ReserveWait    time.Duration // a queue's patience for an agent's answer; 2 s
	RejectDelay    time.Duration // before the next offer; 5 s
	NoAnswerDelay  time.Duration // 30 s
	StickyRONA     *bool         // stay in rona until the person returns; true
	RONAReturn     time.Duration // back to available by itself; 0 is never
	MaxNoAnswer    int           // strikes until rona when not sticky at once; 1
	OfflineStrikes int           // strikes until signed out; 0 is never
	MaxRejects     int           // rejects until rona; 0 is never
	// KeepOffers leaves an open offer ringing when its agent says not ready;
	// else it is taken back.
	KeepOffers bool
	// LostTo is the presence of who stays away beyond the grace: offline or
	// not_ready; offline.
	LostTo PresenceState
	// WrapupMax closes the debts of who never comes back, by code; 0 is never.
	WrapupMax time.Duration
	// ChooseWithin is how long an agent of several queues who has become free
	// waits for all of them to have looked, to take the best of what they have;
	// 250 ms, of which he needs a moment as a rule. Negative takes what comes
	// first.
	ChooseWithin time.Duration
	AmendWindow  time.Duration // a code given by the clock may be put right; 5 min
	// Idle is how long nothing may be done at a desk before its agent is taken for
	// gone; 0 is for ever. IdleTo is what he becomes then: not_ready, or offline
	// when his last chat is done; not_ready.
	Idle   time.Duration `json:",omitempty"`
	IdleTo PresenceState `json:",omitempty"`
	// SingleSession lets an agent have one session: a new one takes the place of
	// the one before.
	SingleSession bool `json:",omitempty"`
}

// Normalize writes the defaults into every zero field.
func (c *Config) Normalize() {
	for _, q := range c.Queues {
		q.normalize()
	}
	for _, a := range c.Agents {
		a.Capacity = orInt(a.Capacity, 4)
	}
	for _, ch := range c.Channels {
		ch.MaxChars = orInt(ch.MaxChars, 4000)
		ch.Weight = orInt(ch.Weight, 1)
		ch.CustomerGrace.Waiting = or(ch.CustomerGrace.Waiting, time.Minute)
		ch.CustomerGrace.Served = or(ch.CustomerGrace.Served, 10*time.Minute)
	}
	for _, s := range c.Schedules {
		s.normalize()
	}
	d := &c.Desk
	d.Grace = or(d.Grace, time.Minute)
	d.ReserveTTL = or(d.ReserveTTL, 5*time.Second)
	d.ReserveWait = or(d.ReserveWait, 2*time.Second)
	d.RejectDelay = or(d.RejectDelay, 5*time.Second)
	d.NoAnswerDelay = or(d.NoAnswerDelay, 30*time.Second)
	d.MaxNoAnswer = orInt(d.MaxNoAnswer, 1)
	d.ChooseWithin = or(d.ChooseWithin, min(250*time.Millisecond, d.ReserveWait/2))
	d.AmendWindow = or(d.AmendWindow, 5*time.Minute)
	if d.StickyRONA == nil {
		sticky := true
		d.StickyRONA = &sticky
	}
	if d.LostTo == "" {
		d.LostTo = Offline
	}
	if d.IdleTo == "" {
		d.IdleTo = NotReady
	}
}

func (q *QueuePolicy) normalize() {
	if q.Mode == "" {
		q.Mode = QueueOpen
	}
	if q.Strategy == "" {
		q.Strategy = LongestIdle
	}
	if q.JoinEmpty == "" {
		q.JoinEmpty = JoinAlways
	}
	q.DirectWait = or(q.DirectWait, time.Minute)
	q.RingCount = orInt(q.RingCount, 1)
	q.OnClosed.normalize(KeepWaiting)
	q.OnDeleted.normalize(EndWaiting)
	q.OnNoAgents.normalize(EndWaiting)
	q.OnAllDeclined.normalize(KeepWaiting)
	if q.NoAgentsMeans == "" {
		q.NoAgentsMeans = JoinAvailable
	}
	q.MatchScan = orInt(q.MatchScan, 64)
	q.OfferTimeout = or(q.OfferTimeout, 20*time.Second)
	q.MinAlert = or(q.MinAlert, 2*time.Second)
	q.MaxWait = or(q.MaxWait, 5*time.Minute)
	q.RejectHold = or(q.RejectHold, time.Minute)
	q.PriorityBoost = or(q.PriorityBoost, time.Minute)
	q.RegainBoost = or(q.RegainBoost, time.Minute)
	q.ShortAbandon = or(q.ShortAbandon, 5*time.Second)
	q.ServiceLevel = or(q.ServiceLevel, 20*time.Second)
	q.Wrapup.normalize()
	q.Flows.normalize()
}

func (w *WrapupPolicy) normalize() {
	if w.Mode == "" {
		w.Mode = WrapupNone
	}
	if w.Blocking == "" {
		w.Blocking = "slot"
	}
	if w.Mode == WrapupOptional {
		w.Limit = or(w.Limit, 5*time.Minute)
	}
	if w.Mode == WrapupTimed {
		w.Limit = or(w.Limit, time.Minute)
		w.Extend = or(w.Extend, 30*time.Second)
		w.Extensions = orInt(w.Extensions, 2)
	}
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

func orInt(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// channel returns the limits of ch, the defaults if the configuration has none.
func (c *Config) channel(ch Channel) ChannelPolicy {
	if p := c.Channels[ch]; p != nil {
		return *p
	}
	return ChannelPolicy{MaxChars: 4000, Weight: 1, CustomerGrace: CustomerGrace{time.Minute, 10 * time.Minute}}
}
