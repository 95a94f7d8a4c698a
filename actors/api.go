package actors

import (
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Hello opens a session of a principal. The edge has verified who it is.
type Hello struct {
	Principal acd.Principal
	// Resume asks for what came after Seq of the stream's Epoch.
	Resume bool
	Epoch  string
	Seq    uint64
	// Alerting says that this session rings when an offer comes.
	Alerting bool
	// Address is where the person is, for the audit trail.
	Address string
	// Wake is called when Next has something again. It may be called from any
	// goroutine, also before Open has returned, and must not block.
	Wake func()
	// Evict is called when the engine wants the session gone, with the reason;
	// the edge then closes it. Same rules as for Wake.
	Evict func(EvictReason)
}

// EvictReason says why the engine closes a session.
type EvictReason string

// The reasons.
const (
	EvictSlow      EvictReason = "slow_consumer"
	EvictSignedOut EvictReason = "signed_out"
	EvictStopping  EvictReason = "stopping"
	// EvictFailed is for a session whose command cannot be looked up.
	EvictFailed EvictReason = "failed"
	// EvictReplaced is for the session of an agent who may have one and has
	// opened another.
	EvictReplaced EvictReason = "replaced"
)

// Welcome is what a session starts from: the whole state in Snapshot, or, when
// Resumed, nothing but the events after Hello.Seq, which Next brings.
type Welcome struct {
	Session  string
	Epoch    string
	Seq      uint64 // of the last event that Snapshot includes, or Hello.Seq
	Resumed  bool
	Snapshot *Snapshot
	// ClosedBecause says why the principal's last session was closed by us.
	ClosedBecause string
}

// Snapshot is a principal's whole state at one point of the stream. All of it
// is durable.
type Snapshot struct {
	At     time.Time
	Config *acd.Config
	Agent  *acd.AgentView // for agents and supervisors
	Chats  []ChatSnapshot
	Offers []acd.Offered // open, for an agent
	// Threads are the transcripts that go with Offers, one each.
	Threads [][]acd.Message
	Queues  []acd.QueueView // for supervisors
	Agents  []acd.AgentView // for supervisors
	Alerts  []acd.Alert     // for supervisors
}

// ChatSnapshot is one chat with the tail of its transcript.
type ChatSnapshot struct {
	View     acd.ChatView
	Messages []acd.Message
}

// Answer is what became of a command: exactly one of Result and Refusal
// counts. It is given only after the effect is durable.
type Answer struct {
	Result  acd.Result
	Refusal *acd.Refusal
	// History answers a History request.
	History *HistoryPage
	// Explain answers an Explain request: the decisions about a chat, oldest first.
	Explain []Decided
	// Targets answers a ListTargets.
	Targets *acd.TargetsShown
}

// Decided is a decision and what came of it.
type Decided struct {
	Chat  acd.ChatID
	Offer acd.OfferID
	acd.Decision
}

// HistoryPage is a part of a transcript, oldest first. More says that there
// is something before it.
type HistoryPage struct {
	Chat     acd.ChatID
	Messages []acd.Message
	More     bool
	// Previous is the last chat of this one's customer before it, for who has a
	// desk.
	Previous acd.ChatID
}

// Delivery is one thing for a session to send, in the order of Next: either an
// answer to a command (Re) or a piece of news.
type Delivery struct {
	Re     string // of an answer
	Answer *Answer
	Seq    uint64 // of an event; 0 when it is ephemeral
	News   *Note
}

// Note is a piece of news as its recipients share it. Its frame is encoded
// once, by whoever needs it first.
type Note struct {
	From  acd.Address // whose event it is
	At    time.Time
	Event acd.Event
	View  acd.View

	single   bool // see Single; not changed once a session may have it
	threaded bool // Thread has been looked for; guarded by mu
	encoded  bool // guarded by mu

	To acd.Stream // the recipient, of a note for one alone (ToUnread)
	// Thread is the transcript that goes with an offer or an assignment. It is
	// there when Next has returned the note.
	Thread []acd.Message

	mu   sync.Mutex
	body []byte
}

// Single reports that one session alone is told as things stand, so that what
// Body keeps would most likely be used by nobody else.
func (n *Note) Single() bool { return n.single }

// Body returns encode's result, computed once for all recipients.
func (n *Note) Body(encode func(*Note) []byte) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.encoded {
		n.body, n.encoded = encode(n), true
	}
	return n.body
}
