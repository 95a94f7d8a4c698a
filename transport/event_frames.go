package transport

import (
	"bytes"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// other stands for an event that this version has no frame for. It keeps the
// stream dense; a client skips a type that it does not know and counts it.
type other struct{}

// FrameType is "other".
func (other) FrameType() string { return "other" }

// appendNote appends a piece of news under its number. All recipients of a
// note share its bytes, except of an unread count, which is each agent's own;
// those of a note with one recipient are kept by nobody.
func appendNote(dst []byte, seq uint64, n *actors.Note, who acd.Principal) []byte {
	if n.View != acd.ToUnread && !n.Single() {
		return wire.AppendSeq(dst, seq, n.Body(encodeNote))
	}
	buf := messages.Get().(*[]byte)
	defer messages.Put(buf)
	if n.View == acd.ToUnread {
		*buf = wire.AppendEvent((*buf)[:0], unreadFrame(n, acd.AgentID(who.ID)))
	} else {
		*buf = appendBody((*buf)[:0], n)
	}
	return wire.AppendSeq(dst, seq, *buf)
}

// appendBody appends a note's frame. Most are messages, whose frames need not
// outlive this.
func appendBody(dst []byte, n *actors.Note) []byte {
	if e, ok := n.Event.(acd.MessageSent); ok {
		if ev, shown := messageEvent(n, &e); shown {
			return wire.AppendMessage(dst, &ev)
		}
	}
	ev := noteFrame(n)
	dst = wire.AppendEvent(dst, ev)
	returnFrames(ev)
	return dst
}

// messageEvent is a message as the view shows it, if it does.
func messageEvent(n *actors.Note, e *acd.MessageSent) (ev wire.MessageEvent, shown bool) {
	role := acd.RoleAgent
	switch {
	case n.View == acd.ToAgent:
	case n.View == acd.ToCustomer && e.Message.To == acd.ForAll:
		role = acd.RoleCustomer
	default:
		return ev, false
	}
	return wire.MessageEvent{At: wire.At(n.At), Chat: n.From.ID, Message: messageFrame(&e.Message, role)}, true
}

// encodeNote is a note's frame with no room behind it: notes keep it.
func encodeNote(n *actors.Note) []byte {
	buf := messages.Get().(*[]byte)
	defer messages.Put(buf)
	*buf = appendBody((*buf)[:0], n)
	return bytes.Clone(*buf)
}

// noteFrame is the frame of an event as one view shows it. The event and the
// view decide it, so that a frame can be made again from the journal alone.
func noteFrame(n *actors.Note) wire.Event {
	var ev wire.Event
	switch n.View {
	case acd.ToCustomer:
		ev = customerEvent(n)
	case acd.ToAgent:
		ev = agentEvent(n)
	case acd.ToOffered:
		ev = offerEvent(n)
	case acd.ToOthers:
		ev = othersEvent(n)
	case acd.ToSender:
		ev = senderEvent(n)
	case acd.ToOwnDesk:
		ev = deskEvent(n)
	case acd.ToOverseer:
		ev = overseerEvent(n)
	case acd.ToUnread:
		panic("transport: an unread count is its agent's own")
	}
	if ev == nil {
		return other{}
	}
	return ev
}

// customerEvent is what a customer may hear, and nothing else: an event that is
// not named here is not his.
func customerEvent(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.Queued:
		return &wire.QueuedEvent{At: at, Chat: chat, Queue: &wire.Named{Name: e.Policy.QueueName}}
	case acd.MessageSent:
		if ev, shown := messageEvent(n, &e); shown {
			return &ev
		}
		return nil
	case acd.ReadMarked:
		return &wire.ReadEvent{At: at, Chat: chat, By: party(e.By, "", acd.RoleCustomer), Upto: e.Upto}
	case acd.ChatEnded:
		return &wire.EndedEvent{At: at, Chat: chat, Reason: wire.EndReason(e.Reason)}
	case acd.PositionTold:
		return positionFrame(e)
	case acd.TypingShown:
		return &wire.TypingEvent{Chat: string(e.Chat), By: party(e.By.Kind, "", acd.RoleCustomer), On: e.On}
	case acd.DeliveredShown:
		return &wire.DeliveredEvent{Chat: string(e.Chat), By: party(e.By.Kind, "", acd.RoleCustomer), Upto: e.Upto}
	}
	return customerFlow(n)
}

func positionFrame(e acd.PositionTold) *wire.PositionEvent {
	p := &wire.PositionEvent{Chat: string(e.Chat), Position: e.Position}
	if e.Wait != nil {
		p.WaitS = &wire.WaitRange{Low: int(e.Wait.Low.Seconds()), High: int(e.Wait.High.Seconds())}
	}
	return p
}

// agentEvent is for who takes part in the chat.
func agentEvent(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.MessageSent:
		if ev, shown := messageEvent(n, &e); shown {
			return &ev
		}
		return nil
	case acd.ReadMarked:
		return &wire.ReadEvent{At: at, Chat: chat, By: e.By, Upto: e.Upto}
	case acd.CustomerAway:
		return &wire.CustomerEvent{At: at, Chat: chat, State: wire.CustomerAway}
	case acd.CustomerBack:
		return &wire.CustomerEvent{At: at, Chat: chat, State: wire.CustomerOnline}
	case acd.AttributesSet:
		return &wire.AttributesEvent{At: at, Chat: chat, Set: e.Set, By: e.By}
	case acd.ChatEnded:
		return &wire.ChatEndedEvent{At: at, Chat: chat, By: party(e.By, string(e.Agent), acd.RoleAgent),
			Reason: wire.EndReason(e.Reason), Note: e.Note}
	case acd.TypingShown:
		return &wire.TypingEvent{Chat: string(e.Chat), By: party(e.By.Kind, e.By.ID, acd.RoleAgent), On: e.On}
	case acd.DeliveredShown:
		return &wire.DeliveredEvent{Chat: string(e.Chat), By: party(e.By.Kind, e.By.ID, acd.RoleAgent), Upto: e.Upto}
	}
	return agentFlow(n)
}

// offerEvent is for whom a chat rings at.
func offerEvent(n *actors.Note) wire.Event {
	at, chat := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.Offered:
		return &wire.OfferEvent{At: at, Offer: offerFrame(&e, acd.ChatID(chat), n.Thread)}
	case acd.OfferEnded:
		return &wire.OfferEndedEvent{At: at, Offer: string(e.Offer), Chat: chat, Reason: wire.OfferEndReason(e.Reason)}
	case acd.Accepted:
		return &wire.OfferEndedEvent{At: at, Offer: string(e.Offer), Chat: chat, Reason: wire.OfferAccepted}
	}
	return nil
}

func offerFrame(e *acd.Offered, chat acd.ChatID, thread []acd.Message) wire.Offer {
	p := &e.Popover
	out := wire.Offer{
		Offer: string(e.Offer.ID), Kind: wire.OfferKind(e.Offer.Kind), Chat: string(chat), Channel: string(p.Channel),
		Queue: wire.Ref{ID: string(p.Queue), Name: p.QueueName}, Customer: customerFrame(p.Customer, p.Auth, p.Attributes),
		Source: sourceRef(p.Source, p.SourceName), Thread: messageFrames(thread, acd.RoleAgent),
		ReceivedAt: wire.At(p.ReceivedAt), OfferedAt: wire.At(e.Offer.Started), ExpiresAt: wire.At(e.Offer.Deadline),
		Attempt: e.Offer.Attempt, Note: e.Offer.Note, PreviousChat: string(p.Previous),
	}
	if e.Offer.From != "" {
		out.From = &wire.Ref{ID: string(e.Offer.From), Name: e.Offer.FromName}
	}
	return out
}

// deskEvent is for all sessions of the agent whom it happened to.
func deskEvent(n *actors.Note) wire.Event {
	at, agent := wire.At(n.At), n.From.ID
	switch e := n.Event.(type) {
	case acd.PresenceSet:
		return &wire.PresenceEvent{At: at, Presence: presenceFrame(e, agent)}
	case acd.NextPresenceSet:
		return &wire.PresenceEvent{At: at, Presence: presenceSince(e.Present, agent, n.At), Next: nextFrame(e)}
	case acd.ChannelSet:
		return &wire.ChannelEvent{At: at, Channel: string(e.Channel), Open: e.Open, By: agent}
	case acd.Focused:
		return &wire.FocusEvent{At: at, Chat: string(e.Chat), States: focusStates(e)}
	case acd.WindowSet:
		return &wire.OpenedEvent{At: at, Chat: string(e.Chat), On: e.On}
	case acd.WrapupStarted:
		w := wrapupFrame(&e.Debt)
		return &wire.WrapupStartedEvent{At: at, Chat: w.Chat, Codes: w.Codes, NotesEnabled: w.NotesEnabled, Mode: w.Mode,
			ExpiresAt: w.ExpiresAt, ExtensionsLeft: w.ExtensionsLeft}
	case acd.WrapupSaved:
		return &wire.WrapupSavedEvent{At: at, Chat: string(e.Chat), Code: e.Code, Notes: e.Notes}
	case acd.WrapupExtended:
		return &wire.WrapupExtendedEvent{At: at, Chat: string(e.Chat), ExpiresAt: wire.At(e.Deadline), ExtensionsLeft: e.Left}
	case acd.WrapupDone:
		return &wire.WrapupDoneEvent{At: at, Chat: string(e.Chat), Code: e.Code, By: setBy(e.By, agent)}
	case acd.WrapupAmended:
		return &wire.WrapupDoneEvent{At: at, Chat: string(e.Chat), Code: e.Code, By: agent}
	case acd.SlotFreed:
		return &wire.ReleasedEvent{At: at, Chat: string(e.Chat)}
	}
	return asideEvent(n)
}

func focusStates(e acd.Focused) map[string]wire.FocusState {
	states := make(map[string]wire.FocusState, len(e.Held)+1)
	for _, chat := range e.Held {
		states[string(chat)] = wire.FocusHeld
	}
	if e.Chat != "" {
		states[string(e.Chat)] = wire.FocusConnected
	}
	return states
}

func wrapupFrame(d *acd.Debt) wire.Wrapup {
	w := wire.Wrapup{
		Chat: string(d.Chat), Codes: choices(d.Spec.Codes), NotesEnabled: d.Spec.Notes, Mode: wire.WrapupMode(d.Spec.Mode),
		ExpiresAt: wire.At(d.Deadline), Code: d.Code, Notes: d.Notes,
	}
	if d.Spec.Mode == acd.WrapupTimed {
		w.ExtensionsLeft = &d.Left
	}
	return w
}

// unreadFrame is an agent's own count after a message or a marker.
func unreadFrame(n *actors.Note, agent acd.AgentID) *wire.UnreadEvent {
	ev := &wire.UnreadEvent{At: wire.At(n.At), Chat: n.From.ID}
	switch e := n.Event.(type) {
	case acd.MessageSent:
		for _, u := range e.Unread {
			if u.Agent == agent {
				ev.Count = u.Count
			}
		}
	case acd.ReadMarked:
		ev.Count = e.Unread
	}
	return ev
}
