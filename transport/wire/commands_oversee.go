package wire

// Commands with which supervisors step into a chat.

// Monitor listens to a chat; nobody but agents knows.
type Monitor struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// Whisper listens, and speaks to the agents alone.
type Whisper struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// Barge speaks to all in a chat, beside its agent.
type Barge struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// Unmonitor ends monitor, whisper or barge.
type Unmonitor struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// TakeOver makes the sender the owner; the owner until then is out.
type TakeOver struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// Assign gives a chat to an agent by hand.
type Assign struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat  string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Agent string `json:"agent" jsonschema:"minLength=1,maxLength=128"`
	// Force gives it to him even if he could not take another one.
	Force bool `json:"force,omitzero"`
}

// Requeue takes a chat from whoever has it and lets it wait in a queue, as old as
// it is.
type Requeue struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat  string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Queue string `json:"queue" jsonschema:"minLength=1,maxLength=128"`
	// Priority stays what it was if absent.
	Priority int `json:"priority,omitzero" jsonschema:"minimum=-1000,maximum=1000"`
}

// SetPriority moves a waiting chat to the place that another priority gives it.
type SetPriority struct {
	ID       string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat     string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Priority int    `json:"priority" jsonschema:"minimum=-1000,maximum=1000"`
}

// ForceWrapUp files another one's wrap-up.
type ForceWrapUp struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Agent string `json:"agent" jsonschema:"minLength=1,maxLength=128"`
	Chat  string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Code  string `json:"code" jsonschema:"minLength=1,maxLength=128"`
}

// FrameType is "monitor".
func (*Monitor) FrameType() string { return "monitor" }

// CommandID is the client's id of the command.
func (c *Monitor) CommandID() string { return c.ID }

// FrameType is "whisper".
func (*Whisper) FrameType() string { return "whisper" }

// CommandID is the client's id of the command.
func (c *Whisper) CommandID() string { return c.ID }

// FrameType is "barge".
func (*Barge) FrameType() string { return "barge" }

// CommandID is the client's id of the command.
func (c *Barge) CommandID() string { return c.ID }

// FrameType is "unmonitor".
func (*Unmonitor) FrameType() string { return "unmonitor" }

// CommandID is the client's id of the command.
func (c *Unmonitor) CommandID() string { return c.ID }

// FrameType is "take_over".
func (*TakeOver) FrameType() string { return "take_over" }

// CommandID is the client's id of the command.
func (c *TakeOver) CommandID() string { return c.ID }

// FrameType is "assign".
func (*Assign) FrameType() string { return "assign" }

// CommandID is the client's id of the command.
func (c *Assign) CommandID() string { return c.ID }

// FrameType is "requeue".
func (*Requeue) FrameType() string { return "requeue" }

// CommandID is the client's id of the command.
func (c *Requeue) CommandID() string { return c.ID }

// FrameType is "set_priority".
func (*SetPriority) FrameType() string { return "set_priority" }

// CommandID is the client's id of the command.
func (c *SetPriority) CommandID() string { return c.ID }

// FrameType is "force_wrapup".
func (*ForceWrapUp) FrameType() string { return "force_wrapup" }

// CommandID is the client's id of the command.
func (c *ForceWrapUp) CommandID() string { return c.ID }
