package wire

// Events of an agent's stream. At is when it happened; the number in the
// recipient's stream is added by AppendSeq.

// PresenceEvent tells all sessions of an agent of his presence.
type PresenceEvent struct {
	At Time `json:"at"`
	Presence
	Next *NextPresence `json:"next,omitempty"`
}

// ChannelEvent tells that the agent takes a channel or no longer does.
type ChannelEvent struct {
	At      Time   `json:"at"`
	Channel string `json:"channel"`
	Open    bool   `json:"open"`
	By      string `json:"by"`
}

// OfferEvent asks an agent to take a chat.
type OfferEvent struct {
	At Time `json:"at"`
	Offer
}

// OfferEndedEvent closes the question that an offer asked.
type OfferEndedEvent struct {
	At     Time           `json:"at"`
	Offer  string         `json:"offer"`
	Chat   string         `json:"chat"`
	Reason OfferEndReason `json:"reason"`
}

// AssignedEvent hands the agent a chat, complete.
type AssignedEvent struct {
	At   Time `json:"at"`
	Chat Chat `json:"chat"`
}

// MessageEvent is a new entry of a transcript, for agents and customers.
type MessageEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	Message
}

// UnreadEvent is how many messages of a chat the agent has not read.
type UnreadEvent struct {
	At    Time   `json:"at"`
	Chat  string `json:"chat"`
	Count int    `json:"count"`
}

// ReadEvent tells how far somebody has read: for agents By is a participant,
// for customers "customer" or "agent".
type ReadEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	By   string `json:"by"`
	Upto uint64 `json:"upto"`
}

// FocusEvent tells the agent's sessions which chat is connected; States has all
// of his chats.
type FocusEvent struct {
	At     Time                  `json:"at"`
	Chat   string                `json:"chat,omitempty"`
	States map[string]FocusState `json:"states"`
}

// OpenedEvent tells whether a session of the agent shows the chat.
type OpenedEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	On   bool   `json:"on"`
}

// JoinedEvent tells that somebody came into the chat.
type JoinedEvent struct {
	At          Time            `json:"at"`
	Chat        string          `json:"chat"`
	Participant string          `json:"participant"`
	Kind        ParticipantKind `json:"kind"`
	Name        string          `json:"name"`
	Mode        Mode            `json:"mode"`
}

// LeftEvent tells that somebody is no longer in the chat.
type LeftEvent struct {
	At          Time        `json:"at"`
	Chat        string      `json:"chat"`
	Participant string      `json:"participant"`
	Mode        Mode        `json:"mode"`
	Reason      LeaveReason `json:"reason,omitempty"`
	// By is who took him out, if it was not he himself.
	By string `json:"by,omitempty"`
}

// OwnerEvent tells who serves the chat; no participant means nobody does.
type OwnerEvent struct {
	At          Time   `json:"at"`
	Chat        string `json:"chat"`
	Participant string `json:"participant,omitempty"`
}

// LabelEvent tells what the desktop writes on the chat.
type LabelEvent struct {
	At    Time   `json:"at"`
	Chat  string `json:"chat"`
	Label Label  `json:"label"`
}

// CustomerEvent tells whether the customer's page is connected.
type CustomerEvent struct {
	At    Time          `json:"at"`
	Chat  string        `json:"chat"`
	State CustomerState `json:"state"`
}

// AttributesEvent tells which facts of a chat were set or, where empty, removed.
type AttributesEvent struct {
	At   Time              `json:"at"`
	Chat string            `json:"chat"`
	Set  map[string]string `json:"set"`
	By   string            `json:"by"`
}

// ChatEndedEvent tells the agents that a chat is over. By is a participant, a
// supervisor's id or "system".
type ChatEndedEvent struct {
	At     Time      `json:"at"`
	Chat   string    `json:"chat"`
	By     string    `json:"by"`
	Reason EndReason `json:"reason"`
	// Note is what the supervisor who forced the end gave as his reason.
	Note string `json:"note,omitempty"`
}

// WrapupStartedEvent opens the agent's debt for a chat.
type WrapupStartedEvent struct {
	At             Time       `json:"at"`
	Chat           string     `json:"chat"`
	Codes          []Choice   `json:"codes"`
	NotesEnabled   bool       `json:"notes_enabled"`
	Mode           WrapupMode `json:"mode"`
	ExpiresAt      Time       `json:"expires_at,omitzero"`
	ExtensionsLeft *int       `json:"extensions_left,omitempty"`
}

// WrapupSavedEvent is the draft, for the agent's other sessions.
type WrapupSavedEvent struct {
	At    Time   `json:"at"`
	Chat  string `json:"chat"`
	Code  string `json:"code,omitempty"`
	Notes string `json:"notes,omitempty"`
}

// WrapupExtendedEvent moves the end of a timed wrap-up.
type WrapupExtendedEvent struct {
	At             Time   `json:"at"`
	Chat           string `json:"chat"`
	ExpiresAt      Time   `json:"expires_at"`
	ExtensionsLeft int    `json:"extensions_left"`
}

// WrapupDoneEvent closes the debt. By is the agent, a supervisor or "system"
// (the time was over).
type WrapupDoneEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	Code string `json:"code,omitempty"`
	By   string `json:"by"`
}

// ReleasedEvent takes the chat off the agent's desktop.
type ReleasedEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
}

// TypingEvent is ephemeral. By is as in ReadEvent.
type TypingEvent struct {
	Chat string `json:"chat"`
	By   string `json:"by"`
	On   bool   `json:"on"`
}

// DeliveredEvent is ephemeral: a client of By's has everything up to Upto. By
// is as in ReadEvent.
type DeliveredEvent struct {
	Chat string `json:"chat"`
	By   string `json:"by"`
	Upto uint64 `json:"upto"`
}

// Events of a customer's stream.

// QueuedEvent tells the customer that he waits, for the first time or again.
type QueuedEvent struct {
	At    Time   `json:"at"`
	Chat  string `json:"chat"`
	Queue *Named `json:"queue,omitempty"`
}

// AgentJoinedEvent tells the customer who talks with him.
type AgentJoinedEvent struct {
	At       Time   `json:"at"`
	Chat     string `json:"chat"`
	Name     string `json:"name"`
	Initials string `json:"initials"`
}

// AgentLeftEvent tells the customer who no longer talks with him.
type AgentLeftEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	Name string `json:"name"`
}

// AgentAwayEvent tells the customer that his agent has lost the connection, or
// has it again.
type AgentAwayEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	Name string `json:"name"`
	Away bool   `json:"away"`
}

// EndedEvent tells the customer that the chat is over.
type EndedEvent struct {
	At     Time      `json:"at"`
	Chat   string    `json:"chat"`
	Reason EndReason `json:"reason"`
}

// PositionEvent is ephemeral: the customer's place in the queue, from 1, and
// how long it may take, if that is known.
type PositionEvent struct {
	Chat     string     `json:"chat"`
	Position int        `json:"position"`
	WaitS    *WaitRange `json:"wait_s,omitempty"`
}

// Events of a supervisor's stream.

// AlertEvent asks a supervisor to look at something.
// Over says that it is over.
type AlertEvent struct {
	At Time `json:"at"`
	Alert
	Over bool `json:"over,omitzero"`
}

// FrameType is "presence".
func (*PresenceEvent) FrameType() string { return "presence" }

// FrameType is "channel".
func (*ChannelEvent) FrameType() string { return "channel" }

// FrameType is "offer".
func (*OfferEvent) FrameType() string { return "offer" }

// FrameType is "offer_ended".
func (*OfferEndedEvent) FrameType() string { return "offer_ended" }

// FrameType is "assigned".
func (*AssignedEvent) FrameType() string { return "assigned" }

// FrameType is "message".
func (*MessageEvent) FrameType() string { return "message" }

// FrameType is "unread".
func (*UnreadEvent) FrameType() string { return "unread" }

// FrameType is "read".
func (*ReadEvent) FrameType() string { return "read" }

// FrameType is "focus".
func (*FocusEvent) FrameType() string { return "focus" }

// FrameType is "opened".
func (*OpenedEvent) FrameType() string { return "opened" }

// FrameType is "joined".
func (*JoinedEvent) FrameType() string { return "joined" }

// FrameType is "left".
func (*LeftEvent) FrameType() string { return "left" }

// FrameType is "owner".
func (*OwnerEvent) FrameType() string { return "owner" }

// FrameType is "label".
func (*LabelEvent) FrameType() string { return "label" }

// FrameType is "customer".
func (*CustomerEvent) FrameType() string { return "customer" }

// FrameType is "attributes".
func (*AttributesEvent) FrameType() string { return "attributes" }

// FrameType is "chat_ended".
func (*ChatEndedEvent) FrameType() string { return "chat_ended" }

// FrameType is "wrapup_started".
func (*WrapupStartedEvent) FrameType() string { return "wrapup_started" }

// FrameType is "wrapup_saved".
func (*WrapupSavedEvent) FrameType() string { return "wrapup_saved" }

// FrameType is "wrapup_extended".
func (*WrapupExtendedEvent) FrameType() string { return "wrapup_extended" }

// FrameType is "wrapup_done".
func (*WrapupDoneEvent) FrameType() string { return "wrapup_done" }

// FrameType is "released".
func (*ReleasedEvent) FrameType() string { return "released" }

// FrameType is "typing".
func (*TypingEvent) FrameType() string { return "typing" }

// FrameType is "delivered".
func (*DeliveredEvent) FrameType() string { return "delivered" }

// FrameType is "queued".
func (*QueuedEvent) FrameType() string { return "queued" }

// FrameType is "agent_joined".
func (*AgentJoinedEvent) FrameType() string { return "agent_joined" }

// FrameType is "agent_left".
func (*AgentLeftEvent) FrameType() string { return "agent_left" }

// FrameType is "agent_away".
func (*AgentAwayEvent) FrameType() string { return "agent_away" }

// FrameType is "ended".
func (*EndedEvent) FrameType() string { return "ended" }

// FrameType is "position".
func (*PositionEvent) FrameType() string { return "position" }

// FrameType is "alert".
func (*AlertEvent) FrameType() string { return "alert" }
