package acd

import "strings"

type (
	// ChatID names one conversation of one customer. 128 random bits, made at
	// the edge: whoever guesses it still needs a token.
	ChatID string
	// AgentID names a person who serves chats; also a supervisor's.
	AgentID string
	// QueueID names a queue of the configuration.
	QueueID string
	// CustomerID is the subject of the customer's token.
	CustomerID string
	// SourceID names where chats come from: a site, a page.
	SourceID string
	// Channel is a kind of conversation with its limits: livechat, facebook.
	Channel string
	// OfferID fences every race about an offer. It begins with the chat's id
	// and a dot, so that a late answer finds the one who knows what became of it.
	OfferID string
	// EnqueueID fences a stay in a queue: a grant for an earlier stay is void.
	EnqueueID string
)

// Chat returns the chat that an offer is or was for, and whether the id has
// the form of an offer's.
func (o OfferID) Chat() (ChatID, bool) {
	chat, rest, ok := strings.Cut(string(o), ".")
	return ChatID(chat), ok && chat != "" && rest != ""
}

// Kind says which machine an address leads to.
type Kind uint8

// The kinds of machine.
const (
	KindChat Kind = iota + 1
	KindAgent
	KindQueue
)

func (k Kind) String() string {
	switch k {
	case KindChat:
		return "chat"
	case KindAgent:
		return "agent"
	case KindQueue:
		return "queue"
	}
	return "nobody"
}

// Address names one machine, wherever it lives.
type Address struct {
	Kind Kind
	ID   string
}

// String gives the address as it stands in the journal: "chat/0192".
func (a Address) String() string { return a.Kind.String() + "/" + a.ID }

// Address returns the chat's.
func (c ChatID) Address() Address { return Address{KindChat, string(c)} }

// Address returns the agent's.
func (a AgentID) Address() Address { return Address{KindAgent, string(a)} }

// Address returns the queue's.
func (q QueueID) Address() Address { return Address{KindQueue, string(q)} }

// Role is what a token makes of its bearer.
type Role string

// The roles. Authority comes from the token alone.
const (
	RoleCustomer   Role = "customer"
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
	RoleAdmin      Role = "admin"
	// RoleService is a program's: it asks over HTTP and has no session.
	RoleService Role = "service"
)

// Principal is who asks. The zero Principal is the engine itself: a timer, or
// another machine.
type Principal struct {
	Role Role   `cbor:"1,keyasint,omitempty"`
	ID   string `cbor:"2,keyasint,omitempty"`
	Name string `cbor:"3,keyasint,omitempty"`
	// Scope is the queues that a supervisor oversees; records of what he did do
	// not keep it.
	Scope Scope `cbor:"4,keyasint,omitempty" json:"-"`
}

// Stream returns where news for the principal goes: one stream a person,
// shared by all of the person's sessions. Whoever works has one name for the
// desk, agent or supervisor.
func (p Principal) Stream() Stream {
	switch p.Role {
	case RoleCustomer:
		return CustomerID(p.ID).Stream()
	case RoleService:
		return Stream("service/" + p.ID) // it has no events; its tokens are revoked by it
	}
	return AgentID(p.ID).Stream()
}

// Oversees reports whether p may act on chats that are not its own.
func (p Principal) Oversees() bool { return p.Role == RoleSupervisor || p.Role == RoleAdmin }

// Works reports whether p has a desk: agents do, and supervisors serve too.
func (p Principal) Works() bool { return p.Role == RoleAgent || p.Role == RoleSupervisor }

// Stream names a person's numbered sequence of events: "agent/alice".
type Stream string

// How the names of streams begin.
const (
	customerStreams = "customer/"
	agentStreams    = "agent/"
)

// Stream returns the stream of a customer.
func (c CustomerID) Stream() Stream { return Stream(customerStreams + string(c)) }

// Stream returns the stream of an agent.
func (a AgentID) Stream() Stream { return Stream(agentStreams + string(a)) }
