package acd

import (
	"fmt"
	"slices"
	"time"
)

// DeskState is all that is durable of an agent: the fold of its journal.
// Slots are not in it; the chats own them.
type DeskState struct {
	Presence PresenceSet     `cbor:"1,keyasint"`
	Next     NextPresenceSet `cbor:"2,keyasint"`
	Closed   []Channel       `cbor:"3,keyasint,omitempty"` // in order
	Missed   int             `cbor:"4,keyasint,omitempty"` // offers, since he was last known to be there
	Rejected int             `cbor:"5,keyasint,omitempty"`
	Struck   []OfferID       `cbor:"6,keyasint,omitempty"` // the last 64 that counted
	ReadyAt  time.Time       `cbor:"7,keyasint,omitzero"`  // no offer sooner
	Focus    ChatID          `cbor:"8,keyasint,omitempty"`
	Opened   []ChatID        `cbor:"9,keyasint,omitempty"` // windows
	Debts    []Debt          `cbor:"10,keyasint,omitempty"`
	Settled  []Settled       `cbor:"11,keyasint,omitempty"` // the last 64
	Unheard  []OfferID       `cbor:"12,keyasint,omitempty"` // the last 64 that rang where nobody was
	StruckTo time.Time       `cbor:"13,keyasint,omitzero"`  // when Struck last forgot one

	filed map[ChatID]struct{} // of Settled, made when it is needed first
}

// Settled is a debt that has been closed, kept so that a second answer gets
// the truth and the chat can be told again.
type Settled struct {
	Done    WrapupDone   `cbor:"1,keyasint"`
	Spec    WrapupPolicy `cbor:"2,keyasint"` // when the clock closed it
	Amended bool         `cbor:"3,keyasint,omitempty"`
}

func (s DeskState) clone() DeskState {
	s.Closed = slices.Clone(s.Closed)
	s.Struck = slices.Clone(s.Struck)
	s.Opened = slices.Clone(s.Opened)
	s.Debts = slices.Clone(s.Debts)
	s.Settled, s.filed = slices.Clone(s.Settled), nil
	s.Unheard = slices.Clone(s.Unheard)
	return s
}

// apply is the only place where a durable fact changes.
func (s *DeskState) apply(at time.Time, e Event) {
	switch e := e.(type) {
	case PresenceSet:
		s.presence(e)
	case NextPresenceSet:
		s.Next = NextPresenceSet{State: e.State, Reason: e.Reason}
	case ChannelSet:
		s.channel(e)
	case Struck:
		s.struck(at, e)
	case RingUnheard:
		for _, offer := range e.Offers {
			s.Unheard = remember(s.Unheard, offer)
		}
	case Focused:
		s.Focus = e.Chat
	case WindowSet:
		s.Opened = slices.DeleteFunc(s.Opened, func(c ChatID) bool { return c == e.Chat })
		if e.On {
			s.Opened = append(s.Opened, e.Chat)
		}
	case WrapupStarted:
		s.unfocus(e.Debt.Chat)
		// He was in the chat once more, and owes once more.
		s.unsettle(e.Debt.Chat)
		s.Debts = append(s.Debts, e.Debt)
	case WrapupSaved:
		if d := s.debt(e.Chat); d != nil {
			d.Code, d.Notes = e.Code, e.Notes
		}
	case WrapupExtended:
		if d := s.debt(e.Chat); d != nil {
			d.Deadline, d.Left = e.Deadline, e.Left
		}
	case WrapupDone:
		s.done(e)
	case WrapupAmended:
		if d := s.settled(e.Chat); d != nil {
			d.Done.Code, d.Done.Notes, d.Done.By, d.Amended = e.Code, e.Notes, byAgent, true
		}
	case SlotFreed:
		s.unfocus(e.Chat)
		s.Opened = slices.DeleteFunc(s.Opened, func(c ChatID) bool { return c == e.Chat })
	case DirectSaid, AlertRaised: // what he was told changes nothing
	default:
		// The journal of an agent has no other; a newer one is refused at its version.
		panic(fmt.Sprintf("acd: %T is no event of an agent", e))
	}
}

// presence: a person who leaves rona is there again, and one who goes begins
// anew, so old strikes count no more. The clock's return from rona proves
// nothing.
func (s *DeskState) presence(e PresenceSet) {
	returned := s.Presence.State == InRONA && e.State != InRONA && e.By != bySystem
	if returned || e.State == Offline {
		s.Missed, s.Rejected = 0, 0
	}
	if returned {
		s.ReadyAt = time.Time{}
	}
	s.Presence = e
}

func (s *DeskState) channel(e ChannelSet) {
	i, closed := slices.BinarySearch(s.Closed, e.Channel)
	switch {
	case closed && e.Open:
		s.Closed = slices.Delete(s.Closed, i, i+1)
	case !closed && !e.Open:
		s.Closed = slices.Insert(s.Closed, i, e.Channel)
	}
}

func (s *DeskState) struck(at time.Time, e Struck) {
	switch e.Reason {
	case OfferAccepted: // he is there
		s.Missed, s.Rejected = 0, 0
		return
	case OfferRONA:
		s.Missed++
	case OfferRejected:
		s.Rejected++
	default:
		panic("acd: an offer that ended " + string(e.Reason) + " is nobody's strike")
	}
	if len(s.Struck) >= ringSize && !slices.Contains(s.Struck, e.Offer) {
		s.StruckTo = at
	}
	s.Struck = remember(s.Struck, e.Offer)
	if e.ReadyAt.After(s.ReadyAt) {
		s.ReadyAt = e.ReadyAt
	}
}

func (s *DeskState) done(e WrapupDone) {
	i := s.debtIndex(e.Chat)
	if i < 0 {
		return
	}
	settled := Settled{Done: e}
	if e.By == byTimeout {
		settled.Spec = s.Debts[i].Spec
	}
	s.Debts = slices.Delete(s.Debts, i, i+1)
	s.settled(e.Chat) // knows them all now
	if len(s.Settled) == ringSize {
		delete(s.filed, s.Settled[0].Done.Chat)
	}
	s.filed[e.Chat] = struct{}{}
	s.Settled = push(s.Settled, settled)
}

// unsettle forgets the closed debt of chat.
func (s *DeskState) unsettle(chat ChatID) {
	if s.settled(chat) != nil {
		delete(s.filed, chat)
		s.Settled = slices.DeleteFunc(s.Settled, func(d Settled) bool { return d.Done.Chat == chat })
	}
}

func (s *DeskState) unfocus(chat ChatID) {
	if s.Focus == chat {
		s.Focus = ""
	}
}

func (s *DeskState) debtIndex(chat ChatID) int {
	return slices.IndexFunc(s.Debts, func(d Debt) bool { return d.Chat == chat })
}

// debt returns the open debt of chat, nil if there is none. It is good until
// the next event.
func (s *DeskState) debt(chat ChatID) *Debt {
	if i := s.debtIndex(chat); i >= 0 {
		return &s.Debts[i]
	}
	return nil
}

// settled returns the closed debt of chat, nil if there is none.
func (s *DeskState) settled(chat ChatID) *Settled {
	if s.filed == nil {
		s.filed = make(map[ChatID]struct{}, len(s.Settled))
		for i := range s.Settled {
			s.filed[s.Settled[i].Done.Chat] = struct{}{}
		}
	}
	if _, filed := s.filed[chat]; !filed {
		return nil
	}
	for i := range s.Settled {
		if s.Settled[i].Done.Chat == chat {
			return &s.Settled[i]
		}
	}
	return nil
}

// due reports whether the work after a chat has to be done at all.
func (d Debt) due() bool { return d.Spec.Mode != WrapupOptional }

// blocksAgent reports whether he gets nothing else before.
func (d Debt) blocksAgent() bool { return d.due() && d.Spec.BlocksAgent() }

// blocksSlot reports whether the chat's capacity stays used.
func (d Debt) blocksSlot() bool { return d.due() && !d.Spec.BlocksAgent() }
