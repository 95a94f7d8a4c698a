package acd

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Agent is one person's desk: presence, capacity and wrap-up debts. It is the
// only authority on whether the person takes another chat; who owns a chat is
// the chat's to say. What is durable stands in DeskState and changes in Apply
// alone. Slots, sessions and adverts are soft: Restore and the sessions that
// come back rebuild them.
type Agent struct {
	id    AgentID
	own   Stream
	state DeskState

	restored bool
	began    time.Time   // of this life
	kept     time.Time   // until then a chat may come that a life before had promised a place
	slots    []agentSlot // in the order they came
	sessions []agentSession
	link     agentLink
	grace    time.Time // the end of it, while the link is in grace

	over  lately[OfferID] // offers known to be over
	freed []stay          // chats that left without a debt, the last few

	sent     AgentAdvert
	sentTo   []QueueID
	gen      uint64
	working  bool      // had chats or wrap-ups due at the end of the last step
	idleFrom time.Time // when he was last given a chat, or free of all
	readyDue time.Time // ready_at, while it is still ahead
	usedAt   time.Time // when the person last did anything
	desk     DeskPolicy
	bids     []Reserve // of several queues, to choose from
	choosing time.Time // until then they are gathered
	awaited  []QueueID // that have not looked yet
	asking   uint64    // the advert that they look for
}

var _ Machine = (*Agent)(nil)

// agentLink is whether the person can be reached.
type agentLink uint8

const (
	linkLost   agentLink = iota // nobody there
	linkGrace                   // gone for a moment
	linkOnline                  // at least one session
)

type agentSession struct {
	id       string
	alerting bool
}

// NewAgent returns the desk of a person of whom nothing is known yet.
func NewAgent(id AgentID) *Agent {
	return &Agent{
		id:    id,
		own:   id.Stream(),
		state: DeskState{Presence: PresenceSet{State: Offline, By: bySystem}},
	}
}

// Export returns a copy of all that is durable, for a snapshot.
func (a *Agent) Export() DeskState { return a.state.clone() }

// Import takes the state of a snapshot in place of the present one. It is for
// a fresh Agent, before the first Step.
func (a *Agent) Import(s DeskState) {
	a.state = s.clone()
	if a.state.Presence.State == "" {
		a.state.Presence.State = Offline
	}
}

// Apply folds an event of the agent's journal.
func (a *Agent) Apply(at time.Time, e Event) { a.state.apply(at, e) }

// Step takes one command. Commands between machines are never refused: those
// that come late or twice are answered with the present truth.
func (a *Agent) Step(t Turn, cmd Command) Outcome {
	a.desk = t.Config.Desk
	s := &agentStep{Agent: a, t: t, profile: t.Config.Agents[a.id]}
	if !s.engine(cmd) {
		if err := s.person(cmd); err != nil {
			return Outcome{Err: err}
		}
	}
	s.choose()
	s.settle()
	s.advertise()
	return s.out
}

// agentStep is one command under way: the agent, the turn and what has come of
// it so far.
type agentStep struct {
	*Agent
	t       Turn
	profile *AgentProfile // nil when the configuration does not name him
	out     Outcome
	tell    QueueID // wants an advert, whether or not it says anything new
	tellAll bool
}

// emit makes an event happen: it is applied at once, and all but strikes are
// news at the desk.
func (s *agentStep) emit(e Event) {
	if next, ok := e.(NextPresenceSet); ok {
		next.Present = s.state.Presence
		e = next
	}
	s.Apply(s.t.Now, e)
	switch e.(type) {
	case Struck, RingUnheard: // nothing that the person is told
	default:
		s.out.News = append(s.out.News, News{To: s.own, View: ToOwnDesk, Event: e, Index: len(s.out.Events)})
	}
	s.out.Events = append(s.out.Events, e)
}

func (s *agentStep) send(to Address, key string, cmd Command) {
	s.out.Sends = append(s.out.Sends, Send{To: to, Cmd: cmd, Key: key})
}

// engine handles what the engine and other machines say, and reports whether
// cmd is of that kind.
func (s *agentStep) engine(cmd Command) bool {
	switch c := cmd.(type) {
	case Tick:
		s.tick()
	case SessionOpened:
		s.sessionOpened(c)
	case SessionClosed:
		s.sessionClosed(c)
	case DeskUsed:
		s.usedAt = s.t.Now
	case Restore:
		s.restore(c)
	case AskAdvert:
		s.tell = c.Queue
	case ConfigChanged:
		s.tellAll = true
	case Reserve:
		s.asked(c)
	case Looked:
		s.looked(c)
	case OfferStart:
		s.offerStart(c)
	case SlotRelease:
		s.slotRelease(c.Offer)
	case OfferOver:
		s.offerOver(c)
	case Assigned:
		s.assigned(c)
	case Released:
		if c.Lost {
			s.forgive(c.Chat)
		} else {
			s.released(c)
		}
	case Raise:
		s.emit(AlertRaised(c))
	case Forget:
		s.state = s.state.Words(blank{c.Chat})
	default:
		return false
	}
	return true
}

// person handles what people ask for.
func (s *agentStep) person(cmd Command) error {
	if err := s.may(cmd); err != nil {
		return err
	}
	s.out.Result = Result{}
	if s.t.By.Works() && s.t.By.ID == string(s.id) {
		s.usedAt = s.t.Now
	}
	switch c := cmd.(type) {
	case ViewAgent:
		s.out.Result = s.view()
		return nil
	case AcceptOffer:
		return s.answer(c.Offer, Accept{Offer: c.Offer, Agent: s.id})
	case RejectOffer:
		if n := utf8.RuneCountInString(c.Reason); n > maxRejectNote {
			return &Refusal{Code: ErrTooLong.Code, Text: ErrTooLong.Text, Max: maxRejectNote, Got: n}
		}
		return s.answer(c.Offer, Reject{Offer: c.Offer, Agent: s.id, Reason: c.Reason})
	case SetPresence:
		return s.setPresence(c)
	case SetChannel:
		return s.setChannel(c)
	case Focus:
		return s.focus(c.Chat)
	case SetOpened:
		return s.setOpened(c)
	case Wrapup:
		return s.wrapup(c)
	case SaveWrapup:
		return s.saveWrapup(c)
	case ExtendWrapup:
		return s.extendWrapup(c.Chat)
	case Direct:
		return s.direct(c)
	}
	return badState(fmt.Sprintf("an agent does not take %T", cmd))
}

// may reports who may ask for what. Overseers act on another's presence and
// wrap-up and look at everybody; all else is the person's own.
func (s *agentStep) may(cmd Command) error {
	by := s.t.By
	allowed := by.Works() && by.ID == string(s.id)
	switch cmd.(type) {
	case ViewAgent:
		if allowed || s.overseer() || by == (Principal{}) {
			return nil
		}
	case Direct:
		if by.Works() {
			return nil
		}
	case SetPresence, Wrapup:
		allowed = allowed || s.overseer()
	case AcceptOffer, RejectOffer:
		if allowed {
			return nil // what is missing makes the offer gone
		}
	}
	switch {
	case !allowed && by.limited() && !s.overseer():
		return ErrNotFound // of another queue
	case !allowed:
		return ErrForbidden
	case s.profile == nil && len(s.slots) == 0 && len(s.state.Debts) == 0:
		return ErrNotFound // who was struck from the list may still finish
	}
	return nil
}

// Who did it, in events.
const (
	byAgent      = "agent"
	bySupervisor = "supervisor"
	bySystem     = "system"
	byTimeout    = "timeout"
	byLost       = "lost"
	byReturned   = "returned" // the chat came back to him
)

func (s *agentStep) by() string {
	if s.t.By.Oversees() && s.t.By.ID != string(s.id) {
		return bySupervisor
	}
	return byAgent
}
