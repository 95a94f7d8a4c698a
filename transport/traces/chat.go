package traces

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// The attributes of spans. None of them holds what somebody has said or written
// himself.
const (
	chatID   attribute.Key = "parley.chat"
	queue    attribute.Key = "parley.queue"
	agent    attribute.Key = "parley.agent"
	source   attribute.Key = "parley.source"
	channel  attribute.Key = "parley.channel"
	kind     attribute.Key = "parley.kind" // of an offer
	mode     attribute.Key = "parley.mode" // of taking part, or of a transfer
	reason   attribute.Key = "parley.reason"
	outcome  attribute.Key = "parley.outcome"
	toAgent  attribute.Key = "parley.to_agent"
	toQueue  attribute.Key = "parley.to_queue"
	transfer attribute.Key = "parley.transfer"
)

// mostEvents bounds those of one chat, as the format does.
const mostEvents = 128

// chat is one that is open, with its parts that are.
type chat struct {
	maker  *maker
	id     acd.ChatID
	trace  trace.TraceID
	before uint64 // the place before its first record
	queue  acd.QueueID
	root   part
	parts  map[string]*part
}

// part is a span that is not over yet.
type part struct {
	name, key string
	from      time.Time
	about     []attribute.KeyValue
	events    []point
}

// point is an event of a span.
type point struct {
	name  string
	at    time.Time
	about []attribute.KeyValue
}

// The slots that an open part stands in: a chat waits once, an offer is open
// once, an agent talks and owes a wrap-up once.
const wait = "wait"

// wrapups begins the slots of those who still owe one.
const wrapups = "wrap-up/"

func offerSlot(id acd.OfferID) string       { return "offer/" + string(id) }
func talkSlot(a acd.AgentID) string         { return "talk/" + string(a) }
func wrapupSlot(a acd.AgentID) string       { return wrapups + string(a) }
func why[T ~string](s T) attribute.KeyValue { return outcome.String(string(s)) }

// apply is told of every event after the first.
func (c *chat) apply(h *actors.Happening) {
	switch e := h.Event.(type) {
	case acd.Queued:
		c.end(wait, h, why("moved"))
		c.queue = e.Leg.Queue
		c.open(wait, "wait", h, queue.String(string(c.queue)), reason.String(e.Reason))
	case acd.WaitedLong:
		if e.Moved != "" {
			c.end(wait, h, why("moved"))
		}
	case acd.LegDropped:
		c.end(wait, h, why(e.Reason))
	case acd.Offered:
		c.open(offerSlot(e.Offer.ID), "offer", h, queue.String(string(c.queue)), agent.String(string(e.Offer.Agent)), kind.String(string(e.Offer.Kind)))
	case acd.OfferEnded:
		c.end(offerSlot(e.Offer), h, why(e.Reason))
	case acd.Accepted:
		c.end(offerSlot(e.Offer), h, why(acd.OfferAccepted))
		if e.Kind == "" || e.Kind == acd.OfferRoute {
			c.end(wait, h, why("answered"))
		}
		c.talk(h, e.Agent, e.Mode)
	case acd.Joined:
		c.talk(h, e.Agent, e.Mode)
	case acd.Left:
		c.end(talkSlot(e.Agent), h, why(e.Reason))
		c.owe(h, e.Wrapup, e.Agent)
	case acd.ChatEnded:
		c.over(h, e)
	case acd.WrapupRecorded:
		c.end(wrapupSlot(e.Agent), h, why(e.By))
	default:
		c.note(h)
	}
}

// note is told of what is a moment and no time: transfers.
func (c *chat) note(h *actors.Happening) {
	switch e := h.Event.(type) {
	case acd.TransferStarted:
		x := e.Transfer
		c.point("transfer started", h, transfer.String(x.ID), agent.String(string(x.From)), mode.String(string(x.Mode)),
			toAgent.String(string(x.ToAgent)), toQueue.String(string(x.ToQueue)))
	case acd.TransferReturning:
		c.point("transfer returning", h, transfer.String(e.ID))
	case acd.TransferDone:
		c.point("transfer done", h, transfer.String(e.ID), agent.String(string(e.From)), toAgent.String(string(e.To)))
	case acd.TransferFailed:
		c.point("transfer failed", h, transfer.String(e.ID), agent.String(string(e.From)), reason.String(e.Reason))
	case acd.TransferCancelled:
		c.point("transfer cancelled", h, transfer.String(e.ID), agent.String(string(e.From)))
	}
}

// talk begins an agent's time in the chat; one who changes how he takes part
// begins anew.
func (c *chat) talk(h *actors.Happening, a acd.AgentID, m acd.Mode) {
	if m == "" {
		m = acd.Talk
	}
	c.end(talkSlot(a), h, why("mode"))
	c.open(talkSlot(a), "talk", h, agent.String(string(a)), queue.String(string(c.queue)), mode.String(string(m)))
}

// over is the end of a chat for its customer.
func (c *chat) over(h *actors.Happening, e acd.ChatEnded) {
	for _, slot := range slices.Sorted(maps.Keys(c.parts)) {
		if !strings.HasPrefix(slot, wrapups) { // who left before may still wrap up
			c.end(slot, h, why(e.Reason))
		}
	}
	c.root.about = append(c.root.about, why(e.Reason), queue.String(string(c.queue)))
	c.owe(h, e.Wrapup, e.Debts...)
	for _, o := range e.Apart {
		c.owe(h, o.Spec, o.Agent)
	}
}

// owe begins the wrap-up of agents.
func (c *chat) owe(h *actors.Happening, spec acd.WrapupPolicy, agents ...acd.AgentID) {
	if spec.Mode == acd.WrapupNone || spec.Mode == "" {
		return
	}
	for _, a := range agents {
		c.end(wrapupSlot(a), h, why("again"))
		c.open(wrapupSlot(a), "wrap-up", h, agent.String(string(a)), queue.String(string(c.queue)))
	}
}

// close ends what is left and the chat.
func (c *chat) close(h *actors.Happening) {
	c.endAll(h, why("closed"))
	c.maker.emit(c, &c.root, h)
}

// open begins a part. Its key is the place of its event in the journal, which
// no other part of that slot has.
func (c *chat) open(slot, name string, h *actors.Happening, about ...attribute.KeyValue) {
	c.parts[slot] = &part{name: name, key: fmt.Sprintf("%s/%d/%d", slot, h.Position, h.Index), from: h.At, about: set(about)}
}

// end makes a span of what stands in a slot, if something does.
func (c *chat) end(slot string, h *actors.Happening, about ...attribute.KeyValue) {
	p := c.parts[slot]
	if p == nil {
		return
	}
	delete(c.parts, slot)
	p.about = append(p.about, about...)
	c.maker.emit(c, p, h)
}

func (c *chat) endAll(h *actors.Happening, about ...attribute.KeyValue) {
	for _, slot := range slices.Sorted(maps.Keys(c.parts)) {
		c.end(slot, h, about...)
	}
}

func (c *chat) point(name string, h *actors.Happening, about ...attribute.KeyValue) {
	if len(c.root.events) < mostEvents {
		c.root.events = append(c.root.events, point{name, h.At, set(about)})
	}
}

// set are the attributes that have a value.
func set(about []attribute.KeyValue) []attribute.KeyValue {
	return slices.DeleteFunc(about, func(a attribute.KeyValue) bool { return a.Value.AsString() == "" })
}
