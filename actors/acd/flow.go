package acd

import "time"

// Commands of the flows that need a second agent or a supervisor.
type (
	// TransferChat moves a chat to an agent (C20, C23) or to a queue (C17). The
	// mode is warm, blind or stay; empty takes the policy's.
	TransferChat struct {
		ToAgent AgentID
		ToQueue QueueID
		Mode    TransferMode
		OnFail  OnTransferFail
		Note    string
	}
	// CancelTransfer takes it back while nobody has accepted (C25).
	CancelTransfer struct{ Transfer string }
	// Invite asks an agent into the chat (C26), Consult to a side talk (C31).
	Invite struct {
		Agent AgentID
		Note  string
	}
	Consult struct{ Agent AgentID }
	// CancelInvite takes an invitation or a consultation back (C28).
	CancelInvite struct{ Offer OfferID }
	EndConsult   struct{}
	// EndConference is C29 for an invited agent and C30 for the owner.
	EndConference struct{}
	// DropAgent takes a participant out, HandOver makes one the owner.
	DropAgent struct{ Agent AgentID }
	HandOver  struct{ Agent AgentID }
	// Monitor joins a supervisor: monitor, whisper or talk (C32).
	Monitor   struct{ Mode Mode }
	Unmonitor struct{}
	// TakeOver makes the asker the owner (C33).
	TakeOver struct{}
	// AssignTo gives the chat to an agent; Force ignores what he can take.
	AssignTo struct {
		Agent AgentID
		Force bool
	}
	// Requeue takes it from whoever has it and puts it into a queue.
	Requeue struct {
		Queue    QueueID
		Priority int
	}
	// SetPriority moves a chat that waits.
	SetPriority struct{ Priority int }
	// Pick takes a waiting chat by hand; PickNext asks a queue for its first.
	Pick     struct{}
	PickNext struct{}
)

// Commands between machines for those flows. Then is what was asked for, and
// goes on when the answer is there; the asker waits with it.
type (
	// SlotGranted and SlotDenied answer a Reserve that a chat has made.
	SlotGranted struct {
		Offer OfferID
		Agent AgentID
		Name  string
		Then  Command
	}
	SlotDenied struct {
		Offer  OfferID
		Agent  AgentID
		Reason string
		Then   Command
	}
	// Admit asks a queue whether it takes the chat; Admitted says that it does.
	Admit struct {
		Chat ChatID
		Then Command
	}
	Admitted struct {
		Queue QueueID
		Then  Command
	}
	// ReturnChat goes with the Reserve for a sender whose blind transfer failed.
	ReturnChat struct{ Transfer string }
)

// Mode is how somebody takes part in a chat.
type Mode string

// The modes. Who consults or whispers speaks to agents alone, who monitors not
// at all; the customer knows of none of them.
const (
	Talk       Mode = "talk"
	Whisper    Mode = "whisper"
	Monitoring Mode = "monitor"
	Consulting Mode = "consult"
)

// TransferMode says when the sender leaves.
type TransferMode string

// The modes of a transfer.
const (
	Warm  TransferMode = "warm"  // when the target has accepted
	Blind TransferMode = "blind" // at once
	Stay  TransferMode = "stay"  // when he likes; to a queue
)

// OnTransferFail says what becomes of a blind transfer that nobody took.
type OnTransferFail string

// The ends of a failed blind transfer.
const (
	ReturnToQueue  OnTransferFail = "return_to_queue"
	ReturnToSender OnTransferFail = "return_to_sender"
	EndOnFail      OnTransferFail = "end"
)

// The kinds of offers that a chat makes itself.
const (
	OfferTransfer OfferKind = "transfer"
	OfferInvite   OfferKind = "invite"
	OfferConsult  OfferKind = "consult"
)

// Transfer is one that is under way.
type Transfer struct {
	ID      string         `cbor:"1,keyasint"`
	Mode    TransferMode   `cbor:"2,keyasint"`
	From    AgentID        `cbor:"3,keyasint"`
	ToAgent AgentID        `cbor:"4,keyasint,omitempty"`
	ToQueue QueueID        `cbor:"5,keyasint,omitempty"`
	OnFail  OnTransferFail `cbor:"6,keyasint,omitempty"`
	// Until is set while the chat goes back to its sender: how long his answer
	// is waited for.
	Until time.Time `cbor:"7,keyasint,omitzero"`
}

// Events of those flows.
type (
	// TransferStarted opens a transfer.
	TransferStarted struct {
		Transfer Transfer `cbor:"1,keyasint"`
		Note     string   `cbor:"2,keyasint,omitempty"`
	}
	// TransferDone, TransferFailed and TransferCancelled end it; exactly one.
	TransferDone struct {
		ID   string  `cbor:"1,keyasint"`
		From AgentID `cbor:"2,keyasint"`
		To   AgentID `cbor:"3,keyasint"`
	}
	TransferFailed struct {
		ID     string  `cbor:"1,keyasint"`
		From   AgentID `cbor:"2,keyasint"`
		Reason string  `cbor:"3,keyasint"`
		Note   string  `cbor:"4,keyasint,omitempty"` // of who rejected it
	}
	TransferCancelled struct {
		ID   string  `cbor:"1,keyasint"`
		From AgentID `cbor:"2,keyasint"`
	}
	// TransferReturning waits for the sender of a blind transfer that failed.
	TransferReturning struct {
		ID    string    `cbor:"1,keyasint"`
		Until time.Time `cbor:"2,keyasint"`
	}
	// InviteFailed tells who invited or consulted that nobody comes.
	InviteFailed struct {
		Offer  OfferID   `cbor:"1,keyasint"`
		Kind   OfferKind `cbor:"2,keyasint"`
		By     AgentID   `cbor:"3,keyasint"`
		Reason string    `cbor:"4,keyasint"`
		Note   string    `cbor:"5,keyasint,omitempty"` // of who rejected it
	}
	// Joined brings somebody in without an offer, or changes how he takes part.
	Joined struct {
		Agent AgentID  `cbor:"1,keyasint"`
		Name  string   `cbor:"2,keyasint,omitempty"`
		Mode  Mode     `cbor:"3,keyasint"`
		Owner bool     `cbor:"4,keyasint,omitempty"`
		Was   Mode     `cbor:"5,keyasint,omitempty"` // when he was in it already
		View  ChatView `cbor:"6,keyasint"`
		// Supervisor says that he is one.
		Supervisor bool `cbor:"7,keyasint,omitempty"`
		// Offer tells this time of his serving the chat from others.
		Offer OfferID `cbor:"8,keyasint,omitempty"`
	}
	// OwnerSet moves ownership between participants.
	OwnerSet struct {
		Owner AgentID `cbor:"1,keyasint"`
		Name  string  `cbor:"2,keyasint,omitempty"`
		// Anew says that the clocks of silence begin again for him.
		Anew bool `cbor:"3,keyasint,omitempty"`
	}
	// LegDropped takes the chat out of the queue that it waits in beside being
	// served.
	LegDropped struct {
		Queue  QueueID `cbor:"1,keyasint"`
		Reason string  `cbor:"2,keyasint"`
	}
	// Prioritized moves a waiting chat's place.
	Prioritized struct {
		Priority int       `cbor:"1,keyasint"`
		Key      time.Time `cbor:"2,keyasint"`
		By       AgentID   `cbor:"3,keyasint,omitempty"`
	}
	// Labelled is what desks show of the chat.
	Labelled struct {
		Label Label `cbor:"1,keyasint"`
	}
	// Interrupted says that the chat's source is gone: it can only be ended.
	Interrupted struct {
		Reason  string    `cbor:"1,keyasint"`
		CloseAt time.Time `cbor:"2,keyasint,omitzero"`
	}
)

// Label is the one word that a desk shows for a chat.
type Label string

// The labels.
const (
	LabelActive              Label = "active"
	LabelTransferRequested   Label = "transfer_requested"
	LabelConferenceRequested Label = "conference_requested"
	LabelConference          Label = "conference"
	LabelConsulting          Label = "consulting"
	LabelInterrupted         Label = "interrupted"
)

// Views of those flows.
const (
	ToOthers View = iota + ToUnread + 1 // who takes part beside the one it is about
	ToSender                            // of a transfer or an invitation
)

func (TransferChat) command()   {}
func (CancelTransfer) command() {}
func (Invite) command()         {}
func (Consult) command()        {}
func (CancelInvite) command()   {}
func (EndConsult) command()     {}
func (EndConference) command()  {}
func (DropAgent) command()      {}
func (HandOver) command()       {}
func (Monitor) command()        {}
func (Unmonitor) command()      {}
func (TakeOver) command()       {}
func (AssignTo) command()       {}
func (Requeue) command()        {}
func (SetPriority) command()    {}
func (Pick) command()           {}
func (PickNext) command()       {}
func (SlotGranted) command()    {}
func (SlotDenied) command()     {}
func (Admit) command()          {}
func (Admitted) command()       {}
func (ReturnChat) command()     {}

func (TransferStarted) event()   {}
func (TransferDone) event()      {}
func (TransferFailed) event()    {}
func (TransferCancelled) event() {}
func (TransferReturning) event() {}
func (InviteFailed) event()      {}
func (Joined) event()            {}
func (OwnerSet) event()          {}
func (LegDropped) event()        {}
func (Prioritized) event()       {}
func (Labelled) event()          {}
func (Interrupted) event()       {}
