package wire

// Welcome answers hello: who the principal is, where its stream stands, and
// which limits hold.
type Welcome struct {
	// Re is the id of the hello, if it had one.
	Re        string `json:"re,omitempty"`
	Session   string `json:"session"`
	Role      Role   `json:"role"`
	Principal string `json:"principal"`
	Name      string `json:"name,omitempty"`
	// Epoch and Seq are what the next hello.resume may say if nothing else
	// arrives: after a resume Seq is the last event that the client already has.
	Epoch      string `json:"epoch"`
	Seq        uint64 `json:"seq"`
	Resumed    bool   `json:"resumed"`
	ServerTime Time   `json:"server_time"`
	HeartbeatS int    `json:"heartbeat_s"`
	Limits     Limits `json:"limits"`
	// ClosedBecause says with which code the server closed the session's last
	// connection, since the code itself may never have arrived.
	ClosedBecause *Closed `json:"closed_because,omitempty"`
}

// Closed is a close code and its text.
type Closed struct {
	Code CloseCode `json:"code"`
	Text string    `json:"text"`
}

// Limits are the published limits of a session; absent means that the limit
// does not concern this role.
type Limits struct {
	MessageBytes       int `json:"message_bytes"`
	Frames             int `json:"frames"`
	Nesting            int `json:"nesting"`
	IDChars            int `json:"id_chars"`
	NotesChars         int `json:"notes_chars,omitzero"`
	AttributesBytes    int `json:"attributes_bytes,omitzero"`
	HistoryMessages    int `json:"history_messages,omitzero"`
	Sessions           int `json:"sessions,omitzero"`
	OpenChats          int `json:"open_chats,omitzero"`
	UnansweredCommands int `json:"unanswered_commands,omitzero"`
	OutboundBytes      int `json:"outbound_bytes,omitzero"`
	// PerSecond commands (for customers: messages) are allowed on average, Burst at once.
	PerSecond int `json:"per_second,omitzero"`
	Burst     int `json:"burst,omitzero"`
	// Text says for each channel how long a text may be and what it must not contain.
	Text map[string]TextLimit `json:"text,omitempty"`
	// Attachments says what files each channel takes. A channel that takes none is not in it.
	Attachments map[string]AttachmentLimit `json:"attachments,omitempty"`
}

// AttachmentLimit is what a channel takes in one file.
type AttachmentLimit struct {
	MaxBytes int64 `json:"max_bytes"`
	// MediaTypes are the types that a file may be found to be.
	MediaTypes []string `json:"media_types"`
}

// TextLimit is what a channel allows in one message.
type TextLimit struct {
	MaxChars int `json:"max_chars"`
	// Reserved are characters that this role must not send on the channel.
	Reserved string `json:"reserved,omitempty"`
}

// AgentSnapshot is all that a desktop shows, as of Seq.
type AgentSnapshot struct {
	Seq         uint64        `json:"seq"`
	Presence    Presence      `json:"presence"`
	Next        *NextPresence `json:"next,omitempty"`
	Capacity    Capacity      `json:"capacity"`
	Queues      []Ref         `json:"queues"`
	Offers      []Offer       `json:"offers"`
	Chats       []Chat        `json:"chats"`
	Wrapups     []Wrapup      `json:"wrapups"`
	WrapupCodes []Choice      `json:"wrapup_codes"`
	Reasons     []Choice      `json:"reasons"`
	Templates   []Template    `json:"templates,omitempty"`
}

// CustomerSnapshot is all that a customer's page shows, as of Seq.
type CustomerSnapshot struct {
	Seq   uint64         `json:"seq"`
	Chats []CustomerChat `json:"chats"`
}

// SupervisorSnapshot is all that a supervisor's board shows, as of Seq.
type SupervisorSnapshot struct {
	Seq    uint64     `json:"seq"`
	Queues []QueueRow `json:"queues"`
	Agents []AgentRow `json:"agents"`
	Chats  []ChatRow  `json:"chats"`
	Alerts []Alert    `json:"alerts"`
	// Self is the supervisor's own desk, since he may serve chats too.
	Self *AgentSnapshot `json:"self,omitempty"`
}

// Ok says that the command Re took effect, durably, and carries its result.
type Ok struct {
	Re string `json:"re"`
	// Already says that the effect was there before (ended twice, wrapped up
	// from another session, accepted on another device of the same agent).
	Already bool `json:"already,omitzero"`
	// Chat answers start and what brings a chat to the sender.
	Chat string `json:"chat,omitempty"`
	// Transfer answers transfer; Offer what rings: transfer, invite and consult.
	Transfer string `json:"transfer,omitempty"`
	Offer    string `json:"offer,omitempty"`
	// MessageSeq answers send.
	MessageSeq uint64 `json:"message_seq,omitzero"`
	// ExpiresAt and ExtensionsLeft answer extend_wrapup; ExpiresAt answers refresh too.
	ExpiresAt      Time `json:"expires_at,omitzero"`
	ExtensionsLeft *int `json:"extensions_left,omitempty"`
	// Page answers history.
	Page *Page `json:"page,omitempty"`
	// Decisions answers explain, oldest first.
	Decisions []Decision `json:"decisions,omitempty"`
	// Targets and Version answer list_targets.
	Targets []TargetRow `json:"targets,omitzero"`
	Version uint64      `json:"version,omitzero"`
	// Chats answers broadcast: in how many it stands.
	Chats *int `json:"chats,omitempty"`
}

// Page is a stretch of a transcript, oldest first. More says that older
// messages exist.
type Page struct {
	Messages []Message `json:"messages"`
	More     bool      `json:"more"`
	// PreviousChat is the last chat of this one's customer before it.
	PreviousChat string `json:"previous_chat,omitempty"`
}

// Ping asks for a pong, or for any other frame.
type Ping struct{}

// Goodbye announces that this connection will be closed: the client opens a
// second one, at Address if given, resumes there and drops this one.
type Goodbye struct {
	Reason          GoodbyeReason `json:"reason"`
	ReconnectAfterS float64       `json:"reconnect_after_s"`
	Address         string        `json:"address,omitempty"`
}

// TokenExpiring asks for refresh before ExpiresAt.
type TokenExpiring struct {
	ExpiresAt Time `json:"expires_at"`
}

// Resync announces that a new snapshot follows and replaces all that the
// client knows.
type Resync struct {
	Reason ResyncReason `json:"reason"`
	Epoch  string       `json:"epoch"`
}

// FrameType is "welcome".
func (*Welcome) FrameType() string { return "welcome" }

// FrameType is "snapshot".
func (*AgentSnapshot) FrameType() string { return "snapshot" }

// FrameType is "snapshot".
func (*CustomerSnapshot) FrameType() string { return "snapshot" }

// FrameType is "snapshot".
func (*SupervisorSnapshot) FrameType() string { return "snapshot" }

// FrameType is "ok".
func (*Ok) FrameType() string { return "ok" }

// FrameType is "ping".
func (*Ping) FrameType() string { return "ping" }

// FrameType is "goodbye".
func (*Goodbye) FrameType() string { return "goodbye" }

// FrameType is "token_expiring".
func (*TokenExpiring) FrameType() string { return "token_expiring" }

// FrameType is "resync".
func (*Resync) FrameType() string { return "resync" }
