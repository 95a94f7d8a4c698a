package transport

import (
	"fmt"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// Explained is an offer of a chat and why it went to whom it went: the fields
// are those of the wire's decision, and whose offer it was. Where a person asked
// for the agent there is no decision of a queue.
type Explained struct {
	Record     uint64            `json:"record" doc:"Of the chat's journal."`
	Offer      string            `json:"offer"`
	Kind       string            `json:"kind"`
	Agent      string            `json:"agent" doc:"At whom it rang."`
	Attempt    int               `json:"attempt"`
	OfferedAt  time.Time         `json:"offered_at"`
	AskedBy    string            `json:"asked_by,omitempty" doc:"The agent who transfers, invites or consults."`
	Note       string            `json:"note,omitempty" doc:"What was said with it."`
	Queue      string            `json:"queue,omitempty" doc:"Which has decided."`
	DecidedAt  *time.Time        `json:"decided_at,omitempty"`
	Strategy   string            `json:"strategy,omitempty"`
	Winner     string            `json:"winner,omitempty"`
	WinnerWhy  string            `json:"winner_why,omitempty" doc:"The measure by which he was chosen."`
	PassedOver []wire.PassedOver `json:"passed_over,omitempty" doc:"Who was not, and why."`
	More       map[string]int    `json:"more,omitempty" doc:"How many more were not, by reason."`
	Version    uint64            `json:"config_version,omitempty" doc:"Of the configuration under which it was decided."`
	Step       int               `json:"step,omitempty" doc:"How many of the queue's steps had been taken."`
	Erased     bool              `json:"erased,omitempty" doc:"The note."`
}

func explainedOf(x *actors.Explanation) Explained {
	e := Explained{Record: x.Seq, Offer: string(x.Offer.ID), Kind: string(x.Offer.Kind), Agent: string(x.Offer.Agent), Attempt: x.Offer.Attempt,
		OfferedAt: x.Offer.Started, AskedBy: string(x.Offer.From), Note: x.Offer.Note, Erased: x.Erased}
	if x.Decision.At.IsZero() {
		return e
	}
	d := decisionFrame(&actors.Decided{Offer: x.Offer.ID, Decision: x.Decision})
	e.Queue, e.DecidedAt, e.Strategy, e.Winner, e.WinnerWhy = d.Queue, &x.Decision.At, d.Strategy, d.Winner, d.WinnerWhy
	e.PassedOver, e.More, e.Version, e.Step = d.PassedOver, d.More, d.ConfigVersion, d.Step
	return e
}

// MomentView is one record of a chat as it is shown.
type MomentView struct {
	Seq    uint64      `json:"seq"`
	At     time.Time   `json:"at"`
	Config uint64      `json:"config"`
	By     Person      `json:"by"`
	Events []EventView `json:"events"`
	Phase  acd.Phase   `json:"phase"`
	Owner  acd.AgentID `json:"owner,omitempty"`
	Hash   string      `json:"state_hash"`
	Erased bool        `json:"erased,omitempty"` // the words that were in it
	// Amended is what stands in the place of wrap-ups among the events by now.
	Amended []Amendment `json:"amended,omitempty"`
}

// Person is who did something.
type Person struct {
	Role string `json:"role,omitempty"` // none is the engine itself
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// EventView names an event, and has it as the journal keeps it.
type EventView struct {
	Type  string    `json:"type"`
	Event acd.Event `json:"event"`
}

// ViewMoment copies what is shown of a moment.
func ViewMoment(m actors.Moment) MomentView {
	v := MomentView{Events: make([]EventView, 0, len(m.Events)), Seq: m.Seq, At: m.At, Config: m.Config, By: Person{string(m.By.Role), m.By.ID, m.By.Name}, Phase: m.State.Phase, Owner: m.State.Owner,
		Hash: fmt.Sprintf("%016x", m.Hash), Erased: m.Erased, Amended: amendments(m.Amended)}
	for _, e := range m.Events {
		v.Events = append(v.Events, EventView{strings.TrimPrefix(fmt.Sprintf("%T", e), "acd."), e})
	}
	return v
}

// Line is one message of an export.
type Line struct {
	Seq    uint64    `json:"message_seq"`
	Author string    `json:"author"` // customer, agent, supervisor, queue, system
	ID     string    `json:"id,omitempty"`
	Name   string    `json:"name,omitempty"`
	To     string    `json:"to"`
	SentAt time.Time `json:"sent_at"`
	Text   string    `json:"text"`
	Erased bool      `json:"erased,omitempty"`
	// Attachment is the file in the place of a text, which is its name then.
	Attachment string `json:"attachment,omitempty"`
	// Joined is who has come, where the system says so.
	Joined string `json:"joined,omitempty"`
}

// LineOf is a message as it is exported.
func LineOf(m acd.Message) Line {
	line := Line{Seq: m.Seq, Author: m.Author.Kind, ID: m.Author.ID, Name: m.Author.Name, To: string(m.To), SentAt: m.SentAt, Text: m.Text, Erased: m.Erased,
		Joined: m.Joined}
	if m.Attachment != nil {
		line.Attachment = m.Attachment.ID
	}
	return line
}
