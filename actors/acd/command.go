package acd

import "time"

// Commands of people. The asker is Turn.By, never a field.
type (
	// Start opens a chat (C1, C2). It goes to the queue first, which admits or
	// refuses it and hands it on to the chat.
	Start struct {
		Chat       ChatID // never used before: of its journal nothing is read
		Source     SourceID
		Queue      QueueID // the source's queue if empty
		Name       string
		Attributes map[string]string
		Subject    string
		Priority   int
		Skills     []string
		Auth       string // signed | anon
		// Agent is whom the customer asks for, Last who served him last. The
		// queue's policy says how long he is waited for.
		Agent AgentID
		Last  AgentID
		// Previous is the customer's last chat before this one.
		Previous ChatID
		// Tried are the queues that have passed it on.
		Tried []QueueID
		// Admitted is set by the queue, with whom the chat waits for.
		Admitted    bool
		Prefer      AgentID
		PreferUntil time.Time
	}
	// SendText adds a message (C12). To agents is never seen by the customer.
	// With a template the text is that one's, with an attachment it is the
	// file's name.
	SendText struct {
		Text       string
		To         Audience
		Template   *TemplateUse
		Attachment *Attachment
	}
	// MarkRead clears what is unread up to a message (A17).
	MarkRead struct{ Upto uint64 }
	// Typing is shown to the others and forgotten.
	Typing struct{ On bool }
	// EndChat ends it for all (C13, C14, C10).
	EndChat struct{}
	// LeaveChat leaves the others in it (C15, C16).
	LeaveChat struct{}
	// ForceEnd ends it in whatever state it is (C40).
	ForceEnd struct{ Reason string }
	// SetAttributes adds to what is known of the customer; an empty value
	// removes one.
	SetAttributes struct{ Set map[string]string }
	// ViewChat answers with a ChatView for the asker.
	ViewChat struct{}
	// ViewOffers answers with the offers open at the asker, as []Offered.
	ViewOffers struct{}

	// AcceptOffer and RejectOffer go to the agent, who hands them on (A9).
	AcceptOffer struct{ Offer OfferID }
	RejectOffer struct {
		Offer  OfferID
		Reason string
	}
	// SetPresence is the person's own (A2–A4), or a supervisor's (A27).
	SetPresence struct {
		State  PresenceState
		Reason string
		After  bool // when the last chat is done
		Drain  bool // with offline: finish the chats first (A26)
	}
	// SetChannel opens or closes one channel.
	SetChannel struct {
		Channel Channel
		Open    bool
	}
	// Focus makes one chat connected and the others held (A16); "" holds all.
	Focus struct{ Chat ChatID }
	// SetOpened says that the chat's window is open somewhere.
	SetOpened struct {
		Chat ChatID
		On   bool
	}
	// Wrapup closes the debt of a chat (A19).
	Wrapup struct {
		Chat  ChatID
		Code  string
		Notes string
	}
	// SaveWrapup keeps a draft.
	SaveWrapup struct {
		Chat  ChatID
		Code  string
		Notes string
	}
	// ExtendWrapup moves a timed debt's deadline (A20).
	ExtendWrapup struct{ Chat ChatID }
	// ViewAgent answers with an AgentView.
	ViewAgent struct{}
	// ViewQueue answers with a QueueView.
	ViewQueue struct{}
	// AskPlace is a chat's word that its customer has come back and does not
	// know his place any more.
	AskPlace struct{ Chat ChatID }
)

// Commands of the engine about connections.
type (
	// SessionOpened says that a session of the agent has come (A1, A23).
	SessionOpened struct {
		Session  string
		Alerting bool
	}
	// SessionClosed says that it has gone (A22).
	SessionClosed struct{ Session string }
	// DeskUsed says that the person has done something at his desk that his own
	// machine does not hear of otherwise (A29).
	DeskUsed struct{}
	// CustomerSeen says whether the customer has a session now: with each that
	// comes, when the last one has gone, and once after a restart.
	CustomerSeen struct{ Online bool }
	// Restore gives a machine that starts what the index knows of it: an
	// agent's slots, a queue's chats. Failed says that the life before ended
	// alone, while others went on: what it has sent may still be on its way, and
	// an agent's Sessions are still there. More says that another one follows
	// with what did not go into this.
	Restore struct {
		Slots    []SlotRow
		Waiting  []Enqueue
		Failed   bool
		Sessions []SessionOpened
		More     bool
	}
	// ConfigChanged says that Turn.Config is another one.
	ConfigChanged struct{}
)

// Commands between queue, agent and chat: the grant protocol.
type (
	// Enqueue puts a chat into a queue, at its place (Q1). Sent again, it
	// brings the same entry up to date.
	Enqueue struct {
		Chat     ChatID            `cbor:"1,keyasint"`
		Leg      Leg               `cbor:"2,keyasint"`
		Customer CustomerID        `cbor:"3,keyasint"`
		Channel  Channel           `cbor:"4,keyasint"`
		Weight   int               `cbor:"5,keyasint"`
		Exclude  map[AgentID]int64 `cbor:"6,keyasint,omitempty"` // until, in Unix milliseconds
		Offer    OfferID           `cbor:"7,keyasint,omitempty"` // that rings
		More     []OfferID         `cbor:"8,keyasint,omitempty"` // and the others
		// Facts are not kept in the index: a queue that has lost them asks the chat.
		Facts Facts `cbor:"-"`
		// Rings is how many it lets ring at once in this stay; 0 is as many as the
		// queue's policy. The index does not keep it either.
		Rings int `cbor:"-"`
	}
	// Withdraw takes it out again (Q2), served or gone.
	Withdraw struct {
		Chat   ChatID
		ID     EnqueueID
		Reason WithdrawReason
		Agent  AgentID // who has taken it
	}
	// Reserve asks an agent for a slot (A5). Without From it is the chat that
	// asks, and Then goes back to it with the answer.
	Reserve struct {
		Offer   OfferID
		Chat    ChatID
		From    QueueID
		Channel Channel
		Weight  int
		Kind    OfferKind
		Force   bool      // whatever he can take
		Key     time.Time // of the chat's place, from a queue
		Then    Command
	}
	// Reserved grants it, ReserveDenied does not (A7).
	Reserved struct {
		Offer OfferID
		Agent AgentID
		Name  string // the agent's, for others to see
	}
	ReserveDenied struct {
		Offer  OfferID
		Agent  AgentID
		Reason string
	}
	// OfferGrant brings a reserved agent to the chat (C4, C5).
	OfferGrant struct {
		Offer    OfferID
		Agent    AgentID
		Name     string
		ID       EnqueueID
		Decision *Decision // who has it changes nothing in it
	}
	// OfferVoid tells the queue that its grant found no one waiting.
	OfferVoid struct {
		Chat  ChatID
		Offer OfferID
		ID    EnqueueID
	}
	// OfferStart rings (A8). SlotRelease takes an unused slot back.
	OfferStart struct {
		Slot SlotRow
		Sure bool // it answers AskSlot
	}
	SlotRelease struct{ Offer OfferID }
	// Accept and Reject are an agent's answers, handed on to the chat with the
	// asker's name in Turn.By.
	Accept struct {
		Offer OfferID
		Agent AgentID
	}
	Reject struct {
		Offer  OfferID
		Agent  AgentID
		Reason string
	}
	// OfferAborted says that the agent cannot answer any more (C9).
	OfferAborted struct {
		Offer OfferID
		Agent AgentID
		Why   OfferReason
	}
	// OfferOver tells the agent how his offer ended (A12).
	OfferOver struct {
		Offer    OfferID
		Chat     ChatID
		Reason   OfferReason
		MinAlert time.Duration
		// At is when it ended and Rang how long it rang, for a desk that has been
		// started again since and has no slot to measure it by.
		At   time.Time
		Rang time.Duration
	}
	// Assigned tells the agent that the chat is his (A11).
	Assigned struct {
		Slot SlotRow
		Sure bool // it answers AskSlot
	}
	// AskSlot asks the chat about a slot of the agent. He has it and has heard
	// otherwise, or has heard of it and knows nothing of it: then it is new, or
	// long over, and he has started again since. The chat answers with OfferStart
	// or Assigned, for sure, if the slot is his; else it takes back what he has.
	AskSlot struct {
		Slot SlotRow
		Has  bool
	}
	// Released tells him that it no longer is, and what wrap-up is due (A18).
	Released struct {
		Chat   ChatID
		Spec   WrapupPolicy
		Reason string
		// What the chat took of him, for a desk that has no slot of it any more.
		Offer   OfferID
		Channel Channel
		Weight  int
		// Lost says that the chat takes no wrap-up any more: nothing is owed for it.
		Lost bool
		Sure bool // it answers AskSlot
	}
	// WrapupFiled tells the chat that the debt is closed (C41).
	WrapupFiled struct {
		Chat  ChatID
		Agent AgentID
		Code  string
		Notes string
		By    string // agent | timeout | supervisor | lost
		Offer OfferID
	}
	// AgentLost takes the agent out of the chat (C37).
	AgentLost struct {
		Chat  ChatID
		Agent AgentID
	}
	// Advert tells a queue what an agent could take now.
	Advert struct{ Advert AgentAdvert }
	// SourceRemoved says that an administrator has taken the source away (C34).
	SourceRemoved struct{ Source SourceID }
	// EnqueueRefused tells the chat that its queue does not have it.
	// It goes to another one, or ends; with the text first.
	EnqueueRefused struct {
		ID     EnqueueID
		Reason string
		To     QueueID
		Text   string
	}
)

// WithdrawReason says why a chat left a queue.
type WithdrawReason string

// The reasons.
const (
	Taken     WithdrawReason = "taken"
	Abandoned WithdrawReason = "abandoned"
	MovedOn   WithdrawReason = "moved"
	GaveUp    WithdrawReason = "ended"
)

// AgentAdvert is what a queue knows of an agent: what he could take when he
// said so. A later Gen replaces an earlier one.
type AgentAdvert struct {
	Agent     AgentID
	Gen       uint64
	SignedIn  bool // has a session or is in grace, and is not offline
	Available bool // takes offers, busy or not
	// Free is the number of units left, zero when he takes nothing now; Room
	// is what is left of each channel that has a limit or is closed.
	Free      int
	Used      int
	Capacity  int
	Room      map[Channel]int
	Skills    []string
	Levels    map[string]int // of those skills; absent is SkillLevel
	IdleSince time.Time
	// Languages and Attributes are for conditions to read.
	Languages  []string
	Attributes map[string]string
	Tier       int // in this queue; 0 is 1
	Weight     int // of this queue for him; 0 is 1
	// Ask wants a Looked from the queue when it has looked for chats for him.
	Ask   bool
	Chats []ChatID // that he already has a slot for
}

func (Start) command()          {}
func (SendText) command()       {}
func (MarkRead) command()       {}
func (Typing) command()         {}
func (EndChat) command()        {}
func (LeaveChat) command()      {}
func (ForceEnd) command()       {}
func (SetAttributes) command()  {}
func (ViewChat) command()       {}
func (ViewOffers) command()     {}
func (AcceptOffer) command()    {}
func (RejectOffer) command()    {}
func (SetPresence) command()    {}
func (SetChannel) command()     {}
func (Focus) command()          {}
func (SetOpened) command()      {}
func (Wrapup) command()         {}
func (SaveWrapup) command()     {}
func (ExtendWrapup) command()   {}
func (ViewAgent) command()      {}
func (ViewQueue) command()      {}
func (SessionOpened) command()  {}
func (SessionClosed) command()  {}
func (CustomerSeen) command()   {}
func (Restore) command()        {}
func (ConfigChanged) command()  {}
func (DeskUsed) command()       {}
func (AskPlace) command()       {}
func (Enqueue) command()        {}
func (Withdraw) command()       {}
func (Reserve) command()        {}
func (Reserved) command()       {}
func (ReserveDenied) command()  {}
func (OfferGrant) command()     {}
func (OfferVoid) command()      {}
func (OfferStart) command()     {}
func (SlotRelease) command()    {}
func (Accept) command()         {}
func (Reject) command()         {}
func (OfferAborted) command()   {}
func (OfferOver) command()      {}
func (Assigned) command()       {}
func (AskSlot) command()        {}
func (Released) command()       {}
func (WrapupFiled) command()    {}
func (AgentLost) command()      {}
func (Advert) command()         {}
func (EnqueueRefused) command() {}
func (SourceRemoved) command()  {}
