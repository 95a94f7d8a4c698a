package wire

// SetQueueMode takes a queue's mode into the sender's hand, or gives it back.
type SetQueueMode struct {
	ID    string          `json:"id" jsonschema:"minLength=1,maxLength=64"`
	Queue string          `json:"queue" jsonschema:"minLength=1,maxLength=128"`
	Mode  QueueModeChoice `json:"mode"`
}

// FrameType is "queue_mode".
func (*SetQueueMode) FrameType() string { return "queue_mode" }

// CommandID is the client's id of the command.
func (c *SetQueueMode) CommandID() string { return c.ID }

// Validate says what is wrong with the fields, or nil.
func (c *SetQueueMode) Validate() *Error {
	return refuse(c, ident(c.ID), name("queue", c.Queue), oneOf("mode", c.Mode))
}

// QueueModeChoice is what a supervisor can make of a queue.
type QueueModeChoice string

// The choices. Auto gives the queue back to its configuration.
const (
	ChooseOpen     QueueModeChoice = "open"
	ChooseClosed   QueueModeChoice = "closed"
	ChooseDraining QueueModeChoice = "draining"
	ChooseAuto     QueueModeChoice = "auto"
)

var queueModeChoices = list(ChooseOpen, ChooseClosed, ChooseDraining, ChooseAuto)

// Values is the closed list of choices.
func (QueueModeChoice) Values() []string { return queueModeChoices }

// ModeSet says who has taken a queue's mode into his hand.
type ModeSet struct {
	By    Ref  `json:"by"`
	Since Time `json:"since"`
}
