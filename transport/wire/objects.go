package wire

// Ref names something that has an id and a name to show.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Named is what a customer hears of something whose id is none of his business.
type Named struct {
	Name string `json:"name"`
}

// Choice is one entry of a list that an agent chooses from: a wrap-up code or
// a reason for not being ready.
type Choice struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Author is who wrote a message. ID is absent in what a customer receives,
// unless he wrote it himself.
type Author struct {
	Kind     AuthorKind `json:"kind"`
	ID       string     `json:"id,omitempty"`
	Name     string     `json:"name"`
	Initials string     `json:"initials"`
}

// Attachment describes a file that stands in the place of a text. URL is where
// it is fetched, with the token of who reads; it may be relative to the server.
type Attachment struct {
	ID        string `json:"id"`
	Name      string `json:"name" jsonschema:"minLength=1,maxLength=255"`
	MediaType string `json:"media_type" jsonschema:"minLength=1,maxLength=127"`
	SizeBytes uint64 `json:"size_bytes"`
	URL       string `json:"url" jsonschema:"minLength=1,maxLength=2048"`
}

// Message is one entry of a transcript: a text or an attachment. MessageSeq
// counts from 1 within a chat; a customer sees gaps where agents spoke among
// themselves.
type Message struct {
	MessageSeq uint64      `json:"message_seq"`
	Author     Author      `json:"author"`
	Text       string      `json:"text,omitempty"`
	Attachment *Attachment `json:"attachment,omitempty"`
	// Template is what the text was made of, for agents.
	Template string `json:"template,omitempty"`
	// Joined is who has come, in the system's line that says so in English.
	Joined string   `json:"joined,omitempty"`
	To     Audience `json:"to"`
	SentAt Time     `json:"sent_at"`
}

// Customer is the customer as agents see him.
type Customer struct {
	Name     string `json:"name"`
	Initials string `json:"initials"`
	// Auth is absent where it is not known.
	Auth       CustomerAuth      `json:"auth,omitempty"`
	Attributes map[string]string `json:"attributes"`
	// State is known in a chat and absent in an offer.
	State CustomerState `json:"state,omitempty"`
}

// Participant is somebody in a chat, as agents see him. The customer's id is
// "customer", an agent's his own.
type Participant struct {
	Participant string           `json:"participant"`
	Kind        ParticipantKind  `json:"kind"`
	Name        string           `json:"name"`
	Mode        Mode             `json:"mode"`
	State       ParticipantState `json:"state"`
	Owner       bool             `json:"owner"`
}

// Offer asks an agent to take a chat before ExpiresAt.
type Offer struct {
	Offer    string    `json:"offer"`
	Kind     OfferKind `json:"kind"`
	Chat     string    `json:"chat"`
	Channel  string    `json:"channel"`
	Queue    Ref       `json:"queue"`
	Customer Customer  `json:"customer"`
	Source   *Ref      `json:"source,omitempty"`
	// From is the agent who asks (transfer, invite, consult), Note his words.
	From *Ref   `json:"from,omitempty"`
	Note string `json:"note,omitempty"`
	// Thread is the end of the transcript, oldest first.
	Thread []Message `json:"thread"`
	// ReceivedAt is when the customer started to wait; it never moves.
	ReceivedAt Time `json:"received_at"`
	OfferedAt  Time `json:"offered_at"`
	ExpiresAt  Time `json:"expires_at"`
	// Attempt counts the offers of this wait from 1.
	Attempt int `json:"attempt"`
	// PreviousChat is the customer's last chat before this one.
	PreviousChat string `json:"previous_chat,omitempty"`
}

// Chat is a chat on an agent's desktop, complete.
type Chat struct {
	Chat         string        `json:"chat"`
	Channel      string        `json:"channel"`
	Subject      string        `json:"subject,omitempty"`
	Queue        Ref           `json:"queue"`
	Customer     Customer      `json:"customer"`
	Source       *Ref          `json:"source,omitempty"`
	Participants []Participant `json:"participants"`
	// Owner is the participant who serves the chat, absent while nobody does.
	Owner  string     `json:"owner,omitempty"`
	Label  Label      `json:"label"`
	Phase  Phase      `json:"phase"`
	Focus  FocusState `json:"focus"`
	Unread int        `json:"unread"`
	// Opened says that a session of this agent shows the chat.
	Opened bool `json:"opened"`
	// Read is the last message that each participant has read.
	Read map[string]uint64 `json:"read,omitempty"`
	// Messages is the end of the transcript, oldest first; MessageSeq the
	// number of the last message, 0 for none.
	Messages   []Message `json:"messages"`
	MessageSeq uint64    `json:"message_seq"`
	ReceivedAt Time      `json:"received_at"`
	// StartedAt is when an agent first accepted.
	StartedAt Time `json:"started_at,omitzero"`
	// PreviousChat is the customer's last chat before this one.
	PreviousChat string `json:"previous_chat,omitempty"`
	// Now is what is under way, absent for nothing.
	Now *Underway `json:"now,omitempty"`
}

// Underway is what goes on in a chat beside its talk, as events have told it:
// so that who starts anew shows what he showed before.
type Underway struct {
	// Asked are those whom agents have asked and who have not answered.
	Asked []Asked `json:"asked,omitempty"`
	// EndProposed is who has asked the customer whether the chat may end.
	EndProposed *Proposer `json:"end_proposed,omitempty"`
	// Idle says that the customer was warned, and when the chat ends.
	Idle *Closing `json:"idle,omitempty"`
	// WaitsSince is since when the customer waits for an answer, after agent_idle.
	WaitsSince Time `json:"waits_since,omitzero"`
	// Inactive says that the chat takes no capacity.
	Inactive bool `json:"inactive,omitzero"`
	// Interrupted says that the source is gone, and when the chat ends.
	Interrupted *Interruption `json:"interrupted,omitempty"`
}

// Asked is a transfer, an invitation or a consultation that is not answered.
// Transfer takes a transfer back, Offer the others.
type Asked struct {
	Kind     OfferKind `json:"kind"`
	Transfer string    `json:"transfer,omitempty"`
	Offer    string    `json:"offer,omitempty"`
	// By is the agent who has asked.
	By string `json:"by,omitempty"`
	// Agent or Queue is who was asked.
	Agent *Ref `json:"agent,omitempty"`
	Queue *Ref `json:"queue,omitempty"`
}

// Proposer is an agent who would end the chat.
type Proposer struct {
	By   string `json:"by,omitempty"`
	Name string `json:"name"`
}

// Closing is when a chat ends by itself, absent if it does not.
type Closing struct {
	ClosesAt Time `json:"closes_at,omitzero"`
}

// Interruption is what to show of a chat whose source is gone.
type Interruption struct {
	Warning  string `json:"warning"`
	ClosesAt Time   `json:"closes_at,omitzero"`
}

// CustomerChat is a chat on the customer's page, complete.
type CustomerChat struct {
	Chat    string `json:"chat"`
	Channel string `json:"channel"`
	Subject string `json:"subject,omitempty"`
	Queue   *Named `json:"queue,omitempty"`
	Phase   Phase  `json:"phase"`
	// Agents are the names of those who talk with the customer now.
	Agents     []AgentName `json:"agents"`
	Messages   []Message   `json:"messages"`
	MessageSeq uint64      `json:"message_seq"`
	// Read is the last message read by "customer" and by "agent".
	Read       map[string]uint64 `json:"read,omitempty"`
	Position   int               `json:"position,omitzero"`
	WaitS      *WaitRange        `json:"wait_s,omitempty"`
	ReceivedAt Time              `json:"received_at"`
	EndReason  EndReason         `json:"end_reason,omitempty"`
	// EndProposed is who asks whether the chat may end, Idle that it ends
	// without a word: both as their events have told.
	EndProposed *Named   `json:"end_proposed,omitempty"`
	Idle        *Closing `json:"idle,omitempty"`
}

// AgentName is all that a customer learns of an agent.
type AgentName struct {
	Name     string `json:"name"`
	Initials string `json:"initials"`
}

// WaitRange is an estimate in seconds; it is absent rather than made up.
type WaitRange struct {
	Low  int `json:"low"`
	High int `json:"high"`
}

// Presence is an agent's state, since when, and by whom it was set: the agent's
// own id, a supervisor's, or "system".
type Presence struct {
	State  PresenceState `json:"state"`
	Reason string        `json:"reason,omitempty"`
	Since  Time          `json:"since"`
	By     string        `json:"by"`
}

// NextPresence is taken when the last live chat ends.
type NextPresence struct {
	State  PresenceState `json:"state"`
	Reason string        `json:"reason,omitempty"`
}

// Capacity is what an agent can carry and carries, in units.
type Capacity struct {
	Total    int                        `json:"total"`
	Used     int                        `json:"used"`
	Channels map[string]ChannelCapacity `json:"channels"`
}

// ChannelCapacity is the share of one channel, and whether the agent takes it.
type ChannelCapacity struct {
	Open bool `json:"open"`
	// Max is absent where only the total limits the channel.
	Max  int `json:"max,omitzero"`
	Used int `json:"used"`
}

// Wrapup is what an agent still owes for a chat. Code and Notes are the saved
// draft.
type Wrapup struct {
	Chat           string     `json:"chat"`
	Codes          []Choice   `json:"codes"`
	NotesEnabled   bool       `json:"notes_enabled"`
	Mode           WrapupMode `json:"mode"`
	ExpiresAt      Time       `json:"expires_at,omitzero"`
	ExtensionsLeft *int       `json:"extensions_left,omitempty"`
	Code           string     `json:"code,omitempty"`
	Notes          string     `json:"notes,omitempty"`
}

// QueueRow is a queue as a supervisor sees it.
type QueueRow struct {
	Queue string    `json:"queue"`
	Name  string    `json:"name"`
	Mode  QueueMode `json:"mode"`
	// ModeSet is there while a supervisor's word stands before the configuration.
	ModeSet         *ModeSet `json:"mode_set,omitempty"`
	Waiting         int      `json:"waiting"`
	OldestSince     Time     `json:"oldest_since,omitzero"`
	AgentsSignedIn  int      `json:"agents_signed_in"`
	AgentsAvailable int      `json:"agents_available"`
	// FreeUnits is what the available agents could take now.
	FreeUnits int `json:"free_units"`
	// ServiceLevel is the share of the last hour's chats that were answered
	// within ServiceLevelS, from 0 to 1; absent when there were none.
	ServiceLevel  *float64 `json:"service_level,omitempty"`
	ServiceLevelS float64  `json:"service_level_s,omitzero"`
	// Abandonment is the share of the same chats whose customers gave up before
	// anybody answered.
	Abandonment *float64 `json:"abandonment,omitempty"`
	// WaitS is how long who would come now is expected to wait.
	WaitS *WaitRange `json:"wait_s,omitempty"`
}

// AgentRow is an agent as a supervisor sees him.
type AgentRow struct {
	Agent    string   `json:"agent"`
	Name     string   `json:"name"`
	Presence Presence `json:"presence"`
	// Status is the system's view of his load.
	Status   RoutingStatus `json:"status"`
	Capacity Capacity      `json:"capacity"`
	Chats    []string      `json:"chats"`
	Wrapups  []string      `json:"wrapups"`
}

// ChatRow is a chat as a supervisor sees it in a list.
type ChatRow struct {
	Chat       string `json:"chat"`
	Channel    string `json:"channel"`
	Queue      *Ref   `json:"queue,omitempty"`
	Customer   Named  `json:"customer"`
	Phase      Phase  `json:"phase"`
	Label      Label  `json:"label,omitempty"`
	Owner      *Ref   `json:"owner,omitempty"`
	ReceivedAt Time   `json:"received_at"`
	// Rating is the customer's, when the chat has ended.
	Rating *Rating `json:"rating,omitempty"`
	// Assist is a call for a supervisor that nobody has followed yet.
	Assist *Assistance `json:"assist,omitempty"`
}

// Alert asks a supervisor to look at something.
type Alert struct {
	Kind  AlertKind `json:"kind"`
	Chat  string    `json:"chat,omitempty"`
	Agent string    `json:"agent,omitempty"`
	Queue string    `json:"queue,omitempty"`
	Text  string    `json:"text,omitempty"`
	Since Time      `json:"since"`
}

// Decision says how a queue chose: why this agent, and why each other one not.
type Decision struct {
	Queue     string `json:"queue"`
	Chat      string `json:"chat"`
	Offer     string `json:"offer,omitempty"`
	DecidedAt Time   `json:"decided_at"`
	Strategy  string `json:"strategy"`
	// Winner is the agent chosen, WinnerWhy the measure by which he was.
	Winner     string       `json:"winner,omitempty"`
	WinnerWhy  string       `json:"winner_why,omitempty"`
	PassedOver []PassedOver `json:"passed_over"`
	// More counts, by reason, further agents who are not named one by one.
	More          map[string]int `json:"more,omitempty"`
	ConfigVersion uint64         `json:"config_version,omitzero"`
	// Step counts the queue's steps that the chat had taken by then.
	Step int `json:"step,omitzero"`
}

// PassedOver is an agent who did not get the offer, and why.
type PassedOver struct {
	Agent string `json:"agent"`
	Why   string `json:"why"`
}
