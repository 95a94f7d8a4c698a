package wire

// AttachmentRef names a file that has been uploaded for the chat.
type AttachmentRef struct {
	ID string `json:"id" jsonschema:"minLength=1,maxLength=256"`
}

// TemplateUse names a template of the snapshot and says what its marks stand for.
type TemplateUse struct {
	Name   string            `json:"name" jsonschema:"minLength=1,maxLength=128"`
	Params map[string]string `json:"params,omitempty"`
}

// ProposeEnd asks the customer whether the chat may end.
type ProposeEnd struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// ConfirmEnd is the customer's yes: the chat ends.
type ConfirmEnd struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// DeclineEnd is the customer's no.
type DeclineEnd struct {
	ID   string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
}

// Rate is what the customer thinks of a chat that has ended, said once.
type Rate struct {
	ID    string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Chat  string `json:"chat" jsonschema:"minLength=1,maxLength=128"`
	Score int    `json:"score" jsonschema:"minimum=1,maximum=5"`
	// Text is at most 1,000 characters.
	Text string `json:"text,omitempty"`
}

// BestScore is the highest score of a rating; the lowest is 1.
const BestScore = 5

// FrameType is "propose_end".
func (*ProposeEnd) FrameType() string { return "propose_end" }

// CommandID is the client's id of the command.
func (c *ProposeEnd) CommandID() string { return c.ID }

// FrameType is "confirm_end".
func (*ConfirmEnd) FrameType() string { return "confirm_end" }

// CommandID is the client's id of the command.
func (c *ConfirmEnd) CommandID() string { return c.ID }

// FrameType is "decline_end".
func (*DeclineEnd) FrameType() string { return "decline_end" }

// CommandID is the client's id of the command.
func (c *DeclineEnd) CommandID() string { return c.ID }

// FrameType is "rate".
func (*Rate) FrameType() string { return "rate" }

// CommandID is the client's id of the command.
func (c *Rate) CommandID() string { return c.ID }

// content holds a message to one of text, attachment and template.
func (c *Send) content() fault {
	switch {
	case c.Text == "" && c.Attachment == nil && c.Template == nil:
		return fault{"text", "is missing or empty", "a text that is not empty, or an attachment, or a template"}
	case c.Attachment != nil && c.Text != "":
		return fault{"attachment", "stands beside text", "one of the two"}
	case c.Template != nil && (c.Text != "" || c.Attachment != nil):
		return fault{"template", "stands beside a text or an attachment", "one of them"}
	case c.Attachment != nil:
		return text("attachment.id", c.Attachment.ID, maxAttachmentChars)
	case c.Template != nil:
		return name("template.name", c.Template.Name)
	}
	return fault{}
}

// maxAttachmentChars bounds an attachment's id, which begins with its chat's.
const maxAttachmentChars = 256

// Validate says what is wrong with the fields, or nil.
func (c *ProposeEnd) Validate() *Error { return refuse(c, ident(c.ID), name("chat", c.Chat)) }

// Validate says what is wrong with the fields, or nil.
func (c *ConfirmEnd) Validate() *Error { return refuse(c, ident(c.ID), name("chat", c.Chat)) }

// Validate says what is wrong with the fields, or nil.
func (c *DeclineEnd) Validate() *Error { return refuse(c, ident(c.ID), name("chat", c.Chat)) }

// Validate says what is wrong with the fields, or nil.
func (c *Rate) Validate() *Error {
	score := fault{}
	if c.Score < 1 || c.Score > BestScore {
		score = fault{"score", "is out of range", "a number from 1 to 5"}
	}
	return refuse(c, ident(c.ID), name("chat", c.Chat), score)
}
