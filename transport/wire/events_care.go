package wire

// Events of the customer's side: silence, and the end by agreement.

// IdleWarningEvent tells a customer who has not answered, and who serves him,
// when the chat ends; without a time it does not end by itself.
type IdleWarningEvent struct {
	At       Time   `json:"at"`
	Chat     string `json:"chat"`
	ClosesAt Time   `json:"closes_at,omitzero"`
}

// AgentIdleEvent reminds the owner of a customer who has waited for an answer
// since then.
type AgentIdleEvent struct {
	At    Time   `json:"at"`
	Chat  string `json:"chat"`
	Since Time   `json:"since"`
}

// InactiveEvent tells that the chat takes no capacity while its customer is
// silent, or does again.
type InactiveEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	On   bool   `json:"on"`
}

// EndProposedEvent asks the customer whether the chat may end. By is who asks,
// for agents.
type EndProposedEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	By   string `json:"by,omitempty"`
	Name string `json:"name"`
}

// EndDeclinedEvent tells the agents that the customer wants to go on.
type EndDeclinedEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
}

// Template is a text of the operator's that an agent may send. Params are its
// marks, all of which have to be filled; no Channels means all.
type Template struct {
	Name     string   `json:"name"`
	Text     string   `json:"text"`
	Params   []string `json:"params,omitempty"`
	Channels []string `json:"channels,omitempty"`
}

// Rating is what a customer thought of his chat, from 1 to 5.
type Rating struct {
	Score int    `json:"score"`
	Text  string `json:"text,omitempty"`
}

// RatedEvent tells supervisors who watch what the customer thought of a chat
// that has ended.
type RatedEvent struct {
	At     Time   `json:"at"`
	Chat   string `json:"chat"`
	Rating Rating `json:"rating"`
}

// FrameType is "rated".
func (*RatedEvent) FrameType() string { return "rated" }

// FrameType is "idle_warning".
func (*IdleWarningEvent) FrameType() string { return "idle_warning" }

// FrameType is "agent_idle".
func (*AgentIdleEvent) FrameType() string { return "agent_idle" }

// FrameType is "inactive".
func (*InactiveEvent) FrameType() string { return "inactive" }

// FrameType is "end_proposed".
func (*EndProposedEvent) FrameType() string { return "end_proposed" }

// FrameType is "end_declined".
func (*EndDeclinedEvent) FrameType() string { return "end_declined" }
