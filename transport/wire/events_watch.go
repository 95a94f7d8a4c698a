package wire

// TargetsEvent is ephemeral and whole: where a chat could go now.
type TargetsEvent struct {
	At      Time        `json:"at"`
	Kind    TargetKind  `json:"kind"`
	Rows    []TargetRow `json:"rows"`
	Version uint64      `json:"version"`
}

// TargetRow is an agent, or a queue, that a chat could go to. The choice is
// checked again when it is used.
type TargetRow struct {
	Agent string `json:"agent,omitempty"`
	Queue string `json:"queue,omitempty"`
	Name  string `json:"name"`
	// Usable says whether it could be used for this chat now.
	Usable bool `json:"usable"`

	// Of an agent: State since Since, Free units left, and Skills.
	State  PresenceState `json:"state,omitempty"`
	Since  Time          `json:"since,omitzero"`
	Free   *int          `json:"free,omitempty"`
	Skills []string      `json:"skills,omitempty"`

	// Of a queue: how many chats are Waiting and how many agents Available.
	Mode      QueueMode `json:"mode,omitempty"`
	Waiting   *int      `json:"waiting,omitempty"`
	Available *int      `json:"available,omitempty"`
}

// CountersEvent is ephemeral and whole: one board of a supervisor, which has
// the rows of what it is of. Total counts the rows that match, of which only
// the first 500 are here.
type CountersEvent struct {
	At      Time       `json:"at"`
	Of      BoardKind  `json:"of"`
	Queues  []QueueRow `json:"queues,omitempty"`
	Agents  []AgentRow `json:"agents,omitempty"`
	Chats   []ChatRow  `json:"chats,omitempty"`
	Total   int        `json:"total"`
	Version uint64     `json:"version"`
}

// DirectEvent is what one agent says to another, for both of them.
type DirectEvent struct {
	At   Time   `json:"at"`
	From Ref    `json:"from"`
	To   string `json:"to"`
	Text string `json:"text"`
}

// AssistEvent calls a supervisor to a chat.
type AssistEvent struct {
	At       Time   `json:"at"`
	Chat     string `json:"chat"`
	From     Ref    `json:"from"`
	Text     string `json:"text,omitempty"`
	Queue    *Ref   `json:"queue,omitempty"`
	Customer Named  `json:"customer"`
}

// Assistance is a call that nobody has followed yet.
type Assistance struct {
	From  Ref    `json:"from"`
	Text  string `json:"text,omitempty"`
	Since Time   `json:"since"`
}

// FrameType is "targets".
func (*TargetsEvent) FrameType() string { return "targets" }

// FrameType is "counters".
func (*CountersEvent) FrameType() string { return "counters" }

// FrameType is "direct".
func (*DirectEvent) FrameType() string { return "direct" }

// FrameType is "assist".
func (*AssistEvent) FrameType() string { return "assist" }
