package wire

// Hello opens a session; it is the first frame of a connection.
type Hello struct {
	// ID is optional here: with one, welcome.re repeats it.
	ID string `json:"id,omitempty" jsonschema:"maxLength=64"`
	// Token may be left out if the handshake carried it.
	Token  string      `json:"token,omitempty"`
	Client *ClientInfo `json:"client,omitempty"`
	// Resume asks for what came after the last event that the client has.
	Resume *Resume `json:"resume,omitempty"`
	// Alerting says whether this session can ring; absent means yes.
	Alerting *bool `json:"alerting,omitempty"`
}

// ClientInfo names the program at the other end, for logs and support.
type ClientInfo struct {
	Name    string `json:"name" jsonschema:"maxLength=64"`
	Version string `json:"version,omitempty" jsonschema:"maxLength=64"`
}

// Resume is where a client's stream stands.
type Resume struct {
	Epoch string `json:"epoch" jsonschema:"minLength=1,maxLength=128"`
	Seq   uint64 `json:"seq"`
}

// Pong answers a ping with the last event that the client has handled.
type Pong struct {
	Seq uint64 `json:"seq,omitzero"`
}

// Refresh hands in a new token for the same principal.
type Refresh struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Token string `json:"token" jsonschema:"minLength=1"`
}

// Start opens a chat at a source; sent again with the same id it is the same chat.
type Start struct {
	ID     string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Source string `json:"source" jsonschema:"minLength=1,maxLength=128"`
	// Queue overrides the source's own queue where the source allows it.
	Queue string `json:"queue,omitempty" jsonschema:"maxLength=128"`
	// Agent is whom the customer asks for; the queue is for when he cannot come.
	Agent      string            `json:"agent,omitempty" jsonschema:"maxLength=128"`
	Name       string            `json:"name,omitempty" jsonschema:"maxLength=128"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Subject    string            `json:"subject,omitempty" jsonschema:"maxLength=256"`
}

// Send says something in a chat: a text, an attachment or a template, one of them.
type Send struct {
	ID         string         `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat       string         `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Text       string         `json:"text,omitempty"`
	Attachment *AttachmentRef `json:"attachment,omitempty"`
	// Template is for agents.
	Template *TemplateUse `json:"template,omitempty"`
	// To is for agents; absent means all.
	To Audience `json:"to,omitempty"`
}

// Typing shows or hides that somebody is writing. It is not kept.
type Typing struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	On   bool   `json:"on"`
}

// Read marks everything up to a message as read.
type Read struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Upto uint64 `json:"upto" jsonschema:"minimum=1"`
}

// End ends a chat for all.
type End struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// Leave takes the sender out of a chat that goes on without him.
type Leave struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// History asks for messages older than Before, the newest of them first in mind:
// the page is the Limit messages that end just before it.
type History struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	// Before is a message_seq; absent means from the end.
	Before uint64 `json:"before,omitzero"`
	// Limit is at most MaxHistory; absent means DefaultHistory.
	Limit int `json:"limit,omitzero" jsonschema:"minimum=0,maximum=200"`
}

// The size of a page of history.
const (
	DefaultHistory = 50
	MaxHistory     = 200
)

// SetPresence chooses the agent's own presence.
type SetPresence struct {
	ID     string         `json:"id" jsonschema:"minLength=1,maxLength=64"`
	State  PresenceChoice `json:"state"`
	Reason string         `json:"reason,omitempty" jsonschema:"maxLength=128"`
	// When is now if absent.
	When When `json:"when,omitempty"`
	// Drain goes offline with live chats: no new ones, and offline after the last.
	Drain bool `json:"drain,omitzero"`
}

// SetChannel opens or closes one channel for the agent.
type SetChannel struct {
	ID      string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Channel string `json:"channel" jsonschema:"minLength=1,maxLength=128"`
	Open    bool   `json:"open"`
}

// Accept takes an offer.
type Accept struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Offer string `json:"offer" jsonschema:"minLength=1,maxLength=128"`
}

// Reject declines an offer; the chat keeps its place and goes to somebody else.
type Reject struct {
	ID     string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Offer  string `json:"offer" jsonschema:"minLength=1,maxLength=128"`
	Reason string `json:"reason,omitempty" jsonschema:"maxLength=128"`
}

// Focus makes one chat connected and the agent's others held; without a chat
// all are held.
type Focus struct {
	ID   string  `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat *string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// Opened tells the agent's other sessions that a chat's window is open here.
type Opened struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	On   bool   `json:"on"`
}

// WrapUp closes the agent's work on an ended chat.
type WrapUp struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	// Code may be absent only where wrap-up is optional.
	Code  string `json:"code,omitempty" jsonschema:"maxLength=128"`
	Notes string `json:"notes,omitempty"`
}

// SaveWrapUp keeps a draft of the wrap-up without closing it.
type SaveWrapUp struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat  string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Code  string `json:"code,omitempty" jsonschema:"maxLength=128"`
	Notes string `json:"notes,omitempty"`
}

// ExtendWrapUp asks for more time where wrap-up is timed.
type ExtendWrapUp struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// SetAttributes merges facts into the chat; an empty text removes one.
type SetAttributes struct {
	ID   string            `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string            `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Set  map[string]string `json:"set"`
}

// ForceEnd ends a chat in whatever state it is.
type ForceEnd struct {
	ID     string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat   string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Reason string `json:"reason" jsonschema:"minLength=1,maxLength=256"`
}

// ForcePresence sets another person's presence.
type ForcePresence struct {
	ID     string         `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Agent  string         `json:"agent" jsonschema:"minLength=1,maxLength=128"`
	State  PresenceChoice `json:"state"`
	Reason string         `json:"reason,omitempty" jsonschema:"maxLength=128"`
}

// Explain asks why an offer, or each offer of a chat, went to whom it went.
type Explain struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Offer string `json:"offer,omitempty" jsonschema:"maxLength=128"`
	Chat  string `json:"chat,omitempty" jsonschema:"maxLength=128"`
}

// FrameType is "hello".
func (*Hello) FrameType() string { return "hello" }

// CommandID is the client's id of the command.
func (c *Hello) CommandID() string { return c.ID }

// FrameType is "pong".
func (*Pong) FrameType() string { return "pong" }

// CommandID is empty: a pong is not answered.
func (*Pong) CommandID() string { return "" }

// FrameType is "refresh".
func (*Refresh) FrameType() string { return "refresh" }

// CommandID is the client's id of the command.
func (c *Refresh) CommandID() string { return c.ID }

// FrameType is "start".
func (*Start) FrameType() string { return "start" }

// CommandID is the client's id of the command.
func (c *Start) CommandID() string { return c.ID }

// FrameType is "send".
func (*Send) FrameType() string { return "send" }

// CommandID is the client's id of the command.
func (c *Send) CommandID() string { return c.ID }

// FrameType is "typing".
func (*Typing) FrameType() string { return "typing" }

// CommandID is the client's id of the command.
func (c *Typing) CommandID() string { return c.ID }

// FrameType is "read".
func (*Read) FrameType() string { return "read" }

// CommandID is the client's id of the command.
func (c *Read) CommandID() string { return c.ID }

// FrameType is "end".
func (*End) FrameType() string { return "end" }

// CommandID is the client's id of the command.
func (c *End) CommandID() string { return c.ID }

// FrameType is "leave".
func (*Leave) FrameType() string { return "leave" }

// CommandID is the client's id of the command.
func (c *Leave) CommandID() string { return c.ID }

// FrameType is "history".
func (*History) FrameType() string { return "history" }

// CommandID is the client's id of the command.
func (c *History) CommandID() string { return c.ID }

// FrameType is "set_presence".
func (*SetPresence) FrameType() string { return "set_presence" }

// CommandID is the client's id of the command.
func (c *SetPresence) CommandID() string { return c.ID }

// FrameType is "set_channel".
func (*SetChannel) FrameType() string { return "set_channel" }

// CommandID is the client's id of the command.
func (c *SetChannel) CommandID() string { return c.ID }

// FrameType is "accept".
func (*Accept) FrameType() string { return "accept" }

// CommandID is the client's id of the command.
func (c *Accept) CommandID() string { return c.ID }

// FrameType is "reject".
func (*Reject) FrameType() string { return "reject" }

// CommandID is the client's id of the command.
func (c *Reject) CommandID() string { return c.ID }

// FrameType is "focus".
func (*Focus) FrameType() string { return "focus" }

// CommandID is the client's id of the command.
func (c *Focus) CommandID() string { return c.ID }

// FrameType is "opened".
func (*Opened) FrameType() string { return "opened" }

// CommandID is the client's id of the command.
func (c *Opened) CommandID() string { return c.ID }

// FrameType is "wrapup".
func (*WrapUp) FrameType() string { return "wrapup" }

// CommandID is the client's id of the command.
func (c *WrapUp) CommandID() string { return c.ID }

// FrameType is "save_wrapup".
func (*SaveWrapUp) FrameType() string { return "save_wrapup" }

// CommandID is the client's id of the command.
func (c *SaveWrapUp) CommandID() string { return c.ID }

// FrameType is "extend_wrapup".
func (*ExtendWrapUp) FrameType() string { return "extend_wrapup" }

// CommandID is the client's id of the command.
func (c *ExtendWrapUp) CommandID() string { return c.ID }

// FrameType is "set_attributes".
func (*SetAttributes) FrameType() string { return "set_attributes" }

// CommandID is the client's id of the command.
func (c *SetAttributes) CommandID() string { return c.ID }

// FrameType is "force_end".
func (*ForceEnd) FrameType() string { return "force_end" }

// CommandID is the client's id of the command.
func (c *ForceEnd) CommandID() string { return c.ID }

// FrameType is "force_presence".
func (*ForcePresence) FrameType() string { return "force_presence" }

// CommandID is the client's id of the command.
func (c *ForcePresence) CommandID() string { return c.ID }

// FrameType is "explain".
func (*Explain) FrameType() string { return "explain" }

// CommandID is the client's id of the command.
func (c *Explain) CommandID() string { return c.ID }
