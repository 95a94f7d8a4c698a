package outbound

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// Event is one thing that happened, on its way out.
type Event struct {
	Cursor Cursor
	// Kind is its type without the prefix, chat.started; Subject is whose it is,
	// chat/ID. Events of one subject are delivered in their order.
	Kind, Subject string
	At            time.Time
	// Chat, Agent and Queue are whom it is about, as far as it is.
	Chat  acd.ChatID
	Agent acd.AgentID
	Queue acd.QueueID
	named string // the id of what is no event of the journal
	// Body is the event as CloudEvents 1.0 writes it in JSON.
	Body []byte
}

// ID is the same however often the event is delivered.
func (e *Event) ID() string {
	if e.named != "" {
		return e.named
	}
	return e.Cursor.String()
}

// typePrefix stands before the kind of each event.
const typePrefix = "parley."

// The kinds that are no event of the journal.
const (
	// KindGap says that the journal does not have any more what came next.
	KindGap = "stream.gap"
	// KindRestored says that the journal is a backup that was restored: what was
	// told of behind kept_up_to has not happened, in it, and new events follow.
	KindRestored = "stream.restored"
	// KindTest is what a receiver is tried out with.
	KindTest = "webhook.test"
)

// envelope is CloudEvents 1.0 in its structured JSON form. Sequence and
// partitionkey are extensions of its registry, the others are ours.
type envelope struct {
	SpecVersion  string `json:"specversion"`
	ID           string `json:"id"`
	Source       string `json:"source"`
	Type         string `json:"type"`
	Subject      string `json:"subject,omitempty"`
	Time         string `json:"time"`
	ContentType  string `json:"datacontenttype"`
	Sequence     string `json:"sequence"`
	PartitionKey string `json:"partitionkey,omitempty"`
	Queue        string `json:"queue,omitempty"`
	Actor        string `json:"actor,omitempty"` // who made it happen: agent/alice
	Record       uint64 `json:"record,omitempty"`
	Data         any    `json:"data"`
}

// seal writes the event out.
func (e *Event) seal(source, actor string, record uint64, data any) error {
	body, err := json.Marshal(envelope{
		SpecVersion: "1.0", ID: e.ID(), Source: source, Type: typePrefix + e.Kind, Subject: e.Subject, Time: moment(e.At),
		ContentType: "application/json", Sequence: e.ID(), PartitionKey: e.Subject, Queue: string(e.Queue), Actor: actor, Record: record, Data: data,
	})
	if err != nil {
		return fmt.Errorf("event %s: %w", e.ID(), err)
	}
	e.Body = body
	return nil
}

// eventOf is a happening without its body.
func eventOf(h *actors.Happening) *Event {
	e := &Event{Cursor: Cursor{h.Position, uint16(h.Index)}, Kind: kindOf(h.From.Kind, h.Event), Subject: h.From.String(), At: h.At}
	switch h.From.Kind {
	case acd.KindChat:
		e.Chat, e.Agent = acd.ChatID(h.From.ID), agentIn(h.Event)
	case acd.KindAgent:
		e.Agent, e.Chat = acd.AgentID(h.From.ID), chatIn(h.Event)
	case acd.KindQueue:
		e.Queue = acd.QueueID(h.From.ID)
	}
	return e
}

func actorOf(p acd.Principal) string {
	if p.ID == "" {
		return string(p.Role)
	}
	return string(p.Role) + "/" + p.ID
}

// gapEvent tells a receiver that what came behind from is gone, up to resumes.
func gapEvent(source string, from Cursor, resumes uint64, now time.Time) (*Event, error) {
	e := &Event{Cursor: behind(resumes), Kind: KindGap, At: now}
	return e, e.seal(source, "", 0, map[string]string{"seen": from.String(), "resumes_behind": e.ID()})
}

// restoredEvent tells a receiver of a restore. It stands in front of all that
// came after, at a place that the restore has left out.
func restoredEvent(source string, r actors.Restored, now time.Time) (*Event, error) {
	e := &Event{Cursor: behind(r.Base), Kind: KindRestored, At: now}
	return e, e.seal(source, "", 0, map[string]string{"kept_up_to": behind(r.Kept).String(), "resumes_behind": e.ID()})
}
