package acd

import "time"

// Events of a chat. Field numbers of the journal are never changed or reused;
// a new need is a new field or a new event.
type (
	// ChatStarted is the first event of every chat.
	ChatStarted struct {
		Customer   Customer `cbor:"1,keyasint"`
		Channel    Channel  `cbor:"2,keyasint"`
		Source     SourceID `cbor:"3,keyasint"`
		SourceName string   `cbor:"4,keyasint,omitempty"`
		Subject    string   `cbor:"5,keyasint,omitempty"`
		Weight     int      `cbor:"6,keyasint"`
		Grace      Graces   `cbor:"7,keyasint"`
		Previous   ChatID   `cbor:"8,keyasint,omitempty"` // the customer's last chat before
	}
	// Queued begins a stay in a queue, with what the queue's policy means for
	// it, so that a later change of policy does not reach a chat on its way.
	Queued struct {
		Leg    Leg       `cbor:"1,keyasint"`
		Policy LegPolicy `cbor:"2,keyasint"`
		Reason string    `cbor:"3,keyasint,omitempty"` // "", overflow, agent_lost, transfer, requeued
	}
	// Offered rings at one agent.
	Offered struct {
		Offer    Offer    `cbor:"1,keyasint"`
		Popover  Popover  `cbor:"2,keyasint"`
		Decision Decision `cbor:"3,keyasint"`
	}
	// OfferEnded ends an offer that nobody took; exactly one reason.
	OfferEnded struct {
		Offer   OfferID     `cbor:"1,keyasint"`
		Agent   AgentID     `cbor:"2,keyasint"`
		Reason  OfferReason `cbor:"3,keyasint"`
		Exclude int64       `cbor:"4,keyasint,omitempty"` // until, Unix milliseconds
		// Rang is how long it rang, as far as this node has seen it.
		Rang time.Duration `cbor:"5,keyasint,omitempty"`
		// Note is why he rejected it, in his own words.
		Note string `cbor:"6,keyasint,omitempty"`
	}
	// Accepted ends an offer, joins its agent and makes him the owner.
	Accepted struct {
		Offer OfferID  `cbor:"1,keyasint"`
		Agent AgentID  `cbor:"2,keyasint"`
		Name  string   `cbor:"3,keyasint,omitempty"`
		View  ChatView `cbor:"4,keyasint"` // as the agent finds it
		// Kind and Mode say what he came for; queue and talk when empty.
		Kind OfferKind `cbor:"5,keyasint,omitempty"`
		Mode Mode      `cbor:"6,keyasint,omitempty"`
		// Replaces says that another agent served the chat before.
		Replaces bool `cbor:"7,keyasint,omitempty"`
		// Supervisor says that the agent is one.
		Supervisor bool `cbor:"8,keyasint,omitempty"`
		// Kept says that the offer is kept as the name of his time in the chat;
		// records of an older version do not.
		Kept bool `cbor:"9,keyasint,omitempty"`
	}
	// MessageSent is one line of the transcript. The text is in the
	// transcript's own row and nowhere else, so that erasing it erases it.
	MessageSent struct {
		Message Message  `cbor:"1,keyasint"`
		Unread  []Unread `cbor:"2,keyasint,omitempty"`
	}
	// ReadMarked moves a reader's marker.
	ReadMarked struct {
		By     string `cbor:"1,keyasint"` // participant
		Upto   uint64 `cbor:"2,keyasint"`
		Unread int    `cbor:"3,keyasint,omitempty"`
	}
	// CustomerAway starts the grace, CustomerBack ends it.
	CustomerAway struct {
		Until time.Time `cbor:"1,keyasint"`
	}
	CustomerBack struct{}
	// Left takes an agent out; the chat goes on.
	Left struct {
		Agent  AgentID      `cbor:"1,keyasint"`
		Name   string       `cbor:"2,keyasint,omitempty"`
		Reason string       `cbor:"3,keyasint"` // left | lost | transferred | dropped | taken_over | …
		Owner  AgentID      `cbor:"4,keyasint,omitempty"`
		Wrapup WrapupPolicy `cbor:"5,keyasint"`
		Mode   Mode         `cbor:"6,keyasint,omitempty"`
		By     AgentID      `cbor:"7,keyasint,omitempty"` // who took him out
	}
	// WaitedLong says that max wait has passed and what came of it.
	WaitedLong struct {
		Moved QueueID `cbor:"1,keyasint,omitempty"`
		Kept  bool    `cbor:"2,keyasint,omitempty"` // it goes on waiting, without end
	}
	// AttributesSet adds to what is known of the customer.
	AttributesSet struct {
		Set map[string]string `cbor:"1,keyasint"`
		By  string            `cbor:"2,keyasint,omitempty"` // the agent or supervisor
	}
	// ChatEnded is the end for the customer; wrap-up may follow.
	ChatEnded struct {
		By     string       `cbor:"1,keyasint"` // customer | agent | supervisor | system
		Reason EndReason    `cbor:"2,keyasint"`
		Note   string       `cbor:"3,keyasint,omitempty"`
		Agent  AgentID      `cbor:"4,keyasint,omitempty"` // who ended it
		Wrapup WrapupPolicy `cbor:"5,keyasint"`           // asked of each agent in it
		Debts  []AgentID    `cbor:"6,keyasint,omitempty"`
		// RateUntil is how long the customer may rate it.
		RateUntil time.Time `cbor:"7,keyasint,omitzero"`
		// Apart are the debts of those who owe something else than Wrapup.
		Apart []Owed `cbor:"8,keyasint,omitempty"`
		// Watched are those who oversaw it to its end, if it can be rated.
		Watched []AgentID `cbor:"9,keyasint,omitempty"`
	}
	// WrapupRecorded files one agent's disposition.
	WrapupRecorded struct {
		Agent AgentID `cbor:"1,keyasint"`
		Code  string  `cbor:"2,keyasint,omitempty"`
		Notes string  `cbor:"3,keyasint,omitempty"`
		By    string  `cbor:"4,keyasint"`
	}
	// ChatClosed is the last event of a chat.
	ChatClosed struct{}
)

// Events of an agent.
type (
	// PresenceSet is the person's state, whoever set it.
	PresenceSet struct {
		State  PresenceState `cbor:"1,keyasint"`
		Reason string        `cbor:"2,keyasint,omitempty"`
		Since  time.Time     `cbor:"3,keyasint"`
		By     string        `cbor:"4,keyasint"` // agent | supervisor | system
	}
	// NextPresenceSet is what to become when the last chat is done; no state
	// takes it back.
	NextPresenceSet struct {
		State  PresenceState `cbor:"1,keyasint,omitempty"`
		Reason string        `cbor:"2,keyasint,omitempty"`
		// Present is what he is until then.
		Present PresenceSet `cbor:"3,keyasint"`
	}
	// ChannelSet opens or closes a channel.
	ChannelSet struct {
		Channel Channel `cbor:"1,keyasint"`
		Open    bool    `cbor:"2,keyasint"`
	}
	// Struck counts a missed or rejected offer, once per offer.
	Struck struct {
		Offer   OfferID     `cbor:"1,keyasint"`
		Reason  OfferReason `cbor:"2,keyasint"`
		ReadyAt time.Time   `cbor:"3,keyasint"`
	}
	// RingUnheard notes offers that rang, wholly or for a while, where nobody was:
	// they are no strike, whoever tells of their end later.
	RingUnheard struct {
		Offers []OfferID `cbor:"1,keyasint"`
	}
	// Focused makes one chat connected and the others held.
	Focused struct {
		Chat ChatID   `cbor:"1,keyasint,omitempty"`
		Held []ChatID `cbor:"2,keyasint,omitempty"`
	}
	// WindowSet says that a chat's window is open somewhere.
	WindowSet struct {
		Chat ChatID `cbor:"1,keyasint"`
		On   bool   `cbor:"2,keyasint"`
	}
	// WrapupStarted opens a debt.
	WrapupStarted struct {
		Debt Debt `cbor:"1,keyasint"`
	}
	// WrapupSaved keeps a draft.
	WrapupSaved struct {
		Chat  ChatID `cbor:"1,keyasint"`
		Code  string `cbor:"2,keyasint,omitempty"`
		Notes string `cbor:"3,keyasint,omitempty"`
	}
	// WrapupExtended moves a debt's deadline.
	WrapupExtended struct {
		Chat     ChatID    `cbor:"1,keyasint"`
		Deadline time.Time `cbor:"2,keyasint"`
		Left     int       `cbor:"3,keyasint"`
	}
	// WrapupDone closes a debt.
	WrapupDone struct {
		Chat  ChatID    `cbor:"1,keyasint"`
		Code  string    `cbor:"2,keyasint,omitempty"`
		Notes string    `cbor:"3,keyasint,omitempty"`
		By    string    `cbor:"4,keyasint"` // agent | timeout | supervisor | lost | returned
		At    time.Time `cbor:"5,keyasint"`
		Offer OfferID   `cbor:"6,keyasint,omitempty"` // of the debt
	}
	// WrapupAmended puts a code right that the clock had given.
	WrapupAmended struct {
		Chat  ChatID `cbor:"1,keyasint"`
		Code  string `cbor:"2,keyasint"`
		Notes string `cbor:"3,keyasint,omitempty"`
		// Of is when the clock gave it; absent in records of an older version.
		Of time.Time `cbor:"4,keyasint,omitzero"`
	}
	// SlotFreed tells the desk that a chat left the list without a debt.
	SlotFreed struct {
		Chat ChatID `cbor:"1,keyasint"`
	}
)

// News that is no event: told when it is true, never again.
type (
	// PositionTold is a customer's place in the queue, from 1. Without a
	// measure of the queue's pace there is no wait.
	PositionTold struct {
		Chat     ChatID
		Position int
		Wait     *WaitBand
	}
	// TypingShown says who is typing.
	TypingShown struct {
		Chat ChatID
		By   Author
		On   bool
	}
)

// WaitBand is an estimate with its error band.
type WaitBand struct{ Low, High time.Duration }

func (ChatStarted) event()     {}
func (Queued) event()          {}
func (Offered) event()         {}
func (OfferEnded) event()      {}
func (Accepted) event()        {}
func (MessageSent) event()     {}
func (ReadMarked) event()      {}
func (CustomerAway) event()    {}
func (CustomerBack) event()    {}
func (Left) event()            {}
func (WaitedLong) event()      {}
func (AttributesSet) event()   {}
func (ChatEnded) event()       {}
func (WrapupRecorded) event()  {}
func (ChatClosed) event()      {}
func (PresenceSet) event()     {}
func (NextPresenceSet) event() {}
func (ChannelSet) event()      {}
func (Struck) event()          {}
func (RingUnheard) event()     {}
func (Focused) event()         {}
func (WindowSet) event()       {}
func (WrapupStarted) event()   {}
func (WrapupSaved) event()     {}
func (WrapupExtended) event()  {}
func (WrapupDone) event()      {}
func (WrapupAmended) event()   {}
func (SlotFreed) event()       {}
func (PositionTold) event()    {}
func (TypingShown) event()     {}
