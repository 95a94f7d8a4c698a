package acd

import "time"

// What boards show. None of it decides anything: rows are a picture that is
// taken now and then, and whoever uses one is checked by the rules again.

// TargetAgent is a person that a chat could go to.
type TargetAgent struct {
	Agent  AgentID
	Name   string
	State  PresenceState
	Since  time.Time
	Free   int // units that he could take now
	Skills []string
	Usable bool // could be asked for this chat now
}

// TargetQueue is a queue that a chat could go to.
type TargetQueue struct {
	Queue     QueueID
	Name      string
	Mode      QueueMode
	Waiting   int
	Available int  // agents
	Usable    bool // open and not full
}

// ServiceLevel counts how those who left a queue in the last hour were served.
type ServiceLevel struct {
	Answered  int
	Within    int // of the answered: not later than the queue's threshold
	Abandoned int // of their own will, after more than a moment
	Threshold time.Duration
}

// Share is the service level from 0 to 1; known is false when nobody counts.
func (l ServiceLevel) Share() (share float64, known bool) {
	if n := l.Answered + l.Abandoned; n > 0 {
		return float64(l.Within) / float64(n), true
	}
	return 0, false
}

// Abandonment is the share from 0 to 1 that left unserved; known is false when
// nobody counts.
func (l ServiceLevel) Abandonment() (share float64, known bool) {
	if n := l.Answered + l.Abandoned; n > 0 {
		return float64(l.Abandoned) / float64(n), true
	}
	return 0, false
}

// News that boards are shown: told when it is true, never again.
type (
	// TargetsShown answers who watches where chats could go.
	TargetsShown struct {
		Agents  []TargetAgent
		Queues  []TargetQueue
		OfQueue bool // which of the two it is about
		Version uint64
	}
	// CountersShown is one board of a supervisor: queues, agents or chats.
	CountersShown struct {
		Of      Kind
		Queues  []QueueView
		Agents  []AgentView
		Chats   []ChatView
		Total   int // rows that match, of which only so many are shown
		At      time.Time
		Version uint64
	}
)

func (TargetsShown) event()  {}
func (CountersShown) event() {}

// AlertKind says what a supervisor is warned of.
type AlertKind string

// The alerts.
const (
	AlertSLA         AlertKind = "sla"         // a queue's oldest waits longer than it should
	AlertStuck       AlertKind = "stuck"       // a machine does not do what is due
	AlertStrikes     AlertKind = "strikes"     // an agent does not answer offers
	AlertQuarantined AlertKind = "quarantined" // a machine fails again and again
	AlertAgentIdle   AlertKind = "agent_idle"  // an owner was reminded of his customer, and does not answer
)

// Alert asks supervisors to look at something: one chat, agent or queue.
type Alert struct {
	Kind  AlertKind `cbor:"1,keyasint"`
	Chat  ChatID    `cbor:"2,keyasint,omitempty"`
	Agent AgentID   `cbor:"3,keyasint,omitempty"`
	Queue QueueID   `cbor:"4,keyasint,omitempty"`
	Text  string    `cbor:"5,keyasint,omitempty"`
	Since time.Time `cbor:"6,keyasint"`
}

// Subject names what the alert is about; with the kind it identifies it.
func (a Alert) Subject() Address {
	switch {
	case a.Chat != "":
		return a.Chat.Address()
	case a.Agent != "":
		return a.Agent.Address()
	}
	return a.Queue.Address()
}
