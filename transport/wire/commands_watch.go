package wire

// Commands about what is beside the chats: where they could go, what the boards
// show, and what agents and supervisors say to each other.

// ListTargets asks where a chat could go.
type ListTargets struct {
	ID   string     `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Kind TargetKind `json:"kind"`
	// Chat is the one that is to go somewhere; then only who is not in it yet.
	Chat string `json:"chat,omitempty" jsonschema:"maxLength=128"`
	// Filter is a part of an id, a name or a skill.
	Filter        string `json:"filter,omitempty" jsonschema:"maxLength=128"`
	AvailableOnly bool   `json:"available_only,omitzero"`
}

// WatchTargets asks to be shown the same again whenever it changes. Without a
// kind it is what this connection has listed last.
type WatchTargets struct {
	ID            string     `json:"id" jsonschema:"minLength=1,maxLength=64"`
	On            bool       `json:"on"`
	Kind          TargetKind `json:"kind,omitempty"`
	Chat          string     `json:"chat,omitempty" jsonschema:"maxLength=128"`
	Filter        string     `json:"filter,omitempty" jsonschema:"maxLength=128"`
	AvailableOnly bool       `json:"available_only,omitzero"`
}

// Watch asks for the boards that are true here, and for no others any more.
type Watch struct {
	ID     string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Queues bool   `json:"queues,omitzero"`
	Agents bool   `json:"agents,omitzero"`
	Chats  bool   `json:"chats,omitzero"`
	// Filter is a part of what stands in a row.
	Filter string `json:"filter,omitempty" jsonschema:"maxLength=128"`
}

// Direct says something to another agent, outside of any chat.
type Direct struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Agent string `json:"agent" jsonschema:"minLength=1,maxLength=128"`
	Text  string `json:"text" jsonschema:"minLength=1"`
}

// Assist calls supervisors to a chat.
type Assist struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Text string `json:"text,omitempty"`
}

// Broadcast says something in every chat that waits in a queue or is served
// from it.
type Broadcast struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Queue string `json:"queue" jsonschema:"minLength=1,maxLength=128"`
	Text  string `json:"text" jsonschema:"minLength=1"`
}

// FrameType is "list_targets".
func (*ListTargets) FrameType() string { return "list_targets" }

// CommandID is the client's id of the command.
func (c *ListTargets) CommandID() string { return c.ID }

// FrameType is "watch_targets".
func (*WatchTargets) FrameType() string { return "watch_targets" }

// CommandID is the client's id of the command.
func (c *WatchTargets) CommandID() string { return c.ID }

// FrameType is "watch".
func (*Watch) FrameType() string { return "watch" }

// CommandID is the client's id of the command.
func (c *Watch) CommandID() string { return c.ID }

// FrameType is "direct".
func (*Direct) FrameType() string { return "direct" }

// CommandID is the client's id of the command.
func (c *Direct) CommandID() string { return c.ID }

// FrameType is "assist".
func (*Assist) FrameType() string { return "assist" }

// CommandID is the client's id of the command.
func (c *Assist) CommandID() string { return c.ID }

// FrameType is "broadcast".
func (*Broadcast) FrameType() string { return "broadcast" }

// CommandID is the client's id of the command.
func (c *Broadcast) CommandID() string { return c.ID }

// Validate says what is wrong with the fields, or nil.
func (c *ListTargets) Validate() *Error {
	return refuse(c, ident(c.ID), oneOf("kind", c.Kind), atMost("chat", c.Chat, MaxNameChars), atMost("filter", c.Filter, MaxNameChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *WatchTargets) Validate() *Error {
	return refuse(c, ident(c.ID), optionalOf("kind", c.Kind), atMost("chat", c.Chat, MaxNameChars), atMost("filter", c.Filter, MaxNameChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *Watch) Validate() *Error {
	return refuse(c, ident(c.ID), atMost("filter", c.Filter, MaxNameChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *Direct) Validate() *Error {
	return refuse(c, ident(c.ID), name("agent", c.Agent), text("text", c.Text, MaxMessageBytes))
}

// Validate says what is wrong with the fields, or nil.
func (c *Assist) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *Broadcast) Validate() *Error {
	return refuse(c, ident(c.ID), name("queue", c.Queue), text("text", c.Text, MaxMessageBytes))
}
