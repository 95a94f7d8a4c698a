package acd

import "time"

// What is said beside the chats: between agents, to supervisors, and to all
// chats of a queue at once.
type (
	// Direct says something to another agent, outside of any chat. It goes to
	// the desk of the one who is spoken to: only that one knows whether he can
	// be reached, and what he was told is his record.
	Direct struct{ Text string }
	// Raise tells an overseer of an alert, or that it is over.
	Raise struct {
		Alert Alert
		Over  bool
	}
	// Assist calls supervisors to a chat. Rules know no supervisors: who they
	// are comes with the command.
	Assist struct {
		Text string
		To   []Overseer
	}
	// Overseer is a supervisor or an administrator, with the queues that his
	// last token spoke for.
	Overseer struct {
		Agent AgentID
		Scope Scope
	}
	// Broadcast says something in every chat that waits in a queue or is served
	// from it. The engine turns it into an Announce to each.
	Broadcast struct {
		Queue QueueID
		Text  string
	}
	// Announce says it in one chat, if that is still one of the queue.
	Announce struct {
		Queue QueueID
		Text  string
	}
)

// Events of these. Their texts are agents' words to each other, like the notes
// of offers, and stand in the record.
type (
	// DirectSaid is in the journal of the one who was spoken to.
	DirectSaid struct {
		From AgentID `cbor:"1,keyasint"`
		Name string  `cbor:"2,keyasint,omitempty"`
		Text string  `cbor:"3,keyasint"`
	}
	// AlertRaised is in the journal of the overseer who was told.
	AlertRaised struct {
		Alert Alert `cbor:"1,keyasint"`
		Over  bool  `cbor:"2,keyasint,omitempty"`
	}
	// AssistAsked stays with the chat until somebody has come.
	AssistAsked struct {
		Agent     AgentID   `cbor:"1,keyasint"`
		Name      string    `cbor:"2,keyasint,omitempty"`
		Text      string    `cbor:"3,keyasint,omitempty"`
		Since     time.Time `cbor:"4,keyasint"`
		Queue     QueueID   `cbor:"5,keyasint,omitempty"`
		QueueName string    `cbor:"6,keyasint,omitempty"`
		Customer  string    `cbor:"7,keyasint,omitempty"`
	}
)

// ToOverseer is the view of supervisors who are called.
const ToOverseer View = 16

func (Direct) command()    {}
func (Raise) command()     {}
func (Assist) command()    {}
func (Broadcast) command() {}
func (Announce) command()  {}

func (DirectSaid) event()  {}
func (AlertRaised) event() {}
func (AssistAsked) event() {}

// maxAside bounds what is said beside a chat, in code points.
const maxAside = 4000
