package wire

// Events of transfers, conferences and of supervisors who step in.

// TransferDoneEvent tells who transferred that somebody has the chat now.
type TransferDoneEvent struct {
	At       Time   `json:"at"`
	Chat     string `json:"chat"`
	Transfer string `json:"transfer"`
	// Participant is who has accepted.
	Participant string `json:"participant"`
}

// TransferFailedEvent tells him that nobody has taken it.
type TransferFailedEvent struct {
	At       Time           `json:"at"`
	Chat     string         `json:"chat"`
	Transfer string         `json:"transfer"`
	Reason   TransferReason `json:"reason"`
	// Note is why he rejected it who was asked, in his own words.
	Note string `json:"note,omitempty"`
}

// TransferCancelledEvent tells him that it has been taken back.
type TransferCancelledEvent struct {
	At       Time   `json:"at"`
	Chat     string `json:"chat"`
	Transfer string `json:"transfer"`
}

// InviteFailedEvent tells who invited or consulted that nobody comes.
type InviteFailedEvent struct {
	At     Time           `json:"at"`
	Chat   string         `json:"chat"`
	Offer  string         `json:"offer"`
	Kind   OfferKind      `json:"kind"`
	Reason OfferEndReason `json:"reason"`
	// Note is why he rejected it who was asked, in his own words.
	Note string `json:"note,omitempty"`
}

// TakenOverEvent tells an agent that a supervisor serves his chat now.
type TakenOverEvent struct {
	At   Time   `json:"at"`
	Chat string `json:"chat"`
	By   string `json:"by"`
}

// InterruptedEvent tells that a chat's source is gone. Agents are told why and
// what to write on the screen; the chat can only be ended, and ends by itself
// at ClosesAt. A customer is told the chat alone.
type InterruptedEvent struct {
	At       Time            `json:"at"`
	Chat     string          `json:"chat"`
	Reason   InterruptReason `json:"reason,omitempty"`
	Warning  string          `json:"warning,omitempty"`
	ClosesAt Time            `json:"closes_at,omitzero"`
}

// AgentChangedEvent tells the customer that somebody else serves him now.
type AgentChangedEvent struct {
	At       Time   `json:"at"`
	Chat     string `json:"chat"`
	Name     string `json:"name"`
	Initials string `json:"initials"`
}

// FrameType is "transfer_done".
func (*TransferDoneEvent) FrameType() string { return "transfer_done" }

// FrameType is "transfer_failed".
func (*TransferFailedEvent) FrameType() string { return "transfer_failed" }

// FrameType is "transfer_cancelled".
func (*TransferCancelledEvent) FrameType() string { return "transfer_cancelled" }

// FrameType is "invite_failed".
func (*InviteFailedEvent) FrameType() string { return "invite_failed" }

// FrameType is "taken_over".
func (*TakenOverEvent) FrameType() string { return "taken_over" }

// FrameType is "interrupted".
func (*InterruptedEvent) FrameType() string { return "interrupted" }

// FrameType is "agent_changed".
func (*AgentChangedEvent) FrameType() string { return "agent_changed" }
