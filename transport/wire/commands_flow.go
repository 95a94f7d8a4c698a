package wire

// Commands with which agents bring each other into a chat.

// Transfer gives a chat to another agent, or to a queue.
type Transfer struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	To   Target `json:"to"`
	// Mode is warm to an agent and stay to a queue if absent.
	Mode TransferMode `json:"mode,omitempty"`
	Note string       `json:"note,omitempty"`
	// OnFail says what becomes of a blind transfer that nobody takes.
	OnFail TransferFallback `json:"on_fail,omitempty"`
}

// Target is where a chat is to go: an agent or a queue, one of the two.
type Target struct {
	Agent string `json:"agent,omitempty" jsonschema:"maxLength=128"`
	Queue string `json:"queue,omitempty" jsonschema:"maxLength=128"`
}

// CancelTransfer takes a transfer back while nobody has accepted it.
type CancelTransfer struct {
	ID       string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Transfer string `json:"transfer" jsonschema:"minLength=1,maxLength=128"`
}

// Invite asks another agent into the chat.
type Invite struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat  string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Agent string `json:"agent" jsonschema:"minLength=1,maxLength=128"`
	Note  string `json:"note,omitempty"`
}

// CancelInvite takes an invitation, or a consultation, back.
type CancelInvite struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Offer string `json:"offer" jsonschema:"minLength=1,maxLength=128"`
}

// Consult asks another agent for a side talk that the customer does not see.
type Consult struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat  string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Agent string `json:"agent" jsonschema:"minLength=1,maxLength=128"`
}

// EndConsult ends the side talk.
type EndConsult struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// EndConference takes the sender out of a conference; what an owner's means, his queue's
// policy says.
type EndConference struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// Drop takes another participant out of the chat.
type Drop struct {
	ID          string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat        string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Participant string `json:"participant" jsonschema:"minLength=1,maxLength=128"`
}

// HandOver makes another participant the owner, without an offer.
type HandOver struct {
	ID          string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat        string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Participant string `json:"participant" jsonschema:"minLength=1,maxLength=128"`
}

// Pick takes a waiting chat by hand: this one, or a queue's first.
type Pick struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat  string `json:"chat,omitempty" jsonschema:"maxLength=128"`
	Queue string `json:"queue,omitempty" jsonschema:"maxLength=128"`
}

// FrameType is "transfer".
func (*Transfer) FrameType() string { return "transfer" }

// CommandID is the client's id of the command.
func (c *Transfer) CommandID() string { return c.ID }

// FrameType is "cancel_transfer".
func (*CancelTransfer) FrameType() string { return "cancel_transfer" }

// CommandID is the client's id of the command.
func (c *CancelTransfer) CommandID() string { return c.ID }

// FrameType is "invite".
func (*Invite) FrameType() string { return "invite" }

// CommandID is the client's id of the command.
func (c *Invite) CommandID() string { return c.ID }

// FrameType is "cancel_invite".
func (*CancelInvite) FrameType() string { return "cancel_invite" }

// CommandID is the client's id of the command.
func (c *CancelInvite) CommandID() string { return c.ID }

// FrameType is "consult".
func (*Consult) FrameType() string { return "consult" }

// CommandID is the client's id of the command.
func (c *Consult) CommandID() string { return c.ID }

// FrameType is "end_consult".
func (*EndConsult) FrameType() string { return "end_consult" }

// CommandID is the client's id of the command.
func (c *EndConsult) CommandID() string { return c.ID }

// FrameType is "end_conference".
func (*EndConference) FrameType() string { return "end_conference" }

// CommandID is the client's id of the command.
func (c *EndConference) CommandID() string { return c.ID }

// FrameType is "drop".
func (*Drop) FrameType() string { return "drop" }

// CommandID is the client's id of the command.
func (c *Drop) CommandID() string { return c.ID }

// FrameType is "hand_over".
func (*HandOver) FrameType() string { return "hand_over" }

// CommandID is the client's id of the command.
func (c *HandOver) CommandID() string { return c.ID }

// FrameType is "pick".
func (*Pick) FrameType() string { return "pick" }

// CommandID is the client's id of the command.
func (c *Pick) CommandID() string { return c.ID }
